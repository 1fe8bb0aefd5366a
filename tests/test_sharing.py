"""Blocks that are alike but for which of them stores what they share have one number."""

from __future__ import annotations

import pytest

import archdraw
from archdraw.tree import sharing
from archdraw.tree.blocks import (
    Block,
    Experts,
    Graph,
    Leaf,
    Module,
    Parallel,
    Repeat,
    Residual,
    Sequence,
    Side,
    Weight,
)
from archdraw.tree.sharing import Likeness, alike, kinds_of, likeness
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


ONE, OTHER = Leaf("one", "One"), Leaf("other", "Other")
OWN, TIED = (Weight("weight", (4, 4), tied=tied) for tied in (False, True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Sequence((ONE, OTHER)), Sequence((OTHER, ONE))),
        (Parallel((ONE, OTHER)), Parallel((ONE, OTHER), "multiply")),
        (Parallel((ONE, OTHER)), Sequence((ONE, OTHER))),
        (Graph((("a", ONE),), (("input", "a"),)), Graph((("a", ONE),), (("a", "output"),))),
        (Residual(ONE), Residual(OTHER)),
        (Repeat(ONE, 2), Repeat(ONE, 3)),
        (Repeat(ONE, 2), Repeat(ONE, 2, tied=True)),
        (Experts(ONE, 8, 2), Experts(ONE, 8, 4)),
        (Module("m", "M", ONE), Module("m", "M", ONE, role="norm")),
        (Module("m", "M", ONE), Module("m", "M", OTHER)),
        (Side(Module("m", "M", ONE), "in"), Module("m", "M", ONE)),
        (Side(Module("m", "M", ONE), "in"), Side(Module("m", "M", OTHER), "in")),
        (Leaf("h", "Head", part="head", weights=(OWN,)), Leaf("h", "Head", part="head", weights=(TIED,))),
    ],
)
def test_what_differs_has_two_numbers(one: Block, other: Block) -> None:
    number = Likeness()
    assert number(one) != number(other)


def test_which_of_several_stores_a_tensor_makes_no_number() -> None:
    number = Likeness()
    assert number(Leaf("w", "W", weights=(OWN,))) == number(Leaf("w", "W", weights=(TIED,)))


def test_one_that_reads_a_table_stands_for_all_that_share_it() -> None:
    owner = Module("layer", "Layer", ONE, level="layer")
    reader = Module("layer", "Layer", ONE, level="layer", settings=(("position.shared", True),))
    assert kinds_of([owner, reader, owner]) == ([reader], [0, 0, 0])


def test_what_is_known_of_blocks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_MOST_KNOWN", 10)
    monkeypatch.setattr(sharing, "_kept", Likeness())
    for number in range(100):
        likeness()(Leaf(str(number), ""))
        assert len(likeness()) <= 11
