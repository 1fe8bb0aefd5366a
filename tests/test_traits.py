"""What distinguishes models: values of all their layers, design decisions, what comes and goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archdraw.analysis.concepts import OF_LAYERS
from archdraw.analysis.difference import difference
from archdraw.analysis.traits import changes, traits
from archdraw.glossary import concepts as known
from archdraw.model import Model
from archdraw.tree.blocks import (
    Leaf,
    Module,
    Sequence,
    Weight,
)


def model(*layers: str) -> Model:
    """A small decoder of ``layers``, each a YAML expression."""
    lines = ["name: X", "hidden_size: 64", "vocab_size: 256", "layers:"]
    return Model.from_text("\n".join([*lines, *(f"  - {one}" for one in ("embedding", *layers, "rmsnorm"))]))


DENSE = "{swiglu: {intermediate_size: 96}}"
SPARSE = "{mixture_of_experts: {num_experts: 4, num_experts_per_tok: 2, moe_intermediate_size: 32}}"
HEADS = "{multi_head: {num_attention_heads: 4}}"


def layer(feed_forward: str = DENSE, attention: str = HEADS, **fields: Any) -> str:
    more = "".join(f", {name}: {value}" for name, value in fields.items())
    return f"{{decoder: {{attention: {attention}, feed_forward: {feed_forward}{more}}}}}"


def test_values_of_all_layers_are_traits() -> None:
    many = "{multi_query: {num_attention_heads: 4}}"
    grouped = "{grouped_query: {num_attention_heads: 4, num_key_value_heads: 2}}"
    one, both = model(layer(attention=many)), model(layer(attention=many), layer(attention=grouped))
    assert "heads" not in traits(one.spec, one.block).values
    assert traits(both.spec, both.block).values["heads"] == "4/2 heads"


@pytest.mark.parametrize(
    ("feeds", "leading", "alternating"),
    [
        ((DENSE, SPARSE, SPARSE), True, False),
        ((DENSE, SPARSE, DENSE), False, True),
        ((SPARSE, DENSE, SPARSE), False, True),
        ((SPARSE, SPARSE), False, False),
        ((DENSE, DENSE), False, False),
    ],
)
def test_which_layers_have_experts(feeds: tuple[str, ...], leading: bool, alternating: bool) -> None:
    block = model(*map(layer, feeds)).block
    assert OF_LAYERS[known.LEADING_DENSE](block) is leading
    assert OF_LAYERS[known.ALTERNATING_EXPERTS](block) is alternating


def test_heads_that_attend_to_an_encoder_are_no_heads_by_layer() -> None:
    other = "{cross_attention: {num_attention_heads: 2}}"
    block = model(layer(), layer(cross_attention=other)).block
    assert not OF_LAYERS[known.HEADS_BY_LAYER](block)
    assert OF_LAYERS[known.HEADS_BY_LAYER](
        model(layer(), layer(attention="{multi_head: {num_attention_heads: 8}}")).block
    )


def test_a_model_with_experts_gains_no_activation() -> None:
    dense, sparse = model(layer("{gelu: {intermediate_size: 96}}")), model(layer(SPARSE))
    said = changes(traits(dense.spec, dense.block), traits(sparse.spec, sparse.block))
    assert not any(one.concept is not None and one.concept.choice == "activation" for one in said)


def test_chunks_are_no_sliding_window() -> None:
    def value(fields: str) -> str | None:
        one = model(layer(attention=f"{{multi_head: {{num_attention_heads: 4, {fields}}}}}"))
        return traits(one.spec, one.block).values.get("window")

    assert value("sliding_window: 16") == "sliding window 16"
    assert value("attention_chunk_size: 16") is None


def test_of_what_is_not_known_nothing_changed() -> None:
    one, other = model(layer()), model("{unpublished: {label: Layers}}")
    mine, theirs = (traits(each.spec, each.block) for each in (one, other))
    assert (theirs.known, theirs.concepts, changes(mine, theirs)) == (False, (), ())


def test_a_number_that_comes_with_a_concept_is_told_once() -> None:
    dense, sparse = model(layer()), model(layer(SPARSE))
    said = changes(traits(dense.spec, dense.block), traits(sparse.spec, sparse.block))
    assert [str(one) for one in said if "2 of 4" in str(one)] == ["+\u00a0MoE 2 of 4"]


def test_a_block_of_its_own_way_has_no_norm_placement() -> None:
    own = "{sequence: [" + HEADS + ", " + DENSE + "]}"
    plain, placed = model(own), model(layer(placement="post_add"))
    said = changes(traits(plain.spec, plain.block), traits(placed.spec, placed.block))
    assert not any(one.concept is not None and one.concept.choice == "norm placement" for one in said)


def test_a_convolution_beside_experts_is_no_dense_feed_forward() -> None:
    dense = Leaf("up", "up", "feed_forward", part="feed_forward", weights=(Weight("w", (4, 4)),))
    expert = Leaf("w", "w", "experts", part="experts", weights=(Weight("w", (4, 4)),))
    for box, found in ((dense, True), (replace(dense, role="convolution"), False), (replace(dense, weights=()), False)):
        block = Module("layer", "Layer", Sequence((box, expert)), level="layer")
        assert OF_LAYERS[known.PARALLEL_DENSE](Module("m", "M", block, level="model")) is found


def test_text_parameters_are_told_where_there_is_an_encoder() -> None:
    one, other = model(layer()), model(layer(), layer())
    said = {change.what for change in difference(one.block, other.block).changes}
    assert "total_parameters" in said
    assert "text_parameters" not in said
