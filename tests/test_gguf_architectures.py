"""GGUF files of architectures whose layers differ: what they say is what a config.json of the same model says.

The tensors of each file are those of the config's model, called as llama.cpp calls them.
"""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.model import Model, described, load
from archdraw.readers.reading import reading_of
from archdraw.weights.tensors import tensors
from test_sources import METADATA, gguf_file

CONFIG: dict[str, Any] = {
    "hidden_size": 32,
    "vocab_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 512,
    "head_dim": 8,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10_000.0,
}
HEADS = {"attention.key_length": 8, "attention.value_length": 8, "vocab_size": 48}
SPARSE = {"expert_count": 6, "expert_used_count": 2, "expert_feed_forward_length": 20}
EXPERTS = {"num_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 20}
DELTA = {"ssm.conv_kernel": 4, "ssm.state_size": 8, "ssm.group_count": 2, "ssm.time_step_rank": 4, "ssm.inner_size": 32}
LINEAR = {
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "full_attention_interval": 2,
}
STATES = {"ssm.conv_kernel": 4, "ssm.state_size": 8, "ssm.time_step_rank": 4, "ssm.inner_size": 64}
MAMBA = {"mamba_d_conv": 4, "mamba_d_state": 8, "mamba_n_heads": 4, "mamba_d_head": 16, "mamba_expand": 2}
KINDS = ["conv", "conv", "full_attention", "conv"]

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "lfm2": (
        {"attention.head_count_kv": [0, 0, 2, 0], "shortconv.l_cache": 5},
        {"model_type": "lfm2", "layer_types": KINDS, "conv_L_cache": 5, "block_auto_adjust_ff_dim": False},
    ),
    "lfm2moe": (
        SPARSE | {"attention.head_count_kv": [0, 0, 2, 0], "shortconv.l_cache": 3, "leading_dense_block_count": 1},
        EXPERTS | {"model_type": "lfm2_moe", "layer_types": KINDS, "num_dense_layers": 1},
    ),
    "llama4": (
        SPARSE | {"interleave_moe_layer_step": 2, "attention.chunk_size": 128, "expert_used_count": 1},
        {
            "model_type": "llama4_text",
            "num_local_experts": 6,
            "intermediate_size": 20,
            "intermediate_size_mlp": 64,
            "interleave_moe_layer_step": 2,
            "attention_chunk_size": 128,
        },
    ),
    "qwen3next": (
        SPARSE | DELTA | {"expert_shared_feed_forward_length": 24, "full_attention_interval": 2},
        EXPERTS | LINEAR | {"model_type": "qwen3_next", "shared_expert_intermediate_size": 24},
    ),
    "qwen35": (DELTA | {"full_attention_interval": 2}, LINEAR | {"model_type": "qwen3_5_text"}),
    "qwen35moe": (
        SPARSE | DELTA | {"expert_shared_feed_forward_length": 24, "full_attention_interval": 2},
        EXPERTS | LINEAR | {"model_type": "qwen3_5_moe_text", "shared_expert_intermediate_size": 24},
    ),
    "nemotron_h": (
        STATES | {"ssm.group_count": 2, "attention.head_count_kv": [0, 2, 0, 0], "feed_forward_length": [0, 0, 64, 0]},
        {
            "model_type": "nemotron_h",
            "hybrid_override_pattern": "M*-M",
            "mamba_num_heads": 4,
            "mamba_head_dim": 16,
            "ssm_state_size": 8,
            "n_groups": 2,
            "conv_kernel": 4,
        },
    ),
    "granitehybrid": (
        STATES | {"ssm.group_count": 1, "attention.head_count_kv": [0, 2, 0, 0]},
        {
            **MAMBA,
            "model_type": "granitemoehybrid",
            "layer_types": ["mamba", "attention", "mamba", "mamba"],
            "mamba_n_groups": 1,
            "num_local_experts": 0,
            "shared_intermediate_size": 64,
        },
    ),
    "mamba": (
        STATES | {"ssm.time_step_rank": 2, "attention.head_count": 0, "feed_forward_length": 0},
        {"model_type": "mamba", "state_size": 8, "conv_kernel": 4, "time_step_rank": 2, "intermediate_size": 64},
    ),
    "mamba2": (
        STATES | {"ssm.group_count": 1, "attention.head_count": 0, "feed_forward_length": 0},
        {"model_type": "mamba2", "state_size": 8, "num_heads": 4, "head_dim": 16, "n_groups": 1, "expand": 2},
    ),
    "granitemoe": (
        {"expert_count": 6, "expert_used_count": 2},
        {"model_type": "granitemoe", "num_local_experts": 6, "num_experts_per_tok": 2},
    ),
    "olmoe": (
        {"expert_count": 6, "expert_used_count": 2},
        {"model_type": "olmoe", "num_experts": 6, "num_experts_per_tok": 2},
    ),
    "cohere2": ({"attention.sliding_window": 64, "logit_scale": 0.25}, {"model_type": "cohere2", "sliding_window": 64}),
    "minimax-m2": (
        SPARSE | {"expert_gating_func": 2},
        {"model_type": "minimax_m2", "num_local_experts": 6, "num_experts_per_tok": 2, "intermediate_size": 20},
    ),
    "dots1": (
        SPARSE | {"expert_shared_count": 1, "leading_dense_block_count": 1, "expert_gating_func": 2},
        {
            "model_type": "dots1",
            "n_routed_experts": 6,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 20,
            "n_shared_experts": 1,
            "first_k_dense_replace": 1,
            "n_group": 1,
            "topk_group": 1,
        },
    ),
    "glm4": ({}, {"model_type": "glm4", "attention_bias": True}),
    "exaone4": ({}, {"model_type": "exaone4"}),
    "ernie4_5": ({}, {"model_type": "ernie4_5"}),
    "seed_oss": ({}, {"model_type": "seed_oss"}),
    "arcee": ({}, {"model_type": "arcee"}),
    "hunyuan-dense": ({}, {"model_type": "hunyuan_v1_dense"}),
}

