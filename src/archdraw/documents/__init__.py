"""Pictures in documents that are built: what a document asks for, drawn once and then taken from the cache.

:mod:`~archdraw.documents.asking` reads what is in a document, :mod:`~archdraw.documents.drawing` draws it. A module
for each program that builds documents says the rest: :mod:`~archdraw.documents.sphinx`,
:mod:`~archdraw.documents.markdown`, :mod:`~archdraw.documents.pandoc`.
"""
