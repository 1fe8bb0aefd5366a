"""Configs as they are met in the field: other heads, keys of other tools, positions stretched in other ways."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import read_config
from archdraw.readers.checked import checked
from archdraw.source import LARGEST_FILE
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

DATA = Path(__file__).parent / "data"


def _rows() -> list[dict[str, str]]:
    with (DATA / "field.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


ROWS = _rows()


@pytest.mark.parametrize("row", ROWS, ids=[row["config"] for row in ROWS])
def test_counted_or_incomplete(row: dict[str, str]) -> None:
    reading = read_config(DATA / "field" / f"{row['config']}.json")
    assert facts(expand(parse_spec(reading.text))).total_parameters == int(row["total"])
    assert bool(reading.incomplete) == bool(row["incomplete"])
    assert row["incomplete"] in "; ".join(reading.incomplete)


LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "vocab_size": 100,
    "max_position_embeddings": 128,
}


def written(folder: Path, data: dict[str, Any]) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps(data), "utf-8")
    return file


def test_a_long_list_of_how_weights_are_stored_is_no_obstacle(tmp_path: Path) -> None:
    """Lists of tensors that are stored as they are, one for each expert of each layer."""
    listed = [f"model.layers.{layer}.mlp.experts.{expert}.gate_proj" for layer in range(150) for expert in range(400)]
    file = written(tmp_path, LLAMA | {"quantization_config": {"ignore": listed}, "strange_key": 1})
    assert file.stat().st_size > LARGEST_FILE
    reading = read_config(file)
    assert reading.incomplete == ("unrecognized key strange_key",)
    assert checked(reading)[1] == checked(read_config(written(tmp_path, LLAMA)))[1]


def test_any_other_content_of_that_length_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, LLAMA | {"notes": "x" * LARGEST_FILE})
    with pytest.raises(InputError, match="larger than 2,000,000 bytes, its quantization left out"):
        read_config(file)


@pytest.mark.parametrize("key", ["pruned_heads", "tie_encoder_decoder"])
def test_what_says_nothing_in_most_files_may_say_something(tmp_path: Path, key: str) -> None:
    assert read_config(written(tmp_path, LLAMA | {key: {}})).incomplete == ()
    reading = read_config(written(tmp_path, LLAMA | {key: {"0": [1]}}))
    assert [key in reason for reason in reading.incomplete] == [True]
    assert [key in problem.message for problem in reading.warnings] == [True]


@pytest.mark.parametrize("key", ["num_hidden_layers", "num_attention_heads"])
def test_a_billion_is_refused_before_anything_is_built(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match=key):
        checked(read_config(written(tmp_path, LLAMA | {key: 10**9})))


def test_a_billion_shared_experts_are_refused(tmp_path: Path) -> None:
    config = json.loads((DATA / "families" / "deepseek_v3--DeepseekV3ForCausalLM.json").read_text("utf-8"))
    with pytest.raises(InputError, match="shared experts are"):
        checked(read_config(written(tmp_path, config | {"n_shared_experts": 10**9})))
