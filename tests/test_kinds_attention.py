"""Softmax attention: widths, biases, gates, what is cached, and who makes keys and values."""

from __future__ import annotations

import pytest

from archdraw.glossary import text
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.position import ALiBi, NoPosition, RelativeBias, Rope, RopeScaling
from archdraw.kinds.mixers.token_sparse_attention import TokenSparseAttention
from archdraw.tree.blocks import Cache, Leaf, Module, Window
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from described import describe

SCOPE = Scope(hidden_size=64, vocab_size=100)
GROUPED = GroupedQuery(num_attention_heads=8, num_key_value_heads=2, head_dim=16)
SHAPE = 64 * (8 * 16) + 2 * 64 * (2 * 16) + 8 * 16 * 64
"""Parameters of ``GROUPED``: queries, keys and values, output."""


def made(**fields: object) -> Module:
    return GROUPED.model_copy(update=fields).expand(SCOPE)


def leaf(module: Module, name: str) -> Leaf:
    return next(leaf for leaf in leaves(module) if leaf.name == name)


def test_narrow_values() -> None:
    narrow = made(v_head_dim=12)
    counted = facts(narrow)
    assert counted.total_parameters == 64 * 128 + 64 * 32 + 64 * 24 + 8 * 12 * 64
    assert counted.kv_cache_bytes_per_token() == 2 * 2 * (16 + 12)
    assert describe(narrow).detail == "8 query / 2 KV heads, dim 16 (V 12)"
    assert leaf(narrow, "attention").heads.value_width == 12  # type: ignore[union-attr]
    assert describe(narrow).notes[0] == "KV cache per token and layer: 2 × (16 + 12) values (112 bytes, bf16)"


@pytest.mark.parametrize(
    ("gate", "projection", "width"),
    [("elementwise", None, 128), (True, "gate_proj", 128), ("per_head", "g_proj", 8), ("per_head", None, 8)],
)
def test_gates(gate: object, projection: str | None, width: int) -> None:
    gated = made(output_gate=gate, gate_projection=projection)
    assert facts(gated).total_parameters == SHAPE + 64 * width
    assert describe(gated).label == "Gated attention"
    own = [leaf.name for leaf in leaves(gated) if leaf.outputs == ("gate",)]
    assert own == ([projection] if projection else [])
    assert describe(leaf(gated, "gate")).label == ("sigmoid per head" if gate == "per_head" else "sigmoid")


def test_a_gate_of_another_function() -> None:
    assert describe(leaf(made(output_gate=True, gate_activation="softplus"), "gate")).label == "softplus"


def test_keys_that_are_values_are_cached_twice_where_a_norm_or_rotation_parts_them() -> None:
    both = made(attention_k_eq_v=True, v_norm=True, position=Rope())
    assert facts(both).total_parameters == SHAPE - 64 * 32
    assert facts(both).cache == {Cache(64): 1}
    assert describe(leaf(both, "v_norm")).full == "RMSNorm per head, no weights"
    assert describe(both).notes[0] == "KV cache per token and layer: 2 × 2 × 16 values (128 bytes, bf16)"
    assert facts(made(attention_k_eq_v=True, qk_norm="rmsnorm_per_head")).cache == {Cache(64): 1}


def test_keys_that_are_values_are_cached_once_where_they_stay_the_same() -> None:
    one = made(attention_k_eq_v=True)
    assert facts(one).cache == {Cache(32): 1}
    assert describe(one).notes[0] == "KV cache per token and layer: 2 × 16 values (K = V, 64 bytes, bf16)"


def test_keys_and_values_of_another_layer() -> None:
    shared = made(shares_kv="of layer 13", qk_norm="rmsnorm_per_head", attention_bias=True)
    assert facts(shared).total_parameters == 64 * 128 + 128 + 128 * 64 + 64 + 16
    assert facts(shared).cache == {}
    source = leaf(shared, "shared_kv")
    assert (source.inputs, source.outputs, source.origin) == (0, ("K", "V"), 13)
    assert text(source.detail) == "of layer 13"
    assert describe(shared).detail == "8 query / 2 KV heads, dim 16"
    assert describe(shared).notes == (
        "reuses K and V of layer 13; adds nothing to the cache",
        "bias on Q and output",
    )
    assert describe(leaf(made(shares_kv=True), "shared_kv")).detail == "of an earlier layer"


