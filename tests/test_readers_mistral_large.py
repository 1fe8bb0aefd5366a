"""Mistral Large 4 with other values than the published ones: counted as the class of transformers 5.24 counts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

SMALL: dict[str, Any] = {
    "architectures": ["MistralLarge4ForCausalLM"],
    "model_type": "mistral_large4_text",
    "hidden_size": 64,
    "vocab_size": 128,
    "intermediate_size": 96,
    "moe_intermediate_size": 48,
    "num_hidden_layers": 8,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "n_routed_experts": 8,
    "num_experts_per_tok": 2,
    "n_shared_experts": 1,
    "kv_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8,
    "v_head_dim": 16,
    "index_n_heads": 2,
    "index_head_dim": 16,
    "index_topk": 32,
}
SOURCES = [0, 1, 2, 3, 4, 1, 6, 3]
INDEXERS = ["full", "full", "shared", "full", "full", "full", "shared", "full"]


def reading(folder: Path, changes: dict[str, Any]) -> Reading:
    path = folder / "config.json"
    path.write_text(json.dumps(SMALL | changes))
    return read_config(path)


def counted(read: Reading) -> Facts:
    return facts(expand(parse_spec(read.text, "x")))


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        ({}, 737_316),
        ({"kv_source_layers": SOURCES, "indexer_types": INDEXERS}, 727_996),
        ({"no_rope_layers": [1, 0] * 4, "mlp_layer_types": ["dense"] * 3 + ["sparse"] * 5}, 607_268),
        ({"n_shared_experts": 2, "attention_bias": True, "n_group": 2, "tie_word_embeddings": True}, 794_324),
        ({"mlp_layer_types": ["dense"] * 8, "index_n_heads": 4, "v_head_dim": 8}, 279_108),
    ],
)
def test_changed_values(changes: dict[str, Any], total: int, tmp_path: Path) -> None:
    read = reading(tmp_path, changes)
    assert (read.incomplete, read.unused) == ((), ())
    assert counted(read).total_parameters == total


def test_layers_that_share_a_latent_keep_none(tmp_path: Path) -> None:
    # In bf16: six layers with a latent of 16 and a rotated key of 8 values, two without rotation.
    assert counted(reading(tmp_path, {})).kv_cache_bytes_per_token() == 2 * (6 * (16 + 8) + 2 * 16)
    shared = counted(reading(tmp_path, {"kv_source_layers": SOURCES}))
    assert shared.kv_cache_bytes_per_token() == 2 * (5 * (16 + 8) + 16)


def test_what_the_class_has_not_is_incomplete(tmp_path: Path) -> None:
    # A layer without rotation cannot read what one with rotation has cached.
    assert reading(tmp_path, {"kv_source_layers": [0, 1, 2, 2, 4, 5, 6, 7]}).incomplete
    assert reading(tmp_path, {"q_lora_rank": 32}).incomplete
    # Nor can one read a layer from the end of the list, or one that itself reads another.
    assert reading(tmp_path, {"kv_source_layers": [0, 1, -6, 3, 4, 5, 6, 7]}).incomplete
    assert reading(tmp_path, {"kv_source_layers": [0, 0, 1, 3, 4, 5, 6, 7]}).incomplete


@pytest.mark.parametrize("layers", [{}, [], [1, 1, 1, 0]])
def test_a_list_of_rotations_that_is_too_short_is_refused(layers: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no_rope_layers"):
        reading(tmp_path, {"no_rope_layers": layers})
