"""Paths of layers stay when a model gets layers of another kind: they are the anchors of links, notes and searches."""

from __future__ import annotations

import archdraw
from archdraw.tree.blocks import Module

HEAD = "name: M\nhidden_size: 64\nvocab_size: 10\nlayers:\n"
FULL = "attention: {multi_head: {num_attention_heads: 4}}"
NEAR = "attention: {multi_head: {num_attention_heads: 4, sliding_window: 16}}"
DENSE = "feed_forward: {swiglu: {intermediate_size: 32}}"
SPARSE = "feed_forward: {mixture_of_experts: {num_experts: 4, num_experts_per_tok: 2, moe_intermediate_size: 8}}"


def paths(*layers: str) -> list[str]:
    """The paths of the layers of a model with ``layers``."""
    model = archdraw.Model.from_text(HEAD + "".join(f"  - {layer}\n" for layer in ("embedding", *layers)))
    found = [path for path, block in model.walk() if isinstance(block, Module) and block.level == "layer"]
    assert len(found) == len(set(found))
    return found


def decoder(times: int, attention: str, feed_forward: str) -> str:
    return f"decoder: {{times: {times}, {attention}, {feed_forward}}}"


def test_the_usual_layer_keeps_its_path_whatever_others_come() -> None:
    usual = decoder(8, NEAR, SPARSE)
    assert paths(usual) == ["layers/layer"]
    assert paths(decoder(1, NEAR, DENSE), usual) == ["layers/layer.dense", "layers/layer"]
    assert paths(decoder(1, NEAR, DENSE), usual, decoder(2, FULL, SPARSE)) == [
        "layers/layer.dense",
        "layers/layer",
        "layers/layer.attention",
    ]
    assert paths(decoder(2, FULL, SPARSE), decoder(1, NEAR, DENSE), usual) == [
        "layers/layer.attention",
        "layers/layer.dense",
        "layers/layer",
    ]


def test_runs_of_one_kind_are_numbered_by_themselves() -> None:
    near, full = decoder(3, NEAR, DENSE), decoder(1, FULL, DENSE)
    assert paths(near, full, near, full) == [
        *("layers/layer", "layers/layer.attention", "layers/layer.2", "layers/layer.attention.2")
    ]
    # A third kind between them changes none of these.
    more = paths(near, full, decoder(1, NEAR, SPARSE), near, full)
    assert more == [
        *("layers/layer", "layers/layer.attention", "layers/layer.experts", "layers/layer.2"),
        "layers/layer.attention.2",
    ]


def test_what_no_role_sets_apart_goes_by_the_kind_of_a_block() -> None:
    other = decoder(1, FULL, DENSE.replace("swiglu", "gelu"))
    assert paths(decoder(2, FULL, DENSE), other) == ["layers/layer", "layers/layer.gelu"]
    assert paths(decoder(2, FULL, DENSE), decoder(1, FULL, DENSE.replace("32", "48"))) == [
        *("layers/layer", "layers/layer.other")
    ]
