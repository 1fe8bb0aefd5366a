"""The first page of a gallery, used as people do: search, filters, order, views, a choice to compare, all facts."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import archdraw
from archdraw.app import tables
from archdraw.cli import run
from archdraw.site.cards import LARGEST, LENGTHS, LONG, LONGEST, SIZES, card, length_band, size_band
from archdraw.site.templating import words
from live import opened, violations

MODELS = (
    "gpt-2",
    "llama-3-8b",
    "mixtral-8x7b",
    "qwen3-next-80b-a3b",
    "deepseek-v3",
    "rwkv-4-169m",
    "gemma-3-27b",
    "u-net",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


def shown(page: Page) -> list[str]:
    return [str(one) for one in page.eval_on_selector_all(".card:not([hidden])", "all => all.map((one) => one.id)")]


def choose(page: Page, name: str, *values: str) -> None:
    """Chooses ``values`` of the filter ``name``, by keyboard."""
    page.focus(f"[data-filter='{name}'] summary")
    page.keyboard.press("Enter")
    for value in values:
        page.focus(f"[data-filter='{name}'] label:has-text('{value}') input")
        page.keyboard.press("Space")
    page.keyboard.press("Escape")


def test_filters_take_several_values_and_count_what_each_would_show(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        choose(page, "attention", "multi-head latent attention", "Gated DeltaNet")
        assert {*shown(page)} == {"deepseek-v3", "qwen3-next-80b-a3b"}
        choose(page, "size", "40B to 100B")
        assert shown(page) == ["qwen3-next-80b-a3b"]
        # What else is chosen is counted, what is chosen in the same filter is not.
        page.click("[data-filter='size'] summary")
        labels = page.locator("[data-filter='size'] label:visible").all_inner_texts()
        assert [" ".join(one.split()) for one in labels] == ["40B to 100B 1", "400B and more 1"]
        page.wait_for_url(re.compile("size=40B"))
        address = page.url
    with opened(chromium, site, "index.html#" + address.partition("#")[2]) as page:
        assert shown(page) == ["qwen3-next-80b-a3b"]
        assert page.locator("#chips button").all_inner_texts() == [
            "attention: multi-head latent attention ×",
            "attention: Gated DeltaNet ×",
            "size: 40B to 100B ×",
        ]
        page.click("#chips button >> nth=2")
        assert len(shown(page)) == 2
        page.click("button[type=reset]")
        assert len(shown(page)) == len(MODELS)


def test_models_are_sorted_and_turned_round(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        page.select_option("#sort", "total")
        assert shown(page)[:2] == ["deepseek-v3", "qwen3-next-80b-a3b"]
        page.select_option("#sort", "long")
        # The least cache first, and those that keep none of tokens last, whichever way.
        assert shown(page)[0] == "qwen3-next-80b-a3b"
        assert {*shown(page)[-2:]} == {"u-net", "rwkv-4-169m"}
        page.click("#turn")
        assert {*shown(page)[-2:]} == {"u-net", "rwkv-4-169m"}
        assert shown(page)[0] == "llama-3-8b"
        # A card says what it is sorted by, and so does the table, whose columns sort alike.
        assert page.inner_text("#llama-3-8b .long").split() == ["cache", "at", "128K", "tokens", "16", "GiB"]
        page.check("#views input[value=table]")
        assert page.locator("th[aria-sort=descending]").inner_text() == words()["home"]["at_length"]
        assert page.locator("#sheet tbody tr >> nth=0").locator("td.number").all_inner_texts()[3] == "16 GiB"
        page.click("#sheet thead button:text-is('released')")
        assert page.input_value("#sort") == "date"
        assert page.locator("#sheet tbody th >> nth=0").inner_text().strip() == "Qwen3-Next 80B-A3B"


def test_what_is_seen_keeps_its_order_when_other_models_come_to_be_seen(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        page.select_option("#sort", "name")
        every = shown(page)
        names = [archdraw.load(slug).name.casefold() for slug in every]
        assert names == sorted(names)
        page.fill("#q", "attention")
        assert shown(page) == [slug for slug in every if slug in shown(page)]
        page.select_option("#sort", "total")
        page.fill("#q", "")
        assert shown(page)[:2] == ["deepseek-v3", "qwen3-next-80b-a3b"]
        totals = [archdraw.load(slug).facts.total_parameters for slug in shown(page)]
        assert totals == sorted(totals, reverse=True)


def test_a_search_leads_to_pages_about_concepts(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        assert page.locator("#topics").is_hidden()
        page.fill("#q", "mla")
        assert page.locator("#topics a").all_inner_texts() == ["Multi-head latent attention (MLA)"]
        page.fill("#q", "tention")
        assert page.locator("#topics").is_hidden()
        page.fill("#q", "head atten")
        assert "Multi-head attention (MHA)" in page.locator("#topics a").all_inner_texts()
        assert violations(page) == []
        page.fill("#q", "latent attention")
        page.click("#topics a")
        page.wait_for_selector("h1:text-is('Multi-head latent attention (MLA)')")


def test_the_table_has_all_facts_and_sorts_by_each(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        page.check("#views input[value=table]")
        page.wait_for_selector("#sheet tbody tr")
        assert page.locator("#sheet tbody tr").count() == len(MODELS)
        titles = page.locator("#sheet thead th").all_inner_texts()
        assert titles[0] == "model"
        assert tables.COLUMNS["flops_per_token"].title in titles
        page.click("#sheet thead button:text-is('layers')")
        first = page.locator("#sheet tbody tr").first
        assert first.locator("th").inner_text().strip() == "Gemma 3 27B"
        assert page.locator("th[aria-sort=descending]").inner_text() == "layers"
        page.fill("#q", "openai")
        assert page.locator("#sheet tbody tr").count() == 1
        page.wait_for_url(re.compile("q=openai"))
        page.reload()
        page.wait_for_selector("#sheet tbody tr")
        assert page.locator("#sheet tbody th").all_inner_texts() == ["GPT-2 124M"]
        assert violations(page) == []


def test_three_are_chosen_and_compared(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        for slug in ("deepseek-v3", "gpt-2", "gemma-3-27b"):
            page.check(f"#{slug} input")
        assert page.inner_text("#picked p") == "To compare: DeepSeek V3, GPT-2 124M, Gemma 3 27B"
        page.check("#llama-3-8b input")
        # Four are the most.
        assert page.locator(".card input:disabled").count() == len(MODELS) - 4
        page.uncheck("#llama-3-8b input")
        page.click("#picked a")
        page.wait_for_selector("#towers.of-3")
        assert page.locator("#towers h3").all_inner_texts() == ["DeepSeek V3", "GPT-2 124M", "Gemma 3 27B"]


def test_compact_rows_are_one_line_each(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "index.html#view=compact") as page:
        heights = page.eval_on_selector_all(".card", "all => all.map((one) => one.getBoundingClientRect().height)")
        assert max(heights) < 80
        assert page.locator(".picture:visible").count() == 0
        assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1440, 3840])
@pytest.mark.parametrize("view", ["cards", "compact", "table"])
def test_no_view_is_wider_than_its_screen(chromium: Browser, site: Path, width: int, view: str) -> None:
    with opened(chromium, site, f"index.html#view={view}", viewport={"width": width, "height": 900}) as page:
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_is_small(site: Path) -> None:
    # All 184 models that come with archdraw add some 50 kB to what is there without any.
    page = (site / "index.html").read_text("utf-8")
    asked = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', page)
    assert {"home.js", "search-words.js", "cards.js", "common.css"} <= {*asked}
    sent = ["index.html", "inter-400.woff2", "inter-700.woff2", *asked]
    assert sum(len(gzip.compress((site / name).read_bytes())) for name in sent) < 60_000


def test_facts_of_all_are_files(site: Path) -> None:
    rows = json.loads((site / "facts.json").read_text("utf-8"))
    assert {row["name"] for row in rows} == {archdraw.load(slug).name for slug in MODELS}
    found = tables.row(archdraw.load("deepseek-v3"))
    own = next(row for row in rows if row["name"] == "DeepSeek V3")
    assert own == {
        key: value if isinstance(value, list) else found[key] and type(own[key])(value) for key, value in found.items()
    }
    lines = [*csv.DictReader((site / "facts.csv").read_text("utf-8").splitlines())]
    assert [line["name"] for line in lines] == [row["name"] for row in rows]
    assert lines[0].keys() == tables.COLUMNS.keys()


def test_the_band_of_the_cache_has_one_scale(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    bands = {
        slug: float(width)
        for slug, width in re.findall(
            r'class="card" id="([^"]+)">(?:(?!</li>).)*?class="of" width="([^"]+)"', text, flags=re.S
        )
    }
    sizes = {slug: archdraw.load(slug).facts.kv_cache_bytes_per_token() for slug in MODELS}
    assert bands.keys() == {slug for slug, size in sizes.items() if size}
    assert sorted(bands, key=bands.__getitem__) == sorted(bands, key=sizes.__getitem__)
    assert max(bands.values()) == 100


@pytest.mark.parametrize(("total", "band"), [(1, "under 1B"), (10**9, "1B to 10B"), (4 * 10**11, LARGEST)])
def test_bands_of_sizes_meet(total: int, band: str) -> None:
    assert size_band(total) == band
    assert [*SIZES] == sorted(SIZES)
    assert [*LENGTHS] == sorted(LENGTHS)


def test_what_publishers_call_one_length_is_in_one_band() -> None:
    bands = [length_band(tokens) for tokens in (1024, 32_000, 32_768, 128_000, 131_072, 1_000_000, 1_048_576)]
    assert bands == ["under 32K", *["32K to 128K"] * 2, *["128K to 1M"] * 2, LONGEST, LONGEST]


def test_caches_are_compared_at_one_length_and_modalities_are_those_of_inputs() -> None:
    gemma = archdraw.load("gemma-3-27b")
    assert card(gemma)["cache_at_length"] == gemma.facts.kv_cache_bytes(LONG)
    assert card(gemma)["groups"]["modality"] == ["text", "image"]
    assert card(archdraw.load("u-net"))["groups"]["modality"] == ["image"]
    assert card(archdraw.load("whisper-large-v3"))["groups"]["modality"] == ["text", "audio"]
