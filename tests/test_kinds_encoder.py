"""Encoders beside a decoder: their counts, what reads them, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.encoders.encoder import CrossAttention, Encoder
from archdraw.kinds.feed_forward.feed_forward import ReLU
from archdraw.kinds.layers.decoder import Decoder, EncoderLayer
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.residuals.tanh_gated_residual import TanhGatedResidual
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import inputs, leaves, outputs
from samples import template

SMALL = Scope(hidden_size=64, vocab_size=1000, context_length=128)
LAYER = EncoderLayer(
    times=3,
    attention=MultiHead(num_attention_heads=4, is_causal=False),
    feed_forward=ReLU(intermediate_size=100),
)
ENCODER = Encoder(layers=(Embedding(shared=True, max_position_embeddings=50), LAYER))


def named(block: Block, name: str) -> Leaf:
    return next(leaf for leaf in leaves(block) if leaf.name == name)


def test_an_encoder_counts_its_layers_and_not_the_shared_table() -> None:
    side = ENCODER.expand(SMALL)
    assert isinstance(side, Side)
    assert (side.direction, side.counted, describe(side.body).detail) == ("in", True, "3 layers, 91.1k")
    counted = facts(side)
    layer = 4 * 64 * 64 + 2 * 64 * 100 + 2 * 64
    assert counted.total_parameters == 3 * layer + 50 * 64
    assert (counted.layers, counted.kv_cache_bytes_per_token()) == (0, 0)


def test_an_encoder_of_text_is_part_of_the_text_model() -> None:
    counted = facts(ENCODER.expand(SMALL))
    assert counted.encoders == 0
    assert counted.text_parameters == counted.total_parameters
    assert counted.parts["attention"] == 3 * 4 * 64 * 64


def test_an_encoder_has_layers_and_no_cache() -> None:
    with pytest.raises(KindError, match="needs layers"):
        Encoder(layers=(Embedding(),)).expand(SMALL)
    causal = MultiHead(num_attention_heads=4)
    with pytest.raises(KindError, match="no KV cache"):
        EncoderLayer(attention=causal).expand(SMALL)


def test_an_encoder_can_have_a_width_of_its_own() -> None:
    side = Encoder(
        layers=(template("audio_stem", num_mel_bins=20, max_source_positions=30), LAYER), hidden_size=32
    ).expand(SMALL)
    assert named(side, "q_proj").weights[0].shape == (32, 32)
    # Convolutions are no tables: of the stem only the positions are.
    assert facts(side).parts["embedding"] == 30 * 32
    stem = [leaf for leaf in leaves(side) if leaf.role == "convolution"]
    assert sum(weight.count for leaf in stem for weight in leaf.weights) == 32 * 20 * 3 + 32 + 32 * 32 * 3 + 32


def test_cross_attention_reads_a_source_and_caches_nothing_of_a_token() -> None:
    made = CrossAttention(num_attention_heads=4, attention_bias=True, attention_key_bias=False).expand(SMALL)
    assert isinstance(made, Module)
    counted = facts(made)
    assert counted.total_parameters == 4 * 64 * 64 + 3 * 64
    assert counted.kv_cache_bytes_per_token() == 0
    assert named(made, "encoder_output").inputs == 0
    assert (inputs(made), outputs(made)) == (1, ("",))
    assert counted.cross_cache_bytes(1) == 2 * 64 * 2
    assert describe(made).notes == (
        "KV cache per encoder position and layer: 2\u00a0×\u00a04\u00a0×\u00a016\u00a0values (256 bytes, bf16)",
        "K and V computed once from the encoder output",
        "bias on Q, V and output",
    )


def test_cross_attention_takes_the_width_of_its_encoder() -> None:
    kind = CrossAttention(num_attention_heads=4, encoder_hidden_size=32, max_source_positions=1500)
    made = kind.expand(SMALL)
    assert named(made, "k_proj").weights[0].shape == (64, 32)
    assert named(made, "q_proj").weights[0].shape == (64, 64)
    heads = named(made, "attention").heads
    assert heads is not None
    assert heads.reach == 1500
    unscaled = kind.model_copy(update={"attention_multiplier": 1.0}).expand(SMALL)
    assert describe(unscaled).notes[-1] == "at most 1,500 vectors; no 1/√d scaling"


def test_cross_attention_refuses_heads_that_do_not_divide() -> None:
    with pytest.raises(KindError, match="num_attention_heads 5 does not divide hidden_size 64"):
        CrossAttention(num_attention_heads=5).expand(SMALL)


def test_cross_attention_shares_heads_and_normalises_queries_and_keys() -> None:
    kind = CrossAttention(num_attention_heads=4, num_key_value_heads=2, qk_norm="rmsnorm_per_head")
    made = kind.expand(SMALL)
    assert facts(made).total_parameters == 2 * 64 * 64 + 2 * 64 * 32 + 2 * 16
    assert describe(made).detail == "4 query / 2 KV heads, dim 16"
    assert (named(made, "qk_norm").outputs, inputs(made), outputs(made)) == (("Q", "K"), 1, ("",))
    with pytest.raises(KindError, match="num_key_value_heads 3 does not divide num_attention_heads 4"):
        CrossAttention(num_attention_heads=4, num_key_value_heads=3).expand(SMALL)


def test_a_gate_opens_both_branches_of_a_layer_that_reads_an_image() -> None:
    made = Decoder(
        cross_attention=CrossAttention(num_attention_heads=4),
        feed_forward=ReLU(intermediate_size=100),
        residual=TanhGatedResidual(),
    ).expand(SMALL)
    gates = [leaf.name for leaf in leaves(made) if describe(leaf).label == "× tanh(gate)"]
    assert gates == ["cross_attn_attn_gate", "cross_attn_mlp_gate"]
    assert [leaf.name for leaf in leaves(made) if leaf.role == "norm"] == [
        "input_layernorm",
        "post_attention_layernorm",
    ]
    assert facts(made).total_parameters == 4 * 64 * 64 + 2 * 64 * 100 + 2 * 64 + 2


def test_a_table_can_have_more_rows_than_there_are_tokens() -> None:
    assert facts(Embedding(num_embeddings=1008).expand(SMALL)).total_parameters == 1008 * 64
    for scope in (SMALL, replace(SMALL, tie_word_embeddings=True)):
        rows = 1008 if scope.tie_word_embeddings else 999
        with pytest.raises(KindError, match="does not go with"):
            Embedding(num_embeddings=rows).expand(scope)
