"""The colors of plates in a page: those of the light theme in a light page, and of the dark one in a dark page."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.layout.colours import PARTS
from archdraw.theme import Theme, load_theme

LIGHT, DARK = "light", "dark"
PLAIN = ("page", "container", "container_border", "ink", "muted", "edge", "zoom", "band", "equal_edge", "accent_ink")
SIGNS = ("changed", "added", "removed", "ink")


def names(theme: Theme) -> Iterator[str]:
    """The names of all colors that a picture of one model may have."""
    yield from (f"{role}.{part}" for role in (*theme.roles, "equal") for part in (*PARTS, "strong"))
    yield from (f"signs.{part}" for part in SIGNS)
    for index in range(len(theme.accents)):
        yield f"accents.{index}"
        yield f"accents.{index}.tint"
    yield "muted.tint"
    # Last: where two names have one color in light and two in dark, lines and words have the other's contrast.
    yield from PLAIN


def style() -> str:
    """The style sheet that gives pictures of the light theme the colors of the dark one where a page is dark.

    A presentation attribute gives way to any rule, so that the pictures themselves are the same for both.
    """
    light, dark = load_theme(LIGHT), load_theme(DARK)
    pairs = {light.colour(name): dark.colour(name) for name in names(light)}
    rules = [
        f'.picture [{what}="{one}"] {{ {what}: light-dark({one}, {other}) }}'
        for one, other in pairs.items()
        if one != other
        for what in ("fill", "stroke")
    ]
    return "\n".join(rules) + "\n"
