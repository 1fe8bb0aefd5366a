"""Placements of norms, tables of embeddings, heads and positions, each counted by hand."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import MaskedHead, OutputHead
from archdraw.kinds.encoders.encoder import CrossAttention
from archdraw.kinds.feed_forward.feed_forward import GELU
from archdraw.kinds.layers.decoder import Decoder, EncoderLayer
from archdraw.kinds.layers.loop import Loop
from archdraw.kinds.layers.norm import LayerNorm, RMSNorm
from archdraw.kinds.layers.primitives import Linear
from archdraw.kinds.layers.unpublished import Unpublished
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.mixers.position import ALiBi, NoPosition, RelativeBias
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual, Sequence
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves

SMALL = Scope(hidden_size=64, vocab_size=1000, context_length=128)
TIED = Scope(hidden_size=64, vocab_size=1000, tie_word_embeddings=True)
HEADS = MultiHead(num_attention_heads=4)
WIDE = GELU(intermediate_size=100)


def norms(block: Block) -> list[str]:
    return [leaf.name for leaf in leaves(block) if leaf.role == "norm"]


def test_two_norms_side_by_side() -> None:
    one = Decoder(placement="parallel", norm=LayerNorm(), attention=HEADS, feed_forward=WIDE)
    two = one.model_copy(update={"feed_forward_norm": LayerNorm()})
    assert norms(one.expand(SMALL)) == ["input_layernorm"]
    made = two.expand(SMALL)
    assert norms(made) == ["input_layernorm", "post_attention_layernorm"]
    assert facts(made).total_parameters - facts(one.expand(SMALL)).total_parameters == 2 * 64
    assert isinstance(made, Module)
    assert isinstance(made.body, Residual)
    assert isinstance(made.body.body, Parallel)


def test_the_feed_forward_can_have_a_norm_of_another_kind() -> None:
    kind = Decoder(attention=HEADS, feed_forward=WIDE, feed_forward_norm=RMSNorm(elementwise_affine=False))
    assert facts(kind.expand(SMALL)).parts["norm"] == 64
    with pytest.raises(KindError, match="needs a feed_forward"):
        Decoder(attention=HEADS, feed_forward_norm=RMSNorm()).expand(SMALL)


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        ("pre", ["input_layernorm", "pre_cross_attention_layernorm", "post_attention_layernorm"]),
        ("post_add", ["post_attention_layernorm", "post_cross_attention_layernorm", "post_feedforward_layernorm"]),
    ],
)
def test_cross_attention_stands_between_the_two_with_a_norm_of_its_own(placement: str, expected: list[str]) -> None:
    crossing = CrossAttention(num_attention_heads=4)
    kind = Decoder.model_validate(
        {"placement": placement, "attention": HEADS, "cross_attention": crossing, "feed_forward": WIDE}
    )
    made = kind.expand(SMALL)
    assert norms(made) == expected
    assert facts(made).total_parameters == 8 * 64 * 64 + 2 * 64 * 100 + 3 * 64
    assert facts(made).kv_cache_bytes_per_token() == 2 * 2 * 64


def test_side_by_side_has_no_room_for_a_third() -> None:
    crossing = CrossAttention(num_attention_heads=4)
    with pytest.raises(KindError, match="and no third"):
        Decoder(placement="parallel", attention=HEADS, cross_attention=crossing, feed_forward=WIDE).expand(SMALL)


def test_tables_of_an_embedding_are_added() -> None:
    kind = Embedding(max_position_embeddings=128, type_vocab_size=2)
    assert facts(kind.expand(SMALL)).parts == {"embedding": (1000 + 128 + 2) * 64}
    assert facts(kind.model_copy(update={"shared": True}).expand(SMALL)).parts == {"embedding": 130 * 64}


def test_a_narrower_table_is_projected_on_both_ends() -> None:
    made = Sequence((Embedding(embedding_size=32).expand(TIED), OutputHead(embedding_size=32).expand(TIED)))
    assert facts(made).total_parameters == 1000 * 32 + 2 * 64 * 32
    assert facts(made).head_is_tied


def test_scores_are_scaled_once() -> None:
    made = OutputHead(logit_scale=0.0625, final_logit_softcapping=30.0).expand(SMALL)
    assert [describe(leaf).label for leaf in leaves(made)] == ["LM head", "× 0.0625", "logit softcap 30"]
    divided = OutputHead(logits_scaling=8.0, bias=True).expand(SMALL)
    assert [describe(leaf).label for leaf in leaves(divided)] == ["LM head", "÷ 8"]
    assert facts(divided).total_parameters == 1000 * 64 + 1000
    with pytest.raises(KindError, match="cannot both be set"):
        OutputHead(logit_scale=2.0, logits_scaling=2.0).expand(SMALL)


def test_a_head_that_fills_masks_in() -> None:
    full = 64 * 64 + 64 + 2 * 64 + 1000
    assert facts(MaskedHead().expand(TIED)).total_parameters == full
    lean = MaskedHead(norm=LayerNorm(bias=False), transform_bias=False, bias=False)
    assert facts(lean.expand(TIED)).total_parameters == full - 64 - 64 - 1000
    assert facts(lean.expand(SMALL)).total_parameters == full - 64 - 64 - 1000 + 1000 * 64


def test_biases_on_the_scores() -> None:
    def attention(kind: MultiHead) -> Leaf:
        return next(leaf for leaf in leaves(kind.expand(SMALL)) if leaf.name == "attention")

    plain = facts(HEADS.expand(SMALL)).total_parameters
    linear = HEADS.model_copy(update={"position": ALiBi()})
    assert (describe(attention(linear)).tag, facts(linear.expand(SMALL)).total_parameters) == ("ALiBi", plain)
    first = HEADS.model_copy(update={"position": RelativeBias(relative_attention_num_buckets=10)})
    later = HEADS.model_copy(update={"position": RelativeBias(relative_attention_num_buckets=10, shared=True)})
    assert describe(attention(first)).tag == describe(attention(later)).tag == "relative-position bias"
    assert facts(first.expand(SMALL)).total_parameters == plain + 10 * 4
    assert facts(later.expand(SMALL)).total_parameters == plain
    none = HEADS.model_copy(update={"position": NoPosition()})
    assert [describe(kind.expand(SMALL)).detail for kind in (first, none)] == [
        "4 heads, dim 16",
        "4 heads, dim 16, NoPE",
    ]


def test_a_mixer_without_a_norm_before_it() -> None:
    kind = Decoder(attention_norm=False, norm=LayerNorm(bias=False), attention=HEADS, feed_forward=WIDE)
    assert norms(kind.expand(SMALL)) == ["post_attention_layernorm"]
    with pytest.raises(KindError, match="placement post has no norm"):
        kind.model_copy(update={"placement": "post"}).expand(SMALL)


def test_sines_and_cosines_have_no_parameters() -> None:
    plain, placed = (Embedding(sinusoidal_positions=on).expand(SMALL) for on in (False, True))
    assert [leaf.inputs for leaf in leaves(placed)] == [1, 0]
    assert facts(placed).total_parameters == facts(plain).total_parameters


def test_the_norms_of_a_sandwich_are_called_by_their_sublayer() -> None:
    def labels(**fields: object) -> list[str]:
        made = Decoder.model_validate({"placement": "sandwich", "attention": HEADS, "feed_forward": WIDE, **fields})
        return [describe(leaf).label for leaf in leaves(made.expand(SMALL)) if leaf.role == "norm"]

    around_ffn = ["Pre-FFN RMSNorm", "Post-FFN RMSNorm"]
    assert labels() == ["Pre-attention RMSNorm", "Post-attention RMSNorm", *around_ffn]
    assert labels(attention=Linear(features=64)) == ["Pre-mixer RMSNorm", "Post-mixer RMSNorm", *around_ffn]
    assert labels(cross_attention=CrossAttention(num_attention_heads=4))[2:4] == [
        "Pre-cross-attention RMSNorm",
        "Post-cross-attention RMSNorm",
    ]
    assert labels(norm=LayerNorm(label="Norm of ours"))[-1] == "Post-FFN Norm of ours"
    assert labels(placement="pre") == ["RMSNorm", "RMSNorm"]


def test_a_layer_says_which_decisions_it_takes() -> None:
    def names(kind: Kind) -> list[str]:
        return [concept.name for concept in kind.concepts_used()]

    plain = Decoder(attention=HEADS)
    assert names(plain) == ["pre-norm"]
    assert names(plain.model_copy(update={"placement": "post"})) == ["post-norm inside the residual"]
    assert names(plain.model_copy(update={"placement": "post_add"})) == ["post-norm"]
    assert names(plain.model_copy(update={"placement": "sandwich"})) == ["sandwich norm"]
    assert names(plain.model_copy(update={"placement": "parallel"})) == ["parallel block"]
    assert names(plain.model_copy(update={"placement": "pre_add"})) == []
    crossing = EncoderLayer(attention=HEADS, cross_attention=CrossAttention(num_attention_heads=4))
    assert names(crossing) == ["pre-norm", "cross-attention"]
    assert names(LayerNorm()) == ["LayerNorm"]
    assert names(RMSNorm()) == []
    assert names(Unpublished(label="Experts", part="experts")) == ["mixture of experts"]
    assert names(Loop(num_loops=2, body=(plain,), early_exit_threshold=1.0)) == ["looped depth", "exit gate"]


def test_loops_that_end_at_other_thresholds_are_two() -> None:
    made = [
        Loop(num_loops=2, body=(RMSNorm(),), early_exit_threshold=threshold).expand(SMALL) for threshold in (0.5, 1.0)
    ]
    gates = [leaf for block in made for leaf in leaves(block) if leaf.name == "early_exit_gate"]
    assert [describe(gate).full for gate in gates] == [
        "Exit gate, exit at cumulative probability 0.5",
        "Exit gate, exit at cumulative probability 1: never early",
    ]
    assert gates[0].settings != gates[1].settings
