"""Folds that remember: asked once of each block, wrong of none, and bounded."""

from __future__ import annotations

from archdraw.tree.blocks import Block, Leaf
from archdraw.tree.remembered import remembered


def test_a_fold_is_asked_once_of_each_block_and_apart_for_equal_ones() -> None:
    asked: list[Block] = []

    @remembered(8)
    def number(block: Block) -> int:
        asked.append(block)
        return len(asked)

    one, equal = Leaf("one", "One"), Leaf("one", "One")
    assert [number(one), number(one), number(equal), number(one)] == [1, 1, 2, 1]


def test_blocks_that_are_gone_are_not_taken_for_new_ones() -> None:
    @remembered(4)
    def name(block: Block) -> str:
        assert isinstance(block, Leaf)
        return block.name

    assert [name(Leaf(str(number), "")) for number in range(100)] == [str(number) for number in range(100)]


def test_so_many_answers_are_kept() -> None:
    asked: list[Block] = []

    @remembered(4)
    def number(block: Block) -> int:
        asked.append(block)
        return 0

    blocks = [Leaf(str(place), "") for place in range(5)]
    for block in (*blocks, blocks[4], blocks[0]):
        number(block)
    assert asked == [*blocks, blocks[0]]
