"""Keys that are second names of others, and files in which both stand with different values."""

from __future__ import annotations

from collections.abc import Mapping

from archdraw.readers.config import Config, shown


def say_contradictions(config: Config, names: Mapping[str, str]) -> None:
    """Marks ``config`` incomplete where a key and its second name, ``{second: first}``, have different values.

    Which of the two a class takes depends on its version; a reader takes the second name, as transformers 5 does.
    """
    for second, first in names.items():
        one, other = config.raw(first), config.raw(second)
        if one is not None and other is not None and one != other:
            config.mark_incomplete(f"{second} {shown(other)} contradicts {first} {shown(one)}")
