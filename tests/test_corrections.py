"""What docs/corrections.md says against hand-drawn figures holds in the specs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import shipped
from archdraw.analysis.concepts import concepts
from archdraw.glossary import text
from archdraw.model import Model
from archdraw.tree.walks import layers, leaves

CORRECTIONS = Path(__file__).parent.parent / "docs" / "corrections.md"


@cache
def model(name: str) -> Model:
    return shipped.model(name)


def taken(name: str) -> set[str]:
    return {concept.name for concept in concepts(model(name).spec, model(name).block)}


def sparse(name: str) -> list[bool]:
    return [any(leaf.part == "experts" for leaf in leaves(layer.body)) for layer in layers(model(name).block)]


def windowed(name: str) -> list[bool]:
    """For each layer whether it has a window."""
    return [
        any(leaf.heads.reach is not None for leaf in leaves(layer.body) if leaf.heads)
        for layer in layers(model(name).block)
    ]


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("olmo-2-7b", {"post-norm inside the residual", "QK-norm"}, {"pre-norm"}),
        ("xiaomi-mimo-v2-flash-309b", {"mixture of experts"}, {"shared expert"}),
        ("tencent-hy3-preview-295b-a21b", {"grouped-query attention"}, {"sliding-window attention"}),
        ("granite-4-1-30b", {"RoPE"}, {"QK-norm"}),
        ("qwen3-coder-flash-30b-a3b", {"QK-norm"}, set()),
        ("kimi-linear-48b-a3b", {"NoPE", "leading dense layers"}, {"RoPE"}),
        ("ling-2-5-1t", {"lightning attention", "leading dense layers"}, {"Gated DeltaNet"}),
        ("deepseek-v4-pro", {"hyper-connections"}, set()),
        ("deepseek-v4-flash", {"hyper-connections"}, set()),
        ("nemotron-3-nano-4b", {"squared ReLU"}, {"SwiGLU", "GeGLU"}),
        ("gemma-4-26b-a4b", {"parallel dense FFN + MoE"}, set()),
        ("minimax-m2-5-230b", {"partial RoPE"}, set()),
        ("minimax-m2-7-230b", {"partial RoPE"}, set()),
        (
            "longcat-flash-lite-68-5b-a3b",
            {"shortcut-connected MoE", "zero-computation experts", "n-gram tables"},
            set(),
        ),
        ("gemma-4-e2b", {"multi-query attention", "cross-layer KV sharing"}, {"grouped-query attention"}),
        ("zaya1-8b", {"compressed convolutional attention"}, {"grouped-query attention"}),
        ("grok-2-5-270b", {"GeGLU", "sandwich norm", "parallel dense FFN + MoE"}, {"SwiGLU", "pre-norm"}),
        ("gpt-oss-20b", {"sliding-window attention", "attention sinks", "attention bias"}, set()),
        ("gpt-oss-120b", {"sliding-window attention", "attention sinks", "attention bias"}, set()),
        ("llama-4-maverick", {"chunked attention", "NoPE", "alternating dense/MoE"}, set()),
        ("laguna-xs-2", {"attention output gate", "per-layer query heads"}, set()),
    ],
)
def test_concepts(name: str, has: set[str], lacks: set[str]) -> None:
    assert has <= taken(name)
    assert not lacks & taken(name)


@pytest.mark.parametrize(
    ("name", "vocab_size", "context_length"),
    [
        ("tiny-aya-3-35b", 262_144, 8_192),
        ("minimax-m2-230b", 200_064, 196_608),
        ("mistral-small-3-1-24b", 131_072, 131_072),
    ],
)
def test_sizes(name: str, vocab_size: int, context_length: int) -> None:
    assert (model(name).spec.vocab_size, model(name).spec.context_length) == (vocab_size, context_length)


@pytest.mark.parametrize(
    ("name", "number", "sliding", "kib"),
    [
        ("xiaomi-mimo-v2-flash-309b", 48, 39, 217.5),
        ("step-3-5-flash-196b", 45, 33, 180),
        ("longcat-flash-lite-68-5b-a3b", 14, 0, 31.5),
        ("gemma-4-e2b", 35, 28, 18),
        ("gemma-4-e4b", 42, 35, 56),
        ("gemma-4-12b", 48, 40, 336),
        ("gemma-4-26b-a4b", 30, 25, 220),
        ("gemma-4-31b", 60, 50, 880),
    ],
)
def test_fact_sheets(name: str, number: int, sliding: int, kib: float) -> None:
    assert model(name).facts.layers == number
    assert sum(windowed(name)) == sliding
    assert model(name).facts.kv_cache_bytes_per_token() == kib * 1024


def test_two_experts_of_grok_and_the_dense_network_are_more_than_the_figure_says() -> None:
    grok = model("grok-2-5-270b")
    # Three projections of each, as wide as in the figure.
    assert grok.facts.active_parameters > 64 * 3 * 8192 * (2 * 16384 + 32768) > 100e9


def test_the_norm_after_the_memory_of_xlstm_is_a_layer_norm() -> None:
    names = {text(leaf.label) for leaf in leaves(layers(model("xlstm-7b").block)[0].body) if leaf.role == "norm"}
    assert names == {"RMSNorm", "LayerNorm per head"}


def test_the_page_counts_its_figures() -> None:
    page = CORRECTIONS.read_text()
    figures = page.partition("## Figures")[2].partition("## Fact sheets")[0]
    rows = [line for line in figures.splitlines() if line.startswith("| ")][1:]
    assert f"Of its 71 figures {len(rows)} contain" in " ".join(page.split())


def test_first_layers_are_dense() -> None:
    assert sparse("kimi-linear-48b-a3b").index(True) == 1
    assert sparse("ling-2-5-1t").index(True) == 4


def test_a_layer_of_longcat_attends_twice() -> None:
    layer = layers(model("longcat-flash-lite-68-5b-a3b").block)[0]
    assert sum(leaf.heads is not None for leaf in leaves(layer.body)) == 2


def test_experts_of_longcat() -> None:
    lines = model("longcat-flash-lite-68-5b-a3b").spec.document.lines
    assert any("num_experts: 256" in line for line in lines)
    assert any("zero_expert_num: 128" in line for line in lines)
