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
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


class UnsureError(Exception):
    """What is not plainly right."""


class Rule:
    """One rule of its own in ``Annotated``: ``before`` changes what is checked, or ``after`` changes or rejects it.

    Or ``around`` is given the value and a function that checks it. To reject a value they raise :class:`ValueError`.
    """

    def __init__(
        self,
        *,
        before: Callable[[Any], Any] | None = None,
        after: Callable[[Any], Any] | None = None,
        around: Callable[[Any, Callable[[Any], Any]], Any] | None = None,
    ) -> None:
        self.before, self.after, self.around = before, after, around

    def checked(self, value: Any, check: Callable[[Any], Any]) -> Any:
        """``value`` by this rule and by ``check``. Raises :class:`UnsureError`."""
        try:
            if self.around:
                return self.around(value, check)
            found = check(self.before(value) if self.before else value)
            return self.after(found) if self.after else found
        except ValueError:
            raise UnsureError from None


def check(annotation: Any, metadata: Sequence[Any], value: Any) -> Any:
    """``value`` as a field of ``annotation`` and ``metadata`` has it. Raises :class:`UnsureError`."""
    if not metadata:
        return _of_type(annotation, value, True)
    for place, mark in enumerate(metadata):
        if isinstance(mark, Rule):
            others = (*metadata[:place], *metadata[place + 1 :])
            return mark.checked(value, partial(check, annotation, others))
    try:
        bounds: list[Mapping[str, Any]] = [mark.bounds for mark in metadata]
    except AttributeError:
        raise UnsureError from None
    strict = all(bound.get("strict", True) for bound in bounds)
    found = _of_type(annotation, value, strict)
    for bound in bounds:
        for name, limit in bound.items():
            if limit is not None and found is not None and not _BOUNDS[name](found, limit):
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
    "strict": lambda value, limit: True,
}


def _of_type(annotation: Any, value: Any, strict: bool) -> Any:
    if type(annotation) is type:
        if annotation in _PLAIN:
            if type(value) is annotation:
                return value
            if annotation is float and type(value) is int:
                return float(value)
            raise UnsureError
        return _of_class(annotation, value)
    if annotation is Any:
        return value
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return check(arguments[0], arguments[1:], value)
    if origin is Literal:
        return _first(same for same in arguments if type(same) is type(value) and same == value)
    if origin in (Union, UnionType):
        return _of_one(arguments, value)
    if origin is tuple:
        return _of_tuple(arguments, value, strict)
    if origin is list and type(value) is list:
        return [_of_type(arguments[0], item, True) for item in value]
    if origin in (dict, Mapping) and type(value) is dict:
        return {_of_type(arguments[0], key, True): _of_type(arguments[1], item, True) for key, item in value.items()}
    raise UnsureError


_PLAIN = frozenset({int, float, str, bool, NoneType})


def _first(values: Iterable[Any]) -> Any:
    for value in values:
        return value
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


def _of_one(members: tuple[Any, ...], value: Any) -> Any:
    """What the one member of a union makes of ``value`` that takes it as it is."""
    taken = list(_taken(members, value))
    exact = [made for made in taken if type(made) is type(value)]
    if len(exact or taken) != 1:
        raise UnsureError
    return (exact or taken)[0]


def _taken(members: tuple[Any, ...], value: Any) -> Iterable[Any]:
    for member in members:
        try:
            yield _of_type(member, value, True)
        except UnsureError:
            continue


def _of_tuple(arguments: tuple[Any, ...], value: Any, strict: bool) -> tuple[Any, ...]:
    if type(value) is not tuple and (strict or type(value) is not list):
        raise UnsureError
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_of_type(arguments[0], item, True) for item in value)
    if len(arguments) != len(value):
        raise UnsureError
    return tuple(_of_type(kind, item, True) for kind, item in zip(arguments, value, strict=True))
