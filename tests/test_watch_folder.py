"""The live view of a folder in a browser: its list, files that are no models, and the page for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from live import violations
from watching import MLP, SMALL, drawn, page_of, watched


def in_folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SMALL.replace("Small", name.capitalize()))
    (tmp_path / "bad.yaml").write_text(SMALL.replace("swiglu", "swigloo"))
    return tmp_path


def state(page: Page, name: str) -> str:
    return f'#models li:has(a[href="#model={name}"]) span:last-child'


def test_a_folder_lists_its_specs_with_their_states(chromium: Browser, tmp_path: Path) -> None:
    folder = in_folder(tmp_path)
    with watched(folder) as watch, page_of(chromium, watch) as page:
        expect(page.locator(state(page, "bad"))).to_have_text("1 error")
        expect(page.locator(state(page, "two"))).to_have_text("fine")
        expect(page.locator("#few")).to_have_text("3 models, 1 with errors")
        (folder / "two.yaml").write_text("name: Two\n")
        expect(page.locator(state(page, "two"))).to_have_text("1 error")
        (folder / "bad.yaml").write_text(SMALL)
        expect(page.locator(state(page, "bad"))).to_have_text("fine")
        (folder / "three.yaml").write_text(SMALL)
        expect(page.locator(state(page, "three"))).to_have_text("fine")
        (folder / "three.yaml").unlink()
        expect(page.locator(state(page, "three"))).to_have_count(0)
        page.click("text=One")
        drawn(page, "One")
        (folder / "one.yaml").write_text(SMALL.replace("Small", "Changed"))
        drawn(page, "Changed")
        page.click("#all")
        expect(page.locator(state(page, "one"))).to_have_text("fine")
        expect(page.locator("#models a").first).to_have_text("Small")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(chromium: Browser, tmp_path: Path, scheme: str) -> None:
    folder = in_folder(tmp_path)
    with watched(folder) as watch, page_of(chromium, watch, color_scheme=scheme) as page:
        expect(page.locator(state(page, "bad"))).to_have_text("1 error")
        assert violations(page) == []
        page.goto(f"{watch.address}#model=one")
        drawn(page, "One")
        page.click(MLP)
        assert violations(page) == []
        (folder / "one.yaml").write_text(SMALL.replace("swiglu", "swigloo"))
        expect(page.locator(".problem.error")).to_have_count(1)
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(page) == []


def test_files_of_editors_are_no_models_and_no_changes(chromium: Browser, tmp_path: Path) -> None:
    folder = in_folder(tmp_path)
    with watched(folder) as watch, page_of(chromium, watch, "#model=one") as page:
        drawn(page, "One")
        page.evaluate("stream.addEventListener('picture', () => { window.pictures = (window.pictures || 0) + 1 })")
        for name in ("one.yaml~", ".one.yaml.swp", "4913", "#one.yaml#", "one.yaml.bak", ".one-copy.yaml", "x.part"):
            (folder / name).write_text("name: wrong\n")
        (folder / "one.yaml").write_text(SMALL.replace("Small", "Changed"))
        drawn(page, "Changed")
        assert page.evaluate("window.pictures") == 1
        page.click("#all")
        expect(page.locator("#few")).to_contain_text("3 models")
