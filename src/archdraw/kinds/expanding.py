"""Expanding several kinds so that all their errors are reported at once."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archdraw.checked import Checked
from archdraw.kinds.base import Kind, KindError, Line, Scope
from archdraw.kinds.makers import makers
from archdraw.kinds.uses import used, used_again
from archdraw.tree.blocks import Block


def expand_each(kinds: Iterable[Kind], scope: Scope) -> tuple[Block, ...]:
    """Every kind expanded in the same scope.

    Raises :class:`KindError` where one cannot be, an :class:`ExceptionGroup` of them where several cannot.
    """
    return expand_placed([(kind, scope) for kind in kinds])


def expand_in_row(kinds: Iterable[Kind], scope: Scope) -> tuple[Block, ...]:
    """Kinds one after the other, each at the lines that the one before it leaves.

    Raises :class:`KindError` where one cannot be expanded or does not read the lines that come to it, an
    :class:`ExceptionGroup` of them where there are several.
    """
    placed, wrong = placed_in_row(kinds, scope)
    try:
        made = expand_placed(placed)
    except (KindError, ExceptionGroup) as error:
        if wrong is None:
            raise
        raise ExceptionGroup("several blocks cannot be expanded", [error, wrong]) from None
    if wrong is not None:
        raise wrong
    return made


def placed_in_row(kinds: Iterable[Kind], scope: Scope) -> tuple[list[tuple[Kind, Scope]], KindError | None]:
    """Kinds one after the other, each with its scope, up to the first whose lines are not known.

    The error says which of them does not read the lines that come to it; None where all do.
    """
    placed: list[tuple[Kind, Scope]] = []
    before: Kind | None = None
    for kind in kinds:
        try:
            if before is not None and kind.family != "side":
                check_lines(kind, scope, before)
        except KindError as error:
            return placed, error
        placed.append((kind, scope))
        try:
            scope = scope.at(*kind.lines_out(scope))
        except (KindError, ExceptionGroup):
            # Its expansion raises the same error. Layers mostly leave what came in; else no width is known from here.
            if kind.family != "layer":
                break
        before = before if kind.family == "side" else kind
    return placed, None


def lines_in_row(kinds: Iterable[Kind], scope: Scope) -> tuple[Line, ...]:
    """The lines that leave the last of ``kinds`` in a row. Raises :class:`KindError` where one has no known width."""
    for kind in kinds:
        scope = scope.at(*kind.lines_out(scope))
    return scope.lines


def lines_into_row(kinds: Iterable[Kind], scope: Scope) -> int:
    """How many lines ``kinds`` in a row read: as many as the first of them, what stands beside the line passed over."""
    return next((kind.lines_in(scope) for kind in kinds if kind.family != "side"), 1)


def check_lines(kind: Kind, scope: Scope, before: Kind) -> None:
    """Raises :class:`KindError`, at ``kind``, where it does not read the lines that ``before`` leaves."""
    arriving, reads = len(scope.lines), kind.lines_in(scope)
    if reads == arriving:
        return
    if reads == 0:
        error = KindError(
            f"{called(kind)} starts a line of its own", "", "put it first, or in a branch of parallel: or graph:"
        )
    else:
        number = "two lines" if arriving == 2 else f"{arriving} lines" if arriving > 1 else "one line"
        read = "one" if reads == 1 else "two" if reads == 2 else str(reads)
        hint = f"merge them before it: concatenate: {{inputs: {arriving}}}, or op: {{label: +, inputs: {arriving}}}"
        if arriving == 1:
            hint = "lead several lines to it: parallel: {merge: separate, branches: [...]}"
        error = KindError(f"{called(before)} leaves {number}, the next block reads {read}", "", hint)
    error.passes(kind)
    raise error


def called(kind: Kind) -> str:
    """What an author calls ``kind``: its label in quotes, else its keyword."""
    label = getattr(kind, "label", None)
    return f'"{label}"' if label else kind.keyword


def expand_placed(placed: Iterable[tuple[Kind, Scope]]) -> tuple[Block, ...]:
    """Every kind expanded in its own scope, layers that are written alike once: they are one block.

    Raises :class:`KindError` where one cannot be, an :class:`ExceptionGroup` of them where several cannot.
    """
    made: list[Block] = []
    errors: list[Exception] = []
    layers = _Layers()
    for kind, scope in placed:
        try:
            mark = _mark(kind) if kind.family == "layer" else None
            block = layers.made(mark, kind, scope)
            if block is None:
                before = used()
                block = kind.expand(scope)
                kind.lines_out(scope)
                layers.add(mark, kind, scope, block, used() - before)
            made.append(block)
        except (KindError, ExceptionGroup) as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else ExceptionGroup("several blocks cannot be expanded", errors)
    return tuple(made)


_MOST_COMPARED = 8
"""Layers that differ by more than their fields, as templates do, are compared with so few others."""


class _Layers:
    """The layers of a row that were expanded, by what their authors wrote."""

    def __init__(self) -> None:
        self._known: defaultdict[int, deque[tuple[Kind, Scope, Block, int]]]
        self._known = defaultdict(lambda: deque(maxlen=_MOST_COMPARED))

    def made(self, mark: int | None, kind: Kind, scope: Scope) -> Block | None:
        """The block of one that is written as ``kind`` is, in an equal ``scope``; None where there is none.

        ``mark`` is that of the layer ``kind``; what is no layer has none, and is not remembered.

        Of one that is ``kind`` itself, used by its name, the templates in it are counted again.
        """
        known = () if mark is None else self._known[mark]
        for one, its, block, size in known:
            if its == scope and (used_again(size) if one is kind else _alike(one, kind)):
                if one is not kind and (record := makers()):
                    record.alike.append((one, kind))
                return block
        return None

    def add(self, mark: int | None, kind: Kind, scope: Scope, block: Block, size: int) -> None:
        """Remembers the ``block`` of ``kind`` in its ``scope``, in which templates use ``size`` values."""
        if mark is not None:
            self._known[mark].append((kind, scope, block, size))


def _mark(kind: Kind) -> int:
    """Equal for equal kinds."""
    try:
        return hash(kind)
    except TypeError:  # a field is a mapping
        return hash(kind.keyword)


def _alike(one: Any, other: Any) -> bool:
    """Whether an author wrote the same twice: the same fields with equal values, in all kinds within.

    A kind that counts each of its uses, as a template does, is like no other.
    """
    kind = type(one)
    if kind is not type(other):
        return False
    if isinstance(one, Checked):
        if (isinstance(one, Kind) and one.counts_uses) or one.model_fields_set != other.model_fields_set:
            return False
        return all(_alike(getattr(one, field), getattr(other, field)) for field in one.model_fields)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    return bool(one == other)


_PLAIN = frozenset({str, int, float, bool, type(None)})
"""Fields in which no kind can be, as most are."""


def every_kind(value: Any) -> Iterator[Kind]:
    """Every kind in ``value``, a kind or any of its fields, names replaced by what they stand for."""
    if type(value) in _PLAIN:
        return
    if isinstance(value, Kind):
        yield value
    if hasattr(type(value), "model_fields"):
        for field in type(value).model_fields:
            inner = getattr(value, field)
            if type(inner) not in _PLAIN:
                yield from every_kind(inner)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from every_kind(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from every_kind(item)
