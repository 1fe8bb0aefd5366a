"""Lines with one corner on slides: they are connectors, which go the way that they go in the picture."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from pptx.oxml import parse_xml

from archdraw.scene import Group, Line, Rect, Scene
from archdraw.theme import load_theme
from archdraw.writers._powerpoint.elbows import is_elbow, transform_of
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers.pptx import THEME_COLOURS, write
from read_slides import A, corners, shapes, slide_of

FITTING = Fitting(100, 0, 0)


def line(*points: tuple[float, float]) -> Line:
    return Line(points, "ink", 2, radius=8)


@pytest.mark.parametrize(("right", "down", "level_first"), [*product((-1, 1), (-1, 1), (True, False))])
def test_an_elbow_goes_its_way(right: int, down: int, level_first: bool) -> None:
    start, end = (500.0, 400.0), (500.0 + 60 * right, 400.0 + 35 * down)
    corner = (end[0], start[1]) if level_first else (start[0], end[1])
    elbow = line(start, corner, end)
    assert is_elbow(elbow)
    namespaces = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    made = parse_xml(f"<a:spPr {namespaces}>{transform_of(elbow, FITTING)}</a:spPr>")
    for found, wanted in zip(corners(made), (start, corner, end), strict=True):
        assert found == pytest.approx((wanted[0] * 100, wanted[1] * 100), abs=1)


@pytest.mark.parametrize(
    "points", [((0, 0), (0, 9)), ((0, 0), (0, 9), (0, 12)), ((0, 0), (5, 9), (9, 9)), ((0, 0), (0, 9), (9, 9), (9, 12))]
)
def test_what_is_no_elbow(points: tuple[tuple[float, float], ...]) -> None:
    assert not is_elbow(line(*points))


def test_an_elbow_that_joins_a_block_is_a_connector_and_any_other_a_path() -> None:
    def box(x: float, y: float, path: str) -> Group:
        return Group((Rect(x, y, 80, 40, 0, "page", "ink", 1, kind="box"),), title=path, path=path)

    joins = line((140, 200), (140, 120), (180, 120))
    loose = line((300, 300), (300, 360), (360, 360))
    scene = Scene(400, 400, "t", "d", None, (box(100, 200, "a"), box(180, 100, "b"), joins, loose))
    light = load_theme("light")
    palette = {name: light.colour(name) for name in THEME_COLOURS}
    slide = slide_of(write(replace(scene, palette=palette)))
    (made,) = shapes(slide, "cxnSp")
    assert made.find(f".//{A}prstGeom").get("prst") == "bentConnector2"
    assert [joint.get("idx") for joint in (*made.iter(f"{A}stCxn"), *made.iter(f"{A}endCxn"))] == ["0", "1"]
    paths = [shape for shape in shapes(slide, "sp") if shape.find(f".//{A}custGeom") is not None]
    assert len(paths) == 1
