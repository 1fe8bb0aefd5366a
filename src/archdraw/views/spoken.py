"""A picture in words, for those who hear it: the way through the model, and each kind of layer with its number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import assert_never

from archdraw.glossary import Phrase, spoken, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS
from archdraw.spec import Spec
from archdraw.tree.blocks import Block, Experts, Graph, Leaf, Merge, Module, Parallel, Repeat, Residual, Side
from archdraw.tree.blocks import Sequence as Chained
from archdraw.tree.children import children
from archdraw.tree.description import describe
from archdraw.tree.framing import ANY
from archdraw.tree.sharing import kinds_of
from archdraw.tree.walks import layers, leaves
from archdraw.views.wording import several

MOST_KINDS = 12
"""So many kinds of layers are described, the most frequent first; of more the others are counted."""
_JOINED = {
    "add": spoken.SPOKEN_PARALLEL,
    "multiply": spoken.SPOKEN_PRODUCT,
    "concatenate": spoken.SPOKEN_CONCATENATED,
    "separate": spoken.SPOKEN_BESIDE,
}


def description(spec: Spec, model: Module, every: Sequence[Module], below_name: tuple[str, ...]) -> str:
    """The picture of ``model`` with its layers, ``every`` one, in words; its size and origin are in ``below_name``."""
    sentences = [spoken.SPOKEN(name=spec.name, facts=below_name)]
    if spec.incomplete:
        sentences.append(spoken.SPOKEN_INCOMPLETE(reasons=tuple(spec.incomplete)))
    sentences.append(spoken.SPOKEN_PATH(blocks=tuple(_path(model.body))))
    return " ".join(map(text, (*sentences, *_kinds(every))))


def _kinds(every: Sequence[Module]) -> Iterator[Phrase]:
    """A sentence for each kind of layer: how many there are, and their blocks from the input up."""
    kinds, order = kinds_of(every)
    said: dict[tuple[str, str], int] = {}
    for number in order:
        key = text(kinds[number].label), ", ".join(_row(kinds[number].body))
        said[key] = said.get(key, 0) + 1
    ranked = sorted(said.items(), key=lambda entry: -entry[1])
    for (name, blocks), number in ranked[:MOST_KINDS]:
        yield spoken.SPOKEN_KIND(layers=several(name, number), blocks=blocks)
    if rest := ranked[MOST_KINDS:]:
        yield spoken.SPOKEN_OTHERS(number=sum(number for _, number in rest), kinds=len(rest))


def _row(block: Block) -> list[str]:
    """The blocks of a layer, from the input up; what is side by side is one entry."""
    match block:
        case Leaf() | Module():
            return [_both(block)]
        case Side(body=body):
            return [text(spoken.SPOKEN_SIDE(block=body.label))]
        case Chained(parts=parts):
            return [said for part in parts for said in _row(part)]
        case Residual(body=body):
            return _row(body)
        case Parallel(branches=branches, merge=merge):
            return _beside(branches, merge)
        case Repeat(body=body, times=times):
            return [text(spoken.SPOKEN_REPEAT(times=times, blocks=_then(_row(body))))]
        case Experts(body=body, total=total, active=active):
            what = words.EXPERTS_PER_TOKEN(total=total, active=active)
            return [text(spoken.SPOKEN_BLOCK(label=what, detail=_then(_row(body))))]
        case Graph():
            return [_both(leaf) for leaf in leaves(block)]
        case _:
            assert_never(block)


def _beside(branches: Iterable[Block], merge: Merge) -> list[str]:
    """Branches and how they are joined; one that is a plain line is none."""
    rows = [row for branch in branches if (row := _row(branch))]
    if len(rows) < 2:
        return [said for row in rows for said in row]
    return [_together(list(map(_then, rows)), merge)]


def _together(branches: Sequence[str], merge: Merge) -> str:
    """What is said of ``branches`` as one, from the left."""
    return reduce(lambda one, other: text(_JOINED[merge](one=one, other=other)), branches)


def _then(row: Sequence[str]) -> str:
    return " then ".join(row)


def _both(block: Leaf | Module) -> str:
    found = describe(block)
    return text(spoken.SPOKEN_BLOCK(label=found.label, detail=found.detail)) if found.detail else found.label


def _path(block: Block) -> list[str]:
    """What the line of a model passes: layers in a row as their number, columns with all that is in them."""
    names: list[str] = []
    number = 0
    for part in block.parts if isinstance(block, Chained) else (block,):
        own = len(layers(part, ANY))
        in_row = own and (isinstance(part, Repeat) or (isinstance(part, Module) and part.level in (*ANY, "stack")))
        if in_row:
            number += own
            continue
        names += _number(number)
        number = 0
        match part:
            case Module() if own:
                names.append(text(spoken.SPOKEN_BLOCK(label=part.label, detail=LAYERS(number=own))))
            case Leaf() | Module():
                names.append(text(part.label))
            case Side(body=body):
                names.append(text(spoken.SPOKEN_SIDE(block=body.label)))
            case Parallel(branches=branches, merge=merge) if own:
                columns = [_then(column) for branch in branches if (column := _path(branch))]
                names.append(_together(columns, merge))
            case Chained() | Residual() | Graph() | Repeat() | Experts() if own:
                names += [said for inner in children(part) for said in _path(inner)]
            case _:
                names += [text(leaf.label) for leaf in leaves(part)]
    return names + _number(number)


def _number(number: int) -> list[str]:
    return [text(LAYERS(number=number))] if number else []
