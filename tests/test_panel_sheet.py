"""The second sheet: every panel of a model as a whole, also those for which its plate has no room."""

from __future__ import annotations

import pytest

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.scene import Group, Scene, Text, bounds
from archdraw.views.architecture import picture


def panels_of(scene: Scene) -> list[Group]:
    return [child for child in scene.children if isinstance(child, Group) and child.role == "panel"]


@pytest.mark.parametrize("name", ["llama-3-8b", "deepseek-v4-pro", "gemma-4-e2b", "clip-vit-b-32"])
def test_a_sheet_has_every_panel_and_no_fault(name: str) -> None:
    model = archdraw.load(name)
    scene = model.scene("panels")
    insets = picture(model.spec, model.block).insets
    assert len(panels_of(scene)) == len(insets)
    titles = {shape.phrase for shape in scene.shapes() if isinstance(shape, Text)}
    assert {inset.title for inset in insets} <= titles
    assert [str(fault) for fault in faults(scene)] == []
    assert 1 <= scene.width / scene.height < 2.2 or len(insets) < 4


def test_columns_of_a_sheet_end_level() -> None:
    scene = archdraw.load("deepseek-v4-pro").scene("panels")
    ends: dict[float, float] = {}
    for group in panels_of(scene):
        left, _, _, bottom = bounds((group,))
        ends[left] = max(bottom, ends.get(left, 0.0))
    assert len(ends) >= 3
    assert max(ends.values()) - min(ends.values()) < 1


def test_a_plate_that_leaves_panels_out_says_where_they_stand() -> None:
    model = archdraw.load("dots3-note")
    plate, sheet = model.scene(), model.scene("panels")
    said = " ".join(shape.text for shape in plate.shapes() if isinstance(shape, Text))
    assert bool(plate.left_out) == ("panels left out" in said)
    assert len(panels_of(sheet)) == len(picture(model.spec, model.block).insets)


def test_a_sheet_takes_no_argument() -> None:
    with pytest.raises(ArchdrawError, match="the view panels is of the whole model"):
        archdraw.load("gpt-2").scene("panels:self_attn")
