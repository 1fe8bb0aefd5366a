"""Comparisons, and other pictures of several models, in documents of Sphinx, Markdown and Pandoc."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from archdraw.app.jobs import Drawn, Job
from archdraw.app.together import draw_together
from archdraw.documents import drawing
from archdraw.documents.pandoc import Filter
from archdraw.drawn_with import drawn_with
from archdraw.provenance import digest_of, found_in
from archdraw.version import VERSION
from test_markdown import converter, pictures, title
from test_pandoc import code, document, images
from test_sphinx import SPEC, build
from test_sphinx import book as book
from test_sphinx import no_rests as no_rests

TITLE = "Small 1 and Other 1 compared"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two models, one in a file with a space in its name, and a cache of its own."""
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SPEC.replace("Tiny", "Small"), "utf-8")
    (tmp_path / "an other.yaml").write_text(SPEC.replace("Tiny", "Other").replace("16", "32"), "utf-8")
    return tmp_path


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The pictures of several models that are drawn."""
    done: list[Job] = []

    def counted(job: Job) -> Drawn:
        done.append(job)
        return draw_together(job)

    monkeypatch.setattr(drawing, "draw_together", counted)
    return done


RST = """Title
=====

.. archdraw:: models/small.yaml gpt-1
   :view: compare
   :caption: Both
   :width: 60%
"""


def test_sphinx(book: Path, drawings: list[Job]) -> None:
    (book / "index.rst").write_text(RST, "utf-8")
    assert build(book, "html", "-W") == 0
    page = (book / "html" / "index.html").read_text("utf-8")
    ((alt, name, width),) = re.findall(r'<img alt="([^"]*)"[^>]* src="_images/([^"]*)" style="width: ([^"]*);"', page)
    assert (alt, width) == ("Small 1 and GPT-1 compared", "60%")
    assert name.startswith("compare-small-gpt-1-")
    assert build(book, "html", "-W", "-E") == 0
    assert len(drawings) == 1
    spec = book / "models" / "small.yaml"
    spec.write_text(spec.read_text("utf-8").replace("Small 1", "Small 2"), "utf-8")
    assert build(book, "html", "-W") == 0, "a document is read again when one of its models has changed"
    assert 'alt="Small 2 and GPT-1 compared"' in (book / "html" / "index.html").read_text("utf-8")


RST_WRONG = """Title
=====

.. archdraw:: models/small.yaml gpt-20 gpt-99
   :view: compare

.. archdraw:: gpt-1 "models/small.yaml
   :view: compare

.. archdraw::
   :view: compare

   name: x
   layers: []
"""


def test_errors_of_sphinx_are_at_their_lines(book: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (book / "index.rst").write_text(RST_WRONG, "utf-8")
    assert build(book, "html", "-W", "-N") == 1
    found = re.findall(r"index\.rst:(\d+): ERROR: archdraw: (.*?)(?: \[docutils\])?\n", capfd.readouterr().err)
    assert [(int(line), message.partition(":")[0]) for line, message in found] == [
        (4, "gpt-20"),
        (4, "gpt-99"),
        (7, 'gpt-1 "models/small.yaml'),
        (10, "compare takes names and files of models, not the text of a spec"),
    ]


def test_markdown(folder: Path, drawings: list[Job]) -> None:
    text = '```archdraw view="compare" theme="auto"\nsmall.yaml\n"an other.yaml"\n```'
    page = converter().convert(text)
    assert [title(one) for one in pictures(page)] == [TITLE, TITLE]
    assert [job.outputs[0].theme for job in drawings] == ["light", "dark"]
    assert converter().convert(text) == page
    assert len(drawings) == 2
    more = converter().convert('```archdraw view="compare" details="yes"\nsmall.yaml "an other.yaml"\n```')
    assert len(pictures(more)[0].findall(".//*")) > len(pictures(page)[1].findall(".//*"))
    lineage = converter().convert('```archdraw view="lineage" background="#FFEEDD"\ngpt-1 gpt-2\n```')
    assert title(pictures(lineage)[0]) == "Model lineage"
    assert any(one.get("fill") == "#FFEEDD" for one in pictures(lineage)[0].iter())


def test_pandoc(folder: Path, drawings: list[Job]) -> None:
    block = code('small.yaml "an other.yaml"', ("view", "compare"), ("details", "yes"), ("theme", "dark"))
    first = Filter(document(block), "docx").run()
    (((_, _, _), _, (source, _)),) = images(first)
    assert source.endswith(".png")
    assert found_in(Path(source).read_bytes()) == {
        "archdraw": VERSION,
        "command": "archdraw compare small.yaml 'an other.yaml' --details --theme dark --format png",
        "specs": {name: digest_of(name) for name in ("small.yaml", "an other.yaml")},
        "using": drawn_with("dark"),
    }
    assert Filter(document(block), "docx").run() == first
    assert len(drawings) == 1


@pytest.mark.parametrize(
    ("options", "models", "said"),
    [
        ("", "gpt-1 gpt-2", "there are 2 models for a picture of one; view: compare has them side by side"),
        ('details="yes"', "gpt-1", "details is an option of a comparison; say view: compare"),
        ('view="compare"', "gpt-1", "compare needs at least 2 models, not 1"),
        ('view="compare" details="maybe"', "gpt-1 gpt-2", "details is yes or no, not 'maybe'"),
        ('view="compare" open="mlp"', "gpt-1 gpt-2", "open is an option of pictures of one model, and this is compare"),
        ('view="timeline" details="yes"', "gpt-1 gpt-2", "timeline has no option details"),
    ],
)
def test_what_is_wrong_is_said(options: str, models: str, said: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = converter().convert(f"```archdraw {options}\n{models}\n```")
    assert caplog.messages == [f"Markdown text:2: archdraw: {said}"]
    assert "archdraw-error" in page


def test_both_of_two_models_are_kept_under_their_content(folder: Path, drawings: list[Job]) -> None:
    text = '```archdraw view="compare"\nsmall.yaml "an other.yaml"\n```'
    converter().convert(text)
    other = Path("an other.yaml")
    before = other.read_text("utf-8")
    other.write_text(before.replace("Other 1", "Other 2"), "utf-8")
    assert title(pictures(converter().convert(text))[0]) == "Small 1 and Other 2 compared"
    other.write_text(before, "utf-8")
    assert title(pictures(converter().convert(text))[0]) == TITLE
    assert len(drawings) == 2
