"""Dory with other values than the published ones: counted as the class of transformers 5.24 counts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

SMALL: dict[str, Any] = {
    "architectures": ["DoryForCausalLM"],
    "model_type": "dory",
    "hidden_size": 64,
    "vocab_size": 150,
    "intermediate_size": 96,
    "num_hidden_layers": 8,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "n_input_layers": 2,
    "n_output_layers": 2,
}
APART: dict[str, Any] = {
    "layer_types": ["sliding_attention", "mlp"] * 6 + ["full_attention", "mlp"] * 2,
    "num_hidden_layers": 16,
    "n_input_layers": 4,
    "n_output_layers": 4,
}


def reading(folder: Path, changes: dict[str, Any]) -> Reading:
    path = folder / "config.json"
    path.write_text(json.dumps(SMALL | changes))
    return read_config(path)


@pytest.mark.parametrize(
    ("changes", "total", "looped"),
    [
        ({}, 301_462, "num_loops: 2"),
        ({"attention_bias": True}, 302_998, "num_loops: 2"),
        ({"mlp_bias": True}, 303_510, "num_loops: 2"),
        ({"n_recurrent_loops": 3, "n_input_layers": 0, "n_output_layers": 4}, 301_462, "num_loops: 3"),
        ({"layer_types": ["full_attention"] * 8}, 301_462, "num_loops: 2"),
        (APART, 301_462, "num_loops: 2"),
    ],
)
def test_changed_values(changes: dict[str, Any], total: int, looped: str, tmp_path: Path) -> None:
    read = reading(tmp_path, changes)
    assert [problem.split(",")[0] for problem in map(str, read.incomplete)] == [
        "learned scales inside attention and feed-forward network"
    ]
    assert facts(expand(parse_spec(read.text, "x"))).total_parameters == total
    assert looped in read.text


def test_passes_have_a_cache_each(tmp_path: Path) -> None:
    def cached(loops: int) -> int:
        read = reading(tmp_path, {"n_recurrent_loops": loops, "sliding_window": 4})
        return facts(expand(parse_spec(read.text, "x"))).kv_cache_bytes_per_token()

    # In bf16: keys and values of two heads of 16 features; four of eight layers are in the loop.
    assert (cached(1), cached(3)) == (8 * 128, 16 * 128)


def test_other_caches_and_tied_tables_are_named(tmp_path: Path) -> None:
    read = reading(tmp_path, {"recurrent_kv_cache_mode": "last_loop", "tie_word_embeddings": True})
    assert len(read.incomplete) == 3


def test_numbers_of_layers_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"2 \+ 3 \+ 2 layers are not 8"):
        reading(tmp_path, {"n_recurrent_layers": 3})
