"""Pages with little room: nothing under the least size of text, no fault, and what is left out is said."""

from __future__ import annotations

import pytest

from archdraw import load
from archdraw.glossary.numbers import data_size
from archdraw.lengths import pixels
from archdraw.lint.faults import faults
from archdraw.profile import load_profile
from archdraw.scene import Circle, Group, Line, Rect, Scene, Text
from archdraw.views.paged import has_figures, short_source

CHOSEN = (
    "llama-3-8b",
    "gemma-3-27b",
    "deepseek-v3",
    "deepseek-v4-pro",
    "qwen3-next-80b-a3b",
    "kimi-linear-48b-a3b",
    "nemotron-3-super-120b-a12b",
    "llama-3-2-11b-vision",
    "mamba2-2-7b",
    "t5-11b",
    "whisper-large-v3",
    "clip-vit-b-32",
    "u-net",
    "resnet-50",
)
SLIDES = ("slide", "slide-4-3", "slide-half")


def texts(scene: Scene) -> list[Text]:
    return [element for element in scene.shapes() if isinstance(element, Text)]


def said(scene: Scene) -> str:
    return " ".join(text.text for text in texts(scene))


@pytest.mark.parametrize("profile", [*SLIDES, "column"])
@pytest.mark.parametrize("spec", CHOSEN)
def test_a_page_has_no_fault_and_no_text_that_is_too_small(spec: str, profile: str) -> None:
    scene = load(spec).scene(profile)
    page = load_profile(profile)
    assert faults(scene) == []
    assert scene.printed is not None
    width, height = scene.printed
    smallest = min(text.size for text in texts(scene)) * width / scene.width
    assert smallest >= pixels(page.least_text) * 0.995
    own_width, own_height = page.size
    assert width == pytest.approx(own_width, abs=1)
    if page.layout == "slide":
        assert height == pytest.approx(own_height, abs=1)
        assert scene.width / scene.height == pytest.approx(own_width / own_height, abs=0.005)
    else:
        assert height <= own_height + 1


@pytest.mark.parametrize("view", ["slide", "page", "column"])
@pytest.mark.parametrize("spec", CHOSEN)
def test_a_page_says_which_or_how_many_panels_it_lacks_and_its_description_which_ones(spec: str, view: str) -> None:
    scene = load(spec).scene(view)
    line = said(scene).partition("not shown: ")[2].partition(" | ")[0]
    number, titles = len(scene.left_out), [title.partition(" (")[0] for title in scene.left_out]
    assert f"{number} panel" in line or all(title in line for title in titles)
    assert all(title in scene.description for title in scene.left_out)


@pytest.mark.parametrize("theme", ["dark", "print"])
@pytest.mark.parametrize("spec", ["llama-3-8b", "deepseek-v3", "u-net", "clip-vit-b-32"])
def test_a_slide_has_no_fault_in_other_themes(spec: str, theme: str) -> None:
    assert faults(load(spec).scene("slide", theme)) == []


def test_a_slide_shows_its_layer_one_panel_and_three_figures() -> None:
    words = said(load("llama-3-8b").scene("slide"))
    for each in ("Llama 3 8B", "32 ×", "RMSNorm", "SwiGLU FFN", "Grouped-query attention", "8.03B", "128 KiB", "8K"):
        assert each in words
    assert "not shown: sizes, 3 panels | " in words


def test_layers_that_are_too_high_stand_beside_their_column() -> None:
    scene = load("deepseek-v3").scene("slide")
    words = said(scene)
    assert "58 × Layer" in words
    assert "KV latent" in words
    assert "68.6 KiB cache/token" in words
    assert "not shown: partial RoPE" in words


def test_half_a_slide_has_no_panel() -> None:
    model = load("llama-3-8b")
    assert set(model.scene("slide-half").left_out) >= set(model.scene("slide").left_out)
    assert "8.03B" in said(model.scene("slide-half"))


def test_the_levels_of_a_u_are_rows_on_a_slide() -> None:
    words = said(load("u-net").scene("slide"))
    assert words.count("Crop and concatenate, 2 convolutions") == 4
    assert words.count("Max pooling 2 × 2") == 4
    assert "the blocks of the network" not in words


