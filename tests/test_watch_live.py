"""The live view in a browser: what is saved is seen, errors are said beside it, blocks and lines lead to each other."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from archdraw.errors import InputError
from archdraw.model import load
from archdraw.resources import specs_folder
from watching import MLP, SMALL, Watch, drawn, page_of, watched

HEAD = '[data-path="lm_head"]'
WIDE = """() => {
    const box = document.querySelector('#picture svg')?.viewBox.baseVal
    return box && Math.abs(box.width / box.height - 16 / 9) < 0.01
}"""
"""Whether the picture is a slide."""
CURRENT = '#lines [aria-selected="true"]'


def spec(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


def replaced(file: Path, text: str) -> None:
    """Saves ``text`` as many editors do: another file takes the place of the one that was there."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text)
    os.replace(part, file)  # noqa: PTH105


def is_lit(page: Page, element: str) -> bool:
    """Whether one of the frames around lit blocks is around ``element``."""
    return bool(
        page.evaluate(
            """element => {
                const inner = document.querySelector(element).getBoundingClientRect()
                return [...document.querySelectorAll('.lit')].some(one => {
                    const outer = one.getBoundingClientRect()
                    return outer.left <= inner.left && outer.right >= inner.right && outer.top <= inner.top
                        && outer.bottom >= inner.bottom && outer.width < inner.width + 40
                })
            }""",
            element,
        )
    )


@pytest.mark.parametrize("save", [Path.write_text, replaced])
def test_what_is_saved_is_seen(chromium: Browser, tmp_path: Path, save: object) -> None:
    file = spec(tmp_path)
    with watched(file) as watch, page_of(chromium, watch) as page:
        drawn(page, "Small")
        for name in ("Second", "Third", "Fourth"):
            save(file, SMALL.replace("Small", name))  # type: ignore[operator]
            drawn(page, name)
            expect(page.locator("#lines")).to_contain_text(f"name: {name}")


def test_only_what_differs_is_replaced_and_the_picture_is_that_of_a_page_opened_now(
    chromium: Browser, tmp_path: Path
) -> None:
    file = spec(tmp_path)
    edits = [("Small", "Second"), ("intermediate_size: 256", "intermediate_size: 264"), ("times: 4", "times: 5")]
    text = SMALL
    with watched(file) as watch, page_of(chromium, watch) as page:
        drawn(page, "Small")
        page.evaluate("document.querySelector('#picture svg > rect').isKept = true")
        for before, after in edits:
            text = text.replace(before, after)
            file.write_text(text)
            expect(page.locator("#lines")).to_contain_text(after)
            with page_of(chromium, watch) as opened:
                drawn(opened, "Second")
                shown = "document.querySelector('#picture svg').outerHTML"
                assert page.evaluate(shown) == opened.evaluate(shown)
            assert page.evaluate("document.querySelector('#picture svg > rect').isKept")


def test_errors_are_said_beside_the_last_good_picture(chromium: Browser, tmp_path: Path) -> None:
    file = spec(tmp_path)
    with watched(file) as watch, page_of(chromium, watch) as page:
        drawn(page, "Small")
        file.write_text(SMALL.replace("swiglu", "swigloo").replace("- rmsnorm", "- rmsnom"))
        expect(page.locator(".problem.error")).to_have_count(2)
        with pytest.raises(InputError) as caught:
            load(file)
        said = page.eval_on_selector_all(".problem", "all => all.map(one => one.textContent)")
        assert said == [str(problem) for problem in caught.value.problems]
        assert "swigloo" in said[0]
        assert f"{file}:9:22: error: " in said[0]
        assert "^^^^^^^" in said[0]
        assert "hint: did you mean swiglu?" in said[0]
        assert page.eval_on_selector("#picture.old svg", "one => getComputedStyle(one).opacity") == "0.35"
        expect(page.locator("#picture svg")).to_contain_text("Small")
        expect(page.locator("#lines .error")).to_have_count(2)
        page.locator(".problem").first.click()
        expect(page.locator(CURRENT)).to_contain_text("swigloo")
        # Who opens the page now sees the same.
        page.reload()
        expect(page.locator("#picture.old svg")).to_contain_text("Small")
        file.write_text(SMALL)
        drawn(page, "Small")
        expect(page.locator("#problems")).to_be_hidden()
        expect(page.locator("#lines .error")).to_have_count(0)


