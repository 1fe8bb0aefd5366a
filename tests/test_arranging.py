"""Panels in columns: in the order of their letters, on a page of good shape, and what goes where there is no room."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

import shipped
from archdraw.layout.plate import letters, panels
from archdraw.layout.plate.arrange import Page, arrange, column_height, most_height
from archdraw.layout.plate.cuts import SPACE
from archdraw.layout.plate.fitting import fitted_in
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Box, Inset, Words
from archdraw.scene import Rect, Text


def inset(number: int, lines: int, **more: object) -> Inset:
    """A panel with a box and so many side remarks."""
    words = tuple(Words(f"remark {line} of {number}") for line in range(lines))
    return Inset(f"Panel {number}", (Box(f"p{number}/x", "linear"), *words), **more)  # type: ignore[arg-type]


def page(height: float, overhead: float = 300.0, *, apart: bool = False) -> Page:
    return Page(632.0, height, lambda width: overhead, apart)


def lettered(number: int, lines: int = 6) -> tuple[Inset, ...]:
    return tuple(inset(one, lines + one % 5, source=f"p{one}", letter=letters.letter(one)) for one in range(number))


@pytest.mark.parametrize("number", range(1, 13))
def test_panels_read_in_the_order_of_letters_down_the_columns(number: int) -> None:
    insets = lettered(number)
    found = arrange(insets, page(700), Sizes())
    assert tuple(one for column in found.columns for one in column) == insets
    assert all(found.columns)


@pytest.mark.parametrize("number", [2, 5, 9])
def test_no_other_cut_makes_the_highest_column_lower(number: int) -> None:
    insets, sizes = lettered(number), Sizes()
    found = arrange(insets, page(100, apart=True), sizes)
    columns = len(found.columns)

    def height(column: tuple[Inset, ...]) -> float:
        return sum(sizes.height(one, panels.WIDE) for one in column) + SPACE * (len(column) - 1)

    cuts = combinations(range(1, number), columns - 1)
    ends = ((0, *cut, number) for cut in cuts)
    least = min(max(height(insets[a:b]) for a, b in pairwise(cut)) for cut in ends)
    assert found.height == pytest.approx(max(100, least), abs=1)


def test_more_panels_make_more_columns_and_not_a_higher_page() -> None:
    few, many = (arrange(lettered(number), page(700), Sizes()) for number in (1, 8))
    assert len(few.columns) == 1
    assert len(many.columns) > 1
    assert many.fits
    assert many.height + 300 <= most_height(page(700).across(many.widths))


def test_panels_are_cut_into_columns_once_for_all_pages() -> None:
    insets, sizes = lettered(5), Sizes()
    cuts = sizes.cuts(insets, apart=False)
    # Another list of the same items with other letters is cut the same way.
    renamed = tuple(replace(one, letter="Z", items=tuple(one.items)) for one in insets)
    assert sizes.cuts(renamed, apart=False) is cuts
    assert sizes.cuts(insets, apart=True) is not cuts
    assert sizes.cuts(tuple(replace(one, letter="") for one in insets), apart=False) is not cuts
    assert [len(ends) for ends in cuts.ways(3)] == [1, 2, 3]


def test_lines_to_further_columns_have_room_under_the_first() -> None:
    led = arrange(lettered(8), page(700), Sizes())
    assert led.passing[0] > led.passing[-1] == 0
    assert not any(arrange(lettered(8), page(700, apart=True), Sizes()).passing)


def test_a_model_that_is_too_high_costs_no_panel() -> None:
    found = fitted_in(
        tuple(inset(one, 3, source=f"p{one}", letter="", priority=1) for one in range(3)), page(2500), Sizes()
    )
    assert found.left_out == ()
    assert found.fits
    assert found.excess > 0


def test_what_finds_no_room_is_named() -> None:
    """Remarks go before panels, panels of little worth before others; all that goes is in the arrangement."""
    kept = inset(0, 2, source="p0", letter="A")
    lesser = tuple(
        inset(number, 30, source=f"p{number}", letter=letters.letter(number), priority=1) for number in range(1, 20)
    )
    found = fitted_in((kept, *lesser), page(500), Sizes())
    shown = {one.title for column in found.columns for one in column}
    assert kept.title in shown
    assert found.shortened
    assert {one.title for one in found.shortened} <= shown
    low = fitted_in((kept, *lesser), page(300, overhead=1150), Sizes())
    shown = {one.title for column in low.columns for one in column}
    assert kept.title in shown
    assert low.left_out
    assert shown | {one.title for one in low.left_out} == {one.title for one in (kept, *lesser)}
    assert not shown & {one.title for one in low.left_out}


@pytest.mark.parametrize(("width", "height"), [(800, 1093.5), (1224, 1673), (1480, 1673), (1736, 1673), (2976, 1673)])
def test_the_most_that_a_page_is_high(width: float, height: float) -> None:
    assert most_height(width) == pytest.approx(height, abs=0.1)


def unequal(remarks: int) -> tuple[Inset, Inset]:
    """A panel with so many remarks, and one that without its own is as high as a page may be."""
    facts = tuple(Words(f"fact {number}", strong=True) for number in range(44))
    low, high = (
        inset(one, lines, source=f"p{one}", letter=letters.letter(one)) for one, lines in ((0, remarks), (1, 4))
    )
    return low, replace(high, items=(*facts, *high.items))


def test_a_column_with_room_keeps_the_remarks_that_another_has_lost() -> None:
    low, high = unequal(12)
    found = fitted_in((low, high), page(500), Sizes())
    assert found.fits
    assert found.columns[0][0].items == low.items
    assert [one.source for one in found.shortened] == ["p1"]


def test_remarks_that_are_kept_make_no_column_higher() -> None:
    lost = set()
    for remarks in range(5, 80):
        sizes = Sizes()
        found = fitted_in(unequal(remarks), page(500), sizes)
        lost.add(len(found.shortened))
        for column, width, passing in zip(found.columns, found.widths, found.passing, strict=True):
            assert column_height(column, width, sizes) + passing <= found.height
    assert lost == {1, 2}


@pytest.mark.parametrize("name", ["qwen3-5-397b", "gemma-4-e2b"])
def test_no_remark_is_left_out_beside_a_column_that_is_half_empty(name: str) -> None:
    said = " ".join(one.text for one in shipped.plate(name).shapes() if isinstance(one, Text))
    assert "archdraw" in said
    assert "notes left out" not in said


def test_a_panel_without_room_for_all_of_its_remarks_keeps_the_first() -> None:
    low, high = unequal(2)
    # The other column is as high as a page may be, this one by three lines lower without its eight remarks.
    low = replace(low, items=high.items[:-4])
    high = replace(high, items=(*high.items[3:], *high.items[-4:]))
    found = fitted_in((low, high), page(500), Sizes())
    (kept,) = (one for column in found.columns for one in column if one.source == "p1")
    assert [one.source for one in found.shortened] == ["p1"]
    assert any(isinstance(item, Words) and not item.strong for item in kept.items)
    assert kept.items == high.items[: len(kept.items)]


@pytest.mark.parametrize("name", ["vit-b-16", "resnet-50", "gemma-2-27b", "modernbert-base"])
def test_a_tall_model_has_one_column_of_panels_beside_it(name: str) -> None:
    """Two columns beside it would be mostly empty, and the page no lower."""
    assert shipped.plate(name).width < 1300


def test_a_graph_that_is_a_u_has_no_room_for_brackets_at_its_left() -> None:
    """What comes into U-Net's left arm began in the middle of its container."""
    scene = shipped.plate("u-net")
    container = next(shape for shape in scene.shapes() if isinstance(shape, Rect) and shape.kind == "container")
    boxes = [shape for shape in scene.shapes() if isinstance(shape, Rect) and shape.kind == "box"]
    inside = [box for box in boxes if container.y < box.y and box.right < container.right and box.width > 200]
    assert min(box.x for box in inside) - container.x < 160
