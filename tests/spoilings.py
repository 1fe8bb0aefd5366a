"""Scenes spoilt in one way each: what a layout could do wrong, done to pictures that have no fault.

A spoiling takes a :class:`Whole`, a scene with its shapes by number, and a random generator, and returns the scene with
one thing wrong in it; None where it finds nothing to spoil. ``SPOILINGS`` lists all by name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import TypeAlias, TypeVar

from archdraw.lint.ends import distance_to_border
from archdraw.lint.geometry import Area, distance
from archdraw.lint.survey import Survey, covers, fill_of
from archdraw.scene import Circle, Element, Group, Line, Point, Polygon, Rect, Scene, Shape, Text

Edits = dict[int, tuple[Shape, ...]]
"""What stands in the place of a shape, by its number in painting order."""
Chosen = TypeVar("Chosen")


@dataclass(frozen=True)
class Whole:
    """A scene, and its shapes by number."""

    scene: Scene

    @cached_property
    def view(self) -> Survey:
        return Survey(self.scene)

    @cached_property
    def lines(self) -> list[tuple[int, Line]]:
        """Lines that join things, with an end that is not open."""
        return [(n, line) for n, line in self.view.lines if line.kind != "rule" and line.open_ends != "both"]

    @cached_property
    def boxes(self) -> list[tuple[int, Rect]]:
        return [(n, rect) for n, rect in self.view.rects if rect.kind == "box"]

    def is_hidden(self, number: int, place: Point) -> bool:
        """Whether a shape that is painted later covers that one at ``place``."""
        return any(
            other > number and fill_of(shape := self.view.shapes[other]) and covers(shape, *place)
            for other in self.view.index.near(Area.of((place,)))
        )

    def is_at_something(self, place: Point) -> bool:
        """Whether ``place`` lies at the border of a box or a mark, as the end of a line may."""
        return any(rect.kind in ("box", "mark") and distance_to_border(place, rect) < 2 for _, rect in self.view.rects)

    def ends_of(self, number: int) -> list[Point]:
        """Where a line begins and ends, the latter with its head."""
        line = self.view.shapes[number]
        assert isinstance(line, Line)
        return [line.points[0], line.points[-1]]

    @cached_property
    def ends(self) -> list[Point]:
        return [place for n, _ in self.lines for place in self.ends_of(n)]

    def is_alone(self, place: Point) -> bool:
        """Whether a line that ends at ``place`` is the only one at that side of a box, or ends at something round."""
        if any(distance((circle.x, circle.y), place) < circle.radius + 1 for _, circle in self.view.circles):
            return True
        for _, box in self.boxes:
            for y in (box.y, box.bottom):
                if abs(place[1] - y) < 1 and box.x < place[0] < box.right:
                    return sum(abs(end[1] - y) < 1 and box.x < end[0] < box.right for end in self.ends) == 1
        return False

    def words_in(self, box: Rect) -> list[tuple[int, Text]]:
        """The words in the middle of a box."""
        return [
            (n, text)
            for n, text, area in self.view.texts
            if text.anchor == "middle" and covers(box, *area.middle()) and text.width < box.width
        ]

    @cached_property
    def labels(self) -> list[tuple[int, Text, Rect]]:
        return [(n, text, box) for _, box in self.boxes for n, text in self.words_in(box)]

    @cached_property
    def captions(self) -> list[tuple[int, Text, Rect]]:
        """Words at the left of a panel, below its figure, with the panel."""
        panels = [rect for _, rect in self.view.rects if rect.kind == "container"]
        return [
            (n, text, panel)
            for n, text, _ in self.view.texts
            for panel in panels
            if text.anchor == "start" and abs(text.x - panel.x - 24) < 0.5 and text.weight < 600
            and panel.y + 60 < text.y < panel.bottom
        ]  # fmt: skip

    @cached_property
    def figures(self) -> list[tuple[str, list[int]]]:
        """The title of each group of nothing but marks, with the numbers of these."""
        found: list[tuple[str, list[int]]] = []
        left = iter(range(len(self.view.shapes)))

        def walk(elements: tuple[Element, ...]) -> list[int]:
            numbers: list[int] = []
            for element in elements:
                if isinstance(element, Group):
                    inner = walk(element.children)
                    if inner and not any(isinstance(self.view.shapes[n], Text | Circle) for n in inner):
                        found.append((element.title, inner))
                    numbers += inner
                else:
                    numbers.append(next(left))
            return numbers

        walk(self.scene.children)
        return found

    @cached_property
    def cells(self) -> list[list[int]]:
        """The marks of layers in the strip: of one, or of several that follow each other and are alike."""
        return [numbers for title, numbers in self.figures if re.match(r"layers? \d+( to \d+)?:", title)]

    def edited(self, edits: Edits, more: Iterable[Shape] = (), *, groups: bool = True) -> Scene:
        """The scene with ``edits``, and ``more`` painted over it; without ``groups``, those left empty are dropped."""
        left = iter(range(len(self.view.shapes)))

        def rebuilt(elements: tuple[Element, ...]) -> tuple[Element, ...]:
            made: list[Element] = []
            for element in elements:
                if isinstance(element, Group):
                    children = rebuilt(element.children)
                    if children or groups:
                        made.append(replace(element, children=children))
                else:
                    made += edits.get(next(left), (element,))
            return tuple(made)

        return replace(self.scene, children=(*rebuilt(self.scene.children), *more))


Spoiling: TypeAlias = Callable[[Whole, Random], Scene | None]

SPOILINGS: dict[str, Spoiling] = {}


def spoiling(function: Spoiling) -> Spoiling:
    """Lists ``function`` among the spoilings, by its name in words."""
    SPOILINGS[function.__name__.replace("_", " ")] = function
    return function


def one_of(random: Random, choices: Iterable[Chosen]) -> Chosen | None:
    found = list(choices)
    return random.choice(found) if found else None


def ahead_of(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def number_of(whole: Whole, shape: Shape) -> int:
    return next(n for n, other in enumerate(whole.view.shapes) if other is shape)


def moved(shape: Shape, right: float, down: float) -> Shape:
    if isinstance(shape, Line | Polygon):
        return replace(shape, points=tuple((x + right, y + down) for x, y in shape.points))
    return replace(shape, x=shape.x + right, y=shape.y + down)


def any_way(random: Random, least: float, most: float) -> Point:
    angle, length = random.uniform(0, 2 * math.pi), random.uniform(least, most)
    return math.cos(angle) * length, math.sin(angle) * length


def shifted(place: Point, ahead: Point, by: float) -> Point:
    return place[0] + ahead[0] * by, place[1] + ahead[1] * by
