"""The tensors of a model by name and shape: those of its tree, those of a file, and how the two compare."""

from __future__ import annotations

from archdraw.weights.tensors import Tensor, tensors

__all__ = ["Tensor", "tensors"]
