"""Records: immutable objects with named fields, whose classes cost next to nothing until one of them is made.

:func:`dataclasses.dataclass` writes and compiles the methods of a class where it is defined. That takes half a
millisecond, and of hundreds of classes longer than drawing a picture; most are never used in one run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import get_annotations
from typing import Any, TypeVar, dataclass_transform, overload

Class = TypeVar("Class", bound=type[Any])


@overload
def record(cls: Class, /) -> Class: ...
@overload
def record(*, eq: bool = True, repr: bool = True) -> Callable[[Class], Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Any = None, /, *, eq: bool = True, repr: bool = True) -> Any:
    """Makes a dataclass of a class of annotated fields; each of its methods is written when it is first called.

    Objects are equal where their fields are, and can be hashed if those can; without ``eq`` each is equal to itself
    alone. That no field is assigned to later is for the type checker to say, so that making an object is fast.
    """
    written = ("__init__", *(("__eq__", "__hash__") if eq else ()), *(("__repr__",) if repr else ()))
    return _begun(cls, written) if cls is not None else lambda wrapped: _begun(wrapped, written)


def _begun(cls: Any, written: tuple[str, ...]) -> Any:
    own = (name for name, kind in get_annotations(cls).items() if not str(kind).startswith("ClassVar"))
    above = (name for base in reversed(cls.__mro__[1:]) for name in base.__dict__.get("__match_args__", ()))
    methods = {name: _first(cls, name) for name in written if name not in cls.__dict__}
    later = {"__match_args__": tuple(dict.fromkeys((*above, *own))), "__dataclass_fields__": _Fields(cls), **methods}
    for name, thing in later.items():
        setattr(cls, name, thing)
    return cls


def _first(cls: Any, name: str) -> Callable[..., Any]:
    """The method ``name`` of ``cls`` until it is called."""

    def first(self: Any, *arguments: Any, **named: Any) -> Any:
        setattr(cls, name, _dataclass(cls, name).__dict__[name])
        return getattr(cls, name)(self, *arguments, **named)

    return first


class _Fields:
    """The fields of a class until they are asked for."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def __get__(self, instance: object, cls: object) -> Any:
        return _dataclass(self._owner).__dataclass_fields__


def _dataclass(cls: Any, method: str = "") -> Any:
    """What :mod:`dataclasses` makes of ``cls`` if only the one ``method`` is written; ``cls`` gets its fields from it.

    It is made of a copy, so that at no moment ``cls`` is without a way of making objects: there may be threads.
    """
    names = get_annotations(cls)
    copied = {name: cls.__dict__[name] for name in ("__module__", "__post_init__", *names) if name in cls.__dict__}
    copy = type(cls.__name__, cls.__bases__, {**copied, "__annotations__": names, "__doc__": ""})
    make = dataclass(
        init=method == "__init__", repr=method == "__repr__", eq=method in ("__eq__", "__hash__"),
        unsafe_hash=method == "__hash__", match_args=False,
    )  # fmt: skip
    made: Any = make(copy)
    if isinstance(cls.__dict__["__dataclass_fields__"], _Fields):
        cls.__dataclass_fields__, cls.__dataclass_params__ = made.__dataclass_fields__, made.__dataclass_params__
    return made
