"""The spec of a model as a file of its gallery: what its author wrote, or what a reader made of its config."""

from __future__ import annotations

from archdraw.model import Model


def written(model: Model) -> bytes:
    """The text of the spec of ``model``."""
    text = "\n".join(model.spec.document.lines) if model.reading is None else model.reading.text
    return f"{text.rstrip()}\n".encode()
