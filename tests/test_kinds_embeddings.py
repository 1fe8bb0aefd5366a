"""Both ends of the layers: tables, heads, prediction modules; their words, concepts and settings."""

from __future__ import annotations

import pytest

from archdraw.glossary.concepts import LEARNED_POSITIONS, SINUSOIDAL_POSITIONS
from archdraw.kinds.base import Kind, Scope
from archdraw.kinds.embeddings.dspark import DSpark
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.embeddings.head import MaskedHead, OutputHead
from archdraw.kinds.embeddings.multi_token_prediction import MultiTokenPrediction
from archdraw.kinds.embeddings.ngram_embedding import NgramEmbedding
from archdraw.kinds.embeddings.ngram_memory import NgramMemory
from archdraw.kinds.embeddings.per_layer_embedding import LayerScalar, PerLayerEmbeddings, PerLayerInput
from archdraw.kinds.feed_forward.feed_forward import SwiGLU
from archdraw.kinds.layers.decoder import Decoder
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.description import describe
from archdraw.tree.walks import leaves, walk

SCOPE = Scope(hidden_size=32, vocab_size=1000)
TIED = Scope(hidden_size=32, vocab_size=1000, tie_word_embeddings=True)
LAYER = Decoder(feed_forward=SwiGLU(intermediate_size=64))


def boxes(block: Block) -> list[str]:
    return [describe(leaf).full for leaf in leaves(block)]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Embedding(), ["Token embedding, vocab 1,000 → 32"]),
        (Embedding(scale_embedding=True), ["Token embedding, vocab 1,000 → 32, × √32"]),
        (Embedding(embedding_multiplier=12.0, shared=True), ["Token embedding, vocab 1,000 → 32, × 12, shared"]),
        (Embedding(embedding_size=16), ["Token embedding, vocab 1,000 → 16", "Projection, 16 → 32"]),
        (
            Embedding(max_position_embeddings=128, type_vocab_size=2, label="Words"),
            ["Words, vocab 1,000 → 32", "Position embedding, learned, 128 positions", "Segment embedding, 2 segments"],
        ),
        (
            Embedding(sinusoidal_positions=True, type_vocab_size=1),
            ["Token embedding, vocab 1,000 → 32", "Segment embedding, 1 segment", "Positional encoding, sinusoidal"],
        ),
        (OutputHead(bias=True), ["LM head, 32 → vocab 1,000, untied, bias"]),
        (OutputHead(embedding_size=16), ["Projection, 32 → 16", "LM head, 16 → vocab 1,000, untied"]),
        (
            MaskedHead(activation="ReLU"),
            ["Projection, 32 → 32", "ReLU", "LayerNorm", "LM head, 32 → vocab 1,000, untied, bias"],
        ),
        (
            NgramEmbedding(ngram_vocab_size_ratio=2.0, emb_neighbor_num=3, emb_split_num=2),
            [
                "Token embedding, vocab 1,000 → 32",
                "4 n-gram tables, n = 2–3, ≈2,000 × 8 each",
                "4 projections, 8 → 32, summed",
                "÷ 5",
            ],
        ),
        (
            NgramMemory(num_embeddings=500, embed_dim=16, ngram_size=2, heads_per_ngram=4, projections="wkv"),
            [
                *(
                    "RMSNorm",
                    "Token ids, hashes, n = 2",
                    "4 n-gram tables, 500 rows in all, dim 4",
                    "K 32 + V 32",
                    "RMSNorm",
                ),
                "Context-aware gate, sigmoid of signed √(stream · K)",
                *("RMSNorm", "causal conv (k = 4), dilation 2, SiLU"),
            ],
        ),
        (
            PerLayerInput(hidden_size_per_layer_input=8),
            ["gate 8", "GELU", "Per-layer embedding, of this layer", "8 → 32", "Post-PLE RMSNorm"],
        ),
        (
            PerLayerEmbeddings(num_hidden_layers=3, hidden_size_per_layer_input=8),
            ["Per-layer embedding table, 1,000 → 24, × √8", "Projection, 32 → 24", "RMSNorm", "× 1/√2"],
        ),
        (LayerScalar(), ["× layer scalar"]),
    ],
    ids=lambda value: value.keyword if isinstance(value, Kind) else str(len(value)),
)
def test_boxes_at_both_ends(kind: Kind, words: list[str]) -> None:
    assert boxes(kind.expand(SCOPE)) == words


def test_a_tied_head_says_so() -> None:
    assert boxes(OutputHead().expand(TIED)) == ["LM head, 32 → vocab 1,000, tied"]


