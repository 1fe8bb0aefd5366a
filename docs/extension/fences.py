"""Markdown that pages are made of: fences, tables, and a picture in both color schemes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

SCHEMES = {"light": "only-light", "dark": "only-dark"}
"""Themes of archdraw, and the classes by which the site shows one picture of two."""


def fence(language: str, text: str) -> str:
    """``text`` as a block of ``language``, whatever fences are in it."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}\n"


def pictures(argument: str, options: Mapping[str, str], content: str = "") -> str:
    """The picture that Sphinx's directive draws, light and dark; once where ``options`` name a theme."""
    if "theme" in options:
        return _picture(argument, options, content)
    both = ({**options, "theme": theme, "class": name} for theme, name in SCHEMES.items())
    return "\n".join(_picture(argument, one, content) for one in both)


def _picture(argument: str, options: Mapping[str, str], content: str) -> str:
    lines = [f":{name}: {value}".rstrip() for name, value in options.items()]
    return fence(f"{{archdraw}} {argument}".rstrip(), "\n".join([*lines, *(["", content] if content else [])]))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and ends of lines in its cells are kept from ending them."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def plain(text: str) -> str:
    """``text`` of a docstring as Markdown: its code in single marks, nothing else of it read as Markdown."""
    parts = re.split(r"(``.+?``)", text)
    return "".join(f"`{one[2:-2]}`" if one.startswith("``") else _escaped(one) for one in parts)


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_\[\]<>$`#{}~^])", r"\\\1", text)


def linked(text: str) -> str:
    """``text`` of a source, its arXiv numbers as links."""
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", _escaped(text))
