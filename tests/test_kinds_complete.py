"""Every kind says all of itself: its names, its decisions, how it is drawn, each of its fields, and no English."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from archdraw.checked import Checked
from archdraw.glossary.concepts import Concept
from archdraw.glossary.phrases import Phrase, Value, Words
from archdraw.kinds.base import Kind
from archdraw.kinds.registry import kinds
from archdraw.spec import Spec, expand, parse_spec
from archdraw.spec.templates import Template
from archdraw.tree.amounts import DTYPE_NAMES
from archdraw.tree.blocks import Block, Leaf, Module, Role, Side
from archdraw.tree.walks import children, walk

KINDS = list(kinds().values())
EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.keyword)
WRITTEN_IN_CODE = [kind for kind in KINDS if not issubclass(kind, Template)]
"""The texts of a template are its author's words."""
DECIDING = ("mixer", "residual", "position", "feed_forward")
"""Families of which each kind is a design decision."""

STRUCTURE = frozenset({"sequence", "residual", "parallel", "repeat", "experts", "graph", "none"})
"""Kinds that draw nothing of their own: what is in them does."""

WITHIN = {
    "position": ("grouped_query: {num_attention_heads: 32, num_key_value_heads: 8, position: %s}", "none"),
    "residual": ("decoder: {feed_forward: {swiglu: {intermediate_size: 64}}, residual: %s}", "null"),
}
"""Where kinds stand that are no block by themselves, and what stands there when none of them does."""

EMBEDDING = "  - embedding\n"
BEFORE = {"input": "", "side_output": "", "concatenate": "  - parallel: {merge: separate, branches: [[], []]}\n"}
"""What stands before a kind that does not read one line: nothing, or what leaves several."""

SYMBOL = re.compile("[A-Z]{1,3}")
NAMES = {*DTYPE_NAMES.values()}
"""What is called so in every language."""
"""Names of lines: Q, KV, XBC."""

HEAD = "name: Tiny\ncontext_length: 4096\nhidden_size: 4096\nvocab_size: 32000\n"


def model_of(kind: type[Kind]) -> Spec:
    """A model of an embedding and the example of ``kind``, within an attention or a decoder where it needs one."""
    example = kind.example.replace("\n", "\n      ")
    inner = example if example == kind.keyword else f"{{{example}}}"
    before = BEFORE.get(kind.keyword, EMBEDDING)
    return within(WITHIN[kind.family][0] % inner if kind.family in WITHIN else example, before)


def within(expression: str, before: str = EMBEDDING) -> Spec:
    """A model of an embedding and one block."""
    return parse_spec(f"{HEAD}layers:\n{before}  - {expression}\n")


def second(spec: Spec) -> Block:
    """What the block after the embedding expands to."""
    *_, made = children(children(expand(spec))[0])
    return made


@EVERY
def test_a_kind_has_names(kind: type[Kind]) -> None:
    assert inspect.getdoc(kind)
    assert kind.__doc__ != Kind.__doc__
    assert kind.source
    assert kind.term.text
    assert not {alias for alias in kind.aliases if alias in kinds()}
    assert all(alias == alias.lower() for alias in kind.aliases)


def test_no_two_kinds_have_one_name() -> None:
    texts = [kind.term.text for kind in KINDS]
    assert [text for text in texts if texts.count(text) > 1] == []


@EVERY
def test_a_kind_that_is_a_decision_names_it(kind: type[Kind]) -> None:
    spec = model_of(kind)
    (found,) = {type(one): one for one in kinds_in(spec.layers[-1]) if type(one) is kind}.values()
    used = list(found.concepts_used())
    assert all(isinstance(concept, Concept) for concept in used)
    assert len(used) == len(set(used))
    assert set(kind.concepts) <= set(used)
    assert used or kind.family not in DECIDING


@EVERY
def test_a_kind_is_drawn_as_it_says(kind: type[Kind]) -> None:
    assert set(kind.drawn_as) <= set(get_args(Role))
    if not kind.drawn_as:
        assert kind.keyword in STRUCTURE
        return
    made = second(model_of(kind))
    if kind.family in WITHIN:
        around, nothing = WITHIN[kind.family]
        assert set(roles_in(made) - roles_in(second(within(around % nothing)))) <= set(kind.drawn_as)
    else:
        roles = {block.role for block in outermost(made)}
        assert roles & set(kind.drawn_as)
        assert len(roles) > 1 or roles <= set(kind.drawn_as)


