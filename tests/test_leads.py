"""Lines from modules beside the line of a model to its layers."""

from __future__ import annotations

from typing import Any

import pytest

import shipped
from any_tree import model
from archdraw.layout.diagram.leads import with_additions
from archdraw.picture import Frame
from archdraw.scene import FRAME, Circle, Line, Rect, Text, groups_of
from archdraw.spec import expand
from archdraw.views.architecture import picture

ENCODER = {
    "qwen_vision": {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "depth": 27,
        "num_heads": 16,
        "patch_size": 16,
        "num_position_embeddings": 2304,
        "deepstack_visual_indexes": [8, 16, 24],
    }
}
LAYERS = {
    "decoder": {
        "times": 4,
        "attention": {"multi_head": {"num_attention_heads": 32}},
        "feed_forward": {"swiglu": {"intermediate_size": 1024}},
    }
}


@pytest.mark.parametrize("name", ["gemma-4-e2b", "gemma-4-e4b"])
def test_an_arrow_leads_from_per_layer_embeddings_into_the_layers(name: str) -> None:
    plate = shipped.plate(name)
    every = list(groups_of(plate.children))
    (box,) = [group for group in every if group.path.endswith("per_layer_inputs")]
    (layers,) = [group for group in every if group.role == "layers" and group.path.endswith("/stack")]
    below, above = (next(one for one in group.children if isinstance(one, Rect)) for group in (box, layers))
    lines = [line for line in plate.shapes() if isinstance(line, Line) and line.head]
    goal = (below.x + below.width / 2, above.y + above.height)
    (line,) = [line for line in lines if line.points[0] == (goal[0], below.y)]
    # Coordinates are rounded to a hundredth, each for itself.
    (end,) = line.points[1:]
    assert end == pytest.approx(goal, abs=0.02)


def test_what_is_added_behind_layers_leads_to_a_node_above_the_last_block_in_their_frame() -> None:
    plate = shipped.plate("qwen3-vl-8b")
    every = list(groups_of(plate.children))
    (encoder,) = [one.children[0] for one in every if one.path == "visual"]
    (frame,) = [one.children[0] for one in every if one.path == "layers/stack" and one.role == FRAME]
    assert isinstance(encoder, Rect)
    assert isinstance(frame, Rect)
    nodes = [one for one in plate.shapes() if isinstance(one, Circle) and one.kind == "node"]
    inside = [one for one in nodes if frame.x < one.x < frame.right and frame.y < one.y < frame.bottom]
    highest = min(inside, key=lambda node: node.y)
    into = (highest.x - highest.radius, highest.y)
    (line,) = [one for one in plate.shapes() if isinstance(one, Line) and one.head and one.points[-1] == into]
    assert line.points[0][1] == encoder.y
    # Attention and the feed-forward network have the other two.
    assert len(inside) == 3
    assert "DeepStack, after layers 0–2" in {one.text for one in plate.shapes() if isinstance(one, Text)}


@pytest.mark.parametrize(
    ("above", "adds"), [(LAYERS, True), ({"loop": {"num_loops": 3, "body": [LAYERS]}}, False)], ids=["layers", "loop"]
)
def test_only_a_frame_of_layers_has_the_node_and_none_around_them(above: Any, adds: bool) -> None:
    """Above the layers of a loop it would say that something is added once in each turn, behind the last of them."""
    spec = model(["embedding", ENCODER, above, "output_head"])
    (frame,) = [item for item in with_additions(picture(spec, expand(spec)).column).items if isinstance(item, Frame)]
    assert frame.adds == adds
