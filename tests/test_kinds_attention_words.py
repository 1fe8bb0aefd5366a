"""Attention and position kinds: their definitions, the concepts that follow from their fields, labels of authors."""

from __future__ import annotations

import pytest

from archdraw.glossary.concepts import SHIPPED, Concept
from archdraw.kinds.base import Kind, Scope
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.compressed_attention import CompressedAttention
from archdraw.kinds.mixers.position import NoPosition, Rope, RopeScaling
from archdraw.kinds.mixers.shared_compressed_attention import SharedCompressedAttention
from archdraw.kinds.registry import kinds
from archdraw.spec import parse_spec
from archdraw.tree.blocks import Leaf, Module
from described import describe
from samples import LATENT

HEAD = "name: Words\nhidden_size: 4096\nvocab_size: 100\ncontext_length: 64\nlayers:\n  - embedding\n"
MODULES = (
    *("attention", "block_sparse_attention", "pooled_sparse_attention", "token_sparse_attention"),
    *("relative_attention", "position", "latent_attention", "differential_attention"),
    *("compressed_attention", "shared_compressed_attention", "convolutional_attention"),
)
OWN = [
    kind for kind in kinds().values() if kind.__module__ in {f"archdraw.kinds.mixers.{module}" for module in MODULES}
]
SCOPE = Scope(hidden_size=4096, vocab_size=100)


def example(kind: type[Kind]) -> Kind:
    """The example of ``kind`` as an author would paste it; of a position the attention that it stands in."""
    text = kind.example.replace("\n", "\n      ")
    if kind.family == "position":
        inside = text if ":" not in text else f"{{{text}}}"
        text = f"grouped_query: {{num_attention_heads: 32, num_key_value_heads: 8, position: {inside}}}"
    layer = parse_spec(f"{HEAD}  - {text}\n").layers[1]
    assert isinstance(layer, Kind)
    return layer


def test_every_module_has_a_kind() -> None:
    assert {kind.__module__.rpartition(".")[2] for kind in OWN} == set(MODULES)


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.keyword)
def test_a_kind_is_defined_and_has_other_names(kind: type[Kind]) -> None:
    assert kind.term.definition
    assert kind.aliases
    assert set(kind.concepts) <= set(SHIPPED)


def test_rotations_are_drawn_as_positions() -> None:
    rotation = Rope().rotation(64, ("Q", "K"))
    assert isinstance(rotation, Leaf)
    assert rotation.role in Rope.drawn_as


YARN = Rope(rope_scaling=RopeScaling(rope_type="yarn", factor=4.0), partial_rotary_factor=0.5)
GQA = GroupedQuery(num_attention_heads=8, num_key_value_heads=2)
COMPRESSED = {
    "num_attention_heads": 8,
    "head_dim": 64,
    "qk_rope_head_dim": 16,
    "q_lora_rank": 96,
    "o_groups": 2,
    "o_lora_rank": 48,
    "sliding_window": 128,
}
INDEX = {"compress_ratio": 4, "index_n_heads": 4, "index_head_dim": 32, "index_topk": 256}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (MultiHead(num_attention_heads=8, attention_bias=True), {"multi-head attention", "attention bias"}),
        (GQA, {"grouped-query attention"}),
        (
            GQA.model_copy(update={"sliding_window": 8, "sinks": True, "output_gate": "per_head"}),
            {"grouped-query attention", "sliding-window attention", "attention sinks", "attention output gate"},
        ),
        (
            GQA.model_copy(update={"attention_k_eq_v": True, "qk_norm": "l2norm_per_head"}),
            {"grouped-query attention", "K = V", "QK-norm"},
        ),
        (
            GQA.model_copy(update={"shares_kv": True, "attn_logit_softcapping": 50.0}),
            {"grouped-query attention", "cross-layer KV sharing", "attention-logit softcapping"},
        ),
        (
            GQA.model_copy(update={"attention_chunk_size": 8}),
            {"grouped-query attention", "chunked attention"},
        ),
        (Rope(), {"RoPE"}),
        (YARN, {"RoPE", "partial RoPE", "YaRN"}),
        (LATENT, {"multi-head latent attention", "partial RoPE"}),
        (LATENT.model_copy(update={"position": NoPosition()}), {"multi-head latent attention"}),
        (
            LATENT.model_copy(update={"indexer": "shared", "output_gate": True, "sinks": True}),
            {
                *("multi-head latent attention", "partial RoPE", "DSA lightning indexer"),
                *("cross-layer index sharing", "attention output gate", "attention sinks"),
            },
        ),
        (
            CompressedAttention(**COMPRESSED),  # type: ignore[arg-type]
            # It has only the window.
            {"sliding-window attention", "attention sinks"},
        ),
        (
            CompressedAttention(**COMPRESSED, compress_ratio=4),  # type: ignore[arg-type]
            {"compressed attention", "sliding-window attention", "attention sinks"},
        ),
        (
            CompressedAttention(**COMPRESSED, **INDEX),  # type: ignore[arg-type]
            {"compressed attention", "sliding-window attention", "attention sinks", "DSA lightning indexer"},
        ),
        (
            SharedCompressedAttention(**COMPRESSED, **INDEX, entries="shared", indexer="shared"),  # type: ignore[arg-type]
            {
                *("compressed attention", "sliding-window attention", "attention sinks"),
                *("DSA lightning indexer", "cross-layer index sharing"),
            },
        ),
    ],
    ids=lambda value: value.keyword if isinstance(value, Kind) else None,
)
def test_concepts_follow_from_fields(kind: Kind, names: set[str]) -> None:
    found: list[Concept] = list(kind.concepts_used())
    assert {concept.name for concept in found} == names
    assert len(found) == len(names)


@pytest.mark.parametrize("kind", [kind for kind in OWN if kind.family == "mixer"], ids=lambda kind: kind.keyword)
def test_an_author_may_name_a_block(kind: type[Kind]) -> None:
    own = example(kind)
    block, named = own.expand(SCOPE), own.model_copy(update={"label": "Own words"}).expand(SCOPE)
    assert isinstance(block, Module)
    assert isinstance(named, Module)
    assert (named.label, block.kind) == ("Own words", kind.keyword)
    assert describe(block).label != "Own words"
