"""A plate whose column alone is too high for a page is laid out only where no other finds room."""

from __future__ import annotations

import pytest

from archdraw.layout.plate import plate as layout
from archdraw.model import Model, load
from archdraw.picture import Plate
from archdraw.records import replaced
from archdraw.scene import Scene
from archdraw.theme import load_theme
from archdraw.views.architecture import picture
from archdraw.views.single._drawing import drawn
from watching import SMALL

LIGHT = load_theme("light")


@pytest.mark.parametrize("whole", [900.0, 3000.0])
@pytest.mark.parametrize("beside", [900.0, 2900.0, 3000.0, 3100.0])
def test_the_same_plate_is_chosen_whether_or_not_the_whole_one_is_laid_out_first(whole: float, beside: float) -> None:
    model = Model.from_text(SMALL)
    full = picture(model.spec, model.block)
    asked: list[Plate] = []

    def lay_out(plate: Plate) -> Scene:
        asked.append(plate)
        return replaced(layout.draw(plate, LIGHT), height=whole if plate is full else beside)

    expected = drawn(model.spec, model.block, lay_out, on_page=lay_out)
    asked.clear()
    if whole > 2000:
        assert drawn(model.spec, model.block, lay_out, on_page=lambda _: None) == expected
        assert (full in asked) is (beside > 2000)


def test_only_a_plate_with_a_column_too_high_for_any_page_is_not_laid_out() -> None:
    high, low = load("deepseek-v4-1-flash"), load("kimi-k3")
    assert layout.draw_unless_too_high(picture(high.spec, high.block), LIGHT) is None
    assert layout.is_too_high(layout.draw(picture(high.spec, high.block), LIGHT))
    plate = picture(low.spec, low.block)
    assert layout.draw_unless_too_high(plate, LIGHT) == layout.draw(plate, LIGHT)
