"""What a plate does not open it names: no box with an inside stays closed without a word in the footer."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

import shipped
from archdraw.glossary import text
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.plate.footers import footer_of
from archdraw.layout.plate.plate import draw
from archdraw.picture import Box, Closed, Inset, Plate
from archdraw.scene import Text
from archdraw.theme import load_theme
from archdraw.tree.blocks import Block, Module
from archdraw.tree.walks import leaves, walk
from archdraw.views.architecture import picture
from archdraw.views.boxes import DIAGRAMS, boxes
from archdraw.views.closed import MOST_NAMED, with_closed
from archdraw.views.insets import is_usual


@cache
def plate(name: str) -> Plate:
    model = shipped.model(name)
    return with_closed(picture(model.spec, model.block), model.block)


def inside(inset: Inset) -> list[Box]:
    return [box for item in inset.items if isinstance(item, DIAGRAMS) for box in boxes(item)]


def parts(block: Block) -> tuple[tuple[str, bool], ...]:
    return tuple((leaf.name, bool(leaf.weights)) for leaf in leaves(block) if leaf.role != "position")


@pytest.mark.parametrize("name", shipped.NAMES)
def test_what_is_closed_is_named(name: str) -> None:
    """Closed is a box of more than one part of which the plate draws none, here or of a block with the same parts."""
    made = plate(name)
    blocks = dict(reversed(list(walk(shipped.model(name).block.body))))
    shown = {box.path for column in (made.column, *(tower.column for tower in made.towers)) for box in boxes(column)}
    shown |= {box.path for inset in made.insets for box in inside(inset)}
    outer = {path.rpartition("/")[0] for path in shown}
    every = {path for inner in outer for path in (inner, *(inner[: at.start()] for at in re.finditer("/", inner)))}
    known = {parts(blocks[path]) for path in every & blocks.keys()}
    known |= {parts(blocks[one]) for inset in made.insets for one in (inset.source, *inset.also) if one in blocks}
    said = " ".join(footer_of(made))
    grids = {box.path for inset in made.insets for box in inside(inset) if box.role == "experts"}
    experts = {path.rpartition("/")[0] for path in grids}
    for path in sorted(shown & blocks.keys()):
        block = blocks[path]
        if not isinstance(block, Module) or len(list(leaves(block))) < 2 or parts(block) in known:
            continue
        is_expert = is_usual(block) and path.rpartition("/")[0] in experts
        assert text(block.label) in said or re.search(r"and \d+ more", said) or is_expert, (path, said)


def footer(name: str) -> str:
    scene = shipped.plate(name)
    return " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text) and shape.y > scene.height - 100)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        # Its author chose the panels: what they leave out is named all the same.
        ("inkling-2-mini", ["Vision encoder, Local layer, Global layer", "in Looped local layer: Sliding-window"]),
        ("detr-r50", ["in ResNet-50: Stage 1, Stage 2, Stage 3, Stage 4"]),
        # It stands beside the line.
        ("deepseek-v4-1-flash", ["not opened: DSpark"]),
        # A panel of causal attention does not open that of an encoder, though it has the same boxes.
        ("command-a-plus-218b-a25b", ["in Vision encoder: Multi-head attention, GELU FFN"]),
        ("mistral-large-4", ["in Pixtral encoder: Attention, SwiGLU FFN, Projector"]),
    ],
)
def test_the_footer_has_the_names(name: str, named: list[str]) -> None:
    said = footer(name)
    assert "not opened: " in said
    assert [words for words in named if words not in said] == []


def test_what_is_in_a_panel_without_room_is_not_named_again() -> None:
    """The footer names the panel itself."""
    made = plate("deepseek-v4-1-flash")
    assert "Vision encoder" in {one.panel for one in made.closed}
    assert "panels left out: Vision encoder" in footer("deepseek-v4-1-flash")
    assert "in Vision encoder" not in footer("deepseek-v4-1-flash")


def test_many_are_counted() -> None:
    assert plate("llama-3-8b").closed == ()
    (made,) = (one for one in plate("gemma-4-e2b").closed if one.panel == "Audio encoder")
    assert (made.names.count(","), made.number) == (MOST_NAMED, MOST_NAMED + 1)
    block = shipped.model("gemma-4-e2b").block
    every = with_closed(replace(picture(shipped.model("gemma-4-e2b").spec, block), insets=()), block)
    (named,) = every.closed
    assert named.names.endswith(f"and {named.number - MOST_NAMED} more")


def test_parts_of_a_footer_are_told_apart_where_a_line_ends() -> None:
    wide = footer_lines(("Source: a", "License: b", "archdraw"), 640.0)
    assert wide == ["Source: a | License: b | archdraw"]
    long = "a sentence of several words that ends near the end of its line, here"
    assert footer_lines(("Source: config.json", long, "archdraw"), 564.0) == [
        "Source: config.json |",
        f"{long} |",
        "archdraw",
    ]


def test_the_last_part_of_a_footer_is_not_alone_in_its_line() -> None:
    parts = ("Source: config.json", "License: Apache License 2.0", "not opened: MTP module", "archdraw")
    assert footer_lines(parts, 660.0) == [
        "Source: config.json | License: Apache License 2.0 |",
        "not opened: MTP module | archdraw",
    ]


def footer_lines(parts: tuple[str, ...], width: float) -> list[str]:
    canvas = Canvas(load_theme("light"))
    page.footer(canvas, parts, width, 0.0)
    return [shape.text for shape in canvas.scene(width, 200, "", "").shapes() if isinstance(shape, Text)]


def test_no_panel_gives_way_to_names() -> None:
    """Lines of the footer that would take the room of a panel become a number."""
    full = plate("muse-spark-open")
    assert draw(full, load_theme("light")).left_out == ()
    long = replace(full, closed=(Closed("", ", ".join(["Block with a name"] * 90), 90),))
    scene = draw(long, load_theme("light"))
    assert scene.left_out == ()
    assert "not opened: 90 boxes" in " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text))
