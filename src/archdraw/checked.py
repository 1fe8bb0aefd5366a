"""Values that are checked when they are made: what an author writes, as kinds of blocks, specs and themes.

They are declared as models of pydantic are, ``size: Annotated[int, Field(ge=1)] = 8``, and pydantic says what is wrong
with a value (:mod:`archdraw.models`). Importing it and building its models takes longer than drawing a picture: what is
plainly right is taken here, and whatever is not goes to pydantic, which may still find it right.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from inspect import get_annotations
from typing import Annotated, Any, ClassVar, Literal, Self, dataclass_transform, get_args, get_origin

from archdraw.checks import Check, UnsureError, checker

REQUIRED: Any = type("Required", (), {"__repr__": lambda _: "required"})()
"""In place of the default of a field that has none."""


_MODELS = "archdraw.models"
"""What asks pydantic; it is made for these classes, and imported where they cannot do without."""


class ValidationError(ValueError):
    """What is wrong with the fields of a value, as pydantic found it."""

    def __init__(self, message: str, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(message)
        self._errors = errors

    def errors(self) -> Sequence[Mapping[str, Any]]:
        """Each error as a mapping with the keys that those of pydantic have: ``type``, ``loc``, ``msg``, ``ctx``."""
        return self._errors


class FieldInfo:
    """What is said of one field: its type, its bounds, its default and its description.

    ``declared`` is what stands as its default where that is another such description.
    """

    def __init__(self, default: Any, factory: Callable[[], Any] | None, bounds: Mapping[str, Any], about: str | None):
        self.default, self.default_factory, self.bounds, self.about = default, factory, bounds, about
        self.declared: Any = None

    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is REQUIRED and self.default_factory is None

    def get_default(self) -> Any:
        """Its default, made anew where it is made."""
        return self.default_factory() if self.default_factory else self.default

    @cached_property
    def _typed(self) -> tuple[Any, tuple[Any, ...]]:
        return Any, ()

    @cached_property
    def check(self) -> Check:
        """What takes a value that is plainly right."""
        return checker(self.annotation, self.metadata)

    @property
    def annotation(self) -> Any:
        """Its type, without what stands beside that in ``Annotated``."""
        return self._typed[0]

    @property
    def metadata(self) -> tuple[Any, ...]:
        """What stands beside its type, and what is declared as its default."""
        return self._typed[1]

    @property
    def description(self) -> str | None:
        """What it means."""
        said = (getattr(one, "about", None) or getattr(one, "description", None) for one in reversed(self.metadata))
        return self.about or next((text for text in said if text), None)


class _Declared(FieldInfo):
    """A field as ``cls`` declares it; its annotation is evaluated when it is asked for."""

    def __init__(self, cls: type, name: str, annotation: Any) -> None:
        declared = cls.__dict__["_model_declared"].get(name) if "_model_declared" in cls.__dict__ else None
        super().__init__(cls.__dict__.get(name, REQUIRED), None, {}, None)
        self._written = cls, annotation
        self.declared = declared
        if declared is not None:  # pydantic has another sign of a field without a default
            self.default = REQUIRED if declared.is_required() else declared.default
            self.default_factory = declared.default_factory

    @cached_property
    def _typed(self) -> tuple[Any, tuple[Any, ...]]:
        cls, annotation = self._written
        if isinstance(annotation, str):
            annotation = eval(annotation, vars(sys.modules[cls.__module__]), dict(vars(cls)))
        metadata: tuple[Any, ...] = ()
        if get_origin(annotation) is Annotated:
            annotation, *marks = get_args(annotation)
            metadata = tuple(marks)
        return annotation, metadata if self.declared is None else (*metadata, self.declared)


def Field(  # noqa: N802 - named as that of pydantic, which people know
    default: Any = REQUIRED,
    *,
    default_factory: Callable[[], Any] | None = None,
    description: str | None = None,
    **bounds: Any,
) -> Any:
    """Describes a field, as its default or inside ``Annotated``.

    ``bounds`` are ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``pattern``, ``allow_inf_nan`` and
    ``strict``, as of pydantic's function of that name.
    """
    return FieldInfo(default, default_factory, bounds, description)


def _plainly(cls: type[Checked], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all fields of ``cls``, from those that are ``given``. Raises :class:`UnsureError`."""
    fields = cls.model_fields
    if not cls._model_needed <= given.keys() <= fields.keys():
        raise UnsureError
    made = {name: info.get_default() for name, info in cls._model_made.items() if name not in given}
    return {**cls._model_defaults, **made, **{name: fields[name].check(value) for name, value in given.items()}}


