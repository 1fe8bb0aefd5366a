"""Residual lines that are weighed or attended to, loops over the same layers, and feed forwards with learned curves."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.feed_forward.feed_forward import PolyNormGLU, SiTUGLU, SwiGLU
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.layers.loop import Loop
from archdraw.kinds.layers.norm import RMSNorm
from archdraw.kinds.layers.primitives import Linear
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.residuals.attention_residual import AttentionResidual, AttentionResidualOutput
from archdraw.kinds.residuals.weighted_residual import WeightedResidual
from archdraw.tree.blocks import Parallel, Repeat, Residual, Sequence, layers, leaves
from archdraw.tree.description import describe
from archdraw.tree.facts import facts

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
    assert next(leaves(attention)).label == "× 3.5"
    assert [leaf.label for leaf in leaves(feed_forward)][-1] == "× 0.5"
    assert [leaf.name for leaf in (*leaves(norm), *leaves(second_norm))] == [
        "input_layernorm",
        "post_attention_layernorm",
    ]


def test_attention_residuals_have_a_norm_and_a_query_each() -> None:
    layer = LAYER.model_copy(update={"residual": AttentionResidual(attn_res_block_size=12)})
    assert facts(layer.expand(SCOPE)).total_parameters == 3 * (ONE + 2 * 2 * 32)
    last = AttentionResidualOutput(attn_res_block_size=12).expand(SCOPE)
    assert facts(last).total_parameters == 2 * 32


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
    assert [describe(leaf).detail for leaf in leaves(made)][-1] == "exit at cumulative probability 1"


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
