"""Pictures that are put into pages and documents: whole numbers for sides, ids of their own, text without a font."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import archdraw
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.scene import Scene
from archdraw.writers.svg import svg


def pictures() -> list[Scene]:
    """One picture of each layout."""
    model = archdraw.load("gemma-3-27b")
    two = ("gpt-2", "llama-3-8b")
    return [
        *(model.scene(view) for view in ("plate", "card", "strip", "inset:A")),
        archdraw.compare(*two).scene(),
        archdraw.lineage(*two).scene(),
        archdraw.scale(*two).scene(),
        archdraw.scale(*two, view="bars").scene(),
        archdraw.timeline(*two).scene(),
        archdraw.poster(*two).scene(),
    ]


def test_sides_are_whole_numbers() -> None:
    """Renderers round other sides each in its own way, and scale the whole picture by it."""
    for scene in pictures():
        assert isinstance(scene.width, int)
        assert isinstance(scene.height, int)
        assert f'viewBox="0 0 {scene.width} {scene.height}"' in svg(scene, "plain")
        found = faults(replace(scene, height=scene.height + 0.5))
        assert [fault.rule for fault in found if "no whole number" in fault.message] == ["canvas"]


def ids(markup: str) -> list[str]:
    return [element.attrib["id"] for element in ET.fromstring(markup).iter() if "id" in element.attrib]


@pytest.mark.parametrize("text", ["embed", "plain", "outline", "searchable"])
def test_pictures_with_prefixes_share_no_id(text: archdraw.writers.TextMode) -> None:
    model = archdraw.load("llama-3-8b")
    both = [
        *ids(model.svg(text=text, prefix="first-")),
        *ids(model.svg(text=text, prefix="2nd.")),
        *ids(archdraw.compare("gpt-2", "gpt-2-xl").svg(text=text, prefix="_")),
    ]
    assert [name for name, times in Counter(both).items() if times > 1] == []
    # An id begins with a letter or a line, so that it can be written in a selector.
    assert all(re.match("[A-Za-z_]", name) for name in both)
    links = re.findall('href="#([^"]*)"', model.svg(text=text, prefix="2nd."))
    assert set(links) <= set(both)


def test_a_prefix_has_no_markup() -> None:
    for wrong in ('"', "a b", "ä", "<"):
        with pytest.raises(ArchdrawError, match="cannot begin an id"):
            archdraw.load("gpt-2").svg(prefix=wrong)


def test_plain_text_brings_no_font_and_no_style() -> None:
    for scene in pictures():
        plain, embedded = svg(scene, "plain"), svg(scene, "embed")
        assert "<style" not in plain
        assert "style=" not in plain
        # All else is the same: a page that has Inter shows the same picture.
        assert plain == re.sub("<style.*?</style>", "", embedded, flags=re.DOTALL)
        assert 'font-family="Inter, ' in plain


def test_the_prefix_of_a_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    arguments = ["render", "gpt-2", "gpt-2-xl", "-o", str(folder), "--text", "plain", "--id-prefix", "{slug}-"]
    assert run(arguments) == 0
    found = [name for file in folder.iterdir() for name in ids(file.read_text("utf-8"))]
    assert len(found) == len(set(found)) > 20
    assert {name.partition("-title")[0] for name in found if name.endswith("-title")} == {"gpt-2", "gpt-2-xl"}
    capfd.readouterr()
    assert run(["compare", "gpt-2", "gpt-2-xl", "-o", "-", "--id-prefix", "c."]) == 0
    assert all(name.startswith("c.") for name in ids(capfd.readouterr().out))
    assert run(["render", "gpt-2", "-o", "-", "--id-prefix", "a b"]) == 2
    assert "cannot begin an id" in capfd.readouterr().err
