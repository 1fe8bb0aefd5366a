"""What every comparison of real models must be: laws that are checked from the block trees, not from the texts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

import shipped
from archdraw.analysis.difference import BLOCK, Change, Difference, difference, features, report
from archdraw.analysis.difference.places import boxes_in
from archdraw.analysis.difference.structure import is_sublayer, sort_of
from archdraw.app.pictures import subject
from archdraw.glossary import text
from archdraw.layout.compare import grid
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.runs import number_of_layers
from archdraw.tree.settings import is_without
from archdraw.tree.walks import walk
from archdraw.views.several import Subject, _boxes, compare
from archdraw.views.several._rows import name

SPECS = Path(__file__).parent.parent / "specs"
NAMED = [
    ("qwen3-next-80b-a3b", "kimi-linear-48b-a3b"),
    ("deepseek-v3", "kimi-k2"),
    ("deepseek-v3-2", "deepseek-v4-pro"),
    ("deepseek-v4-pro", "deepseek-v4-1-flash"),
    ("llama-3-8b", "qwen3-8b"),
    ("gemma-3-27b", "gemma-4-31b"),
    ("gpt-oss-120b", "qwen3-235b-a22b"),
    ("llama-3-8b", "olmo-2-7b"),
]
UNKNOWN = {"step-5-preview", "ember-1"}
OF_SEVERAL_LINES = [
    ("whisper-large-v3", "bart-large"),
    ("clip-vit-b-32", "vit-b-16"),
    ("clip-vit-b-32", "conformer-l"),
    ("clip-vit-b-32", "dit-xl-2"),
    ("clip-vit-b-32", "u-net"),
    ("u-net", "stable-diffusion-vae"),
    ("u-net", "laguna-xs-2"),
    ("conformer-l", "resnet-50"),
    ("detr-r50", "transformer-2017"),
    ("medusa-vicuna-7b", "llama-2-7b"),
    ("hymba-1-5b", "jamba-v0-1"),
]
"""Networks of several columns, inputs or outputs, or without layers."""
MODELS = sorted({path.stem for path in SPECS.glob("*.yaml")} - UNKNOWN)


def drawn(number: int, seed: int) -> list[tuple[str, str]]:
    """Pairs of models drawn by lot."""
    lot = Random(seed)
    return [tuple(lot.sample(MODELS, 2)) for _ in range(number)]  # type: ignore[misc]


PAIRS = [*NAMED, *OF_SEVERAL_LINES, *drawn(20, seed=14)]


@cache
def model(slug: str) -> Subject:
    return subject(shipped.model(slug))


@cache
def differs(first: str, second: str) -> Difference:
    return difference(model(first).block, model(second).block)


def at(tree: Module, path: str) -> Block:
    """The block of ``tree`` at ``path``; the tree itself where that is empty."""
    return next((block for place, block in walk(tree.body) if place == path), tree) if path else tree


def boxes_below(block: Block, path: str, *, through: bool = True) -> Iterator[tuple[str, Block]]:
    """The boxes in ``block``, those in its stacks and layers as well; one goes ``through`` frames around stacks."""
    inside = block.body if isinstance(block, Module) else block
    for place, box in boxes_in(inside, path):
        is_frame = through and isinstance(box, Module) and box.level == "block" and number_of_layers(box) > 0
        if not is_frame:
            yield place, box
        if is_frame or (isinstance(box, Module) and box.level in ("stack", "layer")):
            yield from boxes_below(box, place, through=through)


def called(block: Block) -> tuple[str, str]:
    return sort_of(block), text(block.body.label if isinstance(block, Side) else block.label)  # type: ignore[union-attr]


def touched(changes: tuple[Change, ...], side: int, path: str) -> bool:
    """Whether a change is at ``path``, around it or inside it."""
    paths = [own for change in changes for own in change.paths[side] if own]
    return any(own == path or path.startswith(f"{own}/") or own.startswith(f"{path}/") for own in paths)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_what_is_added_or_removed_is_absent_on_the_other_side(first: str, second: str) -> None:
    trees = model(first).block, model(second).block
    for change in differs(first, second).changes:
        if change.sign == "changed" or change.sort == "model":
            continue
        other = 0 if change.sign == "added" else 1
        for path in change.paths[other]:
            block = at(trees[other], path)
            if change.what == BLOCK:
                # A norm of several is called by its place: what stands further in is another one.
                level = block.body if isinstance(block, Module) else block
                there = boxes_in(level, path) if change.subject else boxes_below(block, path, through=False)
                names = {called(box) for _, box in there}
                assert (change.sort, change.where) not in names, change
            elif isinstance(block, Leaf | Module):
                known = features(block) if is_sublayer(block) else dict(block.settings)
                assert is_without(known.get(change.what)), change


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_every_block_that_differs_is_in_a_row(first: str, second: str) -> None:
    found = differs(first, second)
    trees = model(first).block, model(second).block
    rewidened = any(change.what in ("hidden_size", "vocab_size", "tie_word_embeddings") for change in found.changes)
    everything = [dict(boxes_below(tree, "")) for tree in trees]
    by_number: dict[int, list[Block]] = {}
    for path, box in everything[1].items():
        by_number.setdefault(found.pairing[1].get(path, -1), []).append(box)
    other_numbers = [set(numbers.values()) for numbers in found.pairing]
    for side in (0, 1):
        for path, box in everything[side].items():
            if isinstance(box, Module) and box.level in ("stack", "layer"):
                continue
            number = found.pairing[side].get(path)
            if number not in other_numbers[1 - side] or number is None:
                assert touched(found.changes, side, path) or called(box)[1] in found.moved, (path, called(box))
            elif side == 0 and not rewidened and box not in by_number[number]:
                assert touched(found.changes, 0, path), (path, called(box))


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_picture_table_and_json_list_the_same(first: str, second: str) -> None:
    found = differs(first, second)
    picture = compare.compared(compare.Compared((model(first), model(second)), (found,)))
    told = report(found, first, second)["changes"]
    assert len(picture.rows) == len(found.changes) == len(told)
    names = [row.name for row in picture.rows]
    assert len(set(names)) == len(names)
    plain = {name(change) for change in found.changes if not change.what.startswith("kv_cache")}
    assert plain <= set(names)
    signs = {(row.name, row.signs[0]) for row in picture.rows}
    assert all((name(change), change.sign) in signs for change in found.changes if name(change) in names)
    assert all(row.values[0] != row.values[1] for row in picture.rows), "a row without a difference"
    of_widths = any(change.what in ("hidden_size", "vocab_size", "tie_word_embeddings") for change in found.changes)
    paths = [{path for change in found.changes for path in change.paths[side] if path} for side in (0, 1)]
    for slot in grid.slots(picture.items):
        items = [(side, item) for side, item in enumerate(slot.items) if item is not None]
        own = [
            (side, path.split("/", 1)[1] if path.startswith((f"{first}/", f"{second}/")) else path)
            for side, item in items
            for path in _boxes.paths(item)
        ]
        in_rows = any(
            path == one or one.startswith(f"{path}/") or path.startswith(f"{one}/")
            for side, path in own
            for one in paths[side]
        )
        direct = any(path == one or one.startswith(f"{path}/") for side, path in own for one in paths[side])
        assert bool(slot.signs[0]) or not direct, (slot.items, "in a row and without a sign")
        is_moved = bool(found.moved) and len(items) == 1
        assert not slot.signs[0] or in_rows or of_widths or is_moved, (own, "a sign and in no row")


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_the_way_back_is_the_mirror(first: str, second: str) -> None:
    assert difference(model(second).block, model(first).block) == differs(first, second).turned()


@pytest.mark.parametrize("slug", MODELS)
def test_a_model_does_not_differ_from_itself(slug: str) -> None:
    found = differs(slug, slug)
    assert (found.changes, found.moved) == ((), ())
