"""What an editor asks of a spec while it is written: all problems, names, places and numbers.

Completion and descriptions of keywords are the schema's (:mod:`archdraw.schemas`); what is here takes the whole spec.
:mod:`archdraw.language.protocol` is the server, the other modules know no protocol.
"""