NAMES = (
    (r"^embed_tokens\.", "token_embd."),
    (r"^norm\.", "output_norm."),
    (r"^lm_head\.", "output."),
    (r"^layers\.", "blk."),
    (r"input_layernorm\.", "attn_norm."),
    (r"post_attention_layernorm\.", "ffn_norm."),
    (r"post_feedforward_layernorm\.", "post_ffw_norm."),
    (r"pre_feedforward_layernorm\.", "ffn_norm."),
    (r"self_attn\.([qkv])_(proj|norm)\.", lambda found: f"attn_{found[1]}{'_norm' * (found[2] == 'norm')}."),
    (r"self_attn\.o_proj\.", "attn_output."),
    (r"mlp\.gate\.e_score_correction_bias", "exp_probs_b.bias"),
    (r"mlp\.gate\.", "ffn_gate_inp."),
    (r"mlp\.experts\.(\w+)_proj\.", r"ffn_\1_exps."),
    (r"mlp\.shared_experts\.(\w+)_proj\.", r"ffn_\1_shexp."),
    (r"mlp\.shared_expert_gate\.", "ffn_gate_inp_shexp."),
    (r"mlp\.(\w+)_proj\.", r"ffn_\1."),
    (r"\.conv\.", ".shortconv."),
    (r"linear_attn\.in_proj_qkvz\.", "ssm_in."),
    (r"linear_attn\.in_proj_qkv\.", "attn_qkv."),
    (r"linear_attn\.in_proj_z\.", "attn_gate."),
    (r"linear_attn\.in_proj_ba\.", "ssm_ba."),
    (r"linear_attn\.in_proj_a\.", "ssm_alpha."),
    (r"linear_attn\.in_proj_b\.", "ssm_beta."),
    (r"(?:mixer|linear_attn)\.(?:alpha|ssm)\.A_log", "ssm_a"),
    (r"(?:mixer|linear_attn)\.(?:alpha|dt)\.dt_bias", "ssm_dt.bias"),
    (r"mixer\.ssm\.D", "ssm_d"),
    (r"(?:mixer|linear_attn)\.conv1d\.", "ssm_conv1d."),
    (r"(?:mixer|linear_attn)\.norm\.", "ssm_norm."),
    (r"(?:mixer|linear_attn)\.(in|x|dt|out)_proj\.", r"ssm_\1."),
)


def in_gguf(name: str) -> str:
    """The name that llama.cpp gives to a tensor of the tree."""
    for pattern, made in NAMES:
        name = re.sub(pattern, made, name)
    return name


def pair(tmp_path: Path, name: str, *, stored: bool = True) -> tuple[Model, Path]:
    """The model of the config, and the GGUF file of the same one."""
    more, config = CASES[name]
    known = described(reading_of("", CONFIG | config, "config.json", name), "config.json")
    stacked = [one for one in tensors(known.block) if not one.tied]
    shapes = {in_gguf(one.name): one.shape for one in stacked}
    if any("post_feedforward" in one.name for one in stacked):
        behind = {one.name: in_gguf(one.name).replace("ffn", "post_attention") for one in stacked}
        shapes = {behind[one.name] if "post_attention" in one.name else in_gguf(one.name): one.shape for one in stacked}
    metadata = METADATA | HEADS | more
    return known, gguf_file(tmp_path / "small.gguf", name, metadata, shapes if stored else {})


@pytest.mark.parametrize("name", CASES)
def test_a_file_says_what_a_config_says(tmp_path: Path, name: str) -> None:
    known, file = pair(tmp_path, name)
    model = load(file)
    assert model.reading is not None
    assert model.reading.incomplete == ()
    for counted in (model.facts, known.facts):
        assert counted.layers == 4
    assert model.facts.total_parameters == known.facts.total_parameters
    assert model.facts.active_parameters == known.facts.active_parameters
    assert model.facts.kv_cache_bytes(256) == known.facts.kv_cache_bytes(256)
    assert model.facts.recurrent_state_bytes() == known.facts.recurrent_state_bytes()


