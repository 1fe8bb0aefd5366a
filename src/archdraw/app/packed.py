"""Records as plain tuples, lists, texts and numbers, and back: what the cache keeps of a model, and of a drawing.

A record, or a tuple with names, is written as the name of its class and the values of its fields. Whatever a file
says, nothing is imported and nothing is run for it: only records of modules that are there already are made again.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

_AS_THEY_ARE = frozenset({type(None), bool, int, float, str, bytes})
_VERSION = 2
"""Of marshal: the last in which equal values are equal bytes."""
_LIST, _SET, _MAPPING, _DATE, _FRACTION = "[]", "{}", "{:}", "date", "/"
"""What stands at the head of a list for a value that is no record; a tuple of plain values is one."""


NOT_AS_PACKED = (AttributeError, EOFError, LookupError, TypeError, ValueError)
"""Errors of :func:`unpacked` for what is of other records than those of today."""


def packed(value: Any) -> bytes:
    """``value`` as bytes, equal ones for equal values. Raises :class:`TypeError` where something in it is no record."""
    return marshal.dumps(_plain(value), _VERSION)


def unpacked(data: bytes) -> Any:
    """The value that :func:`packed` has made ``data``. Raises :data:`NOT_AS_PACKED`."""
    return _made(marshal.loads(data))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple:
        return tuple([_plain(item) for item in value])
    if "__dataclass_fields__" in kind.__dict__:
        return [_name(kind), *[_plain(getattr(value, name)) for name in kind.__match_args__]]
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return [_name(kind), *map(_plain, value)]
    if isinstance(value, Mapping):
        return [_MAPPING, *[(_plain(key), _plain(item)) for key, item in value.items()]]
    if kind is list:
        return [_LIST, *map(_plain, value)]
    if kind is frozenset:
        return [_SET, *sorted(map(_plain, value))]
    if kind is date:
        return [_DATE, value.isoformat()]
    if kind is Fraction:
        return [_FRACTION, value.numerator, value.denominator]
    raise TypeError(f"{kind.__qualname__} cannot be kept")


def _made(plain: Any) -> Any:
    kind = type(plain)
    if kind is tuple:
        return tuple([_made(item) for item in plain])
    if kind is list:
        return _maker(plain[0])(*[_made(item) for item in plain[1:]])
    return plain


def _name(kind: type[Any]) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


_MAKERS: dict[str, Callable[..., Any]] = {
    _LIST: lambda *items: list(items),
    _SET: lambda *items: frozenset(items),
    _MAPPING: lambda *items: dict(items),
    _DATE: date.fromisoformat,
    _FRACTION: Fraction,
}
"""What makes a value again, by the head of its list; classes of records are added when one is met."""


def _maker(name: str) -> Callable[..., Any]:
    found = _MAKERS.get(name)
    if found is None:
        module, _, inside = name.partition(":")
        found = getattr(sys.modules[module], inside)
        if not isinstance(found, type) or not {"__dataclass_fields__", "_fields"} & found.__dict__.keys():
            raise TypeError(f"{name} is no record")
        _MAKERS[name] = found
    return found