def test_tokens_that_see_each_other_leave_nothing() -> None:
    encoder = made(is_causal=False)
    assert facts(encoder).cache == {}
    assert describe(encoder).detail == "8 query / 2 KV heads, dim 16, bidirectional"
    assert describe(encoder).notes == ("bidirectional; no KV cache",)


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"sliding_window": 1024}, "causal, window 1,024 tokens"),
        ({"attention_chunk_size": 64}, "causal, chunks of 64 tokens"),
    ],
)
def test_causal_masks_are_named(fields: dict[str, object], note: str) -> None:
    assert describe(made(**fields)).notes[1:] == (note,)
    assert "causal" not in describe(leaf(made(**fields), "attention")).detail


def test_attention_to_all_tokens_before_is_named_in_its_box() -> None:
    assert describe(made()).notes[1:] == ()
    assert describe(leaf(made(), "attention")).detail == "causal, 4 query heads per KV head"


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"sliding_window": 1024}, "bidirectional, window 1,024 tokens (±512); no KV cache"),
        ({"attention_chunk_size": 64}, "bidirectional, chunks of 64 tokens; no KV cache"),
    ],
)
def test_bidirectional_masks_are_named(fields: dict[str, object], note: str) -> None:
    assert describe(made(is_causal=False, **fields)).notes == (note,)


def test_windows_bound_the_cache_and_the_reach() -> None:
    sliding = made(sliding_window=128)
    assert facts(sliding).cache == {Cache(32, Window(128)): 2}
    assert leaf(sliding, "attention").heads.reach == 128  # type: ignore[union-attr]


def test_biases_each_by_itself() -> None:
    def extra(**fields: object) -> int:
        return facts(made(**fields)).total_parameters - SHAPE

    assert extra(attention_bias=True) == 128 + 32 + 32 + 64
    assert extra(attention_bias=True, attention_key_bias=False) == 128 + 32 + 64
    assert extra(attention_bias=True, attention_out_bias=False) == 128 + 32 + 32
    assert describe(made(attention_bias=True, attention_key_bias=False)).notes[-1] == "bias on Q, V and output"


@pytest.mark.parametrize(
    ("norm", "count", "words"),
    [
        ("rmsnorm_per_head", 32, "RMSNorm per head"),
        ("rmsnorm_per_projection", 128 + 32, "RMSNorm over all heads"),
        ("layernorm_per_head", 64, "LayerNorm per head"),
        ("layernorm_each_head", 8 * 16 + 2 * 16, "LayerNorm per head, weights per head"),
        ("layernorm_per_projection", 2 * (128 + 32), "LayerNorm over all heads"),
        ("l2norm_per_head", 0, "L2 norm per head"),
        ("unit_rmsnorm_per_head", 0, "RMSNorm per head, no weights"),
    ],
)
def test_norms_of_queries_and_keys(norm: str, count: int, words: str) -> None:
    normed = made(qk_norm=norm)
    assert facts(normed).parts.get("norm", 0) == count
    assert describe(leaf(normed, "qk_norm")).full == words


def test_the_norm_may_come_after_the_rotation() -> None:
    def order(**fields: object) -> list[str]:
        names = [leaf.name for leaf in leaves(made(qk_norm="rmsnorm_per_head", position=Rope(), **fields))]
        return [name for name in names if name in ("qk_norm", "rotary_emb")]

    assert order() == ["qk_norm", "rotary_emb"]
    assert order(qk_norm_after_position=True) == ["rotary_emb", "qk_norm"]


def test_what_is_added_to_the_scores() -> None:
    assert describe(leaf(made(position=ALiBi(), sinks=True), "attention")).tag == "sinks, ALiBi"
    biased = made(position=RelativeBias(relative_attention_num_buckets=4), attn_logit_softcapping=30.0)
    assert facts(biased).total_parameters == SHAPE + 4 * 8
    assert describe(leaf(biased, "attention")).tag == "relative-position bias, logit softcap 30"
    assert describe(biased).notes[1] == "owns the relative-bias table: 4 buckets of distances up to 128"
    shared = RelativeBias(shared=True, relative_attention_num_buckets=8, relative_attention_max_distance=20)
    said = describe(made(position=shared)).notes[1]
    assert said == "relative-bias table of the first layer: 8 buckets of distances up to 20"
    assert not leaf(made(), "attention").tag


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"attention_multiplier": 1.0}, "no 1/√d scaling"),
        ({"attention_multiplier": 0.0078125}, "attention scale 1/128"),
        ({"attention_multiplier": 0.3}, "attention scale 0.3"),
        ({"attention_multiplier": 4.0}, "attention scale 4"),
        ({"query_pre_attn_scalar": 168.0}, "attention scale 1/√168"),
        ({"clip_qkv": 8.0}, "Q, K and V clamped to ±8"),
        ({"attn_temperature_len": 1024}, "attention logits × ln n / ln 1,024 for token n > 1,024"),
        ({"attn_temperature_tuning": True}, "Q × (1 + 0.1 ln(1 + floor(n / 8,192))) at token n"),
        ({"sinks": True}, "one learned sink per head"),
        ({"position": NoPosition()}, "no positional encoding (NoPE)"),
    ],
)
def test_notes_say_what_no_box_shows(fields: dict[str, object], note: str) -> None:
    assert note in "; ".join(describe(made(**fields)).notes[1:]).split("; ")


