"""Residual lines that are weighed or attended to, loops over the same layers, and feed forwards with learned curves."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.feed_forward.feed_forward import PolyNormGLU, SiTUGLU, SwiGLU
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.layers.loop import Loop
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.layers.primitives import Linear
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.residuals.affine import AffineResidual
from archdraw.kinds.residuals.attention_residual import AttentionResidual, AttentionResidualOutput
from archdraw.kinds.residuals.block_attention_residual import BlockAttentionResidual
from archdraw.kinds.residuals.hyper_connections import GatedResidual, HyperConnections, ResidualStreams, StreamHead
from archdraw.kinds.residuals.residual import ResidualKind, ScaledResidual
from archdraw.kinds.residuals.tanh_gated_residual import TanhGatedResidual
from archdraw.kinds.residuals.weighted_residual import WeightedResidual
from archdraw.tree.blocks import Leaf, Parallel, Repeat, Residual, Sequence
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import layers, leaves

SCOPE = Scope(hidden_size=32, vocab_size=100)
LAYER = Decoder(attention=MultiHead(num_attention_heads=4), feed_forward=SwiGLU(intermediate_size=64), times=3)
ONE = 4 * 32 * 32 + 3 * 32 * 64 + 2 * 32


def test_a_weighted_residual_multiplies_the_line_that_passes() -> None:
    kind = WeightedResidual(attention_alpha=3.5, feed_forward_beta=0.5)
    (layer,) = layers(LAYER.model_copy(update={"residual": kind, "placement": "pre_add", "times": 1}).expand(SCOPE))
    assert isinstance(layer.body, Sequence)
    norm, attention, second_norm, feed_forward = layer.body.parts
    assert isinstance(attention, Parallel)
    assert isinstance(feed_forward, Residual)
    assert describe(next(leaves(attention))).label == "× 3.5"
    assert [describe(leaf).label for leaf in leaves(feed_forward)][-1] == "× 0.5"
    assert [leaf.name for leaf in (*leaves(norm), *leaves(second_norm))] == [
        "input_layernorm",
        "post_attention_layernorm",
    ]


def test_attention_residuals_have_a_norm_and_a_query_each() -> None:
    layer = LAYER.model_copy(update={"residual": AttentionResidual(attn_res_block_size=12)})
    assert facts(layer.expand(SCOPE)).total_parameters == 3 * (ONE + 2 * 2 * 32)
    last = AttentionResidualOutput(attn_res_block_size=12).expand(SCOPE)
    assert facts(last).total_parameters == 2 * 32
    (mean,) = (leaf for leaf in leaves(last))
    assert describe(mean).full == "Attention residuals, blocks of 12 layers"


@pytest.mark.parametrize(
    "kind",
    [
        AttentionResidual(attn_res_block_size=12, begins_block=True),
        BlockAttentionResidual(n_layers_per_attn_res_block=6, begins_block=True),
    ],
)
def test_the_first_layer_of_a_block_begins_a_new_sum_before_its_attention(kind: ResidualKind) -> None:
    """There alone: the feed-forward network adds to the sum that the attention has begun."""
    (layer,) = layers(LAYER.model_copy(update={"residual": kind, "times": 1}).expand(SCOPE))
    assert isinstance(layer.body, Sequence)
    begins, *sublayers = layer.body.parts
    assert isinstance(begins, Leaf)
    assert describe(begins).full == "New block, the sum is stored, a new one begins at 0"
    assert len(sublayers) == 2
    assert begins.streams == next(leaf.streams for leaf in leaves(sublayers[0]) if leaf.streams)


def around(kind: ResidualKind) -> list[str]:
    """What ``kind`` puts around a sublayer, the line that passes first."""
    (layer,) = layers(LAYER.model_copy(update={"residual": kind, "times": 1, "attention": None}).expand(SCOPE))
    own = ("gate_proj", "act_fn", "up_proj", "down_proj", "input_layernorm")
    return [describe(leaf).full for leaf in leaves(layer.body) if leaf.name not in own]


@pytest.mark.parametrize(
    ("kind", "boxes"),
    [
        (
            HyperConnections(hc_mult=4, hc_sinkhorn_iters=20),
            [
                "Residual mapping (Hᵣₑₛ), 4 × 4, 20 Sinkhorn iterations",
                "Pre mapping (Hₚᵣₑ), 4 streams → 1, dynamic",
                "Post mapping (Hₚₒₛₜ), 1 → 4 streams, weights ≤ 2",
            ],
        ),
        (
            HyperConnections(hc_mult=2, hc_magnitude=1.5),
            ["Pre mapping (Hₚᵣₑ), 2 streams → 1, dynamic", "Post mapping (Hₚₒₛₜ), 1 → 2 streams, weights ≤ 1.5"],
        ),
        (
            HyperConnections(hc_mult=2, single_pass=True),
            [
                "Pre mapping (Hₚᵣₑ), 2 streams → 1, previous coefficients",
                "Post mapping (Hₚₒₛₜ), 1 → 2 streams, weights ≤ 2, dynamic",
            ],
        ),
        (
            GatedResidual(hc_count=4, hc_lowrank=8),
            [
                "RMSNorm per stream",
                "Pre mapping (Hₚᵣₑ), 4 streams → 1, sigmoid, rank 8",
                "Post mapping (Hₚₒₛₜ), 1 → 4 streams, weights ≤ 2",
            ],
        ),
        (AttentionResidual(attn_res_block_size=12), ["Attention residuals, blocks of 12 layers"]),
        (AffineResidual(), ["Learned affine, (x + b) × s per feature"] * 2),
        (ScaledResidual(residual_multiplier=0.22), ["× 0.22"]),
        (TanhGatedResidual(), ["× tanh(gate)"]),
        (WeightedResidual(), []),
    ],
    ids=lambda value: value.keyword if isinstance(value, ResidualKind) else str(len(value)),
)
def test_what_a_residual_connection_puts_around_a_sublayer(kind: ResidualKind, boxes: list[str]) -> None:
    assert around(kind) == boxes


def test_layers_that_differ_in_a_setting_of_their_residual_are_two() -> None:
    one, other = (
        LAYER.model_copy(update={"residual": AttentionResidual(attn_res_block_size=size)}).expand(SCOPE)
        for size in (12, 6)
    )
    assert dict(layers(one)[0].settings)["residual.attn_res_block_size"] == 12
    assert one != other


@pytest.mark.parametrize(
    ("kind", "boxes"),
    [
        (ResidualStreams(hc_mult=4), ["Expand to 4 streams, 4 × 32"]),
        (StreamHead(hc_mult=4), ["Collapse 4 streams, dynamic"]),
        (StreamHead(hc_mult=4, label="Sum"), ["Sum, dynamic"]),
        (
            StreamHead(hc_mult=4, read="gated", hc_lowrank=8, label="Gated sum"),
            ["RMSNorm per stream", "Gated sum, 4 streams → 1, sigmoid, rank 8"],
        ),
    ],
    ids=str,
)
def test_residual_streams_begin_and_end(kind: Kind, boxes: list[str]) -> None:
    made = list(leaves(kind.expand(SCOPE)))
    assert [describe(leaf).full for leaf in made] == boxes
    assert dict(made[-1].settings)["hc_mult"] == 4


def test_a_residual_is_no_block() -> None:
    with pytest.raises(KindError) as caught:
        AffineResidual().expand(SCOPE)
    assert caught.value.message == "affine_residual is valid only as the residual of a decoder"


def test_a_loop_has_its_weights_once_and_its_cache_each_time() -> None:
    made = Loop(num_loops=4, body=(LAYER, RMSNorm())).expand(SCOPE)
    assert isinstance(made, Repeat)
    assert made.tied
    counted = facts(made)
    assert counted.total_parameters == 3 * ONE + 32
    assert counted.kv_cache_bytes_per_token() == 4 * 3 * 2 * 32 * 2
    assert len(layers(made)) == 3


def test_an_exit_gate_reads_each_pass() -> None:
    made = Loop(num_loops=4, body=(LAYER, RMSNorm()), early_exit_threshold=1.0).expand(SCOPE)
    assert facts(made).total_parameters == 3 * ONE + 32 + 33
    assert [describe(leaf).detail for leaf in leaves(made)][-1] == "exit at cumulative probability 1: never early"


def test_a_single_pass_is_no_loop() -> None:
    assert not isinstance(Loop(num_loops=1, body=(LAYER, RMSNorm())).expand(SCOPE), Repeat)


def test_a_loop_keeps_the_width() -> None:
    with pytest.raises(KindError, match="a loop leaves 8 features where 32 came in"):
        Loop(num_loops=2, body=(Linear(features=8),)).expand(SCOPE)


def test_situ_bounds_both_factors() -> None:
    made = SiTUGLU(intermediate_size=64, activation_situ_beta=4.0, activation_situ_linear_beta=25.0).expand(SCOPE)
    assert facts(made).total_parameters == 3 * 32 * 64
    assert {"SiTU (β = 4)", "softcap 25"} <= {describe(leaf).label for leaf in leaves(made)}
    unbounded = leaves(SiTUGLU(intermediate_size=64).expand(SCOPE))
    assert not any("softcap" in describe(leaf).label for leaf in unbounded)


def test_polynorm_has_three_weights_and_a_bias() -> None:
    made = PolyNormGLU(intermediate_size=64, polynorm_output_scale=0.5).expand(SCOPE)
    assert facts(made).total_parameters == 3 * 32 * 64 + 4
    assert "× 0.5" in {describe(leaf).label for leaf in leaves(made)}