def test_a_spec_that_begins_with_errors_and_one_that_goes_away(chromium: Browser, tmp_path: Path) -> None:
    file = spec(tmp_path)
    file.write_text("name: Small\n")
    with watched(file) as watch, page_of(chromium, watch) as page:
        expect(page.locator(".problem.error")).to_contain_text("layers")
        expect(page.locator("#picture svg")).to_have_count(0)
        file.write_text(SMALL)
        drawn(page, "Small")
        file.unlink()
        expect(page.locator(".problem.error")).to_contain_text("file not found")
        expect(page.locator("#picture.old svg")).to_have_count(1)
        file.write_text(SMALL.replace("Small", "Again"))
        drawn(page, "Again")


def test_a_click_on_a_block_leads_to_its_line_and_runs_the_editor(chromium: Browser, tmp_path: Path) -> None:
    file, said = spec(tmp_path), tmp_path / "said"
    script = tmp_path / "editor.py"
    script.write_text("import os, sys\nopen(sys.argv[1] + '.new', 'w').write(sys.argv[2])\n"
                      "os.replace(sys.argv[1] + '.new', sys.argv[1])\n")  # fmt: skip
    editor = f"'{sys.executable}' '{script}' '{said}' '{{file}}:{{line}}:{{column}}'"
    with watched(file, "--editor", editor) as watch, page_of(chromium, watch) as page:
        drawn(page, "Small")
        page.click(MLP)
        expect(page.locator(CURRENT)).to_contain_text("swiglu")
        assert is_lit(page, MLP)
        page.wait_for_timeout(0)
        for _ in range(200):
            if said.exists():
                break
            page.wait_for_timeout(50)
        assert said.read_text() == f"{file.resolve()}:9:22"


def test_the_line_of_a_cursor_lights_its_block(chromium: Browser, tmp_path: Path) -> None:
    file, cursor = spec(tmp_path), tmp_path / ".cursor"
    with watched(file, "--cursor-file", str(cursor)) as watch, page_of(chromium, watch) as page:
        drawn(page, "Small")
        page.wait_for_function("() => Source.pathsAt(9).length")
        assert watch.ask("cursor", {"line": 9}) == (204, "")
        expect(page.locator(CURRENT)).to_contain_text("swiglu")
        assert is_lit(page, MLP)
        assert watch.ask("cursor?line=11", {}) == (204, "")
        expect(page.locator(CURRENT)).to_contain_text("output_head")
        assert is_lit(page, HEAD)
        assert not is_lit(page, MLP)
        cursor.write_text(f"{file}:9:3\n")
        expect(page.locator(CURRENT)).to_contain_text("swiglu")
        assert is_lit(page, MLP)
        # In the page itself: by a click, and by keys.
        page.locator("#lines > div").nth(10).click()
        assert is_lit(page, HEAD)
        page.keyboard.press("ArrowUp")
        expect(page.locator(CURRENT)).to_contain_text("rmsnorm")
        page.locator("#picture").focus()
        page.keyboard.press("n")
        expect(page.locator("#state")).to_contain_text(": line ")
        # A block stays lit when the spec is drawn again.
        watch.ask("cursor", {"line": 9})
        expect(page.locator(CURRENT)).to_contain_text("swiglu")
        file.write_text(SMALL.replace("Small", "Again"))
        drawn(page, "Again")
        assert is_lit(page, MLP)


