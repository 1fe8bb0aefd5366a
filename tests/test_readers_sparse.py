"""Small configs of sparse families and their dense relatives: the counts are those of their transformers classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Window
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import leaves

BASE = {
    "vocab_size": 512,
    "hidden_size": 96,
    "intermediate_size": 160,
    "num_hidden_layers": 6,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
}
EXPERTS = {"moe_intermediate_size": 40, "num_experts": 8, "num_experts_per_tok": 2}
ROUTED = {"moe_intermediate_size": 40, "n_routed_experts": 8, "num_experts_per_tok": 2}
HALVES = ["full_attention", "sliding_attention"] * 3


def read(folder: Path, config: dict[str, Any]) -> Reading:
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return read_config(file)


def counted(reading: Reading) -> Facts:
    return facts(expand(parse_spec(reading.text)))


# The totals were counted on the meta device of transformers 5.23.
@pytest.mark.parametrize(
    ("model_type", "changes", "total"),
    [
        ("qwen2_moe", EXPERTS | {"shared_expert_intermediate_size": 72, "mlp_only_layers": [1]}, 862_848),
        (
            "qwen2_moe",
            EXPERTS
            | {
                "shared_expert_intermediate_size": 72,
                "decoder_sparse_step": 2,
                "qkv_bias": False,
                "use_sliding_window": True,
                "max_window_layers": 2,
            },
            726_528,
        ),
        ("qwen3_moe", EXPERTS | {"head_dim": 24, "decoder_sparse_step": 2, "attention_bias": True}, 740_064),
        ("mixtral", {"num_local_experts": 4, "head_dim": 24}, 1_428_960),
        ("gpt_oss", {"num_local_experts": 4, "head_dim": 24, "num_experts_per_tok": 2}, 1_441_020),
        (
            "gpt_oss",
            {"num_local_experts": 4, "head_dim": 24, "num_experts_per_tok": 2, "attention_bias": False},
            1_439_004,
        ),
        (
            "glm4_moe",
            ROUTED
            | {
                "head_dim": 24,
                "attention_bias": True,
                "use_qk_norm": True,
                "first_k_dense_replace": 2,
                "n_shared_experts": 2,
                "n_group": 2,
                "topk_group": 1,
            },
            878_496,
        ),
        ("hy_v3", EXPERTS | {"head_dim": 24, "num_shared_experts": 2, "attention_bias": True}, 948_960),
        (
            "afmoe",
            EXPERTS
            | {
                "head_dim": 24,
                "num_dense_layers": 2,
                "num_shared_experts": 2,
                "mup_enabled": True,
                "attention_bias": True,
            },
            963_200,
        ),
        (
            "laguna",
            EXPERTS
            | {
                "head_dim": 24,
                "shared_expert_intermediate_size": 56,
                "layer_types": HALVES,
                "num_attention_heads_per_layer": [6, 8] * 3,
            },
            944_104,
        ),
        (
            "laguna",
            EXPERTS
            | {
                "head_dim": 24,
                "shared_expert_intermediate_size": 56,
                "layer_types": HALVES,
                "gating": "per-element",
                "attention_bias": True,
            },
            997_384,
        ),
        (
            "mellum",
            EXPERTS
            | {
                "head_dim": 24,
                "layer_types": HALVES,
                "mlp_layer_types": ["dense"] + ["sparse"] * 5,
                "num_nextn_predict_layers": 1,
                "mtp_layer_types": ["full_attention"],
            },
            831_744,
        ),
        ("kolibri1", EXPERTS | {"head_dim": 24, "shared_expert_intermediate_size": 56}, 976_512),
        ("olmoe", {"num_experts": 8, "num_experts_per_tok": 2, "attention_bias": True, "clip_qkv": 8.0}, 2_465_760),
        ("flex_olmo", {"num_experts": 8, "num_experts_per_tok": 2}, 2_464_224),
        ("phimoe", {"num_local_experts": 4, "attention_bias": True, "lm_head_bias": True}, 1_358_528),
        ("granitemoe", {"num_local_experts": 4, "residual_multiplier": 0.22, "logits_scaling": 8.0}, 1_355_232),
        (
            "granitemoeshared",
            {"num_local_experts": 4, "shared_intermediate_size": 56, "embedding_multiplier": 12.0},
            1_452_000,
        ),
        (
            "dbrx",
            {
                "d_model": 96,
                "n_heads": 6,
                "n_layers": 3,
                "vocab_size": 512,
                "rope_theta": 500000.0,
                "attn_config": {"kv_n_heads": 2, "clip_qkv": 8.0, "rope_theta": 500000.0},
                "ffn_config": {"ffn_hidden_size": 40, "moe_num_experts": 4, "moe_top_k": 2},
            },
            312_096,
        ),
        (
            "ernie4_5_moe",
            {
                "moe_intermediate_size": 40,
                "moe_num_experts": 8,
                "moe_k": 2,
                "moe_layer_start_index": 1,
                "moe_layer_end_index": 4,
            },
            753_920,
        ),
        (
            "ernie4_5_moe",
            {
                "moe_intermediate_size": 40,
                "moe_num_experts": 8,
                "moe_k": 2,
                "moe_layer_interval": 2,
                "use_bias": True,
                "tie_word_embeddings": False,
            },
            737_240,
        ),
        (
            "dots1",
            ROUTED
            | {"n_shared_experts": 2, "first_k_dense_replace": 1, "attention_bias": True, "max_window_layers": 3},
            874_656,
        ),
        ("exaone_moe", EXPERTS | {"head_dim": 24, "num_shared_experts": 2}, 946_944),
        ("solar_open", ROUTED | {"head_dim": 24, "n_shared_experts": 2, "attention_bias": True}, 1_017_984),
        ("hunyuan_v1_moe", {"num_experts": 8, "moe_topk": 2, "head_dim": 24}, 2_813_952),
        (
            "hunyuan_v1_moe",
            {"num_experts": 8, "moe_topk": [2, 2, 2, 2, 2, 2], "head_dim": 24, "attention_bias": True},
            2_815_968,
        ),
        ("glm", {"head_dim": 24, "num_key_value_heads": 3}, 626_592),
        ("glm4", {"head_dim": 24}, 599_808),
        ("glm4", {"head_dim": 24, "attention_bias": False}, 598_368),
        ("ernie4_5", {"head_dim": 24}, 548_064),
        ("ernie4_5", {"head_dim": 24, "use_bias": True, "tie_word_embeddings": False}, 601_728),
        ("hunyuan_v1_dense", {"head_dim": 24}, 597_504),
        ("seed_oss", {"head_dim": 24}, 598_656),
        ("seed_oss", {"head_dim": 24, "attention_out_bias": True, "mlp_bias": True, "attention_bias": False}, 600_288),
        (
            "mimo_v2_flash",
            ROUTED | {"head_dim": 24, "v_head_dim": 16, "attention_bias": True, "num_attention_heads": 8},
            873_376,
        ),
    ],
)
def test_totals_are_those_of_the_class(tmp_path: Path, model_type: str, changes: dict[str, Any], total: int) -> None:
    base = {} if model_type == "dbrx" else BASE
    reading = read(tmp_path, {"model_type": model_type} | base | changes)
    assert counted(reading).total_parameters == total
    assert not reading.unused
    assert not reading.incomplete


STEP = {
    "model_type": "step3p5",
    **{key: BASE[key] for key in ("vocab_size", "hidden_size", "intermediate_size", "num_attention_heads")},
    "num_hidden_layers": 4,
    "num_nextn_predict_layers": 1,
    "num_attention_groups": 2,
    "head_dim": 16,
    "attention_other_setting": {"attention_type": "sliding_attention", "num_attention_heads": 8, "head_dim": 16},
    "layer_types": ["full_attention", *["sliding_attention"] * 4],
    "sliding_window": 32,
    "moe_layers_enum": "2,3",
    "moe_num_experts": 8,
    "moe_top_k": 2,
    "moe_intermediate_size": 40,
    "share_expert_dim": 24,
    "rope_theta": [5e6, *[1e4] * 4],
    "partial_rotary_factors": [0.5, *[1.0] * 4],
    "rope_scaling": {"rope_type": "llama3", "factor": 2.0, "original_max_position_embeddings": 64},
    "swiglu_limits": [0.0, 0.0, 0.0, 7, None],
    "swiglu_limits_shared": [0.0, 0.0, 0.0, 16, 0.0],
}


def test_lists_that_go_on_for_the_layers_of_prediction(tmp_path: Path) -> None:
    reading = read(tmp_path, STEP)
    assert (reading.unused, reading.incomplete) == ((), ())
    made = counted(reading)
    attention = [96 * 16 * (heads + 4) + heads * 16 * 96 + 96 * heads for heads in (6, 8, 8, 8)]
    sparse = 8 * 3 * 96 * 40 + 3 * 96 * 24 + 8 * 96
    norms = 4 * (2 * 96 + 2 * 16) + 96
    assert made.total_parameters == 2 * 512 * 96 + sum(attention) + 2 * 3 * 96 * 160 + 2 * sparse + norms
    assert made.kv_cache_bytes_per_token() == 4 * 2 * 2 * 16 * 2
    assert "swiglu_limit: 7.0" in reading.text
    assert "swiglu_limit: 16.0" in reading.text
    assert "Clamped experts" in reading.text
    assert any("Llama 3" in describe(leaf).full for leaf in leaves(expand(parse_spec(reading.text))))


def test_experts_enumerated_beyond_numbers_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="moe_layers_enum must be whole numbers"):
        read(tmp_path, STEP | {"moe_layers_enum": "2,three"})


MIMO = (
    BASE
    | ROUTED
    | {
        "model_type": "mimo_v2",
        "num_attention_heads": 8,
        "head_dim": 24,
        "v_head_dim": 16,
        "swa_num_key_value_heads": 4,
        "hybrid_layer_pattern": [0, 1, 1, 1, 1, 0],
        "moe_layer_freq": [0, 1, 1, 1, 1, 1],
        "sliding_window": 32,
        "attention_value_scale": 0.5,
    }
)


def test_mimo_slides_where_the_pattern_has_1(tmp_path: Path) -> None:
    reading = read(tmp_path, MIMO)
    made = counted(reading)
    assert made.kv_cache_bytes_per_token() == 2 * (24 + 16) * (2 * 2 + 4 * 4)
    windows = {entry.window for entry in made.cache}
    assert windows == {None, Window(32)}
    sinks = [leaf for leaf in leaves(expand(parse_spec(reading.text))) if "sinks" in describe(leaf).tag]
    assert {leaf.role for leaf in sinks} == {"sliding"}


def test_naive_chooses_the_tokens_of_full_layers(tmp_path: Path) -> None:
    index = {"index_n_heads": 4, "index_head_dim": 8, "index_top_k": 64}
    plain = counted(read(tmp_path, MIMO)).total_parameters
    chosen = counted(read(tmp_path, MIMO | index | {"model_type": "naive_n05_flash", "enable_dsa": True}))
    assert chosen.total_parameters - plain == 2 * (96 * 4 * 8 + 96 * 8 + 96 * 4 + 2 * 8)


ARCTIC = BASE | {"model_type": "arctic", "num_local_experts": 4, "num_experts_per_tok": 2, "moe_layer_frequency": 2}


def test_arctic_has_a_dense_layer_beside_its_experts(tmp_path: Path) -> None:
    attention, dense, experts = 96 * 96 * 2 + 96 * 32 * 2, 3 * 96 * 160, 4 * 3 * 96 * 160 + 4 * 96
    shell = 2 * 512 * 96 + 6 * (attention + 2 * 96) + 96
    assert counted(read(tmp_path, ARCTIC)).total_parameters == shell + 3 * dense + 3 * experts
    beside = counted(read(tmp_path, ARCTIC | {"parallel_attn_mlp_res": True}))
    assert beside.total_parameters == shell + 3 * dense + 3 * (experts + 3 * 96 * 96 + 96)


GROK = BASE | {"num_local_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 40, "head_dim": 16}


def test_grok_by_the_name_of_its_class(tmp_path: Path) -> None:
    named = GROK | {"model_type": "git", "architectures": ["Grok1ForCausalLM"], "residual_moe": True}
    reading = read(tmp_path, named | {"attn_logit_softcapping": 30.0, "attn_temperature_len": 1024})
    attention = 2 * 96 * 96 + 2 * 96 * 32
    layer = attention + 3 * 96 * 160 + 4 * 3 * 96 * 40 + 4 * 96 + 4 * 96
    assert counted(reading).total_parameters == 2 * 512 * 96 + 6 * layer + 96
    assert "attn_temperature_len: 1024" in reading.text


def test_what_grok_cannot_be_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, GROK | {"model_type": "grok-1", "rope_type": "yarn", "sliding_window_size": 64})
    assert reading.incomplete == ("windows in some of the layers", "rotation stretched by yarn")


def test_a_window_of_null_is_none(tmp_path: Path) -> None:
    config = BASE | EXPERTS | {"model_type": "exaone_moe", "head_dim": 24}
    assert {entry.window for entry in counted(read(tmp_path, config)).cache} == {Window(4096), None}
    assert {entry.window for entry in counted(read(tmp_path, config | {"sliding_window": None})).cache} == {None}


def test_layers_of_one_kind_that_differ_are_told(tmp_path: Path) -> None:
    heads = {"num_attention_heads_per_layer": [6, 8, 8, 8, 6, 6], "layer_types": HALVES, "head_dim": 16}
    reading = read(tmp_path, BASE | EXPERTS | heads | {"model_type": "laguna"})
    assert any("query heads in layers of one kind" in reason for reason in reading.incomplete)
