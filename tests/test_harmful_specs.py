"""Specs whose words are made to do harm, on every page of a gallery, in its data, in a spreadsheet and in Markdown."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from archdraw.cli import run
from archdraw.site.web import ATOM
from live import opened
from test_cli import SPEC
from test_home_page import choose, shown

WORDS = {
    "markup": "</script><img src=x onerror=document.title=1>\"<b>&amp;'",
    "formula": "=cmd|'/c calc'!A1",
    "bidi": "\u202ecod.exe\u2066",
    "emoji": "\U0001f999 \u200d \U0001d518",
    "link": "[x](javascript:alert(1)) | `y`",
    # Its file is called so, too.
    "'\"><img src=x onerror=document.title=1>": "{{ 7 * 7 }} ${7 * 7} <!-- ]]> \\u003c",
}
DRAWN = [name for name in WORDS if name != "emoji"]
EDITED = "https://example.org/(alert(1))?a=1&b=%22%3E%27;alert(1)"
"""An address that may be linked to, with signs that end an attribute or a script."""
PAGES = ("index", "compare", "lineage", "scale", "timeline", "concepts", "findings", "lesson")


def harmful(text: str, parent: str) -> str:
    """A spec that says ``text`` wherever an author may, and comes from ``parent``."""
    said = json.dumps(text, ensure_ascii=False)
    return (
        SPEC.replace("Tiny", said)
        + "".join(f"{field}: {said}\n" for field in ("developer", "license", "family"))
        + "".join(f"{field}: [{said}]\n" for field in ("key_points", "notes", "sources"))
        + f"released: 2024-01-02\nlinks: {{config: {json.dumps(EDITED)}}}\n"
        + f"published: {{total_parameters: 1e9, source: {said}, differs: {said}}}\n"
        + f"parents: [{{model: {json.dumps(parent, ensure_ascii=False)}, relation: influence, changes: [{said}]}}]\n"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery of harmful models, each of which came from the one before it, with an address of its own."""
    folder = tmp_path_factory.mktemp("harmful")
    for before, (name, text) in zip([*DRAWN[-1:], *WORDS], WORDS.items(), strict=False):
        (folder / f"{name}.yaml").write_text(harmful(text, before), "utf-8")
    address = ("--base-url", "https://example.org/g")
    assert run(["gallery", str(folder), "-o", str(folder / "out"), *address, "-j", "1", "--no-cache"]) == 1
    # Letters that no font here has cannot be drawn: reported, left out, and the rest is built.
    assert not (folder / "out" / "emoji.html").exists()
    return folder / "out"


def test_no_words_do_harm_on_any_page(chromium: Browser, site: Path) -> None:
    pages = sorted(page.name for page in site.glob("*.html"))
    assert {*(f"{name}.html" for name in (*PAGES, *DRAWN))} < {*pages}
    # A file's name would end where an address has its state.
    assert not [page for page in pages if "#" in page]
    states = ["index.html#view=table&q=script", "compare.html#models=" + ",".join(map(quote, DRAWN[:4]))]
    for address in (*pages, *states):
        with opened(chromium, site, address) as page:
            page.wait_for_timeout(100)
            assert page.title() != "1", address
            assert page.locator("img[src=x]").count() == 0, address
            assert "\u202e" not in page.content(), address
            assert "49 49" not in page.inner_text("body"), address
            links = {*page.eval_on_selector_all("[href]", "all => all.map((one) => (one.href.baseVal ?? one.href))")}
            schemes = {str(link).partition(":")[0] for link in links if ":" in str(link).partition("/")[0]}
            assert schemes <= {"file", "https", "data"}, address
    with opened(chromium, site) as page:
        choose(page, "developer", "script")
        assert shown(page) == ["markup"]


def test_feed_and_sitemap_are_well_formed_and_name_every_model(site: Path) -> None:
    feed = ElementTree.parse(site / "feed.xml").getroot()
    titles = {entry.findtext(f"{{{ATOM}}}title") or "" for entry in feed.iter(f"{{{ATOM}}}entry")}
    assert len(titles) == len(DRAWN)
    assert WORDS["markup"] in titles
    assert not [title for title in titles if "\u202e" in title]
    places = [one.text or "" for one in ElementTree.parse(site / "sitemap.xml").getroot().iter() if one.text]
    assert f"https://example.org/g/{quote(DRAWN[-1])}.html" in places


def test_no_words_do_harm_in_a_spreadsheet_or_in_markdown(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (site / "facts.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{WORDS['formula']}" in cells
    assert not [cell for cell in cells if "\u202e" in cell]
    specs = sorted(map(str, site.parent.glob("*.yaml")))
    capsys.readouterr()
    assert run(["table", *specs, "--format", "md"]) == 0
    text = capsys.readouterr().out
    assert not re.search(r"(?<!\\)<", text)
    assert "\u202e" not in text
    assert not re.search(r"(?<!\\)\]\(javascript:", text)
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in text.splitlines()}) == 1
