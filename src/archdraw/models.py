"""Models of pydantic, made of classes of checked fields where a value is not plainly right or a schema is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    WrapValidator,
    create_model,
)
from pydantic_core import core_schema

from archdraw.checked import REQUIRED, Checked, FieldInfo, ValidationError
from archdraw.checks import Rule

_MODELS: dict[type[Checked], type[BaseModel]] = {}
"""The models that were made, by their classes, which are kept alive by it: there are as many as files and templates."""


def validated(cls: type[Checked], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields that are ``given``. Raises :class:`archdraw.checked.ValidationError`."""
    try:
        made = model_of(cls).model_validate(dict(given))
    except pydantic.ValidationError as error:
        raise ValidationError(str(error), error.errors()) from None
    return {name: _taken_back(getattr(made, name)) for name in made.model_fields_set if name in cls.model_fields}


def _taken_back(value: Any) -> Any:
    """``value`` with our own classes in place of the models in it."""
    match value:
        case BaseModel():
            cls = next(cls for cls, model in _MODELS.items() if model is type(value))
            given = {name: _taken_back(getattr(value, name)) for name in value.model_fields_set}
            return cls.model_made_of(given, check=False)
        case tuple() | list():
            return type(value)(map(_taken_back, value))
        case dict():
            return {key: _taken_back(inner) for key, inner in value.items()}
        case _:
            return value


def model_of(cls: type[Checked]) -> type[BaseModel]:
    """The model with the fields of ``cls``."""
    if cls not in _MODELS:
        fields: dict[str, Any] = {name: _field(info) for name, info in cls.model_fields.items()}
        made = create_model(
            cls.__name__,
            __config__=ConfigDict(extra=cls.model_extra, frozen=True, strict=True),
            __doc__=cls.__doc__,
            __module__=cls.__module__,
            **fields,
        )
        _MODELS[cls] = made
    return _MODELS[cls]


def _field(info: FieldInfo) -> tuple[Any, Any]:
    """Type and default of a field, as pydantic has them."""
    marks = [mark for mark in info.metadata if mark is not info.declared]
    annotation = _annotated(info.annotation, marks)
    if info.declared is not None:
        return annotation, _mark(info.declared)
    return annotation, ... if info.is_required() else info.default


def _annotated(annotation: Any, marks: list[Any]) -> Any:
    inner = _type(annotation)
    if inner is annotation and isinstance(annotation, type) and issubclass(annotation, Checked):
        marks = [_Instance(), *marks]
    return Annotated[(inner, *map(_mark, marks))] if marks else inner


def _type(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and origin is None and issubclass(annotation, Checked):
        return annotation if annotation.model_is_block else model_of(annotation)
    if origin is Annotated:
        return _annotated(arguments[0], list(arguments[1:]))
    if origin is None or origin is Literal:
        return annotation
    inner = tuple(map(_type, arguments))
    return Union.__getitem__(inner) if origin in (Union, UnionType) else origin[inner]


def _mark(mark: Any) -> Any:
    """What stands in ``Annotated``, as pydantic has it."""
    if isinstance(mark, FieldInfo):
        given: dict[str, Any] = {name: bound for name, bound in mark.bounds.items() if bound is not None}
        if mark.about is not None:
            given["description"] = mark.about
        if mark.default_factory is not None:
            given["default_factory"] = mark.default_factory
        elif mark.default is not REQUIRED:
            given["default"] = mark.default
        return Field(**given)
    if isinstance(mark, Rule):
        if mark.around:
            return WrapValidator(mark.around)
        return BeforeValidator(mark.before) if mark.before else AfterValidator(mark.after or (lambda value: value))
    return mark


class _Instance:
    """A block as it is, which an author writes as an expression."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        as_written = handler.generate_schema(model_of(source))
        return core_schema.json_or_python_schema(
            python_schema=core_schema.is_instance_schema(source), json_schema=as_written
        )
