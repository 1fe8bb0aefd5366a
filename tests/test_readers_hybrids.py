"""Readers of hybrids: which layer has which mixer, and stacks told as a person would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.readers.config import Config
from archdraw.readers.draft import stacks
from archdraw.readers.hybrids import numbered
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

CONFIGS = Path(__file__).parent / "data" / "configs"


def changed(tmp_path: Path, name: str, section: str = "", **changes: Any) -> Reading:
    """The config ``name`` read with some keys changed; None takes a key away."""
    data = json.loads((CONFIGS / f"{name}.json").read_text(encoding="utf-8"))
    where = data[section] if section else data
    where.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del where[key]
    file = tmp_path / "model.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return read_config(file)


def counted(reading: Reading) -> Facts:
    return facts(expand(parse_spec(reading.text)))


def test_a_few_layers_may_come_behind_a_pattern() -> None:
    names = ["dense", *["a", "a", "b"] * 4, "c"]
    assert stacks(names) == [
        "dense",
        {"stack": {"num_hidden_layers": 12, "pattern": [{"like": "a", "times": 2}, "b"]}},
        "c",
    ]


def test_lists_of_layers_by_number() -> None:
    config = Config({"kda_layers": [1, 2, 4], "full_attn_layers": [3]})
    assert numbered(config, {"kda_layers": "kda", "full_attn_layers": "latent"}, 4, 1) == [
        "kda",
        "kda",
        "latent",
        "kda",
    ]
    assert not config.complaints


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"kda_layers": [0, 1], "full_attn_layers": [2]}, "kda_layers names layer 0, but there are 3, from 1 on"),
        ({"kda_layers": [1, 2], "full_attn_layers": [2, 3]}, "layer 2 is listed twice"),
        ({"kda_layers": [1], "full_attn_layers": [3]}, "layer 2 is in none of the lists"),
    ],
)
def test_lists_that_fit_no_stack(lists: dict[str, list[int]], message: str) -> None:
    config = Config(lists)
    assert len(numbered(config, {"kda_layers": "kda", "full_attn_layers": "latent"}, 3, 1)) == 3
    assert message in config.complaints[0].message


def test_an_interval_says_the_same_as_a_list_of_layers(tmp_path: Path) -> None:
    listed = read_config(CONFIGS / "qwen3.5-27b.json")
    every = changed(tmp_path, "qwen3.5-27b", "text_config", layer_types=None)
    assert counted(every) == counted(listed)
    eighth = changed(tmp_path, "qwen3.5-27b", "text_config", layer_types=None, full_attention_interval=8)
    assert counted(eighth).kv_cache_bytes_per_token() * 2 == counted(listed).kv_cache_bytes_per_token()


def test_a_layer_type_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='unknown layer type "mamba"'):
        changed(tmp_path, "qwen3.5-27b", "text_config", layer_types=["mamba"] * 64)


def test_dense_layers_among_sparse_ones(tmp_path: Path) -> None:
    reading = changed(tmp_path, "qwen3-next-80b-a3b", mlp_only_layers=[0])
    assert not reading.incomplete
    dense, moe = 3 * 2048 * 5120, 512 * 3 * 2048 * 512 + 3 * 2048 * 512 + 2048 + 512 * 2048
    assert counted(reading).total_parameters == 79_674_391_296 - moe + dense


def test_a_window_in_every_layer_of_motif(tmp_path: Path) -> None:
    """The first of four layers sees everything; it caches a latent, those with a window whole heads."""
    plain = counted(read_config(CONFIGS / "motif-3-beta.json"))
    assert plain.kv_cache_bytes_per_token() == 2 * (14 * (512 + 64) + 39 * 16 * (192 + 128))
    all_slide = counted(changed(tmp_path, "motif-3-beta", sliding_window_pattern="all"))
    assert all_slide.kv_cache_bytes_per_token() == 2 * 53 * 16 * (192 + 128)
    assert all_slide.total_parameters == plain.total_parameters


def test_delta_attention_of_full_rank(tmp_path: Path) -> None:
    reading = changed(tmp_path, "solar-open-2", kda_use_full_proj=True)
    low, full = 4096 * 128 + 128 * 8192, 4096 * 8192
    plain = counted(read_config(CONFIGS / "solar-open-2.json")).total_parameters
    assert counted(reading).total_parameters - plain == 36 * 2 * (full - low)


def test_a_stack_without_loops_is_plain(tmp_path: Path) -> None:
    looped = read_config(CONFIGS / "nanbeige-4-2-3b.json")
    once = changed(tmp_path, "nanbeige-4-2-3b", num_loops=1)
    assert "loop:" in looped.text
    assert "loop:" not in once.text
    assert counted(once).total_parameters == counted(looped).total_parameters == 4_169_800_704
    assert counted(once).kv_cache_bytes_per_token() * 2 == counted(looped).kv_cache_bytes_per_token()


def test_what_is_not_drawn_is_told(tmp_path: Path) -> None:
    assert changed(tmp_path, "ling-3-0-flash", value_norm=True).incomplete == ("what value_norm adds",)
    assert changed(tmp_path, "minimax-m2", shared_intermediate_size=512).incomplete
    assert changed(tmp_path, "kimi-linear-48b-a3b", mla_use_nope=False).incomplete
