"""The panel of memory: what a sequence keeps at the context of a model."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.glossary import Phrase, plate, text
from archdraw.glossary.common import KV_CACHE, LAYERS
from archdraw.picture import Inset, Segment, Share, Split, Words
from archdraw.records import replaced
from archdraw.tree.amounts import precisions
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.facts import Facts
from archdraw.tree.framing import ANY
from archdraw.tree.walks import for_each, leaves, once, passes, walk
from archdraw.views.overlay import blocks_of
from archdraw.views.wording import gone_through

ATTENTION = frozenset({"attention", "sliding"})


def memory_panels(
    model: Module,
    counted: Facts,
    context: int | None,
    vocabulary: int | None = None,
    precision: str | None = None,
) -> list[Inset]:
    """What a sequence keeps at the model's own ``context``: beside what it would keep without its savings.

    A layer saves by a window, by entries for several tokens, by a state in place of a cache, or by another layer's.
    A model that has no output layer over its ``vocabulary`` writes no tokens one after the other, and keeps nothing.
    Where weights are beside it, which are counted in bf16, it is said that they are published in another ``precision``.
    """
    if not _generates(model, vocabulary):
        return []
    layers = [layer for layer, loops in passes(model.body, ANY) for _ in range(loops)]
    if counted.state and not counted.cache:
        return [_of_state(layers, counted)]
    if context is None or not counted.cache:
        return []
    full = for_each(layers, _own)
    mixing = for_each(layers, lambda layer: any(map(_mixes, leaves(layer))))
    kept = counted.kv_cache_bytes(context)
    # What only works on each token by itself could not be attention; one without a cache could be as the largest.
    if_all = sum(own or max(full) for own, mixes in zip(full, mixing, strict=True) if mixes) * 2 * context
    title = text(plate.MEMORY(context=context))
    token = (Words(text(_per_token(model, counted))),) if counted.kv_cache_bytes_per_token() else ()
    index = counted.index_cache_bytes_per_token() * context
    what: Phrase = plate.CACHE_AND_INDEX() if index else KV_CACHE()
    term = plate.CACHE_FULL
    if any(map(_reuses, once(layers))):
        # Where no window, state or rarer entry saves anything, every query has all tokens to choose from already.
        term = plate.CACHE_OWN if _keeps_all(counted) else plate.CACHE_FULL_OWN
    if any(leaf.passes != 1 for layer in once(layers) for leaf in leaves(layer) if _grows(leaf)):
        term = plate.CACHE_OF_ALL_TOKENS
    # Full attention has no keys to select; what only has its own keys and values still selects them.
    part, whole = kept + index, if_all + (index if term is plate.CACHE_OWN else 0)
    if if_all <= kept or whole <= part:
        split = _beside_weights(counted, kept, index, context)
        crossed = _of_encoder(counted, context, each=True)
        title = text(plate.MEMORY_OF(memory=title, kept=what))
        stored = (Words(text(plate.WEIGHTS_PUBLISHED_IN(precision=precision))),) if precision else ()
        return [Inset(title, (split, *token, *crossed, *stored), optional=not crossed)]
    bar = Share(text(what), text(plate.OF_MEMORY(part=part, whole=whole)), part, whole, "latent")
    beside = (Words(text(plate.OF_WHICH_INDEX(cache=kept, index=index)), strong=True),) if index else ()
    last = (Words(text(plate.INDEPENDENT(state=_state(layers, counted))), strong=True),) if counted.state else token
    which = plate.LAYER() if all(mixing) else plate.MIXING_LAYER()
    saved = Words(text(term(size=whole, layer=which)), strong=True)
    return [Inset(title, (bar, *beside, saved, *last, *_of_encoder(counted, context)))]


def _generates(model: Module, vocabulary: int | None) -> bool:
    """Whether ``model`` has an output layer over its ``vocabulary``, of archdraw's or of its author's own."""
    # Most models say which leaf it is.
    return any(leaf.part == "head" for leaf in leaves(model.body)) or any(
        leaf.role != "embedding"
        and leaf.inputs > 0
        and any(weight.shape[0] == vocabulary for weight in leaf.weights if len(weight.shape) > 1)
        for leaf in leaves(model.body)
    )


def _state(layers: Sequence[Module], counted: Facts) -> Phrase:
    """What does not grow with the context, by what it is: a recurrence, the last inputs of convolutions, windows."""
    keeping = (
        part
        for layer in once(layers)
        for _, part in walk(layer.body)
        if isinstance(part, Module) and any(leaf.state for leaf in leaves(part))
    )
    roles, size = roles_of(layers) | {part.role for part in keeping}, counted.recurrent_state_bytes()
    if "linear" in roles:
        own = precisions(counted.state, counted.state_in)
        return plate.STATE_IN(size=size, dtype=own) if counted.state_in else plate.STATE(size=size)
    return plate.CONVOLUTION_STATE(size=size) if "convolution" in roles else plate.BUFFERS(size=size)


def _own(layer: Module) -> int:
    """Values that attention of ``layer`` would keep of each token without windows; 0 where it has none."""
    kept = sum(leaf.cache.elements for leaf in leaves(layer) if leaf.cache and _grows(leaf))
    return kept or _of_another(layer)


def _of_another(layer: Module) -> int:
    """Values of what ``layer`` reads of another one: its latent, else keys and values of its heads."""
    own = list(leaves(layer))
    return sum(leaf.reused for leaf in own) or sum(map(_unshared, own))


def _unshared(leaf: Leaf) -> int:
    """Values of the keys and values that the heads of ``leaf`` read of another layer."""
    heads = leaf.heads
    if heads is None or heads.cross or not heads.cached or not heads.causal:
        return 0
    return heads.key_value * (heads.width + (heads.width if heads.value_width is None else heads.value_width))


def _reuses(layer: Module) -> bool:
    """Whether ``layer`` has attention and keeps nothing for it."""
    return not any(map(_grows, leaves(layer))) and _of_another(layer) > 0


def _keeps_all(counted: Facts) -> bool:
    """Whether what is in the cache is there of every token, and there is no state in place of a cache."""
    grown = [entry for entry in counted.cache if not entry.index and not entry.cross]
    return not counted.state and all(entry.window is None and entry.every == 1 for entry in grown)


def roles_of(layers: Sequence[Module]) -> set[str]:
    """The roles of the boxes of ``layers``."""
    return {block.role for layer in once(layers) for block in blocks_of(layer.body)}


def _grows(leaf: Leaf) -> bool:
    return leaf.cache is not None and not leaf.cache.index and not leaf.cache.cross


def _mixes(leaf: Leaf) -> bool:
    """Whether tokens of the sequence itself meet in ``leaf``."""
    return _grows(leaf) or bool(leaf.state) or (leaf.heads is not None and leaf.heads.causal and not leaf.heads.cross)


def _of_state(layers: Sequence[Module], counted: Facts) -> Inset:
    """What a model keeps that has no cache, only what does not grow with the context, beside its weights."""
    weights, state = counted.weight_memory(), counted.recurrent_state_bytes()
    segments = (
        Segment(text(plate.WEIGHTS(size=weights)), weights, "feed_forward"),
        Segment(text(_state(layers, counted)), state, "linear"),
    )
    return Inset(text(plate.MEMORY_OF_STATE()), (Split(segments),))


def _beside_weights(counted: Facts, kept: int, index: int, context: int) -> Split:
    weights, crossed = counted.weight_memory(), counted.cross_cache_bytes(counted.source_positions or context)
    segments = (
        Segment(text(plate.WEIGHTS(size=weights)), weights, "feed_forward"),
        Segment(text(plate.CACHE(size=kept)), kept, "latent"),
        Segment(text(plate.INDEX_KEYS(size=index)), index, "auxiliary"),
        Segment(text(plate.CROSS_CACHE(size=crossed)), crossed, "auxiliary"),
    )
    return Split(tuple(segment for segment in segments if segment.value))


def _of_encoder(counted: Facts, context: int, *, each: bool = False) -> tuple[Words, ...]:
    """What cross-attention keeps, whose size follows the encoder's output: of ``each`` position, or of all.

    Where nothing says how long that is, it is taken to be as long as the ``context``.
    """
    positions = counted.source_positions
    size = counted.cross_cache_bytes(1 if each else positions or context)
    if not size:
        return ()
    if positions is None:
        term = plate.CROSS_CACHE_EACH_SUPPOSED if each else plate.CROSS_CACHE_SUPPOSED
        return (Words(text(term(size=size, positions=context))),)
    term = plate.CROSS_CACHE_EACH_OF if each else plate.CROSS_CACHE_AT
    return (Words(text(term(size=size, positions=positions))),)


def _per_token(model: Module, counted: Facts) -> Phrase:
    size = counted.kv_cache_bytes_per_token()
    if any(entry.window and not entry.cross for entry in counted.cache):
        unlimited = {entry: number for entry, number in counted.cache.items() if entry.window is None}
        after = replaced(counted, cache=unlimited).kv_cache_bytes_per_token()
        said = plate.CACHE_IN_WINDOWS(size=size, after=after)
        return said if after else plate.CACHE_ONLY_IN_WINDOWS(size=size)
    every = passes(model.body, ANY)
    keeping = for_each([layer for layer, _ in every], lambda layer: any(map(_grows, leaves(layer))))
    caching = [one for one, keeps in zip(every, keeping, strict=True) if keeps]
    if not caching:
        # It is kept outside of any layer.
        return plate.CACHE_OF_TOKEN(size=size)
    where = gone_through(LAYERS(number=len(caching)), [loops for _, loops in caching])
    each = set(for_each([layer for layer, _ in caching], _attentions))
    if len(each) == 1 and max(each) > 1:
        return plate.CACHE_PER_TOKEN_OF_SEVERAL(size=size, where=where, each=max(each))
    return plate.CACHE_PER_TOKEN(size=size, where=where)


def _attentions(layer: Module) -> int:
    """How many blocks of ``layer`` keep keys and values of their own."""
    modules = (part for _, part in walk(layer.body) if isinstance(part, Module) and part.role in ATTENTION)
    return sum(any(map(_grows, leaves(module.body))) for module in modules)
