"""Every shipped picture in a real browser: what is seen there is what the scene says, and it can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import shipped
from archdraw.fonts import Weight, text_width
from archdraw.scene import Element, Line, Rect, Scene, Text
from archdraw.theme import theme_names
from browser import chromium as program
from browser import open_colorings, open_pictures, wrongs

INK = "#1A1D21"
PARTS = 4
"""Pages on which the pictures of all models are opened: a worker takes one after the other."""


def text(x: float, y: float, content: str, fill: str = INK, width: float | None = None, weight: Weight = 400) -> Text:
    return Text(x, y, content, 16, weight, fill, width or text_width(content, 16, weight))


def scene(*children: Element) -> Scene:
    return Scene(400, 300, "t", "d", "#FFFFFF", children)


BOX = Rect(50, 30, 100, 40, 8, "#F3F4F6", INK, 1.5, "box")

# name: (shapes, what is wrong with them as the browser sees it)
CASES: dict[str, tuple[tuple[Element, ...], list[str]]] = {
    "fine": ((BOX, text(60, 55, "RMSNorm"), Line(((100, 70), (100, 200)), INK)), []),
    "kerned and bold": ((text(20, 55, "AVATAR To", weight=700), text(20, 85, "Tokenized text, Wq", weight=500)), []),
    "texts": ((text(60, 55, "Norm"), text(70, 58, "Norm")), ["'Norm' overlaps 'Norm' at 60,43"]),
    "text leaves its box": (
        (BOX, text(60, 55, "A label too long")),
        ["'A label too long' is crossed by a border at 60,43", "'A label too long' leaves its box at 49,29"],
    ),
    "text over a border from outside": ((BOX, text(20, 55, "Norm")), ["'Norm' is crossed by a border at 20,43"]),
    "text leaves the canvas": ((text(372, 55, "Norm"),), ["'Norm' leaves the canvas at 372,43"]),
    "shape leaves the canvas": ((Rect(390, 30, 20, 20, fill=INK, kind="mark"),), ["rect leaves the canvas at 390,30"]),
    "line through a text": (
        (text(60, 55, "Norm"), Line(((20, 50), (200, 50)), INK)),
        ["'Norm' is crossed by a line at 60,43"],
    ),
    "line covered under a text": (
        (Line(((20, 50), (200, 50)), INK), Rect(55, 40, 50, 20, fill="#FFFFFF", kind="ground"), text(60, 55, "Norm")),
        [],
    ),
    "pale": ((BOX, text(60, 55, "Norm", "#8B8B8B")), ["'Norm' has 3.10:1 at 60,43"]),
    "a wrong width": ((text(60, 55, "Norm", width=50),), ["'Norm' is 41.94 wide in the browser, 50.00 in the scene"]),
}


def test_the_browser_sees_what_is_wrong(chromium: Browser) -> None:
    scenes = {name: scene(*shapes) for name, (shapes, _) in CASES.items()}
    seen = open_pictures(chromium, scenes)
    assert {name: wrongs(seen[name], scenes[name]) for name in CASES} == {
        name: said for name, (_, said) in CASES.items()
    }


def test_a_picture_is_seen_in_each_of_its_colorings(chromium: Browser) -> None:
    """What differs in more than colors is measured by itself."""
    fine, pale, moved = text(60, 55, "Norm"), text(60, 55, "Norm", "#8B8B8B"), text(372, 55, "Norm")
    colorings = [scene(BOX, fine), scene(BOX, pale), scene(BOX, moved), scene(replace(BOX, fill=INK), fine)]
    seen = open_colorings(chromium, {"fine first": colorings, "pale first": colorings[1::-1]})
    assert [wrongs(*pair) for pair in zip(seen["fine first"], colorings, strict=True)] == [
        [],
        ["'Norm' has 3.10:1 at 60,43"],
        ["'Norm' leaves the canvas at 372,43"],
        ["'Norm' has 1.00:1 at 60,43"],
    ]
    assert [wrongs(*pair) for pair in zip(seen["pale first"], colorings[1::-1], strict=True)] == [
        ["'Norm' has 3.10:1 at 60,43"],
        [],
    ]


def test_a_border_without_blue_is_a_border(chromium: Browser) -> None:
    box = replace(BOX, stroke="#B45300")
    seen = open_pictures(chromium, {"box": scene(box, text(20, 55, "Norm"))})
    assert wrongs(seen["box"], scene(box, text(20, 55, "Norm"))) == ["'Norm' is crossed by a border at 20,43"]


@pytest.mark.parametrize("part", range(PARTS))
def test_shipped_pictures_are_right_in_the_browser(chromium: Browser, part: int) -> None:
    """In every theme: the first is measured, of those that differ from it in colors only the colors."""
    themes = ("light", *sorted(set(theme_names()) - {"light"}))
    names = shipped.NAMES[part::PARTS]
    assert len(names) > 40
    scenes = {name: [shipped.plate(name, theme) for theme in themes] for name in names}
    seen = open_colorings(chromium, scenes)
    found = {
        (name, theme): wrong
        for name, plates in scenes.items()
        for theme, plate, picture in zip(themes, plates, seen[name], strict=True)
        if (wrong := wrongs(picture, plate))
    }
    assert not found


def test_a_missing_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"sh \.ci/install test"):
        program()
