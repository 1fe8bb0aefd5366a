"""Small parts of a site: colors of plates in a dark page, citations, words that a search finds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw import load
from archdraw.app.jobs import Output
from archdraw.app.kept import Kept
from archdraw.app.tables import COLUMNS
from archdraw.cache.store import Store
from archdraw.site import citing, colours
from archdraw.site.about import words_of
from archdraw.site.blocks import made
from archdraw.site.entries import Entry, words_in
from archdraw.site.pages.home import within_others
from archdraw.site.pages.models import SAID, beside
from archdraw.site.templating import page
from archdraw.theme import contrast, load_theme
from archdraw.writers.svg import svg

PAINT = re.compile(r'(fill|stroke)=\\?"(#[0-9A-F]{6})')
RULE = re.compile(r'\.picture \[(fill|stroke)="(#[0-9A-F]{6})"\] \{ \1: light-dark\(\2, (#[0-9A-F]{6})\) \}')


@pytest.mark.parametrize(
    "name", ["deepseek-v3", "kimi-k3", "olmo-3-32b", "u-net", "stable-diffusion-vae", "mamba2-2-7b"]
)
def test_every_color_of_a_plate_has_another_in_a_dark_page(name: str) -> None:
    rules = {(what, light): dark for what, light, dark in RULE.findall(colours.style())}
    model = load(name)
    text = svg(model.scene(), "plain") + made(model, Output(Path("x.js"), "js", "blocks")).data.decode()
    used = {*PAINT.findall(text)}
    assert used
    assert not used - rules.keys()
    # Where one color of the light theme is two of the dark one, either can be told from the page.
    page = load_theme("dark").page
    drawn = {dark for what, dark in PAINT.findall(svg(model.scene(theme="dark"), "plain")) if what == "stroke"}
    assert all(
        contrast(rules["stroke", one], page) >= 3
        for what, one in used
        if what == "stroke" and rules[what, one] not in drawn
    )


def entry(**facts: Any) -> Entry:
    said = {"name": "A", "developer": None, "released": None, "family": None} | facts
    return Entry("a", Path("a.yaml"), "", "", {"facts": said, "links": {"report": "https://example.org/a{b}%20c"}}, {})


def test_what_tex_reads_as_a_command_is_a_letter_in_a_citation() -> None:
    text = citing.bibtex(entry(name="{A} & B_1 #2 100% $x$ ~ ^ \\end", developer="R&D", released="2024-05"), "")
    assert r"title = {{\textbraceleft{}A\textbraceright{} \& B\_1 \#2 100\% \$x\$" in text
    assert r"\textbackslash{}end: architecture diagram}}" in text
    assert "author = {{R\\&D}}" in text
    assert "year = {2024}" in text
    assert "url = {https://example.org/ab%20c}" in text
    assert text.count("{") == text.count("}")


def test_a_citation_has_the_address_of_the_page_where_it_is_known() -> None:
    assert "url = {https://example.org/gallery/a.html}" in citing.bibtex(entry(), "https://example.org/gallery/a.html")
    assert citing.sentence(entry(developer="Lab", released="2024-05-01"), "").startswith("Lab (2024). A: architecture")


def test_neighbours_are_those_in_time() -> None:
    newest, middle, oldest = (entry(name=name) for name in "CBA")
    row = (newest, middle, oldest)
    assert [beside(row, place) for place in range(3)] == [(middle, None), (oldest, newest), (None, middle)]


def test_what_an_author_says_are_columns() -> None:
    assert not SAID - COLUMNS.keys()
    assert not {one for one in COLUMNS if "parameters" in one or "bytes" in one} & SAID


def test_a_search_has_words_that_no_plate_shows() -> None:
    words = words_of(load("qwen3-next-80b-a3b"))
    assert len(words) == len(set(words))
    assert "down" in words
    assert "down" not in words_in(svg(load("qwen3-next-80b-a3b").scene(), "plain")).split()


@given(st.dictionaries(st.text("ab", min_size=1, max_size=4), st.sets(st.integers(0, 3), min_size=1).map(sorted)))
def test_words_that_are_left_out_of_the_index_are_found_by_those_around_them(places: dict[str, list[int]]) -> None:
    left_out = within_others(places)
    kept = {word: found for word, found in places.items() if word not in left_out}
    for asked in {word[start:end] for word in places for start in range(4) for end in range(start + 1, 5)}:
        every, still = (
            {place for word, found in those.items() if asked in word for place in found} for those in (places, kept)
        )
        assert still == every


def test_words_that_say_nothing_of_their_own_are_left_out_of_the_index() -> None:
    assert within_others({"layer": [1], "layers": [1, 2], "key": [0, 3], "keys": [0], "monkey": [3], "a": [5]}) == {
        "layer",
        "key",
    }


def test_the_code_of_templates_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_compiled(*_: Any, **__: Any) -> Any:
        raise AssertionError("a template was compiled")

    values = {"caption": "Models", "head": (), "rows": (), "left": "", "heading": 0}
    kept = [Kept(Store(str(tmp_path), 1 << 20)) for _ in range(2)]
    first = page("rows.html.j2", kept[0], **values)
    monkeypatch.setattr("jinja2.Environment._generate", is_compiled)
    assert page("rows.html.j2", kept[1], **values) == first
    with pytest.raises(AssertionError, match="compiled"):
        page("rows.html.j2", Kept(Store(str(tmp_path / "other"), 1 << 20)), **values)
