"""Values of a config that remember the keys they were read from, through arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from archdraw.records import record

PathStep = str | int
Path = tuple[PathStep, ...]
"""Keys and indices from the root of a config."""

OPERATIONS = (
    *("__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__"),
    *("__floordiv__", "__rfloordiv__", "__mod__", "__rmod__", "__pow__", "__rpow__", "__neg__", "__abs__"),
    *("__round__", "__ceil__", "__floor__"),
)
"""What keeps the origins of its operands. ``int`` cannot: use :func:`whole`."""


@record
class Origin:
    """The key that a value was read from; ``is_default``: the key is not in the file, its class has a default."""

    path: Path
    is_default: bool = False


_Base = TypeVar("_Base", bound=type)


def _keeps_origins(traced_type: _Base) -> _Base:
    """Lets the results of a number's operations remember what their operands remember."""
    for name in OPERATIONS:
        operation = getattr(traced_type, name, None)
        if operation is not None:
            setattr(traced_type, name, _keeping(name, operation))
    return traced_type


def _keeping(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    def kept(*operands: Any) -> Any:
        result = operation(*operands)
        if result is NotImplemented and isinstance(operands[-1], float):  # an integer leaves this to the float
            result = getattr(float, name)(float(operands[0]), operands[-1])
        return result if result is NotImplemented else traced(result, origins=origins_of(*operands))

    return kept


@_keeps_origins
class TracedInt(int):
    """An integer of a config. ``comment`` is the comment of the spec behind it: the key, or how it was computed.

    ``is_direct``: the value is that of one key (or its default), unchanged.
    """

    comment: str = ""
    origins: tuple[Origin, ...] = ()
    is_direct: bool = False


@_keeps_origins
class TracedFloat(float):
    """A number of a config, like :class:`TracedInt`."""

    comment: str = ""
    origins: tuple[Origin, ...] = ()
    is_direct: bool = False


class TracedText(str):
    """A text of a config, like :class:`TracedInt`; what is made of it remembers nothing."""

    comment: str = ""
    origins: tuple[Origin, ...] = ()
    is_direct: bool = False


Traced = TracedInt | TracedFloat | TracedText
_Scalar = TypeVar("_Scalar", int, float, str, int | float | str)


def traced(value: _Scalar, comment: str = "", *, origins: Iterable[Origin] = (), is_direct: bool = False) -> _Scalar:
    """``value`` with a comment and the keys that it comes from."""
    made: Any
    if isinstance(value, str):
        made = TracedText(value)
    elif isinstance(value, int):
        made = TracedInt(value)
    else:
        made = TracedFloat(value)
    made.comment, made.origins, made.is_direct = comment, tuple(origins), is_direct
    return made  # type: ignore[no-any-return]


def commented(value: _Scalar, comment: str, *sources: object) -> _Scalar:
    """``value`` with a comment that the imported spec shows: ``commented(width // 2, "half of the width")``.

    It remembers its own origins and those of ``sources``, values that it was computed from by other means.
    """
    is_direct = isinstance(value, Traced) and value.is_direct
    return traced(value, comment, origins=origins_of(value, *sources), is_direct=is_direct)


def whole(value: float) -> int:
    """``int(value)``, with its origins."""
    return traced(int(value), origins=origins_of(value))


def origins_of(*values: object) -> tuple[Origin, ...]:
    """The origins of ``values``, each once."""
    found = [value.origins for value in values if isinstance(value, Traced) and value.origins]
    if len(found) == 1 and len(found[0]) == 1:  # as most have
        return found[0]
    return tuple(dict.fromkeys(origin for origins in found for origin in origins))
