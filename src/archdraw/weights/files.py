"""What files with weights are called, and how they begin: known without reading any of them."""

from __future__ import annotations

from pathlib import Path

from archdraw.weights.refusal import refusal

INDEX_ENDING = ".index.json"
"""How the name of an index ends, after that of its files."""
MAGIC = b"GGUF"
"""How a GGUF file begins."""


def is_gguf(path: str | Path) -> bool:
    """Whether the file at ``path`` begins as a GGUF file does. Raises :class:`InputError` where it cannot be read."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(4) == MAGIC
    except OSError as error:
        raise refusal(path, f"cannot read the file: {error.strerror or error}") from None
