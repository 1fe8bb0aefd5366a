"""Terms of what a model is made of: values that are compared from model to model."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

EXPERTS = Term("{active} of {total:expert|experts}")
HEADS = Term("{query}/{key_value} heads", definition="query heads, and the key and value heads that they share")
WINDOW = Term("sliding window {size}")
WIDTH = Term("hidden size {size}")
VOCABULARY = Term("vocabulary {size}")
