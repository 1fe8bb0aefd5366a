"""The parts of Inkling 2: attention of bounded lengths, means over depth, gates of messages, a head of fewer rows."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archdraw.glossary import text
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.embeddings.head import OutputHead
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.layers.loop import Loop
from archdraw.kinds.mixers.clipped_attention import ClippedRelativeAttention
from archdraw.kinds.mixers.relative_attention import AddedConvolution
from archdraw.kinds.residuals.attention_residual import AttentionResidualOutput
from archdraw.kinds.residuals.block_attention_residual import BlockAttentionResidual
from archdraw.tree.blocks import Window
from archdraw.tree.facts import facts
from archdraw.tree.walks import inputs, leaves
from described import describe
from test_wiring import leaving

SCOPE = Scope(hidden_size=32, vocab_size=100)
PLAIN = ClippedRelativeAttention(
    num_attention_heads=4, num_key_value_heads=2, head_dim=8, d_rel=3, rel_extent=20, log_scaling_n_floor=1000
)
PROJECTIONS = 3 * 32 * 32 + 2 * 32 * 16 + 32 * 4 * 3 + 32 * 4
"""Queries, gate and output; keys and values; what mixes the profiles; sinks."""
SCALES = 4 * 8 + 4 * 3


def test_counts_cache_and_state() -> None:
    made = PLAIN.expand(SCOPE)
    counted = facts(made)
    assert counted.total_parameters == PROJECTIONS + SCALES + 2 * 16 * 4 + 3 * 20
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * 16
    assert counted.state == 2 * 3 * 16
    assert leaving(made, 1) == 1


def test_a_token_makes_weights_of_a_dynamic_convolution() -> None:
    made = PLAIN.model_copy(update={"dynamic_convolution": True}).expand(SCOPE)
    counted = facts(made)
    assert counted.total_parameters == PROJECTIONS + SCALES + 2 * (16 * 4 + 32 * 2 * 4) + 3 * 20
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * 16
    assert counted.state == 2 * 3 * 16
    assert leaving(made, 1) == 1


@pytest.mark.parametrize(("norms", "number"), [("each", 3), ("shared", 1)])
def test_three_lines_come_in_through_norms(norms: str, number: int) -> None:
    made = PLAIN.model_copy(update={"input_norms": norms}).expand(SCOPE)
    assert inputs(made) == 3
    assert leaving(made, 3) == 1
    assert facts(made).total_parameters == facts(PLAIN.expand(SCOPE)).total_parameters + number * 32


def test_the_window_bounds_bias_and_cache() -> None:
    made = PLAIN.model_copy(update={"sliding_window": 12, "rel_extent": None}).expand(SCOPE)
    assert made.role == "sliding"
    assert {leaf.cache.window for leaf in leaves(made) if leaf.cache} == {Window(12)}
    assert next(leaf for leaf in leaves(made) if leaf.name == "relative_position_bias").weights[0].shape == (3, 12)


def test_notes_and_boxes_say_what_is_bounded() -> None:
    made = PLAIN.expand(SCOPE)
    assert describe(made).notes == (
        "KV cache per token and layer: 2 × 2 × 8 values (64 bytes, bf16)",
        "full causal attention; attention scale 1/√8",
        "one sink per head and token",
        "3 relative-position profiles",
        "Q and bias × (1 + 0.1 ln(n / 1,000)) for token n > 1,000",
    )
    details = {describe(leaf).detail for leaf in leaves(made) if leaf.name.endswith(".norm")}
    assert {"Q × learned scale; length ≤ 22.6", "R × learned scale; length ≤ 8"} <= details


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"num_key_value_heads": 3},
            "num_key_value_heads",
            "num_key_value_heads 3 does not divide num_attention_heads 4",
        ),
        ({"rel_extent": None}, "", "rel_extent is missing"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(KindError) as error:
        PLAIN.model_copy(update=fields).expand(SCOPE)
    assert (error.value.field, error.value.message) == (field, message)


def layer(norms: str | None, **residual: object) -> Decoder:
    attention = PLAIN.model_copy(update={"input_norms": norms})
    kind = BlockAttentionResidual.model_validate({"n_layers_per_attn_res_block": 2, **residual})
    return Decoder(attention=attention, residual=kind)


ATTENTION = facts(PLAIN.expand(SCOPE)).total_parameters
GATE = 4 * 2 * 32 + 2 * 32 * 4
"""Of rank 4: down from line and message, up twice."""


@pytest.mark.parametrize(
    ("made", "total"),
    [
        (layer(None), ATTENTION + 32 + 32),
        (layer(None, is_first=True), ATTENTION + 32),
        (layer("each", num_queries=3), ATTENTION + 3 * 32 + 3 * 32),
        (layer("shared", loop_gate_rank=4), ATTENTION + 32 + 32 + 3 * GATE),
        (layer("each", num_queries=3, loop_gate_rank=4), ATTENTION + 3 * 32 + 3 * 32 + 3 * GATE),
    ],
)
def test_means_norms_and_gates_of_a_layer(made: Decoder, total: int) -> None:
    block = made.expand(SCOPE)
    assert facts(block).total_parameters == total
    assert leaving(block, 1) == 1


def test_messages_pass_the_gates_in_all_passes_but_the_first() -> None:
    made = Loop(num_loops=3, messages=True, body=(layer("shared", loop_gate_rank=4),)).expand(SCOPE)
    found = {leaf.name: leaf for leaf in leaves(made)}
    assert found["message_input"].weights[0].shape == (1, 4, 32)
    assert found["message_input"].reads
    assert found["message_gates"].passes == Fraction(2, 3)
    assert found["attention"].passes == 1


def test_the_output_without_a_norm_is_a_vector() -> None:
    made = AttentionResidualOutput(attn_res_block_size=2, elementwise_affine=False).expand(SCOPE)
    assert facts(made).total_parameters == 32


def test_a_head_of_fewer_rows_cannot_be_the_table() -> None:
    head = OutputHead(unpadded_vocab_size=90)
    assert facts(head.expand(SCOPE)).total_parameters == 90 * 32
    with pytest.raises(KindError) as error:
        head.expand(Scope(hidden_size=32, vocab_size=100, tie_word_embeddings=True))
    assert error.value.field == "unpadded_vocab_size"


def test_added_convolutions_say_what_their_sum_is_divided_by() -> None:
    """Inkling2ShortConvolution divides by √(k + 1), Inkling2DynamicShortConvolution by √(2 k + 1); Inkling has none."""
    plain, scaled = (
        AddedConvolution(conv_kernel_size=4, output_scale=scale).expand(SCOPE).detail for scale in (False, True)
    )
    assert (text(plain), text(scaled)) == (
        "causal conv (k\u00a0=\u00a04) + residual",
        "(causal conv (k\u00a0=\u00a04) + residual) / √5",
    )
    dynamic = PLAIN.model_copy(update={"dynamic_convolution": True}).expand(SCOPE)
    labels = [text(leaf.label) for leaf in leaves(dynamic) if leaf.role == "convolution"]
    assert labels == ["(dynamic conv (k\u00a0=\u00a04) + residual) / √9"] * 2
