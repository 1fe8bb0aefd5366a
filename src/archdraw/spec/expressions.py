"""Block expressions to kinds: a keyword, ``keyword: fields``, a list, a name of the author's, or ``like`` another.

A bare name is the author's before it is the language's, so that a new kind never breaks an old spec; ``name: fields``
is always the language's, since definitions take no fields.

Everything that is wrong is collected, so that one reading tells all of it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from types import UnionType
from typing import Any, Final, TypeVar, Union

from archdraw.checked import Checked, ValidationError
from archdraw.errors import Problem, Span
from archdraw.glossary.numbers import NBSP
from archdraw.kinds.base import Expects, Family, Kind, KindError
from archdraw.source import DEEPEST, MOST_NODES, Document, Entry, MappingNode, Node, ScalarNode, SequenceNode
from archdraw.spec.annotations import member, taken
from archdraw.spec.forms import Forms, Origin
from archdraw.spec.validation import problems_of

T = TypeVar("T")

LARGEST_NUMBER = 2**50
"""Larger whole numbers mean nothing here, and their products could not be printed."""

BROKEN: Final = object()
"""Stands for a value whose problems have been told."""

_FAMILIES: dict[Family, str] = {
    "embedding": "an embedding",
    "layer": "a layer",
    "mixer": "a mixer",
    "feed_forward": "a feed forward",
    "norm": "a norm",
    "position": "a position encoding",
    "head": "an output head",
    "side": "a side module",
    "block": "a block",
}


class Reader(Forms):
    """Reads the expressions of one document, in which ``define`` gives names to some.

    ``ready`` are blocks that were given for the parameters of a template, by the names that stand in their places.
    """

    def __init__(
        self,
        document: Document,
        kinds: Mapping[str, type[Kind]],
        define: MappingNode | None,
        *,
        ready: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(document, kinds, define)
        self.ready = ready or {}
        self.warnings: dict[Span, Problem] = {}
        self._lacking: set[tuple[Span, str]] = set()
        """What was reported of fields that are not written, in what is being read."""
        self.origins: dict[int, Origin] = {}
        self._made: dict[str, Kind | None] = {}
        self._depth = 0
        self._deepest = 0
        self._full = False
        self._size = 0
        self._measures: dict[str, tuple[int, int]] = {}

    def defined(self) -> dict[str, Kind]:
        """Everything under ``define``, by name; what is broken is left out."""
        made = {}
        for name, entry in self.define.items():
            if name == "like":
                self.report("like is a word of the language and cannot be defined", entry.span, "choose another name")
                continue
            kind = self._named(name, entry.span)
            if kind is not None:
                made[name] = kind
        return made

    def block(self, node: Node, families: Collection[Family] = (), place: str = "") -> Kind | None:
        """The kind that an expression stands for; None where it is broken or of none of ``families``."""
        self._depth += 1
        try:
            if not self._fits(0, 0, node.span):
                return None
            name = node.value if isinstance(node, ScalarNode) else None
            if isinstance(name, str) and name in self.ready:
                given = self.ready[name]
                kind = given if isinstance(given, Kind) else None
            elif isinstance(name, str) and name in self.define:
                self.used.add(name)
                kind = self._named(name, node.span)
            else:
                form = self._form(node)
                found = set(self.found)
                kind = self.build(form.kind, form.kind.keyword, form.span, form.fields) if form else None
                if form is not None and kind is None and self._built_on_broken(node):
                    # What it lacks is what it would have from there, and is reported there.
                    for key in self._lacking - found:
                        self.found.pop(key, None)
        finally:
            self._depth -= 1
        if kind is None or not families or kind.family in families:
            return kind if isinstance(kind, Kind) else None
        self._wrong_family(kind, node, families, place)
        return None

    def build(self, model: type[Any], name: str, span: Span, fields: MappingNode, **given: Any) -> Any:
        """An instance of ``model`` from ``fields`` and from what is ``given`` ready; None if broken."""
        if issubclass(model, Kind):
            if not self._fits(1, getattr(model, "height", 0), span):
                return None
            fields = self._renamed(model, fields)
        data = {entry.key: self._field(model, entry) for entry in fields.entries if entry.key not in given} | given
        broken = {key for key, value in data.items() if value is BROKEN}
        try:
            made = model.model_validate(data)
        except ValidationError as error:
            where = (self.document, fields, model, name, span)
            for problem in problems_of(error, *where, broken, self._lacking, self._around):
                self.found.setdefault((problem.span, problem.message), problem)
            return None
        except KindError as error:
            self.report(error.message, Origin(span, fields).place(error.field), error.hint)
            return None
        if broken:
            return None
        self.origins[id(made)] = Origin(span, fields)
        return made

    def _renamed(self, kind: type[Kind], fields: MappingNode) -> MappingNode:
        """``fields`` under the names of today, with a warning for each that is written under a former one."""
        if not kind.former:
            return fields
        entries = []
        for entry in fields.entries:
            name = kind.former.get(entry.key)
            if name is None or fields.entry(name) is not None:
                entries.append(entry)  # both names at once are an unknown field, reported as such
                continue
            message = f"{entry.key} of {kind.keyword} is now called {name}"
            self.warnings[entry.span] = self.document.problem(message, entry.span, f"write {name}", warning=True)
            entries.append(replace(entry, key=name))
        return MappingNode(tuple(entries), fields.span)

    def _named(self, name: str, span: Span) -> Kind | None:
        """What ``name`` is defined as, made once however often it is used."""
        if name not in self._made:
            size, deepest, lacking = self._size, self._deepest, self._lacking
            self._size, self._deepest, self._lacking = 0, self._depth, set()
            self._made[name] = self._guarded(name, span, lambda: self.block(self.define[name].value))
            self._measures[name] = (self._size, self._deepest - self._depth)
            self._size, self._deepest, self._lacking = size, deepest, lacking
        return self._made[name] if self._fits(*self._measures.get(name, (0, 0)), span) else None

    def _built_on_broken(self, node: Node) -> bool:
        """Whether ``node`` is another definition with changes, and that definition is wrong by itself."""
        chain: list[ScalarNode] = []
        base = self._built_on(node) if isinstance(node, MappingNode) else None
        first = base
        while base is not None and base.value not in self._made:
            if base.value in {one.value for one in chain}:
                break
            chain.append(base)
            base = self._built_on(self.define[str(base.value)].value)
        size, deepest = self._size, self._deepest
        for one in reversed(chain):  # in a loop: a chain of definitions has any length
            self._named(str(one.value), one.span)
        self._size, self._deepest = size, deepest
        return first is not None and self._made.get(str(first.value)) is None

    def _fits(self, size: int, height: int, span: Span) -> bool:
        """Adds ``size`` blocks, ``height`` levels high, to what is being read; reports, once, that they are too many.

        Names are written out when blocks are expanded, so what they stand for counts at each use.
        """
        self._size += size
        self._deepest = max(self._deepest, self._depth + height)
        fits = self._size <= MOST_NODES and self._deepest <= DEEPEST
        if not fits and not self._full:
            self._full = True
            if self._size > MOST_NODES:
                self.report(f"more than {MOST_NODES:,} blocks with all names written out", span)
            else:
                self.report(f"blocks are nested deeper than {DEEPEST}", span, "each name on the way counts as a level")
        return fits

    def _field(self, model: type[Checked], entry: Entry) -> Any:
        info = model.model_fields.get(entry.key)
        if info is None:
            return None
        self._around.append((model, entry))
        try:
            return self._value(entry.value, info.annotation, tuple(info.metadata), entry.key)
        finally:
            self._around.pop()

    def _value(self, node: Node, annotation: Any, metadata: tuple[Any, ...], place: str) -> Any:
        """``node`` as what a field of ``annotation`` takes: blocks as kinds, lists as the list type, else plain."""
        said = taken(annotation)
        annotation, origin, arguments = said.annotation, said.origin, said.arguments
        mark = said.mark
        for item in metadata:
            if isinstance(item, Expects):
                mark = item
                break
        if mark is not None:
            kind = self.block(node, mark.families, place)
            return BROKEN if kind is None else kind
        if isinstance(node, ScalarNode) and isinstance(annotation, type):
            return self._scalar(node, place)
        if origin in (Union, UnionType):
            return self._value(node, member(node, arguments), (), place)
        if isinstance(node, SequenceNode):
            element = arguments[0] if origin in (tuple, list) and arguments else Any
            self._split_texts(node)
            items = [self._value(item, element, (), place) for item in node.items]
            return BROKEN if any(item is BROKEN for item in items) else items if origin is list else tuple(items)
        if isinstance(node, MappingNode):
            made: dict[str, Any] = {}
            for entry in node.entries:
                if isinstance(annotation, type) and issubclass(annotation, Checked):
                    made[entry.key] = self._field(annotation, entry)
                else:
                    made[entry.key] = self._value(entry.value, arguments[1] if len(arguments) == 2 else Any, (), place)
            return BROKEN if any(value is BROKEN for value in made.values()) else made
        return self._scalar(node, place)

    def _split_texts(self, node: SequenceNode) -> None:
        """``[window of 4,096 tokens]`` is two entries for YAML, which nobody means."""
        for left, right in pairwise(node.items):
            if isinstance(left, ScalarNode) and isinstance(right, ScalarNode) and isinstance(left.value, str):
                touching = left.span.line == right.span.line and (
                    left.span.column + left.span.length + 1 == right.span.column
                )
                if touching and right.text[:1].isdigit():
                    self.report("a comma splits this text in two", left.span, "put the text in quotes")

    def _scalar(self, node: ScalarNode, place: str) -> Any:
        value = node.value
        if isinstance(value, str):
            # A no-break space is an author's: "stride 2" may not be torn.
            return NBSP.join(" ".join(part.split()) for part in value.split(NBSP)).strip(NBSP)
        if isinstance(value, float) and not math.isfinite(value):
            self.report(f"{place} must be a finite number, not {node.text}", node.span)
            return BROKEN
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            self.report(f"{place} is too large: {node.text}", node.span)
            return BROKEN
        return value

    def _wrong_family(self, kind: Kind, node: Node, families: Collection[Family], place: str) -> None:
        written = node.value if isinstance(node, ScalarNode) else kind.keyword
        wanted = [family for family in families if family != "block"]
        names = [keyword for keyword, known in self.kinds.items() if known.family in wanted]
        takes = " or ".join(_FAMILIES[family] for family in wanted)
        span = node.entries[0].span if isinstance(node, MappingNode) else node.span
        message = f"{written} is {_FAMILIES[kind.family]}, but {place or 'this place'} takes {takes}"
        self.report(message, span, f"choose one of {', '.join(names)}")
