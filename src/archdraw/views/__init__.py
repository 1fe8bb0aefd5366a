"""The views: what a picture of one model shows. The only package that knows models and drawing both.

Each module here that has a ``VIEWS`` table adds its views; :func:`draw` finds them by name. Views of several models are
in :mod:`archdraw.views.several`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeAlias

from archdraw.errors import ArchdrawError, nearest

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.spec import Spec
    from archdraw.theme import Theme
    from archdraw.tree.blocks import Module

View: TypeAlias = "Callable[[Spec, Module, str, Theme], Scene]"
"""``view(spec, block, argument, theme)``: ``argument`` is what stands after the colon of ``inset:PATH``, or empty."""


@cache
def views() -> Mapping[str, View]:
    """Every view by its name."""
    found: dict[str, View] = {}
    for module in iter_modules(__path__):
        found.update(getattr(import_module(f"{__name__}.{module.name}"), "VIEWS", {}))
    return dict(sorted(found.items()))


def draw(spec: Spec, block: Module, view: str = "plate", *, theme: Theme) -> Scene:
    """The scene of one model. Raises :class:`ArchdrawError` for a view or a part that is not there."""
    name, _, argument = view.partition(":")
    known = views()
    if name not in known:
        raise ArchdrawError(f"there is no view {name}; {nearest(name, known) or 'views are ' + ', '.join(known)}")
    return known[name](spec, block, argument, theme)
