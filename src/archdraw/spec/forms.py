"""Block expressions in their longest form: which kind is meant, and its fields by name, ``like`` written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from archdraw.checked import Checked
from archdraw.errors import Problem, Span, nearest
from archdraw.kinds.base import Kind
from archdraw.kinds.hints import hint
from archdraw.records import record, replaced
from archdraw.source import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode, child
from archdraw.spec.annotations import expects, optional
from archdraw.spec.validation import misplaced, shown

T = TypeVar("T")

LONGEST_CIRCLE = 8
"""A message that shows more names than these is read by nobody."""


@record
class Origin:
    """Where a kind was written: its keyword's place, and its fields."""

    span: Span
    fields: MappingNode

    def place(self, field: str) -> Span:
        """Of a field's value (``a.b.0`` for one below another); of the keyword where the field was not written."""
        node: Node = self.fields
        span = self.span
        for step in filter(None, field.split(".")):
            below = child(node, int(step) if isinstance(node, SequenceNode) and step.isdecimal() else step)
            if below is None:
                break
            node, span = below, below.span
        return span


@record
class Form:
    """An expression in its longest form: the kind, where its keyword stands, and all fields by name."""

    kind: type[Kind]
    span: Span
    fields: MappingNode


class Forms:
    """The expressions of one document, in which ``define`` gives names to some; collects what is wrong with them."""

    def __init__(self, document: Document, kinds: Mapping[str, type[Kind]], define: MappingNode | None) -> None:
        self.document, self.kinds = document, kinds
        self.define = {entry.key: entry for entry in define.entries} if define else {}
        self.found: dict[tuple[Span, str], Problem] = {}
        self.used: set[str] = set()
        self._open: list[str] = []
        self._around: list[tuple[type[Checked], Entry]] = []
        """The fields in which what is being read stands, the outermost first."""
        self._resolved: dict[str, Form] = {}
        self._circular: set[str] = set()

    def report(self, message: str, span: Span, hint: str = "") -> None:
        """Adds a problem, once."""
        problem = self.document.problem(message, span, hint)
        self.found.setdefault((span, message), problem)

    def _guarded(self, name: str, span: Span, make: Callable[[], T | None]) -> T | None:
        if name in self._open:
            self._report_circle(self._open[self._open.index(name) :], name, span)
            return None
        around, self._around = self._around, []
        self._open.append(name)
        try:
            return make()
        finally:
            self._open.pop()
            self._around = around

    def _report_circle(self, names: list[str], again: str, span: Span) -> None:
        shown = names if len(names) <= LONGEST_CIRCLE else [*names[: LONGEST_CIRCLE - 2], "...", names[-1]]
        self.report(f"{again} is defined by itself: {' -> '.join([*shown, again])}", span)

    def _defined_form(self, name: str, span: Span) -> Form | None:
        """The form of the definition ``name``, which is asked for at ``span``.

        Definitions that name another one, alone or by ``like``, are followed in a loop: a chain of them has any length.
        """
        chain: list[str] = []
        seen = set(self._open)
        while name not in self._resolved:
            self.used.add(name)
            if name in seen or name in self._circular:
                if name not in self._circular:  # else it has been reported
                    names = [*self._open, *chain]
                    self._report_circle(names[names.index(name) :], name, span)
                self._circular.update(chain)
                return None
            seen.add(name)
            chain.append(name)
            below = self._built_on(self.define[name].value)
            if below is None:
                break
            name, span = str(below.value), below.span
        self.used.add(name)
        while chain:
            name = chain.pop()
            value = self.define[name].value
            below = self._built_on(value)
            if below is None:
                self._open += [*chain, name]
                around, self._around = self._around, []
                form = self._form(value)
                self._around = around
                del self._open[len(self._open) - len(chain) - 1 :]
            elif value is below:
                form = self._resolved[str(below.value)]
            else:
                assert isinstance(value, MappingNode)
                around, self._around = self._around, []
                form = self._with_changes(self._resolved[str(below.value)], value, below.span)
                self._around = around
            if form is None:
                return None
            self._resolved[name] = form
        return self._resolved[name]

    def _built_on(self, node: Node) -> ScalarNode | None:
        """The name of another definition that ``node`` stands for, or changes something in."""
        if isinstance(node, MappingNode):
            like = node.entry("like")
            node = like.value if like else node
        is_name = isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value in self.define
        return node if is_name and isinstance(node, ScalarNode) else None

    def _form(self, node: Node) -> Form | None:
        """``node`` as a kind and its fields."""
        if isinstance(node, SequenceNode):
            fields = MappingNode((Entry("parts", node.span, node),), node.span)
            return Form(self.kinds["sequence"], node.span, fields)
        if isinstance(node, ScalarNode):
            if isinstance(node.value, str) and node.value in self.define:
                return self._defined_form(node.value, node.span)
            if isinstance(node.value, str) and node.value in self.kinds:
                return self._with_fields(node.value, node.span, None)
            if isinstance(node.value, str) and node.value:
                self._unknown(node.value, node.span)
            else:
                self.report(f"a block is missing here: this is {shown(node)}", node.span)
            return None
        like = node.entry("like")
        if like is not None:
            return self._like(like, node)
        if len(node.entries) != 1:
            self._several(node)
            return None
        (entry,) = node.entries
        if entry.key in self.kinds:
            return self._with_fields(entry.key, entry.span, entry.value)
        if entry.key in self.define:
            self.used.add(entry.key)
            hint = f"write {entry.key} alone, or {{like: {entry.key}, ...}} to change something in it"
            self.report(f"{entry.key} is defined in this file and takes no fields", entry.span, hint)
        else:
            self._unknown(entry.key, entry.span)
        return None

    def _with_fields(self, keyword: str, span: Span, value: Node | None) -> Form | None:
        """The fields of ``keyword: value``, where a value that is no mapping of fields is the main field's."""
        kind = self.kinds[keyword]
        self.used.add(keyword)
        if value is None or (isinstance(value, ScalarNode) and value.value is None):
            return Form(kind, span, MappingNode((), span))
        if isinstance(value, MappingNode) and not (kind.main and self._is_block(value, kind)):
            return Form(kind, span, value)
        if kind.main is None:
            fields = ", ".join(kind.model_fields)
            hint = f"its fields are {fields}" if fields else f"it has no fields: write {keyword} alone"
            self.report(f"{keyword} takes a mapping of fields, not {shown(value)}", value.span, hint)
            return None
        return Form(kind, span, MappingNode((Entry(kind.main, value.span, value),), value.span))

    def _is_block(self, value: MappingNode, kind: type[Kind]) -> bool:
        """Whether ``residual: {rmsnorm: ...}`` gives the main field as a block, and not the fields by name."""
        if kind.main is None or expects(kind.model_fields[kind.main]) is None:
            return False
        keys = [entry.key for entry in value.entries]
        return "like" in keys or (len(keys) == 1 and keys[0] not in kind.model_fields and keys[0] in self.kinds)

    def _like(self, like: Entry, node: MappingNode) -> Form | None:
        """Another definition's form with some fields changed."""
        name = like.value.value if isinstance(like.value, ScalarNode) else None
        if not isinstance(name, str) or name not in self.define:
            hint = nearest(str(name), self.define) or "like takes a name from define:"
            self.report(f"nothing is defined as {shown(like.value)}", like.value.span, hint)
            return None
        base = self._defined_form(name, like.value.span)
        return self._with_changes(base, node, like.value.span) if base else None

    def _with_changes(self, base: Form, node: MappingNode, span: Span) -> Form:
        """``base``, which is named at ``span``, with the other fields of ``node`` in place of its own."""
        changes = MappingNode(tuple(entry for entry in node.entries if entry.key != "like"), node.span)
        return Form(base.kind, span, self._changed(base.kind, base.fields, changes))

    def _changed(self, model: type[Checked] | None, fields: MappingNode, changes: MappingNode) -> MappingNode:
        """``fields`` with ``changes`` over them: mappings and blocks of one kind are merged, null takes away."""
        result = {entry.key: entry for entry in fields.entries}
        for entry in changes.entries:
            info = model.model_fields.get(entry.key) if model else None
            before = result.get(entry.key)
            if isinstance(entry.value, ScalarNode) and entry.value.value is None and info and not optional(info):
                result.pop(entry.key, None)
            elif before is None:
                result[entry.key] = entry
            else:
                if model:
                    self._around.append((model, before))
                value = self._over(before.value, entry.value, is_block=info is not None and expects(info) is not None)
                if model:
                    self._around.pop()
                result[entry.key] = replaced(entry, value=value)
        return MappingNode(tuple(result.values()), fields.span)

    def _over(self, before: Node, after: Node, *, is_block: bool) -> Node:
        if not isinstance(after, MappingNode):
            return after
        if not is_block:
            return self._changed(None, before, after) if isinstance(before, MappingNode) else after
        if len(after.entries) != 1 or after.entries[0].key not in self.kinds:
            return after
        base, over = self._form(before), self._form(after)
        if base is None or over is None or base.kind is not over.kind:
            return after
        merged = self._changed(base.kind, base.fields, over.fields)
        return MappingNode((Entry(base.kind.keyword, over.span, merged),), after.span)

    def _unknown(self, name: str, span: Span) -> None:
        meant = hint(name, self.kinds, self.define) or "`archdraw kinds` lists what can be written"
        self.report(f"no block is called {' '.join(name.split())}", span, meant)

    def _several(self, node: MappingNode) -> None:
        keys = [entry.key for entry in node.entries]
        if not keys:
            self.report("a block is missing here: this is an empty mapping", node.span)
            return
        first = self.kinds.get(keys[0])
        for entry in node.entries[1:] if first else ():
            outer = misplaced(entry, self._around)
            if outer and first and entry.key not in first.model_fields:
                self.report(*outer)
                return
        if first and all(key in first.model_fields for key in keys[1:]):
            hint = f"indent {', '.join(keys[1:])} below {keys[0]}"
        else:
            hint = "several blocks are a list: put a hyphen before each"
        self.report(f"a block has one key, its kind; here are {len(keys)}: {', '.join(keys)}"[:200], node.span, hint)
