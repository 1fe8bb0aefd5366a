"""One half of an encoder-decoder, for classes that are its decoder or its encoder alone."""

from __future__ import annotations

from typing import Any

from archdraw.readers.draft import Block, Draft

UNREAD = "unread"
"""Name of the module that holds a table which the class of the whole model has and nothing reads."""


def decoder_half(made: Draft) -> Draft:
    """``made`` without its encoder. Cross-attention stays: its class has it, for an encoder of another model."""
    made.layers = [
        block for block in made.layers if _encoder(block) is None and (made.keeps_unread or not _is_unread(block))
    ]
    return _without_the_other(made)


def encoder_half(made: Draft) -> Draft:
    """``made`` as its encoder alone, which has no head and whose token table is its own; as it is where it has none."""
    found = next((fields for fields in map(_encoder, made.layers) if fields is not None), None)
    if found is not None:
        made.layers = [_own_table(block) for block in found["layers"]]
        made.hidden_size = found.get("hidden_size", made.hidden_size)
        made.vocab_size = found.get("vocab_size", made.vocab_size)
        made.tie_word_embeddings = False
    return _without_the_other(made)


def _without_the_other(made: Draft) -> Draft:
    """``made`` with the definitions alone that its layers use, one by another."""
    used: set[str] = set()
    waiting: list[Any] = list(made.layers)
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and part in made.define and part not in used:
            used.add(part)
            waiting.append(made.define[part])
    made.define = {name: block for name, block in made.define.items() if name in used}
    return made


def _encoder(block: Block) -> dict[str, Any] | None:
    """The fields of an encoder; None for another block."""
    return dict(block["encoder"]) if isinstance(block, dict) and "encoder" in block else None


def _is_unread(block: Block) -> bool:
    if not isinstance(block, dict) or "side" not in block:
        return False
    return bool(block["side"]["body"].get("module", {}).get("name") == UNREAD)


def _own_table(block: Block) -> Block:
    if not isinstance(block, dict) or "embedding" not in block:
        return block
    fields = {name: value for name, value in block["embedding"].items() if name != "shared"}
    return {"embedding": fields} if fields else "embedding"