def test_two_towers_keep_their_layers_on_a_slide() -> None:
    words = said(load("clip-vit-b-32").scene("slide"))
    assert "Image encoder, 12 layers" in words
    assert "Text encoder, 12 layers" in words


def test_a_column_has_layers_below_where_two_columns_leave_no_room() -> None:
    scene = load("command-a-111b").scene("column")
    zoom = [element for element in scene.shapes() if getattr(element, "kind", "") == "zoom"]
    assert zoom
    assert "64 × Layer" in said(scene)


@pytest.mark.parametrize(
    ("name", "rare"), [("kimi-linear-48b-a3b", "Kimi Delta Attention"), ("qwen3-next-80b-a3b", "Gated DeltaNet")]
)
def test_a_slide_opens_what_few_models_have_before_the_usual_mixer(name: str, rare: str) -> None:
    scene = load(name).scene("slide")
    assert rare not in scene.left_out
    assert {"Multi-head latent attention", "Gated attention"} & {*scene.left_out}


def test_a_column_opens_what_few_models_have_and_gives_up_sizes_for_its_figure() -> None:
    for name, rare in (("kimi-linear-48b-a3b", "Kimi Delta Attention"), ("nemotron-3-super-120b-a12b", "Mamba-2")):
        scene = load(name).scene("column")
        assert rare not in scene.left_out
        assert {"Mixture of experts", "Latent MoE"} & {*scene.left_out}
        assert has_figures(scene)
    # Masks, not words about the cache.
    assert "window 1,024" in said(load("gemma-3-27b").scene("column"))
    # Where panels have figures with sizes, sizes stay.
    assert "128,256 → 4,096" in said(load("llama-3-8b").scene("column"))


@pytest.mark.parametrize("name", ["llama-3-8b", "nemotron-3-super-120b-a12b"])
def test_what_stands_beside_the_column_of_a_slide_ends_with_it(name: str) -> None:
    scene = load(name).scene("slide")
    grounds = [shape for shape in scene.shapes() if isinstance(shape, Rect) and shape.fill in ("container", "page")]
    highs = sorted((round(shape.y + shape.height, 1) for shape in grounds if shape.height > 60), reverse=True)
    assert highs[0] == highs[1] == highs[2]


@pytest.mark.parametrize("name", ["nemotron-3-super-120b-a12b", "deepseek-v4-pro"])
def test_a_slide_of_wide_layers_has_a_panel_of_a_mixer(name: str) -> None:
    panels = [one.title for one in load(name).scene("slide").children if isinstance(one, Group) and one.role == "panel"]
    assert panels in (["Mamba-2"], ["Compressed sparse attention"])


def test_a_slide_says_how_many_experts_work() -> None:
    assert "MoE: 8 of 256 + 1 shared" in said(load("deepseek-v3").scene("slide"))
    assert "MoE: 2 of 8 experts" in said(load("mixtral-8x7b").scene("slide"))


def test_layers_that_read_an_encoder_say_so() -> None:
    assert "Decoder, 32 layers, cross-attention" in said(load("whisper-large-v3").scene("slide"))


def test_two_towers_find_room_in_a_column_of_a_paper() -> None:
    words = said(load("whisper-large-v3").scene("column"))
    assert "the blocks of the network" not in words
    assert "Log-mel spectrogram" in words


@pytest.mark.parametrize("view", ["slide", "column", "page", "plate"])
def test_the_dot_of_a_residual_line_does_not_touch_the_head_of_the_arrow_above(view: str) -> None:
    shapes = list(load("llama-3-8b").scene(view).shapes())
    dots = [shape for shape in shapes if isinstance(shape, Circle) and shape.kind == "dot" and shape.fill == "edge"]
    lines = [shape for shape in shapes if isinstance(shape, Line) and shape.head and shape.kind == "edge"]
    found = [
        dot.y - dot.radius - (line.points[-1][1] + line.head)
        for dot in dots
        for line in lines
        if line.points[-1][0] == line.points[-2][0] == dot.x and line.points[-1][1] < dot.y < line.points[-2][1]
    ]
    assert len(found) >= 2
    assert min(found) > 1


