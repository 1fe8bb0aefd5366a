"""Lineage, scale, timeline and concepts as somebody uses them, in a real browser and from a folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from archdraw.cli import run
from live import opened, violations

MODELS = ("llama-1-7b", "llama-2-7b", "llama-2-70b", "llama-3-8b", "mistral-7b", "mixtral-8x7b", "mamba-2-8b")
PAGES = ("lineage.html", "scale.html", "timeline.html", "concepts.html", "concept-grouped-query-attention.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of some models, and of one that is related to none."""
    folder = tmp_path_factory.mktemp("gallery")
    assert run(["gallery", *MODELS, "-o", str(folder), "-j", "1", "--no-cache"]) == 0
    return folder


def focused(page: Page) -> str:
    """The address of the link that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('href') || ''"))


def lit(page: Page) -> set[str]:
    """The models that are lit."""
    return {*page.evaluate("[...document.querySelectorAll('a.lit')].map((one) => one.dataset.path)")}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(chromium: Browser, site: Path, address: str, scheme: str, width: int) -> None:
    with opened(chromium, site, address, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        assert violations(page) == []


@pytest.mark.parametrize("width", [360, 1440, 3840])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_no_wider_than_its_window(chromium: Browser, site: Path, address: str, width: int) -> None:
    with opened(chromium, site, address, viewport={"width": width, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


CUT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const arrow = 16;
  return [...document.querySelectorAll("select")].flatMap((one) => {
    const style = getComputedStyle(one);
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
    return [...one.options].map((each) => each.text).filter((text) => pen.measureText(text).width > room);
  });
}"""


@pytest.mark.parametrize("width", [360, 480, 1440])
def test_a_choice_is_not_cut(chromium: Browser, site: Path, width: int) -> None:
    with opened(chromium, site, "scale.html", viewport={"width": width, "height": 800}) as page:
        assert page.evaluate(CUT) == []


def test_one_walks_from_parent_to_child_by_keyboard(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "lineage.html#model=llama-2-7b") as page:
        assert focused(page) == "llama-2-7b.html"
        # Its descendants, and what it came from itself.
        assert lit(page) == {"llama-1-7b", "llama-2-7b", "llama-2-70b", "llama-3-8b", "mistral-7b", "mixtral-8x7b"}
        assert page.locator("#about").inner_text() == "Llama 2 7B: 1 ancestor, 4 descendants"
        page.keyboard.press("ArrowLeft")
        assert focused(page) == "llama-1-7b.html"
        page.keyboard.press("ArrowRight")
        children = set()
        page.keyboard.press("ArrowRight")
        for _ in range(3):
            children.add(focused(page))
            page.keyboard.press("ArrowDown")
        assert children == {"llama-2-70b.html", "llama-3-8b.html", "mistral-7b.html"}
        while focused(page) != "mistral-7b.html":
            page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
        assert focused(page) == "mixtral-8x7b.html"
        assert page.url.endswith("#model=mixtral-8x7b")
        # Only one box is a stop of Tab.
        assert page.locator("#view a[tabindex='0']").count() == 1
        page.keyboard.press("Enter")
        page.wait_for_url("**/mixtral-8x7b.html")


def test_a_pointer_lights_relatives_and_a_filter_shows_its_models(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "lineage.html") as page:
        page.hover("a[data-path='mistral-7b']")
        assert lit(page) == {"llama-1-7b", "llama-2-7b", "mistral-7b", "mixtral-8x7b"}
        assert page.locator("g.lit[data-from='llama-2-7b'][data-to='mistral-7b']").count() == 1
        assert page.locator("g.lit[data-to='llama-3-8b']").count() == 0
        page.mouse.move(1, 1)
        page.select_option("#f-developer", "Mistral AI")
        assert page.locator("a[data-path]:not(.out)").count() == 2
        assert page.locator("#about").inner_text() == "2 of 6 models"
        assert page.locator("#models li:visible").count() == 2
        assert page.url.endswith("#developer=Mistral+AI")
        expect(page.locator("#view")).to_have_class(re.compile("zoomed"))
        # The part that is shown fills the picture.
        ratio = "(({ width, height }) => width / height)(document.querySelector('#view svg').%s)"
        drawn, asked = (page.evaluate(ratio % one) for one in ("getBoundingClientRect()", "viewBox.baseVal"))
        assert drawn == pytest.approx(asked, rel=0.01)
        page.click("#choices button")
        expect(page.locator("a.out")).to_have_count(0)
        assert "#" not in page.url


