"""Networks of images and their layouts: towers that blocks read, lines through frames, what the header says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import archdraw
from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.picture import Terminal
from archdraw.resources import specs_folder
from archdraw.scene import Line, Scene, Text
from archdraw.spec import expand, parse_spec
from archdraw.theme import theme_names
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_plate, undrawn

EXAMPLES = sorted((Path(__file__).parents[1] / "docs" / "examples").glob("*.yaml"))

CONDITIONED = """
name: Conditioned
hidden_size: 64
define:
  modulation: {module: {label: Modulation, role: auxiliary, body: [{side_output: conditioning}, {linear: 64}]}}
layers:
  - side:
      direction: in
      joins: false
      body:
        module:
          label: Conditioning
          body:
            parallel:
              branches: [[{input: Time step}, {linear: 64}], [{input: Class}, {linear: 64}]]
  - input: {label: Image, shape: [64, 8, 8]}
  - layer:
      times: 4
      body:
        graph:
          nodes:
            modulation: modulation
            norm: layernorm
            scale: {op: {label: Scale, inputs: 2}}
            mlp: {gelu: {intermediate_size: 256}}
            sum: {op: +}
          edges: [[input, norm, scale, mlp, sum, output], [modulation, scale], [input, sum]]
"""

TWO_LINES = """
name: Two streams
hidden_size: 64
layers:
  - parallel:
      merge: separate
      branches: [[{input: Text}, {linear: 64}], [{input: Image}, {linear: 64}]]
  - layer:
      times: 4
      body:
        graph:
          inputs: [text, image]
          nodes:
            joint: {op: {label: Joint mixing, inputs: 2, outputs: [text, image]}}
            left: {linear: 64}
            right: {linear: 64}
          edges:
            - [input.text, left, joint]
            - [input.image, right, joint]
            - [joint.text, output.text]
            - [joint.image, output.image]
  - op: {label: Keep the image, inputs: 2}
"""


def model(text: str) -> Model:
    spec = parse_spec(text)
    return Model(spec, expand(spec))


def texts(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_of_the_documents_are_drawn_whole(path: Path) -> None:
    found = archdraw.load(path)
    assert not found.spec.warnings
    assert not undrawn(found.block, paths_of_plate(picture(found.spec, found.block)))
    for theme in theme_names():
        assert faults(found.scene("plate", theme)) == []


def test_the_lines_of_a_column_beside_the_model_reach_what_reads_it() -> None:
    found = model(CONDITIONED)
    plate = picture(found.spec, found.block)
    (tower,) = plate.towers
    assert [one.label for one in tower.inputs] == ["Time step", "Class"]
    assert tower.goals == ("layers/layer/modulation",)
    assert faults(found.scene("plate")) == []


def test_a_line_of_a_tower_makes_way_for_a_line_of_the_model() -> None:
    """In MMDiT it meets the residual line of the images, ends in front of it and goes on behind it."""
    whole = next(path for path in EXAMPLES if path.stem == "mmdit").read_text("utf-8")
    # With its last block, which differs, the column is too high for layers that are opened.
    alike = whole.replace("{label: Last MMDiT block, body: last_block}", "{label: MMDiT block, body: joint_block}")
    final = "  - module:\n      label: Final layer"
    alike = alike.replace(final, f"  - op: {{label: Images, inputs: 2}}\n{final}")
    scene = Model.from_text(alike).scene("card")
    box = next(shape for shape in scene.shapes() if isinstance(shape, Text) and shape.text == "Modulation")
    level = [
        line
        for line in scene.shapes()
        if isinstance(line, Line) and line.points[-1][0] < box.x and abs(line.points[-1][1] - box.y) < 30
    ]
    assert {"start", "end"} <= {line.open_ends for line in level}


def test_a_box_that_a_line_reaches_does_not_name_what_it_reads() -> None:
    words = texts(model(CONDITIONED).scene("card"))
    assert "Modulation" in words
    assert not any("conditioning" in word for word in words)


def test_a_module_that_is_read_leaves_one_line() -> None:
    with pytest.raises(InputError, match="leaves one line"):
        model(CONDITIONED.replace("parallel:\n", "parallel:\n              merge: separate\n"))


def test_several_lines_pass_the_frame_of_layers() -> None:
    found = model(TWO_LINES)
    assert faults(found.scene("plate")) == []
    assert [one.label for one in picture(found.spec, found.block).inputs] == ["Text", "Image"]


def test_inputs_stand_below_what_reads_them_beside_a_tower() -> None:
    """A column beside towers is mirrored, and its inputs with it."""
    found = archdraw.load(next(path for path in EXAMPLES if path.stem == "mmdit"))
    scene = found.scene("card")
    at = {shape.text: shape.x for shape in scene.shapes() if isinstance(shape, Text)}
    assert at["Noised latent"] == at["Patch embedding"]
    assert at["Text tokens"] == at["Text projection"]


def test_a_tower_has_all_of_its_inputs() -> None:
    found = archdraw.load(specs_folder() / "dit-xl-2.yaml")
    (tower,) = picture(found.spec, found.block).towers
    assert tower.inputs == (Terminal("Time step", "conditioning/time_step"), Terminal("Class", "conditioning/class"))


def test_a_header_says_what_is_trained_where_it_can_be_seen() -> None:
    subtitle = {
        name: picture(found.spec, found.block).subtitle
        for name in ("dit-xl-2", "detr-r50")
        for found in [archdraw.load(specs_folder() / f"{name}.yaml")]
    }
    assert subtitle["dit-xl-2"][0] == "675M parameters"
    assert subtitle["detr-r50"][0] == "41.3M of 41.5M parameters trained"


def test_parameters_of_one_kind_are_not_broken_down() -> None:
    found = archdraw.load(specs_folder() / "u-net.yaml")
    assert not any("breakdown" in inset.title for inset in picture(found.spec, found.block).insets)


def test_a_template_that_another_one_uses_is_used() -> None:
    warned = parse_spec(
        "name: Net\nhidden_size: 8\ndefine:\n"
        "  inner: {description: one, source: here, parameters: {width: }, block: {linear: $width}}\n"
        "  outer: {description: two, source: here, parameters: {width: }, "
        "block: [{inner: {width: $width}}, {linear: 8}]}\n"
        "  other: {description: three, source: here, parameters: {width: }, block: {linear: $width}}\n"
        "layers: [{outer: {width: 4}}]\n"
    ).warnings
    assert [problem.message for problem in warned] == ["other is defined but not used"]
