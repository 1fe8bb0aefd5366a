"""From the text of a template to the kind that it is: :func:`templates` of an author's file, :func:`shipped` ours."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

from archdraw.checked import Checked, Field, ValidationError
from archdraw.errors import Problem, nearest
from archdraw.glossary.concepts import SHIPPED, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Kind
from archdraw.source import (
    Document,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    plain,
    read_text,
    scan,
)
from archdraw.spec.expressions import Reader
from archdraw.spec.heads import Head, plain_text, sentence, with_summary
from archdraw.spec.names import Names
from archdraw.spec.parameters import Parameter
from archdraw.spec.substitution_checks import checked, checked_value
from archdraw.spec.template_basics import PARAMETERS, is_template
from archdraw.spec.templates import LINE_WIDTH, Check, Source, Template
from archdraw.spec.values import CONSTANTS, FUNCTIONS
from archdraw.tree.blocks import Role

_TYPES: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))

_CONCEPTS = {concept.name: concept for concept in SHIPPED}
"""The concepts of the glossary; an author's template may also name those that kinds of other packages bring."""


def templates(
    document: Document, define: MappingNode, kinds: Mapping[str, type[Kind]]
) -> tuple[Mapping[str, type[Kind]], MappingNode, tuple[Problem, ...]]:
    """The kinds with the templates of an author's ``define`` before them, the other definitions, and what is wrong."""
    nodes = {entry.key: entry for entry in define.entries if is_template(entry.value)}
    if not nodes:
        return kinds, define, ()
    others = MappingNode(tuple(entry for entry in define.entries if entry.key not in nodes), define.span)
    made: dict[str, type[Kind]] = {}
    declaring = Declaring(document, ChainMap(made, cast("dict[str, type[Kind]]", kinds)), others, nodes, own=True)
    for name, entry in nodes.items():
        kind = declaring.template(name, entry)
        if kind is not None:
            made[name] = kind
    # A template that is broken is known, so that its uses are not reported as well.
    known = {name: made.get(name, _Broken) for name in nodes}
    made.update(known)
    return declaring.kinds, others, tuple(declaring.problems)


class _Broken(Template):
    """Stands for a template whose own problems have been reported: any fields are its."""

    model_extra = "allow"
    keyword = "broken"
    family = "block"


def shipped(path: Path, kinds: Mapping[str, type[Kind]]) -> type[Kind]:
    """The kind in the file at ``path``, called like the file.

    Raises :class:`RuntimeError` where the file is no template: a fault of the package that a test finds.
    """
    document = scan(read_text(path), path.name)
    declaring = Declaring(document, kinds, None, {}, own=False)
    kind = declaring.template(path.stem, Entry(path.stem, document.root.span, document.root))
    if kind is None or declaring.problems or document.problems:
        # No author wrote it: this is a fault of the package.
        raise RuntimeError("\n".join(map(str, (*document.problems, *declaring.problems))))
    return kind


