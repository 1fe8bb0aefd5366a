"""Each rule of places and colours: a tiny scene that breaks it, and the near miss that doesn't.

Lines lead nowhere in these, and boxes have no words: those rules are in test_faults_joined.py.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.lint.faults import faults
from archdraw.scene import Circle, Element, Group, Line, Point, Polygon, Rect, Scene, Shape, Text

JOINING = {"end", "joint", "label"}
INK, WHITE, GREY, PALE = "#1A1D21", "#FFFFFF", "#6B7280", "#F3F4F6"


def scene(*children: Element, width: float = 400, height: float = 300, background: str | None = WHITE) -> Scene:
    return Scene(width, height, "t", "d", background, children)


def rules(*children: Element, **options: float) -> set[str]:
    return {fault.rule for fault in faults(scene(*children, **options))} - JOINING  # type: ignore[arg-type]


def text(x: float, y: float, width: float = 60, content: str = "Norm", size: float = 16, fill: str = INK) -> Text:
    return Text(x, y, content, size, 400, fill, width)


def box(x: float, y: float, width: float = 100, height: float = 40) -> Rect:
    return Rect(x, y, width, height, 8, PALE, INK, 1.5, "box")


def container(x: float, y: float, width: float, height: float, radius: float = 16) -> Rect:
    return Rect(x, y, width, height, radius, PALE, GREY, 1.5, "container")


def edge(*points: Point, radius: float = 0) -> Line:
    return Line(points, INK, 2, radius)


def zoom(*points: Point) -> Line:
    return Line(points, GREY, 1.5, 0, (), "zoom")


DOT = Circle(100, 100, 3, INK, None, 0, "dot")
NODE = Circle(100, 100, 14, WHITE, INK, 2, "node")

# name: (rule, shapes that break it, shapes that just don't)
CASES: dict[str, tuple[str, tuple[Element, ...], tuple[Element, ...]]] = {
    "text leaves the canvas": ("canvas", (text(-1, 50),), (text(2, 50),)),
    "text at the right edge": ("canvas", (text(339, 50),), (text(338, 50),)),
    "box leaves the canvas": ("canvas", (box(0, 10),), (box(1, 10),)),
    "ground fills the canvas": (
        "canvas",
        (Rect(0, 0, 401, 300, fill=WHITE, kind="ground"),),
        (Rect(0, 0, 400, 300, fill=WHITE, kind="ground"),),
    ),
    "text too small": ("size", (text(50, 50, size=13.9),), (text(50, 50, size=14),)),
    "texts overlap": ("text", (text(50, 50), text(109, 50)), (text(50, 50), text(110, 50))),
    "lines of text too close": ("text", (text(50, 50), text(50, 60)), (text(50, 50), text(50, 65))),
    "text in a group overlaps": ("text", (Group((text(50, 50),)), text(109, 50)), (Group((text(50, 50),)),)),
    "line through text": (
        "text",
        (text(50, 50), edge((10, 45), (200, 45))),
        (text(50, 50), edge((10, 52), (200, 52))),
    ),
    "line under a descender": (
        "text",
        (text(50, 50, content="Query"), edge((10, 52), (200, 52))),
        (text(50, 50, content="Value"), edge((10, 52), (200, 52))),
    ),
    "letter on a badge on a line": (
        "text",
        (edge((10, 50), (200, 50)), text(95, 55, 10, "A", 15)),
        (edge((10, 50), (200, 50)), Circle(100, 50, 10, WHITE, INK, 1.5), text(95, 55, 10, "A", 15)),
    ),
    "text cut by the outline of a disc": (
        "text",
        (Circle(100, 50, 10, WHITE, INK, 1.5), text(90, 55, 20, "A", 15)),
        (Circle(100, 50, 10, WHITE, INK, 1.5), text(111, 55, 20, "A", 15)),
    ),
    "text meets an arrow head": (
        "text",
        (text(50, 50), Polygon(((105, 45), (114, 41), (114, 49)), INK)),
        (text(50, 50), Polygon(((111, 45), (119, 41), (119, 49)), INK)),
    ),
    "text too near the border it stands in": ("text", (box(50, 30), text(52, 55)), (box(50, 30), text(53, 55))),
    "text across a border": ("text", (box(50, 30), text(120, 55)), (box(50, 30), text(151, 55))),
    "text across a container's border": (
        "text",
        (container(50, 30, 200, 100), text(240, 60)),
        (container(50, 30, 200, 100), text(180, 60)),
    ),
    "text across the edge of a mark": (
        "text",
        (Rect(50, 40, 30, 12, fill=WHITE, kind="mark"), text(60, 55)),
        (Rect(50, 40, 30, 12, fill=WHITE, kind="mark"), text(80, 55)),
    ),
    "text hidden by a later shape": (
        "text",
        (text(60, 55), Rect(50, 30, 100, 40, fill=WHITE, kind="ground")),
        (Rect(50, 30, 100, 40, fill=WHITE, kind="ground"), text(60, 55)),
    ),
    "text under a disc, and beside one in whose square it is": (
        "text",
        (text(60, 55), Circle(54, 38, 12, GREY, None, 0, "mark")),
        (text(60, 55), Circle(51, 35, 12, GREY, None, 0, "mark")),
    ),
    "boxes overlap partly": ("overlap", (box(50, 50), box(140, 60)), (box(50, 50), box(150, 60))),
    "box across a container's border": (
        "overlap",
        (container(50, 50, 200, 100), box(200, 70)),
        (container(50, 50, 200, 100), box(140, 70)),
    ),
    "mark sticks out of its box": (
        "overlap",
        (box(50, 50), Rect(145, 60, 10, 10, fill=INK, kind="mark")),
        (box(50, 50), Rect(140, 60, 10, 10, fill=INK, kind="mark")),
    ),
    "node overlaps a box": ("overlap", (box(110, 80), NODE), (box(114, 80), NODE)),
    "edge through a box": (
        "through",
        (box(100, 50), edge((150, 150), (150, 20))),
        (box(100, 50), edge((150, 150), (150, 90)), edge((150, 50), (150, 20))),
    ),
    "edge goes on inside a box": (
        "through",
        (box(100, 50), edge((150, 150), (150, 87))),
        (box(100, 50), edge((150, 150), (150, 88))),
    ),
    "edge inside a box": (
        "through",
        (box(100, 50), edge((110, 70), (210, 70))),
        (box(100, 50), edge((110, 70), (190, 70))),
    ),
    "zoom line through a box": (
        "through",
        (box(100, 50), zoom((50, 70), (300, 70))),
        (box(100, 50), zoom((190, 70), (300, 70))),
    ),
    "edge through a node": (
        "through",
        (NODE, edge((50, 100), (150, 100))),
        (NODE, edge((50, 100), (86, 100)), edge((114, 100), (150, 100))),
    ),
    "line slants over a container's border": (
        "border",
        (container(50, 50, 200, 100), replace(edge((200, 100), (300, 110)), kind="zoom")),
        (container(50, 50, 200, 100), replace(edge((200, 100), (300, 100)), kind="zoom")),
    ),
    "line over a rounded corner": (
        "border",
        (container(50, 50, 200, 100), edge((200, 60), (300, 60))),
        (container(50, 50, 200, 100), edge((200, 67), (300, 67))),
    ),
    "line bends on the border": (
        "border",
        (container(50, 50, 200, 100), edge((200, 100), (254, 100), (254, 20), radius=8)),
        (container(50, 50, 200, 100), edge((200, 100), (262, 100), (262, 20), radius=8)),
    ),
    "line along a container's border": (
        "border",
        (container(50, 50, 200, 100), edge((251, 70), (251, 120))),
        (container(50, 50, 200, 100), edge((252, 70), (252, 120))),
    ),
    "line along a box's border": (
        "border",
        (box(50, 50), edge((150, 55), (150, 75))),
        (box(50, 50), edge((150, 70), (250, 70))),
    ),
    "zoom lines cross": (
        "crossing",
        (zoom((50, 50), (150, 150)), zoom((50, 150), (150, 50))),
        (zoom((50, 50), (150, 150)), zoom((50, 150), (90, 110))),
    ),
    "zoom lines share a stretch": (
        "crossing",
        (zoom((50, 50), (100, 50), (100, 150)), zoom((60, 60), (101, 60), (101, 140))),
        (zoom((50, 50), (100, 50), (100, 150)), zoom((60, 60), (92, 60), (92, 140))),
    ),
    "zoom line touches another": (
        "crossing",
        (zoom((50, 50), (150, 50)), zoom((100, 50), (100, 150))),
        (zoom((50, 50), (150, 50)), zoom((100, 52), (100, 150))),
    ),
    "zoom line crosses an edge": (
        "crossing",
        (zoom((50, 50), (150, 50)), edge((100, 20), (100, 150))),
        (zoom((50, 50), (98, 50)), edge((100, 20), (100, 150))),
    ),
    "zoom line crosses a rule": (
        "crossing",
        (zoom((50, 50), (150, 50)), Line(((100, 20), (100, 150)), INK, 2, kind="rule")),
        (zoom((50, 50), (98, 50)), Line(((100, 20), (100, 150)), INK, 2, kind="rule")),
    ),
    "edges cross": (
        "crossing",
        (edge((50, 100), (150, 100)), edge((100, 50), (100, 150))),
        (edge((50, 100), (150, 100)), edge((100, 50), (100, 150)), DOT),
    ),
    "edges cross at a bend": (
        "crossing",
        (edge((50, 100), (150, 100)), edge((100, 50), (100, 100), (100, 150))),
        (edge((50, 100), (150, 100)), edge((100, 50), (100, 100))),
    ),
    "branches of a bus": (
        "crossing",
        (edge((50, 100), (150, 100), (150, 50)), edge((50, 120), (100, 120), (100, 50))),
        (edge((50, 100), (150, 100), (150, 50)), edge((50, 100), (100, 100), (100, 50))),
    ),
    "pale text": ("contrast", (text(50, 50, fill="#8B8B8B"),), (text(50, 50, fill="#757575"),)),
    "text on a box of its own colour": (
        "contrast",
        (Rect(40, 30, 100, 40, fill="#37404A", stroke=INK, stroke_width=1.5), text(50, 55)),
        (Rect(40, 30, 100, 40, fill="#37404A", stroke=INK, stroke_width=1.5), text(50, 55, fill=WHITE)),
    ),
    "text half on a dark ground": (
        "contrast",
        (Rect(80, 30, 100, 40, fill="#37404A", kind="ground"), text(50, 55)),
        (Rect(111, 30, 100, 40, fill="#37404A", kind="ground"), text(50, 55)),
    ),
    "pale line": ("contrast", (replace(edge((50, 50), (90, 50)), stroke="#B0B0B0"),), (edge((50, 50), (90, 50)),)),
    "line onto a dark ground": (
        "contrast",
        (Rect(80, 30, 100, 40, fill="#37404A", kind="ground"), edge((20, 50), (170, 50))),
        (Rect(80, 30, 100, 40, fill="#37404A", kind="ground"), edge((20, 50), (80, 50))),
    ),
    "pale border": ("contrast", (replace(box(50, 50), stroke="#B0B0B0"),), (box(50, 50),)),
    "pale arrow head": (
        "contrast",
        (Polygon(((50, 50), (60, 45), (60, 55)), "#B0B0B0"),),
        (Polygon(((50, 50), (60, 45), (60, 55)), INK),),
    ),
    "pale node": (
        "contrast",
        (Circle(100, 100, 14, "#B0B0B0", None, 0, "node"),),
        # A dot marks the end of a line, which is judged by itself.
        (Circle(100, 100, 3, "#B0B0B0", None, 0, "dot"), replace(NODE, x=200, y=200)),
    ),
    "pale mark": (
        "contrast",
        (Rect(50, 50, 10, 10, 0, "#F0F0F0", "#E0E0E0", 1, "mark"),),
        (Rect(50, 50, 10, 10, 0, "#F0F0F0", None, 0, "mark"), Rect(70, 50, 10, 10, 0, INK, "#E0E0E0", 1, "mark")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    rule, broken, near_miss = CASES[name]
    assert rules(*broken) == {rule}
    assert rules(*near_miss) == set()


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=10)
@given(right=st.integers(0, 200), down=st.integers(0, 200))
def test_rules_do_not_depend_on_the_place(name: str, right: int, down: int) -> None:
    rule, broken, near_miss = CASES[name]
    if rule == "canvas":
        return
    for shapes in (broken, near_miss):
        here = scene(*shapes, width=900, height=900)
        there = scene(*(moved(shape, right, down) for shape in shapes), width=900, height=900)
        found = {(fault.rule, round(fault.x + right, 6), round(fault.y + down, 6)) for fault in faults(here)}
        assert {(fault.rule, round(fault.x, 6), round(fault.y, 6)) for fault in faults(there)} == found


def moved(element: Element, right: float, down: float) -> Element:
    match element:
        case Group():
            return replace(element, children=tuple(moved(child, right, down) for child in element.children))
        case Line() | Polygon():
            return replace(element, points=tuple((x + right, y + down) for x, y in element.points))
        case _:
            return replace(element, x=element.x + right, y=element.y + down)


def test_a_transparent_ground_is_not_judged() -> None:
    pale = text(50, 50, fill="#B0B0B0")
    assert faults(scene(pale, background=None)) == []
    assert [str(fault) for fault in faults(scene(pale))] == [
        'contrast at 50,44: text "Norm" in #B0B0B0 on #FFFFFF has 2.17:1, less than 4.5:1'
    ]


def test_a_plate_of_two_thousand_shapes_is_judged_at_once() -> None:
    cells: list[Shape] = [
        Rect(50 + 10 * column, 50 + 9 * row, 8, 7, 0, INK, None, 0, "mark") for column in range(48) for row in range(32)
    ]
    frame = container(40, 40, 500, 320)
    labels = [text(600 + 100 * column, 60 + 24 * row) for column in range(5) for row in range(40)]
    loose = replace(edge((600, 1040), (600, 1100)), open_ends="both")
    edges = [moved(loose, 100 * column, 0) for column in range(5)]
    plate = scene(frame, *cells, *labels, *edges, width=1224, height=1200)
    start = time.process_time()
    assert faults(plate) == []
    assert time.process_time() - start < 1
