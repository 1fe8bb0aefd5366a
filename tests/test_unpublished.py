"""A closed model: what is known of it is drawn and told, and nothing is counted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from any_tree import model
from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.model import Model, load
from archdraw.resources import specs_folder
from archdraw.scene import Rect, Text
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, combined
from archdraw.views.architecture import picture

CLOSED = """\
name: Closed
context_length: 1000
hidden_size: unpublished
vocab_size: unpublished
published: {total_parameters: 600e9, active_parameters: 27e9}
incomplete: [the structure is not disclosed]
layers:
  - unpublished: {label: Token embedding, part: embedding}
  - unpublished_layers:
      - unpublished: Attention
      - unpublished: {label: Mixture of experts, detail: number unknown, part: experts}
  - unpublished: {label: Output layer, part: head}
"""


def closed(text: str = CLOSED) -> Model:
    spec = parse_spec(text)
    return Model(spec, expand(spec))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_what_is_not_known_has_a_dashed_border_and_no_number(theme: str) -> None:
    scene = closed().scene(theme=theme)
    assert not faults(scene)
    dashed = [shape for shape in scene.shapes() if isinstance(shape, Rect) and shape.dash]
    assert len(dashed) == 4
    words = [shape.text for shape in scene.shapes() if isinstance(shape, Text)]
    assert "? ×" in words
    assert any("600B total, 27.0B active (4.5%), as reported" in text for text in words)
    assert not any("0 layers" in text or "unbounded" in text for text in words)


def test_the_dash_is_written() -> None:
    assert closed().svg().count('stroke-dasharray="6 4"') == 4


def test_nothing_is_counted() -> None:
    model = closed()
    assert model.facts.unknown
    assert "not disclosed" in repr(model)
    assert combined(Facts(), model.facts).unknown


def archdraw(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "archdraw", *arguments], capture_output=True, text=True, check=False)


def test_the_commands_say_that_nothing_is_known() -> None:
    file = str(specs_folder() / "step-5-preview.yaml")
    report = json.loads(archdraw("facts", "--json", file).stdout)
    assert report["complete"] is False
    assert report["total_parameters"] is None
    assert report["cache"] is None
    assert "not counted" in archdraw("facts", file).stdout
    run = archdraw("fit", file, "--memory", "80GiB")
    assert run.returncode
    assert "the structure of Step-5 Preview is not disclosed" in run.stderr


def test_a_known_block_cannot_stand_in_an_unknown_width() -> None:
    with pytest.raises(InputError) as told:
        closed(CLOSED.replace("- unpublished: {label: Output layer, part: head}", "- output_head"))
    assert "hidden_size is unpublished, so that output_head cannot be counted or drawn" in str(told.value)


def test_null_is_no_size() -> None:
    with pytest.raises(InputError) as told:
        closed(CLOSED.replace("hidden_size: unpublished", "hidden_size: null"))
    assert "hidden_size must be a whole number, not null" in str(told.value)


def test_one_unknown_part_leaves_the_rest_as_it_is() -> None:
    model = closed(
        "name: Half\nhidden_size: 8\nvocab_size: 16\nlayers:\n  - embedding\n  - decoder:\n      times: 2\n"
        "      attention: {unpublished: Attention}\n      feed_forward: {swiglu: {intermediate_size: 16}}\n"
        "  - rmsnorm\n  - output_head\n"
    )
    assert model.facts.unknown
    scene = model.scene()
    assert not faults(scene)
    words = [shape.text for shape in scene.shapes() if isinstance(shape, Text)]
    assert "2 ×" in words


def test_the_model_that_comes_with_archdraw_is_fine() -> None:
    assert not faults(load(specs_folder() / "step-5-preview.yaml").scene())


def test_layers_whose_number_is_not_disclosed_are_no_cell_of_a_layer_map() -> None:
    """It would count them: "4 multi-head attention + 1 layers"."""
    attention, feed_forward = {"multi_head": {"num_attention_heads": 32}}, {"swiglu": {"intermediate_size": 1024}}
    first = {"decoder": {"times": 4, "attention": attention, "feed_forward": feed_forward}}
    mixed = {"layer": {"body": [attention, {"linear": 4096}]}}
    undisclosed = {"layer": {"body": [{"unpublished_layers": [{"unpublished": "Attention"}]}]}}
    strips = [
        picture(spec, expand(spec)).strip
        for spec in (model(["embedding", first, above, "output_head"]) for above in (mixed, undisclosed))
    ]
    assert strips[0] is not None
    assert strips[1] is None


def test_layers_beside_those_whose_number_is_not_disclosed_are_not_said_to_be_all() -> None:
    decoder = {
        "decoder": {
            "attention": {"multi_head": {"num_attention_heads": 32}},
            "feed_forward": {"swiglu": {"intermediate_size": 1024}},
            "times": 4,
        }
    }
    twice = {"decoder": {**decoder["decoder"], "times": 2, "feed_forward": {"gelu": {"intermediate_size": 1024}}}}
    spec = model(["embedding", decoder, twice, {"unpublished_layers": [{"unpublished": "Attention"}]}, "output_head"])
    plate = picture(spec, expand(spec))
    assert "6 layers + an undisclosed number" in plate.subtitle
    assert plate.strip is None
