"""Specs as authors and reviewers first wrote them, with what has to be in their pictures, counts and messages.

``author`` has models of many sorts, written before the language had a word for all of it; ``house`` and ``field`` have
what once was drawn or compared wrongly. Each value here is what a reader of the spec expects.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.model import Model, load
from archdraw.picture import Chain, Diagram, Frame, Plate, Rail
from archdraw.picture import Graph as PictureGraph
from archdraw.resources import themes_folder
from archdraw.scene import Element, Group, Line, Rect, Scene, Text
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.drawn import paths_of_plate, undrawn

CASES = Path(__file__).parent / "data" / "cases"
NO_MODEL = ("author/bad2", "author/names")
"""A theme, and a list of names."""
REFUSED = {
    "author/04-yoco": ':27:5: error: "Global K and V" leaves two lines, the next block reads one',
    "author/p4-twolines": ':8:5: error: "Split" leaves two lines, the next block reads one',
    "field/label-arabic": ":7:123: error: no font here has و (U+0648 ARABIC LETTER WAW), ",
    "field/label-cjk": ":7:123: error: no font here has 前 (U+524D CJK UNIFIED IDEOGRAPH-524D), ",
}
"""What is said about those that are not drawn, from the place on."""
THEMES = sorted(file.stem for file in themes_folder().glob("*.yaml"))
EVERY = sorted(path.relative_to(CASES).with_suffix("").as_posix() for path in CASES.glob("*/*.yaml"))
DRAWN = [name for name in EVERY if name not in NO_MODEL and name not in REFUSED]

TOTALS = {
    "author/01-gpt-350m": 315_804_672,
    "author/02-parallel-memory": 1_285_593_088,
    "author/13-unet": 31_030_658,
    "author/14-resnet50": 25_557_032,
    "field/stages": 4_710_656,
    "field/two-heads": 13_612_032,
    "field/vit": 21_931_776,
}

LACKING = {
    "author/10-vit": ("Tokenized text",),
    "author/13-unet": ("Tokenized text", "recurrent", "1 layers"),
    "author/14-resnet50": ("Tokenized text", "recurrent", "all alike"),
    "author/17-conformer": ("Tokenized text",),
    "author/19b-gat": ("Tokenized text",),
    "field/graph-of-stacks": ("8 ×",),
    "field/kv-heads-differ": ("not 4 MiB", "full attention in all 4 layers"),
    "field/not-recurrent": ("recurrent", "1 layers"),
    "field/stacks-side-by-side": ("8 ×",),
    "field/stages": ("8 ×",),
    "field/vit": ("Tokenized text",),
}
"""Words that contradict the model."""

SAID = {
    "author/11b-clip-branches": ("12 + 12 layers", "12 ×", "Visual projection", "Text projection", "Cosine similarity"),
    "author/13-unet": ("1 layer",),
    "author/17-conformer": ("Conformer block", "17 ×"),
    "author/p1-module": ("Tower", "In", "4 ×", "Out"),
    "author/p6-graphtop": ("Side projection", "2 ×"),
    "field/graph-of-stacks": ("4 + 4 layers", "4 ×"),
    "field/label-cyrillic": ("Кириллица",),
    "field/label-math": ("xᵀW ∈ ℝ, ∇L ∘ h ⊕ b ⇒ y",),
    "field/layer-labels": ("Left", "Right"),
    "field/not-recurrent": ("1 layer",),
    "field/stacks-side-by-side": ("4 + 4 layers", "Left", "Right"),
    "field/stages": ("Stage 1", "Stage 2", "4 ×"),
    "house/ra": ("RoPE θ 10,000", "RoPE θ 1,000,000"),
}
"""Words that stand in the picture, each on a line of its own or as part of one."""

LEAVING = {"author/p5-twoheads": 2, "field/two-heads": 2, "author/p1-module": 1}
"""Lines that leave the model."""


def path(name: str) -> Path:
    return CASES / f"{name}.yaml"


@cache
def model(name: str) -> Model:
    return load(path(name))


@cache
def scene(name: str) -> Scene:
    return model(name).scene()


@cache
def plate(name: str) -> Plate:
    return picture(model(name).spec, model(name).block)


def shapes(elements: tuple[Element, ...]) -> list[Element]:
    found: list[Element] = []
    for element in elements:
        found += shapes(element.children) if isinstance(element, Group) else [element]
    return found


def words(name: str) -> list[str]:
    """The lines of text of the picture."""
    return [shape.text for shape in shapes(scene(name).children) if isinstance(shape, Text)]


def items(item: Diagram) -> list[Diagram]:
    """``item`` and all diagrams in it."""
    match item:
        case Chain(items=inner) | PictureGraph(items=inner):
            below = inner
        case Rail(body=body) | Frame(body=body):
            below = (body,)
        case _:
            below = getattr(item, "items", ())
    return [item, *(found for part in below for found in items(part))]


def box(name: str, label: str) -> Rect:
    """The first box with ``label`` in the picture."""

    def search(elements: tuple[Element, ...]) -> Rect | None:
        for element in elements:
            if isinstance(element, Group):
                inner = [child for child in element.children if isinstance(child, Text)]
                if any(text.text == label for text in inner):
                    return next(child for child in element.children if isinstance(child, Rect))
                if found := search(element.children):
                    return found
        return None

    found = search(scene(name).children)
    assert found is not None, label
    return found


@pytest.mark.parametrize("name", DRAWN)
def test_all_of_it_is_drawn_without_a_fault(name: str) -> None:
    assert not undrawn(model(name).block, paths_of_plate(plate(name)))
    for theme in THEMES:
        assert not faults(model(name).scene(theme=theme))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_at_its_place(name: str) -> None:
    with pytest.raises(InputError) as error:
        load(path(name)).scene()
    assert REFUSED[name] in str(error.value).splitlines()[0]


@pytest.mark.parametrize("name", TOTALS)
def test_counted(name: str) -> None:
    assert model(name).facts.total_parameters == TOTALS[name]


@pytest.mark.parametrize("name", LACKING)
def test_nothing_untrue_is_said(name: str) -> None:
    said = "\n".join(words(name))
    for phrase in LACKING[name]:
        assert phrase not in said


@pytest.mark.parametrize("name", SAID)
def test_what_has_to_be_said(name: str) -> None:
    said = words(name)
    for phrase in SAID[name]:
        assert any(phrase in line for line in said), phrase


@pytest.mark.parametrize("name", LEAVING)
def test_lines_leave_the_model(name: str) -> None:
    lines = [shape for shape in shapes(scene(name).children) if isinstance(shape, Line)]
    container = next(shape for shape in shapes(scene(name).children) if isinstance(shape, Rect) and shape.radius == 24)
    leaving = [line for line in lines if line.open_ends == "end" and line.points[-1][1] < container.y]
    assert len(leaving) == LEAVING[name]


def test_a_module_around_layers_is_a_frame_around_all_of_it() -> None:
    """p1-module: a frame Tower with In, four layers and Out; never a plain stack of four."""
    (tower,) = (item for item in items(plate("author/p1-module").column) if isinstance(item, Frame) and item.caption)
    assert tower.caption == "Tower"
    labels = [one.label for one in boxes(tower)]
    assert (labels[0], labels[-1]) == ("In", "Out")
    assert [item.times for item in items(tower) if isinstance(item, Frame)] == ["", "4 ×"]


def test_a_long_skip_is_a_line_around_all_layers() -> None:
    around = [item for item in items(plate("author/p2-residual").column) if isinstance(item, Rail)]
    outer = next(rail for rail in around if any(isinstance(inner, Frame) for inner in items(rail.body)))
    labels = [one.label for one in boxes(outer)]
    assert (labels[0], labels[-1]) == ("In", "Out")


def test_tower_and_side_projection_stand_side_by_side() -> None:
    side, layer = box("author/p6-graphtop", "Side projection"), box("author/p6-graphtop", "Multi-head attention")
    assert layer.right < side.x
    graph = next(item for item in items(plate("author/p6-graphtop").column) if isinstance(item, PictureGraph))
    assert {edge.start for edge in graph.edges if edge.end == "sum"} == {"tower", "side"}


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("author/11b-clip-branches", "Visual projection", "Text projection"),
        ("field/two-heads", "LM head", "value_head 1"),
    ],
)
def test_branches_stand_side_by_side(name: str, left: str, right: str) -> None:
    assert box(name, left).right < box(name, right).x


def test_stages_of_a_network_follow_each_other() -> None:
    """ResNet-50: four stages from the stem up, each folded to a row with its count."""
    rows = [
        label
        for stage, times in ((1, 2), (2, 3), (3, 5), (4, 2))
        for label in (f"Stage {stage}, first block", f"{times} × Stage {stage}")
    ]
    tops = [box("author/14-resnet50", label).y for label in rows]
    assert tops == sorted(tops, reverse=True)
    assert [one.label for one in boxes(plate("author/14-resnet50").column)][1:-2] == rows


def test_own_attention_has_a_cache_that_is_not_known() -> None:
    found = model("author/09-lora").facts
    assert found.cache_unknown
    assert not found.cache
    assert not any("KV cache 0" in line for line in words("author/09-lora"))


def test_adapters_can_be_opened() -> None:
    said = [
        shape.text
        for shape in shapes(model("author/09-lora").scene("inset:lora_q").children)
        if isinstance(shape, Text)
    ]
    assert {"LoRA A", "LoRA B", "Q frozen"} <= set(said)


def test_a_gated_memory_is_no_attention() -> None:
    shares = [line for line in words("author/02-parallel-memory") if line.endswith("%")]
    assert {"gated memory 23%", "attention 13%"} <= {*shares}


def compared(capsys: pytest.CaptureFixture[str], *names: str) -> list[dict[str, object]]:
    """The changes between two models, as ``compare --json`` prints them."""
    assert run(["compare", *(str(path(name)) for name in names), "--json"]) == 0
    (difference,) = json.loads(capsys.readouterr().out)["differences"]
    return list(difference["changes"])


def test_two_models_with_grouped_query_attention_both_have_it(capsys: pytest.CaptureFixture[str]) -> None:
    changes = compared(capsys, "author/01-gpt-350m", "author/02-parallel-memory")
    whole = {(change["block"], change["sign"]) for change in changes if change["what"] == "block"}
    assert ("Gated memory", "added") in whole
    assert not any("attention" in str(name).lower() for name, _ in whole)


def test_settings_that_alternate_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    changes = compared(capsys, "house/ra", "house/rb")
    (theta,) = (change for change in changes if change["what"] == "position.rope_theta")
    assert (theta["before"], theta["after"]) == ([10_000, 1_000_000], 10_000)
    assert run(["compare", str(path("house/ra")), str(path("house/rb")), "--json"]) == 0
    (difference,) = json.loads(capsys.readouterr().out)["differences"]
    assert "rope_theta" not in json.dumps(difference["equal"])


def test_another_order_is_said_with_two_texts(capsys: pytest.CaptureFixture[str]) -> None:
    (order,) = (change for change in compared(capsys, "house/ra", "house/rc") if change["what"] == "order")
    assert order["before"] != order["after"]


def test_a_theme_that_nobody_could_read_is_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["render", "gpt-2", "--theme", str(path("author/bad2")), "-o", str(tmp_path / "x.svg")]) == 0
    said = capsys.readouterr().err
    assert "text of attention #EEEEEE on fill of attention #FFFFFF has a contrast of 1.16:1" in said


HINTS = {
    "conv2d": "did you mean convolution?",
    "conv": "did you mean convolution?",
    "dropout": "leave it out: it does nothing at inference",
    "relu needs intermediate_size": "for the activation alone, write op: ReLU",
    "silu needs intermediate_size": "for the activation alone, write op: SiLU",
    "softmax": "write op: softmax",
    "attention": "did you mean grouped_query or multi_head?",
    "mlp": "did you mean geglu or gelu or relu or swiglu?",
    "ffn": "did you mean geglu or gelu or relu or swiglu?",
    "transformer": "did you mean decoder or encoder_layer?",
    "maxpool": "did you mean pool?",
    "concat": "did you mean concatenate?",
    "add": "did you mean parallel or residual?",
    "swish": "write op: SiLU",
    "sigmoid": "write op: sigmoid",
    "self_attention": "did you mean multi_head?",
    "cross_attn": "did you mean cross_attention?",
    "ssm": "did you mean mamba or mamba2?",
    "loss": "leave it out: a loss is part of training, not of the architecture",
    "mha": "did you mean multi_head?",
    "gqa": "did you mean grouped_query?",
    "moe": "did you mean mixture_of_experts?",
}


def test_names_that_people_use_have_hints() -> None:
    with pytest.raises(InputError) as error:
        load(path("author/names"))
    found = {
        problem.message.removeprefix("no block is called "): problem.hint or "" for problem in error.value.problems
    }
    assert {name: found[name] for name in HINTS} == HINTS
    assert {"lstm needs hidden_size", "gru needs hidden_size", "convolution needs kernel_size"} <= found.keys()
