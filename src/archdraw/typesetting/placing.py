"""The glyphs of one part of a text, from its left end on."""

from __future__ import annotations

from typing import cast

from archdraw.fonts import JOINERS, UNITS, Weight, offsets, outline
from archdraw.scene import Glyph
from archdraw.setters import NO_FONT, NO_SHAPER, SetOut
from archdraw.typesetting import shaping
from archdraw.typesetting.bidirectional import MIRRORED
from archdraw.typesetting.faces import Face, face
from archdraw.typesetting.parts import Part, clusters

BOX = "M150 0V-1490H1078V0ZM290 -140H938V-1350H290Z"
"""The mark of a letter that cannot be drawn, as high as a capital."""
BOX_WIDTH = 1228.0


def placed(part: Part, weight: int) -> SetOut:
    """``part`` set out, with a box for each letter without a font, or one that cannot be set without HarfBuzz."""
    if part.own:
        return _own(part, cast(Weight, weight))
    if part.offer is None:
        return _boxes(part, NO_FONT)
    opened = face(part.offer, weight)
    if not part.reverse and not shaping.needs_shaping(part.text):
        return _in_a_row(part, opened)
    return _shaped(part, opened) if shaping.available() else _boxes(part, NO_SHAPER)


def _own(part: Part, weight: Weight) -> SetOut:
    text = part.text
    if part.reverse:
        text = "".join(MIRRORED.get(character, character) for character in reversed(text))
    return SetOut(outline(text, weight), offsets(text, weight)[-1])


def _boxes(part: Part, reason: str) -> SetOut:
    found = list(clusters(part.text))
    if part.reverse:
        found.reverse()
    glyphs = (Glyph("box", index * BOX_WIDTH / UNITS, BOX, reason, cluster) for index, cluster in enumerate(found))
    return SetOut(tuple(glyphs), BOX_WIDTH * len(found))


def _in_a_row(part: Part, opened: Face) -> SetOut:
    """Letters one after the other, each as far from the next as its font says."""
    glyphs, width = list[Glyph](), 0.0
    for character in part.text:
        if character in JOINERS:
            continue
        number = opened.number(character)
        glyphs += _glyph(opened, number, width, 0, character)
        width += opened.advance(number)
    return SetOut(tuple(glyphs), width)


def _shaped(part: Part, opened: Face) -> SetOut:
    """Letters as HarfBuzz sets them."""
    found = shaping.shaped(part.text, opened, right_to_left=part.reverse)
    if any(one.number == 0 for one in found):
        return _boxes(part, NO_FONT)
    starts = sorted({one.start for one in found})
    letters = {start: part.text[start:end] for start, end in zip(starts, [*starts[1:], len(part.text)], strict=True)}
    glyphs, width = list[Glyph](), 0.0
    for one in found:
        drawn = _glyph(opened, one.number, width + one.right, one.up, letters.get(one.start, ""))
        if drawn:
            letters.pop(one.start, None)
        glyphs += drawn
        width += one.advance
    return SetOut(tuple(glyphs), width)


def _glyph(opened: Face, number: int, right: float, up: float, letters: str) -> tuple[Glyph, ...]:
    """One glyph, if it leaves ink."""
    path, offer = opened.outline(number), opened.offer
    source = f"{offer.name} ({offer.file.path.name})"
    one = Glyph(f"{offer.id}-{number}", right / UNITS, path, source, letters, up / UNITS)
    return (one,) if path else ()
