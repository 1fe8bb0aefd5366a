"""Where in its text each block of a model was written, and which blocks a line of the text made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archdraw.checked import Checked
from archdraw.errors import Span
from archdraw.kinds.base import Kind
from archdraw.kinds.expanding import every_kind
from archdraw.kinds.makers import Makers, recorded
from archdraw.records import record
from archdraw.source import MappingNode, Node, ScalarNode
from archdraw.spec import Spec, expand
from archdraw.spec.forms import Origin
from archdraw.tree.blocks import Block, Leaf, Module, Sequence
from archdraw.tree.children import children
from archdraw.tree.walks import walk


@record
class Written:
    """One block expression of the text: its keyword's place, its last line, and the paths of what it made."""

    span: Span
    last: int
    paths: tuple[str, ...]


@record
class Places:
    """The way from blocks to the text and back; ``spans`` are by path, ``written`` is in the order of the text."""

    spans: Mapping[str, Span]
    written: tuple[Written, ...]

    def span(self, path: str) -> Span | None:
        """Where the block at ``path`` was written: by the innermost block around it that has a place; None for none."""
        while path:
            if path in self.spans:
                return self.spans[path]
            path = path.rpartition("/")[0]
        return None

    def paths(self, line: int, column: int = 0) -> tuple[str, ...]:
        """The blocks that the innermost expression around ``line`` (from 1) made; empty outside of all.

        Of several in one line it is the last that begins at or before ``column``; without one, all that begin there.
        """
        around = [one for one in self.written if one.span.line <= line <= one.last and one.paths]
        here = [one for one in around if one.span.line == line]
        before = [one for one in here if one.span.column <= column]
        if before or not here:
            last = max(before or around, key=lambda one: (one.span.line, one.span.column), default=None)
            return () if last is None else last.paths
        paths: list[str] = []
        for one in here:
            for path in one.paths:
                _add(paths, path)
        return tuple(paths)


def expanded(spec: Spec) -> tuple[Module, Callable[[], Places]]:
    """The block tree of ``spec``, as :func:`archdraw.spec.expand` makes it, and what finds where blocks were written.

    A block that a template or a default made has the place of the innermost expression that stands in the text of
    ``spec`` and asked for it. Raises :class:`InputError` as :func:`archdraw.spec.expand`.
    """
    with recorded() as makers:
        block = expand(spec)
    return block, lambda: _Finding(spec, makers).places()


