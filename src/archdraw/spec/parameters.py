"""The parameters of a template, as an author declares them and as the fields of a kind that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from archdraw.checked import Checked, Field
from archdraw.kinds.base import Expects, Family, Kind
from archdraw.spec.values import MOST_ITEMS

Plain = Literal["integer", "number", "string", "boolean"]
TypeName = Literal[
    "integer", "number", "string", "boolean", "block", "mixer", "feed_forward", "norm", "position", "layer"
]
_PLAIN: dict[str, type] = {"integer": int, "number": float, "string": str, "boolean": bool}
_ENUM_TYPES: dict[str, type] = {"integer": int, "number": int, "string": str}
"""Which types of parameters may have an ``enum``, and what its values then are."""
_LONGEST_TEXT = 160
LEAST_SIZE = 1
_LARGEST_SIZE = 1_000_000_000
_LARGEST_NUMBER = 1e15
"""The bounds of sizes and factors, as in :mod:`archdraw.kinds.fields`."""


class Parameter(Checked):
    """One parameter: its ``type``, its bounds, and what it means.

    ``type`` is ``integer`` (1 or more unless ``minimum`` says another), ``number`` (more than 0 unless ``minimum`` says
    another), ``string``, ``boolean``, ``block`` or a family of blocks; ``[integer]`` is a list. ``enum`` lists the
    values that may be given. A parameter with a ``default`` can be left out; ``null`` means that it then has no value.
    """

    type: TypeName | Annotated[tuple[Plain, ...], Field(min_length=1, max_length=1)] = "integer"
    description: Annotated[str, Field(max_length=400)] = ""
    minimum: float | None = None
    maximum: float | None = None
    enum: Annotated[tuple[str | int, ...], Field(min_length=1)] | None = None
    min_items: Annotated[int, Field(ge=0, le=MOST_ITEMS)] = 0
    max_items: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = MOST_ITEMS

    @property
    def takes_block(self) -> bool:
        """Whether a block is given for it."""
        return isinstance(self.type, str) and self.type not in _PLAIN

    def problems(self) -> Iterator[tuple[str, str]]:
        """What no value could fit, each with the field at fault."""
        name = self.type[0] if isinstance(self.type, tuple) else self.type
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            yield "minimum", f"minimum {self.minimum:g} is more than maximum {self.maximum:g}"
        elif name == "integer" and self.maximum is not None and self.minimum is None and self.maximum < LEAST_SIZE:
            yield "maximum", f"maximum {self.maximum:g} is less than the minimum of an integer, {LEAST_SIZE}"
        elif name == "number" and self.maximum is not None and self.minimum is None and self.maximum <= 0:
            yield "maximum", f"maximum {self.maximum:g} is not more than 0, which a number has to be without minimum"
        if self.min_items > self.max_items:
            yield "min_items", f"min_items {self.min_items} is more than max_items {self.max_items}"
        fitting = _ENUM_TYPES.get(name)
        if self.enum is not None and fitting is None:
            yield "enum", f"a parameter of type {name} takes no enum"
        elif self.enum is not None and fitting is not None:
            wrong = [str(value) for value in self.enum if not isinstance(value, fitting)]
            if wrong:
                yield "enum", f"enum {', '.join(wrong)} is not of type {name}"

    def annotation(self, *, optional: bool) -> Any:
        """The type of the field, with its bounds; with None where it is ``optional``."""
        if isinstance(self.type, tuple):
            bounds = Field(min_length=self.min_items or None, max_length=self.max_items)
            one: Any = self._one(self.type[0])
            found: Any = Annotated[tuple.__class_getitem__((one, ...)), bounds]
        else:
            found = self._one(self.type)
        return found | None if optional else found

    def _one(self, name: str) -> Any:
        if name not in _PLAIN:
            wanted = tuple(family for family in get_args(Family) if family in (name, "block"))
            return Annotated[Kind, Expects(() if name == "block" else wanted)]
        if self.enum is not None:
            return Literal[self.enum]
        match name:
            case "integer":
                least = LEAST_SIZE if self.minimum is None else int(self.minimum)
                most = _LARGEST_SIZE if self.maximum is None else int(self.maximum)
                return Annotated[int, Field(ge=least, le=most)]
            case "number":
                most_real = _LARGEST_NUMBER if self.maximum is None else self.maximum
                if self.minimum is None:
                    return Annotated[float, Field(gt=0, le=most_real, allow_inf_nan=False)]
                return Annotated[float, Field(ge=self.minimum, le=most_real, allow_inf_nan=False)]
            case "string":
                return Annotated[str, Field(min_length=1, max_length=_LONGEST_TEXT)]
            case _:
                return bool
