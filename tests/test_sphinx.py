"""Pictures in documents of Sphinx, built by Sphinx itself with warnings as errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sphinx.cmd.build import build_main
from sphinx.util.docutils import docutils_namespace, patch_docutils

from archdraw.app.jobs import Drawn, Job, draw
from archdraw.documents import drawing

SPEC = """name: Tiny 1
hidden_size: 8
vocab_size: 10
layers:
  - embedding
  - decoder:
      times: 2
      attention: {multi_head: {num_attention_heads: 2}}
      feed_forward: {swiglu: {intermediate_size: 16}}
"""


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


DOCUMENT = f"""Title
=====

.. archdraw:: models/small.yaml
   :caption: Small, *drawn*
   :name: small
   :align: center
   :alt: A small model
   :class: wide

See :numref:`small`.

- in a list

  .. archdraw::
     :view: card
     :theme: dark
     :width: 60%

{indented(SPEC, 5)}"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documents, with a cache of its own."""
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "book"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "small.yaml").write_text(SPEC.replace("Tiny", "Small"), "utf-8")
    (folder / "conf.py").write_text('extensions = ["archdraw.documents.sphinx"]\nnumfig = True\n', "utf-8")
    (folder / "index.rst").write_text(DOCUMENT, "utf-8")
    return folder


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """What is drawn."""
    done: list[Job] = []

    def counted(job: Job) -> Drawn:
        done.append(job)
        return draw(job)

    monkeypatch.setattr(drawing, "draw", counted)
    return done


@pytest.fixture(autouse=True)
def no_rests() -> Iterator[None]:
    """What Sphinx changes in docutils ends with the test."""
    with patch_docutils(), docutils_namespace():
        yield


def build(book: Path, builder: str, *more: str) -> int:
    return build_main(["-q", "-b", builder, "-d", str(book / "trees"), *more, str(book), str(book / builder)])


def test_html_gets_svg_and_latex_gets_pdf(book: Path, drawings: list[Job]) -> None:
    assert build(book, "html", "-W") == 0
    page = (book / "html" / "index.html").read_text("utf-8")
    images = re.findall(r'<img alt="([^"]*)"[^>]* src="_images/([^"]*)" style="width: ([^"]*);"', page)
    assert [(alt, width) for alt, _, width in images] == [("A small model", "648px"), ("Tiny 1 architecture", "60%")]
    for _, name, _ in images:
        assert (book / "html" / "_images" / name).read_text("utf-8").startswith("<?xml")
        assert f'href="_images/{name}"' in page  # the whole picture, in its size
    assert '<span class="caption-text">Small, <em>drawn</em></span>' in page
    assert 'href="#small"' in page
    assert len(drawings) == 2
    assert build(book, "latex", "-W") == 0
    (text,) = (book / "latex").glob("*.tex")
    names = re.findall(r"\\sphinxincludegraphics(?:\[[^]]*\])?\{\{(.*?)\}\.pdf\}", text.read_text("utf-8"))
    assert len(names) == 2
    assert all((book / "latex" / f"{name}.pdf").read_bytes().startswith(b"%PDF") for name in names)
    assert [job.outputs[0].format for job in drawings] == ["svg", "svg", "pdf", "pdf"]


def test_a_builder_without_pictures_has_their_words(book: Path) -> None:
    assert build(book, "text", "-W") == 0
    assert "[image: A small model]" in (book / "text" / "index.txt").read_text("utf-8")


def test_a_second_build_draws_nothing(book: Path, drawings: list[Job]) -> None:
    (book / "other.rst").write_text(":orphan:\n\nOther\n=====\n\n.. archdraw:: gpt-2\n   :view: card\n", "utf-8")
    assert build(book, "html", "-W") == 0
    assert len(drawings) == 3
    assert build(book, "html", "-W", "-E") == 0  # everything is read again
    assert len(drawings) == 3
    before = (book / "html" / "other.html").stat().st_mtime_ns
    spec = book / "models" / "small.yaml"
    spec.write_text(spec.read_text("utf-8").replace("Small 1", "Small 2"), "utf-8")
    assert build(book, "html", "-W") == 0
    assert [job.spec.name for job in drawings[3:]] == ["small.yaml"]
    assert "Small 2 architecture" in "".join(
        file.read_text("utf-8") for file in (book / "html" / "_images").glob("small-*")
    )
    assert (book / "html" / "other.html").stat().st_mtime_ns == before


WRONG = f"""Title
=====

.. archdraw:: gpt-20

.. archdraw:: gpt-2
   :theme: drak

.. archdraw:: gpt-2
   :width: 8furlongs

.. archdraw:: gpt-2
   :open: self_atn

.. archdraw::

.. archdraw:: gpt-2

   name: x

- in a list

  .. archdraw::
     :view: card

{indented(SPEC.replace("swiglu", "swilu"), 5)}
.. archdraw:: broken.yaml
"""
SAID = [
    (4, "gpt-20:1:1: error: file not found"),
    (6, "unknown theme 'drak'; did you mean dark?"),
    (9, "'8furlongs' is no length"),
    (12, "open: nothing that could be opened is called self_atn; did you mean self_attn?"),
    (15, "there is no model"),
    (17, "either the argument or the content"),
    (34, "no block is called swilu"),
    (36, "/broken.yaml:2:10: error: no block is called embeding"),
]


def test_errors_are_at_their_lines(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (book / "index.rst").write_text(WRONG, "utf-8")
    (book / "broken.yaml").write_text("name: x\nlayers: [embeding]\n", "utf-8")
    assert build(book, "html", "-W") == 1
    log = capfd.readouterr().err
    found = re.findall(r"index\.rst:(\d+): ERROR: archdraw: (.*)", log)
    assert [int(line) for line, _ in found] == [line for line, _ in SAID]
    for (_, message), (_, wanted) in zip(found, SAID, strict=True):
        assert wanted in message
    # The line of the document with its caret, and a hint, in the log and on the page.
    caret = "         feed_forward: {swilu: {intermediate_size: 16}}\n      |                         ^^^^^"
    assert f"   34 | {caret}" in log
    page = (book / "html" / "index.html").read_text("utf-8")
    assert "did you mean swiglu" in page
    assert page.count('<div class="admonition error">') == len(SAID)


def test_a_fault_of_our_own_stops_the_build(
    book: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drawing, "draw", lambda job: Drawn(crash="Traceback: the drawing broke"))
    assert build(book, "html") != 0
    assert "this is a fault of archdraw" in capfd.readouterr().err
