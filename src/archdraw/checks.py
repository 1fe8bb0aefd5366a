"""Whether a value is plainly what an annotation says: types of Python and ``typing`` with the bounds of a field.

The rules are those of pydantic's strict mode, as far as they are plain. What is anything else, a wrong value or a type
that is not known here, raises :class:`UnsureError`, and is left to pydantic.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


class UnsureError(Exception):
    """What is not plainly right."""


class Rule:
    """One rule of its own in ``Annotated``: ``before`` changes what is checked, or ``after`` changes or rejects it.

    Or ``around`` is given the value and a function that checks it. To reject a value they raise :class:`ValueError`.
    ``schema`` says of it what JSON Schema can say, for editors.
    """

    def __init__(
        self,
        *,
        before: Callable[[Any], Any] | None = None,
        after: Callable[[Any], Any] | None = None,
        around: Callable[[Any, Callable[[Any], Any]], Any] | None = None,
        schema: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.before, self.after, self.around, self.schema = before, after, around, schema

    def checked(self, value: Any, check: Callable[[Any], Any]) -> Any:
        """``value`` by this rule and by ``check``. Raises :class:`UnsureError`."""
        try:
            if self.around:
                return self.around(value, check)
            found = check(self.before(value) if self.before else value)
            return self.after(found) if self.after else found
        except ValueError:
            raise UnsureError from None


Check = Callable[[Any], Any]
"""Gives a value as it is to be, or raises :class:`UnsureError`."""


def checker(annotation: Any, metadata: Sequence[Any] = ()) -> Check:
    """What checks values of a field of ``annotation`` and ``metadata``, made once for all of them."""
    if not metadata:
        return _of_type(annotation, True)
    for place, mark in enumerate(metadata):
        if isinstance(mark, Rule):
            return partial(_by_rule, mark, checker(annotation, (*metadata[:place], *metadata[place + 1 :])))
    try:
        bounds: list[Mapping[str, Any]] = [mark.bounds for mark in metadata]
    except AttributeError:
        return _unsure
    of_type = _of_type(annotation, all(bound.get("strict", True) for bound in bounds))
    limits = [
        (_BOUNDS[name], limit)
        for bound in bounds
        for name, limit in bound.items()
        if limit is not None and name != "strict"
    ]
    return partial(_within, of_type, limits) if limits else of_type


def _unsure(_: Any) -> Any:
    raise UnsureError


def _by_rule(rule: Rule, check: Check, value: Any) -> Any:
    return rule.checked(value, check)


def _within(of_type: Check, limits: Sequence[tuple[Callable[[Any, Any], bool], Any]], value: Any) -> Any:
    found = of_type(value)
    if found is not None:
        for holds, limit in limits:
            if not holds(found, limit):
                raise UnsureError
    return found


_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "min_length": lambda value, limit: len(value) >= limit,
    "max_length": lambda value, limit: len(value) <= limit,
    "pattern": lambda value, limit: re.search(limit, value) is not None,
    "allow_inf_nan": lambda value, limit: limit or math.isfinite(value),
}


def _of_type(annotation: Any, strict: bool) -> Check:
    if type(annotation) is type:
        return partial(_plain if annotation in _PLAIN else _of_class, annotation)
    if annotation is Any:
        return lambda value: value
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return checker(arguments[0], arguments[1:])
    if origin is Literal:
        return partial(_of_choice, arguments)
    if origin in (Union, UnionType):
        # Of types that no other of them takes a value of, nothing has to be tried.
        apart = frozenset(arguments) & _PLAIN if _PLAIN.issuperset(arguments) else frozenset[type]()
        return partial(_of_one, apart, tuple(map(checker, arguments)))
    if origin is tuple:
        return _of_tuple(arguments, strict)
    if origin is list:
        return partial(_of_list, checker(arguments[0]))
    if origin in (dict, Mapping):
        return partial(_of_mapping, *map(checker, arguments))
    return _unsure


_PLAIN = frozenset({int, float, str, bool, NoneType})


def _plain(kind: type, value: Any) -> Any:
    if type(value) is kind:
        return value
    if kind is float and type(value) is int:
        return float(value)
    raise UnsureError


def _of_choice(choices: tuple[Any, ...], value: Any) -> Any:
    for same in choices:
        if type(same) is type(value) and same == value:
            return same
    raise UnsureError


def _of_class(cls: Any, value: Any) -> Any:
    """A value of a class of checked fields, made of a mapping where the class is that of no block."""
    if not hasattr(cls, "model_fields"):
        raise UnsureError
    if isinstance(value, cls):
        return value
    if type(value) is not dict or cls.model_is_block:
        raise UnsureError
    return cls.model_made_of(value, check=True)


def _of_one(apart: frozenset[type], members: tuple[Check, ...], value: Any) -> Any:
    """What the one member of a union makes of ``value`` that takes it as it is."""
    if type(value) in apart:
        return value
    taken = list(_taken(members, value))
    exact = [made for made in taken if type(made) is type(value)]
    if len(exact or taken) != 1:
        raise UnsureError
    return (exact or taken)[0]


def _taken(members: tuple[Check, ...], value: Any) -> Iterable[Any]:
    for member in members:
        try:
            yield member(value)
        except UnsureError:
            continue


def _of_tuple(arguments: tuple[Any, ...], strict: bool) -> Check:
    each = len(arguments) == 2 and arguments[1] is Ellipsis
    checks = tuple(checker(one) for one in (arguments[:1] if each else arguments))

    def of_tuple(value: Any) -> tuple[Any, ...]:
        if type(value) is not tuple and (strict or type(value) is not list):
            raise UnsureError
        if each:
            return tuple(map(checks[0], value))
        if len(checks) != len(value):
            raise UnsureError
        return tuple(check(item) for check, item in zip(checks, value, strict=True))

    return of_tuple


def _of_list(check: Check, value: Any) -> list[Any]:
    if type(value) is not list:
        raise UnsureError
    return [check(item) for item in value]


def _of_mapping(keys: Check, values: Check, value: Any) -> dict[Any, Any]:
    if type(value) is not dict:
        raise UnsureError
    return {keys(key): values(item) for key, item in value.items()}