class _Finding:
    """What is known of the makers of the blocks of one model while its places are found."""

    def __init__(self, spec: Spec, makers: Makers) -> None:
        self.makers, self.origins = makers, spec._origins
        layers = spec.document.root.entry("layers") if isinstance(spec.document.root, MappingNode) else None
        self.layers = layers.span if layers else None
        self.owners: dict[int, tuple[Block, Checked]] = {}
        self.signed: dict[int, list[tuple[Checked, Block]]] = {}
        self._outer: dict[int, dict[int, Checked]] = {}
        for kind, made in makers.made:
            self._own(made, kind)
            for outer in self._around(kind):
                self.signed.setdefault(outer, []).append((kind, made))

    def _own(self, block: Block, kind: Checked) -> None:
        """``kind`` made all in ``block`` that no kind within it has made."""
        waiting = [block]
        while waiting:
            part = waiting.pop()
            if id(part) in self.owners:
                continue
            self.owners[id(part)] = part, kind
            if not isinstance(part, Leaf):
                waiting.extend(children(part))

    def _around(self, kind: Checked) -> Mapping[int, Checked]:
        """``kind`` and all kinds around it by their ``id``, the innermost first."""
        if id(kind) not in self._outer:
            self._outer[id(kind)] = {id(one): one for one in self.makers.around(kind)}
        return self._outer[id(kind)]

    def places(self) -> Places:
        spans: dict[str, Span] = {}
        owners: dict[str, Checked] = {}
        for path, block in walk(self.makers.body or Sequence(())):
            if not isinstance(block, Leaf | Module) or path in spans:
                continue
            around = owners.get(path.rpartition("/")[0])
            owner = self._owner(block, around)
            if owner is not None:
                owners[path] = owner
                spans[path] = self.origins[id(owner)].span
            elif isinstance(block, Module) and block.level == "stack" and self.layers is not None:
                spans[path] = self.layers
        return Places(spans, tuple(self._written(owners)))

    def _owner(self, block: Leaf | Module, around: Checked | None) -> Checked | None:
        """The kind that stands in the text and made ``block``, in a block of ``around``.

        What a kind made is often changed by the one around it, which names it or moves its norm. It is then known by
        its settings, and by what is in it.
        """
        _, owner = self.owners.get(id(block), (None, None))
        if isinstance(block, Module) and block.kind and getattr(owner, "keyword", "") != block.kind:
            inside = (self.owners.get(id(part), (None, None))[1] for part in _inside(block))
            owner = next((kind for kind in inside if getattr(kind, "keyword", "") == block.kind), owner)
        if owner is None or (around is not None and id(owner) in self._around(around)):
            owner = around
        known = self.makers.made if owner is None else self.signed.get(id(owner), ())
        if block.settings:
            alike = {id(kind): kind for kind, made in known if _like(made, block)}
            if len({self._span(kind, around) for kind in alike.values()}) == 1:
                owner = next(iter(alike.values()))
        return None if owner is None else self._in_text(owner, around)

    def _in_text(self, kind: Checked, around: Checked | None) -> Checked | None:
        """``kind`` if it stands in the text, else the innermost one around it that does; ``around`` before others."""
        if id(kind) in self.origins:
            return kind
        if around is not None and id(around) in self._around(kind):
            inner = (one for one in self._around(kind).values() if id(around) in self._around(one))
            return next((one for one in inner if id(one) in self.origins), around)
        return next((one for one in self._around(kind).values() if id(one) in self.origins), None)

    def _span(self, kind: Checked, around: Checked | None) -> Span | None:
        found = self._in_text(kind, around)
        return None if found is None else self.origins[id(found)].span

    def _written(self, owners: Mapping[str, Checked]) -> Iterator[Written]:
        """Every expression with the outermost blocks that it made."""
        made: dict[Span, tuple[Origin, list[str]]] = {}
        for path, kind in owners.items():
            above = owners.get(path.rpartition("/")[0])
            for one in self._around(kind).values():
                # What is around the block above has that one, and so need not have this.
                inner = above is None or (one is not above and id(above) in self._around(one))
                origin = self.origins.get(id(one)) if inner or one is kind else None
                if origin is not None:
                    _add(made.setdefault(origin.span, (origin, []))[1], path)
        for one, other in self._alike():
            first, second = self.origins.get(id(one)), self.origins.get(id(other))
            if first is not None and second is not None and first.span in made:
                made.setdefault(second.span, (second, list(made[first.span][1])))
        for span, (origin, paths) in sorted(made.items(), key=lambda item: item[0]):
            yield Written(span, max(span.line, _last_line(origin.fields)), tuple(paths))

    def _alike(self) -> Iterator[tuple[Kind, Kind]]:
        """Kinds that are written like another one, of which only the first was expanded."""
        for one, other in self.makers.alike:
            yield from zip(every_kind(one), every_kind(other), strict=False)


def _add(paths: list[str], path: str) -> None:
    """Adds ``path`` unless a block around it is there; paths come from the outside to the inside."""
    if not any(path == known or path.startswith(f"{known}/") for known in paths):
        paths.append(path)


def _inside(block: Module) -> Iterator[Block]:
    waiting: list[Block] = [block.body]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, Leaf):
            waiting.extend(children(part))


def _like(made: Block, block: Leaf | Module) -> bool:
    """Whether ``block`` may be what was ``made``: of one sort, with the same settings."""
    match made, block:
        case (Leaf(settings=given), Leaf(settings=settings)):
            return given == settings
        case (Module(settings=given, kind=kind), Module(settings=settings, kind=other)):
            return kind == other and given == settings
        case _:
            return False


def _last_line(node: Node) -> int:
    """The last line of ``node``; an alias does not count lines before it, where its anchor stands."""
    match node:
        case ScalarNode(span=span):
            return span.line
        case MappingNode(entries=entries):
            return max([node.span.line, *(max(entry.span.line, _last_line(entry.value)) for entry in entries)])
        case _:
            return max([node.span.line, *map(_last_line, node.items)])
