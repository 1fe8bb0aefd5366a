"""Pieces of SVG's markup: ids, colours, attributes and elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archdraw.scene import Scene
from archdraw.writers._values import number, quoted

NOT_ID = re.compile(r"[^A-Za-z0-9_.]+")


@dataclass(slots=True)
class Ids:
    """Gives out ids that are unique in a picture and readable: words of letters, figures, ``_ . -``."""

    prefix: str
    taken: set[str] = field(default_factory=set)

    def take(self, wish: str) -> str:
        base = self.prefix + (NOT_ID.sub("-", wish).strip("-") or "block")
        if not base[0].isalpha() and base[0] != "_":
            base = f"_{base}"
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}-{count}"
        self.taken.add(name)
        return name


class Paints(dict[str | None, str]):
    """The colours of a scene by their names, as they stand in attributes."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def __missing__(self, name: str | None) -> str:
        self[name] = found = quoted(self._scene.colour(name)) if name else "none"
        return found


def ranges(numbers: tuple[int, ...]) -> str:
    """``numbers`` that follow each other as "0-3", the others by themselves, with spaces between."""
    runs: list[list[int]] = []
    for one in numbers:
        if runs and one == runs[-1][-1] + 1:
            runs[-1][1:] = [one]
        else:
            runs.append([one])
    return " ".join("-".join(map(str, run)) for run in runs)


def tagged(tag: str, attributes: str, inside: str) -> str:
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes} />"


def dashed(dash: tuple[float, ...]) -> str:
    return f' stroke-dasharray="{" ".join(map(number, dash))}"' if dash else ""


def step(number: int | None) -> str:
    """The attribute of what appears in the step of that ``number``; None: it is there from the beginning."""
    return "" if number is None else f' data-step="{number}"'
