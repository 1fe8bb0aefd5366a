"""Letters at boxes from which no line can lead to a panel: at the upper right corner, where there is room."""

from __future__ import annotations

import pytest

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.place import Place
from archdraw.layout.plate.panels import LETTER
from archdraw.layout.plate.spots import paint_letter
from archdraw.scene import Group, Text, groups_of
from archdraw.theme import load_theme

BOX = Place(100, 200, 260, 280)


def painted(*others: Place, apart: bool) -> tuple[float, float]:
    """Where the letter stands at a box beside ``others``."""
    canvas = Canvas(load_theme("light"), 0)
    canvas.places[FRAME] = Place(0, 0, 600, 600)
    for number, place in enumerate((BOX, *others)):
        canvas.box(place, "attention", f"box{number}")
    paint_letter(canvas, BOX, "A", apart=apart)
    scene = canvas.scene(600, 600, "", "")
    (zoom,) = [one for one in groups_of(scene.children) if one.role == "zoom"]
    (letter,) = [shape for shape in _shapes(zoom) if isinstance(shape, Text)]
    return letter.x, letter.y


def _shapes(group: Group) -> list[object]:
    return [shape for child in group.children for shape in (_shapes(child) if isinstance(child, Group) else [child])]


@pytest.mark.parametrize("apart", [True, False])
def test_a_letter_stands_at_the_upper_right_corner(apart: bool) -> None:
    x, y = painted(apart=apart)
    assert BOX.right < x < BOX.right + LETTER
    assert BOX.top < y < BOX.top + LETTER


@pytest.mark.parametrize("apart", [True, False])
def test_where_another_box_is_at_the_right_it_stands_above_that_corner(apart: bool) -> None:
    x, y = painted(Place(268, 200, 400, 280), apart=apart)
    assert BOX.right - LETTER < x < BOX.right
    assert BOX.top - LETTER - 6 < y < BOX.top
