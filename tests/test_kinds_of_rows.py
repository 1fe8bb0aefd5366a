"""Fields and kinds that rows of readers brought: sub-norms, xIELU, gated norms, scaled lines, shared blocks."""

from __future__ import annotations

import pytest

from archdraw.errors import InputError
from archdraw.spec import expand, parse_spec
from archdraw.tree import walks
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.facts import facts

HEAD = "name: model\ncontext_length: 4096\nhidden_size: 64\nvocab_size: 1000\nlayers:\n"


def built(layer: str) -> Module:
    return expand(parse_spec(HEAD + layer))


def counted(layer: str) -> int:
    return facts(built(layer)).total_parameters


def leaf(block: Module, name: str) -> Leaf:
    return next(one for one in walks.leaves(block) if one.name == name)


ATTENTION = "  - decoder: {{attention: {{multi_head: {{num_attention_heads: 4{extra}}}}}}}\n"


@pytest.mark.parametrize(
    ("extra", "more"),
    [
        (", attn_sub_norm: true", 64),
        (", differential: true", 4 * 16),
        # A score of each key for each of 4 heads, from 64 features of values.
        (", keep_window_size: 128", 4 + 4 * 64),
        (", output_gate: true, gate_projection: gate_proj, gate_bias: true", 64 * 64 + 4),
    ],
)
def test_a_field_of_attention_adds_its_tensors(extra: str, more: int) -> None:
    assert counted(ATTENTION.format(extra=extra)) - counted(ATTENTION.format(extra="")) == more


@pytest.mark.parametrize(
    ("feed_forward", "number"),
    [
        ("xielu: {intermediate_size: 100}", 2 * 64 * 100 + 2),
        ("reglu: {intermediate_size: 100}", 3 * 64 * 100),
        ("squared_reglu: {intermediate_size: 100, ffn_sub_norm: true}", 3 * 64 * 100 + 100),
        ("swiglu: {intermediate_size: 100, adapter_rank: 8}", 3 * 64 * 100 + 8 * 64 + 200 * 8),
    ],
)
def test_feed_forwards_count_what_is_inside(feed_forward: str, number: int) -> None:
    assert counted(f"  - decoder: {{feed_forward: {{{feed_forward}}}}}\n") == number + 64


def test_heads_that_keep_some_keys_reach_no_further() -> None:
    attention = leaf(built(ATTENTION.format(extra=", keep_window_size: 128")), "attention")
    assert attention.heads is not None
    assert (attention.heads.reach, attention.heads.pattern) == (128, "selection")


def test_a_window_of_latent_attention_bounds_its_cache() -> None:
    latent = (
        "  - decoder: {attention: {multi_head_latent: {num_attention_heads: 4, kv_lora_rank: 32, qk_nope_head_dim: 16,"
        " qk_rope_head_dim: 8, v_head_dim: 16, sliding_window: 100, k_rope_norm: true, position: rope}}}\n"
    )
    block = built(latent)
    cache = leaf(block, "kv_a_proj_with_mqa").cache
    assert cache is not None
    assert cache.window is not None
    assert cache.window.size == 100
    assert leaf(block, "k_rope_only_layernorm").weights[0].shape == (8,)


def test_gated_queries_read_their_latent_twice() -> None:
    latent = (
        "  - decoder: {attention: {multi_head_latent: {num_attention_heads: 4, q_lora_rank: 24, kv_lora_rank: 32,"
        " qk_nope_head_dim: 16, qk_rope_head_dim: 8, v_head_dim: 16, output_gate: with_queries, position: rope}}}\n"
    )
    block = built(latent)
    assert leaf(block, "q_gate_proj").weights[0].shape == (4 * 24, 2 * 24)
    assert leaf(block, "q_gate_proj.gate").weights[0].shape == (4 * 16, 2 * 24)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            "sliding_window: 8, indexer: full, index_n_heads: 2, index_head_dim: 8, index_topk: 4",
            "sliding_window cannot",
        ),
        ("output_gate: with_queries", "needs a latent of queries"),
    ],
)
def test_latent_attention_refuses_what_does_not_go_together(fields: str, message: str) -> None:
    latent = (
        "  - decoder: {attention: {multi_head_latent: {num_attention_heads: 4, kv_lora_rank: 32, qk_nope_head_dim: 16,"
        f" qk_rope_head_dim: 8, v_head_dim: 16, {fields}}}}}}}\n"
    )
    with pytest.raises(InputError, match=message):
        built(latent)


def test_a_gated_norm_multiplies_by_a_gate_of_few_features() -> None:
    layer = "  - decoder: {{norm: {norm}, feed_forward: {{gelu: {{intermediate_size: 8}}}}}}\n"
    gated, plain = layer.format(norm="{gated_rmsnorm: {gated_norm_rank: 4}}"), layer.format(norm="rmsnorm")
    assert counted(gated) - counted(plain) == 2 * 4 * 64


def test_a_line_scaled_residual_has_a_weight_for_each_feature() -> None:
    layer = "  - decoder: {{feed_forward: {{gelu: {{intermediate_size: 8}}}}{residual}}}\n"
    scaled = layer.format(residual=", residual: line_scaled_residual")
    assert counted(scaled) - counted(layer.format(residual="")) == 64
    by_depth = layer.format(residual=", residual: depth_scaled_residual")
    assert counted(by_depth) == counted(layer.format(residual=""))


SHARED = """\
  - shared_transformer_layer:
      attention: {multi_head: {num_attention_heads: 4, head_dim: 32}}
      feed_forward: {geglu: {intermediate_size: 100, adapter_rank: 8}}
      mixer: {mamba: {intermediate_size: 128, time_step_rank: 4}}
"""


def test_a_shared_block_counts_once_and_caches_in_each_layer() -> None:
    one, both = built(SHARED), built(SHARED + SHARED + "      shared: true\n")
    attention = 3 * 128 * 128 + 128 * 64
    shared = attention + 3 * 64 * 100 + 128 + 64
    assert facts(both).total_parameters == 2 * facts(one).total_parameters - shared
    caches = [one.cache.elements for one in walks.leaves(both) if one.cache is not None]
    assert caches == [128, 128] * 2


def test_heads_that_are_experts_count_all_and_use_some() -> None:
    fields = "num_key_value_heads: 4, head_dim: 16, num_experts: 6, num_experts_per_tok: 2"
    block = built(f"  - decoder: {{attention: {{mixture_of_heads: {{{fields}}}}}}}\n")
    empty = built("  - rmsnorm\n")
    expert = 2 * 64 * 64
    own = facts(block).total_parameters - facts(empty).total_parameters
    assert own == 6 * expert + 6 * 64 + 2 * 64 * 64 + 64
    assert facts(block).total_parameters - facts(block).active_parameters == 4 * expert
    assert leaf(block, "attention").heads.query == 8  # type: ignore[union-attr]
