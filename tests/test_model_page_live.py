"""The page of a model as somebody uses it: zoom, blocks that open, words in closed panels, memory, files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from archdraw import load
from archdraw.cli import run
from archdraw.site.about import memory
from archdraw.site.templating import undirected, words
from archdraw.tree.amounts import BITS
from archdraw.tree.fitting import fits
from live import opened, violations
from test_cli import SPEC

MODELS = ("deepseek-v3", "olmo-3-32b", "step-5-preview")
HARMFUL = (
    "</script><img src=x onerror=alert(1)>\"'{x \\ $y$ `z` ](javascript:alert(1)) \u202egnp."
    "<script>document.title=1</script>"
)
WITH_EMOJI = f"{HARMFUL} \U0001f600"
"""What is drawn has no emoji: which fonts there are is the computer's."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of some models, one of them harmful."""
    folder = tmp_path_factory.mktemp("gallery")
    said, short, emoji = (json.dumps(one, ensure_ascii=False) for one in (HARMFUL, HARMFUL[:80], WITH_EMOJI))
    bad = folder / "bad.yaml"
    bad.write_text(
        SPEC.replace("name: Tiny", f"name: {short}")
        + f"developer: {short}\nfamily: {short}\nlicense: {short}\n"
        + f"key_points: [{emoji}]\nnotes: [{emoji}]\nsources: [{said}]\n"
        + f"parents: [{{model: {short}, changes: [{said}]}}]\nreleased: 2024\n",
        "utf-8",
    )
    assert run(["gallery", *MODELS, str(bad), "--slides", "-o", str(folder / "site"), "-j", "1", "--no-cache"]) == 0
    return folder / "site"


def ready(page: Page) -> None:
    page.set_default_timeout(5000)
    page.wait_for_selector("html[data-ready]")


def box(page: Page) -> list[float]:
    return [float(one) for one in (page.get_attribute("#plate > svg", "viewBox") or "").split()]


def block(path: str, within: str = "#plate") -> str:
    return f'{within} [data-path="{path}"] >> nth=0'


def opened_levels(page: Page) -> list[str]:
    return [one.strip() for one in page.locator(".levels button").all_inner_texts() if one.strip()]


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.dataset.path || document.activeElement.getAttribute('class')")


def until(page: Page, true: str, *given: Any) -> None:
    """Waits until the function ``true`` of ``given`` is; Playwright's own way needs eval, which the page forbids."""
    for _ in range(250):
        if page.evaluate(true, *given):
            return
        page.wait_for_timeout(20)
    raise AssertionError(true)


def settled(page: Page) -> None:
    """Waits until nothing glides any more, and the picture is drawn as it is then."""
    until(page, "() => !document.querySelector('#plate > svg').getAnimations().length")


ZOOMED = "() => document.querySelector('#plate').classList.contains('zoomed')"
WHOLE = "() => !document.querySelector('#plate').classList.contains('zoomed')"


