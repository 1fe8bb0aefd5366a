"""Expanding several kinds so that all their errors are reported at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.tree.blocks import Block


def expand_each(kinds: Iterable[Kind], scope: Scope) -> tuple[Block, ...]:
    """Every kind expanded in the same scope.

    Raises :class:`KindError` where one cannot be, an :class:`ExceptionGroup` of them where several cannot.
    """
    return expand_placed([(kind, scope) for kind in kinds])


def expand_in_row(kinds: Iterable[Kind], scope: Scope) -> tuple[Block, ...]:
    """Kinds one after the other, each at the width that the one before it leaves.

    Raises :class:`KindError` where one cannot be expanded, an :class:`ExceptionGroup` of them where several cannot.
    """
    placed = []
    for kind in kinds:
        placed.append((kind, scope))
        try:
            scope = replace(scope, hidden_size=kind.features_out(scope))
        except (KindError, ExceptionGroup):
            break  # its expansion raises the same error; what follows has no known width
    return expand_placed(placed)


def expand_placed(placed: Iterable[tuple[Kind, Scope]]) -> tuple[Block, ...]:
    """Every kind expanded in its own scope.

    Raises :class:`KindError` where one cannot be, an :class:`ExceptionGroup` of them where several cannot.
    """
    made: list[Block] = []
    errors: list[Exception] = []
    for kind, scope in placed:
        try:
            made.append(kind.expand(scope))
            kind.features_out(scope)
        except (KindError, ExceptionGroup) as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else ExceptionGroup("several blocks cannot be expanded", errors)
    return tuple(made)
