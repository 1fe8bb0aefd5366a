"""Parts that encoder-decoders of many families share: their two halves and their tables of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.halves import UNREAD

SECOND_NAMES = {
    "num_hidden_layers": "encoder_layers",
    "num_attention_heads": "encoder_attention_heads",
    "hidden_size": "d_model",
}
"""What BART's relatives call otherwise: the classes take either name."""

IGNORED = (
    *("activation_dropout", "classif_dropout", "classifier_dropout", "decoder_layerdrop", "encoder_layerdrop"),
    *("is_encoder_decoder", "save_step", "extra_pos_embeddings", "force_bos_token_to_be_generated"),
)
"""Keys of encoder-decoders without bearing on the structure."""


def encoder(layers: Sequence[Block], **fields: Any) -> Block:
    """The encoder, made of ``layers`` from its own input up."""
    return {"encoder": {**given(**fields), "layers": list(layers)}}


def saved_by_version(config: Config) -> int | None:
    """The first number of ``transformers_version``; None where the file does not say it."""
    major = str(config.raw("transformers_version") or "").partition(".")[0]
    return int(major) if major.isdecimal() else None


def one_table(config: Config, made: Draft, *, shared: bool = True) -> bool:
    """Whether encoder and decoder have one table of tokens; the classes of transformers 5 tie it as they tie the head.

    With untied tables these classes keep the ``shared`` one too, which nothing reads: it is added to ``made``.
    """
    if made.tie_word_embeddings or (saved_by_version(config) or 5) < 5:
        return shared
    if shared:
        table = {"weights": [{"name": "weight", "shape": [made.vocab_size, made.hidden_size]}], "role": "embedding"}
        label = "Token table of the class, not read"
        made.layers.append({"side": {"direction": "out", "body": {"module": _unread(label, table)}}})
    return False


def _unread(label: str, table: dict[str, Any]) -> dict[str, Any]:
    return {"name": UNREAD, "label": label, "role": "auxiliary", "body": {"weight": {"label": "Token table", **table}}}


def counted_side(config: Config, name: str, second: str = "") -> tuple[int, int, int]:
    """Layers, heads and width of the feed forward of the half ``name``, encoder or decoder.

    ``second`` is the half whose numbers ``num_hidden_layers`` and ``num_attention_heads`` are.
    """

    def number(own: str, other: str) -> int:
        return config.integer(other, own) if name == second and other in config else config.integer(own)

    return (
        number(f"{name}_layers", "num_hidden_layers"),
        number(f"{name}_attention_heads", "num_attention_heads"),
        config.integer(f"{name}_ffn_dim"),
    )


def scaled_embedding(config: Config, *, usual: bool = False) -> dict[str, Any]:
    """Whether vectors of tokens are multiplied by the root of their width."""
    return {"scale_embedding": True} if config.flag("scale_embedding", default=usual) else {}


def rows_in_front(rows: int, spare: int) -> dict[str, Any]:
    """The fields of a learned table of positions, with the rows that none uses."""
    return {"max_position_embeddings": rows} | ({"position_offset": spare} if spare else {})
