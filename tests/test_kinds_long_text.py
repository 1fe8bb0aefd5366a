"""Mixers of encoders of long texts and of two sorts of positions; tables, heads and biases of BERT's relatives."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import MaskedHead, OutputHead
from archdraw.kinds.feed_forward.feed_forward import GEGLU, GELU
from archdraw.kinds.mixers.attention import MultiHead
from archdraw.kinds.mixers.disentangled_attention import DisentangledAttention
from archdraw.kinds.mixers.fourier_mixing import FourierMixing
from archdraw.kinds.mixers.long_text_attention import Approximate, RandomBlocks, WindowAndGlobal
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.blocks import Block, Leaf
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.masks import mask_of
from archdraw.tree.walks import leaves
from samples import template

SMALL = Scope(hidden_size=64, vocab_size=1000, context_length=128)
PLAIN = 4 * 64 * 64


def named(block: Block, name: str) -> Leaf:
    return next(leaf for leaf in leaves(block) if leaf.name == name)


def total(kind: Kind, scope: Scope = SMALL) -> int:
    return facts(kind.expand(scope)).total_parameters


def test_global_tokens_have_projections_of_their_own() -> None:
    block = WindowAndGlobal(num_attention_heads=4, attention_window=32, attention_bias=True).expand(SMALL)
    assert facts(block).total_parameters == PLAIN + 4 * 64 + 3 * (64 * 64 + 64)
    core = named(block, "attention")
    assert core.inputs == 6
    assert core.heads is not None
    assert mask_of(core.heads).most == 2 * 16 + 1
    assert "16 tokens to each side" in " ".join(map(str, describe(block).notes))


def test_a_block_attends_to_neighbors_ends_and_random_blocks() -> None:
    block = RandomBlocks(num_attention_heads=4, block_size=8, num_random_blocks=3).expand(SMALL)
    core = named(block, "attention")
    assert facts(block).total_parameters == PLAIN
    assert core.heads is not None
    assert mask_of(core.heads).most == (3 + 2 + 3) * 8


def test_an_approximation_says_its_numbers_and_may_add_a_convolution() -> None:
    plain = Approximate(num_attention_heads=4, method="nystrom", num_landmarks=16)
    wide = Approximate(num_attention_heads=4, method="nystrom", num_landmarks=16, conv_kernel_size=33)
    assert total(plain) == PLAIN
    assert total(wide) == PLAIN + 4 * 33
    assert describe(plain.expand(SMALL)).label == "Nyström attention"
    hashed = Approximate(num_attention_heads=4, method="lsh", num_hash=8, hash_code_len=9).expand(SMALL)
    assert "8 hashes of 9 bits" in str(describe(named(hashed, "attention")).detail)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (WindowAndGlobal(num_attention_heads=4, attention_window=32, is_causal=True), "is bidirectional"),
        (WindowAndGlobal(num_attention_heads=4, attention_window=32, position=Rope()), "position cannot be combined"),
        (
            RandomBlocks(num_attention_heads=4, block_size=8, num_random_blocks=3, sinks=True),
            "sinks cannot be combined",
        ),
        (Approximate(num_attention_heads=4, method="nystrom"), "num_landmarks is missing"),
        (Approximate(num_attention_heads=4, method="lsh", num_hash=8), "hash_code_len is missing"),
        (
            Approximate(num_attention_heads=4, method="nystrom", num_landmarks=8, num_hash=8),
            "num_hash is none of nystrom",
        ),
        (DisentangledAttention(num_attention_heads=5, max_relative_positions=8), "does not divide hidden_size 64"),
        (template("span_convolution_attention", num_attention_heads=5), "do not divide hidden_size 64"),
        (template("grouped_projection_attention", num_attention_heads=5), "does not divide hidden_size 64"),
    ],
)
def test_what_does_not_fit_is_refused(kind: Kind, message: str) -> None:
    with pytest.raises(KindError, match=message):
        kind.expand(SMALL)


def test_positions_are_compared_by_one_table_of_the_first_layer() -> None:
    own = DisentangledAttention(num_attention_heads=4, max_relative_positions=16, norm_rel_ebd=True)
    later = own.model_copy(update={"shared": True})
    biased = PLAIN + 4 * 64
    projections = 2 * (64 * 64 + 64)
    assert total(own) == biased + projections + 2 * 16 * 64 + 2 * 64
    assert total(later) == biased + projections
    assert total(own.model_copy(update={"position_buckets": 4})) == total(own) - 2 * 12 * 64
    assert total(later.model_copy(update={"share_att_key": True})) == biased
    one = own.model_copy(update={"pos_att_type": ("c2p",), "position_key_bias": False})
    assert total(one) == total(own) - (64 * 64 + 64) - 64
    talking = own.model_copy(update={"talking_head": True})
    assert total(talking) == total(own) + 2 * 4 * 4
    assert facts(own.expand(SMALL)).kv_cache_bytes_per_token() == 0


def test_a_fourier_transform_has_no_weights() -> None:
    assert total(FourierMixing()) == 0


def test_projections_in_groups_have_a_share_of_the_weights() -> None:
    attention = template("grouped_projection_attention", num_attention_heads=4, q_groups=4, k_groups=2, v_groups=1)
    assert total(attention) == 64 * 64 // 4 + 64 * 64 // 2 + 64 * 64 + 64 * 64 + 4 * 64
    network = template("feed_forward_in_groups", intermediate_size=128, intermediate_groups=4, output_groups=2)
    assert total(network) == 64 * 128 // 4 + 64 * 128 // 2 + 128 + 64


def test_a_convolution_takes_half_of_the_heads() -> None:
    block = template("span_convolution_attention", num_attention_heads=4, conv_kernel_size=3).expand(SMALL)
    assert facts(block).total_parameters == sum(
        (
            4 * (64 * 32 + 32),  # queries, keys, values, values of the convolution
            64 * 3 + 64 * 32 + 32,  # the span of keys
            32 * 4 * 3 + 4 * 3,  # a kernel per head
            64 * 64 + 64,
        )
    )


def test_tables_of_narrow_vectors_are_projected_later() -> None:
    narrow = Embedding(embedding_size=16, projected=False, max_position_embeddings=8, type_vocab_size=2)
    assert total(narrow) == 16 * (1000 + 8 + 2)
    assert narrow.features_out(SMALL) == 16
    assert total(Embedding(embedding_size=16, max_position_embeddings=8)) == 16 * 1000 + 16 * 64 + 8 * 64


def test_further_tables_are_added_or_concatenated() -> None:
    added = Embedding(tables={"Task": 3, "Place": (10, 20)})
    assert total(added) == 64 * (1000 + 3 + 30)
    assert "2 tables" in str(describe(named(added.expand(SMALL), "place")).detail)
    joined = Embedding(concatenated={"Shape": (50, 32)})
    assert total(joined) == 64 * 1000 + 50 * 32 + (64 + 32) * 64 + 64


def test_sines_are_stored_where_their_rows_are_given() -> None:
    assert total(Embedding(sinusoidal_positions=True, max_position_embeddings=8)) == 64 * 1008
    assert total(Embedding(sinusoidal_positions=True)) == 64 * 1000
    stored = MultiHead(num_attention_heads=4, position=Rope(max_position_embeddings=8))
    assert total(stored) == PLAIN + 8 * 16
    assert total(MultiHead(num_attention_heads=4, position=Rope(max_position_embeddings=8, shared=True))) == PLAIN


def test_a_masked_head_can_be_as_narrow_as_the_tables() -> None:
    tied = Scope(hidden_size=64, vocab_size=1000, tie_word_embeddings=True)
    assert total(MaskedHead(embedding_size=16), tied) == 64 * 16 + 16 + 2 * 16 + 1000
    own = MaskedHead(embedding_size=16, own_features=48)
    assert total(own, tied) == 64 * 64 + 64 + 2 * 64 + 1000 + 48 * 1000
    assert "48 features untied" in str(describe(named(own.expand(tied), "decoder")).detail)
    unused = MaskedHead(unused_bias=True)
    assert total(unused) - total(MaskedHead()) == 1000
    assert total(OutputHead(bias=True, unused_bias=True)) - total(OutputHead(bias=True)) == 1000


@pytest.mark.parametrize(
    ("kind", "biases", "said"),
    [
        (GELU(intermediate_size=128, mlp_bias=True, mlp_down_bias=False), 128, "bias on up"),
        (GELU(intermediate_size=128, mlp_down_bias=True), 64, "bias on down"),
        (GEGLU(intermediate_size=128, mlp_bias=True, mlp_down_bias=False), 2 * 128, "bias on gate and up"),
        (GEGLU(intermediate_size=128, mlp_down_bias=True), 64, "bias on down"),
    ],
)
def test_the_last_projection_can_differ_in_its_bias(kind: GELU | GEGLU, biases: int, said: str) -> None:
    projections = 3 if kind.gated else 2
    block = kind.expand(SMALL)
    assert facts(block).total_parameters == projections * 64 * 128 + biases
    assert said in str(describe(block).notes)
