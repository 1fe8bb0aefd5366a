"""Softmax attention: widths, biases, gates, what is cached, and who makes keys and values."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.position import ALiBi, RelativeBias, Rope
from archdraw.kinds.mixers.token_sparse_attention import TokenSparseAttention
from archdraw.tree.blocks import Cache, Leaf, Module, Window, leaves
from archdraw.tree.facts import facts

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
    assert narrow.detail == "8 Q, 2 KV, head 16, V 12"
    assert leaf(narrow, "attention").heads.value_width == 12  # type: ignore[union-attr]
    assert narrow.notes[0] == "a token caches 2 × (16 + 12) values, 112 bytes in bf16"


@pytest.mark.parametrize(
    ("gate", "projection", "width"),
    [("elementwise", None, 128), (True, "gate_proj", 128), ("per_head", "g_proj", 8), ("per_head", None, 8)],
)
def test_gates(gate: object, projection: str | None, width: int) -> None:
    gated = made(output_gate=gate, gate_projection=projection)
    assert facts(gated).total_parameters == SHAPE + 64 * width
    assert gated.label == "Gated attention"
    own = [leaf.name for leaf in leaves(gated) if leaf.outputs == ("gate",)]
    assert own == ([projection] if projection else [])
    assert leaf(gated, "gate").label == ("sigmoid, per head" if gate == "per_head" else "sigmoid")


def test_a_gate_of_another_function() -> None:
    assert leaf(made(output_gate=True, gate_activation="softplus"), "gate").label == "softplus"


def test_keys_that_are_values_are_cached_once() -> None:
    one = made(attention_k_eq_v=True, v_norm=True, position=Rope())
    assert facts(one).total_parameters == SHAPE - 64 * 32
    assert facts(one).cache == {Cache(32): 1}
    assert leaf(one, "v_norm").detail == "no weights"
    assert one.notes[0] == "a token caches 2 × 16 values (K is V), 64 bytes in bf16"


def test_keys_and_values_of_another_layer() -> None:
    shared = made(shares_kv="of layer 13", qk_norm="rmsnorm_per_head", attention_bias=True)
    assert facts(shared).total_parameters == 64 * 128 + 128 + 128 * 64 + 64 + 16
    assert facts(shared).cache == {}
    source = leaf(shared, "shared_kv")
    assert (source.inputs, source.outputs, source.detail) == (0, ("K", "V"), "of layer 13")
    assert "q and output have a bias" in shared.notes


def test_tokens_that_see_each_other_leave_nothing() -> None:
    encoder = made(is_causal=False)
    assert facts(encoder).cache == {}
    assert encoder.detail.endswith("both ways")


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
    assert "q, v and output have a bias" in made(attention_bias=True, attention_key_bias=False).notes


@pytest.mark.parametrize(
    ("norm", "count"),
    [
        ("rmsnorm_per_head", 32),
        ("rmsnorm_per_projection", 128 + 32),
        ("layernorm_per_head", 64),
        ("layernorm_each_head", 8 * 16 + 2 * 16),
        ("layernorm_per_projection", 2 * (128 + 32)),
        ("l2norm_per_head", 0),
    ],
)
def test_norms_of_queries_and_keys(norm: str, count: int) -> None:
    assert facts(made(qk_norm=norm)).parts.get("norm", 0) == count


def test_the_norm_may_come_after_the_rotation() -> None:
    def order(**fields: object) -> list[str]:
        names = [leaf.name for leaf in leaves(made(qk_norm="rmsnorm_per_head", position=Rope(), **fields))]
        return [name for name in names if name in ("qk_norm", "rotary_emb")]

    assert order() == ["qk_norm", "rotary_emb"]
    assert order(qk_norm_after_position=True) == ["rotary_emb", "qk_norm"]


def test_what_is_added_to_the_scores() -> None:
    assert leaf(made(position=ALiBi(), sinks=True), "attention").chip == "sinks, ALiBi"
    biased = made(position=RelativeBias(relative_attention_num_buckets=4))
    assert facts(biased).total_parameters == SHAPE + 4 * 8


def test_remarks() -> None:
    remarks = " ".join(made(attention_multiplier=0.25, clip_qkv=8.0, attn_temperature_len=1024, sinks=True).notes)
    for remark in ("scores × 0.25", "clamped at ±8", "beyond token 1,024", "1 learned sink a head"):
        assert remark in remarks
    assert leaf(made(attention_value_scale=0.707), "v_scale").label == "× 0.707"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"shares_kv": True, "attention_k_eq_v": True}, "attention_k_eq_v", "keys and values of another layer"),
        ({"attention_k_eq_v": True, "v_head_dim": 8}, "v_head_dim", "have their width"),
        ({"query_pre_attn_scalar": 8.0, "attention_multiplier": 1.0}, "attention_multiplier", "both scale"),
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
    assert (chosen.label, leaf(chosen, "attention").inputs) == ("Sparse attention", 4)
    assert "index: 8 values a token more" in chosen.notes


def test_a_chosen_few_have_no_window() -> None:
    with pytest.raises(KindError, match="sliding_window does not go with tokens that an indexer chooses"):
        SPARSE.model_copy(update={"sliding_window": 8}).expand(SCOPE)


def test_multi_head_has_as_many_keys_as_queries() -> None:
    assert facts(MultiHead(num_attention_heads=4).expand(SCOPE)).total_parameters == 4 * 64 * 64
