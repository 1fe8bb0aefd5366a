"""Pictures in what Pandoc converts: the filter on its documents; ``verify_documents.py`` has Pandoc call it."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.app.jobs import Drawn, Job, draw
from archdraw.cli import run
from archdraw.documents import drawing
from archdraw.documents.pandoc import LUA, TARGETS, Filter
from archdraw.provenance import found_in
from test_sphinx import SPEC


def code(text: str, *pairs: tuple[str, str], name: str = "") -> Any:
    return {"t": "CodeBlock", "c": [[name, ["archdraw", "wide"], [list(pair) for pair in pairs]], text]}


def image(source: str, *pairs: tuple[str, str]) -> Any:
    words = [{"t": "Str", "c": "Words"}]
    return {
        "t": "Para",
        "c": [{"t": "Image", "c": [["", ["archdraw"], [list(p) for p in pairs]], words, [source, ""]]}],
    }


def document(*blocks: Any, version: tuple[int, ...] = (1, 23, 1), **meta: str) -> Any:
    said = {name.replace("_", "-"): {"t": "MetaInlines", "c": [{"t": "Str", "c": text}]} for name, text in meta.items()}
    return {"pandoc-api-version": list(version), "meta": said, "blocks": list(blocks)}


def images(node: Any) -> list[Any]:
    """The pictures in a document, in their order."""
    if isinstance(node, dict) and node.get("t") == "Image":
        return [node["c"]]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [one for part in inner for one in images(part)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


BEGINS = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
WANTED = {
    "html": "svg",
    "html5": "svg",
    "gfm": "svg",
    "epub3": "svg",
    "odt": "svg",
    "revealjs": "svg",
    "typst": "svg",
    "latex": "pdf",
    "beamer": "pdf",
    "context": "pdf",
    "docx": "png",
    "pptx": "png",
}


@pytest.mark.parametrize("to", WANTED)
def test_each_format_gets_what_it_shows(to: str) -> None:
    done = Filter(document(code("gpt-2", ("view", "thumb"))), f"{to}+smart")
    ((_, classes, _), _, (source, _)) = images(done.run())[0]
    data = Path(source).read_bytes()
    assert Path(source).suffix == f".{WANTED[to]}"
    assert data.startswith(BEGINS[WANTED[to]])
    assert "archdraw" not in classes
    assert "wide" in classes
    assert done.problems == []
    # Programs without the fonts of a file would show letters of another font.
    if to in ("odt", "typst", "epub3"):
        assert b"<text" not in data
    assert (b"@font-face" in data) == (to in ("html", "html5", "gfm", "revealjs"))


def test_slides_get_slides_and_documents_pages() -> None:
    sizes = {}
    for to in ("docx", "pptx"):
        ((_, _, (source, _)),) = images(Filter(document(code("gpt-2")), to).run())
        sizes[to] = struct.unpack(">II", Path(source).read_bytes()[16:24])
    assert sizes["pptx"][0] / sizes["pptx"][1] == pytest.approx(16 / 9, abs=0.01)
    assert sizes["docx"][0] / 300 == pytest.approx(6.75, abs=0.01)
    assert {target.view for target in TARGETS.values()} == {"page", "slide"}


def test_what_is_wider_than_text_is_made_as_wide() -> None:
    """Where Pandoc does not do so itself."""
    for to, view, wanted in (("odt", "page", {"width": "100%"}), ("odt", "thumb", {}), ("docx", "page", {})):
        (((_, _, pairs), _, _),) = images(Filter(document(code("gpt-2", ("view", view))), to).run())
        assert dict(pairs) == wanted
    (((_, _, pairs), _, _),) = images(Filter(document(code("gpt-2", ("width", "50%"))), "odt").run())
    assert pairs == [["width", "50%"]]


def test_typst_cuts_no_picture_off() -> None:
    """It does so with those that are higher than a page, unless it is asked to make them smaller."""
    asked, plain = document(code("gpt-2", ("view", "column"))), document({"t": "HorizontalRule"})
    whole = {"t": "RawBlock", "c": ["typst", '#set image(fit: "contain")']}
    for to in ("typst", "html"):
        assert [block == whole for block in Filter(asked, to).run()["blocks"]] == [True, False][to == "html" :]
    assert Filter(plain, "typst").run()["blocks"] == plain["blocks"]


def test_formats_of_one_ending_have_files_of_their_own() -> None:
    sources = [images(Filter(document(code("gpt-2", ("view", "thumb"))), to).run())[0][2][0] for to in ("html", "odt")]
    assert len(set(sources)) == 2


def test_a_picture_says_of_what_it_is() -> None:
    """That of a spec in the document says nothing: there is no file that could be compared with it."""
    blocks = code("gpt-2"), code(SPEC, ("view", "thumb"))
    named, inline = (
        json.dumps(found_in(Path(source).read_bytes()))
        for _, _, (source, _) in images(Filter(document(*blocks), "html").run())
    )
    assert '"archdraw render gpt-2 --view page"' in named
    assert inline == "null"


def test_a_caption_makes_a_figure() -> None:
    block = code(
        "gpt-2", ("view", "thumb"), ("caption", "A small one"), ("alt", "Diagram"), ("fig-align", "left"), name="f"
    )
    (figure,) = Filter(document(block), "html").run()["blocks"]
    assert (figure["t"], figure["c"][0][0]) == ("Figure", "f")
    assert [one.get("c") for one in figure["c"][1][1][0]["c"]] == ["A", None, "small", None, "one"]
    ((_, _, pairs), words, _) = images(figure)[0]
    assert (pairs, words) == ([["fig-align", "left"]], [{"t": "Str", "c": "Diagram"}])
    (before,) = Filter(document(block, version=(1, 22)), "html").run()["blocks"]
    assert (before["t"], before["c"][0]["c"][2][1]) == ("Para", "fig:")


def test_a_picture_keeps_its_words_and_place() -> None:
    made = Filter(document(image("gpt-2", ("view", "thumb"), ("width", "8cm"))), "html").run()
    (((_, classes, pairs), words, (source, _)),) = images(made)
    assert (classes, pairs, words) == ([], [["width", "8cm"]], [{"t": "Str", "c": "Words"}])
    assert Path(source).is_file()


def test_slides_of_a_browser_keep_pictures_in_their_height() -> None:
    alone, nested, captioned = (
        code("gpt-2"),
        {"t": "Div", "c": [["", [], []], [code("gpt-2")]]},
        code("gpt-2", ("caption", "x")),
    )
    found = [images(Filter(document(block), "revealjs").run())[0][0] for block in (alone, nested, captioned)]
    assert [("r-stretch" in classes, dict(pairs).get("style", "")) for _, classes, pairs in found] == [
        (True, ""),
        (False, "max-height: 440px"),
        (False, "max-height: 360px"),
    ]
    (((_, _, pairs), _, _),) = images(Filter(document(code("gpt-2", ("style", "height: 3em"))), "revealjs").run())
    assert pairs == [["style", "height: 3em"]]


def test_powerpoint_has_captions_only_where_they_are_asked_for() -> None:
    ((_, words, (_, title)),) = images(Filter(document(code("gpt-2")), "pptx").run())
    assert (words, title) == ([], "GPT-2 124M architecture")
    ((_, words, (_, title)),) = images(Filter(document(code("gpt-2", ("caption", "Mine"))), "pptx").run())
    assert (words, title) == ([{"t": "Str", "c": "Mine"}], "GPT-2 124M architecture")


def test_metadata_of_a_document() -> None:
    made = Filter(document(code("gpt-2", ("view", "thumb")), archdraw_folder="pics", archdraw_theme="dark"), "html")
    (((_, _, _), _, (source, _)),) = images(made.run())
    assert source.startswith("pics/gpt-2-")
    other = Filter(document(code("gpt-2", ("view", "thumb")), archdraw_folder="light"), "html")
    (((_, _, _), _, (light, _)),) = images(other.run())
    assert Path(source).read_bytes() != Path(light).read_bytes()


def test_a_second_run_draws_nothing_and_writes_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(here / "cache"))
    drawn: list[Job] = []

    def counted(job: Job) -> Drawn:
        drawn.append(job)
        return draw(job)

    monkeypatch.setattr(drawing, "draw", counted)
    text = document(code("gpt-2", ("view", "thumb")), code(SPEC, ("view", "thumb")))
    first = Filter(text, "html").run()
    files = {file: file.stat().st_mtime_ns for file in here.glob("archdraw-figures/*")}
    assert (len(drawn), len(files)) == (2, 2)
    assert Filter(text, "html").run() == first
    assert len(drawn) == 2
    assert {file: file.stat().st_mtime_ns for file in here.glob("archdraw-figures/*")} == files


WRONG = f"""# Title

