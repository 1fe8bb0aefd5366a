"""A spec with another figure, and what its own says where nothing is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdraw.checked import ValidationError
from archdraw.doors import PROFILES, VIEWS
from archdraw.errors import ArchdrawError
from archdraw.spec import Spec
from archdraw.spec.figure import LISTS, Figure

USUAL_PAGE = "plate"


def pages() -> tuple[str, ...]:
    """The names of the views of a whole model, and of the profiles of pages."""
    return (*(name for name in VIEWS.names() if name != "inset"), *PROFILES.names())


def page_of(spec: Spec, usual: str = USUAL_PAGE) -> str:
    """The view that is drawn of ``spec`` where none is asked for: the profile of its figure, else ``usual``."""
    wanted = spec.figure.profile if spec.figure else None
    return wanted if wanted in pages() else usual


def on_top(spec: Spec, given: Mapping[str, Any]) -> Spec:
    """``spec`` with what is ``given`` of a figure, by its fields, on top of its own.

    Raises :class:`ArchdrawError` with every value that a figure does not take.
    """
    said = {name: _value(name, value) for name, value in given.items() if value is not None and value != ()}
    try:
        figure = Figure.model_validate(said)
    except ValidationError as error:
        raise ArchdrawError("\n".join(map(_message, error.errors()))) from None
    return spec.model_copy(update={"figure": figure.on(spec.figure or Figure())})


def titled(spec: Spec) -> Spec:
    """``spec`` as several models in one picture are drawn: of its figure it has the title, as its name."""
    if spec.figure is None:
        return spec
    return spec.model_copy(update={"name": spec.figure.title or spec.name, "figure": None})


def _value(name: str, value: Any) -> Any:
    """What a spec would hold: one text stands for a list of one where ``name`` takes a list, spaces are plain."""
    match value:
        case str():
            plain = " ".join(value.split())
            return (plain,) if name in LISTS else plain
        case Mapping():
            return {key: _value("", one) for key, one in value.items()}
        case Sequence():
            return tuple(value)
        case _:
            return value


def _message(error: Mapping[str, Any]) -> str:
    place = " of ".join(str(step) for step in reversed(error["loc"]))
    said = str(error.get("ctx", {}).get("error", "")) or error["msg"].replace("Input should be", "must be")
    return f"{place} {said[:1].lower()}{said[1:]}"
