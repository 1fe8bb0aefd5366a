"""The block kinds: what they are made of and what they refuse."""

from __future__ import annotations

import pytest

from archdraw.errors import folded
from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import OutputHead
from archdraw.kinds.feed_forward.feed_forward import SwiGLU
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.hints import OTHERWISE, hint
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.position import NoPosition, Rope, RopeScaling
from archdraw.kinds.registry import kinds
from archdraw.tree.blocks import Block, Leaf, Sequence
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves
from described import describe
from samples import DELTA, EXPERTS, LATENT, SCOPE, VISION, beside


def found(block: Block, name: str) -> Leaf:
    """The only leaf of that name."""
    (leaf,) = (leaf for leaf in leaves(block) if leaf.name == name)
    return leaf


def tags(block: Block) -> list[str]:
    """What the leaves of a block show beside it when it is folded."""
    return [describe(leaf).tag for leaf in leaves(block) if leaf.tag]


def test_grouped_query_attention() -> None:
    made = GroupedQuery(num_attention_heads=16, num_key_value_heads=4, position=Rope()).expand(SCOPE)
    words = describe(made)
    assert (words.label, words.detail) == ("Grouped-query attention", "16 query / 4 KV heads, dim 128")
    assert made.role == "attention"
    assert words.notes[0] == "KV cache per token and layer: 2 × 4 × 128 values (2 KiB, bf16)"
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
    assert [describe(kind.expand(SCOPE)).notes[-1] for kind in (biased, three, one)] == [
        "bias on Q, K, V and output",
        "bias on Q, K and V",
        "bias on output",
    ]
    none = MultiHead(num_attention_heads=16).expand(SCOPE)
    assert not any("bias" in note for note in describe(none).notes)
    latent = LATENT.model_copy(update={"attention_bias": True})
    assert describe(latent.expand(SCOPE)).notes[-1] == "bias on latents and output"
    straight = latent.model_copy(update={"q_lora_rank": None})
    assert describe(straight.expand(SCOPE)).notes[-1] == "bias on KV latent and output"


def test_queries_can_grow_with_the_position() -> None:
    kind = MultiHead(num_attention_heads=16, position=NoPosition(), attn_temperature_tuning=True, floor_scale=4096)
    assert describe(kind.expand(SCOPE)).notes[-1] == "Q × (1 + 0.1 ln(1 + floor(n / 4,096))) at token n"
    plain = kind.model_copy(update={"attn_temperature_tuning": False})
    assert facts(kind.expand(SCOPE)) == facts(plain.expand(SCOPE))


def test_windows_are_named_and_kept_in_the_cache() -> None:
    heads = GroupedQuery(num_attention_heads=32, num_key_value_heads=16, head_dim=128)
    sliding = heads.model_copy(update={"sliding_window": 1024}).expand(SCOPE)
    words = describe(sliding)
    assert (words.label, words.detail) == (
        "Sliding-window attention",
        "32 query / 16 KV heads, dim 128, window 1,024",
    )
    assert sliding.role == "sliding"
    chunked = heads.model_copy(update={"attention_chunk_size": 8192}).expand(SCOPE)
    assert describe(chunked).label == "Chunked attention"
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


def test_tags_say_what_a_folded_block_hides() -> None:
    kind = GroupedQuery(
        num_attention_heads=16,
        num_key_value_heads=4,
        qk_norm="rmsnorm_per_head",
        position=Rope(partial_rotary_factor=0.25),
        sinks=True,
    )
    assert tags(kind.expand(SCOPE)) == ["QK-norm", "partial RoPE (32/128)", "sinks"]
    assert describe(found(kind.expand(SCOPE), "rotary_emb")).label == "partial RoPE (32/128)"
    scaled = Rope(rope_scaling=RopeScaling(rope_type="yarn", factor=32.0))
    assert "RoPE, YaRN ×32" in tags(kind.model_copy(update={"position": scaled}).expand(SCOPE))
    assert tags(LATENT.expand(SCOPE)) == ["partial RoPE (64/192)"]
    none = kind.model_copy(update={"position": NoPosition()}).expand(SCOPE)
    assert describe(none).detail == "16 query / 4 KV heads, dim 128, NoPE"
    assert "rotary_emb" not in [leaf.name for leaf in leaves(none)]


def test_an_output_gate_shares_the_projection_of_the_queries() -> None:
    made = GroupedQuery(num_attention_heads=16, num_key_value_heads=4, output_gate=True).expand(SCOPE)
    projection = found(made, "q_proj")
    assert (describe(made).label, describe(projection).label) == ("Gated attention", "gate + Q 4,096")
    assert projection.outputs == ("gate", "Q")
    assert projection.weights[0].shape == (4096, 2048)


