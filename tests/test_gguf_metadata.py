"""What the metadata of a GGUF file becomes under the names of a config.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archdraw.readers.gguf import config_of
from archdraw.weights.gguf_header import GgufHeader
from archdraw.weights.tensors import Tensor

HEADS = {"embedding_length": 32, "attention.head_count": 4}
TABLE, QUERY = Tensor("token_embd.weight", (48, 32)), Tensor("blk.0.attn_q.weight", (32, 32))


def config(architecture: str, metadata: dict[str, Any], *tensors: Tensor) -> dict[str, Any]:
    named = {f"{architecture}.{key}": value for key, value in metadata.items()}
    return config_of(GgufHeader({"general.architecture": architecture, **named}, tensors), Path("model.gguf"))[0]


@pytest.mark.parametrize(
    ("architecture", "metadata", "tensors", "found"),
    [
        (
            "gemma3",
            {"attention.sliding_window_pattern": [True, False]},
            (),
            {"layer_types": ["sliding_attention", "full_attention"]},
        ),
        ("gemma3", {"attention.sliding_window_pattern": 4}, (), {"sliding_window_pattern": 4}),
        ("llama", HEADS, (Tensor("rope_freqs.weight", (4,)),), {"rope_scaling": {"rope_type": "llama3"}}),
        ("llama", HEADS, (), {"rope_scaling": None}),
        ("llama", {**HEADS, "rope.dimension_count": 8}, (), {"partial_rotary_factor": None}),
        ("llama", {**HEADS, "rope.dimension_count": 4}, (), {"partial_rotary_factor": 0.5}),
        ("llama", {"feed_forward_length": [96, 96]}, (), {"intermediate_size": 96}),
        ("llama", {"feed_forward_length": [96, 64]}, (), {"intermediate_size": [96, 64]}),
        ("llama", {}, (TABLE, QUERY), {"vocab_size": 48, "tie_word_embeddings": True, "attention_bias": False}),
        ("llama", {}, (TABLE, Tensor("output.weight", (48, 32))), {"tie_word_embeddings": False}),
        ("llama", {}, (TABLE, QUERY, Tensor("blk.0.attn_q.bias", (32,))), {"attention_bias": True}),
        ("llama", {"expert_count": 8, "expert_used_count": 2}, (), {"model_type": "mixtral", "num_local_experts": 8}),
        ("deepseek2", {"attention.key_length": 24, "rope.dimension_count": 8}, (), {"qk_nope_head_dim": 16}),
        ("deepseek2", {"expert_gating_func": 2}, (), {"model_type": "deepseek_v3", "scoring_func": "sigmoid"}),
        ("deepseek2", {"expert_gating_func": 1}, (), {"model_type": "deepseek_v2", "scoring_func": None}),
    ],
)
def test_metadata_become_keys(
    architecture: str, metadata: dict[str, Any], tensors: tuple[Tensor, ...], found: dict[str, Any]
) -> None:
    made = config(architecture, metadata, *tensors)
    assert {key: made.get(key) for key in found} == found
