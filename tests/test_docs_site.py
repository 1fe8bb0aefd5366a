"""The documentation as a site: built without a warning, used from its folder in a browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from live import opened, violations

ROOT = Path(__file__).parent.parent
AXE = ("tutorial.html", "cookbook/attention.html", "reference/kinds/residuals.html")


def build(output: Path, cache: Path, *more: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ARCHDRAW_CACHE_DIR": str(cache), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{folder}"}
    command = [sys.executable, "-m", "docs", "-o", str(output), *more]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The site, built once for all workers; warnings end its build."""

    def make(folder: Path) -> None:
        done = build(folder / "site", folder / "cache")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{folder / 'site' / 'index.html'}\n"

    return shared("docs", make) / "site"


def test_links_and_pictures_are_in_the_folder(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if ".doctrees" not in page.parts]
    assert len(pages) > len(list((ROOT / "docs").glob("*.md")))
    for page in pages:
        text = page.read_text("utf-8")
        for target in re.findall(r'(?:href|src)="(?!https?:|#|data:|mailto:)([^"#?]+)', text):
            assert (page.parent / target).exists(), f"{page.name} refers to {target}"
        assert not re.findall(r'(?:src|<link[^>]* href)="https?:[^"]*"', text), f"{page.name} fetches something"


def test_pages_show_what_was_drawn(site: Path) -> None:
    text = (site / "cookbook" / "hybrid.html").read_text("utf-8")
    (light,) = re.findall(r'<img alt="Finch 3B architecture" class="only-light"[^>]* src="([^"]*)"', text)
    (dark,) = re.findall(r'<img alt="Finch 3B architecture" class="only-dark"[^>]* src="([^"]*)"', text)
    for name in (light, dark):
        assert "Gated DeltaNet" in (site / "cookbook" / name).read_text("utf-8")
    assert 'loading="lazy"' in text


def test_search_works_from_the_folder(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as page:
        page.fill("input[name=q]", "sliding window")
        page.press("input[name=q]", "Enter")
        # Sphinx shows one result after the other.
        page.wait_for_selector("#search-results li a:text-is('The spec language')")
        assert page.url.startswith("file:")


def test_light_and_dark(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "cookbook/hybrid.html", color_scheme="light") as page:
        page.evaluate("console.log = () => {}")  # the theme says there what it does
        seen = set()
        for _ in range(3):
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            light, dark = page.locator("img.only-light").is_visible(), page.locator("img.only-dark").is_visible()
            assert light != dark
            seen.add((ground, light))
            page.locator(".theme-toggle:visible").click()
        assert len(seen) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, site: Path, scheme: str) -> None:
    for address in AXE:
        with opened(chromium, site, address, color_scheme=scheme) as page:
            assert violations(page) == [], address


def test_nothing_is_wider_than_a_telephone(chromium: Browser, site: Path) -> None:
    for address in (*AXE, "reference/python.html", "reference/commands.html", "spec.html"):
        with opened(chromium, site, address, viewport={"width": 390, "height": 800}) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_link_to_a_kind_leads_there_before_pictures_are_loaded(chromium: Browser, site: Path) -> None:
    address = "reference/kinds/mixers.html#kind-added-position"
    with opened(chromium, site, address, viewport={"width": 390, "height": 800}) as page:
        top = "document.querySelector('#kind-added-position').getBoundingClientRect().top"
        loaded = "[...document.querySelectorAll('article img.only-light')].filter(i => i.complete && i.naturalWidth)"
        # A browser scrolls there smoothly, which takes a moment on a long page; what comes into sight is loaded then.
        page.wait_for_function(f"0 <= {top} && {top} < 400 && {loaded}.length")
        page.wait_for_load_state("networkidle")
        assert 0 <= page.evaluate(top) < 400
        # One that is made narrower, as most are on a telephone, keeps its shape.
        widest = page.evaluate_handle("""[...document.querySelectorAll('article img.only-light')].reduce((one, other) =>
            parseFloat(one.style.width) < parseFloat(other.style.width) ? other : one)""")
        page.evaluate("image => image.scrollIntoView({behavior: 'instant'})", widest)
        page.wait_for_function("image => image.complete && image.naturalWidth", arg=widest)
        shown, drawn = page.evaluate(
            "image => [[image.clientWidth, image.clientHeight], [image.naturalWidth, image.naturalHeight]]", widest
        )
        assert shown[0] < drawn[0]
        assert shown[0] / shown[1] == pytest.approx(drawn[0] / drawn[1], rel=0.02)
