"""An encoder-decoder of two models that other readers read: one becomes the encoder, the other reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import encoder
from archdraw.readers.traced import commented

HEADS = ("output_head", "masked_language_model_head")
LAYERS = ("decoder", "encoder_layer")


def joined(
    source: Draft, target: Draft, crossing: Block | None = None, *, behind: Sequence[Block] = (), label: str = ""
) -> Draft:
    """``target`` whose layers read ``source`` by the attention ``crossing``, between mixer and feed forward.

    ``source`` loses its head, sees in both directions and caches nothing; its widths and vocabulary stay its own.
    ``behind`` are blocks after its layers. Without ``crossing`` the layers of ``target`` have theirs already.
    """
    names = {name: f"encoding_{name}" for name in source.define}
    define = {names[name]: _renamed(block, names) for name, block in source.define.items()}
    layers = [_renamed(block, names) for block in source.layers if not _is_head(block)]
    if any(isinstance(block, dict) and "decoder" in block for block in (*define.values(), *layers)):
        define = {name: _bidirectional(block) for name, block in define.items()}
        layers = [_bidirectional(block) for block in layers]
    own: dict[str, int] = {}
    if source.reads_tokens and source.hidden_size != target.hidden_size:
        own["hidden_size"] = source.hidden_size
    if source.reads_tokens and source.vocab_size != target.vocab_size:
        own["vocab_size"] = source.vocab_size
    if crossing is not None:
        target.define = {name: _crossing(block, crossing) for name, block in target.define.items()}
        target.layers = [_crossing(block, crossing) for block in target.layers]
    target.define = define | target.define
    read = encoder([*layers, *behind], **own, label=label or None)
    target.layers = [target.layers[0], read, *target.layers[1:]]
    return target


def _is_head(block: Block) -> bool:
    return block in HEADS or (isinstance(block, dict) and any(name in block for name in HEADS))


def _renamed(block: Any, names: dict[str, str]) -> Any:
    if isinstance(block, str):
        return names.get(block, block)
    if isinstance(block, dict):
        return {key: _renamed(value, names) for key, value in block.items()}
    return [_renamed(value, names) for value in block] if isinstance(block, list) else block


def _bidirectional(block: Block) -> Block:
    """``block`` as a layer of an encoder, whose windows reach as far to the other side; others as they are."""
    if not isinstance(block, dict):
        return block
    if "like" in block and "attention" in block:
        return {**block, "attention": _seeing_both_ways(block["attention"], whole=False)}
    name = next((name for name in LAYERS if name in block), None)
    if name is None:
        return block
    fields = dict(block[name])
    if isinstance(fields.get("attention"), dict):
        fields["attention"] = _seeing_both_ways(fields["attention"], whole=True)
    return {"encoder_layer": fields}


def _seeing_both_ways(mixer: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """The attention with ``is_causal: false`` where it is ``whole``, no change of another, and a wider window."""
    ((keyword, fields),) = mixer.items()
    made = {**fields, **({"is_causal": False} if whole else {})}
    if made.get("sliding_window"):
        made["sliding_window"] = commented(2 * made["sliding_window"], "sliding_window to both sides")
    return {keyword: made}


def _crossing(block: Block, crossing: Block) -> Block:
    """``block`` with cross-attention where it is a layer; what is like another has it from there."""
    if not isinstance(block, dict) or "decoder" not in block:
        return block
    fields = dict(block["decoder"])
    feed_forward = fields.pop("feed_forward")
    return {"decoder": {**fields, "cross_attention": crossing, "feed_forward": feed_forward}}
