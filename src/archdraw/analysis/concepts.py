"""Which design decisions a model takes: grouped queries, windows, norms after the sublayers, shared experts ...

A concept is found in the kinds that a spec is written with and in the tree that they make, never in a name or in a
text. Each kind says which decisions its block takes (:meth:`archdraw.kinds.base.Kind.concepts_used`); here is what only
several blocks together show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from archdraw.doors import KINDS
from archdraw.glossary import concepts as known
from archdraw.glossary.concepts import GROUPS, SHIPPED, Concept, Group
from archdraw.kinds.base import Kind
from archdraw.kinds.expanding import every_kind
from archdraw.kinds.registry import kinds
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.tree.walks import blocks_in, for_each, layers, leaves, once


def concepts(spec: Spec, block: Module) -> tuple[Concept, ...]:
    """The concepts of the model of ``spec``, whose block tree is ``block``, in the order of display."""
    found = {concept for kind in kinds_of(spec) for concept in kind.concepts_used()}
    found |= {concept for concept, holds in OF_LAYERS.items() if holds(block)}
    if spec.tie_word_embeddings:
        found.add(known.TIED_EMBEDDINGS)
    return ordered(found)


def ordered(found: Iterable[Concept]) -> tuple[Concept, ...]:
    """``found``, each once, by group and then as the glossary lists them; those of other packages come last."""
    places = {concept: place for place, concept in enumerate(SHIPPED)}

    def place(concept: Concept) -> tuple[int, int, str]:
        return GROUPS.index(concept.about), places.get(concept, len(places)), concept.name

    return tuple(sorted(dict.fromkeys(found), key=place))


def known_concepts() -> tuple[Concept, ...]:
    """Every concept that there is: those of the glossary, and those that kinds of other packages bring."""
    # Concepts of our own kinds are in the glossary: kinds are loaded only where there are others.
    others = kinds().values() if KINDS.plugged() else ()
    return ordered((*SHIPPED, *(concept for kind in others for concept in kind.every_concept())))


def grouped(found: Iterable[Concept]) -> dict[Group, tuple[Concept, ...]]:
    """``found`` by what they are about, every group in the order of display."""
    every = ordered(found)
    return {group: tuple(concept for concept in every if concept.about == group) for group in GROUPS}


def kinds_of(spec: Spec) -> tuple[Kind, ...]:
    """Every kind in the layers of ``spec``, names replaced by what they stand for, each once."""
    return tuple({id(kind): kind for kind in every_kind(spec.layers)}.values())


def _sparse(block: Module) -> tuple[bool, ...]:
    """For each layer whether it has experts."""
    return tuple(for_each(layers(block), lambda layer: any(leaf.part == "experts" for leaf in leaves(layer.body))))


def _leading_dense(block: Module) -> bool:
    sparse = _sparse(block)
    return any(sparse) and not sparse[0] and all(sparse[sparse.index(True) :])


def _alternating(block: Module) -> bool:
    return any(one and not other for one, other in pairwise(_sparse(block)))


def _parallel_dense(block: Module) -> bool:
    # What has no weights is the gate of a shared expert, what is a convolution only stands next to it.
    parts = [
        {leaf.part for leaf in leaves(layer.body) if leaf.weights and leaf.role != "convolution"}
        for layer in once(layers(block))
    ]
    return any({"feed_forward", "experts"} <= own for own in parts)


def _heads_by_layer(block: Module) -> bool:
    """Whether layers of softmax attention with whole heads differ in how many query heads they have."""
    numbers = {
        leaf.heads.query
        for layer in once(layers(block))
        for part in blocks_in(layer.body)
        if isinstance(part, Module) and part.role in ("attention", "sliding")
        for leaf in leaves(part.body)
        if leaf.heads is not None and leaf.heads.cached and not leaf.heads.cross
    }
    return len(numbers) > 1


def _bases_by_layer(block: Module) -> bool:
    """Whether layers differ in the base of their rotary positions."""
    bases = {
        value
        for layer in once(layers(block))
        for part in blocks_in(layer.body)
        if isinstance(part, Module)
        for name, value in part.settings
        if name.endswith("rope_theta")
    }
    return len(bases) > 1


OF_LAYERS: Mapping[Concept, Callable[[Module], bool]] = {
    known.HEADS_BY_LAYER: _heads_by_layer,
    known.ROPE_BASE_BY_LAYER: _bases_by_layer,
    known.MIXTURE_OF_EXPERTS: lambda block: any(leaf.part == "experts" for leaf in leaves(block)),
    known.PARALLEL_DENSE: _parallel_dense,
    known.LEADING_DENSE: _leading_dense,
    known.ALTERNATING_EXPERTS: _alternating,
}
"""Concepts that several blocks show together, each with its test of the model."""
