"""Pages whose model flows to the right: the layout of one that flows up, along the other axis, with words upright."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archdraw
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.mirrored import _Mirrored
from archdraw.layout.turned import Turned
from archdraw.lint.faults import faults
from archdraw.profile import load_profile, parse_profile
from archdraw.scene import Group, Line, Rect, Scene, Text, bounds
from archdraw.theme import load_theme

MODELS = ("llama-3-8b", "u-net", "resnet-50", "whisper-large-v3", "deepseek-v3", "qwen3-next-80b-a3b")
numbers = st.integers(-400, 400)


def groups(scene: Scene | Group, role: str) -> list[Group]:
    """The groups of that role, wherever they are."""

    def found(elements: tuple[object, ...]) -> list[Group]:
        own = [element for element in elements if isinstance(element, Group)]
        return [group for group in own if group.role == role] + [
            inner for group in own for inner in found(group.children)
        ]

    return found(scene.children)


def place_of(scene: Scene, path: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the block at ``path``."""

    def found(elements: tuple[object, ...]) -> Group | None:
        for element in elements:
            if isinstance(element, Group):
                if element.path == path:
                    return element
                if inner := found(element.children):
                    return inner
        return None

    group = found(scene.children)
    assert group is not None, path
    return bounds((group,))


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        *product(MODELS, ("slide", "page")),
        # An arrow leads from per-layer embeddings, a leader begins at a slim box, a state is said in a narrow panel.
        *(("gemma-4-e2b", "slide"), ("minimax-m2-230b", "slide"), ("rwkv-5-3b", "page")),
    ],
)
def test_a_model_to_the_right_has_no_faults(name: str, profile: str) -> None:
    scene = archdraw.load(name).scene(profile, direction="right")
    assert not [str(fault) for fault in faults(scene)]


def test_all_that_was_above_each_other_is_side_by_side() -> None:
    model = archdraw.load("llama-3-8b")
    up, right = (model.scene("page", direction=direction) for direction in ("up", "right"))
    roles = ("embedding", "attention", "feed_forward")
    first, second = (
        {group.path for part in groups(scene, "model") for role in roles for group in groups(part, role)}
        for scene in (up, right)
    )
    paths = sorted(first & second)
    assert len(paths) >= 4
    from_below = sorted(paths, key=lambda path: -place_of(up, path)[1])
    from_left = sorted(paths, key=lambda path: place_of(right, path)[0])
    assert from_below == from_left


def test_residual_lines_run_above_what_they_go_around() -> None:
    scene = archdraw.load("llama-3-8b").scene("page", direction="right")
    around = [line for group in groups(scene, "residual") for line in group.children if isinstance(line, Line)]
    around.sort(key=lambda line: line.points[0])
    boxes = [place_of(scene, f"layers/layer/{name}") for name in ("self_attn", "mlp")]
    for line, (left, top, right, _) in zip(around, boxes, strict=True):
        assert line.points[0][0] < left
        assert line.points[-1][0] > right
        assert min(y for _, y in line.points) < top


def test_alternatives_stand_above_each_other() -> None:
    scene = archdraw.load("qwen3-next-80b-a3b").scene("slide", direction="right")
    (full,), (linear,) = groups(scene, "attention")[:1], groups(scene, "linear")[:1]
    (left, _, right, bottom), (other_left, top, other_right, _) = bounds((full,)), bounds((linear,))
    assert bottom < top
    assert (left, right) == (other_left, other_right)


def test_a_u_is_entered_at_its_left_and_left_at_its_right() -> None:
    scene = archdraw.load("u-net").scene("page", direction="right")
    (model,) = groups(scene, "model")
    lines = [shape for shape in model.children if isinstance(shape, Line)]
    entering = min(lines, key=lambda line: line.points[0][0])
    (leaving,) = [line for line in lines if line.open_ends == "end"]
    (left, y), (x, end) = entering.points[0], entering.points[-1]
    assert y == end
    assert left < x
    assert leaving.points[-1][0] > max(shape.right for shape in model.children if isinstance(shape, Rect))


