"""What a model is made of, in a few words and values that can be compared with another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from archdraw.analysis.concepts import concepts
from archdraw.spec import Spec
from archdraw.tree.blocks import Experts, Module, layers, leaves, walk
from archdraw.tree.facts import facts

Sign = Literal["+", "−", ""]

SHORT: Mapping[str, str] = {
    "multi-head attention": "MHA",
    "grouped-query attention": "GQA",
    "multi-query attention": "MQA",
    "latent attention": "MLA",
    "mixture of experts": "MoE",
    "multi-token prediction": "MTP",
}
"""Names of the field that are as well known by their letters."""

ORDER = ("token mixing", "feed forward", "positions", "layer", "beside the layers")
"""What tells most about a change, first."""

MIXTURE = "mixture of experts"
ACTIVATIONS = frozenset({"SwiGLU", "GeGLU", "GELU", "ReLU", "squared ReLU", "PolyNorm"})
PLACEMENTS = frozenset(
    {"norm before the sublayer", "norm after the sublayer", "norm after the sum", "norms before and after"}
)

USUAL = frozenset({"RoPE", "norm before the sublayer", "SwiGLU", "tied embeddings", "sigmoid routing"})
"""Concepts that say little of what a model is: most have them."""


@dataclass(frozen=True)
class Change:
    """One thing that a model has (``+``), lacks (``−``), or has with another value than its parent (no sign)."""

    sign: Sign
    words: str

    def __str__(self) -> str:
        # The space does not break: a sign alone at the end of a line says nothing.
        return f"{self.sign}\u00a0{self.words}" if self.sign else self.words


@dataclass(frozen=True)
class Traits:
    """``concepts`` in the order of what tells most, ``values`` by what they are values of, in words.

    ``about`` says in short what the model is. Where the model is not ``known``, it has neither.
    """

    concepts: tuple[str, ...]
    values: Mapping[str, str]
    about: tuple[str, ...]
    known: bool = True


def traits(spec: Spec, block: Module) -> Traits:
    """The traits of the model of ``spec``, whose block tree is ``block``."""
    counted = facts(block)
    if counted.unknown:
        return Traits((), {}, (), known=False)
    found = concepts(spec, block)
    ordered = tuple(name for about in ORDER for name in found[about])
    measured = {name: told for name, value in _VALUES.items() if (told := value(spec, block))}
    measured["layers"] = f"{counted.layers:,} layer{'s' if counted.layers != 1 else ''}"
    telling = [name for name in ordered if name not in USUAL] or list(ordered)
    about = [_with_value(name, measured) for name in telling]
    if "MoE" not in " ".join(about):
        about.insert(1, measured["layers"])
    return Traits(ordered, measured, tuple(about))


def changes(parent: Traits, child: Traits) -> tuple[Change, ...]:
    """What ``child`` has, lacks or has otherwise than ``parent``, the most telling first.

    Nothing is told where one of them is not known.
    """
    if not (parent.known and child.known):
        return ()
    added = [name for name in child.concepts if name not in parent.concepts]
    removed = [name for name in parent.concepts if name not in child.concepts]
    if any(MIXTURE in one.concepts for one in (parent, child)):
        # Of a model with experts only the dense layers' activation is a concept: it comes and goes with those.
        added, removed = ([name for name in names if name not in ACTIVATIONS] for names in (added, removed))
    placements = [PLACEMENTS.intersection(one.concepts) for one in (parent, child)]
    # Where one norm takes the place of another, the new one is told; where a block has its own way, neither.
    removed = [name for name in removed if name not in PLACEMENTS]
    if not all(placements):
        added = [name for name in added if name not in PLACEMENTS]
    told = [Change("+", _with_value(name, child.values)) for name in added]
    told += [Change("−", SHORT.get(name, name)) for name in removed]
    said = {_VALUE_OF[name] for name in (*added, *removed) if name in _VALUE_OF}
    for name in _VALUE_ORDER:
        value = child.values.get(name)
        if value and value != parent.values.get(name) and name not in said:
            told.append(Change("", value))
    return tuple(told)


def _with_value(concept: str, values: Mapping[str, str]) -> str:
    """A concept in short, with its value where it has one: ``MoE 8 of 256``, ``GQA 32 to 8``."""
    value = values.get(_VALUE_OF.get(concept, ""), "")
    short = SHORT.get(concept, concept)
    match concept:
        case "mixture of experts" if value:
            return f"{short} {value.removesuffix(' experts')}"
        case "grouped-query attention" | "sliding window" if value:
            return value
        case _:
            return short


def _experts(spec: Spec, block: Module) -> str:
    pairs = {(part.active, part.total) for _, part in walk(block) if isinstance(part, Experts)}
    return "{:,} of {:,} experts".format(*pairs.pop()) if len(pairs) == 1 else ""


def _heads(spec: Spec, block: Module) -> str:
    heads = {
        (leaf.heads.query, leaf.heads.key_value)
        for layer in layers(block)
        for leaf in leaves(layer.body)
        if leaf.heads is not None and leaf.heads.key_value > 1
    }
    if len(heads) != 1:
        return ""
    query, key_value = heads.pop()
    return f"GQA {query} to {key_value}" if key_value < query else ""


def _window(spec: Spec, block: Module) -> str:
    sizes = {
        leaf.cache.window.size
        for layer in layers(block)
        for leaf in leaves(layer.body)
        if leaf.cache is not None and leaf.cache.window is not None and not leaf.cache.window.chunked
    }
    return f"sliding window {sizes.pop():,}" if len(sizes) == 1 else ""


_VALUES: Mapping[str, Callable[[Spec, Module], str]] = {
    "experts": _experts,
    "heads": _heads,
    "window": _window,
    "width": lambda spec, block: f"width {spec.hidden_size:,}" if spec.hidden_size else "",
    "vocabulary": lambda spec, block: f"vocabulary {spec.vocab_size:,}" if spec.vocab_size else "",
    "context": lambda spec, block: f"context {spec.context_length:,}" if spec.context_length else "",
}
_VALUE_ORDER = ("experts", "heads", "window", "layers", "width", "vocabulary", "context")
_VALUE_OF = {"mixture of experts": "experts", "grouped-query attention": "heads", "sliding window": "window"}
