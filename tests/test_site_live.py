"""The site of a gallery as somebody uses it, in a real browser and from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from archdraw.cli import run
from live import opened, violations

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
