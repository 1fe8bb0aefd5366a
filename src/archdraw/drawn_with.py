"""What a picture depends on in addition to its specs: theme, page, fonts and template, each with the digest of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from archdraw.cache.store import digest
from archdraw.doors import PROFILES, THEMES, VIEWS, Door
from archdraw.errors import ArchdrawError
from archdraw.provenance import LENGTH, name_of

if TYPE_CHECKING:
    from archdraw.theme import Theme

Kind: TypeAlias = Literal["theme", "page", "font", "template"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMED: dict[str, Door] = {"theme": THEMES, "page": PROFILES}
"""The kinds of which some have names, and where these lead to."""


def drawn_with(
    theme: str | Path | Theme = "", view: str = "", fonts: Sequence[str | Path] = (), template: str | Path = ""
) -> dict[str, str]:
    """What a picture is drawn with, as it is called, with digests: ``{"theme light": "8fea0995b5f59d0b"}``.

    A ``view`` that is no page adds nothing, nor does a theme that was made by a program.
    """
    asked: list[tuple[Kind, str | Path]] = []
    if not isinstance(theme, str | Path):
        from archdraw.theme import load_theme

        theme = theme.name if theme.name in THEMES.names() and load_theme(theme.name) == theme else ""
    if theme:
        asked.append(("theme", theme))
    if view and view.partition(":")[0] not in VIEWS.names():
        asked.append(("page", view))
    asked += [("font", font) for font in fonts]
    if template:
        asked.append(("template", template))
    return {f"{kind} {name_of(place)}": digest_with(kind, place) for kind, place in asked}


def digest_with(kind: Kind, place: str | Path) -> str:
    """The digest of the theme, page, font or template at ``place``, a file or a name; empty where it cannot be read.

    A theme or page counts by all that it says, also by what it takes over from another; not by its comments.
    """
    # Commands that draw nothing read no YAML.
    from archdraw.profile import load_profile
    from archdraw.theme import load_theme

    try:
        if kind == "theme":
            return _of_data(load_theme(place).model_dump())
        if kind == "page":
            return _of_data(load_profile(place).model_dump())
        return digest(Path(place).read_bytes())[:LENGTH]
    except (ArchdrawError, OSError, ValueError):
        return ""


def _of_data(data: object) -> str:
    return digest(json.dumps(data, sort_keys=True))[:LENGTH]
