"""Rules of what belongs together, in tiny scenes: one that breaks a rule, and the near miss that doesn't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archdraw.lint.faults import faults, minimum_text
from archdraw.scene import Circle, Element, Group, Line, Point, Rect, Scene, Text
from archdraw.shapes import HEAD

INK, WHITE, GREY, PALE = "#1A1D21", "#FFFFFF", "#6B7280", "#F3F4F6"


def rules(*children: Element) -> set[str]:
    return {fault.rule for fault in faults(Scene(400, 300, "Model", "48 layers, 8 experts", WHITE, children))}


def text(x: float, y: float, content: str = "Norm", *, width: float = 60, phrase: str = "", size: float = 16) -> Text:
    return Text(x, y, content, size, 400, INK, width, "start", phrase)


def box(x: float, y: float, label: str = "Norm", *, aside: float = 0, above: float = 0) -> tuple[Rect, Text]:
    """A box of 100 x 40 px with ``label`` in it: so far beside and above its middle."""
    words = Text(x + 50 + aside, y + 26 - above, label, 16, 400, INK, 60, "middle")
    return Rect(x, y, 100, 40, 8, PALE, INK, 1.5, "box"), words


LOW, HIGH = box(100, 200), box(100, 100)
DOT = Circle(150, 170, 3, INK, None, 0, "dot")
NODE = Circle(150, 114, 14, WHITE, INK, 2, "node")
PLUS = (
    Line(((143, 114), (157, 114)), INK, 1.75, kind="rule"),
    Line(((150, 107), (150, 121)), INK, 1.75, kind="rule"),
)


def edge(*points: Point, arrow: bool = False) -> Line:
    return Line(points, INK, 2, 0, (), "edge", HEAD if arrow else 0)


ARROW = (edge((150, 200), (150, 140), arrow=True),)
AROUND = edge((150, 200), (150, 170), (170, 170), (170, 140))
LINES = (edge((150, 200), (150, 128)), edge((150, 100), (150, 60)))
STRIP = tuple(Rect(50 + 20 * index, 50, 18, 10, fill=INK, kind="mark") for index in range(3))
PANEL = Rect(20, 20, 300, 260, 16, PALE, GREY, 1.5, "container")
TITLE = replace(text(44, 50, "Memory", width=70), weight=600)

LONG = "see transformers/modeling"
"""With a word longer than a line."""

CASES: dict[str, tuple[str, tuple[Element, ...], tuple[Element, ...]]] = {
    "line slants": (
        "slanted",
        (*LOW, *HIGH, edge((150, 200), (152, 140))),
        (*LOW, *HIGH, edge((150, 200), (150, 140))),
    ),
    "line from the middle of another without a dot": (
        "joint",
        (*LOW, *HIGH, edge((150, 200), (150, 140)), edge((150, 170), (250, 170), (250, 120), (200, 120))),
        (*LOW, *HIGH, edge((150, 200), (150, 140)), DOT, edge((150, 170), (250, 170), (250, 120), (200, 120))),
    ),
    "line above the middle of a chip": (
        "side",
        (*LOW, *box(250, 190), edge((250, 210), (200, 210))),
        (*LOW, *box(250, 200), edge((250, 220), (200, 220))),
    ),
    "line under its head beside the middle": (
        "side",
        (*LOW, *HIGH, edge((140, 200), (140, 140), arrow=True)),
        (*LOW, *HIGH, *ARROW),
    ),
    # Where the line of a box comes in at its left, others come in from below and above where there is room.
    "line from a middle beside the middle of a box": (
        "side",
        (*LOW, *HIGH, AROUND),
        (*LOW, *HIGH, AROUND, replace(edge((60, 120), (100, 120)), open_ends="start")),
    ),
    "line begins at nothing": (
        "end",
        (*LOW, *HIGH, edge((150, 197), (150, 140))),
        (*LOW, *HIGH, edge((150, 200), (150, 140))),
    ),
    "line ends at nothing": (
        "end",
        (*LOW, edge((150, 200), (150, 150))),
        (*LOW, replace(edge((150, 200), (150, 150)), open_ends="end")),
    ),
    "open end touches something": (
        "end",
        (*LOW, *HIGH, replace(edge((150, 200), (150, 140)), open_ends="end")),
        (*LOW, *HIGH, replace(edge((150, 200), (150, 150)), open_ends="end")),
    ),
    "line to a panel ends in front of it": (
        "end",
        (*LOW, Line(((200, 220), (300, 220)), GREY, 1.5, kind="zoom"), Circle(200, 220, 3, GREY, None, 0, "dot")),
        (
            *LOW,
            Line(((200, 220), (300, 220)), GREY, 1.5, kind="zoom"),
            Circle(200, 220, 3, GREY, None, 0, "dot"),
            text(304, 225),
        ),
    ),
    "head longer than what leads to it": (
        "head",
        (*LOW, *HIGH, edge((150, 200), (150, 180), (200, 180), (200, 144), (150, 144), (150, 140), arrow=True)),
        (*LOW, *HIGH, *ARROW),
    ),
    "arrow short of its box": (
        "end",
        (*LOW, *box(100, 96), *ARROW),
        (*LOW, *HIGH, *ARROW),
    ),
    "dot on no line": ("joint", (*LOW, *HIGH, *ARROW, replace(DOT, x=170)), (*LOW, *HIGH, *ARROW)),
    "dot that joins nothing": (
        "joint",
        (*LOW, *HIGH, *ARROW, DOT),
        (*LOW, *HIGH, *ARROW, DOT, replace(edge((150, 170), (90, 170)), open_ends="end")),
    ),
    "three lines without a dot": (
        "joint",
        (*LOW, *HIGH, edge((150, 200), (150, 170)), edge((150, 170), (150, 140)),
         replace(edge((150, 170), (90, 170)), open_ends="end")),
        (*LOW, *HIGH, edge((150, 200), (150, 170)), edge((150, 170), (150, 140)),
         replace(edge((150, 170), (90, 170)), open_ends="end"), DOT),
    ),
    "node without a sign": (
        "joint",
        (*LOW, NODE, LINES[0], replace(LINES[1], open_ends="end")),
        (*LOW, NODE, *PLUS, LINES[0], replace(LINES[1], open_ends="end")),
    ),
    "node with one line": (
        "joint",
        (*LOW, NODE, *PLUS, LINES[0]),
        (*LOW, NODE, *PLUS, LINES[0], replace(LINES[1], open_ends="end")),
    ),
    "words beside the middle": ("label", box(100, 100, aside=4), box(100, 100, aside=1)),
    "words above the middle": ("label", box(100, 100, above=4), box(100, 100, above=1)),
    "box without words": ("label", HIGH[:1], HIGH),
    "words without their box": ("label", (Group(HIGH[1:], title="Norm"),), (Group(HIGH, title="Norm"),)),
    "line beside the middle of two boxes": (
        "side",
        (*LOW, *HIGH, edge((140, 200), (140, 140))),
        (*LOW, *HIGH, edge((150, 200), (150, 140))),
    ),
    "nothing painted": ("empty", (Group((), title="layer 3"),), (Group(STRIP, title="layer 3"),)),
    "caption torn off": (
        "torn",
        (PANEL, TITLE, text(44, 134)),
        (PANEL, TITLE, text(44, 126)),
    ),
    "text cut": (
        "phrase",
        (text(50, 50, "Token embed", phrase="Token embedding"),),
        (text(50, 50, "Token…", phrase="Token embedding"), text(50, 90, "+ 3 more", phrase="one, two, three")),
    ),
    "line of text lost": (
        "phrase",
        (text(50, 50, "causal,", phrase="causal, window 128"), text(50, 120, "Norm", phrase="Norm")),
        (text(50, 50, "causal,", phrase="causal, window 128"), text(50, 70, "window 128", phrase="causal, window 128")),
    ),
    "number broken": (
        "phrase",
        (text(50, 50, "4,", phrase="4,096 wide"), text(50, 70, "096 wide", phrase="4,096 wide")),
        (text(50, 50, "4,096", phrase="4,096 wide"), text(50, 70, "wide", phrase="4,096 wide")),
    ),
    "word broken": (
        "phrase",
        (text(50, 50, "embed", phrase="embedding"), text(50, 70, "ding", phrase="embedding")),
        (text(50, 50, "per-", phrase="per-layer"), text(50, 70, "layer", phrase="per-layer")),
    ),
    "long word broken behind another": (
        "phrase",
        (text(50, 50, "see transf", phrase=LONG), text(50, 70, "ormers/modeling", phrase=LONG)),
        tuple(
            text(50, 50 + 20 * row, line, phrase=LONG) for row, line in enumerate(("see", "transf", "ormers/modeling"))
        ),
    ),
    "bracket left open": ("phrase", (text(50, 50, "dim 64 (of 128"),), (text(50, 50, "dim (64 of 128)"),)),
    "one is not several": (
        "grammar",
        (text(50, 50, "1 layers"),),
        (text(50, 50, "1 layer"), text(50, 80, "21 layers")),
    ),
    "one is not several behind a comma": (
        "grammar",
        (text(50, 50, "Encoder, 1 layers"),),
        (text(50, 50, "layers 0, 1 layers"),),
    ),
    "one is not several behind a plus": (
        "grammar",
        (text(50, 50, "4 attention + 1 layers"), text(50, 80, "+ 1 layers")),
        (text(50, 50, "6 + 1 layers"),),
    ),
    "several tokens are not one": (
        "grammar",
        (text(50, 50, "at 512 token"),),
        (text(50, 50, "at 512 tokens"),),
    ),
    "several are not one": (
        "grammar",
        (text(50, 50, "8 expert"),),
        (text(50, 50, "8 expert groups"), text(50, 80, "1 of 8 experts"), text(50, 110, "a 32-layer model")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    rule, broken, near_miss = CASES[name]
    assert rule in rules(*broken)
    assert rules(*near_miss) == set()


@pytest.mark.parametrize("phrase", ["1 pass", "1 bias", "1 loss", "5:1 layers", "0.1 experts", "1 × layers"])
def test_what_only_looks_like_a_plural(phrase: str) -> None:
    assert rules(text(50, 50, phrase)) == set()


@pytest.mark.parametrize(("width", "height", "least"), [(1224, 1530, 14), (1656, 1200, 14), (1656, 1700, 14.076)])
def test_minimum_text_grows_with_the_shorter_side(width: float, height: float, least: float) -> None:
    assert minimum_text(Scene(width, height, "t", "d", WHITE, ())) == pytest.approx(least)
