"""Configs of models that are being designed: other activations, fewer layers, sizes that contradict each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts
from changed_values import fits, with_values

DATA = Path(__file__).parent / "data"


def known(name: str) -> dict[str, Any]:
    """A config of the test data, by its folder and name."""
    data: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return data


def read(folder: Path, config: dict[str, Any]) -> Reading:
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return read_config(file)


def counted(reading: Reading) -> Facts:
    return facts(expand(parse_spec(reading.text)))


def said(reading: Reading) -> list[str]:
    return [problem.message for problem in reading.warnings]


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("families/minimax--MiniMaxForCausalLM", {"hidden_act": "gelu"}, ["geglu", "hidden_act: gelu"]),
        ("configs/minimax-m2", {"hidden_act": "relu"}, ["reglu"]),
        ("families/cohere2_moe--Cohere2MoeForCausalLM", {"hidden_act": "relu"}, ["reglu"]),
        ("configs/zaya1-8b", {"hidden_act": "gelu"}, ["geglu"]),
        ("configs/mamba-2.8b", {"hidden_act": "relu"}, ["hidden_act: relu"]),
        ("configs/recurrentgemma-2b", {"hidden_activation": "relu"}, ["reglu"]),
        ("configs/command-a-plus-218b-a25b", {"vision_config.hidden_act": "silu"}, ["hidden_act: silu"]),
        ("configs/inkling", {"text_config.hidden_act": "relu"}, ["reglu"]),
    ],
)
def test_activations_are_drawn(name: str, values: dict[str, Any], words: list[str], tmp_path: Path) -> None:
    usual, other = read(tmp_path, known(name)), read(tmp_path, with_values(known(name), values))
    assert other.incomplete == ()
    for word in words:
        assert word in other.text
        assert word not in usual.text
    assert counted(other).total_parameters == counted(usual).total_parameters


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("families/deepseek_v3--DeepseekV3ForCausalLM", {"num_hidden_layers": 3}),
        ("configs/ling-3-0-flash", {"num_hidden_layers": 2}),
        ("configs/qwen3-next-80b-a3b", {"num_hidden_layers": 2}),
    ],
)
def test_keys_of_parts_that_no_layer_has_are_known(name: str, values: dict[str, Any], tmp_path: Path) -> None:
    lists = {key: value[:2] for key, value in known(name).items() if key.endswith("limit_list")}
    reading = read(tmp_path, known(name) | values | lists)
    assert reading.unused == ()
    assert reading.incomplete == ()


def test_a_key_that_only_missing_parts_ask_for_may_be_missing(tmp_path: Path) -> None:
    config = known("families/deepseek_v3--DeepseekV3ForCausalLM")
    del config["num_experts_per_tok"]
    assert read(tmp_path, config | {"num_hidden_layers": 3}).incomplete == ()
    with pytest.raises(InputError, match="num_experts_per_tok is missing"):
        read(tmp_path, config)


def test_sizes_beside_those_they_are_computed_from_count(tmp_path: Path) -> None:
    mamba, gemma = known("configs/mamba-2.8b"), known("configs/recurrentgemma-2b")
    narrow = read(tmp_path, mamba | {"intermediate_size": 2560})
    assert "intermediate_size 2,560 is not expand × hidden_size = 5,120: it counts" in said(narrow)
    assert counted(narrow).total_parameters < counted(read(tmp_path, mamba)).total_parameters
    heads = read(tmp_path, gemma | {"head_dim": 128})
    assert any(message.startswith("head_dim 128 is not") for message in said(heads))
    assert counted(heads).total_parameters < counted(read(tmp_path, gemma)).total_parameters


@pytest.mark.parametrize(
    ("name", "ties", "tied"),
    [
        ("families/muse_glimmer--MuseGlimmerForConditionalGeneration", True, False),
        ("configs/ministral-3-3b", False, True),
    ],
)
def test_a_whole_of_transformers_5_that_says_nothing_has_the_default(
    name: str, ties: bool, tied: bool, tmp_path: Path
) -> None:
    reading = read(tmp_path, with_values(known(name), {"text_config.tie_word_embeddings": ties}))
    assert ("tie_word_embeddings: true" in reading.text) is tied
    assert any("by default" in message for message in said(reading))


def test_modules_that_predict_may_have_an_embedding_of_their_own(tmp_path: Path) -> None:
    config = known("configs/qwen3.6-27b")
    usual = counted(read(tmp_path, config))
    own = counted(read(tmp_path, with_values(config, {"text_config.mtp_use_dedicated_embeddings": True})))
    text = config["text_config"]
    assert sum(own.auxiliary.values()) - sum(usual.auxiliary.values()) == text["vocab_size"] * text["hidden_size"]
    assert own.total_parameters == usual.total_parameters


def test_a_last_group_in_part_of_ling_3_is_linear(tmp_path: Path) -> None:
    config = known("configs/ling-3-0-flash")

    def total(layers: int) -> int:
        lists = {key: value[:layers] for key, value in config.items() if key.endswith("limit_list")}
        return counted(read(tmp_path, config | lists | {"num_hidden_layers": layers})).total_parameters

    linear, latent = total(5) - total(4), total(6) - total(5)
    assert [total(7) - total(6), total(8) - total(7)] == [linear, linear]
    assert latent != linear


@pytest.mark.parametrize(
    ("data", "new", "fitting"),
    [
        ({"num_attention_heads": 8, "num_key_value_heads": 2}, {"num_key_value_heads": 3}, False),
        ({"num_attention_heads": 8, "num_key_value_heads": 3}, {"hidden_size": 64}, True),
        ({"num_experts": 8, "num_experts_per_tok": 2}, {"num_experts_per_tok": 9}, False),
        ({"num_hidden_layers": 8, "mlp_only_layers": [1, 6]}, {"num_hidden_layers": 5}, False),
        ({"model_type": "kimi_k25", "vision_config": {"vt_depth": 2}}, {"vision_config.vt_depth": 3}, False),
        (
            {"transformers_version": "4.57.0", "text_config": {"hidden_size": 8}},
            {"text_config.tie_word_embeddings": True},
            False,
        ),
        (
            {"transformers_version": "5.0.0", "text_config": {"hidden_size": 8}},
            {"text_config.tie_word_embeddings": True},
            True,
        ),
    ],
)
def test_changes_that_no_model_could_have_are_not_made(
    data: dict[str, Any], new: dict[str, Any], fitting: bool
) -> None:
    assert fits(data, new) is fitting