def test_zoom_keeps_a_click_on_a_box(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "lineage.html") as page:
        page.click("[data-do='in']")
        page.wait_for_selector("#view.zoomed")
        page.click("[data-do='fit']")
        page.click("a[data-path='llama-3-8b']")
        page.wait_for_url("**/llama-3-8b.html")
        page.click("#relations a >> text=All ancestors and descendants")
        # The focus is set when the page has come and its scripts have run.
        page.wait_for_function("document.activeElement.getAttribute('href') === 'llama-3-8b.html'")


def test_axes_are_chosen_and_marks_move(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "scale.html") as page:
        place = "document.querySelector('#plot a[href=\"mamba-2-8b.html\"]').style.transform"
        before = page.evaluate(place)
        page.select_option("#f-x", "layers")
        assert page.evaluate(place) != before
        assert page.locator("#about").inner_text() == "7 of 7 models"
        page.select_option("#f-y", "cache")
        # What keeps no cache has no place, and is named.
        assert page.locator("#about").inner_text() == "6 of 7 models"
        assert page.locator("#absent").inner_text() == "Mamba 2.8B"
        assert page.url.endswith("#y=cache&x=layers")
        page.hover("#plot a[href='llama-2-70b.html'] circle >> nth=0")
        assert page.locator("#about").inner_text() == "Llama 2 70B: layers 80, KV cache per token 320 KiB"


def test_arrows_lead_to_the_nearest_mark(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "scale.html#x=total") as page:
        page.focus("#plot a[href='llama-2-70b.html']")
        page.keyboard.press("ArrowLeft")
        assert focused(page) == "mixtral-8x7b.html"
        page.keyboard.press("ArrowRight")
        assert focused(page) == "llama-2-70b.html"
        page.keyboard.press("Enter")
        page.wait_for_url("**/llama-2-70b.html")


def test_the_timeline_is_sorted_marked_and_walked_through(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "timeline.html") as page:
        rows = page.locator("#years tr[data-models] th a")
        page.select_option("#f-sort", "number")
        assert rows.first.inner_text() in ("Pre-norm", "SwiGLU", "RoPE")
        numbers = [int(one) for one in page.locator("#years tr[data-models] td:last-child").all_inner_texts()]
        assert numbers == sorted(numbers, reverse=True)
        page.select_option("#f-model", "mamba-2-8b")
        marked = page.locator("#years tr[data-models]:not(.out) th a").all_inner_texts()
        assert "Mamba" in marked
        assert "RoPE" not in marked
        page.click("#choices button")
        page.wait_for_selector("#years tr.topic:visible")
        page.locator("#years th a", has_text="Grouped-query attention").focus()
        page.keyboard.press("ArrowRight")
        assert focused(page) == "llama-2-70b.html"
        page.keyboard.press("ArrowRight")
        assert focused(page) == "concept-grouped-query-attention.html#y2023"
        assert "Llama 2 70B, Mistral 7B, Mixtral 8x7B" in page.locator("#about").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/concept-grouped-query-attention.html#y2023")


def test_without_scripts_all_is_there_to_read(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "lineage.html", java_script_enabled=False) as page:
        assert page.locator("#view svg").is_visible()
        assert page.locator("#models li:visible").count() == 6
        assert page.get_by_text("Models without a relation").is_visible()
        assert not page.locator("#choices").is_visible()
    with opened(chromium, site, "scale.html", java_script_enabled=False) as page:
        assert page.locator("#numbers tbody tr:visible").count() == len(MODELS)
        assert not page.locator("#live").is_visible()
    with opened(chromium, site, "timeline.html", java_script_enabled=False) as page:
        page.click("#years td a[href$='#y2023'] >> nth=0")
        assert page.locator("math").is_visible()
        assert page.locator("figure svg").is_visible()


def test_a_model_leads_to_what_changed_from_its_parent_and_says_how_a_slide_is_made(
    chromium: Browser, site: Path
) -> None:
    with opened(chromium, site, "llama-2-7b.html") as page:
        command = page.inner_text("#files code")
        assert command == "archdraw render llama-2-7b.yaml --view slide -o llama-2-7b.pptx"
        page.click("header a:text-is('what changed')")
        page.wait_for_selector("#towers.of-2")
        assert page.locator("#towers h3").all_inner_texts() == ["LLaMA 7B", "Llama 2 7B"]
