"""Inkling 2 with other values than the published ones: counted as the classes of transformers 5.24 count them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import shipped
from archdraw.glossary import text
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Block, Module
from archdraw.tree.facts import facts
from archdraw.tree.walks import layers, leaves, walk

TEXT: dict[str, Any] = {
    "architectures": ["Inkling2ForCausalLM"],
    "model_type": "inkling2_text",
    "hidden_size": 64,
    "vocab_size": 160,
    "unpadded_vocab_size": 150,
    "num_hidden_layers": 8,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "swa_num_attention_heads": 8,
    "swa_num_key_value_heads": 4,
    "swa_head_dim": 8,
    "sliding_window_size": 32,
    "d_rel": 4,
    "rel_extent": 48,
    "moe_intermediate_size": 24,
    "n_routed_experts": 6,
    "num_experts_per_tok": 2,
}
LOOP: dict[str, Any] = TEXT | {
    "architectures": ["Inkling2LoopForCausalLM"],
    "model_type": "inkling2_loop_text",
    "n_layers_per_attn_res_block": 2,
    "loop_layer_index_start": 2,
    "loop_layer_index_end": 6,
    "loop_gate_rank": 4,
}
TURNED = ["hybrid", "hybrid_sliding"] * 4
SECTION = {"core_start": 4, "core_end": 8, "num_passes": 2, "gate_rank": 6}


def reading(folder: Path, config: dict[str, Any]) -> Reading:
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    return read_config(path)


def tree(read: Reading) -> Block:
    return expand(parse_spec(read.text, "x"))


@pytest.mark.parametrize(
    ("config", "total"),
    [
        (TEXT, 405_808),
        (TEXT | {"layer_types": ["hybrid"] * 8}, 406_016),
        (TEXT | {"layer_types": TURNED, "conv_kernel_size": 3, "d_rel": 2}, 396_384),
        (TEXT | {"unpadded_vocab_size": 160}, 406_448),
        (LOOP, 423_216),
        (LOOP | {"loop_num_passes": 1}, 423_216),
        (LOOP | {"loop_config": SECTION}, 431_408),
        (LOOP | {"layer_types": TURNED, "rel_extent": 16, "sliding_window_size": 20}, 422_528),
    ],
)
def test_changed_values(config: dict[str, Any], total: int, tmp_path: Path) -> None:
    read = reading(tmp_path, config)
    assert (read.incomplete, read.unused) == ((), ())
    assert facts(tree(read)).total_parameters == total


def test_looped_layers_have_gates_and_a_cache_for_each_pass(tmp_path: Path) -> None:
    whole = tree(reading(tmp_path, LOOP))
    once = facts(tree(reading(tmp_path, LOOP | {"loop_num_passes": 1})))
    thrice = facts(whole)
    # In bf16 and without a window: layer 5, which is looped, is the only one that attends to all.
    assert once.kv_cache_bytes_per_token() == 2 * 2 * 2 * 16 + 7 * 2 * 2 * 4 * 8
    assert thrice.kv_cache_bytes_per_token() == 3 * 2 * 2 * 2 * 16 + (4 + 3 * 3) * 2 * 2 * 4 * 8


def test_the_first_layer_reads_the_embedding_alone(tmp_path: Path) -> None:
    means = [leaf for leaf in leaves(tree(reading(tmp_path, TEXT))) if leaf.name == "attention_input"]
    assert [bool(leaf.weights) for leaf in means][:2] == [False, True]


@pytest.mark.parametrize(("config", "firsts"), [(TEXT, [0, 6]), (LOOP, [0, 2, 4, 6])])
def test_the_first_layer_of_each_block_begins_a_sum(config: dict[str, Any], firsts: list[int], tmp_path: Path) -> None:
    """Inkling2SlidingDecoderLayer: ``is_block_boundary`` where layer_idx % n_layers_per_attn_res_block is 0."""
    every = layers(tree(reading(tmp_path, config)))
    assert [
        place for place, layer in enumerate(every) if any(leaf.name == "new_block" for leaf in leaves(layer))
    ] == firsts


def test_images_join_behind_the_norm_of_tokens(tmp_path: Path) -> None:
    vision = {"model_type": "inkling2_vision", "text_hidden_size": 64}
    whole = {"architectures": ["Inkling2ForConditionalGeneration"], "model_type": "inkling2"}
    text = reading(tmp_path, whole | {"text_config": TEXT, "vision_config": vision}).text
    assert text.index("RMSNorm of tokens") < text.index("vision_transformer")


@pytest.mark.parametrize(
    "config",
    [
        TEXT | {"tie_word_embeddings": True},
        TEXT | {"scoring_func": "tanh"},
        TEXT | {"layer_types": ["linear"] * 8},
        LOOP | {"loop_layer_index_end": 10},
        LOOP | {"loop_layer_index_start": 3},
        LOOP | {"loop_num_passes": 0},
    ],
)
def test_what_the_class_has_not_is_incomplete(config: dict[str, Any], tmp_path: Path) -> None:
    assert reading(tmp_path, config).incomplete


@pytest.mark.parametrize("name", ["inkling-2-mini", "inkling-2-small"])
def test_shipped_experts_are_those_that_the_reader_makes(name: str, tmp_path: Path) -> None:
    """The specs are written by hand: their experts have the bounds that a config without them stands for."""
    made = []
    for block in (shipped.model(name).block, tree(reading(tmp_path, TEXT))):
        found = {part for _, part in walk(block) if isinstance(part, Module) and part.name == "experts"}
        (expert,) = {(one.kind, *(text(leaf.label) for leaf in leaves(one) if not leaf.weights)) for one in found}
        made.append(expert)
    assert made[0] == made[1]
