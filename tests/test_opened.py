"""What plates open: what few models have first, blocks that are alike once, usual experts in a line."""

from __future__ import annotations

import pytest

import archdraw
from archdraw.layout.plate import band
from archdraw.lint.faults import faults
from archdraw.picture import Inset, Masks, Words
from archdraw.scene import Text
from archdraw.views.architecture import picture
from archdraw.views.novelty import FILE
from write_uptake import counted


def panels(name: str) -> tuple[Inset, ...]:
    model = archdraw.load(name)
    return picture(model.spec, model.block).insets


def titles(name: str) -> list[str]:
    return [panel.title for panel in panels(name) if not band.belongs(panel)]


def test_the_file_of_uptake_is_that_of_the_shipped_specs() -> None:
    """Else: python tests/write_uptake.py."""
    assert FILE.read_text("utf-8") == counted()


def test_what_few_models_have_is_worth_more() -> None:
    worth = {panel.title: panel.priority or 0 for panel in panels("jamba-v0-1")}
    assert worth["Mamba"] > worth["Grouped-query attention"] > worth["SwiGLU FFN"]
    worth = {panel.title: panel.priority or 0 for panel in panels("motif-3-beta")}
    assert worth["Differential or sliding-window differential attention"] > worth["Mixture of experts"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        # The panel of the experts is one apart from that of the layer.
        ("inkling-2-mini", "Expert: SiTU-GLU (4, 25), width 1,152"),
        (
            "gpt-oss-120b",
            "Expert: clamped SwiGLU, width 2,880; clamp: gate ≤ 7, |up| ≤ 7; gate × σ(1.702 gate) × (up + 1); "
            "bias on gate, up and down",
        ),
    ],
)
def test_the_line_of_an_expert_says_what_it_is_more_than_a_swiglu(name: str, line: str) -> None:
    (panel,) = (panel for panel in panels(name) if panel.title.startswith("Mixture of experts"))
    assert Words(line, strong=True) in panel.items


def test_a_usual_expert_is_a_line_of_the_panel_of_the_experts() -> None:
    assert titles("jamba-v0-1") == ["Mixture of experts", "SwiGLU FFN", "Grouped-query attention", "Mamba"]
    experts = panels("jamba-v0-1")[0]
    assert Words("Expert: SwiGLU, width 14,336", strong=True) in experts.items
    # One that few models have keeps its panel.
    assert "Expert: PolyNorm-GLU, width 1,280" in titles("motif-3-beta")
    assert "Expert: SiTU-GLU (4, 25), width 2,304" in titles("inkling-2-small")


def test_blocks_that_are_alike_are_one_panel_that_says_how_they_differ() -> None:
    every = panels("gemma-4-e2b")
    attention = [panel for panel in every if "attention" in panel.title and panel.source]
    shown = next(panel for panel in attention if not isinstance(panel.items[0], Masks))
    assert len(shown.also) == 3
    assert shown.title == "Global attention and 3 more"
    said = " ".join(item.text for item in shown.items if isinstance(item, Words) and item.strong)
    for difference in ("Shared-KV global attention", "reuses K and V of layer 14", "dim 256, window 512"):
        assert difference in said
    widths = next(panel for panel in every if panel.title == "GeGLU or double-width GeGLU FFN")
    assert len(widths.also) == 1
    assert any("12,288" in item.text for item in widths.items if isinstance(item, Words))


def test_a_panel_of_two_that_differ_in_position_says_so() -> None:
    every = panels("command-a-plus-218b-a25b")
    panel = next(panel for panel in every if panel.title == "Global or sliding-window attention")
    assert (
        Words("Sliding-window attention: with RoPE, θ\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}50,000", strong=True)
        in panel.items
    )
    # Mixers of the same positions have nothing to say of them.
    panel = next(panel for panel in panels("gpt-oss-20b") if panel.source.endswith("self_attn"))
    assert not any("with RoPE" in item.text for item in panel.items if isinstance(item, Words))


@pytest.mark.parametrize("name", ["gemma-3-27b", "gemma-4-e2b", "gpt-oss-20b", "mistral-7b"])
def test_masks_open_the_sliding_mixer(name: str) -> None:
    masks = next(panel for panel in panels(name) if isinstance(panel.items[0], Masks))
    model = archdraw.load(name)
    assert model.at(masks.source).role == "sliding"


@pytest.mark.parametrize("name", ["llama-3-8b", "jamba-v0-1", "gemma-3-27b", "deepseek-v3"])
def test_shares_stand_in_a_band_over_the_footer(name: str) -> None:
    cells = [panel.title for panel in panels(name) if band.belongs(panel)]
    assert [title.partition(" ")[0] for title in cells] == ["Memory", "Parameter"]
    scene = archdraw.load(name).scene()
    tops = [
        scene.height - shape.y
        for shape in scene.shapes()
        if isinstance(shape, Text) and shape.phrase.startswith(tuple(cells)) and shape.weight == 600
    ]
    assert len(tops) == 2
    assert len(set(tops)) == 1
    assert tops[0] < 180


def test_cross_attention_is_not_like_attention() -> None:
    assert {"Cross-attention", "Decoder: multi-head attention"} & {*titles("whisper-large-v3")}
    assert sum("ttention" in title for title in titles("whisper-large-v3")) == 3


@pytest.mark.parametrize(("messages", "back"), [("false", True), ("true", False)])
def test_an_arrow_leads_back_in_a_loop_whose_passes_read_the_result_of_the_one_before(
    messages: str, back: bool
) -> None:
    text = (
        "name: X\nhidden_size: 64\nvocab_size: 256\ndefine: {own: {gelu: {intermediate_size: 64}}}\n"
        f"layers: [embedding, {{loop: {{num_loops: 3, messages: {messages}, body: BODY}}}}, output_head]\n"
    )
    for body in ("[{layer: [own]}]", "[own]"):
        model = archdraw.Model.from_text(text.replace("BODY", body))
        assert f"back={back}" in str(picture(model.spec, model.block).column)


def test_a_box_that_is_drawn_twice_has_one_letter() -> None:
    (panel,) = (panel for panel in panels("inkling-2-mini") if panel.title == "Looped local layer")
    assert (panel.source, panel.also) == ("layers.2/layer", ())
    assert not faults(archdraw.load("inkling-2-mini").scene(view="page"))


def test_the_shipped_loop_with_messages_is_one() -> None:
    """Its key points say that passes start anew."""
    assert "back=True" not in str(picture((one := archdraw.load("inkling-2-mini")).spec, one.block).column)
    assert "back=True" in str(picture((one := archdraw.load("ouro-thinking-2-6b")).spec, one.block).column)
