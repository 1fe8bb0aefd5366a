"""Residual branches on slides: what moves with the line around it."""

from __future__ import annotations

import pytest

import archdraw
from archdraw.scene import Group, Line, Rect
from archdraw.writers._powerpoint.branches import branches


@pytest.mark.parametrize("model", ["gemma-3-27b", "deepseek-v3", "whisper-large-v3", "falcon-7b", "gpt-j-6b"])
def test_no_part_is_in_two_branches(model: str) -> None:
    for section in archdraw.load(model).scene().children:
        if isinstance(section, Group):
            found = branches(section.children)
            every = [member for branch in found for member in branch.members]
            assert len(every) == len(set(every))
            for branch in found:
                assert branch.lane in branch.members


def test_a_branch_in_a_branch_stays_in_it() -> None:
    """The outer one has what the inner one leaves: no part is in both."""
    boxes = [Group((Rect(40, y, 40, 10),), path, path) for path, y in (("a", 50), ("b", 30), ("add-1", 10))]
    lines = [
        Line(((60, 50), (60, 40)), "ink", start="a", end="b"),
        Line(((60, 30), (60, 20)), "ink", start="b", end="add-1"),
    ]
    whole = Line(((60, 65), (10, 65), (10, 15), (40, 15)), "ink", start="x", end="add-1")
    inner = Line(((60, 45), (20, 45), (20, 15), (40, 15)), "ink", start="a", end="add-1")
    way = Line(((60, 70), (60, 60)), "ink", start="x", end="a")
    lanes = [Group((line,), role="residual") for line in (inner, whole)]
    found = branches([*lanes, way, *lines, *boxes])
    every_one = [member for branch in found for member in branch.members]
    assert len(found) == 2
    assert len(every_one) == len(set(every_one))
