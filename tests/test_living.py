"""Lineage, scale, timeline and the pages about concepts: what they say is what the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import archdraw
from archdraw.analysis.concepts import concepts
from archdraw.cli import run
from archdraw.glossary.concepts import SHIPPED, Concept
from archdraw.lint.faults import faults
from archdraw.resources import shipped_spec
from archdraw.scene import Scene
from archdraw.shapes import Rect
from archdraw.site.axes import AXES, scale
from archdraw.site.building import STATIC
from archdraw.site.concept_texts import PAPER, compared, linked, texts
from archdraw.site.figures import AIR, figure, style
from archdraw.site.formulas import mathml
from archdraw.site.living import TOKENS, living
from archdraw.site.templating import plainer
from archdraw.site.uptake import address, title
from archdraw.theme import load_theme
from archdraw.views.concept_panels import STRIP, WHOLE, panel_of
from test_cli import SPEC

MODELS = ("transformer-2017", "gpt-2", "llama-2-7b", "llama-2-70b", "mixtral-8x7b", "deepseek-v2", "mamba-2-8b")
PANELS = {
    "transformer-2017": {"multi-head attention": "inset:layers/layer/self_attn", "encoder-decoder": WHOLE},
    "mixtral-8x7b": {"mixture of experts": "inset:layers/layer/mlp", "RoPE": "inset:layers/layer/self_attn"},
    "switch-base-128": {"mixture of experts": "inset:layers/layer/mlp", "alternating dense/MoE": STRIP},
    "nemotron-3-super-120b-a12b": {"latent MoE": "inset:layers/layer.experts/mlp"},
    "gpt-2": {"pre-norm": "inset:layers/layer", "tied embeddings": WHOLE},
    "command-a-111b": {"NoPE": "inset:layers/layer.attention/self_attn"},
    "llama-4-maverick": {"RoPE": "inset:layers/layer/self_attn", "image input": "inset:vision_tower"},
    "grok-2-5-270b": {"parallel dense FFN + MoE": "inset:layers/layer"},
    # Its first layers have only the window.
    "deepseek-v4-flash": {
        "compressed attention": "inset:layers/layer.other/self_attn",
        "sliding-window attention": "inset:layers/layer.sliding/self_attn",
    },
    "deepseek-v4-1-flash": {"compressed attention": "inset:causal_encoder/layers/layer.other/attn"},
    "whisper-large-v3": {"cross-attention": "inset:layers/layer", "audio input": "inset:encoder"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of some models."""
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


@pytest.mark.parametrize("concept", SHIPPED, ids=lambda one: one.name)
def test_each_concept_is_told_in_three_sentences_with_a_formula_and_a_source(concept: Concept) -> None:
    described = texts().described[concept.name]
    assert len(re.findall(r"\.(?:\s|$)", described.says)) == 3
    assert described.source
    assert PAPER.search(described.source) or "transformers" in described.source or "DeepSeek-V4" in described.source
    made = mathml(described.formula)
    # What the converter does not read stands there as it was; a style would be against the policy of pages.
    assert made.startswith("<math")
    assert "\\" not in made
    assert "style" not in made
    assert described.where.endswith(".")


def test_texts_are_about_concepts_that_there_are() -> None:
    known = {concept.name for concept in SHIPPED}
    assert texts().described.keys() == known
    assert {name for names in texts().alternatives for name in names} <= known
    assert "multi-head latent attention" in compared(next(one for one in SHIPPED if one.short == "GQA"))


def test_the_papers_of_a_source_are_links() -> None:
    assert linked("One, arXiv:1706.03762; two") == [
        ("One, ", ""),
        ("arXiv:1706.03762", "https://arxiv.org/abs/1706.03762"),
        ("; two", ""),
    ]


@pytest.mark.parametrize(("name", "wanted"), PANELS.items())
def test_a_concept_is_shown_by_the_part_that_takes_it(name: str, wanted: dict[str, str]) -> None:
    model = archdraw.load(name)
    own = {one.name: one for one in concepts(model.spec, model.block)}
    assert {one: panel_of(own[one], model.spec, model.block) for one in wanted} == wanted


def test_what_a_layer_keeps_is_counted() -> None:
    kept = living(archdraw.load("llama-2-70b"), "x").kept["grouped-query attention"]
    assert kept.cache == 2 * 8 * 128 * TOKENS * 2
    latent = living(archdraw.load("deepseek-v2"), "x").kept["multi-head latent attention"]
    assert latent.cache == (512 + 64) * TOKENS * 2
    mamba = living(archdraw.load("mamba-2-8b"), "x").kept["Mamba"]
    assert mamba.cache == 0
    assert mamba.state > 0


