"""String diagrams: laws of composition, and every line where a box takes it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.least import extent
from archdraw.layout.diagram.measures import INSET, SPINE, Measures
from archdraw.picture import Bar, Box, Branches, Chain, Chip, Choice, Diagram, Frame, Rail
from archdraw.records import replaced
from archdraw.scene import Element, Group, Line, Rect
from archdraw.theme import load_theme


def box(label: str, inputs: int = 1, outputs: int = 1) -> Box:
    return Box(label, label, inputs=inputs, outputs=tuple("" for _ in range(outputs)))


def placed(item: Diagram, measures: Measures = INSET) -> Cell:
    return diagram.place(item, (0.0,), (), measures)


def painted(item: Diagram) -> tuple[Element, ...]:
    canvas = Canvas(load_theme("light"), 0)
    placed(item).paint(canvas, 300, 800)
    return canvas.elements()


def size(cell: Cell) -> tuple[float, float, float]:
    return (round(cell.left, 6), round(cell.right, 6), round(cell.length, 6))


def split(number: int, *above: Diagram) -> Diagram:
    """A line that becomes ``number`` lines, which pass what is ``above`` and are joined."""
    return Chain((Branches(tuple(box(f"part {index}") for index in range(number)), None), *above, box("join", number)))


def with_lines(number: int, items: list[Diagram]) -> Diagram:
    """All that several lines can pass, around ``items``: alternatives, frames and bars."""
    rows = [Chain((box("mixed", number, number), Branches(tuple(item for _ in range(number)), None))) for item in items]
    bar = Bar("folded", "2 ×", "bar", "", number)
    bands = tuple("or" for _ in (0, *rows))
    return split(number, Frame(Choice((box("one", number, number), *rows), bands), "3 ×", "frame", ""), bar)


labels = st.text("abcdefgh", min_size=1, max_size=24)
single = st.recursive(
    labels.map(box),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Chain(tuple(items))),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: Branches(tuple(items), "+")),
        st.lists(inner, min_size=2, max_size=4).map(
            lambda items: Chain((Branches(tuple(items), None), box("join", len(items))))
        ),
        inner.map(Rail),
        st.builds(with_lines, st.integers(1, 3), st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=8,
)


@given(single, single, single)
def test_composition_is_associative(one: Diagram, two: Diagram, three: Diagram) -> None:
    flat = placed(Chain((one, two, three)))
    assert size(placed(Chain((Chain((one, two)), three)))) == size(flat)
    assert size(placed(Chain((one, Chain((two, three)))))) == size(flat)


@given(single)
def test_a_plain_line_changes_nothing(item: Diagram) -> None:
    assert size(placed(Chain((item,)))) == size(placed(item))


@given(single)
def test_no_two_boxes_overlap(item: Diagram) -> None:
    boxes = [rect for rect in _rects(painted(item)) if rect.kind == "box"]
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
            assert apart, (one, other)


@given(single)
def test_everything_lies_within_the_extents(item: Diagram) -> None:
    cell = placed(item)
    for rect in _rects(painted(item)):
        assert rect.x >= 300 + cell.left - 0.01
        assert rect.right <= 300 + cell.right + 0.01
        assert 800 - cell.length - 0.01 <= rect.y <= rect.bottom <= 800.01


@given(single, st.sampled_from([INSET, replace(INSET, pad=8, branch_gap=10, widest_branch=104), SPINE]))
def test_no_diagram_takes_less_than_it_takes_at_least(item: Diagram, measures: Measures) -> None:
    cell, least = placed(item, measures), extent(item, 1, measures)
    assert least.width <= cell.width + 0.01
    assert (-least.left, least.right) == (max(-least.left, cell.left - 0.01), min(least.right, cell.right + 0.01))
    assert not least.straight or abs(cell.outputs[0]) < 0.01


def test_a_chain_reaches_to_both_sides_as_far_as_each_of_its_items() -> None:
    chips = replaced(box("narrow"), chips=(Chip("chip", "plain"),))
    frame = Frame(Rail(Chain((chips, box("a box with many letters in it")))), "3 ×", "frame", "")
    least, cell = extent(Chain((box("a"), frame)), 1, INSET), placed(Chain((box("a"), frame)))
    assert (-least.left, least.right) == pytest.approx((cell.left, cell.right))


def test_lines_that_are_dealt_out_run_straight() -> None:
    projections = Branches((box("Q"), box("K"), box("V")), None)
    rotation = Box("rope", "a rather long rotation", inputs=2, outputs=("", ""))
    item = Chain((projections, Branches((rotation, Chain()), None), box("attention", 3)))
    lines = [shape for shape in painted(item) if isinstance(shape, Line)]
    assert lines
    above = [line for line in lines if min(y for _, y in line.points) < 800 - 40 and len(line.points) > 2]
    assert above == [], "only the bus below the projections may bend"


def test_a_box_grows_over_the_lines_that_it_takes() -> None:
    wide = Branches(tuple(box(f"a projection {index}") for index in range(4)), None)
    cells = placed(Chain((wide, box("sum", 4))))
    rect = next(rect for rect in _rects(painted(Chain((wide, box("sum", 4))))) if rect.width > 300)
    assert rect.width > 300
    assert cells.width >= rect.width


@pytest.mark.parametrize("measures", [INSET, SPINE], ids=["inset", "spine"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_lines_pass_alternatives_frames_and_bars(number: int, measures: Measures) -> None:
    wide = box("an alternative whose words are long", number, number)
    item = with_lines(number, [box("short"), Branches((box("left"), box("right")), "+")])
    assert isinstance(item, Chain)
    for part in item.items:
        if isinstance(part, Frame | Bar):
            assert diagram.inputs_of(part) == diagram.outputs_of(part, number) == number
    for alternatives in (
        Choice((wide, box("b", number, number)), ("in 1 of 2", "in 1 of 2")),
        item.items[1],
        item.items[2],
    ):
        ports = diagram.natural_ports(alternatives, measures)
        cell = diagram.place(alternatives, ports, (), measures)
        assert len(cell.inputs) == len(cell.outputs) == len(cell.arrows) == number
        assert cell.inputs == ports


def test_branches_must_agree_with_the_lines_that_come_in() -> None:
    with pytest.raises(ValueError, match="3 lines come in, the branches take 4"):
        placed(Chain((Branches((box("a"), box("b"), box("c")), None), Branches((box("d", 2), box("e", 2)), None))))


def test_boxes_of_the_spine_are_all_of_one_width() -> None:
    cells = [placed(box(label), SPINE) for label in ("RMSNorm", "Multi-head latent attention with a long name")]
    assert {cell.width for cell in cells} == {SPINE.box_width}


def _rects(elements: tuple[Element, ...]) -> list[Rect]:
    found: list[Rect] = []
    for element in elements:
        if isinstance(element, Group):
            found += _rects(element.children)
        elif isinstance(element, Rect):
            found.append(element)
    return found
