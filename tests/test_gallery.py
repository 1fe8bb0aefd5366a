"""The gallery: a page that searches, filters and sorts models, opened in a browser from a folder."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import archdraw
from archdraw.cli import run
from archdraw.site.cards import FILTERS, card
from archdraw.site.entries import words_in
from archdraw.site.templating import words
from live import opened
from test_cli import SPEC

MODELS = ("gpt-2", "llama-3-8b", "mixtral-8x7b", "qwen3-next-80b-a3b", "rwkv-4-169m", "u-net")
HARMFUL = "'</script><script>document.title=1</script>\"<img src=x onerror=alert(1)>'"


class Cards(HTMLParser):
    """The cards of a page: what their list items say, and whatever stands in the page as a script."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[dict[str, str | None]] = []
        self.scripts: list[str | None] = []
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "li" and "card" in (found.get("class") or ""):
            self.cards.append(found)
        if tag == "script":
            self.scripts.append(found.get("src"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of some models, its plates in place of what takes longest: PNG are drawn, too."""
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


def test_without_a_script_the_page_is_a_list_of_all(site: Path) -> None:
    page = Cards()
    page.feed((site / "index.html").read_text("utf-8"))
    assert sorted(one["id"] or "" for one in page.cards) == sorted(MODELS)
    assert all("hidden" not in one for one in page.cards)
    # The newest comes first.
    dates = [archdraw.load(one["id"] or "").spec.released or "" for one in page.cards]
    assert dates == sorted(dates, reverse=True)
    assert page.scripts == ["strings.js", "common.js", "search-words.js", "cards.js", "home.js"]


def test_a_card_says_what_the_facts_say() -> None:
    model = archdraw.load("mixtral-8x7b")
    made = card(model)
    assert made["facts"]["total_parameters"] == model.facts.total_parameters
    assert made["facts"]["active_parameters"] == model.facts.active_parameters
    # 128 KiB for each of 131,072 tokens.
    figures = {"total": "46.7B", "active": "12.9B", "context": "32K", "cache": "128 KiB", "long": "16 GiB"}
    assert made["shown"] == figures
    assert tuple(made["groups"]) == FILTERS
    assert made["groups"]["kind"] == ["Sparse MoE"]
    assert "grouped-query attention" in [one.casefold() for one in made["groups"]["attention"]]


def test_the_facts_of_a_model_are_a_file(site: Path) -> None:
    assert json.loads((site / "gpt-2.json").read_text("utf-8")) == card(archdraw.load("gpt-2"))


def test_a_search_has_the_words_of_the_diagrams(site: Path) -> None:
    text = (site / "search-words.js").read_text("utf-8")
    page = Cards()
    page.feed((site / "index.html").read_text("utf-8"))
    slugs = [one["id"] for one in page.cards]
    index = json.loads(text.removeprefix("var searchWords = ").removesuffix(";\n"))
    found = {
        word: {slugs[place] for place in accumulate(map(int, steps.split()))}
        for words, steps in zip(index["words"].split("\n"), index["models"].split("\n"), strict=True)
        for word in words.split()
    }
    assert found["deltanet"] == {"qwen3-next-80b-a3b"}
    assert found["attention"] > {"gpt-2", "llama-3-8b"}
    assert found["gpt-2"] == {"gpt-2"}
    assert words_in((site / "u-net.svg").read_text("utf-8")).count("Max pooling") <= 1


def test_a_page_has_the_plate_and_all_that_is_said_of_a_model(site: Path) -> None:
    text = (site / "llama-3-8b.html").read_text("utf-8")
    model = archdraw.load("llama-3-8b")
    assert 'data-path="layers/layer/self_attn"' in text
    assert "data:font" not in text
    assert all(point in text for point in model.spec.key_points)
    assert f"{model.spec.hidden_size:,}" in text
    # Those before and after it in time.
    assert 'href="mixtral-8x7b.html"' in text
    assert 'href="qwen3-next-80b-a3b.html"' in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_only_addresses_of_the_web_are_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text(SPEC + "links: {config: 'https://example.org/a?b=1&c=2'}\n", "utf-8")
    assert run(["gallery", "one.yaml", "--no-cache"]) == 0
    page = Cards()
    page.feed(Path("out/one.html").read_text("utf-8"))
    assert [one for one in page.links if one.startswith("http")] == ["https://example.org/a?b=1&c=2"]


def test_no_name_does_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(
        SPEC.replace("Tiny", HARMFUL) + f"\ndeveloper: {HARMFUL}\nkey_points: [{HARMFUL}]\n", "utf-8"
    )
    assert run(["gallery", "bad.yaml", "--no-cache"]) == 0
    page = Cards()
    page.feed(Path("out/index.html").read_text("utf-8"))
    assert page.scripts == ["strings.js", "common.js", "search-words.js", "cards.js", "home.js"]
    assert page.tags.count("img") == 2
    assert "</script" not in Path("out/search-words.js").read_text("utf-8").casefold()
    own = Cards()
    own.feed(Path("out/bad.html").read_text("utf-8"))
    scripts = ["zoom.js", "opening.js", "finding.js", "memory.js", "model.js"]
    assert own.scripts == ["strings-of-model.js", "common.js", *scripts]
    assert "img" not in own.tags


@pytest.mark.parametrize(
    ("address", "shown", "first"),
    [
        ("", {*MODELS}, "qwen3-next-80b-a3b"),
        ("#q=deltanet", {"qwen3-next-80b-a3b"}, "qwen3-next-80b-a3b"),
        ("#kind=Sparse+MoE", {"mixtral-8x7b"}, "mixtral-8x7b"),
        ("#sort=total", {*MODELS}, "qwen3-next-80b-a3b"),
        ("#sort=name&q=openai", {"gpt-2"}, "gpt-2"),
        ("#q=nothing-has-this", set(), ""),
    ],
)
def test_an_address_says_what_is_shown(
    chromium: Browser, site: Path, address: str, shown: set[str], first: str
) -> None:
    page = Cards()
    with opened(chromium, site, f"index.html{address}") as tab:
        page.feed(tab.content())
    visible = [one["id"] or "" for one in page.cards if "hidden" not in one]
    assert {*visible} == shown
    assert (visible or [""])[0] == first


def test_no_word_of_the_catalogue_has_the_name_of_a_method() -> None:
    """A template reads ``words.home.clear`` as the method of a dictionary before it reads the key."""

    def keys(part: dict[str, Any]) -> set[str]:
        return {*part}.union(*(keys(below) for below in part.values() if isinstance(below, dict)))

    assert not keys(words()) & {*dir(dict)}
