"""What a model is made of, in concepts and a few values that can be compared with another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from archdraw.analysis.concepts import concepts
from archdraw.glossary import Phrase, text
from archdraw.glossary.common import LAYERS
from archdraw.glossary.concepts import MIXTURE_OF_EXPERTS, Concept
from archdraw.glossary.plate import CONTEXT
from archdraw.glossary.traits import EXPERTS, HEADS, VOCABULARY, WIDTH, WINDOW
from archdraw.records import record
from archdraw.spec import Spec
from archdraw.tree.blocks import Experts, Module
from archdraw.tree.facts import facts
from archdraw.tree.walks import blocks_in, layers, leaves, once

Sign = Literal["+", "−", ""]

MENTIONS: Mapping[str, tuple[str, ...]] = {
    "experts": ("experts",),
    "heads": ("heads of keys and values", "KV heads", "query groups"),
    "window": ("window", "sliding"),
    "layers": ("layers",),
    "width": ("hidden size", "narrower", "wider"),
    "vocabulary": ("vocabulary",),
    "context": ("context",),
}
"""Words by which authors refer to a value."""


@record
class Change:
    """One thing that a model has (``+``), lacks (``−``), or has with another value than its parent (no sign).

    It is a ``concept``, a ``measure`` (the name of a value), or both.
    """

    sign: Sign
    words: str
    concept: Concept | None = None
    measure: str = ""

    def __str__(self) -> str:
        # The space does not break: a sign alone at the end of a line means nothing.
        return f"{self.sign}\u00a0{self.words}" if self.sign else self.words

    @property
    def mentions(self) -> tuple[str, ...]:
        """Words by which an author's text refers to the same thing."""
        own = (self.concept.name, *self.concept.mentions) if self.concept else ()
        return (*own, *MENTIONS.get(self.measure, ()))


@record
class Traits:
    """``concepts`` in the order of display, ``values`` by what they are values of, in words.

    ``about`` is a short description of the model. Where the model is not ``known``, it has neither.
    """

    concepts: tuple[Concept, ...]
    values: Mapping[str, str]
    about: tuple[str, ...]
    known: bool = True


def traits(spec: Spec, block: Module) -> Traits:
    """The traits of the model of ``spec``, whose block tree is ``block``."""
    counted = facts(block)
    if counted.unknown:
        return Traits((), {}, (), known=False)
    found = concepts(spec, block)
    measured = {name: text(value) for name, measure in _VALUES.items() if (value := measure(spec, block))}
    measured["layers"] = text(LAYERS(number=counted.layers))
    shown = [concept for concept in found if not concept.usual] or list(found)
    about = [_with_value(concept, measured) for concept in shown]
    if MIXTURE_OF_EXPERTS not in shown:
        about.insert(1, measured["layers"])
    return Traits(found, measured, tuple(about))


def changes(parent: Traits, child: Traits) -> tuple[Change, ...]:
    """What ``child`` has, lacks or has otherwise than ``parent``, in the order of display.

    Nothing where one of them is not known.
    """
    if not (parent.known and child.known):
        return ()
    added = [concept for concept in child.concepts if concept not in parent.concepts]
    removed = [concept for concept in parent.concepts if concept not in child.concepts]
    if any(MIXTURE_OF_EXPERTS in one.concepts for one in (parent, child)):
        # Of a model with experts only the dense layers' activation is a concept: it comes and goes with those.
        added, removed = ([one for one in found if one.choice != "activation"] for found in (added, removed))
    placed = [any(concept.choice == "norm placement" for concept in one.concepts) for one in (parent, child)]
    # Where one norm takes the place of another, the new one is listed; where a block has its own way, neither.
    removed = [concept for concept in removed if concept.choice != "norm placement"]
    if not all(placed):
        added = [concept for concept in added if concept.choice != "norm placement"]
    found = [Change("+", _with_value(concept, child.values), concept, concept.measure) for concept in added]
    found += [Change("−", concept.brief, concept) for concept in removed]
    listed = {concept.measure for concept in (*added, *removed)}
    for name in _VALUE_ORDER:
        value = child.values.get(name)
        if value and value != parent.values.get(name) and name not in listed:
            found.append(Change("", value, measure=name))
    return tuple(found)


def _with_value(concept: Concept, values: Mapping[str, str]) -> str:
    """A concept in short, with its value where it has one: ``MoE 8 of 256``, ``GQA 32/8 heads``."""
    value = values.get(concept.measure, "")
    if not value:
        return concept.brief
    if concept == MIXTURE_OF_EXPERTS:
        return f"{concept.brief} {value.removesuffix(' experts')}"
    return value if concept.measure == "window" else f"{concept.brief} {value}"


def _experts(spec: Spec, block: Module) -> Phrase | None:
    pairs = {(part.active, part.total) for part in blocks_in(block) if isinstance(part, Experts)}
    if len(pairs) != 1:
        return None
    active, total = pairs.pop()
    return EXPERTS(active=active, total=total)


def _heads(spec: Spec, block: Module) -> Phrase | None:
    heads = {
        (leaf.heads.query, leaf.heads.key_value)
        for layer in once(layers(block))
        for leaf in leaves(layer.body)
        if leaf.heads is not None and leaf.heads.key_value > 1
    }
    if len(heads) != 1:
        return None
    query, key_value = heads.pop()
    return HEADS(query=query, key_value=key_value) if key_value < query else None


def _window(spec: Spec, block: Module) -> Phrase | None:
    sizes = {
        leaf.cache.window.size
        for layer in once(layers(block))
        for leaf in leaves(layer.body)
        if leaf.cache is not None and leaf.cache.window is not None
        if not leaf.cache.window.chunked and not leaf.cache.cross
    }
    return WINDOW(size=sizes.pop()) if len(sizes) == 1 else None


_VALUES: Mapping[str, Callable[[Spec, Module], Phrase | None]] = {
    "experts": _experts,
    "heads": _heads,
    "window": _window,
    "width": lambda spec, block: WIDTH(size=spec.hidden_size) if spec.hidden_size else None,
    "vocabulary": lambda spec, block: VOCABULARY(size=spec.vocab_size) if spec.vocab_size else None,
    "context": lambda spec, block: CONTEXT(length=spec.context_length) if spec.context_length else None,
}
_VALUE_ORDER = ("experts", "heads", "window", "layers", "width", "vocabulary", "context")