def test_values_can_be_scaled() -> None:
    assert describe(leaf(made(attention_value_scale=0.707), "v_scale")).label == "× 0.707"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"shares_kv": True, "attention_k_eq_v": True},
            "attention_k_eq_v",
            "combined with shares_kv",
        ),
        ({"attention_k_eq_v": True, "v_head_dim": 8}, "v_head_dim", "v_head_dim must equal head_dim where K = V"),
        ({"query_pre_attn_scalar": 8.0, "attention_multiplier": 1.0}, "attention_multiplier", "cannot both be set"),
        ({"gate_projection": "g_proj"}, "gate_projection", "without an output_gate"),
    ],
)
def test_contradictions(fields: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(KindError, match=message) as caught:
        made(**fields)
    assert caught.value.field == field


SPARSE = TokenSparseAttention(
    num_attention_heads=8, num_key_value_heads=2, head_dim=16, index_n_heads=4, index_head_dim=8, index_topk=32
)


def test_an_indexer_chooses_tokens() -> None:
    chosen = SPARSE.expand(SCOPE)
    index = 64 * 4 + 64 * 8 + 64 * (4 * 8)
    assert facts(chosen).parts == {"attention": SHAPE + index, "norm": 2 * 8}
    assert facts(chosen).cache == {Cache(32): 2, Cache(8, index=True): 1}
    assert leaf(chosen, "attention").heads.reach == 32  # type: ignore[union-attr]
    words = describe(chosen)
    assert (words.label, leaf(chosen, "attention").inputs) == ("GQA with DeepSeek Sparse Attention (DSA)", 4)
    assert words.notes[1:] == (
        "plus 8 indexer-key values per token",
        "each query attends to ≤ 32 keys",
    )
    assert describe(leaf(chosen, "attention")).detail.startswith("causal, ")
    # The angles of the layer turn as many features of an index head, at most all of them.
    for share, rotation in ((1.0, "RoPE"), (0.25, "partial RoPE (4/8)")):
        turned = SPARSE.model_copy(update={"position": Rope(partial_rotary_factor=share)})
        assert describe(leaf(turned.expand(SCOPE), "indexer")).detail.endswith(f", {rotation}")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sliding_window": 8}, "sliding_window cannot be combined with an indexer"),
        ({"is_causal": False}, "is_causal: false cannot be combined with an indexer"),
    ],
)
def test_an_indexer_excludes_some_fields(fields: dict[str, object], message: str) -> None:
    with pytest.raises(KindError) as caught:
        SPARSE.model_copy(update=fields).expand(SCOPE)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("position", "label", "detail"),
    [
        (Rope(rope_theta=500_000.0), "RoPE", "θ = 500,000"),
        (Rope(rope_scaling=RopeScaling(rope_type="linear", factor=8.0)), "RoPE, linear ×8", "θ = 10,000"),
        (Rope(rope_scaling=RopeScaling(rope_type="llama3", factor=8.0)), "RoPE, Llama 3 scaling ×8", "θ = 10,000"),
        (Rope(rope_scaling=RopeScaling(rope_type="longrope")), "RoPE, LongRoPE", "θ = 10,000"),
        (Rope(rope_scaling=RopeScaling(rope_type="dynamic", factor=2.0)), "RoPE, dynamic NTK ×2", "θ = 10,000"),
        (
            Rope(partial_rotary_factor=0.5, rope_scaling=RopeScaling(rope_type="yarn", factor=40.0)),
            "partial RoPE (8/16)",
            "θ = 10,000, YaRN ×40",
        ),
    ],
)
def test_rotations_are_named(position: Rope, label: str, detail: str) -> None:
    words = describe(leaf(made(position=position), "rotary_emb"))
    assert (words.label, words.detail, words.tag) == (label, detail, label)


def test_multi_head_has_as_many_keys_as_queries() -> None:
    assert facts(MultiHead(num_attention_heads=4).expand(SCOPE)).total_parameters == 4 * 64 * 64
