"""Attention with learned distances, and the convolutions and scales that go with it."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.relative_attention import AddedConvolution, LearnedScale, RelativeAttention
from archdraw.tree.blocks import Window
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from described import describe
from test_wiring import leaving

SCOPE = Scope(hidden_size=32, vocab_size=100)
FULL = RelativeAttention(
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    d_rel=3,
    rel_extent=20,
    log_scaling_n_floor=1000,
)
SLIDING = FULL.model_copy(update={"sliding_window": 12, "rel_extent": None, "log_scaling_n_floor": None})
PROJECTIONS = 2 * 32 * 32 + 2 * 32 * 16 + 32 * 4 * 3
"""Queries and output, keys and values, what mixes the profiles."""


def test_counts_cache_and_state() -> None:
    counted = facts(FULL.expand(SCOPE))
    assert counted.total_parameters == PROJECTIONS + 2 * 16 * 4 + 2 * 8 + 3 * 20
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * 16
    assert counted.state == 2 * 3 * 16
    assert leaving(FULL.expand(SCOPE), 1) == 1


def test_the_window_bounds_the_bias_and_the_cache() -> None:
    made = SLIDING.expand(SCOPE)
    words = describe(made)
    assert (words.label, words.detail) == ("Sliding-window attention", "4 query / 2 KV heads, dim 8, window 12")
    assert made.role == "sliding"
    assert facts(made).total_parameters == PROJECTIONS + 2 * 16 * 4 + 2 * 8 + 3 * 12
    assert {leaf.cache.window for leaf in leaves(made) if leaf.cache} == {Window(12)}
    (bias,) = (leaf for leaf in leaves(made) if leaf.name == "rel_logits_proj")
    assert bias.weights[0].shape == (3, 12)
    assert (describe(bias).full, describe(bias).tag) == ("relative-position bias (≤ 12)", "relative-position bias")


def test_notes_say_how_scores_are_scaled() -> None:
    words = describe(FULL.expand(SCOPE))
    assert words.label == "Relative attention"
    assert words.notes == (
        "KV cache per token and layer: 2 × 2 × 8 values (64 bytes, bf16)",
        "full causal attention; attention scale 1/8",
        "3 relative-position profiles",
        "Q and bias × (1 + 0.1 ln(n / 1,000)) for token n > 1,000",
    )


def test_a_convolution_keeps_what_it_reaches_back_to() -> None:
    leaf = AddedConvolution(conv_kernel_size=4, name="attn_sconv").expand(SCOPE)
    assert (leaf.name, leaf.state) == ("attn_sconv", 96)
    assert facts(leaf).total_parameters == 4 * 32
    assert describe(leaf).full == "Short convolution, causal conv (k = 4) + residual"


def test_a_scale_is_one_number() -> None:
    assert facts(LearnedScale().expand(SCOPE)).total_parameters == 1


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
        FULL.model_copy(update=fields).expand(SCOPE)
    assert (error.value.field, error.value.message) == (field, message)
