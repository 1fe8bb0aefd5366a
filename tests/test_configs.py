"""Every config.json that is kept here: read, counted to the last parameter, drawn without a fault."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest

from archdraw.lint.faults import faults
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree.facts import report
from archdraw.tree.walks import layers, leaves
from archdraw.views import draw

DATA = Path(__file__).parent / "data"
CONFIGS = sorted((DATA / "configs").glob("*.json"))
NAMES = [path.stem for path in CONFIGS]

# Configs that publish nothing about a part of their model: why they are marked incomplete.
INCOMPLETE = {
    "gemma-3n-e4b": "the encoders of images and sounds",
}

# What archdraw counts where the table is wrong; docs/configs.md has the evidence.
CORRECTED = {
    ("llada-8b", "kv_bytes_per_token"): 0,  # bidirectional: no token keeps anything for the next
    ("ling-2-5-1t", "total"): 1_012_231_140_864,
    ("ling-2-6-1t", "total"): 1_012_231_140_864,
    **dict.fromkeys([("minicpm-2b", column) for column in ("total", "active", "text")], 3_007_736_064),
    **dict.fromkeys([("flan-t5-base", column) for column in ("total", "active", "text")], 247_577_856),
    **dict.fromkeys([("flan-t5-xxl", column) for column in ("total", "active", "text")], 11_135_332_352),
    ("mimo-v2.5-pro", "total"): 1_021_248_099_840,
    ("mimo-v2.5-pro", "text"): 1_021_248_099_840,
    ("mimo-v2.5-pro", "active"): 41_894_893_056,
    ("mimo-v2.5-pro", "active_without_input_embedding"): 40_957_466_112,
    ("longcat-flash-lite", "active"): 36_325_039_104,
    ("longcat-flash-lite", "active_without_input_embedding"): 4_515_400_704,
    ("gemma-3n-e4b", "kv_bytes_per_token"): 40_960,
    ("gemma-4-26b-a4b", "kv_bytes_per_token"): 225_280,
    ("gemma-4-31b", "kv_bytes_per_token"): 901_120,
}


@cache
def reading(name: str) -> Reading:
    return read_config(DATA / "configs" / f"{name}.json")


def _counts() -> list[dict[str, str]]:
    with (DATA / "config-counts.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


COUNTS = _counts()


def test_every_config_is_in_the_table() -> None:
    assert {row["config"] for row in COUNTS} == set(NAMES)
    assert len(NAMES) > 180


@pytest.mark.parametrize("row", COUNTS, ids=[row["config"] for row in COUNTS])
def test_counts_are_exact(row: dict[str, str]) -> None:
    from archdraw.tree.facts import facts

    name = row["config"]
    counted = facts(expand(parse_spec(reading(name).text, name)))
    found = report(counted, name, 8192)
    columns = {
        "total": "total_parameters",
        "active": "active_parameters",
        "active_without_input_embedding": "active_parameters_without_input_embedding",
        "text": "text_parameters",
        "kv_bytes_per_token": "kv_cache_bytes_per_token",
    }
    expected = {column: CORRECTED.get((name, column), int(row[column])) for column in columns if row[column]}
    # In the table only experts are inactive, and where the head is tied no table is an input embedding.
    found["active_parameters"] += counted.lookup_parameters
    if counted.head_is_tied:
        found["active_parameters_without_input_embedding"] += counted.lookup_parameters
    assert {column: found[columns[column]] for column in expected} == expected
    assert sum(found["parts"].values()) == found["total_parameters"]


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_understood(name: str) -> None:
    assert reading(name).unused == ()
    assert [name] * bool(reading(name).incomplete) == [name] * (name in INCOMPLETE)


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_has_a_fault(name: str) -> None:
    spec = parse_spec(reading(name).text, name)
    assert faults(draw(spec, expand(spec), theme=load_theme("light"))) == []


@pytest.mark.parametrize("name", ["gpt2", "qwen3-30b-a3b", "deepseek-v3.2", "nemotron-3-nano-30b-a3b", "gemma-4-e2b"])
def test_the_imported_spec_draws_the_same_picture(name: str, tmp_path: Path) -> None:
    from archdraw.model import load

    file = DATA / "configs" / f"{name}.json"
    spec = tmp_path / f"{name}.yaml"
    spec.write_text(reading(name).text, "utf-8")
    direct, imported = load(file), load(spec)
    assert imported.block == direct.block
    assert imported.svg() == direct.svg()


@pytest.mark.parametrize("name", NAMES)
def test_the_imported_spec_is_the_same_model(name: str, tmp_path: Path) -> None:
    from archdraw.model import load

    spec = tmp_path / f"{name}.yaml"
    spec.write_text(reading(name).text, "utf-8")
    assert load(spec).block == load(DATA / "configs" / f"{name}.json").block


def _full_layers(name: str) -> int | None:
    """How many layers see all tokens, by the lists of a config whose other layers have windows; None without one."""
    data = json.loads((DATA / "configs" / f"{name}.json").read_text("utf-8"))
    text = data.get("text_config") or data
    pattern, kinds = text.get("hybrid_layer_pattern"), text.get("layer_types")
    if isinstance(pattern, list):
        return pattern.count(0)
    if not kinds or not any(kind in ("sliding_attention", "chunked_attention") for kind in kinds):
        return None
    # An indexer scores all tokens, too, of which its layer's attention then sees some.
    return sum(kind in ("full_attention", "indexed_attention") for kind in kinds[: text["num_hidden_layers"]])


def test_windows_are_where_the_lists_have_them() -> None:
    expected = {name: full for name in NAMES if (full := _full_layers(name)) is not None}
    found = {}
    for name in expected:
        stack = layers(expand(parse_spec(reading(name).text, name)))
        reaches = [[leaf.heads.reach for leaf in leaves(layer.body) if leaf.heads] for layer in stack]
        found[name] = sum(None in here for here in reaches)
    assert len(expected) > 25
    assert found == expected


def test_configs_are_json_with_a_source() -> None:
    for path in CONFIGS:
        assert isinstance(json.loads(path.read_text("utf-8")), dict)
