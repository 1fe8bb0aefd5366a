"""A picture in words: every kind of layer, how many of each, and all that is in them."""

from __future__ import annotations

import re

import pytest

import shipped
from archdraw.glossary import text
from archdraw.model import Model
from archdraw.views.architecture import picture
from archdraw.views.columns import columns
from archdraw.views.full_attention import named_by_masks
from archdraw.views.overlay import blocks_of, is_wrapped

TEXT = """
name: Spoken
hidden_size: 64
vocab_size: 100
define:
  near: {grouped_query: {num_attention_heads: 8, num_key_value_heads: 2, sliding_window: 4}}
  far: {grouped_query: {num_attention_heads: 8, num_key_value_heads: 2}}
  narrow: {swiglu: {intermediate_size: 256}}
  wide: {swiglu: {intermediate_size: 512}}
  local: {decoder: {label: Local layer, placement: parallel, attention: near, feed_forward: narrow}}
  global: {decoder: {label: Global layer, placement: parallel, attention: far, feed_forward: narrow}}
  first: {decoder: {label: First layer, attention: near, feed_forward: wide}}
layers:
  - embedding
  - stack: {num_hidden_layers: 10, pattern: [first, first, local, local, local, global, local, local, local, global]}
  - rmsnorm
  - output_head
"""
MODELS = (
    *("llama-3-8b", "deepseek-v3", "gpt-oss-120b", "gemma-3-27b", "kimi-k3", "zaya1-8b", "north-mini-code-30b-a3b"),
    *("command-r-35b", "bert-base", "whisper-large-v3", "clip-vit-b-32", "conformer-l", "u-net", "inkling-2-small"),
    *("deepseek-v4-1-flash", "modernbert-base", "a-x-k1", "mamba2-2-7b", "dbrx-132b", "step-3-5-flash-196b"),
)
ONE_KIND = re.compile(r"(?:\. |^)(?:(\d+) × [^:.]*, from the input up:|[^.]*?, (\d+) layers, from the|(\d+) more l)")


def spoken(model: Model) -> str:
    return picture(model.spec, model.block).description


def test_each_kind_of_layer_is_said_with_its_number_its_blocks_and_what_is_parallel() -> None:
    assert spoken(Model.from_text(TEXT)).endswith(
        "From the input up: Token embedding, 10 layers, RMSNorm, LM head. "
        "6 × Local layer, from the input up: RMSNorm, Sliding-window attention (8 query / 2 KV heads, dim 8, window 4) "
        "in parallel with SwiGLU FFN (64 → 256 → 64). "
        "2 × First layer, from the input up: RMSNorm, Sliding-window attention, RMSNorm, SwiGLU FFN (64 → 512 → 64). "
        "2 × Global layer, from the input up: RMSNorm, Full attention (GQA) (8 query / 2 KV heads, dim 8) "
        "in parallel with SwiGLU FFN (64 → 256 → 64)."
    )


@pytest.mark.parametrize("name", MODELS)
def test_layers_add_up_and_none_of_their_blocks_is_missing(name: str) -> None:
    model = shipped.model(name)
    said = spoken(model)
    every = columns(named_by_masks(model.block)).stack.all
    assert sum(int("".join(found)) for found in ONE_KIND.findall(said)) == len(every)
    own = [block for layer in every for block in blocks_of(layer.body) if not is_wrapped(block)]
    assert not [label for block in own if (label := text(block.label)) not in said]
