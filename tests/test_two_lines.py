"""Boxes in panels have at most two lines; what they say in more stands in words below."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import shipped
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted
from archdraw.layout.plate import panels
from archdraw.layout.plate.two_lines import lightened
from archdraw.picture import Box, Branches, Chain, Diagram, Inset, Words
from archdraw.scene import Element, Group, Rect, Text
from archdraw.views.boxes import boxes

NARROW, WIDE = 240.0, 900.0
EXPERTS = Branches(
    (Box("shared", "Shared expert", "SwiGLU, width 2,048"), Box("router", "Router"), Box("rest", "rest"))
)


def details(item: object) -> list[str]:
    assert isinstance(item, Chain | Branches)
    return [box.detail for box in boxes(item)]


def test_what_fits_two_lines_stays_in_its_box() -> None:
    assert lightened(EXPERTS, WIDE) == (EXPERTS,)


def test_what_takes_three_lines_stands_below() -> None:
    light, words = lightened(EXPERTS, NARROW)
    assert details(light) == ["", "", ""]
    assert isinstance(light, Branches)
    assert next(boxes(light)).title == "Shared expert: SwiGLU, width 2,048"
    assert words == Words("Shared expert: SwiGLU, width 2,048")


def test_boxes_of_two_names_that_say_the_same_are_named_together() -> None:
    other = Branches((*EXPERTS.items, Box("other", "Second expert", "SwiGLU, width 2,048")))
    assert lightened(other, NARROW)[1] == Words("Shared expert, Second expert: SwiGLU, width 2,048")


def test_facts_that_semicolons_part_are_not_broken_where_each_has_a_line() -> None:
    said = "causal conv (k = 4): SiLU; Gated delta rule: state 64 heads × 128 × 128"
    rows = [row.text for row in fitted(said, 432, SMALL, SMALL, 400)]
    assert rows == ["causal conv (k = 4): SiLU;", "Gated delta rule: state 64 heads × 128 × 128"]
    # A third line is not worth it.
    assert len(fitted(said, 300, SMALL, SMALL, 400)) == 2


def test_boxes_that_say_the_same_say_it_once() -> None:
    twice = Branches((*EXPERTS.items, Box("other", "Shared expert", "SwiGLU, width 2,048")))
    _, words = lightened(twice, NARROW)
    assert words == Words("Shared expert: SwiGLU, width 2,048")


def test_the_words_stand_below_those_of_their_diagram() -> None:
    inset = Inset("Experts", (EXPERTS, Words("active 1 of 2", strong=True), Words("top-k"), EXPERTS))
    found = panels.measure(inset, NARROW + 2 * panels.PAD).inset.items
    assert [item.text if isinstance(item, Words) else "" for item in found] == [
        *("", "active 1 of 2", "top-k", "Shared expert: SwiGLU, width 2,048", "", "Shared expert: SwiGLU, width 2,048")
    ]


def test_a_box_keeps_what_has_room_once_others_say_less() -> None:
    """The second box alone would make all of them narrow."""
    row = Branches((Box("a", "one"), Box("b", "two", "of a very long line that is in the way"), Box("c", "three")))
    item: Diagram = Chain((row, Box("d", "Softmax attention", "causal, 96 heads")))
    light, words = lightened(item, NARROW)
    assert details(light) == ["", "", "", "causal, 96 heads"]
    assert words == Words("two: of a very long line that is in the way")


@pytest.mark.parametrize("name", shipped.NAMES)
def test_no_box_of_a_panel_says_more_than_two_lines(name: str) -> None:
    """A label alone may need three: nothing of it can stand elsewhere."""
    panels_of = [group for group in groups(shipped.plate(name).children) if group.role == "panel"]
    for group in groups(tuple(panels_of)):
        words = [child for child in group.children if isinstance(child, Text)]
        figure = any(isinstance(child, Rect) and child.kind == "mark" for child in group.children)
        if group.path and len(words) > 2 and not figure:
            assert len({text.phrase for text in words}) == 1, [text.text for text in words]


def groups(elements: tuple[Element, ...]) -> Iterator[Group]:
    for element in elements:
        if isinstance(element, Group):
            yield element
            yield from groups(element.children)


def test_two_positions_of_one_setting_are_named_together() -> None:
    """DeepSeek V3.2 rotates queries and the shared key alike: one box has the scaling in its label, the other below."""
    words = " ".join(one.text for one in shipped.plate("deepseek-v3-2").shapes() if isinstance(one, Text))
    assert "RoPE: θ\u00a0=\u00a010,000, YaRN ×40" in words
    assert words.count("10,000") == 1
