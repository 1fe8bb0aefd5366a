"""Types of the top-level keys of a spec: sizes, names, dates, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

from archdraw.checked import Field
from archdraw.checks import Rule
from archdraw.kinds.fields import Size


def _year_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999 else value


def _dated(value: str) -> str:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value, re.ASCII)
    try:
        if match is None:
            raise ValueError
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise ValueError(f'must be a year, a month or a day (2024, 2024-04, 2024-04-18), not "{value[:40]}"') from None
    return value


def _linked(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']+", value):
        raise ValueError(f'must be an address that begins with https://, not "{value[:40]}"')
    return value


UNPUBLISHED = "unpublished"


def _published(value: object, checked: Callable[[object], object]) -> object:
    return None if value == UNPUBLISHED else checked(value)


if TYPE_CHECKING:
    PublishedSize = int | None
else:
    # As the type that is checked it stays a size: null is not one, and messages speak of sizes alone.
    PublishedSize = Annotated[Size, Rule(around=_published)]

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
ReleaseDate = Annotated[str, Rule(before=_year_as_text), Rule(after=_dated)]
Address = Annotated[str, Rule(after=_linked)]
Count = Annotated[int, Field(ge=1)]
