"""Letters of panels: one for each, however many there are, and a plate of thirty panels without a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.layout.plate import plate
from archdraw.layout.plate.letters import ALPHABET, letter, number
from archdraw.lint.faults import faults
from archdraw.picture import Box, Chain, Frame, Inset, Plate, Terminal, Words
from archdraw.scene import Line, Scene, Text
from archdraw.theme import load_theme

PANELS = 30


@given(st.integers(0, 20_000))
def test_letters_and_numbers_are_each_others_inverse(place: int) -> None:
    assert number(letter(place)) == place


def test_letters_follow_each_other() -> None:
    assert [letter(place) for place in (0, 7, 8, 12, 13, 14, 22, 23, 24, 45, 46)] == [
        *("A", "H", "J", "N", "P", "R", "Z"),
        *("AA", "AB", "AZ", "BA"),
    ]
    assert not {"I", "O", "Q"} & set(ALPHABET)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [("", "^a panel without a letter has no number$"), *((word, "^substring not found$") for word in ("I", "Q", "A1"))],
)
def test_what_is_no_letter_has_no_number(wrong: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        number(wrong)


def test_a_negative_number_has_no_letter() -> None:
    with pytest.raises(ValueError, match=r"^panels are numbered from 0 on, not -1$"):
        letter(-1)


def of_panels(count: int) -> Plate:
    """A plate of ``count`` boxes, each of which is opened in a panel."""
    boxes = tuple(Box(f"layer/{index}", f"Block {index}", role="plain") for index in range(count))
    panels = tuple(
        Inset(f"Block {index}", (Chain((Box(f"layer/{index}/inner", "Linear"),)), Words("512 to 512")), box.path)
        for index, box in enumerate(boxes)
    )
    column = Chain((Frame(Chain(boxes), "", "layer", "Layer"),))
    return Plate(
        "Thirty",
        ("30 panels",),
        0,
        column,
        (Terminal("Tokens", "tokens"),),
        panels,
        None,
        ("Source: a test", "archdraw"),
        "A test.",
    )


def shown(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_plate_of_thirty_panels_is_without_fault(theme: str) -> None:
    scene = plate.draw(of_panels(PANELS), load_theme(theme))
    assert faults(scene) == []
    letters = {letter(place) for place in range(PANELS)}
    texts = shown(scene)
    # Each at its box and in its panel.
    assert {text: texts.count(text) for text in texts if text in letters} == dict.fromkeys(letters, 2)
    # Their lines would run less than two px apart, where nobody could follow one.
    assert not [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.kind == "zoom"]


def test_a_panel_of_two_letters_can_be_drawn_alone() -> None:
    theme = load_theme("light")
    whole = plate.lettered(of_panels(PANELS), theme)
    (inset,) = (inset for inset in whole.insets if inset.letter == "AB")
    assert "AB" in shown(plate.draw_panel(whole, inset, theme))
