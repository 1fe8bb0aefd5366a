"""The tensors of a model by name and shape: those of its tree, those of a file, and how the two compare."""

from __future__ import annotations

from archdraw.weights.comparison import compare
from archdraw.weights.differences import Comparison, Difference
from archdraw.weights.headers import read_tensors
from archdraw.weights.tensors import Tensor, tensors

__all__ = ["Comparison", "Difference", "Tensor", "compare", "read_tensors", "tensors"]
