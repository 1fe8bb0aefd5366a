"""The picture is the tree: whatever is counted is drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import shipped
from any_tree import HIDDEN, model, trees, wrong_in
from archdraw.errors import InputError
from archdraw.lint.faults import Fault, faults
from archdraw.picture import Box, Branches, Chain, Diagram, Frame, Plate, Rail
from archdraw.scene import Line, Rect, Text
from archdraw.spec import Spec, expand
from archdraw.theme import load_theme
from archdraw.tree.blocks import Block, Module
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn
from archdraw.views.fold import Fold

ATTENTION = {"multi_head": {"num_attention_heads": 32}}
LAYER: dict[str, Any] = {
    "decoder": {"times": 4, "attention": ATTENTION, "feed_forward": {"swiglu": {"intermediate_size": 256}}}
}


def made(layers: list[Any]) -> tuple[Spec, Module]:
    try:
        spec = model(layers)
        return spec, expand(spec)
    except InputError:
        assume(False)
        raise


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_every_block_of_any_tree_has_a_box_or_is_in_one(layers: list[Any]) -> None:
    spec, block = made(layers)
    assert undrawn(block, paths_of_plate(picture(spec, block))) == ()


def wrong(layers: list[Any], view: str = "plate") -> list[Fault]:
    """What is wrong with the picture of a model of ``layers``."""
    spec, block = made(layers)
    scene = draw(spec, block, view, theme=load_theme("light"))
    assert undrawn(block, paths_of_scene(scene)) == ()
    return wrong_in(scene)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=set(Phase) - {Phase.shrink})
@given(trees(), st.sampled_from(["plate", "card"]))
def test_every_box_is_painted_and_without_a_fault(layers: list[Any], view: str) -> None:
    assert wrong(layers, view) == []


TREES = [json.loads(line) for line in (Path(__file__).parent / "data" / "trees.jsonl").read_text("utf-8").splitlines()]
"""Generated models whose pictures once had a fault, or ended in an error."""


@pytest.mark.parametrize("number", range(len(TREES)))
def test_what_once_went_wrong_goes_right(number: int) -> None:
    assert wrong(TREES[number]) == []


def named(*labels: str) -> list[Any]:
    return [[{"input": {"label": label, "features": HIDDEN}}, {"linear": HIDDEN}] for label in labels]


@pytest.mark.parametrize(
    ("branches", "inputs"),
    [
        ([[{"parallel": named("A", "B")}, LAYER], [{"linear": HIDDEN}, LAYER]], ["Input"]),
        ([[{"parallel": named("A", "B")}, LAYER], *named("C")], ["C"]),
        ([[{"parallel": [["affine"], [{"linear": HIDDEN}, LAYER]]}, LAYER], [LAYER]], ["Input"]),
        (named("A", "B"), ["A", "B"]),
    ],
    ids=["inside", "inside and beside", "one line", "two lines"],
)
def test_branches_that_begin_a_model_take_a_line_each_or_begin_their_own(
    branches: list[Any], inputs: list[str]
) -> None:
    layers = [{"parallel": branches}, {"linear": HIDDEN}]
    assert [one.label for one in columns_of(layers).inputs] == inputs
    assert wrong(layers) == []


@pytest.mark.parametrize("name", shipped.NAMES)
def test_every_block_of_every_model_is_painted(name: str) -> None:
    found = shipped.model(name)
    assert undrawn(found.block, paths_of_plate(picture(found.spec, found.block))) == ()


def test_what_is_dropped_is_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fold that loses a block is found out by the scene, by faults, and in the footer."""
    whole = Fold.row

    def losing(self: Fold, block: Block, *, final: bool = True) -> list[Diagram]:
        return [
            item for item in whole(self, block, final=final) if not (isinstance(item, Box) and item.label == "Lost")
        ]

    monkeypatch.setattr(Fold, "row", losing)
    spec = model(["embedding", {"linear": {"features": HIDDEN, "label": "Lost"}}, LAYER, "output_head"])
    scene = draw(spec, expand(spec), "plate", theme=load_theme("light"))
    assert scene.undrawn == ("lost",)
    assert [fault.rule for fault in faults(scene)] == ["undrawn"]
    words = " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text))
    assert "not drawn: Lost" in words


