"""What a block keeps is said per layer where the layer has one such block, and per block where it has several."""

from __future__ import annotations

import pytest

import shipped
from archdraw.model import Model
from archdraw.picture import Words
from archdraw.views.architecture import picture
from archdraw.views.opening import openable_modules, panel

ATTENTION_AND_STATE = """
name: Attention and a state side by side
hidden_size: 64
vocab_size: 100
context_length: 1024
layers:
  - embedding
  - decoder:
      times: 2
      attention:
        parallel:
          branches:
            - grouped_query: {num_attention_heads: 4, num_key_value_heads: 2, position: rope}
            - mlstm: {num_heads: 4, qk_dim: 32, v_dim: 64}
      feed_forward: {gelu: {intermediate_size: 64}}
  - output_head
"""


def kept(model: Model) -> list[str]:
    """What the panels of ``model`` say that its blocks keep."""
    items = [item for inset in picture(model.spec, model.block).insets for item in inset.items]
    return [item.text for item in items if isinstance(item, Words) and ": " in item.text and " per " in item.text]


@pytest.mark.parametrize("name", ["longcat-flash-lite-68-5b-a3b", "longcat-flash-560b"])
def test_a_layer_with_two_attention_blocks_keeps_twice_what_its_panel_says(name: str) -> None:
    (said,) = (line for line in kept(shipped.model(name)) if line.startswith("KV cache per token"))
    assert said.startswith("KV cache per token and attention block: 512\u00a0+\u00a064\u00a0values")
    facts = shipped.model(name).facts
    assert facts.kv_cache_bytes_per_token() == facts.layers * 2 * (512 + 64) * 2


def test_a_panel_by_itself_says_the_same() -> None:
    model = shipped.model("longcat-flash-560b")
    every = [item for option in openable_modules(model.block) for item in panel(option).items]
    said = {item.text.partition(":")[0] for item in every if isinstance(item, Words) and "KV cache" in item.text}
    assert said == {"KV cache per token and attention block"}


def test_a_cache_and_a_state_in_one_layer_are_of_the_layer() -> None:
    said = kept(Model.from_text(ATTENTION_AND_STATE))
    assert {line.partition(":")[0] for line in said if "per layer" in line or "and layer" in line} == {
        "KV cache per token and layer",
        "recurrent state per layer",
    }


def test_both_blocks_of_a_layer_of_rwkv_keep_the_previous_token() -> None:
    said = [line.partition(":")[0] for line in kept(shipped.model("rwkv-4-169m")) if "state per" in line]
    assert sorted(said) == ["recurrent state per block", "token-shift state per block"]
