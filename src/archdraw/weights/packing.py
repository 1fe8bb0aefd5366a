"""Quantised weights as the matrices that they stand for: what the shapes of their bookkeeping tensors say.

A file of small numbers has, for one matrix, a tensor in which several of them share a larger number, and others beside
it: scales, zero points, orders. Which formats there are, and what their shapes are (out and in are the features):

=================== ============================= ==========================================================
GPTQ                qweight [in / n, out]         scales [groups, out], qzeros [groups, out / n], g_idx [in]
AWQ                 qweight [in, out / n]         scales [groups, out], qzeros [groups, out / n]
compressed-tensors  weight_packed [out, in / n]   weight_scale [out, groups], weight_shape [2]
NVFP4, MXFP4        weight [out, in / 2]          weight_scale [out, in / 16 or in / 32]
gpt-oss             NAME_blocks [..., in / 32, 16]  NAME_scales [..., in / 32]
bitsandbytes        weight [out * in / 2, 1]      weight.absmax, weight.quant_map, weight.quant_state...
MLX                 weight [out, in / n]          scales [out, groups], biases [out, groups]
=================== ============================= ==========================================================

Where neither n nor the size of a group is in a file's shapes, it follows from the matrices that read the hidden size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod

from archdraw.weights.dimensions import Shape
from archdraw.weights.tensors import Tensor

BOOKKEEPING = (
    *("qzeros", "scales", "g_idx", "weight_scale", "weight_scale_2", "weight_global_scale", "weight_scale_inv"),
    *("input_scale", "input_global_scale", "weight_zero_point", "input_zero_point", "weight_shape", "weight_g_idx"),
    *("SCB", "weight_format", "biases"),
)
"""Last parts of names of tensors that stand beside a packed matrix."""

_OF_WEIGHT = (
    *("absmax", "quant_map", "nested_absmax", "nested_quant_map"),
    *("quant_state.bitsandbytes__nf4", "quant_state.bitsandbytes__fp4"),
)
"""What bitsandbytes puts behind the whole name of a weight."""

_TO_HIDDEN = r"\.(?:o_proj|out_proj|down_proj|dense|dense_4h_to_h|c_proj|fc2|wo|w2|attn_out|ff_out)\.weight$"
"""Matrices whose output, not their input, is of the hidden size."""

_NORM = r"(?:norm|ln)\w*\.weight$"

_GROUPS_OF_FP4 = {"F8_E4M3": 16, "U8": 32, "F8_E8M0": 32}
"""Number types of scales of FP4, and how many weights share one."""

_BITS = (4, 8, 2, 3, 5, 6)
_WORDS = {"U8": 8, "I8": 8, "U16": 16, "I16": 16, "I32": 32, "U32": 32, "I64": 64}
"""Bits of the numbers that others are packed in."""


def unpacked(tensors: Iterable[Tensor]) -> list[Tensor]:
    """``tensors`` with each packed matrix of a known format in its own shape, without what stands beside it.

    What is packed in another way stays as it is, marked ``packed``.
    """
    found = list(tensors)
    if not any(tensor.packed for tensor in found):
        return found
    return _Unpacking(found).result()


def is_matrix(tensor: Tensor) -> bool:
    """Whether a ``packed`` tensor holds weights, by its name: a table of positions holds whole numbers, too."""
    return re.search(r"\.(?:qweight|weight_packed|weight|W_q)$|_blocks$", tensor.name) is not None


@dataclass
class _Unpacking:
    """The tensors of one file, by name."""

    tensors: list[Tensor]

    def __post_init__(self) -> None:
        self.names: Mapping[str, Tensor] = {tensor.name: tensor for tensor in self.tensors}
        self.hidden = _hidden(self.tensors)
        self.beside: set[str] = set()
        self.group = self._group()

    def result(self) -> list[Tensor]:
        made = [self._matrix(tensor) for tensor in self.tensors]
        return [tensor for tensor in made if tensor.name not in self.beside]

    def _matrix(self, tensor: Tensor) -> Tensor:
        """``tensor`` in the shape of its matrix; notes what stands beside it."""
        if not tensor.packed or not tensor.shape:
            return tensor
        path, _, last = tensor.name.rpartition(".")
        shape: Shape | None = None
        name = tensor.name
        if last == "qweight":
            shape, name = self._gptq_or_awq(path, tensor), f"{path}.weight"
        elif last == "weight_packed":
            shape, name = self._compressed(path, tensor), f"{path}.weight"
        elif last.endswith("_blocks"):
            shape, name = self._blocks(tensor), tensor.name.removesuffix("_blocks")
        elif last == "weight":
            shape = self._bitsandbytes(tensor) or self._mlx(path, tensor) or self._small_floats(path, tensor)
            shape = shape or self._whole_numbers(path, tensor)
        if shape is None:
            return tensor
        self.beside.update(f"{path}.{part}" for part in BOOKKEEPING if f"{path}.{part}" in self.names)
        self.beside.update(self._around(tensor.name))
        return replace(tensor, name=name, shape=shape, packed=False)

    def _around(self, name: str) -> list[str]:
        """What stands beside the tensor ``name`` and begins with its whole name."""
        ways = (*(f"{name}.{end}" for end in _OF_WEIGHT), f"{name.removesuffix('_blocks')}_scales")
        return [one for one in ways if one in self.names]

    def _shape(self, path: str, part: str) -> Shape | None:
        tensor = self.names.get(f"{path}.{part}")
        return None if tensor is None else tensor.shape

    def _gptq_or_awq(self, path: str, tensor: Tensor) -> Shape | None:
        scales, zeros, order = (self._shape(path, part) for part in ("scales", "qzeros", "g_idx"))
        if scales is None or len(scales) < 2 or len(tensor.shape) < 2:
            return None
        *experts, rows, columns = tensor.shape
        out = scales[-1]
        if columns < out:  # AWQ packs the outputs
            return (*experts, out, rows)
        if order:
            return (*experts, out, order[-1])
        if not zeros or not out:
            return None
        bits = 32 * zeros[-1] / out
        return (*experts, out, int(32 * rows // bits)) if bits in _BITS else None

    def _compressed(self, path: str, tensor: Tensor) -> Shape | None:
        *before, columns = tensor.shape
        scale = self.names.get(f"{path}.weight_scale")
        if tensor.dtype == "U8" and scale is not None:
            return self._small_floats(path, tensor)
        if scale is None or not scale.shape:
            return None
        if self.group and scale.shape[-1] > 1:
            return (*before, scale.shape[-1] * self.group)
        return (*before, columns * self.numbers) if self.numbers else None

    def _blocks(self, tensor: Tensor) -> Shape | None:
        """Experts in MXFP4; a class has their inputs before their outputs."""
        if f"{tensor.name.removesuffix('_blocks')}_scales" not in self.names or len(tensor.shape) < 3:
            return None
        *before, out, groups, half = tensor.shape
        return (*before, groups * half * 2, out)

    def _bitsandbytes(self, tensor: Tensor) -> Shape | None:
        if not self._around(tensor.name):
            return None
        number = prod(tensor.shape) * 2 * _WORDS.get(tensor.dtype, 8) // 8
        if not self.hidden or number % self.hidden:
            return (number,)
        other = number // self.hidden
        return (self.hidden, other) if re.search(_TO_HIDDEN, tensor.name) else (other, self.hidden)

    def _mlx(self, path: str, tensor: Tensor) -> Shape | None:
        scales = self._shape(path, "scales")
        if not scales or not self.group:
            return None
        return (*tensor.shape[:-1], scales[-1] * self.group)

    def _small_floats(self, path: str, tensor: Tensor) -> Shape | None:
        scale = self.names.get(f"{path}.weight_scale")
        if scale is None or not scale.shape or tensor.dtype != "U8":
            return None
        wide = (*tensor.shape[:-1], 2 * tensor.shape[-1])
        group = _GROUPS_OF_FP4.get(scale.dtype)
        return wide if group and scale.shape[-1] * group == wide[-1] else None

    def _whole_numbers(self, path: str, tensor: Tensor) -> Shape | None:
        """A matrix of 8-bit numbers, one for each weight."""
        beside = any(f"{path}.{part}" in self.names for part in ("SCB", "weight_scale"))
        return tensor.shape if tensor.dtype == "I8" and beside else None

    def _group(self) -> int:
        """How many weights share a scale, from a matrix that reads the hidden size, whose scales are ``groups``.

        A file may mix numbers of bits, but not sizes of groups. Finds too how many numbers are packed in one.
        """
        self.numbers = 0
        sizes: Counter[int] = Counter()
        packs: Counter[int] = Counter()
        for tensor in self.tensors:
            path, _, last = tensor.name.rpartition(".")
            if not tensor.packed or last not in ("weight", "weight_packed") or not self.hidden or not tensor.shape:
                continue
            scales = self._shape(path, "scales") or self._shape(path, "weight_scale")
            per_number = [_WORDS.get(tensor.dtype, 0) // bits for bits in _BITS]
            exact = [bits for bits in _BITS if tensor.shape[-1] * _WORDS.get(tensor.dtype, 0) == bits * self.hidden]
            if scales and scales[-1] and exact and not self.hidden % scales[-1]:
                sizes[self.hidden // scales[-1]] += 1
                if self.hidden // tensor.shape[-1] in per_number:
                    packs[self.hidden // tensor.shape[-1]] += 1
        self.numbers = packs.most_common(1)[0][0] if packs else 0
        return sizes.most_common(1)[0][0] if sizes else 0


def _hidden(tensors: Iterable[Tensor]) -> int:
    """The width of the line: that of most norms of layers; 0 where there are none."""
    norms = (tensor for tensor in tensors if len(tensor.shape) == 1 and re.search(_NORM, tensor.name))
    widths = Counter(tensor.shape[0] for tensor in norms if "attn." not in tensor.name)
    return widths.most_common(1)[0][0] if widths else 0
