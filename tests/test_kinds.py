"""The block kinds: what they are made of and what they refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import OutputHead
from archdraw.kinds.feed_forward.feed_forward import GEGLU, GELU, ReLUSquared, SwiGLU
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.position import NoPosition, Rope, RopeScaling
from archdraw.tree.blocks import (
    Block,
    Leaf,
    Module,
    Sequence,
    leaves,
    walk,
)
from archdraw.tree.facts import facts
from samples import DELTA, EXPERTS, LATENT, SCOPE, VISION, beside


def found(block: Block, name: str) -> Leaf:
    """The only leaf of that name."""
    (leaf,) = (leaf for leaf in leaves(block) if leaf.name == name)
    return leaf


def test_grouped_query_attention() -> None:
    made = GroupedQuery(num_attention_heads=16, num_key_value_heads=4, position=Rope()).expand(SCOPE)
    assert (made.label, made.detail, made.role) == ("Grouped-query attention", "16 Q, 4 KV, head 128", "attention")
    assert made.notes[0] == "a token caches 2 × 4 × 128 values, 2 KiB in bf16"
    assert facts(made).total_parameters == 2048 * 2048 * 2 + 2 * 2048 * 512
    assert found(made, "k_proj").weights[0].shape == (512, 2048)
    assert [leaf.role for leaf in leaves(made)][:3] == ["plain", "plain", "plain"]


def test_a_bias_of_the_output_projection_can_differ() -> None:
    plain = facts(MultiHead(num_attention_heads=16).expand(SCOPE)).total_parameters
    all_biases = facts(MultiHead(num_attention_heads=16, attention_bias=True).expand(SCOPE)).total_parameters
    three = MultiHead(num_attention_heads=16, attention_bias=True, attention_out_bias=False).expand(SCOPE)
    assert (all_biases - plain, facts(three).total_parameters - plain) == (4 * 2048, 3 * 2048)


def test_notes_say_which_projections_have_a_bias() -> None:
    biased = MultiHead(num_attention_heads=16, attention_bias=True)
    three = biased.model_copy(update={"attention_out_bias": False})
    one = biased.model_copy(update={"attention_bias": False, "attention_out_bias": True})
    assert [kind.expand(SCOPE).notes[-1] for kind in (biased, three, one)] == [
        "q, k, v and output have a bias",
        "q, k and v have a bias",
        "output has a bias",
    ]
    none = MultiHead(num_attention_heads=16).expand(SCOPE)
    assert not any("bias" in note for note in none.notes)
    assert (
        LATENT.model_copy(update={"attention_bias": True})
        .expand(SCOPE)
        .notes[-1]
        .endswith("latents and output have a bias")
    )
    assert GELU(intermediate_size=8, mlp_bias=True).expand(SCOPE).notes == ("up and down have a bias",)
    assert GEGLU(intermediate_size=8, mlp_bias=True).expand(SCOPE).notes == ("gate, up and down have a bias",)


def test_queries_can_grow_with_the_position() -> None:
    kind = MultiHead(num_attention_heads=16, position=NoPosition(), attn_temperature_tuning=True, floor_scale=4096)
    assert kind.expand(SCOPE).notes[-1] == "Q × (1 + 0.1 ln(1 + n)), n = position / 4,096 floored"
    plain = kind.model_copy(update={"attn_temperature_tuning": False})
    assert facts(kind.expand(SCOPE)) == facts(plain.expand(SCOPE))


def test_windows_are_named_and_kept_in_the_cache() -> None:
    heads = GroupedQuery(num_attention_heads=32, num_key_value_heads=16, head_dim=128)
    sliding = heads.model_copy(update={"sliding_window": 1024}).expand(SCOPE)
    assert (sliding.label, sliding.detail, sliding.role) == (
        "Sliding attention",
        "32 Q, 16 KV, head 128, window 1,024",
        "sliding",
    )
    chunked = heads.model_copy(update={"attention_chunk_size": 8192}).expand(SCOPE)
    assert chunked.label == "Chunked attention"
    full = heads.model_copy(update={"label": "Global attention"}).expand(SCOPE)
    assert full.label == "Global attention"
    kept = [facts(made).kv_cache_bytes(100_000) // (2 * 2 * 16 * 128) for made in (sliding, chunked, full)]
    assert kept == [1024, 8192, 100_000]


def test_query_key_norm_has_one_weight_a_head_or_one_a_feature() -> None:
    per_head = GroupedQuery(num_attention_heads=16, num_key_value_heads=4, qk_norm="rmsnorm_per_head")
    assert facts(per_head.expand(SCOPE)).parts["norm"] == 2 * 128
    whole = per_head.model_copy(update={"qk_norm": "rmsnorm_per_projection"})
    assert facts(whole.expand(SCOPE)).parts["norm"] == 2048 + 512
    without = per_head.model_copy(update={"qk_norm": "l2norm_per_head", "position": Rope()}).expand(SCOPE)
    assert "norm" not in facts(without).parts
    names = [leaf.name for leaf in leaves(without)]
    assert names.index("rotary_emb") < names.index("qk_norm")


def test_chips_say_what_a_folded_block_hides() -> None:
    kind = GroupedQuery(
        num_attention_heads=16,
        num_key_value_heads=4,
        qk_norm="rmsnorm_per_head",
        position=Rope(partial_rotary_factor=0.25),
        sinks=True,
    )
    assert [leaf.chip for leaf in leaves(kind.expand(SCOPE)) if leaf.chip] == ["QK-norm", "RoPE 32 of 128", "sinks"]
    assert found(kind.expand(SCOPE), "rotary_emb").label == "RoPE 32 of 128"
    scaled = Rope(rope_scaling=RopeScaling(rope_type="yarn", factor=32.0))
    assert found(kind.model_copy(update={"position": scaled}).expand(SCOPE), "rotary_emb").chip == "RoPE, YaRN 32"
    assert [leaf.chip for leaf in leaves(LATENT.expand(SCOPE)) if leaf.chip] == ["RoPE 64 of 192"]
    none = kind.model_copy(update={"position": NoPosition()}).expand(SCOPE)
    assert none.detail.endswith("NoPE")
    assert "rotary_emb" not in [leaf.name for leaf in leaves(none)]


def test_an_output_gate_shares_the_projection_of_the_queries() -> None:
    made = GroupedQuery(num_attention_heads=16, num_key_value_heads=4, output_gate=True).expand(SCOPE)
    projection = found(made, "q_proj")
    assert (made.label, projection.label, projection.outputs) == ("Gated attention", "gate + Q 4,096", ("gate", "Q"))
    assert projection.weights[0].shape == (4096, 2048)


def test_latent_attention_caches_the_latent_alone() -> None:
    made = LATENT.expand(SCOPE)
    assert facts(made).kv_cache_bytes_per_token() == 2 * (512 + 64)
    assert made.detail == "16 heads, latent 512 + 64"
    assert found(made, "kv_b_proj").label == "up to K, V 16 × (128\u00a0+\u00a0128)"
    assert found(made, "q_b_proj").label == "up to Q 16 × 192"
    rotations = [leaf.label for leaf in leaves(made) if leaf.role == "position"]
    assert rotations == ["RoPE 64 of 192", "RoPE"]
    assert [leaf.name for leaf in leaves(made) if leaf.role == "latent"] == ["kv_a_proj_with_mqa"]
    straight = LATENT.model_copy(update={"q_lora_rank": None}).expand(SCOPE)
    assert found(straight, "q_proj").weights[0].shape == (16 * 192, 2048)


def test_gated_delta_net_keeps_a_state_and_no_cache() -> None:
    counted = facts(DELTA.expand(SCOPE))
    assert counted.kv_cache_bytes_per_token() == 0
    assert counted.state == 32 * 128 * 128 + 3 * 8192
    assert DELTA.expand(SCOPE).notes == (
        "a layer keeps 524,288 + 24,576 (convolution) values",
        "= 1.05 MiB in bf16",
    )
    assert counted.parts == {
        "attention": 2048 * (12_288 + 64) + 8192 * 4 + 2 * 32 + 4096 * 2048,
        "norm": 128,
    }


@pytest.mark.parametrize(
    ("kind", "projections"), [(SwiGLU, 3), (GEGLU, 3), (GELU, 2), (ReLUSquared, 2)], ids=lambda value: str(value)
)
def test_feed_forwards(kind: type[SwiGLU], projections: int) -> None:
    counted = facts(kind(intermediate_size=8192).expand(SCOPE))
    assert counted.parts == {"feed_forward": projections * 2048 * 8192}


def test_a_clamped_swiglu_says_what_it_does() -> None:
    kind = SwiGLU(intermediate_size=2880, mlp_bias=True, swiglu_limit=7.0, swiglu_alpha=1.702, swiglu_beta=1.0)
    made = kind.expand(SCOPE)
    assert made.label == "Clamped SwiGLU feed forward"
    assert [leaf.label for leaf in leaves(made)] == [
        *("gate 2,880", "swish 1.702"),
        *("up 2,880", "+ 1"),
        "down 2,880 to 2,048",
    ]
    assert made.notes == ("gate clamped at 7, up at ±7", "gate, up and down have a bias")
    assert facts(made).total_parameters == 3 * 2048 * 2880 + 2 * 2880 + 2048
    expert = MixtureOfExperts(num_experts=4, num_experts_per_tok=1, expert=kind).expand(SCOPE)
    titles = [block.title for _, block in walk(expert) if isinstance(block, Module) and block.title]
    assert titles == ["Expert: clamped SwiGLU, width 2,880"]


def test_mixture_of_experts() -> None:
    gated = EXPERTS.model_copy(update={"n_shared_experts": 2, "shared_expert_gate": True, "router_bias": True})
    made = gated.expand(SCOPE)
    assert (made.label, made.detail) == ("Mixture of experts", "2 of 8 + 2 shared")
    assert [leaf.label for leaf in leaves(made)][:2] == ["gate", "sigmoid"]
    expert = 3 * 2048 * 512
    counted = facts(made)
    assert counted.parts == {
        "shared_experts": 2 * expert + 2048,
        "router": 8 * 2048 + 8,
        "experts": 8 * expert,
    }
    assert counted.idle == 6 * expert


def test_a_balancing_bias_is_drawn_from_but_not_counted() -> None:
    balanced = EXPERTS.model_copy(update={"e_score_correction_bias": True})
    assert facts(balanced.expand(SCOPE)).parts == facts(EXPERTS.expand(SCOPE)).parts
    assert "router bias only balances load" in balanced.expand(SCOPE).notes


def test_experts_can_be_any_feed_forward() -> None:
    kind = MixtureOfExperts(
        num_experts=4,
        num_experts_per_tok=1,
        expert=GELU(intermediate_size=512, mlp_bias=True),
        n_shared_experts=1,
    )
    counted = facts(kind.expand(SCOPE))
    one = 2 * 2048 * 512 + 512 + 2048
    assert (counted.parts["experts"], counted.parts["shared_experts"]) == (4 * one, one)


def test_a_tied_head_adds_nothing() -> None:
    tied = Scope(hidden_size=8, vocab_size=10, context_length=4, tie_word_embeddings=True)
    counted = facts(Sequence((Embedding(scale_embedding=True).expand(tied), OutputHead().expand(tied))))
    assert (counted.total_parameters, counted.head_is_tied) == (80, True)
    assert found(Embedding(scale_embedding=True).expand(tied), "embed_tokens").detail == "10 to 8, × √8"
    assert found(OutputHead().expand(tied), "lm_head").detail == "8 to 10, tied"


def test_an_encoder_counts_its_tokens_an_image_or_a_tile() -> None:
    tiled = VISION.model_copy(update={"tiled": True, "pixel_shuffle_ratio": 0.5})
    told = [beside(kind, SCOPE).body.notes[0] for kind in (VISION, tiled)]
    assert told == ["16 tokens per image", "4 tokens per tile"]


def test_an_encoder_has_no_cache_and_is_booked_as_one() -> None:
    block = VISION.expand(SCOPE)
    assert all(leaf.cache is None and leaf.part == "encoder" for leaf in leaves(block))
    layer = 4 * (96 * 96 + 96) + 2 * 96 * 384 + 384 + 96 + 4 * 96
    patches = 3 * 14 * 14 * 96 + 96 + 16 * 96
    assert facts(block).total_parameters == patches + 2 * layer + 2 * 96 + 96 * 2048


REFUSED: list[tuple[Kind, str, str]] = [
    (
        GroupedQuery(num_attention_heads=32, num_key_value_heads=6),
        "num_key_value_heads",
        "num_key_value_heads 6 does not divide num_attention_heads 32",
    ),
    (
        MultiHead(num_attention_heads=15),
        "num_attention_heads",
        "num_attention_heads 15 does not divide hidden_size 2048",
    ),
    (
        MultiHead(num_attention_heads=16, sliding_window=8, attention_chunk_size=8),
        "attention_chunk_size",
        "a layer has a sliding_window or an attention_chunk_size, not both",
    ),
    (
        MultiHead(num_attention_heads=16, position=Rope(partial_rotary_factor=0.01)),
        "position",
        "partial_rotary_factor 0.01 turns 1 of 128 features",
    ),
    (
        DELTA.model_copy(update={"linear_num_key_heads": 5}),
        "linear_num_key_heads",
        "linear_num_key_heads 5 does not divide linear_num_value_heads 32",
    ),
    (
        EXPERTS.model_copy(update={"num_experts_per_tok": 9}),
        "num_experts_per_tok",
        "num_experts_per_tok 9 is more than num_experts 8",
    ),
    (
        EXPERTS.model_copy(update={"expert": SwiGLU(intermediate_size=4)}),
        "expert",
        "moe_intermediate_size and expert both say how wide an expert is",
    ),
    (
        MixtureOfExperts(num_experts=8, num_experts_per_tok=2),
        "",
        "moe_intermediate_size is missing",
    ),
    (EXPERTS.model_copy(update={"n_group": 3}), "n_group", "n_group 3 does not divide num_experts 8"),
    (
        EXPERTS.model_copy(update={"shared_expert_gate": True}),
        "shared_expert_gate",
        "shared_expert_gate without a shared expert",
    ),
    (
        Embedding(scale_embedding=True, embedding_multiplier=2.0),
        "embedding_multiplier",
        "scale_embedding and embedding_multiplier cannot both be set",
    ),
    (Rope(), "", "rope stands only in the position of an attention block"),
    (VISION.model_copy(update={"image_size": 13}), "image_size", "image_size 13 is less than patch_size 14"),
]


@pytest.mark.parametrize(("kind", "field", "message"), REFUSED, ids=[message for _, _, message in REFUSED])
def test_what_does_not_fit_is_refused(kind: Kind, field: str, message: str) -> None:
    with pytest.raises(KindError) as caught:
        kind.expand(SCOPE)
    assert (caught.value.field, caught.value.message) == (field, message)


@pytest.mark.parametrize("value", [0, -1, 10**10, 2.5, "8", True])
def test_a_size_is_a_positive_whole_number(value: object) -> None:
    with pytest.raises(ValidationError):
        SwiGLU(intermediate_size=value)  # type: ignore[arg-type]
