"""Views of one model. A module here is a view: its name is that of ``--view``, its ``draw`` makes the picture.

``draw(spec, block, argument, theme)`` is a :data:`archdraw.views.View`. Modules that begin with an underscore are parts
of others.
"""

from __future__ import annotations

from archdraw.errors import ArchdrawError


def whole(view: str, argument: str) -> None:
    """Raises :class:`archdraw.ArchdrawError` where a ``view`` of the whole model is given an ``argument``."""
    if argument:
        raise ArchdrawError(f"the view {view} is of the whole model: it takes no :{argument}")
