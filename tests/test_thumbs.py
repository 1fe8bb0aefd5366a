"""Thumbnails are small files: a page shows a hundred of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archdraw
from archdraw.fonts import outline
from archdraw.scene import Group, Rect, Scene
from archdraw.writers import svg
from archdraw.writers._outlines import coarse, steps

MOST = 12_000
LARGEST = (
    "qwen3-8-flash-next-125b-a6b",
    "deepseek-v4-1-flash",
    "muse-spark-open",
    "longcat-flash-lite-68-5b-a3b",
    "nemotron-3-super-120b-a12b",
    "xiaomi-mimo-v2-6-flash-rl",
)
"""Those with the longest names and the most changes from layer to layer."""


@pytest.mark.parametrize("name", LARGEST)
def test_a_thumbnail_has_at_most_twelve_kilobytes(name: str) -> None:
    assert len(archdraw.load(name).svg(view="thumb", text="outline").encode()) <= MOST


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-", min_size=1), st.integers(2, 16))
def test_no_point_of_a_coarse_outline_is_further_away_than_half_a_step(text: str, grain: int) -> None:
    for glyph in outline(text, 700):
        exact, near = list(steps(glyph.path)), list(steps(coarse(glyph.path, grain)))
        assert len(exact) == len(near)
        for one, other in zip(exact, near, strict=True):
            assert len(one) == len(other)
            for (x, y), (a, b) in zip(one, other, strict=True):
                assert abs(x - a * grain) <= grain / 2 + 1e-6
                assert abs(y - b * grain) <= grain / 2 + 1e-6


def test_only_thumbnails_have_coarse_outlines() -> None:
    model = archdraw.load("gpt-2")
    (glyph,) = outline("G", 700)
    assert glyph.path in model.svg(view="card", text="outline")
    assert glyph.path not in model.svg(view="thumb", text="outline")
    assert coarse(glyph.path, 8) in model.svg(view="thumb", text="outline")


def test_marks_of_one_color_are_one_shape() -> None:
    cells = tuple(Rect(10.0 * index, 2, 6.5, 4, fill="#112233", kind="mark") for index in range(3))
    other = Rect(40, 2, 6.5, 4, fill="#445566", kind="mark")
    bordered = Rect(50, 2, 6.5, 4, fill="#445566", stroke="#000000", stroke_width=1, kind="mark")
    written = svg.svg(Scene(60, 8, "t", "d", None, (Group((*cells, other, bordered)),)), "outline")
    (path,) = re.findall(r"<path [^>]*>", written)
    assert path == '<path d="M0 2h6.5v4h-6.5zM10 2h6.5v4h-6.5zM20 2h6.5v4h-6.5z" fill="#112233" />'
    assert written.count("<rect") == 2