def test_a_page_says_what_its_active_count_leaves_out() -> None:
    for name, left_out in (
        ("gpt-oss-20b", "excl. input embedding tables"),
        ("qwen3-next-80b-a3b", "ctive as published: excl. embedding tables and LM head"),
    ):
        for page in ("page", "slide", "slide-half", "column"):
            scene = load(name).scene(page)
            assert left_out in said(scene)
            assert left_out.removeprefix("ctive as published: ") in scene.description
    assert left_out not in load("deepseek-v3").scene("page").description


def test_what_comes_in_has_a_box_where_the_first_block_does_not_say_it() -> None:
    u = load("u-net").scene("slide")
    assert "Image tile" in said(u)
    assert "2 convolutions, 1,024 channels" in said(u), "the box takes the room of a figure, and of no block"
    assert "31.0M parameters" in said(u)
    column = said(load("u-net").scene("column"))
    assert "Image tile" in column
    assert "31.0M parameters" in column
    assert "Tokenized text" not in said(load("llama-3-8b").scene("slide"))


def test_kinds_of_attention_are_named() -> None:
    assert "2 kinds of attention: HCA, CSA" in said(load("deepseek-v4-pro").scene("slide"))


def test_a_page_says_which_sources_it_has() -> None:
    assert "Source: config.json of deepseek-ai/DeepSeek-V4-Pro" in said(load("deepseek-v4-pro").scene("slide"))
    assert "Source: config.json; The Llama 3 Herd of Models |" in said(load("llama-3-8b").scene("slide"))
    assert "Source: arXiv:2103.00020 and 1 more |" in said(load("clip-vit-b-32").scene("slide"))
    assert "Source: arXiv:1505.04597 |" in said(load("u-net").scene("slide"))


def test_the_short_form_of_a_source_is_another_name_of_it_and_no_part() -> None:
    assert short_source("config.json of a/b and its class defaults") == "config.json"
    assert short_source("A Report, tables 1 and 2") == "A Report"
    for whole in ("license: card of a/b", "config.json of a/b: layers", "five heads: a.pt of a/b", "RoPE, a.py"):
        assert short_source(whole) == whole


@pytest.mark.parametrize("name", ["whisper-large-v3", "bart-large"])
def test_a_layer_by_itself_says_what_its_cross_attention_reads(name: str) -> None:
    assert "encoder output" in said(load(name).scene("column"))


def test_what_cross_attention_keeps_is_a_figure_of_its_own() -> None:
    model = load("whisper-large-v3")
    kept = model.facts.cross_cache_bytes(1_500)
    assert f"{data_size(kept)} cross-attention cache" in said(model.scene("slide"))


@pytest.mark.parametrize("name", ["whisper-large-v3", "command-a-111b"])
def test_the_line_to_a_layer_below_is_over_the_ground_of_its_column(name: str) -> None:
    shapes = list(load(name).scene("column").shapes())
    line = next(shape for shape in shapes if isinstance(shape, Line) and shape.kind == "zoom")
    grounds = [shape for shape in shapes if isinstance(shape, Rect) and shape.fill == "container"]
    assert grounds
    assert all(shapes.index(ground) < shapes.index(line) for ground in grounds)


@pytest.mark.parametrize(
    ("name", "rare"), [("kimi-linear-48b-a3b", "Kimi Delta Attention"), ("nemotron-3-super-120b-a12b", "Mamba-2")]
)
def test_a_page_opens_what_few_models_have_with_a_short_diagram_where_the_whole_is_too_wide(
    name: str, rare: str
) -> None:
    assert rare not in load(name).scene("page").left_out


def test_attention_both_ways_says_so_where_other_attention_is_causal() -> None:
    """Without sizes the boxes of both encoders of CLIP would be alike."""
    assert said(load("clip-vit-b-32").scene("page")).count("bidirectional") == 2
    assert "full causal attention" in said(load("clip-vit-b-32").scene("page"))