def labelled(item: Diagram) -> list[str]:
    return [box.label for box in boxes(item)]


def columns_of(layers: list[Any]) -> Plate:
    spec = model(layers)
    return picture(spec, expand(spec))


def test_branches_with_layers_are_columns_side_by_side() -> None:
    left, right = ({"decoder": {**LAYER["decoder"], "label": label}} for label in ("Left", "Right"))
    plate = columns_of(["embedding", {"parallel": {"branches": [left, right]}}, "output_head"])
    (fork,) = [item for item in plate.column.items if isinstance(item, Branches)]
    frames = [item for branch in fork.items for item in getattr(branch, "items", (branch,))]
    assert [(item.caption, item.times) for item in frames if isinstance(item, Frame)] == [
        ("Left", "4 ×"),
        ("Right", "4 ×"),
    ]
    assert fork.merge == "+"
    # Layers side by side have no one order.
    assert plate.strip is None


def test_a_module_around_layers_is_a_frame_with_its_name() -> None:
    body = [{"linear": {"features": HIDDEN, "label": "In"}}, LAYER, {"linear": {"features": HIDDEN, "label": "Out"}}]
    plate = columns_of(["embedding", {"module": {"label": "Tower", "body": body}}, "output_head"])
    (tower,) = [item for item in plate.column.items if isinstance(item, Frame)]
    assert (tower.caption, tower.times) == ("Tower", "")
    inside = tower.body
    assert isinstance(inside, Chain)
    assert [type(item) for item in inside.items] == [Box, Frame, Box]


def test_a_residual_around_layers_is_a_line_outside_their_frame() -> None:
    plate = columns_of(["embedding", {"residual": [LAYER]}, "output_head"])
    (rail,) = [item for item in plate.column.items if isinstance(item, Rail)]
    assert any(isinstance(item, Frame) for item in getattr(rail.body, "items", ()))


def test_layers_of_two_names_are_two_stacks_and_one_odd_layer_is_none() -> None:
    one, two = ({"decoder": {**LAYER["decoder"], "label": label}} for label in ("Stage 1", "Stage 2"))
    frames = [item for item in columns_of(["embedding", one, two]).column.items if isinstance(item, Frame)]
    assert [frame.caption for frame in frames] == ["Stage 1", "Stage 2"]
    odd = {"decoder": {**LAYER["decoder"], "label": "First", "times": 1}}
    frames = [item for item in columns_of(["embedding", odd, two]).column.items if isinstance(item, Frame)]
    assert len(frames) == 1


def test_heads_in_a_row_read_one_line_and_each_leaves_the_model() -> None:
    spec = model(["embedding", LAYER, "output_head", "output_head"])
    scene = draw(spec, expand(spec), "plate", theme=load_theme("light"))
    assert faults(scene) == []
    top = min(shape.y for shape in scene.shapes() if isinstance(shape, Rect) and shape.kind == "container")
    leaving = [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.open_ends == "end"]
    assert len([line for line in leaving if line.points[-1][1] < top < line.points[0][1]]) == 2


def test_a_model_in_which_nothing_is_repeated_is_drawn_as_what_is_in_its_modules() -> None:
    module = {
        "module": {"label": "Encoder", "body": [{"linear": {"features": HIDDEN, "label": "Inside"}}, {"op": "GELU"}]}
    }
    plate = columns_of(["embedding", module, "output_head"])
    assert "Inside, GELU" in labelled(plate.column)
    (frame,) = [item for item in plate.column.items if isinstance(item, Frame)]
    assert frame.caption == "Encoder"