@dataclass
class Declaring:
    """Makes kinds of the templates of one text; collects what is wrong with them."""

    document: Document
    kinds: Mapping[str, type[Kind]]
    define: MappingNode | None
    nodes: Mapping[str, Entry]
    own: bool
    problems: list[Problem] = field(default_factory=list)
    _heights: dict[str, int] = field(default_factory=dict)

    def template(self, name: str, entry: Entry) -> type[Kind] | None:
        """The kind of the template ``name``; None where it is broken."""
        before = len(self.problems)
        node = entry.value
        if not isinstance(node, MappingNode):
            self._report("a template is a mapping with parameters and block", entry)
            return None
        rest = {inner.key: inner for inner in node.entries}
        block, parameters = rest.pop("block", None), rest.pop(PARAMETERS, None)
        values, checks = rest.pop("values", None), rest.pop("checks", None)
        if block is None or parameters is None:
            self._report(f"template {name} needs {'block' if block is None else PARAMETERS}", entry)
            return None
        head = self._read(Head, f"template {name}", entry, MappingNode(tuple(rest.values()), node.span))
        fields = dict(self._fields(parameters))
        known = [*fields, LINE_WIDTH]
        own_values = tuple(self._values(values, known))
        known += [key for key, _ in own_values]
        own_checks = tuple(self._checks(checks, known, fields))
        self.problems += checked(self.document, block.value, known)
        if head is not None:
            self._check_head(rest, head, fields)
        if head is None or len(self.problems) > before:
            return None
        kind = self._kind(name, fields, head)
        kind.source = head.source
        example = rest.get("example")
        kind.example = example.value.value.strip() if example and _is_text(example.value) else _example(name, kind)  # type: ignore[union-attr]
        kind.main = head.main
        kind.term = Term(plain_text(head.name or name), short=plain_text(head.short_name or ""))
        kind.aliases = head.aliases
        known_concepts = self._known_concepts(head.concepts)
        kind.concepts = tuple(known_concepts[concept] for concept in head.concepts)
        names = Names(self.kinds, self.define, self.nodes, self._heights)
        kind.family = names.family(block.value)
        kind.origin = Source(self.document, self.kinds, self.define, block.value, own_values, own_checks, self.own)
        kind.height = names.height(block.value)
        kind.own_height = Names({}, None, {}, {}).height(block.value)
        kind.drawn_as = ("auxiliary",) if kind.family == "side" else get_args(Role)
        return kind

    def _check_head(self, written: Mapping[str, Entry], head: Head, fields: Mapping[str, Any]) -> None:
        known = self._known_concepts(head.concepts)
        for concept in head.concepts:
            if concept not in known:
                self._report(f"no concept is called {concept[:40]}", written["concepts"], nearest(concept, known))
        if head.main is not None and head.main not in fields:
            self._report(f"no parameter is called {head.main[:40]}", written["main"], nearest(head.main, fields))

    def _known_concepts(self, named: Iterable[str]) -> Mapping[str, Concept]:
        """The concepts that a template may have, by name; kinds are looked through only where one is ``named`` there.

        A template of ours has those of the glossary: while it is being read, others are not read yet.
        """
        if not self.own or all(name in _CONCEPTS for name in named):
            return _CONCEPTS
        brought = {one.name: one for kind in self.kinds.values() for one in kind.every_concept()}
        return {**brought, **_CONCEPTS}

    def _kind(self, name: str, fields: Mapping[str, Any], head: Head) -> type[Template]:
        about = {"__module__": Template.__module__, "__doc__": with_summary(head.description), "keyword": name}
        annotations = {field: annotation for field, (annotation, _) in fields.items()}
        defaults = {field: default for field, (_, default) in fields.items()}
        return cast("type[Template]", type(name, (Template,), {**defaults, **about, "__annotations__": annotations}))

    def _report(self, message: str, entry: Entry, hint: str = "", *, value: bool = False) -> None:
        span = entry.value.span if value else entry.span
        self.problems.append(self.document.problem(message, span, hint))

    def _read(self, model: type[Checked], name: str, entry: Entry, fields: MappingNode) -> Any:
        reader = Reader(self.document, {}, None)
        made = reader.build(model, name, entry.span, fields)
        self.problems += reader.found.values()
        return made

    def _fields(self, parameters: Entry) -> Iterator[tuple[str, Any]]:
        """The parameters as fields of a kind."""
        if not isinstance(parameters.value, MappingNode):
            self._report("parameters is a mapping of names", parameters, "write parameters: {width: 1024}")
            return
        for entry in parameters.value.entries:
            if not entry.key.isidentifier() or _is_taken(entry.key):
                self._report(f"{entry.key[:40]} cannot be the name of a parameter", entry, "choose another name")
                continue
            found = self._field(entry)
            if found is not None:
                yield entry.key, found

    def _field(self, entry: Entry) -> Any:
        """Type and default of a parameter, which may be written as its default alone."""
        node, default = entry.value, entry
        declared: Parameter | None = Parameter()
        required = isinstance(node, ScalarNode) and node.value is None
        if isinstance(node, MappingNode):
            given = node.entry("default")
            rest = MappingNode(tuple(inner for inner in node.entries if inner is not given), node.span)
            declared = self._read(Parameter, f"parameter {entry.key}", entry, rest)
            required, default = given is None, given or entry
        elif not required:
            declared = Parameter(type=_inferred(node))
        if declared is None:
            return None
        if isinstance(node, MappingNode):
            faults = list(declared.problems())
            for key, message in faults:
                self._report(f"parameter {entry.key}: {message}", node.entry(key) or entry)
            if faults:
                return None
        if required:
            return declared.annotation(optional=False), Field(description=sentence(declared.description))
        value = plain(default.value)
        value = tuple(value) if isinstance(value, list) else value
        if value is not None:
            problem = _default_problem(declared, value)
            if problem:
                self._report(f"the default of {entry.key} {problem}", default, value=True)
                return None
        annotation = declared.annotation(optional=value is None)
        return annotation, Field(default=value, description=sentence(declared.description))

    def _values(self, values: Entry | None, known: list[str]) -> Iterator[tuple[str, Node]]:
        """The values of the template's own, each of which may use those before it."""
        if values is None:
            return
        if not isinstance(values.value, MappingNode):
            self._report("values is a mapping of names to expressions", values)
            return
        names = list(known)
        for entry in values.value.entries:
            if not entry.key.isidentifier() or entry.key in names or _is_taken(entry.key):
                self._report(f"{entry.key[:40]} cannot be the name of a value", entry, "choose another name")
                continue
            self.problems += checked_value(self.document, entry.value, names)
            names.append(entry.key)
            yield entry.key, entry.value

    def _checks(self, checks: Entry | None, known: list[str], fields: Mapping[str, Any]) -> Iterator[Check]:
        if checks is None:
            return
        if not isinstance(checks.value, SequenceNode):
            self._report("checks is a list of {that, message, at}", checks)
            return
        for item in checks.value.items:
            parts = {entry.key: entry for entry in item.entries} if isinstance(item, MappingNode) else {}
            if set(parts) != {"that", "message", "at"} or not _is_text(parts["message"].value):
                self.problems.append(self.document.problem("a check has the keys that, message and at", item.span))
                continue
            at = plain(parts["at"].value)
            if at not in fields:
                hint = nearest(str(at), fields)
                self._report(f"no parameter is called {at}", parts["at"], hint, value=True)
                continue
            message = parts["message"].value
            assert isinstance(message, ScalarNode)
            self.problems += checked_value(self.document, parts["that"].value, known)
            self.problems += checked(self.document, message, known)
            yield Check(parts["that"].value, message, at)


