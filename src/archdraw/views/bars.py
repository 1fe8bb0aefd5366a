"""Layers that are folded to one line: which they are, and what they have in place of those that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archdraw.glossary import Words, text, within
from archdraw.glossary import layers as terms
from archdraw.glossary import plate as words
from archdraw.picture import Bar
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.settings import SORTS, settings_apart
from archdraw.tree.walks import inputs
from archdraw.views.arrangement import is_placed_apart, named_run, not_yet_said, tags_apart
from archdraw.views.merging import MIXERS
from archdraw.views.overlay import blocks_of, laid_over
from archdraw.views.wording import listed

PLACES = {
    "attention": (terms.PRE_ATTENTION, terms.POST_ATTENTION, terms.BEFORE_ATTENTION),
    "sliding": (terms.PRE_ATTENTION, terms.POST_ATTENTION, terms.BEFORE_ATTENTION),
    "linear": (terms.PRE_MIXER, terms.POST_MIXER, terms.BEFORE_MIXER),
    "convolution": (terms.PRE_MIXER, terms.POST_MIXER, terms.BEFORE_MIXER),
    "feed_forward": (terms.PRE_FFN, terms.POST_FFN, terms.BEFORE_FFN),
    "experts": (terms.PRE_FFN, terms.POST_FFN, terms.BEFORE_FFN),
}
"""What a norm before, one behind, and anything else before a block of a role is called."""


FEED_FORWARDS = frozenset({"feed_forward", "experts"})
"""Roles of blocks of which a bar says beside which mixer they stand: alone they would read as a whole layer."""


def bar(layer: Module, others: Sequence[Module], start: int, end: int, path: str, before: int = 0) -> Bar:
    """A run folded to one line: which layers, and what they have that none of the drawn ``others`` has in its place.

    Where those have alternatives, the line says also which of them the layers of the run have. Layers are counted from
    ``start`` to ``end`` in a stack that so many stand ``before``.
    """
    first, last = str(before + start), str(before + end - 1)
    number = words.ONE_LAYER(number=last) if end - start == 1 else words.LAYER_RANGE(first=first, last=last)
    which = named_run(layer, others, number)
    bodies = {number: other.body for number, other in enumerate((layer, *others))}
    group = next(group for group in laid_over(list(bodies.values())) if 0 in group.parts)
    if len(group.parts) == 1 or is_placed_apart(layer, others):
        what, names = _shaped_apart(layer, others), _shaped_apart(layer, others, describing=False)
    else:
        columns = [dict(column) for column in group.columns(bodies)]
        # What all drawn layers have and this one lacks; what it has, with what stands there in the drawn ones.
        whole = [column[min(column)] for column in columns]
        lacking = [
            place for place, column in enumerate(columns) if 0 not in column and len(column) == len(group.parts) - 1
        ]
        pairs = [(column.pop(0), tuple(column.values())) for column in columns if 0 in column]
        # Where each part comes in some drawn layer, what is its own is how they are put together.
        different = [pair for pair in pairs if pair[0] not in pair[1]] or [
            pair for pair in pairs if any(pair[0] != other for other in pair[1])
        ]
        own = blocks_of(layer.body)
        missed = (_named(whole, place, own) for place in lacking if whole[place].role != "norm")
        without = tuple(dict.fromkeys(said for found in missed for said in found))
        what = tuple(_apart(block, there) for block, there in different if block.role != "norm" or not without)
        names = tuple(block.label for block, _ in different if block.role != "norm" or not without)
        if different and all(
            block.role in FEED_FORWARDS and text(block.label) not in _labels(there) for block, there in different
        ):
            kept = tuple(listed(block) for block in own if isinstance(block, Module) and block.role in MIXERS)
            what, names = (*kept, *what), (*kept, *names)
        if without:
            what, names = ((*said, words.WITHOUT(what=without)) for said in (what, names))
    # What it has of the alternatives may be what differs, too.
    chosen = tuple(_chosen(layer, others))
    line, short = (
        text(
            words.BAR(
                which=which,
                what=tuple(
                    dict.fromkeys(map(within, (*chosen, *said, *not_yet_said(tags_apart(layer, others), said))))
                ),
            )
        )
        for said in (what, names)
    )
    times, layers = text(words.REPEATED(number=end - start)), tuple(range(before + start, before + end))
    return Bar(line, times, path, line, inputs(layer), short, layers)


def _labels(blocks: Iterable[Leaf | Module]) -> set[str]:
    return {text(block.label) for block in blocks}


def _chosen(layer: Module, others: Sequence[Module]) -> Iterator[Words]:
    """What ``layer`` has that some of ``others`` have, and not all: in them it is one of several alternatives."""
    theirs = [frozenset(blocks_of(other.body)) for other in others]
    for block in dict.fromkeys(blocks_of(layer.body)):
        if block.role != "norm" and 0 < sum(block in blocks for blocks in theirs) < len(theirs):
            yield listed(block) if isinstance(block, Module) else block.label


def _shaped_apart(layer: Module, others: Sequence[Module], *, describing: bool = True) -> tuple[Words, ...]:
    """What a layer of another shape has that no drawn one has, and the norms that it lacks of the first.

    Where it has nothing of its own, what it lacks of the drawn one that is most alike; where that is nothing, all.
    Without ``describing`` feed forwards are named only.
    """
    own = blocks_of(layer.body)
    theirs = {block for other in others for block in blocks_of(other.body)}
    # The label of a feed forward says nothing of its width, and a plate opens those of the drawn layers alone.
    more = tuple(
        describe(block).full if describing and block.role == "feed_forward" else block.label
        for block in own
        if block not in theirs and block.role != "norm"
    )
    # Norms of layers that differ in more than what is in a place cannot be matched with each other.
    lacking: tuple[Words, ...] = ()
    if is_placed_apart(layer, others):
        # The name of the placement says which norms there are.
        lacking = ()
    elif not more:
        lacking = tuple(
            _lacking(own, min((blocks_of(other.body) for other in others), key=lambda one: _apart_by(own, one)))
        )
    elif all(_places(own) == _places(blocks_of(other.body)) for other in others):
        lacking = tuple(_lacking(own, blocks_of(others[0].body)))
    if more or lacking:
        return (*more, words.WITHOUT(what=lacking)) if lacking else more
    return tuple(block.label for block in own if block.role != "norm")


def _matches(own: Sequence[Leaf | Module], theirs: Sequence[Leaf | Module]) -> frozenset[int]:
    """The places of ``theirs`` that ``own`` has in the same order."""
    # Of blocks but norms it is their sort that counts: layers of a stack may take turns in what is in a place.
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [_place(block) for block in theirs], [_place(block) for block in own], False)
    return frozenset(place for match in matcher.get_matching_blocks() for place in range(match.a, match.a + match.size))


def _apart_by(own: Sequence[Leaf | Module], theirs: Sequence[Leaf | Module]) -> tuple[int, int]:
    """How far one layer is from another: how much of its own that one has not, and how much it has besides."""
    return sum(block not in theirs for block in own), len(theirs) - len(_matches(own, theirs))


def _lacking(own: Sequence[Leaf | Module], theirs: Sequence[Leaf | Module]) -> Iterator[Words]:
    """What ``theirs`` has and ``own`` has not; norms by the block before or behind which they stand."""
    kept = _matches(own, theirs)
    for place, block in enumerate(theirs):
        if place in kept:
            continue
        if block.role != "norm":
            yield from map(within, _named(theirs, place, own))
            continue
        after = theirs[place + 1] if place + 1 < len(theirs) else None
        before = theirs[place - 1] if place else None
        if after is not None and after.role in PLACES:
            yield within(PLACES[after.role][0](norm=block.label))
        elif before is not None and before.role in PLACES:
            yield within(PLACES[before.role][1](norm=block.label))
        else:
            yield block.label


def _named(theirs: Sequence[Leaf | Module], place: int, own: Sequence[Leaf | Module]) -> Iterator[Words]:
    """What ``theirs`` has at ``place`` and ``own`` lacks: where ``own`` has its like elsewhere, with what it is before.

    Nothing where there is no such block: that a layer is without what it has would be wrong.
    """
    label = theirs[place].label
    if all(text(block.label) != text(label) for block in own):
        yield label
        return
    behind = next((block.role for block in theirs[place + 1 :] if block.role in PLACES), None)
    if behind is not None:
        yield PLACES[behind][2](what=label)


def _places(blocks: Iterable[Leaf | Module]) -> list[object]:
    """The places of ``blocks`` in their order, without norms."""
    return [_place(block) for block in blocks if block.role != "norm"]


def _place(block: Leaf | Module) -> object:
    """What blocks of two layers must share to be taken for the same: norms all, others their sort."""
    return block if block.role == "norm" else SORTS.get(block.role, block.role)


def _apart(block: Leaf | Module, others: Sequence[Leaf | Module]) -> Words:
    """``block`` in words: where one of ``others`` is called alike, only what its second line has more."""
    found = describe(block)
    same = next((other for other in others if text(other.label) == found.label), None)
    if same is None:
        return found.full
    theirs = [text(part) for part in (same.detail if isinstance(same.detail, tuple) else (same.detail,))]
    own = [text(part) for part in (block.detail if isinstance(block.detail, tuple) else (block.detail,))]
    more = ", ".join(part for part in own if part and part not in theirs)
    if more:
        return more
    # A setting that is no size distinguishes them: the kind of positions, an activation.
    settings = settings_apart([block, same])[0].split(", ")
    chosen = next((setting for setting in settings if setting and not setting[-1].isdigit()), "")
    return f"{found.label}, {chosen}" if chosen else found.full
