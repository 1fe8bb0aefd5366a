"""All spoilings by name, and scenes spoilt by them with a fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import spoilings_in_place
import spoilings_in_words
import spoilings_of_lines
from archdraw.scene import Scene
from spoilings import SPOILINGS, Whole

__all__ = ["SPOILINGS", "spoilings_in_place", "spoilings_in_words", "spoilings_of_lines", "spoilt"]


def spoilt(scene: Scene, name: str, times: int, seed: str) -> Iterator[Scene]:
    """``scene`` spoilt by the spoiling called ``name``, at ``times`` places at most."""
    whole, random = Whole(scene), Random(f"{seed} {name}")
    for _ in range(times):
        found = SPOILINGS[name](whole, random)
        if found is None:
            return
        yield found
