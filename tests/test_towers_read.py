"""Modules beside a model that its layers read: lines lead from each to what reads it, and nothing is read in vain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.picture import Plate
from archdraw.scene import Group, Line, Rect
from archdraw.spec import Spec, expand, parse_spec
from archdraw.theme import load_theme
from archdraw.views import draw
from archdraw.views.architecture import picture

WIDTH = 512


def encoder(label: str, times: int = 4) -> dict[str, Any]:
    layer = {
        "times": times,
        "attention": {"multi_head": {"num_attention_heads": 8, "is_causal": False}},
        "feed_forward": {"gelu": {"intermediate_size": 1024}},
    }
    return {"encoder": {"label": label, "layers": [{"input": {"features": WIDTH}}, {"encoder_layer": layer}]}}


def reading(**more: Any) -> dict[str, Any]:
    return {"residual": ["rmsnorm", {"cross_attention": {"num_attention_heads": 8, **more}}]}


def decoder(*parts: Any) -> dict[str, Any]:
    return {"layer": {"times": 6, "body": [*parts, {"residual": ["rmsnorm", {"swiglu": {"intermediate_size": 1024}}]}]}}


def spec(*layers: Any) -> Spec:
    head = {"name": "Towers", "hidden_size": WIDTH, "vocab_size": 1000, "context_length": 512}
    return parse_spec(json.dumps({**head, "layers": ["embedding", *layers, "output_head"]}, indent=1), "towers.yaml")


def plate(*layers: Any) -> Plate:
    made = spec(*layers)
    return picture(made, expand(made))


def warnings(*layers: Any) -> list[str]:
    made = spec(*layers)
    expand(made)
    return [str(problem).splitlines()[0] for problem in made.warnings]


IMAGE, AUDIO = encoder("Image encoder"), encoder("Audio encoder", 2)
READS_IMAGE, READS_AUDIO = reading(reads="Image encoder"), reading(reads="Audio encoder")


def test_each_tower_leads_to_what_reads_it() -> None:
    towers = plate(IMAGE, AUDIO, decoder(READS_IMAGE, READS_AUDIO)).towers
    assert {tower.path: tower.goals for tower in towers} == {
        "encoder": ("layers/layer/cross_attn",),
        "encoder.2": ("layers/layer/cross_attn.2",),
    }


def test_what_names_no_tower_reads_all() -> None:
    towers = plate(IMAGE, AUDIO, decoder(READS_IMAGE, reading())).towers
    assert {tower.path: len(tower.goals) for tower in towers} == {"encoder": 2, "encoder.2": 1}


@pytest.mark.parametrize("order", [(READS_IMAGE, READS_AUDIO), (READS_AUDIO, READS_IMAGE)], ids=["image", "audio"])
def test_lines_of_two_towers_do_not_meet_and_enter_at_the_middle(order: tuple[Any, Any]) -> None:
    made = spec(IMAGE, AUDIO, decoder(*order))
    scene = draw(made, expand(made), "plate", theme=load_theme("light"))
    assert faults(scene) == []
    # A line that makes way for another one has an open end within the picture: only those to and from the model do.
    assert [line for line in scene.shapes() if isinstance(line, Line) and line.open_ends == "both"] == []
    heads = {shape.points[-1] for shape in scene.shapes() if isinstance(shape, Line) and shape.head}
    (model,) = (group for group in scene.children if isinstance(group, Group) and group.role == "model")
    boxes = [
        rect
        for group in model.children
        if isinstance(group, Group) and group.path in ("layers/layer/cross_attn", "layers/layer/cross_attn.2")
        for rect in group.children[:1]
        if isinstance(rect, Rect)
    ]
    assert len(boxes) == 2
    assert all((rect.x, rect.y + rect.height / 2) in heads for rect in boxes)


def test_a_module_that_is_not_there_is_told_at_the_name() -> None:
    with pytest.raises(InputError) as raised:
        expand(spec(IMAGE, decoder(reading(reads="Image encode"))))
    message = str(raised.value)
    assert "error: no module beside the model that could be read is called Image encode" in message
    assert "did you mean Image encoder" in message
    line = next(line for line in message.splitlines() if " | " in line and "reads" in line)
    caret = message.splitlines()[message.splitlines().index(line) + 1]
    assert line[caret.index("^") :].startswith('"Image encode"')


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        (decoder(reading()), "cross_attention"),
        (decoder(READS_IMAGE), "cross_attention"),
        (
            decoder({"parallel": [{"side_output": {"features": WIDTH}}, {"linear": WIDTH}]}),
            "side_output",
        ),
    ],
    ids=["attention", "of a name", "side output"],
)
def test_what_reads_a_module_where_there_is_none_is_warned_of_at_its_place(layer: Any, word: str) -> None:
    made = spec(layer)
    expand(made)
    (problem,) = made.warnings
    assert problem.severity == "warning"
    assert problem.message == "this reads a module beside the model, and there is none"
    assert word in made.document.lines[problem.span.line - 1]
    assert warnings(IMAGE, layer) == []


def test_a_module_that_nothing_reads_is_warned_of() -> None:
    (warning,) = warnings(IMAGE, AUDIO, decoder(READS_IMAGE))
    assert "Audio encoder joins no line, and nothing reads it" in warning
