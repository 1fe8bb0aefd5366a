"""Where a model shows a concept: the part of it that is opened for a reader who asks what the concept is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from archdraw.checked import Checked
from archdraw.glossary import concepts as known
from archdraw.glossary.concepts import Concept
from archdraw.kinds.base import Kind, settings
from archdraw.spec import Spec
from archdraw.tree.blocks import Block, Experts, Module
from archdraw.tree.walks import leaves, walk
from archdraw.views.opening import is_beside, openable_modules
from archdraw.views.stack import Option

WHOLE = "card"
"""The view that shows the model as a whole: of what is in no part of it."""
ENCODER = "encoder"
PARTS = ("feed_forward", "experts")
"""Parts of a model whose networks stand side by side in some layers."""
STRIP = "strip"
"""The view that shows what differs from layer to layer."""


def panel_of(concept: Concept, spec: Spec, block: Module) -> str:
    """The view in which the model of ``spec``, whose tree is ``block``, shows ``concept`` best.

    That is the inset of the smallest module that takes the concept; of what layers show together the strip of layers
    or the layer, of what only the model as a whole has the whole. Nothing is said of models that lack the concept.
    """
    if concept in OF_MODELS:
        return WHOLE
    options = openable_modules(block)
    walked = ((path, part) for path, part in walk(block.body) if isinstance(part, Module))
    encoders = tuple(f"{path}/" for path, part in walked if part.level == ENCODER)
    found: list[tuple[int, str]] = []
    for kind, above in _with_owners(spec.layers):
        if concept in kind.concepts_used():
            found += _made_by((kind, *above), options)
    if found:
        # What attention in an encoder caches says nothing about the model: the model's own comes first.
        rank = {path: is_beside(path, block) or f"{path}/".startswith(encoders) for _, path in found}
        return f"inset:{min(found, key=lambda one: (rank[one[1]], one[0]))[1]}"
    if concept in OF_LAYERS:
        return OF_LAYERS[concept](options)
    return WHOLE


def _made_by(makers: Sequence[Kind], options: Sequence[Option]) -> Iterator[tuple[int, str]]:
    """The module of the first of ``makers`` that has one: which of them that is, and its path."""
    for steps, maker in enumerate(makers):
        if found := next((one for one in options if _is_made_by(one.block, maker)), None):
            yield steps, found.path
            return


def _with_owners(value: Any, above: tuple[Kind, ...] = ()) -> Iterator[tuple[Kind, tuple[Kind, ...]]]:
    """Every kind in ``value``, each with those that it is written in, the nearest first."""
    if isinstance(value, Kind):
        yield value, above
        above = (value, *above)
    if isinstance(value, Checked):
        for field in type(value).model_fields:
            yield from _with_owners(getattr(value, field), above)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _with_owners(item, above)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _with_owners(item, above)


def _is_made_by(block: Block, kind: Kind) -> bool:
    """Whether ``kind`` made ``block``: by its keyword, and by all that both say."""
    if not isinstance(block, Module) or block.kind != kind.keyword:
        return False
    given = dict(block.settings)
    return all(value is None or given.get(name) in (None, value) for name, value in settings(kind))


def _experts(options: Sequence[Option]) -> str:
    return _smallest(options, lambda block: any(isinstance(part, Experts) for _, part in walk(block)))


def _dense_and_experts(options: Sequence[Option]) -> str:
    return _smallest(options, lambda block: {*PARTS} <= {leaf.part for leaf in leaves(block) if leaf.weights})


def _smallest(options: Sequence[Option], fits: Callable[[Block], bool]) -> str:
    """The inset of the smallest of the modules that fit."""
    found = [one for one in options if fits(one.block)]
    return f"inset:{max(found, key=lambda one: one.path.count('/')).path}" if found else WHOLE


OF_MODELS = frozenset({known.ENCODER_DECODER, known.SINUSOIDAL_POSITIONS, known.LEARNED_POSITIONS})
"""Concepts of which a part shows less than the whole."""
OF_LAYERS: Mapping[Concept, Callable[[Sequence[Option]], str]] = {
    known.MIXTURE_OF_EXPERTS: _experts,
    known.PARALLEL_DENSE: _dense_and_experts,
    known.HEADS_BY_LAYER: lambda _: STRIP,
    known.ROPE_BASE_BY_LAYER: lambda _: STRIP,
    known.LEADING_DENSE: lambda _: STRIP,
    known.ALTERNATING_EXPERTS: lambda _: STRIP,
}
"""Concepts that several blocks show together (:data:`archdraw.analysis.concepts.OF_LAYERS`), and where."""
