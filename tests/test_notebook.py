"""What notebooks show: pictures that no page of another changes, and tables."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from PIL import Image

import archdraw
from archdraw import notebook


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """Each test begins with a new session, and leaves no options behind."""
    before = notebook._state
    notebook._state = notebook._State()
    yield
    notebook._state = before


def shown(thing: Any, **asked: Any) -> Any:
    return thing._repr_mimebundle_(**asked)


def address(html: str) -> ET.Element:
    """The picture in the only element of ``html``."""
    (data,) = re.findall(r'^<img [^>]*src="data:image/svg\+xml;base64,([^"]*)">$', html)
    return ET.fromstring(base64.b64decode(data))


def test_a_model_shows_itself() -> None:
    model = archdraw.load("gpt-2")
    data = shown(model)
    assert list(data) == ["text/plain", "text/html", "image/svg+xml"]
    assert data["text/plain"] == repr(model)
    picture = address(data["text/html"])
    assert ET.tostring(picture) == ET.tostring(ET.fromstring(data["image/svg+xml"]))
    assert 'alt="GPT-2 124M architecture"' in data["text/html"]
    assert f'width="{picture.attrib["width"]}"' in data["text/html"]
    assert data["image/svg+xml"] == model.svg()


def test_only_what_is_asked_for_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    model = archdraw.load("gpt-2")
    assert list(shown(model, exclude={"text/html"})) == ["text/plain", "image/svg+xml"]
    assert list(shown(model, include={"image/svg+xml"})) == ["image/svg+xml"]
    monkeypatch.setattr(type(model), "scene", None)
    assert list(shown(model, include={"text/plain"})) == ["text/plain"]
    assert list(shown(model, include={"application/json"})) == []


def test_options_hold_until_they_are_changed() -> None:
    model, both = archdraw.load("gpt-2"), archdraw.compare("gpt-2", "gpt-2-xl")
    said = archdraw.options(theme="dark", view="card")
    assert repr(said) == "<archdraw options: theme='dark', view='card', format='svg'>"
    assert shown(model)["image/svg+xml"] == model.svg("dark", "card")
    assert shown(both)["image/svg+xml"] == both.svg("dark")
    with archdraw.options(theme="print", format="html"):
        assert notebook.chosen() == notebook.Options("print", "card", "html")
        with archdraw.options(view=""):
            assert notebook.chosen() == notebook.Options("print", "", "html")
        assert notebook.chosen().view == "card"
    assert notebook.chosen() == notebook.Options("dark", "card", "svg")


def test_the_page_of_the_spec_is_shown() -> None:
    model = archdraw.load("gpt-2").figure(profile="thumb")
    assert shown(model)["image/svg+xml"] == model.svg(view="thumb")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"theme": "drak"}, "unknown theme 'drak'; did you mean dark"),
        ({"view": "plat"}, "unknown view 'plat'; did you mean plate"),
        ({"format": "jpg"}, "unknown format 'jpg'"),
    ],
)
def test_a_wrong_option_changes_nothing(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(archdraw.ArchdrawError, match=message):
        archdraw.options(**{"theme": "dark", "view": "card", "format": "png", **wrong})
    assert notebook.chosen() == notebook.Options()


class Page(HTMLParser):
    """The ids of a page, what refers to them, its words, and addresses of other files."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.uses: set[str] = set()
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-labelledby":
                self.uses |= set((value or "").split())
            if name in ("href", "xlink:href") and (value or "").startswith("#"):
                self.uses.add((value or "")[1:])
            if name in ("src", "srcset", "srcdoc") and not (value or "").startswith("data:"):
                self.fetched.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_pictures_as_html_share_no_id() -> None:
    """Also where one is shown twice: in a notebook that is a page."""
    archdraw.options(format="html")
    one, other = archdraw.load("gpt-2"), archdraw.load("gpt-2-xl")
    parts = [shown(thing)["text/html"] for thing in (one, other, one, archdraw.compare(one, other), one)]
    page = Page("".join(parts))
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []
    assert page.uses <= set(page.ids)
    assert len(page.ids) > len(parts)
    assert page.fetched == []
    assert {"GPT-2 124M", "GELU FFN"} <= set(page.words)
    assert all(part.startswith("<svg ") and "max-width: 100%" in part for part in parts)
    notebook._state = notebook._State()
    with archdraw.options(format="html"):
        assert shown(one)["text/html"] == parts[0]  # a session that is begun again shows the same


def test_pixels_have_their_size_on_the_page() -> None:
    model = archdraw.load("gpt-2")
    archdraw.options(view="card", format="png")
    data, about = shown(model)
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    scene = model.scene("card")
    assert image.size == (2 * scene.width, 2 * scene.height)
    assert image.mode == "P", "a palette: three pictures in a notebook are under a megabyte"
    assert about == {"image/png": {"width": scene.width, "height": scene.height}}


def test_rows_are_a_table() -> None:
    rows = archdraw.table("gpt-2", "llama-3-8b", columns=("name", "layers", "total_parameters"))
    assert rows == [
        {"name": "GPT-2 124M", "layers": 12, "total_parameters": 124439808},
        {"name": "Llama 3 8B", "layers": 32, "total_parameters": 8030261248},
    ]
    html = rows._repr_html_()  # type: ignore[attr-defined]
    assert html.count("<tr>") == 3
    assert 'title="8,030,261,248">8.03B<' in html
    assert "Facts of 2 models" in html
    assert "<style" not in html


def test_a_long_table_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archdraw.app.table_formats.MOST", 2)
    rows = archdraw.table("gpt-1", "gpt-2", "gpt-2-xl", columns="layers")
    html = rows._repr_html_()  # type: ignore[attr-defined]
    assert (len(rows), html.count("<tr>")) == (3, 2 + 1)
    assert "The first 2 of 3 models" in html


def test_a_difference_is_a_table() -> None:
    found = archdraw.difference("llama-2-7b", "llama-3-8b")
    html = found._repr_html_()
    assert html.count("<tr>") == len(found.changes) + 1
    assert ">vocab_size</td>" in html
    assert ">32,000</td>" in html
    assert ">128,256</td>" in html
    assert "1 difference<" not in html
    assert "<caption>0 differences</caption>" in archdraw.difference("gpt-2", "gpt-2")._repr_html_()
