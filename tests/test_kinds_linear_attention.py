"""Mixers whose state has one size at every context: the delta rule and lightning attention."""

from __future__ import annotations

import pytest

from archdraw.glossary import text
from archdraw.glossary.concepts import LIGHTNING as LIGHTNING_CONCEPT
from archdraw.glossary.concepts import QK_NORM
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.lightning_attention import LightningAttention
from archdraw.kinds.mixers.linear_attention import GatedDeltaNet, KimiDeltaAttention
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from archdraw.views.boxes import boxes
from archdraw.views.diagrams import opened
from test_wiring import leaving

SCOPE = Scope(hidden_size=32, vocab_size=100)
DELTA = GatedDeltaNet(linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=8, linear_value_head_dim=4)
KDA = KimiDeltaAttention(num_heads=4, head_dim=8, short_conv_kernel_size=4)
LIGHTNING = LightningAttention(num_attention_heads=4, head_dim=8, hidden_act="silu")


def test_both_ways_to_store_a_gated_delta_net_count_the_same() -> None:
    apart = DELTA.model_copy(update={"projections": "qkv_z_b_a"}).expand(SCOPE)
    mixed, values = 2 * 2 * 8 + 4 * 4, 4 * 4
    expected = 32 * (mixed + values + 2 * 4) + 4 * mixed + 2 * 4 + 4 + values * 32
    assert facts(DELTA.expand(SCOPE)).total_parameters == facts(apart).total_parameters == expected
    assert [leaf.name for leaf in leaves(apart)][:4] == ["in_proj_z", "in_proj_qkv", "in_proj_b", "in_proj_a"]
    assert leaving(apart, 1) == 1


def test_the_gate_of_a_delta_net_can_be_a_sigmoid() -> None:
    made = DELTA.model_copy(update={"output_gate_type": "sigmoid"}).expand(SCOPE)
    (gate,) = (leaf for leaf in leaves(made) if leaf.name == "gate")
    assert describe(gate).label == "sigmoid"


def test_heads_of_queries_and_of_values_can_differ_in_width() -> None:
    alike = DELTA.model_copy(update={"linear_value_head_dim": 8}).expand(SCOPE)
    assert describe(alike).detail == "2 QK / 4 V heads, dim 8"
    assert describe(DELTA.expand(SCOPE)).detail == "2 QK / 4 V heads, dims 8 / 4"


def test_kimi_delta_attention() -> None:
    made = KDA.expand(SCOPE)
    width, low_rank = 32, 32 * 8 + 8 * 32
    expected = 3 * 32 * width + 4 * 3 * width + 2 * low_rank + 32 * 4 + 4 + width + 8 + width * 32
    counted = facts(made)
    assert counted.total_parameters == expected
    assert (counted.state, counted.kv_cache_bytes_per_token()) == (4 * 8 * 8 + 3 * 3 * width, 0)
    assert leaving(made, 1) == 1
    full = KDA.model_copy(update={"use_full_rank_decay": True, "use_full_rank_gate": True})
    assert facts(full.expand(SCOPE)).total_parameters == expected - 2 * low_rank + 2 * 32 * width


def test_a_bounded_decay_and_a_wider_write_strength_are_said() -> None:
    bounded = KDA.model_copy(update={"gate_lower_bound": -5.0, "allow_neg_eigval": True}).expand(SCOPE)
    assert describe(bounded).notes == (
        "recurrent state per layer: 256 (+ 288 conv) values",
        "1.56 KiB: state in float32, conv in bf16",
        "decay bounded: log α ≥ -5",
    )
    details = {leaf.name: describe(leaf).full for leaf in leaves(bounded)}
    assert (details["beta"], details["alpha"]) == ("β (write strength), range 0–2", "α (decay)")
    assert (details["g_proj"], details["forget_gate.f_proj"]) == ("gate 32, rank 8", "α 32, rank 8")
    plain = KDA.expand(SCOPE)
    assert len(describe(plain).notes) == 2
    assert "β (write strength)" in {describe(leaf).full for leaf in leaves(plain)}


def test_the_delta_rule_multiplies_its_state_four_times() -> None:
    matrices = 3 * 32 * 32 + 4 * 3 * 32 + 2 * (32 * 8 + 8 * 32) + 32 * 4 + 32 * 32
    assert facts(KDA.expand(SCOPE)).multiplications == matrices + 4 * 4 * 8 * 8


def test_lightning_attention() -> None:
    made = LIGHTNING.expand(SCOPE)
    counted = facts(made)
    assert counted.total_parameters == 3 * 32 * 32 + 32 * 32 + 32 * 32 + 32
    assert (counted.state, counted.kv_cache_bytes_per_token()) == (4 * 8 * 8, 0)
    assert leaving(made, 1) == 1


def test_lightning_attention_with_norms_and_rotation() -> None:
    ling = LIGHTNING.model_copy(
        update={"hidden_act": None, "qk_norm": "rmsnorm_per_head", "position": Rope(), "group_norm_size": 2}
    )
    made = ling.expand(SCOPE)
    assert facts(made).total_parameters == facts(LIGHTNING.expand(SCOPE)).total_parameters + 2 * 8
    described = {leaf.name: describe(leaf).full for leaf in leaves(made)}
    assert described["norm"] == "Grouped RMSNorm, 2 groups"
    assert [text(leaf.tag) for leaf in leaves(made) if leaf.name == "qk_norm"] == ["QK-norm"]
    assert set(ling.concepts_used()) == {LIGHTNING_CONCEPT, QK_NORM}
    whole = {leaf.name: describe(leaf).full for leaf in leaves(LIGHTNING.expand(SCOPE))}
    assert (whole["norm"], whole["qkv_proj"]) == ("RMSNorm over all heads", "Q, K, V 3 × 32, SiLU")
    assert set(LIGHTNING.concepts_used()) == {LIGHTNING_CONCEPT}
    assert leaving(made, 1) == 1
    biased = ling.model_copy(update={"attention_bias": True, "attention_out_bias": False})
    assert facts(biased.expand(SCOPE)).total_parameters == facts(made).total_parameters + 3 * 32


def test_a_bias_that_is_left_out_is_that_of_the_other_projection() -> None:
    biased = LIGHTNING.model_copy(update={"attention_bias": True})
    assert dict(biased.expand(SCOPE).settings)["attention_out_bias"] is True
    written = biased.model_copy(update={"attention_out_bias": True})
    assert written.expand(SCOPE) == biased.expand(SCOPE)
    assert biased.model_copy(update={"attention_out_bias": False}).expand(SCOPE) != biased.expand(SCOPE)


def test_groups_of_the_norm_divide_the_heads() -> None:
    with pytest.raises(KindError, match="group_norm_size 3 does not divide num_attention_heads 4"):
        LIGHTNING.model_copy(update={"group_norm_size": 3}).expand(SCOPE)


def test_only_an_output_projection_has_its_widths_beside_its_name() -> None:
    """Whatever tensors are called: a gate named ``output_gate`` says what it is in a line of its own."""
    found = opened(LightningAttention(num_attention_heads=8, head_dim=32).expand(SCOPE), "self_attn")
    said = {(box.label, box.detail) for box in boxes(found)}
    assert ("gate 256", "sigmoid") in said
    assert (f"Output projection 256 → {SCOPE.hidden_size}", "") in said
