"""Latent and compressed attention, their indexers, residual streams, memories of n-grams: counts by hand."""

from __future__ import annotations

from typing import Any

import pytest

from archdraw.kinds.base import KindError
from archdraw.kinds.embeddings.dspark import DSpark
from archdraw.kinds.embeddings.ngram_embedding import NgramEmbedding
from archdraw.kinds.embeddings.ngram_memory import NgramMemory
from archdraw.kinds.feed_forward.feed_forward import SwiGLU
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.layers.shortcut_layer import ShortcutLayer
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.mixers.compressed_attention import CompressedAttention
from archdraw.kinds.mixers.latent_attention import MultiHeadLatent
from archdraw.kinds.mixers.pooled_sparse_attention import PooledSparseAttention
from archdraw.kinds.mixers.position import NoPosition, Rope
from archdraw.kinds.mixers.shared_compressed_attention import SharedCompressedAttention
from archdraw.kinds.residuals.hyper_connections import GatedResidual, HyperConnections, ResidualStreams, StreamHead
from archdraw.readers.config import Config
from archdraw.readers.families.qwen4 import table_rows
from archdraw.readers.families.streams import layer_ratios
from archdraw.readers.latent_parts import index_kinds, sparse_layers
from archdraw.tree.blocks import Leaf, Module, Parallel, Residual, Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from described import describe
from samples import LATENT, SCOPE