```{{.archdraw them=dark}}
gpt-2
```

```{{.archdraw theme=drak}}
gpt-2
```

![Words](gpt-20){{.archdraw}}

```archdraw
{SPEC.replace("swiglu", "swilu")}```
"""


def test_errors_have_the_lines_of_the_document(here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    (here / "wrong.md").write_text(WRONG, "utf-8")
    blocks = code("gpt-2", ("them", "dark")), code("gpt-2", ("theme", "drak")), image("gpt-20")
    text = json.dumps(document(*blocks, code(SPEC.replace("swiglu", "swilu").rstrip())))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["pandoc", "--to", "html", "wrong.md"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    for wanted in (
        "wrong.md:4: error: unknown option 'them'; did you mean theme?",
        "wrong.md:8: error: unknown theme 'drak'; did you mean dark?",
        "gpt-20:1:1: error: file not found, and no such model comes with archdraw",
        "wrong.md:11: error: this model cannot be drawn",
        "wrong.md:22:22: error: no block is called swilu\n   22 |       feed_forward: {swilu: {intermediate_size: 16}}",
    ):
        assert wanted in err


def test_the_command(here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["pandoc"]) == 0
    assert Path(capfd.readouterr().out.strip()) == LUA
    assert '"pandoc", "--to", FORMAT' in LUA.read_text("utf-8")
    text = json.dumps(document(code("gpt-2", ("view", "thumb"))))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["pandoc", "--to", "html"]) == 0
    assert len(images(json.loads(capfd.readouterr().out))) == 1
    for wrong in ("{}", "no json", "[1]"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wrong.encode())))
        assert run(["pandoc", "--to", "html"]) == 1
        assert "archdraw: error: stdin is no document of Pandoc's" in capfd.readouterr().err
    assert run(["pandoc", "paper.md"]) == 2


LEAVES: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from("tcx"), one), max_leaves=8
)


@settings(max_examples=40)
@given(TREES)
def test_all_else_stays_as_it_is(part: Any) -> None:
    text = document({"t": "Div", "c": part})
    assert Filter(text, "html").run() == text
