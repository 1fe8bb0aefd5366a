"""The panel of attention masks: which keys the queries of a model see, where that is not all that came before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.glossary import Phrase, plate, text
from archdraw.glossary import Words as Wording
from archdraw.glossary.attention import BIDIRECTIONAL, BIDIRECTIONAL_IMAGES
from archdraw.glossary.common import LAYERS
from archdraw.picture import Inset
from archdraw.picture import Mask as Figure
from archdraw.picture import Masks as Figures
from archdraw.records import replaced
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.masks import Mask, mask_of
from archdraw.tree.patterns import periods, runs
from archdraw.tree.walks import for_each, leaves, walk
from archdraw.views.wording import short_name

MOST_MASKS = 2
CELLS = 12
"""Queries and keys of a figure."""
REACH = 4
"""Cells that stand for a window, a chunk or a selection: a sign of being short, not to scale."""
BLOCK = 2
"""Cells that stand for a block, on whose grid keys are selected."""
IMAGE = range(5, 9)
"""The cells of an image in a sequence whose other tokens are text."""
FIRST = 2
"""The same for tokens at the beginning that all queries see."""


def masks_panel(layers: Sequence[Module]) -> Inset | None:
    """The masks of all ``layers`` beside each other; None where none of them is shortened, or there are many.

    One mask that is only a selection says no more than the box does, and gets none; nor do keys that stand for several
    tokens.
    """
    found: dict[tuple[Mask, tuple[str, str]], list[Module]] = {}
    where: dict[tuple[Mask, tuple[str, str]], set[int]] = {}
    for index, mixers in enumerate(for_each(layers, lambda layer: tuple(map(_seen, looking(layer))))):
        for block, compressed, key in mixers:
            if compressed:
                return None
            found.setdefault(key, []).append(block)
            where.setdefault(key, set()).add(index)
    masks = {mask for mask, _ in found}
    short = [mask for mask in masks if mask.size is not None]
    selected = all(mask.pattern == "selection" for mask in short)
    if not short or len(found) > MOST_MASKS or (selected and len(masks) == 1):
        return None
    # What all of them share distinguishes none; where all rotate, their bases do.
    positions = {position for _, position in found}
    shown = 1 if all(base for _, base in positions) and len({base for _, base in positions}) > 1 else 0
    figures = []
    for (mask, position), blocks in sorted(found.items(), key=lambda entry: _reach(entry[0][0])):
        mixer = blocks[0]
        apart = position[shown] if len(positions) > 1 else ""
        way = BIDIRECTIONAL_IMAGES() if mask.images else "" if mask.causal else BIDIRECTIONAL()
        detail = text((LAYERS(number=len(where[mask, position])), way, apart))
        figures.append(Figure(mixer.role, _cells(mask), text(_label(mixer, mask)), detail))
    names = {index: short_name(found[key][0]) for key, places in where.items() for index in places}
    twice = sum(map(len, where.values())) > len(names)
    title = plate.MASKS() if twice or len(names) < len(layers) else _title([names[index] for index in sorted(names)])
    return Inset(text(title), (Figures(tuple(figures)),), optional=selected)


def _seen(mixer: Module) -> tuple[Module, bool, tuple[Mask, tuple[str, str]]]:
    """``mixer``, whether it is compressed, and what distinguishes its mask."""
    return mixer, _compressed(mixer), (mask_of_mixer(mixer), position_of(mixer))


def _label(mixer: Module, mask: Mask) -> Wording:
    kind = short_name(mixer)
    if mask.size is None:
        return kind
    if mask.first and mask.pattern == "window":
        return plate.WINDOW_AND_FIRST(kind=kind, size=mask.size, first=mask.first)
    if mask.pattern == "selection" and mask.block > 1:
        return plate.SELECTED_BLOCKS(kind=kind, number=mask.size // mask.block)
    if mask.pattern == "window" and not mask.causal:
        return plate.WINDOW_EACH_SIDE(kind=kind, size=mask.size, side=mask.size // 2)
    terms = {"window": plate.WINDOW, "chunk": plate.CHUNK, "prefix": plate.PREFIX, "selection": plate.SELECTION}
    return terms[mask.pattern](kind=kind, size=mask.size)


def _cells(mask: Mask) -> tuple[tuple[int, ...], ...]:
    """``mask`` over a few tokens, each query with its keys."""
    size, block = None if mask.size is None else REACH, min(mask.block, BLOCK)
    drawn = replaced(mask, size=size, first=min(mask.first, FIRST), block=block, local=min(mask.local, REACH // block))
    image = IMAGE if mask.images else range(0)
    return tuple(
        tuple(key for key in range(CELLS) if drawn.sees(query, key, CELLS) or (query in image and key in image))
        for query in range(CELLS)
    )


def looking(layer: Module) -> Iterator[Module]:
    """The mixers of ``layer`` that look at other tokens, those included that read another layer's keys and values."""
    for _, part in walk(layer.body):
        if isinstance(part, Module) and part.role in ("attention", "sliding"):
            own = tuple(leaves(part.body))
            heads = [leaf.heads for leaf in own if leaf.heads]
            crosses = any(one.cross for one in heads)
            if not crosses and (any(leaf.cache for leaf in own) or any(one.cached for one in heads)):
                yield part


def mask_of_mixer(mixer: Module) -> Mask:
    """The mask of ``mixer``: of the heads whose values it reads; an indexer's only choose."""
    own = tuple(leaves(mixer.body))
    heads = [leaf.heads for leaf in own if leaf.heads is not None and leaf.heads.value_width != 0]
    if heads:
        return mask_of(heads[-1])
    return _kept(own)


def _kept(own: Sequence[Leaf]) -> Mask:
    """The mask of a mixer without heads that are known: what its cache is kept for."""
    window = next((leaf.cache.window for leaf in own if leaf.cache is not None and not leaf.cache.index), None)
    return Mask() if window is None else Mask("chunk" if window.chunked else "window", window.size)


def _title(kinds: Sequence[str]) -> Phrase:
    """The title of the masks, with ``5 sliding : 1 global`` where two ``kinds`` of layers take turns by a rule."""
    start, unit, times = periods(kinds)
    turns = runs(kinds[start : start + unit])
    throughout = all(one == other for one, other in zip(kinds, kinds[unit:], strict=False))
    if times < 2 or len(turns) != 2 or not throughout:
        return plate.MASKS()
    (one, first), (other, second) = turns
    return plate.MASKS_RHYTHM(first=first, one=one, second=second, other=other)


def _reach(mask: Mask) -> tuple[bool, int]:
    return (mask.most is None, mask.most or 0)


def position_of(mixer: Module) -> tuple[str, str]:
    """How ``mixer`` distinguishes places: ``("RoPE", "base 10,000")``."""
    rotation = next((leaf for leaf in leaves(mixer.body) if leaf.role == "position" and leaf.tag), None)
    return (text(rotation.tag), text(rotation.detail)) if rotation else ("", "")


def _compressed(mixer: Module) -> bool:
    """Whether keys of ``mixer`` stand for several tokens each: no cell of a mask would be one of them."""
    return any(leaf.cache and leaf.cache.every > 1 and not leaf.cache.index for leaf in leaves(mixer.body)) or any(
        leaf.heads and leaf.heads.every > 1 and leaf.heads.value_width != 0 for leaf in leaves(mixer.body)
    )