def test_how_positions_are_added_is_a_concept() -> None:
    assert list(Embedding().concepts_used()) == []
    assert list(Embedding(max_position_embeddings=8).concepts_used()) == [LEARNED_POSITIONS]
    assert list(Embedding(sinusoidal_positions=True).concepts_used()) == [SINUSOIDAL_POSITIONS]


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        (
            Embedding(max_position_embeddings=8, embedding_multiplier=2.0),
            Embedding(max_position_embeddings=8, embedding_multiplier=3.0),
            "embed_tokens",
        ),
        (Embedding(embedding_size=16), Embedding(embedding_size=16, scale_embedding=True), "embed_tokens"),
        (OutputHead(logit_scale=2.0), OutputHead(logit_scale=3.0), "lm_head"),
        (MaskedHead(), MaskedHead(activation="ReLU"), "decoder"),
        (
            PerLayerInput(hidden_size_per_layer_input=8),
            PerLayerInput(hidden_size_per_layer_input=16),
            "per_layer_input",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.keyword,
)
def test_settings_of_a_row_belong_to_its_table_or_head(one: Kind, other: Kind, name: str) -> None:
    """Parts of a row or fork that say nothing of these settings have none; one block has them all."""
    signed = [
        [part for _, part in walk(kind.expand(SCOPE)) if isinstance(part, Leaf | Module) and part.settings]
        for kind in (one, other)
    ]
    own = [[part for part in parts if part.name == name] for parts in signed]
    assert [len(parts) for parts in own] == [1, 1]
    assert own[0][0].settings != own[1][0].settings
    assert {field for field, _ in own[0][0].settings} >= set(type(one).model_fields) - {"label", "norm"}


def test_a_prediction_module_is_not_in_the_total() -> None:
    module = MultiTokenPrediction(layer=LAYER).expand(SCOPE)
    assert isinstance(module, Side)
    one = 2 * 32 + 2 * 32 * 32 + (32 + 3 * 32 * 64) + 32
    said = describe(module.body)
    assert (said.label, said.title) == ("MTP module", "Multi-token prediction (MTP)")
    assert said.detail == f"1 layer, {one / 1000:.2f}k (not in total), also reads the next token"
    assert said.notes == ("token embedding and LM head shared with the model",)
    shared = [box for box in boxes(module) if "shared" in box]
    assert shared == ["Token embedding, next token, shared", "LM head, shared"]
    assert module.body.kind == "multi_token_prediction"
    assert [part.level for _, part in walk(module) if isinstance(part, Module)][1] == "side_layer"
    two = MultiTokenPrediction(layer=LAYER, num_nextn_predict_layers=2).expand(SCOPE)
    assert isinstance(two, Side)
    assert describe(two.body).label == "MTP modules"
    assert describe(two.body).detail.startswith("2 modules, 1\u00a0layer each, ")


def test_a_drafting_module_says_how_many_tokens_it_drafts() -> None:
    module = DSpark(layer=LAYER, target_layer_ids=(1, 2, 3), markov_rank=8, block_size=1).expand(SCOPE)
    assert isinstance(module, Side)
    assert describe(module.body).notes == (
        "drafts blocks of 1 token",
        "token embedding and LM head shared with the model",
    )
    assert boxes(module)[0] == "96 → 32, what comes into layers 1–3, mean of the streams"
    heads = ["LM head, shared", "Markov head, previous token, rank 8", "Confidence head, per token"]
    assert boxes(module)[-3:] == heads


def test_tables_of_ngrams_say_what_a_token_looks_up() -> None:
    embedding = NgramEmbedding(ngram_vocab_size_ratio=2.0, emb_neighbor_num=2, emb_split_num=2).expand(SCOPE)
    assert describe(embedding).detail == "token table + 2 n-gram tables"
    assert describe(embedding).notes == ("n-gram tables: 64.1k parameters", "2 rows looked up per token")
    memory = NgramMemory(num_embeddings=500, embed_dim=16, ngram_size=3, heads_per_ngram=2, hc_mult=4).expand(SCOPE)
    short = NgramMemory(num_embeddings=500, embed_dim=16, ngram_size=2, heads_per_ngram=2).expand(SCOPE)
    assert describe(short).detail == "n = 2, 4.00k in lookup tables"
    assert len(describe(short).notes) == 2
    assert (
        describe(memory).full == "Engram (n-gram memory), n = 2–3, 2.00k in lookup tables, added to each of 4 streams"
    )
    assert describe(memory).notes == (
        *("n-gram tables: 2.00k parameters", "4 rows looked up per token"),
        "one gate per residual stream (4)",
    )
