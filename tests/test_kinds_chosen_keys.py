"""Attention to blocks that an index chooses, and attention that takes noise away."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.block_sparse_attention import BlockSparseAttention
from archdraw.kinds.mixers.differential_attention import GroupedDifferentialLatent
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.blocks import Window
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from described import describe
from test_wiring import leaving

SCOPE = Scope(hidden_size=32, vocab_size=100)
BLOCKS = BlockSparseAttention(
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    index_n_heads=2,
    index_head_dim=6,
    index_block_size=16,
    index_topk_blocks=3,
    qk_norm="rmsnorm_per_head",
    position=Rope(),
)
DIFFERENCE = GroupedDifferentialLatent(
    num_attention_heads=6,
    num_noise_heads=2,
    num_key_value_heads=2,
    head_dim=12,
    v_head_dim=8,
    q_lora_rank=10,
    kv_lora_rank=16,
    qk_rope_head_dim=4,
    position=Rope(),
    output_gate=True,
)


def test_blocks_that_an_index_chooses() -> None:
    made = BLOCKS.expand(SCOPE)
    counted = facts(made)
    index = 32 * 2 * 6 + 32 * 6 + 2 * 6
    assert counted.total_parameters == 2 * 32 * 32 + 2 * 32 * 16 + 2 * 8 + index
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * 16
    (attention,) = (leaf for leaf in leaves(made) if leaf.name == "attention")
    assert attention.heads is not None
    assert (attention.heads.reach, attention.inputs) == (48, 4)
    words = describe(made)
    assert (words.label, words.detail) == ("Block-sparse attention", "4 query / 2 KV heads, dim 8")
    assert words.notes == (
        "KV cache per token and layer: 2 × 2 × 8 values (64 bytes, bf16)",
        "plus 6 indexer-key values per token",
        "per KV head each query attends to ≤ 48 keys, incl. its own block of 16",
    )
    (indexer,) = (describe(leaf) for leaf in leaves(made) if leaf.name == "indexer")
    assert (indexer.full, indexer.tag) == ("Block indexer, top-3 blocks of 16 tokens, RoPE", "top-3 blocks")
    assert leaving(made, 1) == 1
    more = describe(BLOCKS.model_copy(update={"index_local_blocks": 3}).expand(SCOPE)).notes[2]
    assert more == "per KV head each query attends to ≤ 48 keys, incl. its own block of 16 and the 2 before it"


def test_sinks_and_softcaps_go_with_selected_blocks() -> None:
    plain, more = (BLOCKS.model_copy(update=fields).expand(SCOPE) for fields in ({}, {"sinks": True}))
    assert facts(more).total_parameters - facts(plain).total_parameters == 4
    assert "one learned sink per head" in describe(more).notes[-1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"index_n_heads": 4}, "index_n_heads 4 differs from num_key_value_heads 2"),
        ({"sliding_window": 8}, "sliding_window cannot be combined with an indexer"),
        ({"num_key_value_heads": 3}, "num_key_value_heads 3 does not divide"),
    ],
)
def test_what_an_index_of_blocks_refuses(change: dict[str, int], message: str) -> None:
    with pytest.raises(KindError, match=message):
        BLOCKS.model_copy(update=change).expand(SCOPE)


def test_noise_is_taken_away() -> None:
    made = DIFFERENCE.expand(SCOPE)
    queries = 32 * 10 + 10 + 10 * 6 * 12 + 10 * 4 * 8
    keys = 32 * (16 + 4) + 16 + 16 * 2 * (8 + 8)
    assert facts(made).total_parameters == queries + keys + 32 * 4 + 4 * 8 * 32
    assert facts(made).kv_cache_bytes_per_token() == 2 * (16 + 4)
    words = describe(made)
    assert (words.label, words.detail) == ("Differential attention", "4 signal / 2 noise heads")
    assert words.notes == (
        "KV cache per token and layer: 16 + 4 values (40 bytes, bf16)",
        "full causal attention",
    )
    (difference,) = (leaf for leaf in leaves(made) if leaf.name == "difference")
    assert describe(difference).full == "signal − λ × noise, 2 signal heads per noise head"
    assert leaving(made, 1) == 1


def test_a_sliding_layer_caches_whole_heads() -> None:
    made = DIFFERENCE.model_copy(update={"sliding_window": 9, "output_gate": False}).expand(SCOPE)
    words = describe(made)
    assert words.label == "Sliding-window differential attention"
    assert words.detail == "4 signal / 2 noise heads, window 9"
    assert words.notes == (
        "KV cache per token and layer: 2 × (12 + 8) values (80 bytes, bf16)",
        "causal, window 9 tokens",
    )
    (cache,) = (leaf.cache for leaf in leaves(made) if leaf.cache)
    assert (cache.elements, cache.window) == (2 * (12 + 8), Window(9))
    assert facts(DIFFERENCE.expand(SCOPE)).total_parameters - facts(made).total_parameters == 10 * 4 * 8
    assert leaving(made, 1) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_noise_heads": 4}, "num_noise_heads 4 does not divide 6 heads into whole groups"),
        ({"num_key_value_heads": 4}, "num_key_value_heads 4 does not divide num_attention_heads 6"),
        ({"qk_rope_head_dim": 12}, "qk_rope_head_dim 12 is not less than head_dim 12"),
    ],
)
def test_what_differential_attention_refuses(change: dict[str, int], message: str) -> None:
    with pytest.raises(KindError, match=message):
        DIFFERENCE.model_copy(update=change).expand(SCOPE)
