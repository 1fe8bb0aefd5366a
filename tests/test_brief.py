"""What a page leaves out, step by step: what goes, what stays, what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from archdraw import load
from archdraw.edges import Edge
from archdraw.parts import all_in
from archdraw.picture import (
    Bar,
    Box,
    Branches,
    Chain,
    Chip,
    Choice,
    Diagram,
    Frame,
    Graph,
    Inset,
    Plate,
    Tap,
    Terminal,
    Tower,
)
from archdraw.views.architecture import picture
from archdraw.views.brief import Brief, not_shown, shortened
from archdraw.views.levels import levels


def box(label: str, role: str = "plain", **other: object) -> Box:
    return Box(label, label, role=role, **other)  # type: ignore[arg-type]


def plate(*items: Diagram, inputs: Sequence[str] = ("Tokens",)) -> Plate:
    ends = tuple(Terminal(label, label, "IDs") for label in inputs)
    return Plate("Tiny", (), 0, Chain(items), ends, (), None, (), "")


def layer(*items: Diagram) -> Frame:
    return Frame(Chain(items), "12 ×", "layers/layer", "12 layers")


def after(given: Plate, *steps: str) -> Brief:
    return shortened(given, steps)


def labels(item: Diagram) -> list[str]:
    match item:
        case Box():
            return [item.label]
        case Bar():
            return [f"{item.times} {item.label}".strip()]
        case Tap():
            return [item.box.label]
        case Choice(options=parts):
            return [label for part in parts for label in labels(part)]
        case Frame(body=body):
            return labels(body)
        case Chain(items=parts) | Branches(items=parts):
            return [label for part in parts for label in labels(part)]
        case _:
            return []


PANELS = (Inset("Masks (3 sliding : 1 full)", ()), Inset("Memory", ()))


def test_details_are_second_lines_and_what_tags_say_more() -> None:
    own = box("Attention", "attention", detail="32 heads", chips=(Chip("RoPE, scaling ×8", "position"),))
    found = after(plate(own), "details")
    (item,) = found.plate.column.items
    assert isinstance(item, Box)
    assert (item.label, item.detail, item.chips[0].label) == ("Attention", "", "RoPE")
    assert found.plate.inputs[0].detail == ""
    assert not_shown(found, ()) == ("not shown: sizes",)


def test_tags_go_and_are_named() -> None:
    found = after(plate(box("Attention", chips=(Chip("RoPE", "position"),))), "tags")
    (item,) = found.plate.column.items
    assert isinstance(item, Box)
    assert item.chips == ()
    assert not_shown(found, PANELS) == ("not shown: RoPE, Masks, Memory", "not shown: RoPE, 2 panels")
    assert not_shown(after(plate(box("Attention")), "tags"), PANELS[:1]) == ("not shown: Masks", "not shown: 1 panel")


def test_a_step_that_changes_nothing_is_not_said() -> None:
    found = after(plate(box("Attention")), "tags", "layers", "alternatives")
    assert found.without == ()
    assert not_shown(found, ()) == ("",)


def test_one_input_needs_no_box_and_tables_are_one_sum() -> None:
    tables = Branches((box("Position embedding", "position"), box("Token embedding", "embedding")))
    found = after(plate(tables), "inputs")
    assert found.plate.inputs == ()
    assert labels(found.plate.column) == ["Token embedding + Position embedding"]
    assert after(plate(tables, inputs=("Image", "Text")), "inputs").plate.inputs != ()
    assert after(plate(box("Convolution", "convolution"), inputs=("Image",)), "inputs").plate.inputs != ()


def test_layers_stand_beside_their_column_which_keeps_a_bar() -> None:
    found = after(plate(box("Embedding"), layer(box("Attention"))), "layers")
    assert labels(found.plate.column) == ["Embedding", "12 × Layer"]
    assert found.opened
    assert labels(found.opened) == ["Attention"]
    assert not_shown(found, ()) == ("",)


def test_other_bars_have_no_brackets_beside_opened_layers() -> None:
    dense = Bar("layer 0", "1 ×", "layers/layer.dense", "layer 0")
    assert labels(after(plate(dense, layer(box("Attention"))), "layers").plate.column) == ["layer 0", "12 × Layer"]


def test_alternatives_become_one_box_that_says_how_many() -> None:
    two = Choice((box("Global", "attention"), box("Sliding", "sliding")), ("or",))
    three = Choice((*two.options, box("Mamba", "linear")), ("or", "or"))
    assert labels(after(plate(two, three), "alternatives").plate.column) == [
        "Global",
        "Sliding",
        "3 kinds of token mixing",
    ]
    assert labels(after(plate(two), "pairs").plate.column) == ["Sliding or Global"]
    names = ("Compressed sparse attention", "Heavily compressed attention", "Grouped-query attention")
    first, second, third = (box(name, "attention") for name in names)
    assert labels(after(plate(Choice((first, second), ("or",))), "pairs").plate.column) == ["2 kinds of attention"]
    named = Choice((replace(first, short="CSA"), replace(second, short="HCA")), ("or",))
    assert labels(after(plate(named), "pairs").plate.column) == ["2 kinds of attention: HCA, CSA"]
    assert labels(after(plate(Choice((third, box("Full attention", "attention")), ("or",))), "pairs").plate.column) == [
        "Full or Grouped-query attention"
    ]


def test_of_whole_blocks_the_usual_one_stays() -> None:
    rare = Chain((box("Norm", "norm"), box("Cross-attention", "attention")))
    usual = Chain((box("Norm", "norm"), box("Attention", "attention")))
    found = after(plate(Choice((rare, usual), ("or",))), "pairs")
    assert labels(found.plate.column) == ["Cross-attention", "Norm", "Attention"]


def test_runs_become_one_bar() -> None:
    bars = [Bar(f"layer {number}", "1 ×", str(number), "") for number in range(3)]
    assert labels(after(plate(*bars), "runs").plate.column) == ["3 other kinds of layers"]


def test_modules_beside_the_line_go_and_are_named() -> None:
    found = after(plate(box("Norm"), Tap(box("MTP module"), "out"), box("LM head")), "modules")
    assert labels(found.plate.column) == ["Norm", "LM head"]
    assert not_shown(found, ()) == ("not shown: side modules",)


def test_the_inside_of_layers_goes_and_is_named() -> None:
    found = after(plate(layer(box("Attention"))), "layers", "inside")
    assert found.opened is None
    assert labels(found.plate.column) == ["12 × Layer"]
    assert not_shown(found, ()) == ("not shown: the inside of layers",)


def test_rows_are_boxes_that_say_how_many_they_are_but_never_layers() -> None:
    row = [
        box("Patch embedding"),
        box("Flatten"),
        box("Encoder, 12 layers"),
        box("Norm", "norm", cap=True),
        box("Select"),
    ]
    assert labels(after(plate(*row), "rows").plate.column) == [
        "Patch embedding, Flatten",
        "Encoder, 12 layers",
        "Select and 1 more",
    ]
    more = [box("Select"), box("Norm", "norm", cap=True), box("Project"), box("Scale")]
    assert labels(after(plate(*more), "rows").plate.column) == ["Select and 3 more"]
    assert labels(after(plate(*more[:3]), "rows").plate.column) == ["Select, Project"]


def test_the_whole_is_one_box_with_all_that_comes_in() -> None:
    found = after(plate(box("Embedding"), box("LM head"), inputs=("Image", "Text")), "whole")
    (item,) = found.plate.column.items
    assert isinstance(item, Box)
    assert item.label == "Tiny"
    assert item.title == "Embedding; LM head"
    assert [one.label for one in found.plate.inputs] == ["Image, Text"]
    assert not_shown(found, ()) == ("not shown: the blocks of the network",)


def test_the_levels_of_a_u_are_rows_with_caps() -> None:
    model = load("u-net")
    (graph, _) = picture(model.spec, model.block).column.items
    assert isinstance(graph, Graph)
    found = levels(graph)
    names = dict(found.nodes)
    assert len(names) == len(graph.nodes) - 4
    joined = names["left1"]
    assert isinstance(joined, Box)
    assert joined.inputs == 2
    assert joined.label == "Crop and concatenate, 2 convolutions"
    assert [name for name, one in names.items() if isinstance(one, Box) and one.cap] == [
        "pool1",
        "pool2",
        "pool3",
        "pool4",
        "up4",
        "up3",
        "up2",
        "up1",
    ]
    assert Edge("down1", "left1", 0) in [edge._replace(back=False, line=0) for edge in found.edges]


def test_a_graph_that_is_no_u_stays_as_it_is() -> None:
    graph = Graph((("one", box("one")),), (Edge("input", "one"), Edge("one", "output")))
    assert levels(graph) is graph


def bars_of(name: str) -> list[str]:
    model = load(name)
    brief = shortened(picture(model.spec, model.block), ("layers",))
    columns = (brief.plate.column, *(tower.column for tower in brief.plate.towers))
    return [part.label for column in columns for part in all_in(column) if isinstance(part, Bar)]


@pytest.mark.parametrize(
    ("name", "bars"),
    [
        ("llama-3-2-11b-vision", ["40 × Layer, cross-attention in 8", "Vision encoder, 40 layers"]),
        ("detr-r50", ["Decoder, 6 layers, cross-attention", "Encoder, 6 layers"]),
        ("ouro-thinking-2-6b", ["loop 4 × 48 layers"]),
        ("nanbeige-4-2-3b", ["loop 2 × 22 layers"]),
        ("inkling-2-mini", ["loop 3 × 12 layers"]),
        ("deepseek-v4-1-flash", ["Causal encoder, 20 layers", "Decoder, 20 layers"]),
        ("gpt-2", ["12 × Layer"]),
        ("resnet-50", [f"Stage {n}: {size} × {size}" for n, size in enumerate((56, 28, 14, 7), 1)]),
    ],
)
def test_a_bar_says_how_many_layers_there_are_and_in_how_many_of_them_a_tower_is_read(
    name: str, bars: list[str]
) -> None:
    assert bars_of(name) == bars


def test_the_gate_of_a_loop_that_is_not_shown_is_named() -> None:
    model = load("ouro-thinking-2-6b")
    given = picture(model.spec, model.block)
    assert not_shown(shortened(given, ("layers",)), ()) == ("",)
    assert not_shown(shortened(given, ("layers", "inside")), ()) == ("not shown: the inside of layers, exit gate",)


def test_the_rest_of_layers_of_which_one_block_is_shown_is_named() -> None:
    rare = Chain((box("Norm", "norm"), box("Cross-attention", "attention")))
    usual = Chain((box("Norm", "norm"), box("Attention", "attention")))
    given = plate(layer(Choice((rare, usual), ("in 4 layers", "in 8 layers"))))
    assert not_shown(after(given, "pairs"), ()) == ("not shown: the rest of some layers",)
    assert not_shown(after(given, "layers", "pairs"), ()) == ("not shown: the rest of some layers",)
    assert not_shown(after(given, "layers", "pairs", "inside"), ()) == ("not shown: the inside of layers",)


@pytest.mark.parametrize("name", ["glm-5-3-flash", "gemma-4-e2b"])
def test_tags_of_closed_encoders_are_not_those_of_the_model(name: str) -> None:
    model = load(name)
    (said,) = not_shown(shortened(picture(model.spec, model.block), ("tags",)), ())
    assert not any(tag in said for tag in ("2D RoPE", "V-norm", "logit softcap 50"))
    assert ("RoPE" in said) == (name == "gemma-4-e2b")


def test_tags_of_an_encoder_are_named_while_it_is_open() -> None:
    open_tower = Tower(Chain((layer(box("Attention", chips=(Chip("2D RoPE", "position"),))),)), (), "tower", ())
    given = replace(plate(layer(box("Attention"))), towers=(open_tower,))
    assert not_shown(after(given, "tags"), ()) == ("not shown: 2D RoPE",)
    assert not_shown(after(given, "tags", "layers"), ()) == ("",)
