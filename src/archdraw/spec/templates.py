"""Templates: kinds of blocks that are written in YAML, a block with named values in it that each use gives.

An author writes them under ``define``; those of the package are files in the folders of :mod:`archdraw.kinds`. Either
way a template is a :class:`Kind` like any other, made by :func:`template`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, ClassVar, NoReturn

from archdraw.errors import Span
from archdraw.kinds.base import Composed, Family, Kind, KindError, Line, Scope
from archdraw.kinds.expanding import every_kind
from archdraw.kinds.uses import count, use
from archdraw.records import record
from archdraw.source import DEEPEST, Document, MappingNode, Node, ScalarNode
from archdraw.spec.expressions import Reader
from archdraw.spec.substitution import Substitution, SubstitutionError, shown_value
from archdraw.spec.template_basics import TemplateError
from archdraw.spec.values import Expression, pieces
from archdraw.tree.blocks import Block, Module, Repeat, Side

LINE_WIDTH = "line_width"
"""The name that every template knows: the features of the line that comes in where it is used."""

FRAMES = frozenset({"module", "modality_encoder"})
"""Kinds that only frame what is in them: a template that consists of one is the kind of that frame itself."""


@record
class Source:
    """Where a template was written: its text, and the kinds and definitions that its block may name."""

    document: Document
    kinds: Mapping[str, type[Kind]]
    define: MappingNode | None
    block: Node
    values: tuple[tuple[str, Node], ...]
    checks: tuple[Check, ...]
    own: bool
    """Whether it stands in the author's own file, into which its faults can point."""


@record
class Check:
    """A condition on the parameters: the ``message`` where it does not hold, and the parameter ``at`` fault."""

    that: Node
    message: ScalarNode
    at: str


_depth: ContextVar[int] = ContextVar("depth", default=0)
"""Levels of blocks of the templates that are being expanded, each within the one before."""


