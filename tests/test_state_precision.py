"""The precision in which recurrent mixers keep their state: what configs say, and what is counted, compared, drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archdraw.analysis.difference.counted import count
from archdraw.kinds.base import Kind, Scope
from archdraw.kinds.mixers.linear_attention import GatedDeltaNet, KimiDeltaAttention
from archdraw.kinds.mixers.recurrent import MatrixLSTM
from archdraw.kinds.mixers.state_space import Mamba, Mamba2
from archdraw.model import load
from archdraw.picture import Words
from archdraw.readers import read_config
from archdraw.resources import specs_folder
from archdraw.site.about import memory
from archdraw.tree.amounts import precisions
from archdraw.tree.blocks import Module
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.views.architecture import picture

CONFIGS = Path(__file__).parent / "data" / "configs"
KEYS = ("mamba_ssm_dtype", "mamba_ssm_cache_dtype", "inference_state_dtype")
SCOPE = Scope(hidden_size=32, vocab_size=100)
# By hand: values of the state, and those of the convolution over 3 earlier tokens.
KEPT: list[tuple[Kind, str, int, int]] = [
    (
        GatedDeltaNet(linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=8, linear_value_head_dim=6),
        "mamba_ssm_dtype",
        4 * 8 * 6,
        3 * (2 * 2 * 8 + 4 * 6),
    ),
    (KimiDeltaAttention(num_heads=4, head_dim=8), "mamba_ssm_dtype", 4 * 8 * 8, 3 * 3 * 32),
    (Mamba(intermediate_size=64, state_size=4, time_step_rank=2), "mamba_ssm_cache_dtype", 64 * 4, 3 * 64),
    (Mamba2(num_heads=8, head_dim=8, state_size=4), "mamba_ssm_cache_dtype", 64 * 4, 3 * (64 + 2 * 4)),
    (MatrixLSTM(num_heads=2, qk_dim=16, v_dim=32), "inference_state_dtype", 2 * 8 * 16 + 2 * (8 + 1), 0),
]


@pytest.mark.parametrize(("kind", "field", "state", "convolution"), KEPT, ids=[one[0].keyword for one in KEPT])
def test_only_the_convolution_has_the_precision_of_the_cache(
    kind: Kind, field: str, state: int, convolution: int
) -> None:
    """float32 where nothing is said, as the classes of transformers 5.24 keep it."""
    for dtype, size in ((None, 4), ("float32", 4), ("bfloat16", 2), ("float16", 2)):
        given = kind if dtype is None else kind.model_copy(update={field: dtype})
        counted = facts(given.expand(SCOPE))
        assert counted.recurrent_state_bytes() == state * size + convolution * 2
        assert counted.recurrent_state_bytes(8) == state * size + convolution
    made = kind.expand(SCOPE)
    assert isinstance(made, Module)
    assert "float32" in str(describe(made).notes)


def test_every_config_with_a_precision_has_it_in_its_spec() -> None:
    """Nemotron, Qwen and what is made of it, xLSTM: no reader passes the key over."""
    saying = {path: found[1] for path in CONFIGS.glob("*.json") if (found := _said(path.read_text("utf-8")))}
    assert len(saying) > 10
    for path, key in saying.items():
        assert f"{key}: float32\n" in read_config(path).text, path.name


def test_what_no_program_counts_is_said(tmp_path: Path) -> None:
    config = json.loads((CONFIGS / "qwen3-8-27b.json").read_text("utf-8"))
    for dtype, known in (("auto", True), (None, True), ("float64", False)):
        config["text_config"]["mamba_ssm_dtype"] = dtype
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        read = read_config(path)
        assert "mamba_ssm_dtype: " not in read.text
        assert ("a state in float64" not in read.text) == known


def test_what_is_compared_and_drawn_is_what_is_counted() -> None:
    """Ornith 1.5: 30 layers of 32 heads × 128 × 128 in float32, and 3 tokens × 8,192 channels in bf16."""
    model = load(specs_folder() / "ornith-1-5-35b-a3b.yaml")
    size = 30 * (32 * 128 * 128 * 4 + 3 * 8_192 * 2)
    assert model.facts.recurrent_state_bytes() == count(model.facts, "recurrent_state_bytes", model.block) == size
    assert count(model.facts, "buffer_bytes", model.block) == 0
    page = memory(model)
    assert page is not None
    assert page["fixed_state_bytes"] + 2 * page["state"] == size
    said = [
        item.text
        for inset in picture(model.spec, model.block).insets
        for item in inset.items
        if isinstance(item, Words)
    ]
    assert any("61.4 MiB (float32, bf16)" in line for line in said)


def test_the_words_of_a_precision() -> None:
    assert precisions(5, {}) == "bf16"
    assert precisions(5, {"float32": 5}) == "float32"
    assert precisions(5, {"float32": 3}) == "float32, bf16"
    assert precisions(5, {"bfloat16": 3}) == "bf16"
    assert precisions(5, {"float32": 3, "float16": 2}) == "float32, fp16"


def _said(text: str) -> re.Match[str] | None:
    return re.search(rf'"({"|".join(KEYS)})": *"float32"', text)
