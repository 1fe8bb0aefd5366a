"""Views of one model. A module here is a view: its name is that of ``--view``, its ``draw`` makes the picture.

``draw(spec, block, argument, theme)`` is a :data:`archdraw.views.View`. Modules that begin with an underscore are parts
of others.
"""
