"""The precision in which recurrent mixers keep their state, where a config says so."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.tree.amounts import STATE_BITS

_UNSAID = ("auto", "")


def state_precision(config: Config, key: str) -> dict[str, Any]:
    """The field ``key`` of a kind with a state; empty where ``config`` does not say, or leaves it to the program."""
    if config.raw(key) is None:
        return {}
    dtype = config.text(key)
    if dtype in STATE_BITS:
        return {key: dtype}
    if dtype not in _UNSAID:
        config.mark_incomplete(f"a state in {dtype}")
    return {}
