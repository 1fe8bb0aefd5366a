"""Layers of several stacks in one panel: of a model whose column would be too high with all that is in its layers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdraw.picture import Box, Chain, Inset, Plate, Words
from archdraw.scene import Text
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.layers_as_one import layers_as_one
from archdraw.views.layers_beside import any_of
from shipped import model as shipped
from shipped import plate as plate_of

NAME = "deepseek-v4-1-flash"


def plate() -> Plate:
    found = shipped(NAME)
    made = layers_as_one(found.spec, found.block)
    assert made is not None
    return made


def layer() -> Inset:
    return next(panel for panel in plate().insets if panel.title == "One of 40 layers")


def blocks() -> Iterator[Box]:
    body = layer().items[0]
    assert isinstance(body, Chain)
    return boxes(body)


def test_one_panel_shows_the_layers_of_all_stacks() -> None:
    """It opens the bars of both, and no panel is called by a number of layers alone."""
    panel = layer()
    assert len({panel.source, *panel.also}) == 2
    assert not any(re.fullmatch(r"\d+ layers", one.title) for one in plate().insets)
    scene = plate_of(NAME)
    words = [text.text for text in scene.shapes() if isinstance(text, Text)]
    assert "One of 40 layers" in words
    assert "18 layers" not in words
    assert not scene.undrawn


def test_a_block_of_few_layers_says_which_ones_and_what_it_reads() -> None:
    engram = [box for box in blocks() if box.label.startswith("Engram")]
    found = [(box.detail, [chip.label for chip in box.chips]) for box in engram]
    assert found == [("only in layers 1 and 14", ["Token ids"])]


def test_what_all_rows_of_a_table_say_is_said_once() -> None:
    rows = [box for box in blocks() if "attention" in box.label]
    assert len(rows) == 6
    assert not any("64 query" in box.detail for box in rows)
    said = "each attention: 64 query / 1 KV head, dim 512, window 128, partial RoPE (64/512), sinks"
    assert Words(said, strong=True) in layer().items


def test_what_differs_says_nothing_of_nothing() -> None:
    """Two blocks whose positions are the same in another order differ in none."""
    said = [item.text for panel in plate().insets for item in panel.items if isinstance(item, Words)]
    assert any("Re-indexed" in text for text in said)
    assert not any("without ;" in text for text in said)


def test_models_of_one_stack_have_no_such_panel() -> None:
    found = shipped("llama-3-8b")
    assert layers_as_one(found.spec, found.block) is None
    assert not any(panel.title.startswith("One of") for panel in picture(found.spec, found.block).insets)


def test_alternatives_share_their_last_word() -> None:
    assert any_of(["full attention", "sliding-window attention", "attention"]) == (
        "full attention, sliding-window attention or attention"
    )
    assert any_of(["a b", "c b", "d b"]) == "a, c or d b"
    assert any_of(["a b"]) == "a b"


def test_a_page_shows_the_parts_of_the_model() -> None:
    """Where it was a single box with the name of the model."""
    scene = shipped(NAME).scene(view="page")
    words = " ".join(text.text for text in scene.shapes() if isinstance(text, Text))
    assert "Token embedding" in words
    assert "Causal encoder" in words
    assert "the blocks of the network" not in words
