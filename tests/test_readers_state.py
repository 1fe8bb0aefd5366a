"""Configs of recurrent families at small invented sizes, beside the totals of their transformers classes (5.23)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.reading import Reading, reading_of
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

BASE = {
    "hidden_size": 64,
    "vocab_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 80,
}
ALONE = {"hidden_size": 64, "vocab_size": 96, "num_hidden_layers": 3}
MAMBA2 = {"mamba_n_heads": 8, "mamba_d_state": 16}
GRANITE = {"num_hidden_layers": 4, "layer_types": ["mamba", "mamba", "attention", "mamba"]}
FALCON = {"num_hidden_layers": 4, "mamba_d_ssm": 96, "mamba_d_head": 12, "mamba_n_groups": 2}
JAMBA = {"attn_layer_period": 4, "attn_layer_offset": 2}
NEMOTRON = {
    "hybrid_override_pattern": "ME*-E",
    "num_hidden_layers": 5,
    "mamba_num_heads": 8,
    "mamba_head_dim": 16,
    "ssm_state_size": 8,
    "n_groups": 2,
    "moe_intermediate_size": 40,
    "moe_shared_expert_intermediate_size": 24,
    "moe_latent_size": 16,
    "mlp_bias": True,
    "use_bias": True,
    "use_conv_bias": False,
    "head_dim": 16,
    "n_routed_experts": 4,
}
ZAYA = {
    "num_hidden_layers": 3,
    "head_dim": 8,
    "cca_time0": 3,
    "attention_bias": True,
    "lm_head_bias": True,
    "moe_intermediate_size": 40,
    "num_experts": 4,
    "router_hidden_size": 16,
    "sliding_window": 32,
    "layer_types": ["hybrid_sliding", "hybrid", "hybrid_sliding"],
}

CASES: list[tuple[str, dict[str, Any], int]] = [
    ("jamba", BASE | JAMBA | {"num_hidden_layers": 8, "num_experts": 4, "mamba_d_state": 8}, 523_704),
    (
        "jamba",
        BASE
        | {"num_hidden_layers": 4, "num_experts": 1, "attn_layer_period": 4, "attn_layer_offset": 0}
        | {"mamba_proj_bias": True, "mamba_conv_bias": False, "tie_word_embeddings": True, "mamba_dt_rank": 3},
        178_281,
    ),
    (
        "bamba",
        BASE
        | MAMBA2
        | {"num_hidden_layers": 6, "attn_layer_indices": [2, 5], "mamba_n_groups": 2}
        | {"attention_bias": True, "mlp_bias": True},
        252_768,
    ),
    (
        "granitemoehybrid",
        BASE
        | MAMBA2
        | GRANITE
        | {"num_local_experts": 4, "shared_intermediate_size": 48, "tie_word_embeddings": True}
        | {"residual_multiplier": 0.22, "embedding_multiplier": 12, "logits_scaling": 8},
        386_920,
    ),
    (
        "granitemoehybrid",
        BASE
        | MAMBA2
        | GRANITE
        | {"num_local_experts": 0, "shared_intermediate_size": 48, "position_embedding_type": "rope"}
        | {"rope_theta": 10000, "mamba_proj_bias": True},
        147_360,
    ),
    (
        "falcon_h1",
        BASE
        | MAMBA2
        | FALCON
        | {"ssm_out_multiplier": 0.5, "attention_out_multiplier": 0.9, "lm_head_multiplier": 0.04},
        218_912,
    ),
    (
        "falcon_h1",
        BASE
        | MAMBA2
        | FALCON
        | {"mamba_rms_norm": True, "projectors_bias": True, "attention_bias": True, "mlp_bias": True, "head_dim": 32},
        270_880,
    ),
    ("falcon_mamba", ALONE | {"state_size": 4, "use_bias": True}, 91_456),
    ("mamba", ALONE | {"state_size": 4, "use_conv_bias": False, "expand": 3}, 131_968),
    ("mamba2", ALONE | {"state_size": 4, "num_heads": 8, "head_dim": 16, "n_groups": 4, "use_bias": True}, 97_888),
    ("xlstm", ALONE | {"num_heads": 4, "use_bias": True, "ffn_proj_factor": 2.3}, 176_920),
    ("rwkv", ALONE | {"attention_hidden_size": 96}, 199_168),
    (
        "recurrent_gemma",
        BASE
        | {"num_hidden_layers": 5, "lru_width": 96, "attention_bias": True, "block_types": ["attention", "recurrent"]},
        131_536,
    ),
    ("zaya", {key: value for key, value in BASE.items() if key != "intermediate_size"} | ZAYA, 127_430),
    (
        "lfm2",
        BASE
        | {"num_hidden_layers": 4, "full_attn_idxs": [1], "conv_bias": True}
        | {"block_ffn_dim_multiplier": 1.3, "block_multiple_of": 32},
        143_456,
    ),
    (
        "lfm2",
        BASE
        | {"num_hidden_layers": 2, "layer_types": ["conv", "full_attention"]}
        | {"block_auto_adjust_ff_dim": False, "tie_word_embeddings": False},
        72_224,
    ),
    ("nemotron_h", BASE | NEMOTRON, 84_960),
]


def read(kind: str, data: dict[str, Any]) -> tuple[Reading, Facts]:
    """The reading of a config, and the facts of its tree."""
    whole = {"model_type": kind, **data}
    reading = reading_of(json.dumps(whole), whole, "config.json", kind)
    return reading, facts(expand(parse_spec(reading.text, kind)))


@pytest.mark.parametrize(("kind", "data", "total"), CASES, ids=[f"{kind} {total}" for kind, _, total in CASES])
def test_totals_are_those_of_the_class(kind: str, data: dict[str, Any], total: int) -> None:
    reading, counted = read(kind, data)
    assert counted.total_parameters == total
    assert (reading.unused, reading.incomplete) == ((), ())


def test_rwkv_5_counts_as_its_paper_says() -> None:
    # arXiv:2404.05892, appendix E: 13 D² L + 14 D L + 4 D + 2 D V parameters, a state of 66 D L values.
    reading, counted = read("rwkv5", ALONE | {"head_size": 64, "tie_word_embeddings": True, "num_hidden_layers": 2})
    width, layers, vocabulary = 64, 2, 96
    assert counted.total_parameters == (
        13 * width**2 * layers + 14 * width * layers + 4 * width + 2 * width * vocabulary
    )
    assert counted.state == 66 * width * layers
    assert not reading.incomplete


def test_a_later_prediction_is_made_of_the_blocks_that_its_pattern_names() -> None:
    more = {"num_nextn_predict_layers": 1, "mtp_hybrid_override_pattern": "*E"}
    _, counted = read("nemotron_h", BASE | NEMOTRON | more)
    assert counted.total_parameters == 84_960
    assert sum(counted.auxiliary.values()) > 0


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("nemotron_h", BASE | NEMOTRON | {"num_hidden_layers": 6}, "the pattern has 5 layers, not 6"),
        ("nemotron_h", BASE | NEMOTRON | {"hybrid_override_pattern": "ME*XE"}, 'unknown layer type "X"'),
        ("mamba2", ALONE | {"num_heads": 8, "head_dim": 8}, "is not expand × hidden_size = 128"),
        ("zaya", BASE | ZAYA | {"num_experts_per_tok": 2}, "the family's class has 1 only"),
        ("lfm2", BASE | {"num_hidden_layers": 1, "layer_types": ["mamba"]}, 'unknown layer type "mamba"'),
    ],
)
def test_contradictions_are_told(kind: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(kind, data)