def test_a_concept_page_says_who_has_it_since_when_and_how_much_it_keeps(site: Path) -> None:
    text = (site / "concept-grouped-query-attention.html").read_text("utf-8")
    assert texts().described["grouped-query attention"].says.split(". ")[0] in text
    assert "<math" in text
    assert 'href="https://arxiv.org/abs/2305.13245"' in text
    assert re.search(r'First in <a href="llama-2-70b.html">Llama 2 70B</a>, 2023-07-18\.', text)
    assert "2 of 7 models have it; of those of 2024, 0 of 1." in text
    assert 'id="y2023"' in text
    rows = dict(re.findall(r'<tr[^>]*><th scope="row">(?:<a[^>]*>)?([^<]*)(?:</a>)?</th>(.*?)</tr>', text))
    assert "128 MiB" in rows["Grouped-query attention"]
    assert "36 MiB" in rows["Multi-head latent attention"]
    # Inside the panel that archdraw draws.
    assert 'data-panel="B"' in text or 'data-role="panel"' in text
    assert 'fill="var(--' in text


def test_every_concept_of_the_timeline_has_a_page(site: Path) -> None:
    text = (site / "timeline.html").read_text("utf-8")
    pages = {*re.findall(r'<th scope="row"><a href="([^"]+)"', text)}
    models = [archdraw.load(name) for name in MODELS]
    assert pages == {address(one.name) for model in models for one in concepts(model.spec, model.block)}
    assert all((site / page).is_file() for page in pages)
    listed = (site / "concepts.html").read_text("utf-8")
    assert all(f'href="{page}"' in listed for page in pages)


def test_a_cell_of_the_timeline_counts_its_models(site: Path) -> None:
    text = (site / "timeline.html").read_text("utf-8")
    assert 'aria-label="Grouped-query attention, 2023: 2 of 4 models" title="Llama 2 70B, Mixtral 8x7B"' in text
    assert 'href="concept-grouped-query-attention.html#y2023"' in text
    assert 'aria-label="LayerNorm, 2017: 1 of 1 models" title="Transformer base"' in text


def test_lineage_has_all_models_with_a_relation_as_boxes_and_as_words_and_lists_the_others(site: Path) -> None:
    text = (site / "lineage.html").read_text("utf-8")
    related, alone = text.split('id="models"')[1].split("Models without a relation")
    boxes = {*re.findall(r'<a data-path="([^"]+)"', text)}
    assert boxes == {*re.findall(r'data-slug="([^"]+)"', related)}
    assert {"llama-2-7b", "llama-2-70b"} <= boxes
    assert {*re.findall(r'<li><a href="([^"]+)\.html"', alone)} == {*MODELS} - boxes
    # A parent that is not in this gallery is named, and is no link.
    assert "llama-1-7b.html" not in text
    assert "LLaMA 7B (not in this gallery)" in text


def test_a_name_of_a_file_is_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("javascript:a b.yaml").write_text(SPEC, "utf-8")
    Path("two.yaml").write_text(SPEC + "parents: [{model: 'javascript:a b', changes: [more]}]\n", "utf-8")
    assert run(["gallery", "javascript:a b.yaml", "two.yaml", "--no-cache"]) == 0
    text = Path("out/lineage.html").read_text("utf-8")
    assert 'href="javascript:' not in text
    assert text.count('href="javascript%3Aa%20b.html"') >= 2


def test_without_relations_lineage_is_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text(SPEC + "released: 2020-05\n", "utf-8")
    Path("two.yaml").write_text(SPEC.replace("Tiny", "Second"), "utf-8")
    assert run(["gallery", "one.yaml", "two.yaml", "--no-cache"]) == 0
    text = Path("out/lineage.html").read_text("utf-8")
    assert "<svg" not in text
    assert text.count('<li><a href="') == 2
    # Without a release date a concept is there, and is in no year; what has one came first.
    assert "Without a release date: 1." in Path("out/timeline.html").read_text("utf-8")
    page = next(Path("out").glob("concept-*-attention.html")).read_text("utf-8")
    assert 'First in <a href="one.html">Tiny</a>, 2020-05.' in page
    assert page.index("one.html") < page.index("no release date") < page.rindex("two.html")


