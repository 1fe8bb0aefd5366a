"""BERT and its relatives: other values than the defaults, counted by their classes, and what the structure becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.reading import Reading, reading_of
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Block, Leaf, Module, Repeat, Residual
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import leaves, walk
from described import describe

DATA = Path(__file__).parent / "data"
COMMON = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 160,
    "vocab_size": 1000,
}
RELATIVE = {"relative_attention": True, "position_biased_input": False}


def read(config: dict[str, Any]) -> Reading:
    return reading_of("", config, "config.json", "model")


def tree(config: dict[str, Any]) -> Block:
    return expand(parse_spec(read(config).text))


def counted(config: dict[str, Any]) -> Facts:
    return facts(tree(config))


def layers_of(block: Block) -> list[Module]:
    return [part for _, part in walk(block) if isinstance(part, Module) and part.level == "layer"]


def names(block: Block) -> list[str]:
    return [leaf.name for leaf in leaves(block)]


def named(block: Block, name: str) -> Leaf:
    return next(leaf for leaf in leaves(block) if leaf.name == name)


def test_the_layers_of_albert_are_counted_once_and_gone_through_many_times() -> None:
    config = {"model_type": "albert", **COMMON, "embedding_size": 16, "num_hidden_layers": 5, "num_hidden_groups": 2}
    block = tree(config)
    loops = [part for _, part in walk(block) if isinstance(part, Repeat)]
    # The first group is gone through three times, the second twice.
    assert [(loop.times, loop.tied) for loop in loops] == [(3, True), (2, True)]
    assert facts(block).parts["feed_forward"] == 2 * (2 * 64 * 160 + 160 + 64)
    assert named(block, "embed_tokens").weights[0].shape == (1000, 16)
    assert named(block, "decoder").weights[0].shape == (1000, 16)
    with pytest.raises(InputError, match="num_hidden_groups 6 is more than num_hidden_layers 5"):
        read(config | {"num_hidden_groups": 6})


def test_positions_of_roberta_begin_behind_those_of_the_padding() -> None:
    config = {"model_type": "roberta", **COMMON, "max_position_embeddings": 514, "pad_token_id": 1}
    spec = parse_spec(read(config).text)
    assert spec.context_length == 512
    table = named(expand(spec), "embed_positions")
    assert table.weights[0].shape == (514, 64)
    assert "512 positions, 2 unused rows" in describe(table).detail
    assert parse_spec(read({"model_type": "bert", **COMMON}).text).context_length == 512


@pytest.mark.parametrize(
    ("model_type", "before", "norms"),
    [("roberta", False, 2), ("roberta-prelayernorm", True, 3), ("xlm-roberta-xl", True, 2), ("megatron-bert", True, 2)],
)
def test_norms_stand_before_the_sublayers_or_after_the_additions(model_type: str, before: bool, norms: int) -> None:
    block = tree({"model_type": model_type, **COMMON})
    first, *_ = layers_of(block)
    branches = [part for _, part in walk(first) if isinstance(part, Residual)]
    assert [named(branch, "o_proj").name for branch in branches[:1]] == ["o_proj"]
    assert all(("norm" in "".join(names(branch))) == before for branch in branches)
    outside = sum(leaf.role == "norm" for leaf in leaves(block)) - 2 * len(layers_of(block))
    assert outside == norms  # Of the embedding, of the end of the layers, of the head.


def test_a_decoder_has_a_cache_and_may_read_an_encoder() -> None:
    config = {"model_type": "roberta", **COMMON, "architectures": ["RobertaForCausalLM"]}
    assert counted(config).bidirectional
    decoder = config | {"is_decoder": True}
    assert counted(decoder).kv_cache_bytes_per_token() == 3 * 2 * 64 * 2
    crossing = counted(decoder | {"add_cross_attention": True})
    assert crossing.total_parameters - counted(decoder).total_parameters == 3 * (4 * (64 * 64 + 64) + 2 * 64)
    with pytest.raises(InputError, match="add_cross_attention without is_decoder"):
        read(config | {"add_cross_attention": True})


def test_a_head_that_is_not_tied_has_two_biases_in_most_classes() -> None:
    def head(model_type: str, **keys: Any) -> int:
        return counted({"model_type": model_type, **COMMON, **keys}).parts["head"]

    tied, own = (head("bert", tie_word_embeddings=tied) for tied in (True, False))
    assert own - tied == 64 * 1000 + 1000
    tied, own = (head("distilbert", dim=64, n_heads=4, tie_word_embeddings=tied) for tied in (True, False))
    assert own - tied == 64 * 1000


def test_deberta_compares_contents_and_positions() -> None:
    both = tree({"model_type": "deberta-v2", **COMMON, **RELATIVE, "pos_att_type": "p2c|c2p"})
    assert named(both, "attention").inputs == 5
    shared = tree({"model_type": "deberta-v2", **COMMON, **RELATIVE, "pos_att_type": ["c2p"], "share_att_key": True})
    assert named(shared, "attention").inputs == 4
    assert "pos_key_proj" not in names(shared)
    # One table of two rows for each distance, however many layers there are.
    assert next(leaf.weights[0].count for leaf in leaves(both) if leaf.name == "rel_embeddings") == 2 * 512 * 64
    assert sum(leaf.weights[0].count > 0 for leaf in leaves(both) if leaf.name == "rel_embeddings") == 1
    assert "embed_positions" not in names(both)
    plain = tree({"model_type": "deberta", **COMMON})
    assert [leaf.name for leaf in leaves(layers_of(plain)[0]) if len(leaf.weights) == 1] == ["k_proj"]
    with pytest.raises(InputError, match="pos_att_type has c2p and p2c, not p2p"):
        read({"model_type": "deberta-v2", **COMMON, **RELATIVE, "pos_att_type": ["p2p"]})


def test_longformer_has_windows_and_projections_of_global_tokens() -> None:
    block = tree({"model_type": "longformer", **COMMON, "attention_window": [32, 64, 64]})
    reaches = [leaf.heads.reach for leaf in leaves(block) if leaf.heads is not None]
    assert sorted({reach for reach in reaches if reach}) == [32, 64]
    assert "query_global" in names(block)
    with pytest.raises(InputError, match="an even number of tokens, not 33"):
        read({"model_type": "longformer", **COMMON, "attention_window": 33})
    with pytest.raises(InputError, match="attention_window has 2 entries for 3 layers"):
        read({"model_type": "longformer", **COMMON, "attention_window": [32, 64]})


def test_a_decoder_of_big_bird_attends_to_all() -> None:
    config = {"model_type": "big_bird", **COMMON, "block_size": 16, "num_random_blocks": 2}
    sparse = named(tree(config), "attention").heads
    whole = named(tree(config | {"is_decoder": True}), "attention").heads
    assert sparse is not None
    assert whole is not None
    assert (sparse.reach, whole.reach, whole.causal) == (7 * 16, None, True)
    with pytest.raises(InputError, match="attention_type is block_sparse or original_full"):
        read(config | {"attention_type": "dense"})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "esm", "hidden_size": 64}, "vocab_size is missing"),
        ({"model_type": "mobilebert", **COMMON, "true_hidden_size": 32}, "true_hidden_size 32 is not the 128"),
        ({"model_type": "xlm", "is_encoder": False}, "this class is an encoder only"),
        ({"model_type": "reformer", "attn_layers": ["lsh"], "num_hidden_layers": 2}, "num_hidden_layers 2 for 1"),
        ({"model_type": "funnel", "block_sizes": [2, 2], "block_repeats": [1]}, "a number for each block"),
        ({"model_type": "perceiver", "v_channels": 640}, "self-attention leaves 640 features for 1280"),
        ({"model_type": "squeezebert", **COMMON, "embedding_size": 32}, "no projection for"),
        ({"model_type": "roc_bert", **COMMON, "concat_input": False}, "shape_embed_dim 512 is not hidden_size 64"),
    ],
)
def test_what_the_class_cannot_be_is_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(config)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "bert", **COMMON, "pruned_heads": {"0": [1]}}, "pruned heads"),
        ({"model_type": "bert", **COMMON, "position_embedding_type": "relative_key"}, "positions of the type"),
        ({"model_type": "roformer", **COMMON, "rotary_value": True}, "the rotation of values"),
        ({"model_type": "esm", **COMMON, "is_folding_model": True}, "the folding of ESMFold"),
        ({"model_type": "xlnet", "attn_type": "uni"}, "causal attention with a memory"),
    ],
)
def test_what_is_not_drawn_is_told(config: dict[str, Any], reason: str) -> None:
    assert any(reason in said for said in read(config).incomplete)
