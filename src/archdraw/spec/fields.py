"""Types of the top-level keys of a spec: sizes, names, dates, addresses, parents, published figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from archdraw.checked import Checked, Field
from archdraw.checks import Rule
from archdraw.kinds.fields import Size


def _year_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999 else value


_DATE = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
_DATED: Mapping[str, Any] = {
    "type": ["string", "integer"],
    "pattern": f"^{_DATE}$",
    "patternErrorMessage": "a year, a month or a day: 2024, 2024-04 or 2024-04-18",
    "minimum": 1000,
    "maximum": 9999,
}


def _dated(value: str) -> str:
    match = re.fullmatch(_DATE, value, re.ASCII)
    try:
        if match is None:
            raise ValueError
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise ValueError(f'must be a year, a month or a day (2024, 2024-04, 2024-04-18), not "{value[:40]}"') from None
    return value


_LINK = r"""https?://[^\s<>"']+"""
"""Nothing is escaped without need: strict validators of JSON Schema refuse that, as ECMA-262 does with the flag u."""


def _linked(value: str) -> str:
    if not re.fullmatch(_LINK, value):
        raise ValueError(f'must be an address that begins with https://, not "{value[:40]}"')
    return value


UNPUBLISHED = "unpublished"


def _published(value: object, checked: Callable[[object], object]) -> object:
    return None if value == UNPUBLISHED else checked(value)


_SIZE_OR_WORD: Mapping[str, Any] = {
    "type": ["integer", "string"],
    "pattern": f"^{UNPUBLISHED}$",
    "patternErrorMessage": f"a whole number, or {UNPUBLISHED}",
    "examples": [UNPUBLISHED],
}

if TYPE_CHECKING:
    PublishedSize = int | None
else:
    # As the type that is checked it stays a size: null is not one, and messages speak of sizes alone.
    PublishedSize = Annotated[Size, Rule(around=_published, schema=_SIZE_OR_WORD)]

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
ReleaseDate = Annotated[str, Rule(before=_year_as_text), Rule(after=_dated, schema=_DATED)]
Address = Annotated[str, Rule(after=_linked, schema={"pattern": f"^{_LINK}$"})]
Count = Annotated[int, Field(ge=1)]


class Parent(Checked):
    """A model that this one comes from: the slug of its spec, how, and what changed."""

    model: Annotated[Name, Field(description="The name of its file without .yaml: llama-3-8b.")]
    relation: Literal["successor", "same architecture", "influence"] = Field(
        default="successor", description="How the model comes from it."
    )
    changes: tuple[Text, ...] = Field(default=(), description="What changed, a few words each.")
    source: Text | None = Field(default=None, description="Where it says so.")


class Published(Checked):
    """Figures as their publisher gives them, rounded as published: numbers of parameters, and bytes in bf16.

    ``differs`` says why one of them is not the count of the blocks, ``precision`` what the weights are published in
    where not all have 16 bits.
    """

    total_parameters: Count | None = Field(default=None, description="All parameters, rounded as published: 8.03e9.")
    active_parameters: Count | None = Field(default=None, description="Parameters that are used for one token.")
    kv_cache_bytes_per_token: Count | None = Field(default=None, description="Bytes of KV cache a token, in bf16.")
    source: Text | None = Field(default=None, description="Where the figures are published.")
    differs: Text | None = Field(default=None, description="Why one of them is not the count of the blocks.")
    precision: Text | None = Field(
        default=None, description="What weights are published in where not all have 16 bits: FP8, experts in FP4."
    )
