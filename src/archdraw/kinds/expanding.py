"""Expanding several kinds so that all their errors are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archdraw.kinds.base import Kind, KindError, Line, Scope
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
    """Every kind expanded in its own scope.

    Raises :class:`KindError` where one cannot be, an :class:`ExceptionGroup` of them where several cannot.
    """
    made: list[Block] = []
    errors: list[Exception] = []
    for kind, scope in placed:
        try:
            made.append(kind.expand(scope))
            kind.lines_out(scope)
        except (KindError, ExceptionGroup) as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else ExceptionGroup("several blocks cannot be expanded", errors)
    return tuple(made)


def every_kind(value: Any) -> Iterator[Kind]:
    """Every kind in ``value``, a kind or any of its fields, names replaced by what they stand for."""
    if isinstance(value, Kind):
        yield value
    if hasattr(type(value), "model_fields"):
        for field in type(value).model_fields:
            yield from every_kind(getattr(value, field))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from every_kind(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from every_kind(item)
