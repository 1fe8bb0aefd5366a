"""The options of views of several models: which there are, and whether values are theirs.

An option is a keyword-only parameter of one half of a view. Its annotation says what it takes, and pydantic checks it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import Field, TypeAdapter, ValidationError

from archdraw.errors import ArchdrawError, nearest


def options(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The options of one half of a view: its keyword-only parameters, annotations evaluated."""
    parameters = inspect.signature(function, eval_str=True).parameters
    return {name: found for name, found in parameters.items() if found.kind is inspect.Parameter.KEYWORD_ONLY}


def checked(view: str, known: Mapping[str, inspect.Parameter], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The ``chosen`` values of options of ``view``, of which ``known`` are all: one text stands for a tuple of one.

    Raises :class:`TypeError` for an option that is not known, :class:`ArchdrawError` with every value that is wrong.
    """
    for name in chosen.keys() - known.keys():
        hint = nearest(name, known) or f"its options are {', '.join(known)}"
        raise TypeError(f"{view} has no option {name}; {hint}")
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, given in chosen.items():
        annotation, bounds = _type(known[name].annotation)
        try:
            values[name] = TypeAdapter(annotation).validate_python(_in_a_tuple(given, annotation), strict=True)
        except ValidationError as error:
            wrong.append(_message(name, given, error, bounds))
    if wrong:
        raise ArchdrawError("\n".join(wrong))
    return values


def _type(annotation: Any) -> tuple[Any, range | None]:
    """An annotation as pydantic reads it, without its help; and the range that it bounds a number by."""
    if get_origin(annotation) is not Annotated:
        return annotation, None
    inner, *marks = get_args(annotation)
    bounds = next((mark for mark in marks if isinstance(mark, range)), None)
    return (inner if bounds is None else Annotated[inner, Field(ge=bounds[0], le=bounds[-1])]), bounds


def _in_a_tuple(given: Any, annotation: Any) -> Any:
    if get_origin(annotation) is not tuple:
        return given
    return (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list | set | frozenset) else given


def _message(name: str, given: Any, error: ValidationError, bounds: range | None) -> str:
    """The first of the errors in a sentence, with the nearest of the values that it takes."""
    detail = error.errors()[0]
    message = detail["msg"].replace("Input should be", "must be")
    if bounds is not None and detail["type"].startswith(("greater_than", "less_than")):
        message = f"must be from {bounds[0]} to {bounds[-1]}"
    wrong = detail["input"]
    hint = ""
    if detail["type"] == "literal_error" and isinstance(wrong, str):
        hint = nearest(wrong, detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", "))
    return f"{name.strip('_')} {message}, not {wrong!r}" + (f"; {hint}" if hint else "")