def test_a_concept_is_compared_as_a_model_has_it_that_has_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Jamba came first, and has Mamba in most of its layers.
    assert run(["gallery", "jamba-v0-1", "llama-3-8b", "-j", "1", "--no-cache"]) == 0
    text = Path("out/concept-mamba.html").read_text("utf-8")
    rows = dict(re.findall(r'<tr[^>]*><th scope="row">(?:<a[^>]*>)?([^<]*)(?:</a>)?</th>(.*?)</tr>', text))
    assert 'href="llama-3-8b.html"' in rows["Grouped-query attention"]
    assert 'href="jamba-v0-1.html"' in rows["Mamba"]


def test_a_figure_has_the_colors_of_the_page_and_no_heading_of_its_own() -> None:
    scene = archdraw.load("gpt-2").scene("inset:self_attn")
    made = figure(scene, "one-")
    assert not re.search(r"#[0-9A-F]{6}", made.svg)
    assert all(one.startswith("one-") for one in re.findall(r'id="([^"]+)"', made.svg))
    css = style(made.colours).decode()
    for name in made.colours:
        assert css.count(load_theme("light").colour(name)) >= 1
        assert css.count(load_theme("dark").colour(name)) >= 1
    cut = figure(archdraw.draw("lineage", "gpt-1", "gpt-2").scene(), "two-", header=False)
    whole: Scene = archdraw.draw("lineage", "gpt-1", "gpt-2").scene()
    assert cut.height < whole.height - 100
    assert 'data-role="header"' not in cut.svg


def test_a_figure_without_a_header_begins_with_what_is_below_it() -> None:
    # Labels may reach up to any height: nothing of them is cut.
    scene = Scene(100, 100, "", "", None, (Rect(10, 40.5, 20, 20),))
    made = figure(scene, "one-", header=False)
    assert made.height == 100 - 40 + AIR
    assert f'y="{AIR + 0.5}"' in made.svg


def test_marks_are_where_their_values_are() -> None:
    total = scale(AXES["total"], [10**8, 10**9, 10**12])
    assert [text for _, text in total.ticks] == ["100M", "1B", "10B", "100B", "1T"]
    places = {text: at for at, text in total.ticks}
    assert total.at(10**9) == pytest.approx(places["1B"])
    assert places["10B"] - places["1B"] == pytest.approx(places["1T"] - places["100B"])
    years = scale(AXES["date"], ["2020-01-01", "2022", "2022-06", "2022-12-31"])
    assert [text for _, text in years.ticks] == ["2020", "2021", "2022"]
    assert years.at("2020-01-01") == 0
    # A year with three models is wider than one without.
    starts = [at for at, _ in years.ticks]
    assert starts[2] - starts[1] < 1 - starts[2]
    assert starts[2] < years.at("2022-06") < years.at("2022-12-31") < 1
    assert scale(AXES["cache"], []).ticks == ()


def test_scale_has_a_row_for_each_model_with_places_for_what_it_has(site: Path) -> None:
    text = (site / "scale.html").read_text("utf-8")
    rows = dict(re.findall(r'<tr id="([^"]+)"(.*?)</tr>', text))
    assert rows.keys() == {*MODELS}
    # Mamba keeps no cache: a dash without a place.
    assert rows["mamba-2-8b"].count("data-at") == rows["gpt-2"].count("data-at") - 2
    assert "<td>–</td>" in rows["mamba-2-8b"]
    assert json.loads(re.findall(r"data-ticks=\"([^\"]+)\"", text)[1].replace("&#34;", '"'))


def test_a_name_as_a_heading() -> None:
    assert [title(one) for one in ("mLSTM", "xIELU", "K = V", "mixture of experts")] == [
        "mLSTM",
        "xIELU",
        "K = V",
        "Mixture of experts",
    ]
    assert address("parallel dense FFN + MoE") == "concept-parallel-dense-ffn-moe.html"
    assert len({address(one.name) for one in SHIPPED}) == len(SHIPPED)


def test_panels_of_concepts_have_no_fault() -> None:
    for name, wanted in PANELS.items():
        assert shipped_spec(name)
        model = archdraw.load(name)
        for view in wanted.values():
            assert faults(model.scene(view)) == []


def test_scripts_lose_their_comments_and_no_text() -> None:
    source = '// words\n"use strict";\n/**\n * More * words.\n */\nconst a = "// none"; // stays\n  f(`${a} ${a}`);\n'
    assert plainer(source) == '"use strict";\nconst a = "// none"; // stays\nf(`${a} ${a}`);\n'
    assert plainer("const a = `one\n  two`;\n") == "const a = `one\n  two`;\n"


def test_no_script_is_kept_from_losing_its_comments() -> None:
    for file in STATIC.glob("*.js"):
        assert len(plainer(file.read_text("utf-8"))) < 0.95 * file.stat().st_size, file.name
