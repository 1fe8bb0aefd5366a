"""Models side by side: one grid, signs where they differ, a table of both values, and no fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import archdraw
import shipped
from archdraw.app.pictures import picture, subject
from archdraw.cli import run
from archdraw.layout.compare import grid
from archdraw.layout.compare.side_by_side_picture import SideBySide
from archdraw.lint.faults import faults
from archdraw.picture import Bar, Box
from archdraw.scene import Group, Rect, Scene, Text, groups_of
from archdraw.theme import load_theme
from archdraw.views.boxes import boxes as boxes_of
from archdraw.views.several import Subject, compare
from archdraw.views.several import _grid as aligning

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
PAIRS = [
    ("deepseek-v3", "kimi-k2"),
    ("deepseek-v3", "deepseek-v3-2"),
    ("qwen3-235b-a22b", "deepseek-v3"),
    ("llama-3-8b", "olmo-2-7b"),
    ("gemma-2-27b", "gemma-3-27b"),
    ("gpt-oss-20b", "gpt-oss-120b"),
    ("llama-3-8b", "qwen3-next-80b-a3b"),
    ("qwen2-5-7b", "qwen3-8b", "qwen3-next-80b-a3b", "qwen3-8-27b"),
]


@pytest.fixture(scope="module")
def models() -> dict[str, Subject]:
    return {name: subject(shipped.model(name)) for name in shipped.NAMES}


def compared(models: dict[str, Subject], *slugs: str, details: bool = False) -> SideBySide:
    return compare.compared(compare.gather([models[slug] for slug in slugs]), details=details)


def signs(found: SideBySide) -> dict[str, tuple[str | None, ...]]:
    """The signs of each slot by the label of its first box, or what is said to be missing."""
    told: dict[str, tuple[str | None, ...]] = {}
    for slot in grid.slots(found.items):
        box = next(box for item in slot.items if item is not None for box in _labels(item))
        told.setdefault(box, slot.signs)
    return told


def _labels(item: object) -> Sequence[str]:
    if isinstance(item, Bar):
        return ["bar"]
    assert isinstance(item, aligning.DIAGRAMS)
    return [box.label for box in boxes_of(item)]


@pytest.mark.parametrize("slugs", PAIRS, ids="+".join)
def test_no_fault_in_any_theme(models: dict[str, Subject], slugs: tuple[str, ...]) -> None:
    made = picture("compare", [models[slug] for slug in slugs])
    for theme in ("light", "dark", "print"):
        assert faults(made.scene(theme)) == []


def test_any_two_models_compare_without_a_fault(models: dict[str, Subject]) -> None:
    """Neighbours in an order in which like and unlike ones meet: every model with two others."""
    order = [model for model in models.values() if not model.facts.unknown]
    step = 38  # coprime to any number of models near 150: goes through all of them
    mixed = [order[index * step % len(order)] for index in range(0, len(order), 3)]
    for one, other in pairwise(mixed):
        if one is not other:
            assert faults(picture("compare", [one, other]).scene()) == [], f"{one.slug} and {other.slug}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ouro-thinking-2-6b", "inkling-2-mini"),  # what is repeated in a pattern has one letter
        ("inkling-2-mini", "xiaomi-mimo-v2-5-pro-1-02t"),  # also where the pattern has several slots
        ("mistral-large-4", "gemma-4-31b"),  # the line of the third that joins enters beside the round corner
        ("llama-3-2-11b-vision", "ember-1"),  # below one that joins and has many words stands the next
        ("mistral-large-4", "glm-5-3-flash"),  # a bracket of the footer is closed in its next line
        ("gemma-4-31b", "gemma-4-e2b"),  # a residual line of one stands beside a box of the other: it ran for ever
        ("gemma-4-e4b", "deepseek-v4-1-flash"),
        ("qwen3-6-35b-a3b", "detr-r50"),  # a word beside a line went on below the container
        ("ember-1", "xiaomi-mimo-v2-6-flash-rl"),
        ("recurrentgemma-2b", "lfm2-5-8b-a1b"),  # a name at the head of a narrow column of the table was broken
    ],
)
def test_pairs_that_had_faults(models: dict[str, Subject], one: str, other: str) -> None:
    assert faults(picture("compare", [models[one], models[other]]).scene()) == []


def test_details_have_no_fault(models: dict[str, Subject]) -> None:
    for slugs in PAIRS[:3]:
        made = picture("compare", [models[slug] for slug in slugs], details=True)
        assert faults(made.scene()) == []


def test_two_models_are_compared_on_one_screen(models: dict[str, Subject]) -> None:
    """No page is taller than half again its width, and of those whose columns have room text has 10 px at 1080p."""
    lot = Random(5)
    known = [slug for slug, model in models.items() if not model.facts.unknown]
    small = 0
    pairs = [*PAIRS[:-1], *(tuple(lot.sample(known, 2)) for _ in range(33))]
    for pair in pairs:
        scene = picture("compare", [models[slug] for slug in pair]).scene()
        assert scene.height <= 1.5 * scene.width, pair
        least = min(shape.size for shape in scene.shapes() if isinstance(shape, Text))
        on_screen = least * min(1920 / scene.width, 1080 / scene.height)
        assert on_screen >= (10 if pair in PAIRS else 6), pair
        small += on_screen < 10
    assert small <= len(pairs) / 4


def test_what_has_no_room_on_the_screen_is_said(models: dict[str, Subject]) -> None:
    def texts(*slugs: str, **options: bool) -> str:
        scene = picture("compare", [models[slug] for slug in slugs], **options).scene()
        return " ".join(shape.text for shape in scene.shapes() if isinstance(shape, Text))

    short = texts("deepseek-v3", "kimi-k2")
    assert re.search(r"not shown: \d+ panels of details \(with --details\)", short)
    assert "Layer maps" in short
    assert "Details" not in short.split()
    whole = texts("deepseek-v3", "kimi-k2", details=True)
    assert "Details" in whole.split()
    assert "not shown" not in whole
    assert re.search(r"not shown: \d+ panels of details", texts("qwen3-6-35b-a3b", "detr-r50"))


def test_what_only_one_model_has_makes_the_other_no_longer(models: dict[str, Subject]) -> None:
    """Where each has something that the other lacks, both stand level, each with its own sign beside it."""
    items = compared(models, "step-3-5-flash-196b", "resnet-50").items
    opposite = next(item for item in items if isinstance(item, grid.Opposite))
    assert all(slot.items[1] is None and slot.signs == ("removed",) for slot in opposite.sides[0])
    assert all(slot.items[0] is None and slot.signs == ("added",) for slot in opposite.sides[1])
    apart = [*opposite.sides[0], *opposite.sides[1]]
    level, after = (grid.columns(these, 2) for these in ([opposite], apart))
    assert level[0].length == level[1].length
    assert level[0].length < 0.7 * after[0].length


@pytest.mark.parametrize("seed", range(20))
def test_any_two_models_are_paired(models: dict[str, Subject], seed: int) -> None:
    """A sample of all pairs; ``tests/many_comparisons.py`` goes through every one."""
    known = [slug for slug, model in models.items() if not model.facts.unknown]
    one, other = Random(seed).sample(known, 2)
    assert grid.slots(compared(models, one, other).items)


@pytest.mark.parametrize(
    ("one", "other"), [("clip-vit-b-32", "detr-r50"), ("u-net", "vit-b-16"), ("kimi-k2", "conformer-l")]
)
def test_networks_of_several_columns_are_compared_as_a_whole(models: dict[str, Subject], one: str, other: str) -> None:
    made = picture("compare", [models[one], models[other]])
    # So wide that its text is small on one screen: the only thing that is wrong with it.
    assert {fault.rule for fault in faults(made.scene())} <= {"size"}


def test_what_is_equal_recedes_and_has_no_sign(models: dict[str, Subject]) -> None:
    found = compared(models, "llama-3-8b", "llama-3-8b")
    assert all(not any(slot.signs) for slot in grid.slots(found.items))
    assert found.rows == ()
    items = [item for slot in grid.slots(found.items) for item in slot.items if item is not None]
    boxes = [box for item in items for box in boxes_of(item)]
    assert boxes
    assert {box.role for box in boxes} == {"equal"}
    scene = compare.draw(compare.gather([models["llama-3-8b"]] * 2), load_theme("light"))
    texts = [shape.text for shape in scene.shapes() if isinstance(shape, Text)]
    assert "No differences" in texts


def test_signs_of_deepseek_v3_and_kimi_k2(models: dict[str, Subject]) -> None:
    assert signs(compared(models, "deepseek-v3", "kimi-k2")) == {
        "Token embedding": ("changed",),
        "bar": ("changed",),
        "RMSNorm": (None,),
        "Multi-head latent attention": ("changed",),
        "Mixture of experts": ("changed",),
        "Final RMSNorm": (None,),
        "MTP module": ("removed",),
        "LM head": ("changed",),
    }


def test_norms_that_moved_leave_gaps_and_move_nothing_else(models: dict[str, Subject]) -> None:
    slots = grid.slots(compared(models, "llama-3-8b", "olmo-2-7b").items)
    told = [(slot.signs[0], slot.absent if None in slot.items else "") for slot in slots]
    assert told == [
        ("changed", ""),  # embedding
        ("changed", "RMSNorm in another place"),
        ("changed", ""),  # attention
        ("changed", "RMSNorm in another place"),
        ("changed", "RMSNorm in another place"),
        ("changed", ""),  # feed forward
        ("changed", "RMSNorm in another place"),
        (None, ""),
        ("changed", ""),  # output
    ]


def test_slots_are_level(models: dict[str, Subject]) -> None:
    """Every box that stands for another is as high as that one and level with it."""
    found = compared(models, "llama-3-8b", "qwen3-next-80b-a3b")
    scene = compare.draw(compare.gather([models["llama-3-8b"], models["qwen3-next-80b-a3b"]]), load_theme("light"))
    places = {group.path: rect for group, rect in _rectangles(scene)}
    seen = 0
    for slot in grid.slots(found.items):
        one, other = slot.items
        if isinstance(one, Box) and isinstance(other, Box):
            left, right = places[one.path], places[other.path]
            assert (left.y, left.height) == (right.y, right.height)
            seen += 1
    assert seen == 6  # embedding, two norms, feed forward, last norm, output; attention stands beside a choice


def _rectangles(scene: Scene) -> Sequence[tuple[Group, Rect]]:
    found = ((group, part) for group in groups_of(scene.children) if group.path for part in group.children)
    return [(group, part) for group, part in found if isinstance(part, Rect) and part.kind == "box"]


def test_rows_of_the_table(models: dict[str, Subject]) -> None:
    rows = {row.name: (row.values, row.signs) for row in compared(models, "qwen3-235b-a22b", "deepseek-v3").rows}
    assert rows["shared experts"] == (("none", "1"), ("added",))
    assert rows["routed experts"] == (("128", "256"), ("changed",))
    assert rows["MTP module"] == (("none", "1 layer, 11.6B (not in total), also reads the next token"), ("added",))
    assert rows["router scoring"] == (("softmax", "sigmoid"), ("changed",))
    assert rows["KV cache per token (bf16)"] == (("188 KiB", "68.6 KiB"), ("changed",))
    assert rows["token mixer"][1] == ("changed",)
    assert rows["SwiGLU FFN"] == (("none", "7,168 → 18,432 → 7,168"), ("added",))


def test_a_table_of_four_has_the_value_of_every_model(models: dict[str, Subject]) -> None:
    rows = {row.name: (row.values, row.signs) for row in compared(models, *PAIRS[-1]).rows}
    assert rows["attention bias"] == (("yes", "no", "no", "no"), ("removed", None, None))
    assert rows["linear value heads"] == (("none", "none", "32", "48"), (None, "added", "changed"))
    assert rows["hidden size"] == (("3,584", "4,096", "2,048", "5,120"), ("changed",) * 3)


def test_equal_things_are_told_in_one_line(models: dict[str, Subject]) -> None:
    told = compared(models, "gpt-oss-20b", "gpt-oss-120b").equal
    assert told.startswith("Equal: hidden size 2,880, vocabulary 201,088, context length 131,072, ")
    assert "sliding window 128, sinks" in told


def test_panels_come_once_where_equal(models: dict[str, Subject]) -> None:
    found = compared(models, "deepseek-v3", "deepseek-v3-2", details=True).panels
    assert [(row.is_equal, [inset.title for inset in row.insets if inset]) for row in found] == [
        (True, ["Mixture of experts", "Mixture of experts"]),
        (False, ["Multi-head latent attention", "MLA with DeepSeek Sparse Attention (DSA)"]),
    ]


def test_the_difference_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    config = ROOT / "tests" / "data" / "configs" / "gpt-oss-120b.json"
    assert run(["compare", "gpt-oss-20b", str(config), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [model["slug"] for model in data["models"]] == ["gpt-oss-20b", "gpt-oss-120b"]
    (difference,) = data["differences"]
    assert {change["what"] for change in difference["changes"]} >= {"num_experts", "order", "total_parameters"}


def test_too_few_and_too_many_models(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["compare", "gpt-2", "-o", str(tmp_path / "x.svg")]) == 1
    assert capsys.readouterr().err == "archdraw: error: compare needs at least 2 models, not 1\n"
    assert run(["compare", *["gpt-2"] * 2, "gpt-1", "bert-base", "llama-3-8b", "olmo-2-7b"]) == 1
    assert capsys.readouterr().err == "archdraw: error: compare takes at most 4 models, not 6\n"


def test_what_is_not_published_cannot_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "llama-3-8b", "step-5-preview", "-o", "x.svg"]) == 1
    told = "archdraw: error: the structure of Step-5 Preview is not disclosed: it cannot be compared\n"
    assert capsys.readouterr().err == told


def test_a_model_that_cannot_be_read_ends_in_its_problem(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("name: Bad\nhidden_size: 8\nvocab_size: 9\nlayers: [embeding]\n", "utf-8")
    assert run(["compare", "gpt-2", "bad.yaml"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("bad.yaml:4:10: error: ")
    assert "hint: did you mean embedding" in err
    assert not Path("out").exists()


def test_the_picture_in_the_docs_is_what_is_drawn_now(
    models: dict[str, Subject], golden: Callable[[Path, str], None]
) -> None:
    drawn = picture("compare", [models["deepseek-v3"], models["kimi-k2"]]).svg()
    golden(ROOT / "docs" / "images" / "compare-deepseek-v3-kimi-k2.svg", drawn)


TINY = """name: {name}
{head}
hidden_size: 64
vocab_size: 100
layers:
  - embedding
  - decoder:
      attention: {{multi_head: {{num_attention_heads: {heads}}}}}
      feed_forward: {{swiglu: {{intermediate_size: 128}}}}
  - rmsnorm
  - output_head
