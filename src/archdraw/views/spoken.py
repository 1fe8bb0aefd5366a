"""A picture in words, for those who hear it: the way through the model, and each kind of layer with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import TypeAlias, assert_never

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

WordsOf: TypeAlias = Callable[[Leaf | Module], str]

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
    alike: dict[tuple[str, str], list[Module]] = {}
    for number in order:
        kind = kinds[number]
        alike.setdefault((text(kind.label), ", ".join(_row(kind.body, _whole))), []).append(kind)
    ranked = sorted(alike.items(), key=lambda entry: -len(entry[1]))
    once = _Once(own[0] for _, own in ranked)
    for (name, _), own in ranked[:MOST_KINDS]:
        blocks = ", ".join(_row(own[0].body, once))
        yield spoken.SPOKEN_KIND(layers=several(name, len(own)), blocks=blocks)
    if rest := ranked[MOST_KINDS:]:
        yield spoken.SPOKEN_OTHERS(number=sum(len(own) for _, own in rest), kinds=len(rest))


def _row(block: Block, words_of: WordsOf) -> list[str]:
    """The blocks of a layer in ``words_of`` each, from the input up; what is side by side is one entry."""
    match block:
        case Leaf() | Module():
            return [words_of(block)]
        case Side(body=body):
            return [text(spoken.SPOKEN_SIDE(block=body.label))]
        case Chained(parts=parts):
            return [said for part in parts for said in _row(part, words_of)]
        case Residual(body=body):
            return _row(body, words_of)
        case Parallel(branches=branches, merge=merge):
            return _beside([_row(branch, words_of) for branch in branches], merge)
        case Repeat(body=body, times=times):
            return [text(spoken.SPOKEN_REPEAT(times=times, blocks=_then(_row(body, words_of))))]
        case Experts(body=body, total=total, active=active):
            what = words.EXPERTS_PER_TOKEN(total=total, active=active)
            return [text(spoken.SPOKEN_BLOCK(label=what, detail=_then(_row(body, words_of))))]
        case Graph():
            return [words_of(leaf) for leaf in leaves(block)]
        case _:
            assert_never(block)


def _beside(branches: Iterable[list[str]], merge: Merge) -> list[str]:
    """Branches and how they are joined; one that is a plain line is none."""
    rows = list(filter(None, branches))
    if len(rows) < 2:
        return [said for row in rows for said in row]
    return [_together(list(map(_then, rows)), merge)]


def _together(branches: Sequence[str], merge: Merge) -> str:
    """What is said of ``branches`` as one, from the left."""
    return reduce(lambda one, other: text(_JOINED[merge](one=one, other=other)), branches)


def _then(row: Sequence[str]) -> str:
    return " then ".join(row)


def _whole(block: Leaf | Module) -> str:
    found = describe(block)
    return text(spoken.SPOKEN_BLOCK(label=found.label, detail=found.detail)) if found.detail else found.label


class _Once:
    """Says the details of a block where it comes first; afterwards its name, where that is another block's nowhere."""

    def __init__(self, every: Iterable[Module]) -> None:
        self._named: dict[str, set[str]] = {}
        self._said: set[str] = set()

        def noted(block: Leaf | Module) -> str:
            self._named.setdefault(describe(block).label, set()).add(_whole(block))
            return ""

        for kind in every:
            _row(kind.body, noted)

    def __call__(self, block: Leaf | Module) -> str:
        whole, label = _whole(block), describe(block).label
        if whole in self._said and len(self._named[label]) == 1:
            return label
        self._said.add(whole)
        return whole


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
