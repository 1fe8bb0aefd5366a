"""The reference of Python: every stable name, described by Sphinx's autodoc."""

from __future__ import annotations

import inspect

import archdraw
from docs.extension.fences import fence

GROUPS = {
    "One model": ("load", "Model", "Facts", "drawing"),
    "Several models": (
        *("compare", "lineage", "scale", "timeline", "poster", "draw", "Picture", "deck", "Deck"),
        *("table", "census", "difference", "Difference"),
    ),
    "What there is": (
        *("list_models", "list_kinds", "list_themes", "list_views", "list_profiles", "list_formats", "kind_schema"),
        "options",
    ),
    "Errors": ("ArchdrawError", "InputError", "Problem", "Span", "FontWarning"),
}
"""What is described in which section; a name of none is in one of its own, so that none is missing."""
WITHOUT = ("__version__",)


def groups() -> dict[str, list[str]]:
    """All stable names by section."""
    grouped = {name for names in GROUPS.values() for name in names}
    rest = [name for name in archdraw.__all__ if name not in grouped and name not in WITHOUT]
    return {**{title: list(names) for title, names in GROUPS.items()}, **({"Others": rest} if rest else {})}


def page() -> str:
    """The Markdown of all stable names."""
    parts = []
    for title, names in groups().items():
        parts.append(f"## {title}\n")
        parts += [section(name) for name in names]
    return "\n".join(parts)


def section(name: str) -> str:
    """The directive that describes ``name``."""
    thing = getattr(archdraw, name)
    if not inspect.isclass(thing):
        directive = "autofunction" if inspect.isroutine(thing) else "autodata"
        return fence("{eval-rst}", f".. {directive}:: archdraw.{name}")
    kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
    members = (
        "" if issubclass(thing, BaseException) else "\n   :members:\n   :inherited-members: object, str, tuple, dict"
    )
    return fence("{eval-rst}", f".. {kind}:: archdraw.{name}{members}")
