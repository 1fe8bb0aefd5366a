"""The site of a gallery as somebody uses it, in a real browser and from a folder."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from archdraw.cli import run
from live import opened, violations

MOST_SCRIPT = 30_000
"""Bytes of the scripts of each page as they are, and of those of all pages together compressed."""
SCRIPT = re.compile(r'<script src="([^"]+)"')
MODELS = ("gpt-2", "llama-3-8b", "mixtral-8x7b")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of some models."""
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["index.html", "llama-3-8b.html", "lesson.html", "findings.html"])
def test_axe_finds_nothing(chromium: Browser, site: Path, address: str, scheme: str) -> None:
    with opened(chromium, site, address, color_scheme=scheme) as page:
        assert violations(page) == []


def test_the_theme_is_chosen_once_for_all_pages(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        page.click("#theme")
        assert page.locator("html").get_attribute("data-theme") == "light"
        page.click("#theme")
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.locator(".for-dark").first.is_visible()
        page.click("h2 a")
        page.wait_for_selector("html[data-ready][data-theme=dark]")


def test_without_scripts_all_models_and_their_plates_are_there(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, java_script_enabled=False) as page:
        assert page.locator(".card:visible").count() == len(MODELS)
        page.click("h2 a >> nth=0")
        assert page.locator("#plate svg").is_visible()
        assert page.locator("#facts table").is_visible()


def test_own_scripts_are_small(site: Path) -> None:
    # Data are scripts, too, since a page of a folder can read nothing else.
    data = {"cards.js", "comparing.js", "search-words.js"}
    of_pages = {page.name: {*SCRIPT.findall(page.read_text("utf-8"))} - data for page in site.glob("*.html")}
    assert {"opening.js", "zoom.js", "memory.js"} < of_pages["gpt-2.html"]
    sizes = {name: len((site / name).read_bytes()) for names in of_pages.values() for name in names}
    assert max(sum(sizes[name] for name in names) for names in of_pages.values()) <= MOST_SCRIPT
    assert sum(len(gzip.compress((site / name).read_bytes())) for name in sizes) <= MOST_SCRIPT
