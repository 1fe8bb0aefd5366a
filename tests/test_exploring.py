"""A model to be explored in a frame of a notebook, as a browser shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import archdraw


@pytest.fixture
def notebook(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """What opens a page with frames in it; at the end nothing was asked for but that page, and nothing failed."""
    page, asked, failed = chromium.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: failed.append(str(error)))

    def opened(*frames: str) -> Page:
        (tmp_path / "notebook.html").write_text("<!DOCTYPE html>" + "".join(frames), "utf-8")
        page.goto((tmp_path / "notebook.html").as_uri())
        for frame in page.frames[1:]:
            frame.wait_for_selector("html[data-ready]")
        return page

    yield opened
    assert asked == [(tmp_path / "notebook.html").as_uri()]
    assert failed == []
    page.close()


def test_blocks_open_in_a_frame(notebook: Any) -> None:
    explored = archdraw.load("llama-3-8b").explore()
    page = notebook(explored._repr_html_(), explored._repr_html_())
    assert len(page.frames) == 3
    first, second = page.frames[1:]
    first.locator('#plate [data-path$="mlp"][role=button]').first.click()
    first.wait_for_selector(".lens")
    assert first.locator(".levels").inner_text().split("\n")[0] == "Llama 3 8B"
    assert second.locator(".lens").count() == 0
    first.locator(".find input").fill("embedding")
    first.wait_for_selector(".find li")
    assert re.fullmatch(r"\d+ found", first.locator(".find [role=status]").inner_text())
    weights = first.evaluate("[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.weight)")
    assert {"400", "700"} <= set(weights)
    # Nothing of the notebook can be reached from the frame.
    assert first.evaluate("(() => { try { return parent.document.title } catch { return null } })()") is None


def test_a_file_of_it_is_the_same_page(tmp_path: Path) -> None:
    explored = archdraw.load("gpt-2").explore("dark", height=500)
    assert explored.save(tmp_path / "gpt-2.html") == tmp_path / "gpt-2.html"
    text = (tmp_path / "gpt-2.html").read_text("utf-8")
    assert text == explored.page
    assert '<html lang="en" data-theme="dark">' in text
    assert 'height="500"' in explored._repr_html_()
    assert explored._repr_html_().count("'") == 2  # around the page
    assert ">Run this cell to explore: GPT-2 124M architecture</iframe>" in explored._repr_html_()
    assert repr(explored) == "<archdraw page: GPT-2 124M architecture>"
    assert archdraw.load("gpt-2").explore("dark").page == text  # the same bytes every time
    assert 'data-theme="light"' in archdraw.load("gpt-2").explore().page


def test_the_theme_is_that_of_the_options() -> None:
    with archdraw.options(theme="dark"):
        dark = archdraw.load("gpt-2").explore()
    assert 'data-theme="dark"' in dark.page
    with pytest.raises(archdraw.ArchdrawError, match="unknown theme 'drak'"):
        archdraw.load("gpt-2").explore("drak")


def test_a_model_that_is_not_disclosed() -> None:
    unknown = next(model for model in map(archdraw.load, ("step-5-preview",)) if model.facts.unknown)
    assert "modelBlocks" in unknown.explore().page


def test_markup_in_a_name_stays_text(notebook: Any) -> None:
    name = "Tiny <b>'&\" </script>"
    spec = f"name: {name!r}\nhidden_size: 8\nvocab_size: 10\nlayers: [embedding]\n".replace("\\'", "''")
    explored = archdraw.Model.from_text(spec).explore()
    frame = notebook(explored._repr_html_()).frames[1]
    assert frame.evaluate("document.title") == f"{name} architecture"
    assert frame.locator("b").count() == 0
