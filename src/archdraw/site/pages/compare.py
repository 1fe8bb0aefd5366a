"""The page that compares models: any two to four of them, chosen on the page, read from their records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archdraw.analysis.difference.rows import TWINS
from archdraw.glossary.numbers import tokens
from archdraw.glossary.settings import name_of
from archdraw.site.comparing import CONTEXTS
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import script
from archdraw.theme import Theme, load_theme
from archdraw.views.several.compare import MOST

STATIC: tuple[str, ...] = ("compare.css", "compare.js", "differences.js")


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page, what it says of all models and of their settings, and the colors of blocks."""
    yield site.page("compare.html", "compare.html.j2", most=MOST)
    yield "comparing.js", script("comparing", _about(site))
    yield "roles.css", _colors().encode()


def _about(site: Site) -> dict[str, Any]:
    """What can be compared: models by their names in files, the words for settings, and the lengths of contexts."""
    return {
        "models": [(entry.slug, entry.name) for entry in site.entries],
        "names": {what: name_of(what) for what in sorted({what for entry in site.entries for what in _settings(entry)})},
        "twins": TWINS,
        "contexts": [(number, tokens(number) or f"{number:,}") for number in CONTEXTS],
    }


def _settings(entry: Entry) -> Iterator[str]:
    """The names of all settings in the record of ``entry``."""
    text = entry.text("-compare.js")
    record = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    for what, *_ in (*record.get("settings", ()), *record.get("counts", ())):
        yield what
    for slot in record.get("slots", ()):
        for block in slot["blocks"]:
            yield from (what for what, _ in block["has"])
            yield from block["lacks"]


def _colors() -> str:
    """The colors of blocks by their role, as they are in pictures of both themes."""
    light, dark = (_role_colors(load_theme(name)) for name in ("light", "dark"))
    return (
        f":root {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{\n  :root:not([data-theme="light"]) {{ {dark} }}\n}}\n'
        f':root[data-theme="dark"] {{ {dark} }}\n'
    ) + "".join(
        f".role-{name} {{ --fill: var(--{name}-fill); --border: var(--{name}-border); --text: var(--{name}-text) }}\n"
        for name in load_theme("light").roles
    )


def _role_colors(theme: Theme) -> str:
    colors = [
        f"--{name}-{part}: {getattr(role, part)}" for name, role in theme.roles.items() for part in ("fill", "border", "text")
    ]
    signs = [f"--sign-{name}: {getattr(theme.signs, name)}" for name in ("changed", "added", "removed", "ink")]
    return "; ".join((*colors, *signs))
