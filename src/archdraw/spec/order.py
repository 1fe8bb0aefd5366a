"""The order in which ``archdraw format`` puts the keys of a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archdraw.source import Document, MappingNode
from archdraw.source.formatting import ANY
from archdraw.spec import Parent, Published

KEYS = (
    *("name", "developer", "family", "released", "license", "key_points", "notes", "links", "sources", "parents"),
    *("published", "incomplete", "context_length", "hidden_size", "vocab_size", "tie_word_embeddings", "trainable"),
    *("insets", "figure", "define", "layers"),
)
"""What the model is, where that is known from, its sizes, how it is drawn, what it is made of."""


def orders(document: Document) -> Mapping[tuple[str, ...], Sequence[str]]:
    """The order of keys in ``document``, by the path to them; none where it is no spec (a theme, a profile).

    Fields of blocks stay as they are written, often in the order of a config.json.
    """
    if not isinstance(document.root, MappingNode) or document.root.entry("layers") is None:
        return {}
    return {
        (): KEYS,
        ("parents", ANY): tuple(Parent.model_fields),
        ("published",): tuple(Published.model_fields),
    }
