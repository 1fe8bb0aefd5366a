"""What is taken without pydantic is what pydantic takes, and what is not plainly right is left to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest

from archdraw.checked import Checked, Field
from archdraw.checks import UnsureError
from archdraw.models import validated

SMALL: Any = Annotated[int, Field(le=5)]
LARGE: Any = Annotated[int, Field(ge=1)]
SOME: Any = Annotated[tuple[int, ...], Field(min_length=1)]
LOOSE: Any = Annotated[tuple[int, ...], Field(strict=False)]
TYPES: tuple[Any, ...] = (
    *(int, float, str, bool, Any, SMALL, SOME, LOOSE, list[int], dict[str, int], tuple[int, str]),
    *(int | str | None, float | int, SMALL | LARGE, SMALL | tuple[SMALL, ...], Literal[1, "x"], Literal[True]),
    *(Annotated[str, Field(pattern="^a")], Annotated[float, Field(gt=0, allow_inf_nan=False)]),
)
VALUES: tuple[Any, ...] = (
    *(0, 1, 3, 9, -1, 1.0, 2.5, float("inf"), "x", "ab", "", True, False, None, b"x"),
    *((1, 2), (1, "x"), (), [1, 2], [], ["x"], (1.5,), (9,), {"a": 1}, {"a": "x"}, {1: 1}, object),
)


def taken(annotation: Any, value: Any) -> Any:
    """``value`` as it is taken without pydantic, with its type; None where it is left to pydantic."""
    made = holder(annotation)
    try:
        found = made.model_made_of({"value": value}, check=True).value  # type: ignore[attr-defined]
    except UnsureError:
        return None
    return type(found), found


def holder(annotation: Any) -> type[Checked]:
    return type("Holder", (Checked,), {"__annotations__": {"value": annotation}})


@pytest.mark.parametrize("annotation", TYPES)
def test_what_is_taken_is_what_pydantic_takes(annotation: Any) -> None:
    plain = [(value, found) for value in VALUES if (found := taken(annotation, value)) is not None]
    assert plain
    for value, (kind, found) in plain:
        other = validated(holder(annotation), {"value": value})["value"]
        assert (type(other), other) == (kind, found), value


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (SMALL | LARGE, 3),  # both members take it
        (SOME, [1, 2]),  # a list is no tuple
        (SMALL, 6),
        (int, True),
        (Literal[1], True),
        (tuple[int, str], (1,)),
    ],
)
def test_what_is_not_plainly_right_is_left_to_pydantic(annotation: Any, value: Any) -> None:
    assert taken(annotation, value) is None
