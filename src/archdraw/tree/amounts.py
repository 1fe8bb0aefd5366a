"""How many bits a value has, and numbers of tokens and bits that mean something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from archdraw.errors import ArchdrawError

Dtype = Literal["fp32", "bf16", "fp8", "int4"]
BITS: Mapping[Dtype, int] = {"fp32": 32, "bf16": 16, "fp8": 8, "int4": 4}
"""Bits of one value. Scales of quantized blocks are not counted."""

DEFAULT_CONTEXT = 8192
"""Tokens at which the cache of a model without a longest context is reported."""


def at_least_one(name: str, value: int) -> int:
    """``value``, a number of tokens or bits. Raises :class:`ArchdrawError` with its ``name`` where it is below 1."""
    if value < 1:
        raise ArchdrawError(f"{name} must be at least 1, not {value:,}")
    return value


def as_many_bits(dtype: str) -> str:
    """A hint for a precision that is not counted by name: the one that takes as many bits."""
    digits = re.search(r"\d+$", str(dtype))
    same = next((name for name, bits in BITS.items() if digits and bits == int(digits[0])), None)
    return f"{same} takes as many bits" if same else ""
