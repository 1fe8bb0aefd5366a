"""Layers of several stacks in one panel: what all of them have is drawn once, what differs as alternatives."""

from __future__ import annotations

from archdraw.glossary import Phrase, comparison, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS
from archdraw.parts import rebuilt
from archdraw.picture import Box, Chain, Choice, Diagram, Frame, Plate, Words
from archdraw.records import replaced
from archdraw.spec import Spec
from archdraw.tree.blocks import Module, Sequence
from archdraw.tree.sharing import kinds_of
from archdraw.tree.walks import paths_in
from archdraw.views.architecture import picture
from archdraw.views.columns import columns
from archdraw.views.layers_beside import layers_beside
from archdraw.views.merging import MIXERS
from archdraw.views.overlay import laid_over
from archdraw.views.stack import stacked


def layers_as_one(spec: Spec, model: Module) -> Plate | None:
    """The plate of ``model`` with a bar for each of its stacks, and one panel for the layers of all of them.

    None where it has one stack, or columns side by side, or where no one layer is like all others but for some blocks.
    """
    drawn = columns(model, whole=True)
    kinds, _ = kinds_of(drawn.stack.all)
    if len(drawn.stack.picture) < 2 or drawn.forked or drawn.towers or drawn.wires:
        return None
    if len(laid_over([kind.body for kind in kinds])) > 1:
        return None
    paths = dict(paths_in(model.body))
    every = Module("layers", LAYERS(number=len(drawn.stack.all)), Sequence(drawn.stack.all), level="stack")
    (frame,) = stacked(every, paths[id(kinds[0])], paths, whole=True).picture
    assert isinstance(frame, Frame)
    plate = picture(spec, model, whole=True)
    alike: list[Words] = []
    column = _closer(plate.column, [])
    assert isinstance(column, Chain)
    plate = replaced(plate, column=column)
    return layers_beside(plate, replaced(frame, body=_closer(frame.body, alike)), alike)


def _closer(item: Diagram, alike: list[Words]) -> Diagram:
    """``item`` with one box for alternatives of one name, and tables that say only what differs in their rows.

    What all rows have is then in the words of ``alike``.
    """

    def again(part: Diagram) -> Diagram:
        return _closer(part, alike)

    match item:
        case Choice(options=options) if (boxes := [box for box in options if isinstance(box, Box)]) and len(
            boxes
        ) == len(options):
            return _as_one(boxes) or _apart(item, boxes, alike)
        case _:
            return rebuilt(item, again)


def _as_one(boxes: list[Box]) -> Box | None:
    """One box for ``boxes`` of one name, which says what layers have it; None where their names differ."""
    if len({(box.label, box.role) for box in boxes}) > 1:
        return None
    places = tuple(sorted(place for box in boxes for place in box.layers))
    said = words.ONLY(when=words.IN_THE_LAYERS(numbers=tuple(map(str, places))), detail="")
    title = "; ".join(dict.fromkeys(box.title for box in boxes))
    return replaced(boxes[0], detail=text(said).rstrip("; "), layers=places, title=title)


def _sort_of(boxes: list[Box]) -> Phrase:
    """What all ``boxes`` are: attention, else mixers of tokens, else blocks."""
    roles = {box.role for box in boxes}
    if roles <= {"attention", "sliding"}:
        return comparison.ATTENTION()
    return words.TOKEN_MIXING() if roles <= MIXERS else words.BLOCK()


def _apart(item: Choice, boxes: list[Box], alike: list[Words]) -> Choice:
    """``item``, its ``boxes`` without what all of them say, which is then in ``alike``."""
    if item.headings is None:
        return item
    detail = boxes[0].detail if len({box.detail for box in boxes}) == 1 else ""
    chips = [chip for chip in boxes[0].chips if all(chip in box.chips for box in boxes)]
    said = tuple(filter(None, (detail, *(chip.label for chip in chips))))
    if not said:
        return item
    alike.append(Words(text(words.EACH_HAS(block=_sort_of(boxes), what=said)), strong=True))
    rows = (
        replaced(
            box,
            detail="" if detail else box.detail,
            chips=tuple(chip for chip in box.chips if chip not in chips),
        )
        for box in boxes
    )
    return replaced(item, options=tuple(rows))