def test_of_layers_that_are_alike_the_one_that_is_drawn_lights_up(chromium: Browser, tmp_path: Path) -> None:
    """Kimi K3 has one definition of attention in layers of several paths, of which one stands in the picture."""
    file = tmp_path / "kimi-k3.yaml"
    shutil.copy(specs_folder() / "kimi-k3.yaml", file)
    line = next(index for index, text in enumerate(file.read_text().splitlines(), 1) if "q_lora_rank" in text)
    latent = '[data-path="layers/layer.attention/self_attn"]'
    with watched(file) as watch, page_of(chromium, watch) as page:
        drawn(page, "Kimi K3")
        page.wait_for_function(f"() => Source.pathsAt({line}).length")
        watch.ask("cursor", {"line": line})
        expect(page.locator(CURRENT)).to_contain_text("q_lora_rank")
        assert is_lit(page, latent)
        assert page.locator(".lit").count() == page.locator(latent).count()


def test_themes_and_pages_that_the_picture_is_made_with_are_watched(chromium: Browser, tmp_path: Path) -> None:
    file, (themes, pages) = spec(tmp_path), (tmp_path / "themes", tmp_path / "pages")
    for folder in (themes, pages):
        folder.mkdir()
    theme, page_file = themes / "mine.yaml", pages / "mine.yaml"
    theme.write_text("like: light\npage: '#FEFEFE'\n")
    page_file.write_text("like: slide\n")
    ground = "document.querySelector('#picture:not(.old) svg > rect')?.getAttribute('fill')"
    with watched(file, "--theme", str(theme), "--view", str(page_file)) as watch, page_of(chromium, watch) as page:
        page.wait_for_function(f"() => {ground} === '#FEFEFE'")
        theme.write_text("like: light\npage: '#FDFDFD'\n")
        page.wait_for_function(f"() => {ground} === '#FDFDFD'")
        theme.write_text("like: lihgt\n")
        expect(page.locator(".problem.error")).to_contain_text(f"{theme}:1:7: error: unknown theme")
        theme.write_text("like: light\npage: '#FEFEFE'\n")
        page.wait_for_function(f"() => {ground} === '#FEFEFE'")
        width = "document.querySelector('#picture svg').getAttribute('viewBox').split(' ')[3]"
        before = page.evaluate(width)
        page_file.write_text("like: slide-4-3\n")
        page.wait_for_function(f"() => {width} !== '{before}'")


def test_choices_are_part_of_the_address(chromium: Browser, tmp_path: Path) -> None:
    file = spec(tmp_path)
    with watched(file) as watch, page_of(chromium, watch, color_scheme="dark") as page:
        drawn(page, "Small")
        ground = "document.querySelector('#picture svg > rect')?.getAttribute('fill')"
        dark = page.evaluate(ground)
        page.select_option("#theme", "light")
        page.wait_for_function(f"() => {ground} !== '{dark}'")
        page.select_option("#view", "slide")
        page.wait_for_function(WIDE)
        page.click("#larger")
        page.click("#show-source")
        expect(page.locator("#source")).to_be_hidden()
        assert "theme=light" in page.url
        zoom = page.inner_text("#fit")
        page.reload()
        page.wait_for_function(WIDE)
        assert (page.input_value("#theme"), page.input_value("#view")) == ("light", "slide")
        assert page.inner_text("#fit") == zoom != "Fit"
        expect(page.locator("#source")).to_be_hidden()
        page.click("#fit")
        assert page.eval_on_selector("#picture svg", "one => one.getAttribute('width')") == "100%"


def test_the_server_goes_and_comes_back(chromium: Browser, tmp_path: Path) -> None:
    file = spec(tmp_path)
    context = chromium.new_context()
    with watched(file) as watch:
        page = context.new_page()
        page.goto(watch.address)
        drawn(page, "Small")
    expect(page.locator("#state.error")).to_contain_text("Not connected")
    context.close()
    assert isinstance(watch, Watch)
