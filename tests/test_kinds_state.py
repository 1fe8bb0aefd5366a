"""Mixers that keep a state of constant size, and what stands beside them: counts, state, wiring, errors."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.feed_forward.feed_forward import ReLUSquared, SwiGLU
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.feed_forward.router_mlp import MLPRouter
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.mixers.convolutional_attention import CompressedConvolutionalAttention
from archdraw.kinds.mixers.position import Rope
from archdraw.kinds.mixers.recurrent import RGLRU, MatrixLSTM
from archdraw.kinds.mixers.rwkv import RWKV4TimeMixing, RWKV5TimeMixing, RWKVChannelMixing
from archdraw.kinds.mixers.short_convolution import ShortConvolution
from archdraw.kinds.mixers.state_space import Mamba, Mamba2
from archdraw.kinds.registry import kinds
from archdraw.kinds.residuals.affine import Affine
from archdraw.tree.blocks import Module
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from test_wiring import leaving

SCOPE = Scope(hidden_size=32, vocab_size=100)
MAMBA = Mamba(intermediate_size=64, state_size=4, time_step_rank=2)
MAMBA2 = Mamba2(num_heads=8, head_dim=8, state_size=4, n_groups=2, norm_groups=2)
CCA = CompressedConvolutionalAttention(num_attention_heads=4, num_key_value_heads=2, head_dim=4, position=Rope())

# Parameters and values kept, by hand: conv, x_proj, dt_proj, A_log, D, in_proj, out_proj ... in the order of the flow.
EXPECTED: list[tuple[Kind, int, int]] = [
    (MAMBA, 32 * 128 + 64 * 5 + 64 * (2 + 8) + 2 * 64 + 64 + 64 * 4 + 64 + 64 * 32, 64 * 4 + 3 * 64),
    (
        MAMBA.model_copy(update={"time_step_norms": "weighted", "use_conv_bias": False, "use_bias": True}),
        32 * 128 + 128 + 64 * 4 + 64 * (2 + 8) + (2 + 4 + 4) + 2 * 64 + 64 + 64 * 4 + 64 + 64 * 32 + 32,
        64 * 4 + 3 * 64,
    ),
    (MAMBA2, 32 * (64 + 80 + 8) + 80 * 5 + 3 * 8 + 64 + 64 * 32, 64 * 4 + 3 * 80),
    (MAMBA2.model_copy(update={"rms_norm": False}), 32 * (64 + 80 + 8) + 80 * 5 + 3 * 8 + 64 * 32, 64 * 4 + 3 * 80),
    (ShortConvolution(conv_L_cache=3), 4 * 32 * 32 + 3 * 32, 2 * 32),
    (ShortConvolution(conv_L_cache=3, conv_bias=True), 4 * 32 * 32 + 3 * 32 + 5 * 32, 2 * 32),
    (
        RGLRU(lru_width=48, num_attention_heads=4),
        2 * (32 * 48 + 48) + 48 * 5 + 2 * (4 * 12 * 12 + 48) + 48 + 48 * 32 + 32,
        48 + 3 * 48,
    ),
    (
        MatrixLSTM(num_heads=2, qk_dim=16, v_dim=32, gate_soft_cap=15.0),
        2 * 32 * 16 + 2 * 32 * 32 + 2 * (2 * 32 + 2) + 32 + 32 * 32,
        2 * 8 * 16 + 2 * (8 + 1),
    ),
    (RWKV4TimeMixing(attention_hidden_size=48), 3 * 32 + 3 * 32 * 48 + 2 * 48 + 48 * 32, 3 * 48 + 32),
    (
        RWKV5TimeMixing(attention_hidden_size=32, head_size=8),
        4 * 32 + 5 * 32 * 32 + 2 * 32 + 2 * 32,
        4 * 8 * 8 + 32,
    ),
    (RWKVChannelMixing(intermediate_size=112), 2 * 32 + 32 * 32 + 2 * 32 * 112, 32),
]


@pytest.mark.parametrize(("kind", "parameters", "state"), EXPECTED, ids=[kind.keyword for kind, _, _ in EXPECTED])
def test_counts_and_state_without_a_cache(kind: Kind, parameters: int, state: int) -> None:
    made = kind.expand(SCOPE)
    counted = facts(made)
    assert (counted.total_parameters, counted.state) == (parameters, state)
    assert counted.kv_cache_bytes_per_token() == 0
    assert leaving(made, 1) == 1


NOTES: list[tuple[Kind, tuple[str, ...]]] = [
    (
        MAMBA,
        (
            "recurrent state per layer: 256 (+ 192 conv) values",
            "1.38 KiB: state in float32, conv in bf16",
            "bias on conv and step size Δ",
        ),
    ),
    (
        MAMBA2.model_copy(update={"n_groups": 1, "use_bias": True}),
        (
            "recurrent state per layer: 256 (+ 216 conv) values",
            "1.42 KiB: state in float32, conv in bf16",
            "B and C shared by all heads",
            "bias on projections and conv",
        ),
    ),
    (
        MAMBA2.model_copy(update={"projectors_bias": True}),
        (
            "recurrent state per layer: 256 (+ 240 conv) values",
            "1.47 KiB: state in float32, conv in bf16",
            "2 groups of B and C, 4 heads each",
            "bias on output projection and conv",
        ),
    ),
    (
        MAMBA2.model_copy(update={"use_bias": True, "projectors_bias": False, "use_conv_bias": False}),
        (
            "recurrent state per layer: 256 (+ 240 conv) values",
            "1.47 KiB: state in float32, conv in bf16",
            "2 groups of B and C, 4 heads each",
            "bias on input projection",
        ),
    ),
    (
        MAMBA2.model_copy(update={"n_groups": 8, "use_conv_bias": False}),
        ("recurrent state per layer: 256 (+ 384 conv) values", "1.75 KiB: state in float32, conv in bf16"),
    ),
    (ShortConvolution(), ("conv state per layer: 64 values; 128 bytes in bf16",)),
    (
        ShortConvolution(conv_bias=True),
        ("conv state per layer: 64 values; 128 bytes in bf16", "bias on projections and conv"),
    ),
    (
        MatrixLSTM(num_heads=2, qk_dim=16, v_dim=32, use_bias=True),
        (
            "recurrent state per layer: 256 (+ 18 normalizer) values",
            "1.07 KiB in float32",
            "exp input gate, sigmoid forget gate",
            "bias on projections and gates",
        ),
    ),
    (
        RWKV4TimeMixing(attention_hidden_size=48),
        (
            "recurrent state per layer: 144 (+ 32 token-shift) values",
            "640 bytes: state in float32, token-shift in bf16",
            "weight of a value, per channel: exp(k\u00a0−\u00a0(n\u00a0−\u00a01)\u00a0w) n tokens back, w the decay; "
            "exp(k\u00a0+\u00a0u) at the current token, u the bonus",
        ),
    ),
    (RWKVChannelMixing(intermediate_size=112), ("token-shift state per layer: 32 values; 64 bytes in bf16",)),
]


@pytest.mark.parametrize(("kind", "notes"), NOTES, ids=[f"{kind.keyword}-{len(notes)}" for kind, notes in NOTES])
def test_notes_say_the_state_and_the_biases(kind: Kind, notes: tuple[str, ...]) -> None:
    made = kind.expand(SCOPE)
    assert isinstance(made, Module)
    assert describe(made).notes == notes


def test_a_norm_stands_before_or_behind_the_gate() -> None:
    names = [[leaf.name for leaf in leaves(kind.expand(SCOPE))] for kind in (MAMBA2, _before())]
    assert [names_of.index("norm") - names_of.index("ssm") for names_of in names] == [1, 1]
    assert facts(MAMBA2.expand(SCOPE)).parts == facts(_before().expand(SCOPE)).parts


def _before() -> Mamba2:
    return MAMBA2.model_copy(update={"norm_before_gate": True})


def test_convolutional_attention() -> None:
    made = CCA.expand(SCOPE)
    counted = facts(made)
    channels = 16 + 8
    convolutions = channels * 2 + channels + channels * 4 * 2 + channels
    assert counted.total_parameters == 32 * 16 + 32 * 8 + 32 * 8 + convolutions + 2 + 16 * 32
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * 2 * 4
    assert counted.state == 2 * channels + 4
    assert leaving(made, 1) == 1
    sliding = CCA.model_copy(update={"sliding_window": 64}).expand(SCOPE)
    assert (sliding.role, facts(sliding).kv_cache_bytes(100)) == ("sliding", 64 * 32)


def test_shifts_and_scales_of_the_residual_stream() -> None:
    residual = kinds()["affine_residual"]()
    layer = Decoder(feed_forward=SwiGLU(intermediate_size=8), residual=residual)
    plain = Decoder(feed_forward=SwiGLU(intermediate_size=8))
    more = facts(layer.expand(SCOPE)).total_parameters - facts(plain.expand(SCOPE)).total_parameters
    assert (more, facts(Affine().expand(SCOPE)).total_parameters) == (4 * 32, 2 * 32)


def test_a_router_can_be_a_network() -> None:
    router = MLPRouter(num_experts=4, router_hidden_size=8)
    own = 32 * 8 + 8 + 8 + 8 + 2 * (64 + 8) + 8 * 5
    experts = MixtureOfExperts(num_experts=4, num_experts_per_tok=1, moe_intermediate_size=16, router=router)
    made = experts.expand(SCOPE)
    counted = facts(made)
    assert counted.parts["router"] + counted.parts["norm"] == own
    assert (describe(made).detail, leaving(made, 1)) == ("≤ 1 of 4, width 16", 1)
    first = experts.model_copy(update={"router": router.model_copy(update={"depth_average": False})})
    assert describe(first.expand(SCOPE)).detail == "≤ 1 of 4, width 16, router without depth averaging"
    assert facts(first.expand(SCOPE)).total_parameters == counted.total_parameters - 8


def test_experts_on_a_narrower_line() -> None:
    kind = MixtureOfExperts(
        num_experts=8,
        num_experts_per_tok=2,
        expert=ReLUSquared(intermediate_size=24),
        shared_expert_intermediate_size=48,
        shared_expert_bias=True,
        moe_latent_size=12,
        moe_latent_bias=True,
        latent_moe_use_norm=True,
    )
    made = kind.expand(SCOPE)
    counted = facts(made)
    one = 2 * 12 * 24
    assert counted.parts == {
        "experts": 8 * one + 2 * 12 * 32 + 12 + 32,
        "shared_experts": 2 * 32 * 48 + 48 + 32,
        "router": 8 * 32,
        "norm": 12,
    }
    assert (counted.inactive, describe(made).label, leaving(made, 1)) == (6 * one, "Latent MoE", 1)


def test_variants_of_shared_experts() -> None:
    base = MixtureOfExperts(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=16, n_shared_experts=2)
    sink = base.model_copy(update={"shared_expert_sink": True, "global_scale": True}).expand(SCOPE)
    counted = facts(sink)
    assert counted.parts == {"shared_experts": 2 * 3 * 32 * 16, "experts": 8 * 3 * 32 * 16, "router": 10 * 32 + 1}
    assert counted.inactive == 6 * 3 * 32 * 16
    mean = base.model_copy(update={"shared_expert_combination_strategy": "average"}).expand(SCOPE)
    assert [describe(leaf).label for leaf in leaves(mean)][-1] == "× 1/2"
    dense = base.model_copy(update={"dense": SwiGLU(intermediate_size=64)}).expand(SCOPE)
    assert facts(dense).parts["feed_forward"] == 3 * 32 * 64
    assert describe(dense).detail == "2 of 8 + 2 shared + dense, expert width 16"


def test_experts_that_do_nothing_and_a_table_that_chooses() -> None:
    base = MixtureOfExperts(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=16)
    zero = base.model_copy(update={"zero_expert_num": 4}).expand(SCOPE)
    assert facts(zero).parts["router"] == 12 * 32
    assert leaving(zero, 1) == 1
    hashed = base.model_copy(update={"hash_routing": True, "scoring_func": "sqrtsoftplus"}).expand(SCOPE)
    assert facts(hashed).parts == facts(base.expand(SCOPE)).parts
    (router,) = (leaf for leaf in leaves(hashed) if leaf.part == "router")
    assert describe(router).detail == "√softplus, 2 by token ID"
    assert [weight.shape for weight in router.weights if weight.buffer] == [(100, 2)]


EXPERTS = MixtureOfExperts(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=16)
REFUSED: list[tuple[Kind, str, str]] = [
    (MAMBA2.model_copy(update={"n_groups": 3}), "n_groups", "n_groups 3 does not divide num_heads 8"),
    (MAMBA2.model_copy(update={"norm_groups": 5}), "norm_groups", "norm_groups 5 does not divide 64 features"),
    (RGLRU(lru_width=48, num_attention_heads=5), "num_attention_heads", "num_attention_heads 5 does not divide"),
    (MatrixLSTM(num_heads=3, qk_dim=16, v_dim=32), "num_heads", "num_heads 3 does not divide qk_dim 16"),
    (RWKV5TimeMixing(attention_hidden_size=32, head_size=5), "head_size", "head_size 5 does not divide"),
    (CCA.model_copy(update={"num_key_value_heads": 3}), "num_key_value_heads", "num_key_value_heads 3 does not"),
    (EXPERTS.model_copy(update={"latent_moe_use_norm": True}), "latent_moe_use_norm", "latent_moe_use_norm without"),
    (EXPERTS.model_copy(update={"shared_expert_sink": True}), "shared_expert_sink", "shared_expert_sink needs shared"),
    (
        EXPERTS.model_copy(update={"zero_expert_num": 2, "moe_latent_size": 8}),
        "zero_expert_num",
        "zero_expert_num and moe_latent_size cannot both be set",
    ),
    (
        EXPERTS.model_copy(update={"hash_routing": True, "e_score_correction_bias": True}),
        "hash_routing",
        "hash_routing leaves nothing to balance or to group",
    ),
]


@pytest.mark.parametrize(("kind", "field", "message"), REFUSED, ids=[field for _, field, _ in REFUSED])
def test_what_does_not_fit_is_refused(kind: Kind, field: str, message: str) -> None:
    with pytest.raises(KindError, match=message) as caught:
        kind.expand(SCOPE)
    assert caught.value.field == field
