"""Layers that are written alike are expanded once, counted once, and are one block wherever they stand."""

from __future__ import annotations

import pytest

from archdraw import InputError, Model
from archdraw.kinds.layers.decoder import Decoder
from archdraw.kinds.scope import Scope
from archdraw.tree.blocks import Block
from archdraw.tree.walks import layers

HEAD = "name: Irregular\nhidden_size: 64\nvocab_size: 100\nlayers:\n  - embedding\n"
GLOBAL = (
    "  - decoder: {attention: {multi_head: {num_attention_heads: 4}}, feed_forward: {gelu: {intermediate_size: 256}}}\n"
)
WIDER = GLOBAL.replace("256", "512")
WRONG = GLOBAL.replace("num_attention_heads: 4", "num_attention_heads: 7")
TAIL = "  - layernorm\n  - output_head\n"


def test_equal_layers_are_one_block_and_counted_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    expanded: list[Decoder] = []
    usual = Decoder.expand

    def counted(self: Decoder, scope: Scope) -> Block:
        expanded.append(self)
        return usual(self, scope)

    monkeypatch.setattr(Decoder, "expand", counted)
    irregular = [GLOBAL, WIDER, WIDER, GLOBAL, WIDER, GLOBAL, GLOBAL, GLOBAL, WIDER]
    model = Model.from_text(HEAD + "".join(irregular) + TAIL)
    assert len(expanded) == 2
    every = layers(model.block)
    assert len(every) == len(irregular)
    assert len(set(map(id, every))) == 2
    one, other = (Model.from_text(HEAD + layer + TAIL).facts.total_parameters for layer in (GLOBAL, WIDER))
    without = Model.from_text(HEAD + TAIL).facts.total_parameters
    assert model.facts.total_parameters == without + 5 * (one - without) + 4 * (other - without)


def test_each_layer_that_is_wrong_is_reported_at_its_own_place() -> None:
    with pytest.raises(InputError) as found:
        Model.from_text(HEAD + WRONG + GLOBAL + WRONG + TAIL)
    assert [problem.span.line for problem in found.value.problems] == [6, 8]


def test_layers_of_templates_are_read_each_by_itself() -> None:
    """A template keeps what it was read as, itself among it: two of them must not be compared by that."""
    define = """define:
  mine:
    parameters: {width: {type: integer}}
    block:
      layer: {body: {residual: [layernorm, {linear: {features: $width}}, {linear: 64}]}}
"""
    text = HEAD.replace("layers:", f"{define}layers:") + 12 * "  - mine: {width: 32}\n" + TAIL
    model = Model.from_text(text)
    assert model.facts.layers == 12
