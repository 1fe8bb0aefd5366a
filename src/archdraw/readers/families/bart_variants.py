"""Relatives of BART with more than other norms and positions: vocabularies of their own, one half alone."""

from __future__ import annotations

from dataclasses import replace

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import IGNORED, one_table
from archdraw.readers.families.bart_relatives import Relative, begun, decoding, embedding, embedding_tables, whole
from archdraw.readers.families.gpt import words
from archdraw.readers.family import Family
from archdraw.readers.second_names import say_contradictions

MARIAN = Relative(58101, "stored sines")
FSMT = Relative(42024, "stored sines", is_scaled=True, act="relu")
TROCR = Relative(50265, spare=2, sizes={"max_position_embeddings": 512})


def _marian(config: Config) -> Draft:
    """Marian: BART without a norm of the embedding; the decoder may have a vocabulary of its own."""
    made = begun(config, MARIAN)
    source, target = made.vocab_size, config.integer("decoder_vocab_size", default=made.vocab_size)
    is_shared = config.flag("share_encoder_decoder_embeddings", default=True)
    is_half = str(config.raw("architectures")).endswith("ForCausalLM']")
    if target != source and (is_shared or is_half):
        config.mark_incomplete(f"decoder_vocab_size {target:,} beside vocab_size {source:,} and one table")
    elif target != source:
        made.vocab_size = target
    shared = one_table(config, made, shared=is_shared)
    return whole(
        config, MARIAN, made, is_shared=shared, source_vocabulary=source if source != made.vocab_size else None
    )


def _fsmt(config: Config) -> Draft:
    """FSMT: BART between two vocabularies; without tied embeddings encoder, decoder and head have a table each."""
    source = config.integer("src_vocab_size", default=FSMT.vocab_size)
    say_contradictions(config, {"vocab_size": "tgt_vocab_size"})
    padding = config.integer("pad_token_id", default=1, least=0)
    relative = replace(FSMT, spare=padding + 1)
    made = begun(config, relative, tied=False)
    made.vocab_size = config.integer("vocab_size", "tgt_vocab_size", default=FSMT.vocab_size)
    if made.tie_word_embeddings and source != made.vocab_size:
        config.mark_incomplete(f"one table for vocabularies of {source:,} and {made.vocab_size:,} entries")
    return whole(
        config,
        relative,
        made,
        is_shared=made.tie_word_embeddings,
        source_vocabulary=source if source != made.vocab_size else None,
    )


def _trocr(config: Config) -> Draft:
    """TrOCR: a decoder of text alone, whose cross-attention reads an encoder of images."""
    relative = TROCR
    if not config.flag("use_learned_position_embeddings", default=True):
        relative = replace(relative, positions="sines")
    say_contradictions(
        config, {"num_hidden_layers": "decoder_layers", "num_attention_heads": "decoder_attention_heads"}
    )
    made = begun(config, relative)
    tables = embedding_tables(config, relative)
    first: list[Block] = ["layernorm"] if config.flag("layernorm_embedding", default=True) else []
    crossing = given(encoder_hidden_size=config.optional_integer("cross_attention_hidden_size"))
    layers = decoding(config, relative, second="decoder", **crossing)
    made.layers = [embedding(tables), *first, {"decoder": layers}, "output_head"]
    return made


FAMILIES = (
    Family(("marian",), _marian, ("MarianMTModel",), IGNORED),
    Family(("fsmt",), _fsmt, ("FSMTForConditionalGeneration",), (*IGNORED, *words("langs decoder"))),
    Family(("trocr",), _trocr, ("TrOCRForCausalLM",), IGNORED),
)