@pytest.mark.parametrize("name", CASES)
def test_its_metadata_alone_say_its_sizes(tmp_path: Path, name: str) -> None:
    known, file = pair(tmp_path, name, stored=False)
    assert load(file).facts.total_parameters == known.facts.total_parameters


@pytest.mark.parametrize(
    ("name", "gone", "said"),
    [
        ("lfm2", "shortconv.l_cache", "conv_L_cache is not in this GGUF file of lfm2"),
        ("llama4", "expert_feed_forward_length", "llama4.expert_feed_forward_length is not in this GGUF file"),
        ("qwen3next", "ssm.state_size", "qwen3next.ssm.state_size is not in this GGUF file"),
        ("nemotron_h", "ssm.group_count", "nemotron_h.ssm.group_count is not in this GGUF file"),
        ("granitehybrid", "ssm.conv_kernel", "granitehybrid.ssm.conv_kernel is not in this GGUF file"),
    ],
)
def test_sizes_are_never_those_of_the_class(tmp_path: Path, name: str, gone: str, said: str) -> None:
    more, _ = CASES[name]
    metadata = {key: value for key, value in (METADATA | HEADS | more).items() if key != gone}
    with pytest.raises(InputError) as error:
        load(gguf_file(tmp_path / "small.gguf", name, metadata, {}))
    assert said in str(error.value)
    assert "hint: read the model's config.json" in str(error.value)


@pytest.mark.parametrize("stored", [True, False])
def test_a_window_is_not_assumed(tmp_path: Path, stored: bool) -> None:
    """No tensor shows it."""
    more, config = CASES["cohere2"]
    known = described(reading_of("", CONFIG | config, "config.json", "x"), "config.json")
    shapes = {in_gguf(one.name): one.shape for one in tensors(known.block) if not one.tied} if stored else {}
    metadata = {key: value for key, value in (METADATA | HEADS | more).items() if "window" not in key}
    with pytest.raises(InputError, match=r"cohere2\.attention\.sliding_window is not in this GGUF file"):
        load(gguf_file(tmp_path / "small.gguf", "cohere2", metadata, shapes))


def test_an_architecture_that_nobody_knows_is_refused_with_its_keys(tmp_path: Path) -> None:
    metadata = METADATA | HEADS | {"wkv.head_size": 8, "token_shift_count": 2}
    with pytest.raises(InputError, match=r"GGUF files of rwkv9 are not read: what rwkv9\.wkv\.head_size, rwkv9\.token"):
        load(gguf_file(tmp_path / "small.gguf", "rwkv9", metadata, {}))


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_weights_take_what_their_types_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Vectors are F32; of matrices a block of 32 weights takes 18 bytes in Q4_0, 34 in Q8_0."""
    known, _ = pair(tmp_path, "seed_oss")
    stored = [one for one in tensors(known.block) if not one.tied]
    shapes = {in_gguf(one.name): one.shape for one in stored}
    vectors = sum(one.count for one in stored if len(one.shape) == 1)
    for kind, block in ((2, 18), (8, 34)):
        file = gguf_file(tmp_path / "small.gguf", "seed_oss", METADATA | HEADS, shapes, kind=kind)
        wanted = 4 * vectors + (known.facts.total_parameters - vectors) * block // 32
        assert run(["facts", str(file), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["stored_weight_bytes"] == wanted
        assert run(["facts", str(file)]) == 0
        assert ["weights", "as", "stored", f"{wanted:,}"] in [line.split()[:4] for line in _lines(capsys)]
        assert run(["fit", str(file), "--memory", "1GB", "--json"]) == 0
        first = json.loads(capsys.readouterr().out)[0]["ways"][0]
        assert (first["dtype"], first["weights"]) == ("stored", wanted)


def test_a_type_that_nobody_knows_has_no_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known, _ = pair(tmp_path, "seed_oss")
    shapes = {in_gguf(one.name): one.shape for one in tensors(known.block) if not one.tied}
    file = gguf_file(tmp_path / "small.gguf", "seed_oss", METADATA | HEADS, shapes, kind=999)
    assert run(["facts", str(file), "--json"]) == 0
    assert "stored_weight_bytes" not in json.loads(capsys.readouterr().out)


ODD: list[Any] = ["x", [1, 2], [True, False], [-1, -1, -1, -1], 0, 2**31, 1.5, ["a"], [0, 0, 0, 0]]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("name", ["lfm2", "nemotron_h", "granitehybrid", "qwen3next", "mamba2", "dots1", "exaone4"])
def test_odd_values_are_refused_or_read(tmp_path: Path, name: str, odd: Any) -> None:
    """No value of the wrong type or size ends in anything but errors at the keys of the file."""
    more, _ = CASES[name]
    whole = METADATA | HEADS | more
    for key in whole:
        with contextlib.suppress(InputError):
            load(gguf_file(tmp_path / "small.gguf", name, whole | {key: odd}, {}))
