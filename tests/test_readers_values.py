"""Configs with other values than the defaults of their classes: complete means as many parameters as the class has.

The totals are those of transformers 5.24 on the meta device, written by tests/verify_values.py.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from verify_values import changed, config_of, rows

ROWS: dict[str, list[dict[str, str]]] = defaultdict(list)
for _row in rows():
    ROWS[_row["config"]].append(_row)


def default(name: str) -> dict[str, Any]:
    """The default config of a class, as it saves it."""
    return changed(name, {})


def read(folder: Path, config: dict[str, Any]) -> Reading:
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return read_config(file)


def found(folder: Path, row: dict[str, str]) -> tuple[str, str]:
    """How the config of a row is read, and how many parameters it has where it is complete."""
    try:
        reading = read(folder, config_of(row))
        total = facts(expand(parse_spec(reading.text))).total_parameters
    except InputError:
        return "rejected", ""
    return ("incomplete", "") if reading.incomplete else ("complete", str(total))


@pytest.mark.parametrize("name", ROWS)
def test_other_values_count_as_in_the_class(name: str, tmp_path: Path) -> None:
    for row in ROWS[name]:
        expected = row["state"], row["total"] if row["state"] == "complete" else ""
        assert found(tmp_path, row) == expected, row["changes"]


def test_most_values_are_read_whole() -> None:
    states = Counter(row["state"] for several in ROWS.values() for row in several)
    assert states["complete"] > 0.95 * states.total()


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        (
            "mimo_v2_flash--MiMoV2FlashForCausalLM",
            {"swa_head_dim": 96},
            "swa_head_dim is another one than in the class of transformers, which does not read it",
        ),
        (
            "deepseek_v4--DeepseekV4ForCausalLM",
            {"n_shared_experts": 2},
            "n_shared_experts is not 1, and the class of transformers has one shared expert",
        ),
        ("deepseek_v32--DeepseekV32ForCausalLM", {"layer_types": ["full_attention"] * 61}, "full_attention"),
    ],
)
def test_what_the_class_does_not_follow_is_said(name: str, values: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert any(reason in one for one in read(tmp_path, default(name) | values).incomplete)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kimi_linear--KimiLinearForCausalLM", {"tie_word_embeddings": True}),
        ("bailing_hybrid--BailingHybridForCausalLM", {"tie_word_embeddings": True}),
        ("xlstm--xLSTMForCausalLM", {"add_out_norm": False}),
        ("minimax_m2--MiniMaxM2ForCausalLM", {"use_qk_norm": False}),
        ("minimax_m3_vl_text--MiniMaxM3VLForCausalLM", {"use_qk_norm": False}),
        ("gpt_oss--GptOssForCausalLM", {"hidden_act": "relu"}),
        ("deepseek_v4--DeepseekV4ForCausalLM", {"attention_bias": True}),
        ("nemotron_h--NemotronHForCausalLM", {"attention_bias": True}),
        ("phi3--Phi3ForCausalLM", {"attention_bias": True}),
        ("inkling_text--InklingForCausalLM", {"shared_expert_sink": False}),
    ],
)
def test_a_switch_without_effect_is_a_warning(name: str, values: dict[str, Any], tmp_path: Path) -> None:
    usual, reading = read(tmp_path, default(name)), read(tmp_path, default(name) | values)
    (key,) = values
    said = [problem.message for problem in reading.warnings]
    assert any(message.startswith(key) and "without effect" in message for message in said)
    assert reading.incomplete == usual.incomplete
    assert facts(expand(parse_spec(reading.text))) == facts(expand(parse_spec(usual.text)))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("xlstm--xLSTMForCausalLM", {"num_blocks": 16}, "num_blocks 16 is not num_hidden_layers 32"),
        ("xlstm--xLSTMForCausalLM", {"embedding_dim": 2048}, "embedding_dim 2048 is not hidden_size 4096"),
        ("helium--HeliumForCausalLM", {"head_dim": 64}, "20 heads of 64 features are not hidden_size 2560"),
        (
            "gemma4_text--Gemma4ForCausalLM",
            {"per_layer_config": {"30": {"head_dim": 128}}},
            "per_layer_config names layer 30, but there are 30, from 0 on",
        ),
        ("lfm3--Lfm3ForCausalLM", {"layer_types": ["mamba"] * 24}, 'unknown layer type "mamba"'),
        ("exaone4--Exaone4ForCausalLM", {"layer_types": ["full_attention"] * 3}, "3 entries for 32 layers"),
    ],
)
def test_values_that_contradict_each_other_are_refused(
    name: str, values: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refusal:
        read(tmp_path, default(name) | values)
    assert message in str(refusal.value)


def test_an_unread_key_of_one_layer_is_reported_at_its_place(tmp_path: Path) -> None:
    own = {"5": {"head_dim": 512, "mystery": 3}}
    reading = read(tmp_path, default("gemma4_text--Gemma4ForCausalLM") | {"per_layer_config": own})
    assert reading.unused == ("per_layer_config.5.mystery",)