def _is_taken(name: str) -> bool:
    """Whether no parameter and no value can have the ``name``: fields begin with no underscore."""
    return (
        name.startswith("_") or name in CONSTANTS or name in FUNCTIONS or name == LINE_WIDTH or hasattr(Template, name)
    )


def _is_text(node: Node) -> bool:
    return isinstance(node, ScalarNode) and isinstance(node.value, str)


def _inferred(node: Node) -> Any:
    """The type of a parameter of which only the default is written."""
    if isinstance(node, SequenceNode):
        first = _inferred(node.items[0]) if node.items else "integer"
        return (first,) if isinstance(first, str) else ("integer",)
    value = plain(node)
    return next((name for known, name in _TYPES if isinstance(value, known)), "string")


def _default_problem(declared: Parameter, value: object) -> str:
    """What is wrong with a default; empty for nothing."""
    if declared.takes_block:
        return "must be null: a block is given where the template is used"
    annotation = declared.annotation(optional=False)
    try:
        type("Default", (Checked,), {"__annotations__": {"value": annotation}})(value=value)
    except ValidationError as error:
        return f"does not fit: {error.errors()[0]['msg'][:80].lower()}"
    return ""


def _example(name: str, kind: type[Kind]) -> str:
    needed = ", ".join(f"{field}: ..." for field, info in kind.model_fields.items() if info.is_required())
    return f"{name}: {{{needed}}}" if needed else name
