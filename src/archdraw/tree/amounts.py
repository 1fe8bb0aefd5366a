"""How many bits a value has, and numbers of tokens and bits that mean something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from archdraw.errors import ArchdrawError
from archdraw.tree.roles import StateDtype

Dtype = Literal["fp32", "bf16", "fp8", "int4"]
BITS: Mapping[Dtype, int] = {"fp32": 32, "bf16": 16, "fp8": 8, "int4": 4}
"""Bits of one value. Scales of quantized blocks are not counted."""

STATE_BITS: Mapping[StateDtype, int] = {"float32": 32, "bfloat16": 16, "float16": 16}
"""Bits of one value of a state that has a precision of its own."""

DTYPE_NAMES: Mapping[StateDtype | None, str] = {
    None: "bf16",
    "float32": "float32",
    "bfloat16": "bf16",
    "float16": "fp16",
}
"""What precisions are called in words; None is that of the cache."""

DEFAULT_CONTEXT = 8192
"""Tokens at which the cache of a model without a longest context is reported."""


def at_least_one(name: str, value: int) -> int:
    """``value``, a number of tokens or bits. Raises :class:`ArchdrawError` with its ``name`` where it is below 1."""
    if value < 1:
        raise ArchdrawError(f"{name} must be at least 1, not {value:,}")
    return value


def state_bytes(values: int, own: Mapping[StateDtype, int], bits: int = 16) -> int:
    """Bytes of a state of so many ``values``: of them those of ``own`` in their precision, the others of ``bits``."""
    kept = sum(number * STATE_BITS[dtype] for dtype, number in own.items())
    return (kept + (values - sum(own.values())) * at_least_one("bits", bits)) // 8


def precisions(values: int, own: Mapping[StateDtype, int], rest: str = DTYPE_NAMES[None]) -> str:
    """In which precision a state of so many ``values`` is: ``float32, bf16``."""
    names = sorted({DTYPE_NAMES[dtype] for dtype in own})
    other = [] if sum(own.values()) == values or rest in names else [rest]
    return ", ".join((*names, *other))


def as_many_bits(dtype: str) -> str:
    """A hint for a precision that is not counted by name: the one that takes as many bits."""
    digits = re.search(r"\d+$", str(dtype))
    same = next((name for name, bits in BITS.items() if digits and bits == int(digits[0])), None)
    return f"{same} takes as many bits" if same else ""