def _completed(cls: type[Checked], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` and the defaults of all other fields."""
    given = {name: values[name] for name in cls.model_fields if name in values}
    made = {name: info.get_default() for name, info in cls._model_made.items() if name not in given}
    return {**cls._model_defaults, **made, **given}


class _Fields:
    """The fields of a class by name, those of the classes above it first; read when they are first asked for.

    With them it finds which are needed, the defaults of others, and those whose default is made anew.
    """

    def __get__(self, instance: object, cls: type[Checked]) -> Mapping[str, FieldInfo]:
        found = {
            name: _Declared(above, name, annotation)
            for above in reversed(cls.__mro__)
            for name, annotation in get_annotations(above).items()
            if not name.startswith("_") and not str(annotation).startswith(("ClassVar", "typing.ClassVar"))
        }
        infos = found.items()
        cls._model_needed = frozenset(name for name, info in infos if info.is_required())
        cls._model_made = {name: info for name, info in infos if info.default_factory}
        others = cls._model_needed | cls._model_made.keys()
        cls._model_defaults = {name: info.default for name, info in infos if name not in others}
        cls.model_fields = found  # in the place of this, which each class has for itself
        return found


def _is_info(thing: object) -> bool:
    """Whether it is a description of a field, ours or pydantic's, which kinds of other packages may use."""
    return isinstance(thing, FieldInfo) or type(thing).__module__ == "pydantic.fields"


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class Checked:
    """A value with checked fields, given by name. Nothing is assigned to a field later: a type checker says so.

    The methods that begin with ``model`` are as those of pydantic's models. Making one raises
    :class:`ValidationError` with everything that is wrong.
    """

    model_fields: ClassVar[Mapping[str, FieldInfo]] = _Fields()  # type: ignore[assignment]
    model_extra: ClassVar[Literal["forbid", "allow"]] = "forbid"
    """What is done about fields that there are not: ``forbid`` or ``allow``, which ignores them."""

    model_is_block: ClassVar[bool] = False
    """Whether it stands in a field as it is, and is not made of a mapping there."""

    _model_needed: ClassVar[frozenset[str]]
    _model_made: ClassVar[Mapping[str, FieldInfo]]
    _model_defaults: ClassVar[Mapping[str, Any]]
    _model_declared: ClassVar[Mapping[str, Any]]
    _model_given: ClassVar[frozenset[str]]

    def __init_subclass__(cls) -> None:
        foreign = [
            name for name, thing in vars(cls).items() if type(thing).__module__ == "pydantic._internal._decorators"
        ]
        if foreign:
            raise TypeError(f"{cls.__name__}.{foreign[0]}: decorators of pydantic are not read; check in expand")
        cls.model_fields = _Fields()  # type: ignore[assignment]
        # A default stays the attribute of the class, as of any class; what else is said of the field stands aside.
        cls._model_declared = {name: thing for name, thing in vars(cls).items() if _is_info(thing)}
        for name, info in cls._model_declared.items():
            if info.default_factory or info.is_required():
                delattr(cls, name)
            else:
                setattr(cls, name, info.default)

    def __init__(self, **given: Any) -> None:
        try:
            values = _plainly(type(self), given)
        except UnsureError:
            validated = import_module(_MODELS).validated
            values = _completed(type(self), validated(type(self), given))
        self.__dict__.update(values, _model_given=frozenset(given))

    @classmethod
    def model_validate(cls, data: Mapping[str, Any]) -> Self:
        """The value whose fields are ``data``."""
        return cls(**data)

    @classmethod
    def model_made_of(cls, given: Mapping[str, Any], *, check: bool) -> Self:
        """The value of a mapping in a field; without a ``check`` pydantic has made that.

        Raises :class:`UnsureError` where the check finds something that is not plainly right.
        """
        made = object.__new__(cls)
        made.model_keep(_model_given=frozenset(given), **(_plainly(cls, given) if check else _completed(cls, given)))
        return made

    def model_keep(self, **things: Any) -> None:
        """Keeps with the value what is no field of it."""
        self.__dict__.update(things)

    @property
    def model_fields_set(self) -> frozenset[str]:
        """The fields that were given."""
        return self._model_given

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """This one with other values in the fields of ``update``, which are not checked."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _model_given=self._model_given | update.keys())
        made.__dict__.update(update)
        return made

    def model_dump(self) -> dict[str, Any]:
        """The fields as plain data: mappings in place of values within them."""
        return {name: _plain(getattr(self, name)) for name in self.model_fields}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.model_fields)

    def __hash__(self) -> int:
        return hash((type(self), *map(self.__dict__.__getitem__, self.model_fields)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.model_fields)})"


def _plain(value: Any) -> Any:
    match value:
        case Checked():
            return value.model_dump()
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case tuple() | list():
            return type(value)(map(_plain, value))
        case _:
            return value
