"""Encoders beside the spine, opened: what stands in their panels, where their letters are, what is left folded."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

import shipped
from archdraw.app.coverage import left_out
from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.picture import Box, Chain, Diagram, Frame, Inset, Rail, Words
from archdraw.resources import specs_folder
from archdraw.scene import Group, Line, Rect, Scene, Text, groups_of
from archdraw.spec import expand, parse_spec
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes as every_box


@cache
def model(name: str) -> Model:
    return shipped.model(name)


def panel(name: str, title: str) -> Inset:
    found = model(name)
    return next(inset for inset in picture(found.spec, found.block).insets if inset.title == title)


def boxes(item: Diagram) -> list[str]:
    """The labels of the boxes of ``item`` from the input up."""
    match item:
        case Box(label=label):
            return [label]
        case Rail(body=body) | Frame(body=body):
            return boxes(body)
        case _:
            return [label for part in getattr(item, "items", ()) for label in boxes(part)]


ENCODER_DECODERS = ["transformer-2017", "bart-large", "t5-11b", "switch-base-128", "whisper-large-v3"]


@pytest.mark.parametrize("name", ENCODER_DECODERS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_both_halves_of_an_encoder_decoder_are_columns(name: str, theme: str) -> None:
    scene = model(name).scene(theme=theme)
    assert [line for line in left_out(model(name)) if "ncoder" in line] == []
    assert faults(scene) == []
    found = picture(model(name).spec, model(name).block)
    (tower,) = found.towers
    # Both say what comes in.
    words = {shape.text for shape in scene.shapes() if isinstance(shape, Text)}
    assert {*(one.label for one in tower.inputs), *(terminal.label for terminal in found.inputs)} <= words
    assert len({*(one.label for one in tower.inputs), *(terminal.label for terminal in found.inputs)}) == 2


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_a_line_leads_from_the_encoder_to_every_cross_attention(name: str) -> None:
    found = model(name)
    plate = picture(found.spec, found.block)
    (tower,) = plate.towers
    reading = [box for box in every_box(plate.column) if "Cross-attention" in box.label]
    assert [box.path for box in reading] == list(tower.goals)
    assert reading
    scene = found.scene()
    (place,) = [rect for path, rect in placed(scene) if path == tower.goals[0]]
    # An arrow whose tip is at the left of the box, at its middle.
    tips = [shape.points[-1] for shape in scene.shapes() if isinstance(shape, Line) and shape.head]
    assert (place.x, place.y + place.height / 2) in tips


@pytest.mark.parametrize("name", [*ENCODER_DECODERS, "llama-3-2-11b-vision", "dit-xl-2", "detr-r50"])
def test_every_line_runs_along_an_axis(name: str) -> None:
    edges = [shape for shape in model(name).scene().shapes() if isinstance(shape, Line) and shape.kind == "edge"]
    pieces = [piece for line in edges for piece in pairwise(line.points)]
    assert len(pieces) > len(ENCODER_DECODERS)
    assert [
        (start, end) for start, end in pieces if abs(start[0] - end[0]) > 0.02 and abs(start[1] - end[1]) > 0.02
    ] == []


def placed(scene: Scene) -> list[tuple[str, Rect]]:
    """The boxes of a scene with their paths."""
    return [
        (group.path, shape)
        for group in groups_of(scene.children)
        if isinstance(group, Group) and group.path
        for shape in group.children[:1]
        if isinstance(shape, Rect)
    ]


def test_an_encoder_is_its_layers_and_what_stands_around_them() -> None:
    found = model("bart-large")
    (tower,) = picture(found.spec, found.block).towers
    assert boxes(tower.column) == [
        *("Position embedding", "Token embedding", "LayerNorm"),
        *("Multi-head attention", "LayerNorm", "GELU FFN", "LayerNorm"),
    ]
    (frame,) = [item for item in tower.column.items if isinstance(item, Frame)]
    assert frame.times == "12 ×"


def test_what_chips_say_stands_in_the_box() -> None:
    (inside, *_) = panel("qwen3-vl-8b", "Vision encoder").items
    assert isinstance(inside, Chain)
    (frame,) = [item for item in inside.items if isinstance(item, Frame)]
    assert "16 heads, dim 72, 2D RoPE" in str(frame)


def test_a_projector_reads_the_layer_that_it_reads() -> None:
    opened = panel("llava-1-5-7b", "Vision encoder")
    assert isinstance(opened.items[0], Chain)
    (frame,) = [item for item in opened.items[0].items if isinstance(item, Frame)]
    assert frame.times == "23 ×"
    assert Words("reads the output of layer 22 (layers 0–23); what is unused is in the total") in opened.items
    assert boxes(opened.items[0])[-2:] == ["Projector 1,024 → 4,096, GELU", "Projector 4,096 → 4,096"]


def test_a_tower_too_high_for_a_page_has_a_box_for_each_run_of_layers() -> None:
    found = model("llama-3-2-11b-vision")
    (tower,) = picture(found.spec, found.block).towers
    assert [label for label in boxes(tower.column) if label.endswith("layer")] == [
        *("3 × Encoder layer", "4 × Encoder layer", "8 × Encoder layer", "8 × Encoder layer"),
        *("7 × Encoder layer", "2 × Encoder layer", "8 × Gated layer"),
    ]
    assert [one.label for one in tower.inputs] == ["Image"]


def test_letters_stand_beside_the_boxes_of_several_columns() -> None:
    scene = model("bart-large").scene()
    assert not [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.kind == "zoom"]
    texts = [shape.text for shape in scene.shapes() if isinstance(shape, Text)]
    # One at the title of the panel, one at each box that it opens: A is the feed-forward network of both columns.
    assert [texts.count(letter) for letter in "ABCD"] == [3, 2, 2, 2]


def test_an_author_chooses_encoders_too() -> None:
    text = (specs_folder() / "llava-1-5-7b.yaml").read_text("utf-8")
    chosen = parse_spec(f"{text}insets: [vision_encoder]\n", "chosen")
    (only,) = [inset for inset in picture(chosen, expand(chosen)).insets if inset.source]
    assert (only.title, only.optional) == ("Vision encoder", False)
    none = parse_spec(f"{text}insets: false\n", "none")
    assert "Vision encoder" not in {inset.title for inset in picture(none, expand(none)).insets}
    wrong = parse_spec(f"{text}insets: [vision_encode]\n", "wrong")
    with pytest.raises(InputError, match="nothing that could be opened is called vision_encode"):
        picture(wrong, expand(wrong))


@pytest.mark.parametrize("name", ["laguna-xs-2-1", "step-3-5-flash-196b", "kimi-k3", "glm-5-3-flash"])
def test_two_columns_are_filled_before_panels_are_left_out(name: str) -> None:
    left = left_out(model(name))
    assert not [told for told in left if told.startswith("panel") and "Parameter breakdown" not in told]


def test_modules_of_the_spine_are_opened_as_those_of_layers_are() -> None:
    opened = panel("longcat-flash-lite-68-5b-a3b", "N-gram embedding")
    assert isinstance(opened.items[0], Chain)
    assert boxes(opened.items[0]) == ["Token embedding", "12 n-gram tables", "12 projections", "÷ 13"]
    assert "panel N-gram embedding" not in left_out(model("longcat-flash-lite-68-5b-a3b"))


def test_a_norm_of_values_is_said_beside_that_of_queries_and_keys() -> None:
    """Gemma 4: ``v_norm`` of Gemma4VisionAttention in transformers."""
    (inside, *_) = panel("gemma-4-e2b", "Vision encoder").items
    assert "12 heads, dim 64, QK-norm, 2D RoPE, V-norm" in str(inside)


@pytest.mark.parametrize("name", ["transformer-2017", "whisper-large-v3", "bart-large"])
def test_the_frames_of_an_encoder_and_of_its_decoder_say_which_is_which(name: str) -> None:
    words = " ".join(text.text for text in shipped.plate(name).shapes() if isinstance(text, Text))
    assert "Decoder, " in words
    assert "ncoder, " in words.replace("Decoder, ", "")
