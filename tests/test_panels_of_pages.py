"""Panels and figures of pages with little room: which ones stand there, in which form."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from archdraw import load
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import facts, panel
from archdraw.layout.compact.panel_choice import chosen, forms
from archdraw.layout.compact.short import beside, core, figured, number_of_boxes, short, without_sizes
from archdraw.picture import (
    Box,
    Branches,
    Chain,
    Diagram,
    ExpertGrid,
    Fact,
    HeadGroups,
    Inset,
    Item,
    Mask,
    Masks,
    Share,
    Words,
)
from archdraw.profile import load_profile
from archdraw.scene import Rect, Text
from archdraw.theme import load_theme
from archdraw.views.paged import draw


def box(label: str, role: str = "plain", **other: object) -> Box:
    return Box(label, label, role=role, **other)  # type: ignore[arg-type]


HEADS = box("Softmax attention", "attention", detail="causal, 4 query heads", inputs=3, figure=HeadGroups(8, 2))
QKV = Branches((box("Q 4,096"), box("K 1,024"), box("V 1,024")), merge=None)
ATTENTION = Chain((QKV, HEADS, box("Output projection 4,096 → 4,096")))
EXPERTS = Branches(
    (
        box("Shared expert", "experts", detail="SwiGLU"),
        Chain((box("Router"), box("64 experts, 8 active", "experts", figure=ExpertGrid(64, 8)))),
    )
)
STRONG = Words("KV cache per token: 2,048 values", strong=True)


def inset(title: str, *items: Item, priority: int | None = 3, **other: object) -> Inset:
    return Inset(title, items, source=title, priority=priority, **other)  # type: ignore[arg-type]


def labels(item: Diagram) -> list[str]:
    match item:
        case Box():
            return [item.label]
        case Chain(items=parts) | Branches(items=parts):
            return [label for part in parts for label in labels(part)]
        case _:
            return []


def test_labels_lose_their_sizes_and_keep_their_meaning() -> None:
    said = {
        "Q latent 1,536": "Q latent",
        "K, V 128 × (128 + 128)": "K, V",
        "Z 4,096 + QKV 8,192": "Z + QKV",
        "gate 2,048, SiLU": "gate, SiLU",
        "causal conv (k = 4)": "causal conv",
        "÷ 13": "÷ 13",
    }
    assert {label: without_sizes(box(label)) for label in said} == said
    assert without_sizes(box("Convolution 3 × 3, stride 2", "convolution")) == "Convolution 3 × 3"
    assert without_sizes(HEADS) == "Softmax attention"


def test_a_short_diagram_keeps_the_second_line_of_what_it_is_about() -> None:
    found = short(ATTENTION)
    assert labels(found) == ["Q", "K", "V", "Softmax attention", "Output projection"]
    assert labels(core(ATTENTION)) == ["Q", "K", "V", "Softmax attention"]
    kept = figured(found)
    assert kept
    assert kept.detail == "causal, 4 query heads"


def test_norms_of_two_lines_are_passed_by_both() -> None:
    norm = box("RMSNorm per head", "norm", inputs=2, outputs=("Q", "K"))
    with_norm = Chain((QKV, Branches((norm, Chain()), merge=None), HEADS))
    assert labels(core(with_norm)) == ["Q", "K", "V", "Softmax attention"]
    assert number_of_boxes(core(with_norm)) == 4


def test_a_diagram_of_which_lines_would_be_lost_keeps_its_boxes() -> None:
    rule = box("Delta rule", "linear", inputs=3)
    inner = Chain((Branches((box("L2 norm", "norm", inputs=2, outputs=("Q", "K")), Chain()), merge=None), rule))
    whole = Chain((box("ZQKV", outputs=("Z", "Q", "K", "V")), Branches((Chain(), inner), merge="×")))
    assert labels(core(whole)) == ["ZQKV", "Delta rule"]


def test_heads_and_experts_are_figures_of_their_own() -> None:
    first = next(form for form in forms(inset("Attention", ATTENTION, STRONG)) if form.figure)
    assert first.items[0] == HeadGroups(8, 2)
    assert [item.text for item in first.items[1:] if isinstance(item, Words)] == ["causal, 4 query heads", STRONG.text]
    grids = [form for form in forms(inset("Experts", EXPERTS)) if isinstance(form.items[0], ExpertGrid)]
    said = [item.text for item in grids[0].items if isinstance(item, Words)]
    assert said == ["64 experts, 8 active", "+ Shared expert"]
    assert beside(EXPERTS) == ("Shared expert",)


def test_the_figure_of_experts_is_that_of_most() -> None:
    few = box("2 experts", "experts", figure=ExpertGrid(2, 2))
    many = box("64 experts", "experts", figure=ExpertGrid(64, 8))
    assert figured(Branches((few, many))) is many


def test_what_a_figure_says_is_not_said_again() -> None:
    again = Words("causal; no KV cache", strong=True)
    first = next(form for form in forms(inset("Attention", ATTENTION, again)) if form.figure)
    assert again not in first.items


def test_two_figures_come_before_one_and_words_come_last() -> None:
    attention, experts = inset("Attention", ATTENTION, STRONG), inset("Experts", EXPERTS, priority=4)
    memory = Inset("Memory", (Share("KV cache", "1 GiB", 1, 2, "latent"),))
    both = chosen((memory, attention, experts), 300, 420, 2, 14)
    assert [one.inset.title for one in both] == ["Attention", "Experts"]
    assert sum(one.height for one in both) + 14 <= 420
    assert [one.inset.title for one in chosen((memory, attention, experts), 300, 200, 2, 14)] == ["Experts"]
    assert [one.inset.title for one in chosen((memory,), 300, 200, 2, 14)] == ["Memory"]
    assert chosen((memory, attention), 300, 60, 2, 14) == []


def test_experts_are_not_opened_in_place_of_a_mixer_that_fewer_models_have() -> None:
    high = Chain((QKV, box("Delta rule", "linear", inputs=3), box("gate"), box("mix"), box("Output")))
    odd = inset("Delta", high, STRONG, priority=9)
    experts = inset("Experts", EXPERTS, priority=4)
    assert [one.inset.title for one in chosen((odd, experts), 300, 420, 1, 14)] == ["Delta"]
    assert chosen((experts,), 300, 200, 1, 14)
    (low,) = chosen((odd, experts), 300, 200, 1, 14)
    assert (low.inset.title, len(low.pieces)) == ("Delta", 1)
    assert chosen((odd, experts), 300, 60, 1, 14) == []
    # A mixer that more models have makes way.
    usual = replace(odd, priority=3)
    assert [one.inset.title for one in chosen((usual, experts), 300, 200, 1, 14)] == ["Experts"]


def test_a_usual_block_is_opened_after_all_others() -> None:
    usual = inset("SwiGLU FFN", Chain((box("up 8", "feed_forward"), box("down 8 → 4", "feed_forward"))), priority=9)
    assert [one.inset.title for one in chosen((usual, inset("Attention", ATTENTION)), 300, 200, 1, 14)] == ["Attention"]
    assert [one.inset.title for one in chosen((usual,), 300, 200, 1, 14)] == ["SwiGLU FFN"]


def test_masks_are_as_large_as_finds_room() -> None:
    rows = tuple(tuple(range(row + 1)) for row in range(12))
    masks = Masks((Mask("sliding", rows, "sliding", "40 layers, θ"), Mask("attention", rows, "global", "8 layers")))
    own = Inset("Attention masks (5 sliding : 1 global)", (masks,))
    assert panel.least(own, (masks,), 230) < panel.least(own, (masks,), 400)
    assert panel.least(own, (masks,), 120) == inf


def test_a_panel_grows_with_its_room() -> None:
    own = inset("Attention", ATTENTION)
    least = panel.least(own, (HeadGroups(8, 2),), 300)
    found = panel.measure(own, (HeadGroups(8, 2),), 300, least + 60)
    assert found
    assert least < found.height <= least + 60
    assert panel.measure(own, (HeadGroups(8, 2),), 300, least - 1) is None


FACTS = (
    Fact("671B", "parameters", "parameters"),
    Fact("37.6B", "active", "active"),
    Fact("68.6 KiB", "cache per token", "cache/token"),
)


def painted(width: float, height: float) -> list[Text]:
    canvas = Canvas(load_theme("light"), 0)
    facts.paint(canvas, FACTS, Place(0, 0, width, height))
    return [shape for shape in canvas.scene(width, height, "", "").shapes() if isinstance(shape, Text)]


def test_facts_stand_side_by_side_where_there_is_room() -> None:
    values = [text for text in painted(480, facts.height(FACTS, 480)) if text.weight == 700]
    assert len({text.y for text in values}) == 1
    assert len({text.x for text in values}) == 3


def test_facts_stand_in_rows_where_there_is_less() -> None:
    said = painted(240, facts.height(FACTS, 240))
    assert [text.text for text in said] == ["671B", "parameters", "37.6B", "active", "68.6 KiB", "cache/token"]
    assert len({text.x for text in said if text.weight == 700}) == 1
    assert facts.height(FACTS, 240) < facts.height(FACTS, 400) + 10


def test_facts_stand_above_each_other_where_there_is_least() -> None:
    assert not facts.fits(FACTS, 110)
    values = [text for text in painted(110, facts.height(FACTS, 110)) if text.weight == 700]
    assert len({text.y for text in values}) == 3
    assert facts.height(FACTS, 110) > facts.height(FACTS, 240)


def test_a_short_diagram_keeps_what_makes_queries_of_a_latent() -> None:
    latents = Branches(
        (
            Chain((box("Q latent 1,536"), box("RMSNorm", "norm"), box("Q 128 × 192", outputs=("Q",)))),
            box("KV latent 512", "latent", outputs=("latent", "shared key")),
        ),
        merge=None,
    )
    rotated = Branches((box("RoPE", "position", outputs=("Q",)), box("SiLU", outputs=("K",)), Chain()), merge=None)
    found = core(Chain((latents, rotated, box("Attention", "attention", inputs=3))))
    assert labels(found) == ["Q latent", "Q", "KV latent", "Attention"]


def test_facts_above_each_other_are_of_one_height_where_they_have_the_room() -> None:
    three = (Fact("1.54B", "parameters"), Fact("160 KiB", "cache per token"), Fact("234 MiB", "cross-attention cache"))
    canvas = Canvas(load_theme("light"), 0)
    facts.paint(canvas, three, Place(0, 0, 120, 400))
    highs = [shape.height for shape in canvas.scene(120, 400, "", "").shapes() if isinstance(shape, Rect)]
    assert len(highs) == 3
    assert len(set(highs)) == 1


def test_a_panel_without_a_letter_marks_none_of_its_boxes() -> None:
    model = load("gemma-4-e2b")
    scene = draw(model.spec, model.block, load_profile("column"), load_theme("light"))
    assert "Global attention and 3 more" in {text.text for text in scene.shapes() if isinstance(text, Text)}
    assert not [shape for shape in scene.shapes() if isinstance(shape, Text) and not shape.text]