"""


def test_sources_developer_and_date_are_those_of_the_specs(tmp_path: Path) -> None:
    heads = ("license: MIT", "developer: Some, 1900s\nreleased: 2024-05-06", "license: MIT\nsources: [a paper]")
    specs = [
        TINY.format(name=f"T{number}", head=head, heads=number) for number, head in zip((1, 2, 4), heads, strict=True)
    ]
    for number, spec in enumerate(specs):
        (tmp_path / f"{number}.yaml").write_text(spec, "utf-8")
    models = [subject(archdraw.load(tmp_path / f"{number}.yaml")) for number in range(len(specs))]
    found = compare.compared(compare.gather(models))
    assert found.footer == ("Sources: T4: a paper", "archdraw")
    assert [head.subtitle[1:] for head in found.models] == [(), ("Some, 1900s, 2024-05",), ()]
    assert compare.compared(compare.gather(models[:2])).footer == ("archdraw",)


def test_what_a_spec_does_not_hold_is_named(models: dict[str, Subject]) -> None:
    """Its model may have what is said to be removed."""
    names = ("tencent-hy4-preview-770b-a49b", "tencent-hy3-preview-295b-a21b")
    found = compare.gather([models[name] for name in names])
    reason = "MTP modules, which the config does not describe"
    assert [one["incomplete"] for one in compare.data(found)["models"]] == [[], [reason]]
    assert compare.compared(found).footer[1].endswith(f"; incomplete: {reason}")