class Template(Composed):
    """The base of the kinds that are written in YAML; each has its parameters as fields."""

    counts_uses: ClassVar[bool] = True
    origin: ClassVar[Source]
    height: ClassVar[int]
    """At most so many levels of blocks stand in it, those of other templates and definitions counted."""
    own_height: ClassVar[int]
    """The same without those."""

    _made: ClassVar[tuple[Template, int | None, Kind, Reader, int] | None] = None
    _within: ClassVar[tuple[str, ...]] = ()
    """The templates in whose text this use of one stands, the outermost first."""
    _expanded: ClassVar[bool] = False
    _lines: ClassVar[tuple[Template, tuple[Line, ...], tuple[Line, ...]] | None] = None

    def expand(self, scope: Scope) -> Block:
        """The block of the template with the values of the parameters in it.

        Raises :class:`KindError` at the parameter that a fault inside comes from; where it comes from none, at the
        template as a whole or, in an author's own, as :class:`TemplateError` at its place.
        """
        kind, reader, size = self._read(scope)
        use(size, first=not self._expanded)  # names are written out: what is used twice counts twice
        self.model_keep(_expanded=True)
        with self._entered():
            try:
                block = kind.expand(scope)
            except (KindError, ExceptionGroup) as error:
                self._raise(self._mapped(error, reader))
        return self._unsigned(block)

    def lines_in(self, scope: Scope) -> int:
        """Those of its block."""
        return 1 if self.family == "side" else self._read(scope)[0].lines_in(scope)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """Those of its block."""
        if self._lines is not None and self._lines[0] is self and self._lines[1] == scope.lines:
            return self._lines[2]
        kind, reader, _ = self._read(scope)
        with self._entered():
            try:
                lines = kind.lines_out(scope)
            except (KindError, ExceptionGroup) as error:
                self._raise(self._mapped(error, reader))
        self.model_keep(_lines=(self, scope.lines, lines))
        return lines

    def _read(self, scope: Scope) -> tuple[Kind, Reader, int]:
        """The block with the values in it, as a kind; made once for a width."""
        if self._made is not None and self._made[0] is self and self._made[1] == scope.line.features:
            return self._made[2:]
        source = self.origin
        if self.keyword in self._within:
            circle = " -> ".join((*self._within[self._within.index(self.keyword) :], self.keyword))
            raise KindError(f"{self.keyword} is defined by itself: {circle}")
        known: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        if scope.line.features is not None:
            known[LINE_WIDTH] = scope.line.features
        values = Substitution(known)
        try:
            for name, node in source.values:
                known[name] = values.value(node)
            self._check(values)
            written = values.node(source.block)
        except SubstitutionError as fault:
            raise self._fault(fault.message, fault.span, fault.hint) from None
        count(values.size)
        reader = _BodyReader(source.document, source.kinds, source.define, ready=values.ready)
        reader.within = (*self._within, self.keyword)
        kind = None
        if written is None:
            reader.report("a template comes to no block", source.block.span)
        else:
            kind = reader.block(written)
        if kind is None or reader.found:
            self._raise(self._fault(problem.message, problem.span, problem.hint) for problem in reader.found.values())
        self.model_keep(_made=(self, scope.line.features, kind, reader, values.size))
        return kind, reader, values.size

    def _check(self, values: Substitution) -> None:
        """Raises :class:`KindError` for conditions that the parameters don't meet."""
        failed = [check for check in self.origin.checks if not values.value(check.that)]
        messages = ((values.node(check.message), check.at) for check in failed)
        errors = [KindError(shown_value(node.value), at) for node, at in messages if isinstance(node, ScalarNode)]
        if errors:
            self._raise(errors)

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Raises :class:`KindError` where templates that are given to templates are too deep when written out."""
        depth = _depth.get() + self.own_height
        if depth > DEEPEST:
            raise KindError(f"blocks are nested deeper than {DEEPEST} with all templates written out")
        token = _depth.set(depth)
        try:
            yield
        finally:
            _depth.reset(token)

    def _unsigned(self, block: Block) -> Block:
        """``block`` without the sign of a mere frame, so that it is signed as one of this kind."""
        match block:
            case Module(kind=kind) if kind in FRAMES:
                return replace(block, kind="", settings=())
            case Side(body=Module(kind=kind) as body) if kind in FRAMES:
                return replace(block, body=replace(body, kind="", settings=()))
            case Repeat(body=body):
                return replace(block, body=self._unsigned(body))
            case _:
                return block

    def _raise(self, errors: Iterable[KindError]) -> NoReturn:
        """Raises what is wrong, each thing once: layers that are written by a loop are all wrong alike."""
        found = list({(error.message, error.field, getattr(error, "span", None)): error for error in errors}.values())
        if len(found) == 1:
            raise found[0]
        for error in found:
            error.trail.append(self)  # what a group of errors passes signs single ones alone
        raise ExceptionGroup("a template does not fit", found)

    def _mapped(self, error: Exception, reader: Reader) -> Iterator[KindError]:
        """What ``error`` says, each at the parameter that it comes from."""
        if isinstance(error, ExceptionGroup):
            for inner in error.exceptions:
                yield from self._mapped(inner, reader)
            return
        if not isinstance(error, KindError):
            raise error
        given = {id(kind) for kind in every_kind(tuple(getattr(self, name) for name in type(self).model_fields))}
        # What was given for a parameter is at fault where it was written.
        steps = enumerate(error.trail)
        known = ((depth, kind) for depth, kind in steps if id(kind) in reader.origins or id(kind) in given)
        depth, kind = next(known, (0, None))
        found = reader.origins.get(id(kind))
        if found is None or isinstance(error, TemplateError):
            yield error
        else:
            yield self._fault(error.message, found.place(error.field if depth == 0 else ""), error.hint)

    def _fault(self, message: str, span: Span, hint: str) -> KindError:
        """A fault at ``span`` in the text of the template: at the parameter whose value stands there, if one does."""
        own = self.origin.own
        field = next(self._named_at(span), "")
        where = f"{field} of the template {self.keyword}" if field else f"in the template {self.keyword}"
        if not own:  # an author does not have its text: the field says more, and a line is for who reports the fault
            where = "" if field else f"{where}, line {span.line} of {span.file} of archdraw"
        hint = "; ".join(filter(None, (hint, where)))
        return KindError(message, field, hint) if field or not own else TemplateError(message, span, hint)

    def _named_at(self, span: Span) -> Iterator[str]:
        """The parameters in the value at ``span``, those first that the author gave."""
        node = _scalar_at(self.origin.block, span)
        fields = type(self).model_fields
        found = [name for name in self._names(node) if name in fields] if node else []
        yield from sorted(found, key=lambda name: name not in self.model_fields_set)

    def _names(self, node: Node) -> Iterator[str]:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return
        values = dict(self.origin.values)
        for piece in pieces(node.value):
            for name in piece.names if isinstance(piece, Expression) else ():
                yield name
                if name in values:
                    inner = values[name]
                    text = inner.text if isinstance(inner, ScalarNode) else ""
                    yield from self._names(ScalarNode(text if text.startswith("$") else f"$({text})", inner.span))


class _BodyReader(Reader):
    """Reads the text of a template; templates that are used in it know that they are."""

    within: tuple[str, ...] = ()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._read: dict[tuple[int, Collection[Family]], tuple[Node, Kind | None, int, int]] = {}

    def block(self, node: Node, families: Collection[Family] = (), place: str = "") -> Kind | None:
        """As of any reader; what the rounds of a loop have alike is read once, and counts in each."""
        known = self._read.get((id(node), families))
        if known is None:
            size, deepest = self._size, self._deepest
            self._size, self._deepest = 0, self._depth
            kind = super().block(node, families, place)
            known = self._read[id(node), families] = node, kind, self._size, self._deepest - self._depth
            self._size, self._deepest = size, deepest
        _, kind, size, height = known
        return kind if self._fits(size, height, node.span) else None

    def build(self, model: type[Any], name: str, span: Span, fields: MappingNode, **given: Any) -> Any:
        """As of any reader."""
        made = super().build(model, name, span, fields, **given)
        if isinstance(made, Template):
            made.model_keep(_within=self.within)
        return made


def _scalar_at(node: Node, span: Span) -> ScalarNode | None:
    """The value whose place is ``span``."""
    if isinstance(node, ScalarNode):
        return node if node.span == span else None
    below = (entry.value for entry in node.entries) if isinstance(node, MappingNode) else node.items
    return next((found for inner in below if (found := _scalar_at(inner, span))), None)
