"""Pictures without their name, or without the line below it: for a page that has a caption."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw import InputError, Model, load
from archdraw.cli import run
from archdraw.lint.faults import faults
from archdraw.scene import Scene, Text, bounds

TEXT = """
name: Small one
hidden_size: 512
vocab_size: 1000
context_length: 2048
layers:
  - embedding
  - decoder:
      times: 4
      attention: {multi_head: {num_attention_heads: 8}}
      feed_forward: {swiglu: {intermediate_size: 2048}}
  - rmsnorm
  - output_head
"""
VIEWS = ("plate", "card", "panels", "page", "column", "slide", "slide-half")


def said(scene: Scene) -> str:
    return " | ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text))


def top(scene: Scene) -> float:
    return bounds(scene.children)[1]


@pytest.mark.parametrize("empty", ['""', "false", '"  "'])
def test_an_empty_title_leaves_out_name_and_numbers(empty: str) -> None:
    model = Model.from_text(f"{TEXT}figure: {{title: {empty}}}\n")
    scene = model.scene("plate")
    assert "Small one" not in said(scene)
    assert "parameters |" not in said(scene)
    assert scene.title == "Small one architecture"
    assert scene.description.startswith("Small one: ")


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_below_takes_the_room(view: str) -> None:
    model = Model.from_text(TEXT)
    whole, without, named = (one.scene(view) for one in (model, model.figure(title=""), model.figure(subtitle="")))
    for scene in (without, named):
        assert not faults(scene)
        assert abs(top(scene) - top(whole)) < 12
    assert "Small one" in said(named)
    assert " | Dense" not in said(named)
    if view.startswith("slide"):
        assert {whole.size, without.size, named.size} == {whole.size}
    else:
        assert without.height < named.height < whole.height
    # In which order it is built up, and all that is drawn below, is as before.
    assert without.steps == whole.steps


def test_a_line_of_ones_own_stays_without_a_name() -> None:
    model = Model.from_text(TEXT).figure(title="", subtitle="a line of my own")
    for view in ("plate", "page", "slide"):
        scene = model.scene(view)
        assert "a line of my own" in said(scene)
        assert "Small one" not in said(scene)
        assert not faults(scene)


def test_the_command_takes_empty_texts(tmp_path: Path) -> None:
    spec, picture = tmp_path / "small.yaml", tmp_path / "small.svg"
    spec.write_text(TEXT, "utf-8")
    for text in ("", " "):
        assert run(["render", str(spec), "--title", text, "--view", "slide", "-o", str(picture)]) == 0
        assert ">Small one<" not in picture.read_text("utf-8").replace("<title>Small one", "")


def test_true_is_no_title() -> None:
    with pytest.raises(InputError, match="title"):
        Model.from_text(f"{TEXT}figure: {{title: true}}\n")


def test_a_strip_has_no_name_anyway() -> None:
    model = load("gemma-3-27b")
    assert model.figure(title="").scene("strip") == model.scene("strip")
