"""Shipped models that are no plain decoders: their weights, counted by hand from their published code."""

from __future__ import annotations

from archdraw.model import load


def test_hymba() -> None:
    """HymbaBlock of nvidia/Hymba-1.5B-Base: one projection in, attention and Mamba, a norm of each, one out."""
    hidden, inner, rank, state = 1600, 3200, 100, 16
    keys, values = hidden // 5, inner // 5
    convolution = inner * 4 + inner
    scan = inner * (rank + 2 * state) + (rank + 1) * inner + inner * state + inner + rank + 2 * state
    mixer = hidden * (hidden + keys + values + 2 * inner) + convolution + scan + 2 * inner + inner * hidden
    layer = mixer + 3 * hidden * 5504 + 2 * hidden
    sharing = 13 + 2
    total = 32 * layer - sharing * hidden * (keys + values) + 32_001 * hidden + 128 * hidden + hidden
    counted = load("hymba-1-5b").facts
    assert counted.total_parameters == total == 1_522_797_824
    # The layers that share keep nothing; 14 keep their window and the 128 meta tokens, three all.
    per_layer = 2 * (keys + values)
    assert counted.kv_cache_bytes(8192) == per_layer * (3 * 8192 + 14 * (1024 + 128))
    assert counted.state == 32 * (inner * state + 3 * inner)


def test_conformer() -> None:
    """Section 2 of arXiv:2005.08100, with subsampling, prediction and joint network as NeMo has them."""
    width, joint, words = 512, 640, 1025

    def linear(inputs: int, outputs: int) -> int:
        return inputs * outputs + outputs

    norm = 2 * width
    half_step = norm + linear(width, 4 * width) + linear(4 * width, width)
    attention = norm + 4 * linear(width, width) + width * width + 2 * width
    convolution = norm + linear(width, 2 * width) + linear(32, width) + 2 * width + linear(width, width)
    block = 2 * half_step + attention + convolution + norm
    subsampling = linear(9, width) + linear(9 * width, width) + linear(20 * width, width)
    prediction = words * joint + 4 * joint * 2 * joint + 8 * joint
    heads = linear(width, joint) + linear(joint, joint) + linear(joint, words)
    assert load("conformer-l").facts.total_parameters == 17 * block + subsampling + prediction + heads == 120_453_633


def test_medusa_trains_its_heads_alone() -> None:
    head = 4096 * 4096 + 4096 + 4096 * 32_000
    counted = load("medusa-vicuna-7b").facts
    assert counted.total_parameters - counted.frozen == 5 * head == 739_266_560
    # medusa_lm_head.pt of FasterDecoding/medusa-vicuna-7b-v1.3 has 1.48 GB, two bytes for each value.
    assert round(2 * 5 * head / 1e7) == 148
    assert counted.frozen == load("llama-2-7b").facts.total_parameters
