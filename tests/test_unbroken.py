"""Words of diagrams where none wrap, sketches of columns, and what shapes cover."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archdraw.fonts import text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.boxes import natural_width
from archdraw.layout.diagram.measures import INSET
from archdraw.layout.diagram.text import fitted, room, rows_of
from archdraw.layout.diagram.unbroken import words_width
from archdraw.layout.sketch import Sketch
from archdraw.picture import Box, Branches, Chain, Rail
from archdraw.theme import load_theme

LONG = "a box with many words in it"


def test_the_longest_words_of_all_boxes_count() -> None:
    item = Chain((Box("a", "short"), Rail(Branches((Box("b", LONG), Box("c", "other"))))))
    assert words_width(item, INSET) == pytest.approx(text_width(LONG, INSET.label_size, 500))
    assert words_width(Chain(()), INSET) == 0


def test_a_sketch_keeps_the_places_of_a_canvas_and_no_shapes() -> None:
    item = Chain((Box("a", "one"), Branches((Box("b", "two"), Box("c", "three")))))
    cell = diagram.place(item, (0.0,), (), INSET)
    canvas, sketch = Canvas(load_theme("light")), Sketch(load_theme("light"))
    for one in (canvas, sketch):
        cell.paint(one, 100, 400)
    assert sketch.places == canvas.places
    assert canvas.elements()
    assert not sketch.elements()


def test_what_is_painted_after_a_question_counts_for_the_next_one() -> None:
    canvas, place = Canvas(load_theme("light")), Place(10, 10, 20, 20)
    assert not canvas.is_barred(place)
    with canvas.group("box", "a box"):
        canvas.rect(0, 0, 100, 100, fill="#ffffff")
    assert canvas.is_barred(place)
    assert canvas.is_blank(place)
    canvas.dot(15, 15, layer="object")
    assert not canvas.is_blank(place)


@pytest.mark.parametrize("word", ["aaaaaaaaaa", "Aggregation", "WWWWWWWWWWWWWWWWWWWW"])
def test_a_word_of_usual_length_is_in_one_line_however_narrow_boxes_are(word: str) -> None:
    narrow = replace(INSET, widest_box=104, pad=8)
    for box in (Box("a", word), Box("a", "one", f"of {word}")):
        width = room(natural_width(box, narrow), narrow.pad)
        assert any(word in row.text for row in rows_of(box.label, box.detail, width, narrow))
    # No word that is longer than any of a language makes a box wider.
    assert natural_width(Box("a", "w" * 60), narrow) <= narrow.widest_box


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Collapse 4 streams", 120, ["Collapse", "4 streams"]),
        ("3 → 768, 32 × 32 patches", 120, ["3 → 768,", "32 × 32", "patches"]),
        ("Llama 3 scaling", 90, ["Llama 3", "scaling"]),
    ],
)
def test_no_line_parts_what_is_counted_from_its_number(text: str, width: float, lines: list[str]) -> None:
    assert [row.text for row in fitted(text, width, 17, 15.5, 500)] == lines