def test_latent_attention_caches_the_latent_alone() -> None:
    made = LATENT.expand(SCOPE)
    assert facts(made).kv_cache_bytes_per_token() == 2 * (512 + 64)
    assert describe(made).detail == "16 heads, latent 512 + 64"
    assert describe(made).notes == ("KV cache per token and layer: 512 + 64 values (1.13 KiB, bf16)",)
    assert describe(found(made, "kv_b_proj")).label == "K, V 16 × (128 + 128)"
    assert describe(found(made, "q_b_proj")).label == "Q 16 × 192"
    rotations = [describe(leaf).label for leaf in leaves(made) if leaf.role == "position"]
    assert rotations == ["partial RoPE (64/192)", "RoPE"]
    assert [leaf.name for leaf in leaves(made) if leaf.role == "latent"] == ["kv_a_proj_with_mqa"]
    straight = LATENT.model_copy(update={"q_lora_rank": None}).expand(SCOPE)
    assert found(straight, "q_proj").weights[0].shape == (16 * 192, 2048)


def test_gated_delta_net_keeps_a_state_and_no_cache() -> None:
    counted = facts(DELTA.expand(SCOPE))
    assert counted.kv_cache_bytes_per_token() == 0
    assert counted.state == 32 * 128 * 128 + 3 * 8192
    assert describe(DELTA.expand(SCOPE)).notes == (
        "recurrent state per layer: 524,288 (+ 24,576 conv) values",
        "2.05 MiB: state in float32, conv in bf16",
    )
    assert counted.parts == {
        "attention": 2048 * (12_288 + 64) + 8192 * 4 + 2 * 32 + 4096 * 2048,
        "norm": 128,
    }


def test_a_tied_head_adds_nothing() -> None:
    tied = Scope(hidden_size=8, vocab_size=10, context_length=4, tie_word_embeddings=True)
    counted = facts(Sequence((Embedding(scale_embedding=True).expand(tied), OutputHead().expand(tied))))
    assert (counted.total_parameters, counted.head_is_tied) == (80, True)
    assert describe(found(Embedding(scale_embedding=True).expand(tied), "embed_tokens")).detail == "vocab 10 → 8, × √8"
    assert describe(found(OutputHead().expand(tied), "lm_head")).full == "LM head, 8 → vocab 10, tied"


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
        "sliding_window and attention_chunk_size cannot both be set",
    ),
    (
        MultiHead(num_attention_heads=16, position=Rope(partial_rotary_factor=0.01)),
        "position",
        "partial_rotary_factor 0.01 rotates 1 of 128 features",
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
        "moe_intermediate_size and expert both give the width of an expert",
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
    (Rope(), "", "rope can only be the position of an attention block"),
    (VISION.model_copy(update={"image_size": 13}), "image_size", "image_size 13 is less than patch_size 14"),
]


@pytest.mark.parametrize(("kind", "field", "message"), REFUSED, ids=[message for _, _, message in REFUSED])
def test_what_does_not_fit_is_refused(kind: Kind, field: str, message: str) -> None:
    with pytest.raises(KindError) as caught:
        kind.expand(SCOPE)
    assert (caught.value.field, caught.value.message) == (field, message)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gqa", "did you mean grouped_query?"),
        ("MHA", "did you mean multi_head?"),
        ("mqa", "did you mean multi_query?"),
        ("Self Attention", "did you mean multi_head?"),
        ("KDA", "did you mean kimi_delta_attention?"),
        ("dropout", "leave it out: it does nothing at inference"),
        ("swiglue", "did you mean swiglu"),
        ("Soft-max", "write op: softmax"),
        ("Embed Tokens", "did you mean embedding?"),
        ("LM-head", "did you mean output_head?"),
        ("head", "did you mean output_head?"),
        ("xyzzy", ""),
    ],
)
def test_hints_know_the_words_of_the_field(name: str, meant: str) -> None:
    found = hint(name, kinds())
    assert found.startswith(meant)
    assert bool(found) == bool(meant)


def test_a_word_for_another_way_of_writing_is_no_name_of_a_kind() -> None:
    """Else one of the two hints would never be given."""
    names = {
        folded(name) for kind in kinds().values() for name in (*kind.aliases, kind.term.short, kind.term.text)
    } | set(map(folded, kinds()))
    assert not names & set(OTHERWISE)
    assert set(map(folded, OTHERWISE)) == set(OTHERWISE)


@pytest.mark.parametrize("word", ["moe", "ffn", "mlp", "mla", "swa", "lstm", "conv", "batchnorm", "add", "concat"])
def test_usual_synonyms_lead_to_kinds(word: str) -> None:
    found = hint(word, kinds())
    assert found.startswith("did you mean ")
    assert set(found.removeprefix("did you mean ").rstrip("?").split(" or ")) <= set(kinds())
