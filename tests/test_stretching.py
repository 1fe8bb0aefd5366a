"""Arrows as long as a height allows: as long as trying every length would find, with few layouts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archdraw
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.least import least_width
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.layout.plate.stretching import longest
from archdraw.picture import Diagram, Graph, Masks, Share, Split, Words
from archdraw.views.architecture import picture

LEAST, MOST = 18.0, 34.0


@dataclass(frozen=True, slots=True)
class Laid:
    gap: float
    height: float


ways = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 300)), min_size=1, max_size=4)
"""Ways from the bottom of a diagram to its top: their arrows, and the height of all else."""


@given(ways, st.floats(0, 700))
def test_arrows_are_as_long_as_trying_every_length_would_find(ways: list[tuple[int, float]], height: float) -> None:
    tried: list[float] = []

    def laid_out(gap: float) -> Laid:
        tried.append(gap)
        return Laid(gap, max(arrows * gap + rest for arrows, rest in ways))

    shortest = laid_out(LEAST)
    expected = LEAST
    while expected < MOST and laid_out(expected + 1).height <= height:
        expected += 1
    tried.clear()
    assert longest(shortest, laid_out, height, LEAST, MOST).gap == expected
    assert len(tried) == len(set(tried)) <= 7


def test_where_arrows_lead_straight_up_two_lengths_are_tried() -> None:
    tried: list[float] = []

    def laid_out(gap: float) -> Laid:
        tried.append(gap)
        return Laid(gap, 7 * gap + 100)

    assert longest(laid_out(LEAST), laid_out, 7 * 25 + 103.0, LEAST, MOST).gap == 25
    assert tried == [LEAST, MOST, 25]
    assert longest(laid_out(LEAST), laid_out, 7 * 25 + 100.0, LEAST, MOST).gap == 25


MODELS = ["deepseek-v3", "gemma-4-e2b", "hymba-1-5b", "inkling-2-mini", "qwen3-next-80b-a3b"]


def diagrams(name: str) -> list[Diagram]:
    """Those in the panels of a model."""
    model = archdraw.load(name)
    items = [item for inset in picture(model.spec, model.block).insets for item in inset.items]
    return [item for item in items if not isinstance(item, Words | Masks | Share | Split)]


def placed(item: Diagram, measures: Measures) -> Cell:
    return diagram.place(item, diagram.natural_ports(item, measures), (), measures)


@pytest.mark.parametrize("name", MODELS)
def test_a_diagram_is_as_wide_with_long_arrows_as_with_short_ones(name: str) -> None:
    for item in diagrams(name):
        cells = [placed(item, replace(INSET, gap=gap)) for gap in (INSET.gap, 27.0, MOST)]
        assert len({cell.width for cell in cells}) == 1
        lengths = [cell.length for cell in cells]
        assert lengths == sorted(lengths)


@pytest.mark.parametrize("name", MODELS)
def test_no_diagram_is_less_wide_than_its_least_width(name: str) -> None:
    near = 0
    for item in diagrams(name):
        for measures in (INSET, replace(INSET, widest_branch=145, widest_box=300, branch_gap=12)):
            least, width = least_width(item, diagram.inputs_of(item), measures), placed(item, measures).width
            assert least <= width + 0.01
            near += least > 0.8 * width
    assert near or not any(isinstance(item, Graph) for item in diagrams(name))