HIDDEN = SCOPE.hidden_size
INDEX: dict[str, Any] = {"index_n_heads": 4, "index_head_dim": 32, "index_topk": 256}
COMPRESSED: dict[str, Any] = {
    "num_attention_heads": 8,
    "head_dim": 64,
    "qk_rope_head_dim": 16,
    "q_lora_rank": 96,
    "o_groups": 2,
    "o_lora_rank": 48,
    "sliding_window": 128,
    "position": Rope(),
}
# Latent of queries with its norm, queries, keys with their norm, sinks, and the two steps of the output projection.
WINDOW_ONLY = HIDDEN * 96 + 96 + 96 * 8 * 64 + HIDDEN * 64 + 64 + 8 + 2 * 48 * (8 * 64 // 2) + 2 * 48 * HIDDEN


def total(block: Any) -> int:
    return facts(block).total_parameters


def test_an_indexer_adds_three_projections_and_a_norm() -> None:
    full = LATENT.model_copy(update={"indexer": "full", **INDEX}).expand(SCOPE)
    assert total(full) - total(LATENT.expand(SCOPE)) == 768 * 4 * 32 + HIDDEN * 32 + 2 * 32 + HIDDEN * 4
    counted = facts(full)
    assert counted.kv_cache_bytes_per_token() == 2 * (512 + 64)
    assert counted.index_cache_bytes_per_token() == 2 * 32
    assert counted.attended == {(256, 1): 16 * (192 + 128), (None, 1): 4 * 32}
    assert describe(full).label == "MLA with DeepSeek Sparse Attention (DSA)"
    assert describe(full).notes[1:] == (
        "plus 32 indexer-key values per token",
        "each query attends to ≤ 256 keys",
    )
    labels = {leaf.name: describe(leaf).full for leaf in leaves(full) if leaf.name.startswith("indexer")}
    assert labels == {
        "indexer.weights_proj": "weights (4), per index head",
        "indexer.wk": "index K 32",
        "indexer.k_norm": "LayerNorm",
        "indexer.wq_b": "index Q 4 × 32",
        "indexer": "Lightning indexer, top-256 tokens, RoPE",
    }


def test_an_indexer_says_how_many_of_its_features_are_rotated() -> None:
    """DeepseekV32Indexer of transformers splits off qk_rope_head_dim of the index_head_dim features."""
    wide = LATENT.model_copy(update={"indexer": "full", **INDEX, "index_head_dim": 128}).expand(SCOPE)
    (indexer,) = (leaf for leaf in leaves(wide) if leaf.name == "indexer")
    assert describe(indexer).full == "Lightning indexer, top-256 tokens, partial RoPE (64/128)"


def test_a_shared_index_has_no_weights_and_a_line_from_elsewhere() -> None:
    shared = LATENT.model_copy(update={"indexer": "shared", "index_topk": 256}).expand(SCOPE)
    assert total(shared) == total(LATENT.expand(SCOPE))
    assert facts(shared).index_cache_bytes_per_token() == 0
    (source,) = (leaf for leaf in leaves(shared) if leaf.inputs == 0)
    assert source.outputs == ("top-k",)
    assert describe(shared).label == "MLA with DSA, shared index"
    assert (describe(source).full, describe(source).tag) == (
        "Shared index, top-256 of an earlier layer",
        "top-256, shared",
    )


def test_a_pooled_index_is_cached_once_for_its_tokens() -> None:
    pooled = LATENT.model_copy(update={"indexer": "full", "index_kpool": 4, **INDEX}).expand(SCOPE)
    plain = LATENT.model_copy(update={"indexer": "full", **INDEX}).expand(SCOPE)
    assert total(pooled) - total(plain) == 32 * HIDDEN + 4 * 32
    assert facts(pooled).index_cache_bytes_per_token() == 2 * 32 // 4
    assert describe(pooled).notes[1] == "plus 32 indexer-key values per 4 tokens"
    reaches = [[note for note in describe(made).notes if "attends" in note] for made in (pooled, plain)]
    unfinished = "each query attends to ≤ 256 tokens and its own unfinished block of 4"
    assert reaches == [[unfinished], ["each query attends to ≤ 256 keys"]]


def test_latent_attention_without_rotation_gates_and_sinks() -> None:
    plain = LATENT.model_copy(update={"qk_rope_head_dim": 0, "position": NoPosition()}).expand(SCOPE)
    assert facts(plain).kv_cache_bytes_per_token() == 2 * 512
    attention = next(leaf for leaf in leaves(plain) if leaf.name == "attention")
    assert attention.inputs == 3
    assert describe(plain).detail == "16 heads, latent 512"
    assert describe(plain).notes == (
        "KV cache per token and layer: 512 values (1 KiB, bf16)",
        "no positional encoding (NoPE)",
    )
    gated = LATENT.model_copy(update={"output_gate": True, "sinks": True}).expand(SCOPE)
    assert total(gated) - total(LATENT.expand(SCOPE)) == HIDDEN * 16 * 128 + 16
    by_head = LATENT.model_copy(update={"output_gate": "per_head"}).expand(SCOPE)
    assert total(by_head) - total(LATENT.expand(SCOPE)) == HIDDEN * 16


def test_learned_scaling_of_the_queries_and_of_those_of_an_indexer() -> None:
    direct = LATENT.model_copy(update={"q_lora_rank": None})
    scaled = direct.model_copy(update={"softmax_scaling": True})
    assert total(scaled.expand(SCOPE)) - total(direct.expand(SCOPE)) == 2 * 16
    indexed = scaled.model_copy(update={"indexer": "full", **INDEX}).expand(SCOPE)
    heads, width = INDEX["index_n_heads"], INDEX["index_head_dim"]
    # A LayerNorm of the input, queries with their scaling, one key with its LayerNorm, one weight for each head.
    own = 2 * HIDDEN + HIDDEN * heads * width + 2 * heads + HIDDEN * width + 2 * width + HIDDEN * heads
    assert total(indexed) - total(scaled.expand(SCOPE)) == own
    assert "SSMax: Q × (s ln(n + 1) + b) at token n" in " ".join(map(str, describe(indexed).notes))


def test_a_shared_latent_is_neither_projected_nor_cached() -> None:
    own, shared = (LATENT.model_copy(update={"shares_kv": shares}).expand(SCOPE) for shares in (False, True))
    assert total(own) - total(shared) == HIDDEN * (512 + 64) + 512
    assert (facts(own).kv_cache_bytes_per_token(), facts(shared).kv_cache_bytes_per_token()) == (2 * (512 + 64), 0)
    assert "no KV cache of its own" in describe(shared).notes
    with pytest.raises(KindError, match="k_rope_norm without a latent of its own"):
        LATENT.model_copy(update={"shares_kv": True, "k_rope_norm": True}).expand(SCOPE)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"indexer": "full"}, "index_n_heads is missing"),
        ({"indexer": "shared"}, "index_topk is missing"),
        ({"index_topk": 64}, "index_topk without an indexer"),
        ({"indexer": "full", "q_lora_rank": None, **INDEX}, "q_lora_rank is missing"),
    ],
)
def test_an_indexer_needs_its_sizes(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(KindError, match=message):
        MultiHeadLatent.model_copy(LATENT, update=fields).expand(SCOPE)


def test_compressed_attention() -> None:
    window = CompressedAttention(**COMPRESSED).expand(SCOPE)
    assert total(window) == WINDOW_ONLY
    assert (facts(window).kv_cache_bytes_per_token(), facts(window).state) == (0, 128 * 64)
    heavy = CompressedAttention(**COMPRESSED, compress_ratio=16).expand(SCOPE)
    assert total(heavy) - total(window) == 2 * HIDDEN * 64 + 16 * 64 + 64
    assert facts(heavy).kv_cache_bytes_per_token() == 2 * 64 // 16
    assert facts(heavy).kv_cache_bytes(64) == 2 * 64 * 4
    sparse = CompressedAttention(**COMPRESSED, compress_ratio=4, **INDEX).expand(SCOPE)
    compressors = sum(2 * HIDDEN * 2 * width + 4 * 2 * width + width for width in (64, 32))
    assert total(sparse) - total(window) == compressors + 96 * 4 * 32 + HIDDEN * 4
    assert facts(sparse).index_cache_bytes_per_token() == 2 * 32 // 4
    assert (window.role, heavy.role, sparse.role) == ("sliding", "attention", "attention")
    words = describe(window), describe(heavy), describe(sparse)
    assert [word.label for word in words] == [
        "Sliding-window attention",
        "Heavily compressed attention",
        "Compressed sparse attention",
    ]
    assert {word.detail for word in words} == {"8 query / 1 KV head, dim 64, window 128"}
    assert [word.notes for word in words] == [
        (
            "KV cache per layer: 64 values × last 128 tokens (16 KiB, bf16)",
            "causal, window 128 tokens; one learned sink per head",
        ),
        (
            "KV cache per layer: 64 values per 16 tokens (128 bytes, bf16)",
            "plus 64 values for each of the last 128 tokens",
            "causal; one learned sink per head",
        ),
        (
            "KV cache per layer: 64 values per 4 tokens (128 bytes, bf16)",
            "plus 64 values for each of the last 128 tokens",
            "plus 32 indexer-key values per 4 tokens",
            "causal; one learned sink per head",
        ),
    ]
    boxes = {leaf.name: describe(leaf) for leaf in leaves(sparse)}
    assert (boxes["compressor"].full, boxes["compressor"].tag) == (
        "Softmax pooling, window 8, stride 4",
        "4:1 compression",
    )
    # The indexer's keys come from a compressor like it: DeepseekV4Indexer of transformers.
    assert boxes["compressor.indexer"].full == boxes["compressor"].full
    assert [boxes[f"compressor.indexer.{name}"].label for name in ("kv_proj", "gate_proj")] == [
        "index K 64",
        "pooling weights 64",
    ]
    assert boxes["rotary_emb"].full == "Inverse RoPE (16), on the output"
    assert boxes["o_a_proj"].full == "2 groups of heads, 256 → 48 each"


def test_shared_entries() -> None:
    window = SharedCompressedAttention(**COMPRESSED).expand(SCOPE)
    assert total(window) == WINDOW_ONLY
    source = SharedCompressedAttention(**COMPRESSED, compress_ratio=2, **INDEX).expand(SCOPE)
    index_queries, index_keys = 96 * 4 * 32 + HIDDEN * 4, 64 * 32 + 32
    assert total(source) - total(window) == 2 * HIDDEN * 64 + 64 + index_queries + index_keys
    assert facts(source).kv_cache_bytes_per_token() == 64
    each = SharedCompressedAttention(**COMPRESSED, compress_ratio=1, **INDEX).expand(SCOPE)
    assert total(source) - total(each) == HIDDEN * 64
    again = SharedCompressedAttention(**COMPRESSED, compress_ratio=1, entries="shared", **INDEX).expand(SCOPE)
    assert total(again) - total(window) == index_queries
    reused = SharedCompressedAttention(
        **COMPRESSED, compress_ratio=1, entries="shared", indexer="shared", **INDEX
    ).expand(SCOPE)
    assert total(reused) == total(window)
    assert [facts(block).kv_cache_bytes_per_token() for block in (again, reused)] == [0, 0]
    # What an earlier layer has cached was rotated there.
    turned = [
        [describe(leaf).label for leaf in leaves(block) if "RoPE" in describe(leaf).label] for block in (each, again)
    ]
    assert len(turned[0]) == len(turned[1]) + 1
    assert [describe(block).label for block in (source, each, again, reused)] == [
        "Compressed sparse attention",
        "Global sparse attention",
        "Re-indexed sparse attention",
        "Shared global attention",
    ]
    assert describe(each).notes[0] == "KV cache per token and layer: 64 values (128 bytes, bf16)"
    # What selects is run again only where a layer has an indexer: without, no index key is read.
    assert describe(again).notes[0] == "reuses entries and index keys of an earlier layer"
    assert describe(reused).notes == (
        f"reuses entries and top-{INDEX['index_topk']} of an earlier layer",
        "plus 64 values for each of the last 128 tokens",
        "causal; one learned sink per head",
    )
    bounds: dict[str, Any] = {"candidate_topk_blocks": 16, "candidate_block_size": 8}
    made = SharedCompressedAttention(**COMPRESSED, compress_ratio=1, **INDEX, **bounds)
    assert "selects 16 candidate blocks of 8 for later layers" in describe(made.expand(SCOPE)).notes
    later = made.model_copy(update={"entries": "shared"})
    assert "top-k among 16 candidate blocks of 8" in describe(later.expand(SCOPE)).notes
    (chooses,) = (describe(leaf) for leaf in leaves(later.expand(SCOPE)) if leaf.name == "indexer")
    assert "among 16 × 8 candidates of an earlier layer" in chooses.full


def test_compressed_attention_refuses_what_does_not_fit() -> None:
    for kind in (CompressedAttention, SharedCompressedAttention):
        with pytest.raises(KindError, match="o_groups 3 does not divide"):
            kind(**COMPRESSED | {"o_groups": 3}).expand(SCOPE)
        with pytest.raises(KindError, match="an indexer selects compressed entries"):
            kind(**COMPRESSED, **INDEX).expand(SCOPE)
    with pytest.raises(KindError, match="needs an indexer of its own"):
        SharedCompressedAttention(**COMPRESSED, compress_ratio=2, indexer="shared", **INDEX).expand(SCOPE)


def test_a_pooled_index_beside_grouped_query_attention() -> None:
    heads: dict[str, Any] = {"num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64}
    index: dict[str, Any] = {
        "indexer_n_heads": 4,
        "indexer_head_dim": 32,
        "indexer_budget": 256,
        "indexer_compress_ratio": 4,
    }
    made = PooledSparseAttention(**heads, **index, output_gate=True, qk_norm="rmsnorm_per_head").expand(SCOPE)
    own = HIDDEN * (3 * 8 + 2 * 2) * 64 + 2 * 64
    assert total(made) == own + HIDDEN * 5 * 32 + 2 * 32
    assert facts(made).index_cache_bytes_per_token() == 2 * 32 // 4
    assert facts(made).attended == {(256 + 3, 1): 8 * 128, (None, 4): 4 * 32}
    assert describe(made).label == "Gated sparse attention"
    assert describe(made).notes[1:] == (
        "plus 32 indexer-key values per 4 tokens",
        "each query attends to ≤ 256 tokens and its own unfinished block of 4",
    )
    with pytest.raises(KindError, match="does not divide indexer_budget"):
        PooledSparseAttention(**heads, **index | {"indexer_budget": 255}).expand(SCOPE)


def test_hyper_connections_mix_or_only_read_and_write() -> None:
    plain = Decoder(attention=MultiHead(num_attention_heads=16))
    mixed = plain.model_copy(update={"residual": HyperConnections(hc_mult=4, hc_sinkhorn_iters=20)}).expand(SCOPE)
    free = plain.model_copy(update={"residual": HyperConnections(hc_mult=4)}).expand(SCOPE)
    assert total(mixed) - total(plain.expand(SCOPE)) == 24 * 4 * HIDDEN + 24 + 3
    assert total(free) - total(plain.expand(SCOPE)) == 8 * 4 * HIDDEN + 8 + 2
    assert isinstance(mixed, Module)
    assert isinstance(free, Module)
    assert any(isinstance(part, Parallel) for part in mixed.body.parts)  # type: ignore[union-attr]
    assert any(isinstance(part, Residual) for part in free.body.parts)  # type: ignore[union-attr]
    single = HyperConnections(hc_mult=4, hc_sinkhorn_iters=20, single_pass=True)
    assert total(plain.model_copy(update={"residual": single}).expand(SCOPE)) == total(mixed)


def test_gated_streams_bring_their_norm() -> None:
    plain = Decoder(attention=MultiHead(num_attention_heads=16))
    made = plain.model_copy(update={"residual": GatedResidual(hc_count=4, hc_lowrank=8)}).expand(SCOPE)
    wide = 4 * HIDDEN
    assert total(made) - total(plain.expand(SCOPE)) == wide + 2 * 8 * wide + 4 * wide - HIDDEN
    head = StreamHead(hc_mult=4, read="gated", hc_lowrank=8).expand(SCOPE)
    assert total(head) == wide + 2 * 8 * wide


def test_streams_begin_and_end() -> None:
    assert total(ResidualStreams(hc_mult=4).expand(SCOPE)) == 0
    assert total(StreamHead(hc_mult=4).expand(SCOPE)) == 4 * 4 * HIDDEN + 4 + 1
    ends = [StreamHead(hc_mult=4, read="mean").expand(SCOPE), StreamHead(hc_mult=4, read="carried").expand(SCOPE)]
    assert [describe(end).full for end in ends if isinstance(end, Leaf)] == [
        "Mean of 4 streams",
        "Collapse 4 streams, coefficients of the last layer",
    ]
    assert [total(end) for end in ends] == [0, 0]


def test_tables_of_ngrams_are_looked_up_not_multiplied() -> None:
    made = NgramEmbedding(ngram_vocab_size_ratio=2, emb_neighbor_num=3, emb_split_num=2).expand(SCOPE)
    rows = sum(2 * SCOPE.vocab_size + 2 * index + 1 for index in range(4))
    assert total(made) == SCOPE.vocab_size * HIDDEN + rows * HIDDEN // 4 + 4 * (HIDDEN // 4) * HIDDEN
    assert facts(made).active_parameters_without_input_embedding == HIDDEN * HIDDEN
    assert facts(made).multiplications == HIDDEN * HIDDEN
    with pytest.raises(KindError, match="3 tables do not divide hidden_size 2,048"):
        NgramEmbedding(ngram_vocab_size_ratio=2, emb_neighbor_num=2, emb_split_num=3).expand(SCOPE)


def test_a_memory_of_ngrams() -> None:
    fields: dict[str, Any] = {"num_embeddings": 1000, "embed_dim": 64, "ngram_size": 3, "heads_per_ngram": 2}
    wide = 4 * HIDDEN
    made = NgramMemory(**fields, hc_mult=4).expand(SCOPE)
    assert total(made) == 1000 * 16 + 64 * (wide + HIDDEN) + 3 * wide + 4 * wide
    assert facts(made).state == 3 * 3 * wide
    fused = NgramMemory(**fields, hc_mult=4, conv_kernel_size=None, projections="wkv").expand(SCOPE)
    assert total(fused) == 1000 * 16 + 64 * (wide + HIDDEN) + 2 * wide
    with pytest.raises(KindError, match="4 tables do not divide embed_dim 66"):
        NgramMemory(**fields | {"embed_dim": 66}).expand(SCOPE)


def test_a_shortcut_layer_counts_its_shared_norm_once() -> None:
    attention, dense = MultiHead(num_attention_heads=16), SwiGLU(intermediate_size=512)
    experts = MixtureOfExperts(
        num_experts=8, num_experts_per_tok=2, moe_intermediate_size=64, zero_expert_num=4, e_score_correction_bias=True
    )
    made = ShortcutLayer(attention=attention, feed_forward=dense, experts=experts).expand(SCOPE)
    parts = 2 * 4 * HIDDEN**2 + 2 * 3 * HIDDEN * 512 + 8 * 3 * HIDDEN * 64 + 12 * HIDDEN
    assert total(made) == parts + 4 * HIDDEN
    assert facts(made).active_parameters == total(made) - 6 * 3 * HIDDEN * 64
    assert facts(made).layers == 1


def test_dspark_is_listed_beside() -> None:
    layer = Decoder(attention=MultiHead(num_attention_heads=16, is_causal=False))
    made = DSpark(layer=layer, num_nextn_predict_layers=2, target_layer_ids=(3, 4, 5), markov_rank=8).expand(SCOPE)
    assert isinstance(made, Side)
    one = 4 * HIDDEN**2 + HIDDEN
    own = 3 * HIDDEN**2 + 2 * HIDDEN + 2 * SCOPE.vocab_size * 8 + HIDDEN + 8
    assert facts(made).auxiliary == {"DSpark": 2 * one + own}
    assert facts(made).total_parameters == 0


def test_schedules_of_configs() -> None:
    assert index_kinds(Config({}), 3) == ["full"] * 3
    every_third = Config({"index_topk_freq": 3, "index_skip_topk_offset": 2})
    assert index_kinds(every_third, 6) == ["full", "full", "shared", "shared", "full", "shared"]
    assert index_kinds(Config({"index_topk_pattern": "FSS"}), 3) == ["full", "shared", "shared"]
    assert sparse_layers(Config({"first_k_dense_replace": 1, "moe_layer_freq": 2}), 4) == [False, False, True, False]
    assert layer_ratios(Config({"compress_ratios": [0, 4, 128, 0]}), 3) == ["sliding", "sparse", "heavy"]
    unknown = Config({"compress_ratios": [7]})
    layer_ratios(unknown, 1)
    assert [complaint.message for complaint in unknown.complaints] == ["unknown compress ratio 7"]


def test_tables_have_prime_sizes() -> None:
    assert table_rows(10, 0, 3, 1) == 11 + 13 + 17
    assert table_rows(10, 1, 2, 8) == 32
