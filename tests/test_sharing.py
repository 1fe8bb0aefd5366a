"""Blocks that are alike but for which of them stores what they share have one number."""

from __future__ import annotations

import pytest

import archdraw
from archdraw.tree.sharing import Likeness, alike, kinds_of
from archdraw.tree.walks import MODEL_LAYERS, layers, walk


@pytest.mark.parametrize("name", ["t5-11b", "deepseek-v4-flash", "gemma-4-e2b", "kimi-linear-48b-a3b"])
def test_blocks_have_one_number_where_they_are_alike(name: str) -> None:
    blocks = list({id(block): block for _, block in walk(archdraw.load(name).block)}.values())
    number = Likeness()
    numbers: dict[object, int] = {}
    for block in blocks:
        assert numbers.setdefault(alike(block), number(block)) == number(block)  # type: ignore[type-var]
    assert len(set(numbers.values())) == len(numbers)


def test_of_layers_that_share_a_table_one_that_reads_it_stands_for_them() -> None:
    every = layers(archdraw.load("t5-11b").block, (*MODEL_LAYERS, "side_layer"))
    kinds, order = kinds_of(every)
    assert len(every) == len(order)
    assert len(kinds) < len(set(map(id, every)))
