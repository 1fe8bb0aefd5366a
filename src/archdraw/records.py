"""Records: immutable objects with named fields, whose classes cost next to nothing until one of them is made.

:func:`dataclasses.dataclass` writes and compiles the methods of a class where it is defined. That takes half a
millisecond, and of hundreds of classes longer than drawing a picture; most are never used in one run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import _FIELD, MISSING, Field, field, fields  # type: ignore[attr-defined]
from inspect import get_annotations
from typing import Any, TypeVar, dataclass_transform, overload

Class = TypeVar("Class", bound=type[Any])
Record = TypeVar("Record")
HASH = "_hash"
"""Where an object keeps its hash: that of a tree is the hash of all that is in it."""


def replaced(one: Record, /, **changes: Any) -> Record:
    """A copy of a record with other values in the fields of ``changes``.

    As :func:`dataclasses.replace`, in a fifth of the time. Raises :class:`TypeError` for a field that there is not.
    """
    own = one.__dict__  # with its hash, and with what follows from its fields and is kept
    return type(one)(**{**{name: own[name] for name in one.__match_args__}, **changes})  # type: ignore[attr-defined]


@overload
def record(cls: Class, /) -> Class: ...
@overload
def record(*, eq: bool = True, repr: bool = True) -> Callable[[Class], Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Any = None, /, *, eq: bool = True, repr: bool = True) -> Any:
    """Makes a class of annotated fields what a dataclass is; each method is written when it is first called.

    Objects are equal where their fields are, and can be hashed if those can, once; without ``eq`` each is equal to
    itself alone. That no field is assigned to later is for the type checker to say, so that making an object is fast.
    """
    written = ("__init__", *(("__eq__", "__hash__") if eq else ()), *(("__repr__",) if repr else ()))
    return _begun(cls, written) if cls is not None else lambda wrapped: _begun(wrapped, written)


def _begun(cls: Any, written: tuple[str, ...]) -> Any:
    own = (name for name, kind in get_annotations(cls).items() if not str(kind).startswith("ClassVar"))
    above = (name for base in reversed(cls.__mro__[1:]) for name in base.__dict__.get("__match_args__", ()))
    methods = {name: _first(cls, name) for name in written if name not in cls.__dict__}
    later = {"__match_args__": tuple(dict.fromkeys((*above, *own))), "__dataclass_fields__": _Fields(cls), **methods}
    if "__hash__" in methods:
        later |= {HASH: None, "__getstate__": _state}
    for name, thing in later.items():
        setattr(cls, name, thing)
    return cls


def _first(cls: Any, name: str) -> Callable[..., Any]:
    """The method ``name`` of ``cls`` until it is called."""

    def first(self: Any, *arguments: Any, **named: Any) -> Any:
        made = _WRITTEN[name](cls)
        made.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, made)
        return made(self, *arguments, **named)

    return first


def _maker(cls: Any) -> Any:
    """The function that sets the fields of a new object."""
    known: dict[str, Any] = {"_LEFT_OUT": MISSING}
    head, body = ["self"], []
    for one in cls.__dataclass_fields__.values():
        name = value = one.name
        if one.default_factory is not MISSING:
            known[f"_{name}"] = one.default_factory
            value = f"_{name}() if {name} is _LEFT_OUT else {name}"
            head.append(f"{name}=_LEFT_OUT")
        elif one.default is not MISSING:
            known[f"_{name}"] = one.default
            head.append(f"{name}=_{name}")
        else:
            head.append(name)
        body.append(f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    return _function(f"__init__({', '.join(head)}): {'; '.join(body) or 'pass'}", known)


def _equality(cls: Any) -> Any:
    same = f"{_compared(cls, 'self')} == {_compared(cls, 'other')}"
    return _function(f"__eq__(self, other): return {same} if other.__class__ is self.__class__ else NotImplemented", {})


def _hash(cls: Any) -> Any:
    read = (f"self.{one.name}, " for one in fields(cls) if (one.compare if one.hash is None else one.hash))
    kept = f"self.{HASH} = hash(({''.join(read)}))"
    return _function(f"__hash__(self):\n if self.{HASH} is None: {kept}\n return self.{HASH}", {})


def _state(self: Any) -> dict[str, Any]:
    """What of an object goes to another process: not its hash, which is another one there."""
    return {name: value for name, value in self.__dict__.items() if name != HASH}


def _shown(cls: Any) -> Any:
    values = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in fields(cls) if one.repr)
    return _function(f"__repr__(self): return f'{{self.__class__.__qualname__}}({values})'", {})


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "__init__": _maker,
    "__eq__": _equality,
    "__hash__": _hash,
    "__repr__": _shown,
}
"""What writes each method: in a fifth of the time that :mod:`dataclasses` takes for it."""


def _compared(cls: Any, name: str) -> str:
    """The fields by which objects are equal, as a tuple of those of ``name``."""
    return f"({''.join(f'{name}.{one.name}, ' for one in fields(cls) if one.compare)})"


def _function(text: str, known: dict[str, Any]) -> Any:
    exec(f"def {text}", known)
    return known[text.partition("(")[0]]


class _Fields:
    """The fields of a class until they are asked for, as :mod:`dataclasses` keeps them."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def __get__(self, instance: object, cls: object) -> Any:
        found = {}
        for name in self._owner.__match_args__:
            above = next(one for one in self._owner.__mro__ if name in get_annotations(one))
            default = above.__dict__.get(name, MISSING)
            one: Any = default if isinstance(default, Field) else field(default=default)
            one.name, one.type, one._field_type = name, get_annotations(above)[name], _FIELD
            found[name] = one
        self._owner.__dataclass_fields__ = found
        return found