def test_wheel_keys_buttons_and_drag_zoom(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        page.locator("#plate").scroll_into_view_if_needed()
        whole = box(page)
        page.mouse.move(700, 500)
        page.mouse.wheel(0, -100)
        assert box(page) == whole
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.keyboard.up("Control")
        until(page, ZOOMED)
        wheeled = box(page)
        assert wheeled[2] < whole[2]
        page.mouse.move(800, 500)
        page.mouse.down()
        page.mouse.move(700, 450, steps=4)
        page.mouse.up()
        page.wait_for_timeout(50)
        dragged = box(page)
        assert dragged[0] > wheeled[0]
        assert dragged[2] == wheeled[2]
        # A drag opens nothing.
        assert opened_levels(page) == []
        page.focus("#plate")
        page.keyboard.press("0")
        until(page, WHOLE)
        assert box(page) == whole
        page.keyboard.press("+")
        until(page, ZOOMED)
        larger = box(page)[2]
        page.click("[data-do=in]")
        page.wait_for_timeout(50)
        assert box(page)[2] < larger < whole[2]
        page.click("[data-do=fit]")
        until(page, WHOLE)


def test_two_fingers_zoom(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html", viewport={"width": 360, "height": 740}, has_touch=True) as page:
        ready(page)
        place = page.locator("#plate").bounding_box()
        assert place is not None
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        touch = page.context.new_cdp_session(page)

        def fingers(apart: float, kind: str) -> None:
            points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

        whole = box(page)
        fingers(20, "touchStart")
        for apart in (30, 45, 60):
            fingers(apart, "touchMove")
        fingers(0, "touchEnd")
        until(page, ZOOMED)
        assert box(page)[2] == pytest.approx(whole[2] / 3, rel=0.05)
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_block_opens_two_levels_down_and_back(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        whole = box(page)
        page.focus(block("layers/layer/mlp"))
        page.keyboard.press("Enter")
        page.wait_for_selector(".lens")
        settled(page)
        assert opened_levels(page) == ["DeepSeek V3", "Mixture of experts"]
        assert page.url.endswith("#open=layers/layer/mlp")
        first = box(page)
        assert first[2] < whole[2]
        # Only what is in front can be reached.
        assert page.locator(".behind [tabindex='0']").count() == 0
        page.keyboard.press("Tab")
        page.click(block("layers/layer/mlp/experts", ".lens"))
        settled(page)
        assert opened_levels(page)[2:] == ["Expert: SwiGLU, width 2,048"]
        assert page.url.endswith("#open=layers/layer/mlp/experts")
        lens = page.locator(".lens >> nth=1")
        assert lens.locator('[data-path="layers/layer/mlp/experts/down_proj"]').is_visible()
        page.hover(block("layers/layer/mlp/experts/down_proj", ".lens >> nth=1 >>"))
        assert "down_proj.weight 7,168 × 2,048" in page.inner_text(".card")
        assert f"{7168 * 2048:,} in each of {256 * 58:,}" in page.inner_text(".card")
        page.keyboard.press("Escape")
        settled(page)
        assert opened_levels(page) == ["DeepSeek V3", "Mixture of experts"]
        assert focused(page) == "layers/layer/mlp/experts"
        page.wait_for_timeout(50)
        assert box(page) == pytest.approx(first)
        page.keyboard.press("Escape")
        settled(page)
        assert page.locator(".lens").count() == 0
        assert focused(page) == "layers/layer/mlp"
        assert "#" not in page.url
        page.wait_for_timeout(50)
        assert box(page) == pytest.approx(whole)


def test_a_picture_is_drawn_twice_while_a_block_opens(chromium: Browser, site: Path) -> None:
    """Between the first and the last frame it is moved as it is, so that no frame waits for its drawing."""
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        page.hover(block("layers/layer/self_attn"))
        page.evaluate(
            "window.drawn = 0; new MutationObserver((all) => { drawn += all.length; })"
            ".observe(document.querySelector('#plate > svg'), { attributeFilter: ['viewBox'] })"
        )
        page.click(block("layers/layer/self_attn"))
        settled(page)
        page.wait_for_timeout(50)
        assert 1 <= page.evaluate("drawn") <= 2


@pytest.mark.parametrize("path", ["mtp/layer/mlp/shared_experts", "layers/layer.dense/mlp", "layers/layer.dense"])
def test_a_link_opens_what_the_plate_does_not_show(chromium: Browser, site: Path, path: str) -> None:
    with opened(chromium, site, f"deepseek-v3.html#open={path}") as page:
        ready(page)
        assert page.url.endswith(f"#open={path}")
        front = page.locator(".lens >> nth=-1")
        inside = front.locator("[data-path]").evaluate_all("all => all.map((one) => one.dataset.path)")
        assert [one for one in inside if one.startswith(f"{path}/")]
        assert front.is_visible()
        page.click(".levels button >> nth=0")
        settled(page)
        assert page.locator(".lens").count() == 0


def test_the_list_of_blocks_leads_to_each(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        links = page.locator("#blocks a")
        for index in range(links.count()):
            links.nth(index).click()
            path = (links.nth(index).get_attribute("href") or "").removeprefix("#open=")
            until(page, "one => location.hash.endsWith(one) && document.querySelector('.lens')", path)
            assert page.locator(".lens >> nth=-1").locator("[data-path]").count() > 1


@pytest.mark.parametrize("layer", ["layers/layer", "layers/layer.dense"])
def test_equal_blocks_have_the_paths_of_where_they_are(chromium: Browser, site: Path, layer: str) -> None:
    """Attention of dense layers is that of the others, and drawn once."""
    with opened(chromium, site, f"deepseek-v3.html#open={layer}/self_attn") as page:
        ready(page)
        front = page.locator(".lens >> nth=-1")
        for name in ("path", "from", "to"):
            ends = front.locator(f"[data-{name}]").evaluate_all(f"all => all.map((one) => one.dataset.{name})")
            inside = [one for one in ends if "/" in one]
            assert f"{layer}/self_attn/q_a_proj" in inside
            assert {one.rpartition("/")[0] for one in inside} == {f"{layer}/self_attn"}


def test_a_word_in_a_closed_panel_is_found(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "olmo-3-32b.html") as page:
        ready(page)
        assert "window 4,096 tokens" not in str(page.text_content("#plate"))
        page.fill(".find input", "window tokens")
        page.wait_for_selector(".find li")
        page.keyboard.press("Enter")
        page.wait_for_selector(".lens")
        assert "causal, window 4,096 tokens" in str(page.text_content(".lens"))
        assert "find=window+tokens" in page.url
        page.fill(".find input", "nothing-has-this")
        until(page, "() => document.querySelector('.find p').textContent.startsWith('0')")


def test_a_block_that_is_found_is_lit(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html#find=gate 2,048") as page:
        ready(page)
        page.click(".find li >> nth=0")
        page.wait_for_selector(".lens [data-path].lit")
        assert str(focused(page)).endswith("/gate_proj")


def test_a_block_lights_its_lines_and_its_panel(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        page.focus(block("layers/layer/self_attn"))
        lit = page.locator(".lit").evaluate_all("all => all.map((one) => ({ ...one.dataset }))")
        assert [one for one in lit if one.get("panel") == "B"]
        assert [one for one in lit if one.get("to") == "layers/layer/self_attn"]
        assert [one for one in lit if one.get("from") == "layers/layer/self_attn"]
        page.wait_for_selector(".card dl")
        assert "187,107,328 in each of 61" in page.inner_text(".card")


FIELDS = ("weights", "bits", "context", "batch", "memory")


def test_memory_is_what_archdraw_fit_says(chromium: Browser, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(chromium, site, "olmo-3-32b.html") as page:
        ready(page)
        for bits, batch, context, available in (("16", "1", "65536", "80GiB"), ("4", "7", "128k", "1.5 TB")):
            capsys.readouterr()
            run(["fit", "olmo-3-32b", "--memory", available, "--cache-bits", bits, "--batch", batch, "--json"])
            (report,) = json.loads(capsys.readouterr().out)
            counted = load("olmo-3-32b").facts
            tokens = 131072 if context == "128k" else int(context)
            for way in report["ways"]:
                page.select_option("[name=weights]", way["dtype"])
                page.select_option("[name=bits]", bits)
                for name, value in zip(FIELDS[2:], (context, batch, available), strict=True):
                    page.fill(f"form.memory [name={name}]", value)
                sizes = page.locator("output small:not(:empty):visible").evaluate_all(
                    "all => all.map((one) => one.parentNode.dataset.value)"
                )
                cache = counted.kv_cache_bytes(tokens, int(bits)) * int(batch)
                assert list(map(int, sizes)) == [way["weights"], cache, way["weights"] + cache]
                assert page.get_attribute("[data-part=longest]", "data-value") == str(way["context"])
        assert "context=128k" in page.url


def test_memory_of_many_models_is_what_they_fit_in(chromium: Browser, site: Path) -> None:
    names = ("deepseek-v3", "gemma-3-27b", "qwen3-next-80b-a3b", "rwkv-5-3b", "kimi-k3", "gpt-2", "u-net",
             "llama-4-maverick", "llama-3-2-11b-vision", "zaya1-8b", "whisper-large-v3", "t5-11b")  # fmt: skip
    models = {name: load(name) for name in names}
    asked = [
        (name, memory(model), available, bits, batch)
        for name, model in models.items()
        for available in (10**9, 80 * 2**30, 3 * 10**12)
        for bits, batch in ((16, 1), (8, 3), (4, 64))
    ]
    # A byte short for several sequences, of a model that keeps nothing.
    asked.append(("u-net", memory(models["u-net"]), models["u-net"].facts.weight_memory("int4") - 1, 16, 3))
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        found = page.evaluate(
            """asked => asked.map(([, numbers, available, bits, batch]) => ["fp32", "bf16", "fp8", "int4"].map(kind => {
                const own = memory.weights(numbers, kind);
                const each = memory.each(BigInt(available) - own, BigInt(batch));
                return [own, memory.longest(numbers, each, BigInt(bits))].map(String);
            }))""",
            asked,
        )
    for (name, _, available, bits, batch), ways in zip(asked, found, strict=True):
        said = [
            [str(way.weights), _as_script(way.context)]
            for way in fits(models[name].facts, available, bits, None, batch)
        ]
        assert ways == said, (name, available, bits, batch)
    assert set(BITS) == {"fp32", "bf16", "fp8", "int4"}


def _as_script(context: int | None) -> str:
    return "null" if context is None else str(context)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("context", "12.5", "tokens"), ("context", "0", "tokens"), ("batch", "0", "whole"), ("memory", "many", "memory")],
)
def test_what_is_no_amount_is_said(chromium: Browser, site: Path, field: str, value: str, message: str) -> None:
    with opened(chromium, site, "deepseek-v3.html") as page:
        ready(page)
        page.fill(f"form.memory [name={field}]", value)
        assert message in page.inner_text(".wrong")
        assert not page.locator("output").is_visible()
        assert page.get_attribute(f"[name={field}]", "aria-invalid") is not None


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The address of the site on this computer: of a folder a browser shows files, and saves none."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_files_can_be_taken_along(chromium: Browser, site: Path, served: str) -> None:
    page = chromium.new_page()
    page.goto(f"{served}/deepseek-v3.html")
    ready(page)
    names = []
    for link in page.locator("#files a").all():
        with page.expect_download() as waiting:
            link.click()
        names.append(waiting.value.suggested_filename)
        assert waiting.value.path().read_bytes() == (site / names[-1]).read_bytes()
    # There the address of a picture is a whole one.
    assert f'src="{served}/deepseek-v3.svg"' in str(page.text_content("#embed-html"))
    page.close()
    assert names == [f"deepseek-v3{end}" for end in (".svg", "-dark.svg", ".png", ".pdf", ".pptx", ".yaml", ".json")]
    assert (site / "deepseek-v3.pdf").read_bytes().startswith(b"%PDF")
    # The spec is the model.
    assert load(site / "deepseek-v3.yaml").block == load("deepseek-v3").block


def test_a_snippet_is_copied(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html", permissions=["clipboard-read", "clipboard-write"]) as page:
        ready(page)
        page.click("[data-copy=embed-both]")
        until(
            page,
            "one => document.querySelector('[data-copy=embed-both]').textContent == one",
            words()["script"]["model"]["copied"],
        )
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.splitlines()[1:3] == [
            '  <source media="(prefers-color-scheme: dark)" srcset="deepseek-v3-dark.svg">',
            '  <img src="deepseek-v3.svg" alt="DeepSeek V3 architecture">',
        ]


def test_a_picture_is_dark_where_the_page_is(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html#open=layers/layer/self_attn", color_scheme="dark") as page:
        ready(page)
        grounds = page.locator("#plate svg > rect, .lens rect").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).fill)"
        )
        assert "rgb(20, 23, 26)" in grounds
        assert "rgb(255, 255, 255)" not in grounds


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["deepseek-v3.html#open=layers/layer/mlp/experts&find=gate", "bad.html", "step-5-preview.html"]
)
def test_axe_finds_nothing_where_blocks_are_open(chromium: Browser, site: Path, address: str, scheme: str) -> None:
    with opened(chromium, site, address, color_scheme=scheme) as page:
        ready(page)
        assert violations(page) == []


def test_no_words_of_a_model_do_harm(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "bad.html") as page:
        ready(page)
        title = page.title()
        assert title != "1"
        page.fill(".find input", "a")
        page.wait_for_selector(".find li")
        page.keyboard.press("Enter")
        assert page.locator("main img").count() == 0
        assert undirected(WITH_EMOJI) in page.inner_text("main")
        assert page.locator('a[href^="javascript" i]').count() == 0
        # The snippets are whole: what they make of a name is a text, too.
        html = page.locator("#embed-html").text_content() or ""
        made = page.evaluate(
            "html => { const one = new DOMParser().parseFromString(html, 'text/html').body.children;"
            " return [one.length, one[0].tagName, one[0].alt]; }",
            html,
        )
        assert made == [1, "IMG", f"{undirected(HARMFUL[:80])} architecture"]
        bibtex = page.locator("#cite-bibtex").text_content() or ""
        assert bibtex.count("{") == bibtex.count("}")


def test_without_scripts_the_plate_the_facts_and_the_blocks_are_there(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, "deepseek-v3.html", java_script_enabled=False) as page:
        assert page.locator("#plate svg").is_visible()
        assert "671B" in page.inner_text("#facts")
        assert "Expert: SwiGLU" in page.inner_text("#blocks")
        for control in (".controls", "form.memory", "[data-copy]"):
            assert not page.locator(control).first.is_visible()
