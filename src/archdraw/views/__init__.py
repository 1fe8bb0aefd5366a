"""The views: what a picture of one model shows. The only package that knows models and drawing both.

A view of one model is a module of :mod:`archdraw.views.single` with a function ``draw``, one of several models a module
of :mod:`archdraw.views.several`; other packages add to both by entry points (:mod:`archdraw.doors`). These are two
groups: which views are commands has to be known before any of them is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from archdraw.doors import PROFILES, VIEWS
from archdraw.errors import ArchdrawError
from archdraw.setters import setting_by

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.spec import Spec
    from archdraw.theme import Theme
    from archdraw.tree.blocks import Module

View: TypeAlias = "Callable[[Spec, Module, str, Theme], Scene]"
"""``view(spec, block, argument, theme)``: ``argument`` is what stands after the colon of ``inset:PATH``, or empty."""


def views() -> tuple[str, ...]:
    """The names of the views, without importing them."""
    return VIEWS.names()


def draw(
    spec: Spec,
    block: Module,
    view: str = "plate",
    *,
    theme: Theme,
    fonts: Sequence[str | Path] = (),
    width: str = "",
    direction: str = "",
) -> Scene:
    """The scene of one model in a ``view``, which may be the name or the file of a profile of pages.

    ``width`` is that in print, for which a page of a profile is laid out, ``direction`` where its model flows to ("up",
    "right"; empty: as the profile says). Letters that archdraw's own font lacks are of
    the files ``fonts`` or of this computer.

    Raises :class:`archdraw.ArchdrawError` for a view or a part that is not there, for one that has no other direction
    than upwards, for a view of another package that
    cannot be imported or has the name of another, and for a file that holds no font.
    """
    from archdraw.typesetting import other_fonts

    name, _, argument = view.partition(":")
    with setting_by(other_fonts(fonts)):
        if name not in VIEWS.names() and _is_profile(view):
            from archdraw.profile import check_direction, load_profile
            from archdraw.views import paged

            profile = load_profile(view)
            profile = profile.towards(check_direction(direction)) if direction else profile
            return paged.draw(spec, block, profile.of_width(width) if width else profile, theme)
        if name not in VIEWS.names():
            raise ArchdrawError(VIEWS.unknown(name, (*VIEWS.names(), *PROFILES.names())))
        if direction not in ("", "up"):
            raise ArchdrawError(f"{name} is drawn upwards only; pages flow to the right: {', '.join(PROFILES.names())}")
        found: View = VIEWS.load(name)
        scene = found(spec, block, argument, theme)
        if spec.figure is not None and not (spec.figure.has_name and spec.figure.has_line):
            from archdraw.layout.untitled import untitled

            scene = untitled(scene, name=not spec.figure.has_name, numbers=not spec.figure.has_line)
    if not width:
        return scene
    from archdraw.sizing import of_width

    return of_width(scene, width)


def _is_profile(view: str) -> bool:
    from archdraw.profile import is_profile

    return is_profile(view)
