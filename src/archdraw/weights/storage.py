"""How many bytes the tensors of a file take, by the types of their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from archdraw.weights.tensors import Tensor

GGML_TYPES = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}
"""Types of GGUF files by their number: name, weights in a block, bytes of a block.

https://github.com/ggml-org/ggml/blob/master/include/ggml.h
"""

SAFETENSORS_TYPES = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 8),
    **dict.fromkeys(("F32", "I32", "U32"), 4),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 2),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"), 1),
}
"""Bytes of a number of a safetensors file."""

_BLOCKS = {name: (weights, size) for name, weights, size in GGML_TYPES.values()} | {
    name: (1, size) for name, size in SAFETENSORS_TYPES.items()
}


def stored_bytes(tensors: Iterable[Tensor]) -> int | None:
    """The bytes that ``tensors`` take as they are stored, packed ones as packed; None where a type is unknown."""
    total = 0
    for tensor in tensors:
        if tensor.dtype not in _BLOCKS:
            return None
        weights, size = _BLOCKS[tensor.dtype]
        # Blocks lie along the rows.
        rows, columns = (prod(tensor.shape[:-1]), tensor.shape[-1]) if tensor.shape else (1, 1)
        total += rows * -(-columns // weights) * size
    return total
