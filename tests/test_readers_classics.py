"""Small configs of families from GPT-2 to Whisper: the counts are those of their transformers classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

COMMON = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 160,
    "vocab_size": 1000,
}
GPT = {"n_embd": 64, "n_layer": 3, "n_head": 4, "n_positions": 128, "vocab_size": 1000}
BOTH = {
    "d_model": 64,
    "encoder_layers": 3,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 100,
    "decoder_ffn_dim": 120,
    "vocab_size": 1000,
}
"""An encoder and a decoder that differ in everything."""


def read(folder: Path, config: dict[str, Any]) -> Reading:
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return read_config(file)


def counted(reading: Reading) -> Facts:
    return facts(expand(parse_spec(reading.text)))


# The totals were counted on the meta device of transformers 5.23, each tied tensor once.
@pytest.mark.parametrize(
    ("model_type", "base", "changes", "total"),
    [
        ("gpt2", GPT, {"n_inner": 100}, 161_900),
        ("gpt2", GPT, {"tie_word_embeddings": False}, 286_272),
        ("gpt_bigcode", GPT, {}, 203_552),
        ("gpt_bigcode", GPT, {"multi_query": False}, 222_272),
        (
            "gpt_neo",
            {},
            {
                "hidden_size": 64,
                "num_layers": 4,
                "num_heads": 4,
                "attention_types": [[["global", "local"], 2]],
                "max_position_embeddings": 128,
                "vocab_size": 1000,
            },
            271_488,
        ),
        ("gpt_neox", COMMON, {}, 240_928),
        ("gpt_neox", COMMON, {"use_parallel_residual": False, "attention_bias": False}, 240_160),
        ("gptj", GPT, {"rotary_dim": 8}, 277_928),
        (
            "opt",
            {},
            {
                "hidden_size": 64,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "ffn_dim": 100,
                "word_embed_proj_dim": 32,
                "do_layer_norm_before": False,
                "max_position_embeddings": 64,
                "vocab_size": 1000,
            },
            129_900,
        ),
        (
            "opt",
            {},
            {
                "hidden_size": 64,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "ffn_dim": 100,
                "word_embed_proj_dim": 64,
                "enable_bias": False,
                "layer_norm_elementwise_affine": False,
                "max_position_embeddings": 64,
                "vocab_size": 1000,
            },
            155_776,
        ),
        ("bloom", {}, {"hidden_size": 64, "n_layer": 3, "n_head": 4, "vocab_size": 1000}, 214_208),
        ("mpt", {}, {"d_model": 64, "n_heads": 4, "n_layers": 3, "vocab_size": 1000}, 211_904),
        (
            "falcon",
            {},
            {"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 1000},
            193_536,
        ),
        (
            "falcon",
            {},
            {
                "hidden_size": 64,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "vocab_size": 1000,
                "new_decoder_architecture": True,
                "num_kv_heads": 2,
            },
            200_064,
        ),
        (
            "falcon",
            {},
            {
                "hidden_size": 64,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "vocab_size": 1000,
                "new_decoder_architecture": True,
                "num_kv_heads": 2,
                "num_ln_in_parallel_attn": 1,
            },
            199_680,
        ),
        (
            "falcon",
            {},
            {
                "hidden_size": 64,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "vocab_size": 1000,
                "multi_query": False,
                "parallel_attn": False,
                "alibi": True,
                "bias": True,
            },
            214_080,
        ),
        ("phi3", COMMON, {"num_key_value_heads": 2, "tie_word_embeddings": True}, 193_472),
        ("phi", COMMON, {"num_key_value_heads": 2}, 229_064),
        ("phi", COMMON, {"qk_layernorm": True}, 241_736),
        ("starcoder2", COMMON, {"num_key_value_heads": 2, "sliding_window": 16}, 164_448),
        ("starcoder2", COMMON, {"num_key_value_heads": 2, "use_bias": False, "tie_word_embeddings": False}, 227_200),
        ("stablelm", COMMON, {"num_key_value_heads": 2, "use_qkv_bias": True}, 258_304),
        ("stablelm", COMMON, {"num_key_value_heads": 2, "qk_layernorm": True, "use_parallel_residual": True}, 257_824),
        ("cohere", COMMON, {"num_key_value_heads": 2, "use_qk_norm": True, "attention_bias": True}, 194_144),
        ("cohere2", COMMON, {"num_key_value_heads": 2}, 193_280),
        (
            "cohere2_moe",
            COMMON,
            {
                "intermediate_size": 32,
                "num_key_value_heads": 2,
                "head_dim": 16,
                "first_k_dense_replace": 1,
                "prefix_dense_intermediate_size": 100,
                "num_shared_experts": 2,
                "num_experts": 8,
            },
            244_224,
        ),
        (
            "cohere2_moe",
            COMMON,
            {"intermediate_size": 32, "num_key_value_heads": 2, "num_experts": 8, "rms_norm_eps": 1e-05},
            508_160,
        ),
        ("bert", COMMON, {"type_vocab_size": 3, "max_position_embeddings": 40}, 184_968),
        (
            "modernbert",
            COMMON,
            {
                "norm_bias": True,
                "mlp_bias": True,
                "attention_bias": True,
                "classifier_bias": True,
                "decoder_bias": True,
            },
            213_416,
        ),
        ("bart", BOTH, {"max_position_embeddings": 50}, 258_908),
        (
            "whisper",
            BOTH,
            {"num_mel_bins": 20, "max_source_positions": 30, "max_target_positions": 20, "scale_embedding": True},
            271_260,
        ),
        (
            "t5",
            {},
            {
                "d_model": 64,
                "d_kv": 8,
                "d_ff": 100,
                "num_layers": 3,
                "num_decoder_layers": 2,
                "num_heads": 4,
                "relative_attention_num_buckets": 10,
                "vocab_size": 1000,
            },
            186_320,
        ),
        (
            "t5",
            {},
            {
                "d_model": 64,
                "d_kv": 16,
                "d_ff": 100,
                "num_layers": 1,
                "num_heads": 4,
                "feed_forward_proj": "gated-gelu",
                "vocab_size": 1000,
            },
            152_256,
        ),
    ],
)
def test_counts_are_those_of_the_class(
    tmp_path: Path, model_type: str, base: dict[str, Any], changes: dict[str, Any], total: int
) -> None:
    reading = read(tmp_path, {"model_type": model_type, **base, **changes})
    assert counted(reading).total_parameters == total
    assert (reading.unused, reading.incomplete) == ((), ())


def test_a_head_of_its_own_is_kept_where_the_file_says_so(tmp_path: Path) -> None:
    """Flan-T5 stores an output layer; transformers 5 ties it to the table whatever the file says."""
    config = {"model_type": "t5", "d_model": 64, "d_kv": 16, "d_ff": 100, "num_layers": 2, "num_heads": 4}
    tied = counted(read(tmp_path, config | {"vocab_size": 1000}))
    own = counted(read(tmp_path, config | {"vocab_size": 1000, "tie_word_embeddings": False}))
    assert own.total_parameters - tied.total_parameters == 1000 * 64


def test_a_cache_holds_what_the_decoder_adds(tmp_path: Path) -> None:
    bart = counted(read(tmp_path, {"model_type": "bart", **BOTH}))
    assert bart.kv_cache_bytes_per_token() == 2 * 2 * 2 * 64
    assert bart.text_parameters == bart.total_parameters
    bert = counted(read(tmp_path, {"model_type": "bert", **COMMON}))
    assert bert.kv_cache_bytes_per_token() == 0


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "gpt2", **GPT, "scale_attn_by_inverse_layer_idx": True}, "number of the layer"),
        ({"model_type": "bloom", **COMMON, "apply_residual_connection_post_layernorm": True}, "after the norm"),
        (
            {"model_type": "mpt", "d_model": 64, "n_heads": 4, "n_layers": 3, "vocab_size": 1000}
            | {"max_seq_len": 8, "attn_config": {"qk_ln": True}},
            "qk_ln",
        ),
        ({"model_type": "cohere2", **COMMON, "use_parallel_block": False}, "use_parallel_block"),
        ({"model_type": "bert", **COMMON, "architectures": ["BertForDreaming"]}, "BertForDreaming"),
        ({"model_type": "phi3", **COMMON, "hidden_act": "tanh"}, "the activation tanh"),
    ],
)
def test_what_is_not_drawn_is_told(tmp_path: Path, config: dict[str, Any], reason: str) -> None:
    assert any(reason in told for told in read(tmp_path, config).incomplete)


def test_searched_blocks_are_narrower_or_missing(tmp_path: Path) -> None:
    def block(group: int | None, factor: float | None) -> dict[str, Any]:
        attention = {"n_heads_in_group": group, "no_op": group is None}
        return {"attention": attention, "ffn": {"ffn_mult": factor, "no_op": factor is None}}

    entries = [block(2, 3.0), block(None, 6.0), block(2, None), block(4, 3.0)]
    config = {
        "model_type": "nemotron-nas",
        "hidden_size": 256,
        "vocab_size": 1000,
        "num_attention_heads": 8,
        "num_hidden_layers": 4,
        "block_configs": entries,
    }
    norms = (2 + 1 + 1 + 2 + 1) * 256
    attention = 3 * 2 * 256 * 256 + 2 * 256 * (128 + 128 + 64)
    reading = counted(read(tmp_path, config))
    assert reading.total_parameters == 2 * 1000 * 256 + norms + attention + 3 * 256 * (512 + 1024 + 512)
    assert reading.kv_cache_bytes_per_token() == 2 * 2 * (128 + 128 + 64)
    with pytest.raises(InputError, match="block_configs"):
        read(tmp_path, config | {"block_configs": None})


def test_layers_that_widen(tmp_path: Path) -> None:
    config = {
        "model_type": "openelm",
        "model_dim": 256,
        "num_transformer_layers": 2,
        "head_dim": 32,
        "num_query_heads": [4, 8],
        "num_kv_heads": [2, 4],
        "ffn_multipliers": [0.9, 2.0],
        "ffn_dim_divisor": 64,
    }
    # 0.9 × 256 = 230.4 is rounded to 256.
    total = 32000 * 256 + 5 * 256 + 4 * 32 + 256 * 32 * (4 + 2 + 2 + 4 + 8 + 4 + 4 + 8) + 3 * 256 * (256 + 512)
    assert counted(read(tmp_path, config)).total_parameters == total
    with pytest.raises(InputError, match="num_kv_heads has 1 entries for 2 layers"):
        read(tmp_path, config | {"num_kv_heads": [2]})
