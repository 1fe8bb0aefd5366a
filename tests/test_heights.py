"""Panels are as high as what is in them: no foot of a panel is blank where its arrows can be no longer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import shipped
from archdraw.layout.canvas import Place
from archdraw.layout.plate import zoom
from archdraw.layout.plate.cuts import SPACE
from archdraw.layout.plate.heights import MOST_BLANK, shared_out
from archdraw.layout.plate.panels import MOST_AIR, measure
from archdraw.picture import Box, Chain, Inset, Words
from archdraw.scene import Group, Line, Rect, Scene, groups_of

WIDTH = 400.0
DIAGRAM = Inset("diagram", (Chain((Box("a", "one"), Box("b", "two"), Box("c", "three"))),))
SAID = Inset("words", (Words("some words"), Words("more of them")))


@given(st.lists(st.sampled_from([DIAGRAM, SAID]), min_size=1, max_size=4), st.floats(0, 1500))
def test_panels_fill_a_column_or_end_with_their_content(insets: list[Inset], more: float) -> None:
    measured = [measure(inset, WIDTH) for inset in insets]
    least = sum(panel.height for panel in measured) + SPACE * (len(measured) - 1)
    heights = shared_out(measured, least + more)
    assert all(height >= panel.height - 1 for height, panel in zip(heights, measured, strict=True))
    left = least + more - sum(heights) - SPACE * (len(measured) - 1)
    assert left > -len(heights)
    if left > len(heights):
        # Where a column ends before others, no panel has more air than below its title.
        assert left > MOST_BLANK * (least + more) - len(heights)
        for height, inset in zip(heights, insets, strict=True):
            if inset is SAID:
                assert height <= measure(inset, WIDTH).height + 2 * MOST_AIR + 1


def blank(scene: Scene) -> list[float]:
    """The share of each panel of ``scene`` that is below all that is in it."""
    found = []
    for panel in groups_of(scene.children):
        if panel.role == "panel":
            frame = next(one for one in panel.children if isinstance(one, Rect) and one.kind == "container")
            ends = [bottom for one in panel.children if one is not frame for bottom in bottoms(one)]
            found.append((frame.bottom - max(ends)) / frame.height)
    return found


def bottoms(shape: object) -> list[float]:
    match shape:
        case Group(children=children):
            return [bottom for child in children for bottom in bottoms(child)]
        case Rect():
            return [shape.bottom]
        case Line(points=points):
            return [y for _, y in points]
        case _:
            return [shape.y] if hasattr(shape, "y") else []


def test_no_foot_of_a_panel_is_blank() -> None:
    for name in ("resnet-50", "bert-base", "modernbert-base", "gemma-3-270m", "qwen3-8-27b"):
        assert max(blank(shipped.plate(name))) < 0.25, name


def test_lines_to_further_columns_pass_right_under_the_first() -> None:
    scene = shipped.plate("olmo-3-32b")
    panels = [group for group in groups_of(scene.children) if group.role == "panel"]
    # The second panel is the last of the first column.
    first = next(one for one in panels[1].children if isinstance(one, Rect) and one.kind == "container")
    lows = [max(y for _, y in line.points) for line in scene.shapes() if isinstance(line, Line) and line.kind == "zoom"]
    assert first.bottom < max(lows) < first.bottom + SPACE


def test_a_line_to_a_further_column_leaves_its_box_where_its_letter_is() -> None:
    """Moved by the few px up to where it passes, it would leave the frame around its box at a round corner."""
    box, goal = Place(0, 880, 100, 931), Place(500, 100, 900, 700)
    for bottom in (880.0, 890.0, 900.0, 905.0):
        first = (measure(DIAGRAM, WIDTH), Place(200, 100, 480, bottom))
        way = zoom._Way("A", "box", box, 905.5, 127.0, goal, 1)
        (passed,) = zoom._passed([way], [[first], [(measure(DIAGRAM, WIDTH), goal)]])
        assert zoom._snapped(passed).start == 905.5
        assert passed.end > bottom
