"""Configs that nobody has prepared for end as exact, as marked incomplete, or refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.readers import Reading
from archdraw.readers.reading import parsed, reading_of
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree.facts import facts
from archdraw.views import draw

CONFIGS = Path(__file__).parent / "data" / "configs"
RENAMED = {"model_type": "nova", "architectures": ["NovaForCausalLM"]}


def changed(name: str, *without: str, **other: Any) -> dict[str, Any]:
    data = json.loads((CONFIGS / f"{name}.json").read_text("utf-8"))
    return {key: value for key, value in data.items() if key not in without} | other


def read(config: dict[str, Any]) -> Reading:
    text = json.dumps(config, indent=2)
    return reading_of(text, parsed(text, "config.json"), "config.json", "invented")


@pytest.mark.parametrize(
    ("config", "total", "reason"),
    [
        (changed("llama-3.1-8b", **RENAMED), 8_030_261_248, 'unknown model_type "nova"'),
        (changed("qwen3-30b-a3b", **RENAMED), None, 'unknown model_type "nova"'),
        (
            changed("llama-3.1-8b", **RENAMED, layer_types=["full_attention", "quantum_mixing"] * 16),
            None,
            'unknown mixer "quantum_mixing"',
        ),
        (changed("llama-3.1-8b", gated_residuals=True), 8_030_261_248, "unrecognized key gated_residuals"),
    ],
    ids=["renamed dense", "renamed sparse", "unknown mixer", "unknown key"],
)
def test_read_and_marked_incomplete(config: dict[str, Any], total: int | None, reason: str) -> None:
    reading = read(config)
    assert any(reason in told for told in reading.incomplete)
    assert reading.warnings
    spec = parse_spec(reading.text, "invented")
    block = expand(spec)
    assert total is None or facts(block).total_parameters == total
    assert faults(draw(spec, block, theme=load_theme("light"))) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (changed("deepseek-v3", **RENAMED), "kv_lora_rank is a key of another structure"),
        (changed("mamba-2.8b", **RENAMED), "state_size is a key of another structure"),
        (
            changed("qwen3-4b", layer_types=["full_attention", "quantum_mixing"] * 18),
            'unknown layer type "quantum_mixing"',
        ),
        (changed("llama-3.1-8b", "num_attention_heads"), "num_attention_heads is missing"),
        (changed("llama-3.1-8b", num_attention_heads=30), "does not divide"),
        (changed("qwen3-4b", layer_types=["full_attention"] * 20), "layer_types has 20 entries for 36 layers"),
        (changed("qwen3-30b-a3b", num_experts=[128] * 47), "num_experts must be a whole number"),
        (changed("bert-base", architectures=-3), "architectures"),
        (changed("minicpm-2b", dim_model_base=0), "dim_model_base"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:40],
)
def test_refused_with_the_reason(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        expand(parse_spec(read(config).text, "invented"))
    assert any(message in problem.message for problem in caught.value.problems)