def test_words_are_not_turned() -> None:
    scene = archdraw.load("llama-3-8b").scene("slide", direction="right")
    said = {shape.text for shape in scene.shapes() if isinstance(shape, Text)}
    assert {"Token embedding", "LM head", "RoPE"} <= said


@given(numbers, numbers, numbers, numbers, st.integers(1, 90), st.integers(1, 90))
def test_places_are_the_same_after_being_turned_and_back(
    left: int, middle: int, x: int, y: int, wide: int, high: int
) -> None:
    page = Canvas(load_theme("light"))
    turned = Turned(page, left, middle)
    place = Place(x, y, x + wide, y + high)
    turned.places["box"] = place
    assert turned.places["box"] == place
    assert page.places["box"] == turned.upright(place)[1]
    there = page.places["box"]
    assert (there.right - there.left, there.bottom - there.top) == (high, wide)
    turned.rect(x, y, wide, high, fill=None)
    (rect,) = page.elements()
    assert isinstance(rect, Rect)
    assert (rect.x, rect.y, rect.right, rect.bottom) == there.edges


def test_words_in_a_turned_mirror_stand_where_their_box_does() -> None:
    page = Canvas(load_theme("light"))
    mirror = _Mirrored(Turned(page, 10, 20), 0)
    place = Place(-30, -50, -10, -40)
    canvas, there = mirror.upright(place)
    assert canvas is page
    mirror.places["box"] = place
    assert page.places["box"] == there
    assert there == Place(50, 30, 60, 50)


def test_what_has_no_other_direction_is_refused() -> None:
    model = archdraw.load("llama-3-8b")
    with pytest.raises(ArchdrawError, match=r"plate is drawn upwards only; pages flow to the right: .*slide"):
        model.scene(direction="right")
    with pytest.raises(ArchdrawError, match="thumb is drawn upwards only"):
        model.scene("thumb", direction="right")
    with pytest.raises(ArchdrawError, match="unknown direction 'down'"):
        model.scene("slide", direction="down")
    with pytest.raises(ArchdrawError, match=r"CLIP .* finds no room .* flows to the right; take a wider page"):
        archdraw.load("clip-vit-b-32").scene("slide", direction="right")


def test_a_profile_says_its_direction(tmp_path: Path) -> None:
    own = tmp_path / "talk.yaml"
    own.write_text("like: slide\ndirection: right\n", "utf-8")
    model = archdraw.load("gpt-2")
    assert model.scene(str(own)).children == model.scene("slide", direction="right").children
    assert model.scene(str(own), direction="up").children == model.scene("slide").children
    assert model.scene("slide", direction="right").children != model.scene("slide").children


def test_layers_and_modules_make_way_before_alternatives() -> None:
    drop = load_profile("page").towards("right").drop
    assert drop.index("layers") < drop.index("modules") < drop.index("alternatives")
    assert len(drop) == len(set(drop))
    assert load_profile("page").towards("up").drop == load_profile("page").drop
    same = parse_profile("like: slide\ndrop: [rows]\n", "own.yaml")
    assert same.towards("right").drop == same.drop


def test_the_command_takes_a_direction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.svg"
    assert run(["render", "gpt-2", "--view", "slide", "--direction", "right", "-o", str(out)]) == 0
    assert "--direction right" in out.read_text("utf-8")
    assert run(["render", "gpt-2", "--view", "slide", "--direction", "right", "--no-metadata", "-o", str(out)]) == 0
    model = archdraw.load("gpt-2")
    assert out.read_bytes() == model.write(model.scene("slide", direction="right"), "svg")
    assert run(["render", "gpt-2", "--view", "thumb", "--direction", "right", "-o", str(out)]) == 1
    assert "thumb is drawn upwards only" in capsys.readouterr().err


def test_a_page_does_without_the_inside_of_layers_before_it_is_refused() -> None:
    drop = load_profile("page").towards("right").drop
    assert "inside" not in load_profile("page").drop
    assert drop.index("inside") + 1 == drop.index("rows")
    scene = archdraw.load("tencent-hy4-preview-770b-a49b").scene("page", direction="right")
    assert faults(scene) == []
    said = " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text))
    assert "not shown: the inside of layers" in said
