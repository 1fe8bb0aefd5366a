"""What a template says of itself: its names, what it is, where it comes from."""

from __future__ import annotations

import textwrap
from typing import Annotated

from archdraw.checked import Checked, Field

Text = Annotated[str, Field(min_length=1, max_length=2000)]
_OWN = "part of the language: the author says what the block is"


class Head(Checked):
    """What a template says of itself: names, what it is, where it comes from, how it is used."""

    name: Text | None = None
    short_name: Text | None = None
    aliases: tuple[Text, ...] = ()
    concepts: tuple[Text, ...] = ()
    description: Text = "A block of the author's own."
    source: Text = _OWN
    example: Text | None = None
    main: Text | None = None


def plain_text(name: str) -> str:
    """``name`` as the text of a term, in which braces would be places for values."""
    return name.replace("{", "(").replace("}", ")")


def sentence(description: str) -> str:
    """A description as those of all fields are: a capital first, a full stop at the end."""
    return f"{description[:1].upper()}{description[1:].removesuffix('.')}." if description else ""


def with_summary(description: str) -> str:
    """A docstring whose first line is the first sentence, the rest in lines of a terminal's width."""
    first, stop, rest = description.partition(". ")
    return "\n".join((f"{first}{stop.strip()}", "", *textwrap.wrap(rest, 100))).strip()