@EVERY
def test_each_field_has_a_description(kind: type[Kind]) -> None:
    bare = [place for place, description in fields(kind, kind.keyword, set()) if not description.strip()]
    assert bare == []
    for _, description in fields(kind, kind.keyword, set()):
        assert description[0].isupper() or not description[0].isalpha()
        assert description.endswith(".")


@pytest.mark.parametrize("kind", WRITTEN_IN_CODE, ids=lambda kind: kind.keyword)
def test_a_kind_makes_phrases_and_no_text(kind: type[Kind]) -> None:
    spec = model_of(kind)
    own = {text.replace("_", " ").casefold() for text in texts_in(spec.layers[-1])}
    found = [text for _, block in walk(second(spec)) if isinstance(block, Leaf | Module) for text in words_of(block)]
    words = [text for text in found if re.search("[A-Za-z]{2}", text) and not (SYMBOL.fullmatch(text) or text in NAMES)]
    assert [text for text in words if text.casefold() not in own] == []


def kinds_in(value: Any) -> Iterator[Kind]:
    """``value`` if it is a kind, and the kinds in its fields."""
    if isinstance(value, Kind):
        yield value
    match value:
        case Checked():
            for field in type(value).model_fields:
                yield from kinds_in(getattr(value, field))
        case dict():
            for item in value.values():
                yield from kinds_in(item)
        case tuple() | list():
            for item in value:
                yield from kinds_in(item)


def texts_in(value: Any) -> Iterator[str]:
    """Every text that an author wrote in ``value``, names of nodes included."""
    match value:
        case str():
            yield value
        case Checked():
            for field in type(value).model_fields:
                yield from texts_in(getattr(value, field))
        case dict():
            yield from value
            for item in value.values():
                yield from texts_in(item)
        case tuple() | list():
            for item in value:
                yield from texts_in(item)


def roles_in(block: Block) -> Counter[Role]:
    """The roles of all boxes of ``block``, each as often as it is there."""
    return Counter(part.role for _, part in walk(block) if isinstance(part, Leaf | Module))


def outermost(block: Block) -> Iterator[Leaf | Module]:
    """The boxes of ``block`` that are in no other."""
    match block:
        case Leaf() | Module():
            # A run of layers is framed by the model, not by the kind of its layers.
            yield from outermost(block.body) if isinstance(block, Module) and frame(block) else (block,)
        case Side(body=body):
            yield body
        case _:
            for child in children(block):
                yield from outermost(child)


def frame(block: Module) -> bool:
    return block.level == "stack" and not block.kind


def fields(model: type[Checked], place: str, seen: set[type[Checked]]) -> Iterator[tuple[str, str]]:
    """The fields of ``model`` and of the models in them, each with its description."""
    seen.add(model)
    for name, field in model.model_fields.items():
        yield f"{place}.{name}", field.description or ""
        for inner in models_in(field.annotation):
            if inner not in seen:
                yield from fields(inner, f"{place}.{name}", seen)


def models_in(annotation: Any) -> Iterator[type[Checked]]:
    """The models of an annotation that are no kinds."""
    if isinstance(annotation, type) and issubclass(annotation, Checked) and not issubclass(annotation, Kind):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def words_of(block: Leaf | Module) -> Iterator[str]:
    """Every text in what ``block`` is called, those in phrases included."""
    yield from texts_of(block.label)
    yield from texts_of(block.detail)
    if isinstance(block, Leaf):
        yield from texts_of(block.tag)
    else:
        yield from texts_of(block.title)
        for note in block.notes:
            yield from texts_of(note)


def texts_of(words: Words | Value) -> Iterator[str]:
    match words:
        case str():
            yield words
        case Phrase(values=values):
            for _, value in values:
                yield from texts_of(value)
        case tuple():
            for item in words:
                yield from texts_of(item)
