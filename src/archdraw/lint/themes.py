"""Contrast within a theme: what every picture in its colours would get wrong, at the place in the theme's file.

The least ratios are those that :func:`archdraw.lint.faults.faults` wants of a finished picture (WCAG 2.2: 4.5 for text,
3 for borders and lines).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from archdraw.errors import Problem
from archdraw.lint.legibility import LINE_CONTRAST, TEXT_CONTRAST
from archdraw.source import Document, Node, child, parse, read_text
from archdraw.theme import Theme, contrast, load_theme, theme_file, theme_names

Keys: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root of a theme to a colour in it."""
Pair: TypeAlias = tuple[Keys, Keys, str, str, float]
"""Two colours by their paths, then themselves, and the contrast that they need."""


def theme_contrasts(name_or_path: str | Path) -> tuple[Problem, ...]:
    """A warning for every two colours of a theme that cannot be distinguished, in the order of its file.

    Colours that are those of the theme below it (``like``) are not judged again. Raises as :func:`load_theme` does.
    """
    theme = load_theme(name_or_path)
    if isinstance(name_or_path, str) and name_or_path in theme_names():
        with theme_file(name_or_path) as file:
            document = parse(read_text(file), file.as_posix())
    else:
        document = parse(read_text(Path(name_or_path)), Path(name_or_path).as_posix())
    found = [
        problem
        for first, second, colour, ground, needed in _pairs(theme)
        if (problem := _problem(document, first, second, colour, ground, needed)) is not None
    ]
    return tuple(sorted(found, key=lambda problem: problem.span))


def _problem(document: Document, first: Keys, second: Keys, colour: str, ground: str, needed: float) -> Problem | None:
    own = next((path for path in (first, second) if _is_given(document, path)), None)
    if own is None or (ratio := contrast(colour, ground)) >= needed:
        return None
    message = f"{_named(first)} {colour} on {_named(second)} {ground} has a contrast of {ratio:.2f}:1"
    return document.problem(message, document.span(*own), f"at least {needed:g}:1 can be read", warning=True)


def _is_given(document: Document, path: Keys) -> bool:
    """Whether the file says the colour at ``path`` itself."""
    node: Node | None = document.root
    for step in path:
        node = child(node, step) if node is not None else None
    return node is not None


def _named(path: Keys) -> str:
    """A colour as messages name it: ``text of attention``, ``ink``, ``accent 3``."""
    match path:
        case ("accents", int(number)):
            return f"accent {number + 1}"
        case ("roles", str(role), str(part)):
            return f"{part} of {role}"
        case (str(group), str(part)):
            return f"{part} of {group}"
        case _:
            return " ".join(map(str, path))


def _pairs(theme: Theme) -> Iterator[Pair]:
    """Every two colours of ``theme`` that pictures put on each other."""
    grounds = [(("page",), theme.page), (("container",), theme.container), (("band",), theme.band)]
    for role, paint in theme.roles.items():
        yield ("roles", role, "text"), ("roles", role, "fill"), paint.text, paint.fill, TEXT_CONTRAST
        for path, ground in grounds[:2]:
            # A dark box is seen by its inside, a light one by its border.
            seen = max((paint.border, paint.fill), key=lambda colour: contrast(colour, ground))
            part = "border" if seen == paint.border else "fill"
            yield ("roles", role, part), path, seen, ground, LINE_CONTRAST
    yield ("equal", "text"), ("equal", "fill"), theme.equal.text, theme.equal.fill, TEXT_CONTRAST
    for path, ground in grounds:
        yield ("ink",), path, theme.ink, ground, TEXT_CONTRAST
        yield ("muted",), path, theme.muted, ground, TEXT_CONTRAST
        yield ("edge",), path, theme.edge, ground, LINE_CONTRAST
        yield ("zoom",), path, theme.zoom, ground, LINE_CONTRAST
        yield ("equal_edge",), path, theme.equal_edge, ground, LINE_CONTRAST
    for path, ground in grounds[:2]:
        yield ("container_border",), path, theme.container_border, ground, LINE_CONTRAST
        yield ("equal", "border"), path, theme.equal.border, ground, LINE_CONTRAST
        for number, accent in enumerate(theme.accents):
            yield ("accents", number), path, accent, ground, TEXT_CONTRAST
    for number, accent in enumerate(theme.accents):
        yield ("accent_ink",), ("accents", number), theme.accent_ink, accent, TEXT_CONTRAST
    for name in ("changed", "added", "removed"):
        colour = getattr(theme.signs, name)
        yield ("signs", name), ("page",), colour, theme.page, TEXT_CONTRAST
        yield ("signs", "ink"), ("signs", name), theme.signs.ink, colour, TEXT_CONTRAST
