"""Laws of comparisons of pairs drawn by lot: what both models have is neither added nor removed, and all is wired."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest

import shipped
from archdraw.analysis.difference import BLOCK, WIRING, Difference, difference
from archdraw.analysis.difference.groups import role_of
from archdraw.analysis.difference.meaning import meaning_of, purpose_of
from archdraw.analysis.difference.models import plain
from archdraw.analysis.difference.places import boxes_in
from archdraw.analysis.difference.structure import is_sublayer, sort_of
from archdraw.glossary import text
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import layers, walk

SPECS = Path(__file__).parent.parent / "specs"
UNKNOWN = {"step-5-preview", "ember-1"}
MODELS = sorted({path.stem for path in SPECS.glob("*.yaml")} - UNKNOWN)
LOT = Random(37)
PAIRS = [tuple(LOT.sample(MODELS, 2)) for _ in range(30)]
PAIRS += [("clip-vit-b-32", one) for one in ("gpt-2", "llama-2-7b", "vit-b-16", "bert-base", "longcat-flash-560b")]
PAIRS += [("switch-base-128", "longcat-flash-560b"), ("kimi-k2-5", "deepseek-v4-1-flash"), ("t5-11b", "falcon-7b")]


@cache
def differs(first: str, second: str) -> Difference:
    return difference(shipped.model(first).block, shipped.model(second).block)


def kinds_of_things(block: Block) -> tuple[str, str]:
    """What ``block`` is for a reader, whatever it is called: a role in a layer, a meaning, a purpose."""
    if isinstance(block, Side):
        return "beside", purpose_of(block) or text(block.body.label)
    if isinstance(block, Leaf | Module) and is_sublayer(block):
        return "role", role_of(block)
    return sort_of(block), meaning_of(block)


@cache
def things(slug: str) -> Counter[tuple[str, str]]:
    """How many things of each kind a model has; each role in its layers once."""
    tree = plain(shipped.model(slug).block)
    outside = [kinds_of_things(box) for _, box in boxes_in(tree.body, "") if not (is_sublayer(box))]
    inner = {kinds_of_things(box) for layer in layers(tree) for _, box in boxes_in(layer.body, "") if is_sublayer(box)}
    return Counter(one for one in (*outside, *inner) if one[1])


def at(tree: Module, path: str) -> Block | None:
    """The block at ``path``; the module beside the line where it is one."""
    found = [block for place, block in walk(tree.body) if place == path]
    beside = [block for block in (part for _, part in walk(tree.body)) if isinstance(block, Side)]
    return next((one for one in beside if found and one.body is found[-1]), found[-1] if found else None)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_nothing_is_added_or_removed_whose_subject_both_have(first: str, second: str) -> None:
    trees = [shipped.model(slug).block for slug in (first, second)]
    common = things(first).keys() & things(second).keys()
    more = {one for one in common if things(first)[one] != things(second)[one]}
    for change in differs(first, second).changes:
        if change.sign == "changed" or change.what != BLOCK or change.around:
            continue
        side = 0 if change.sign == "removed" else 1
        for path in change.paths[side]:
            block = at(trees[side], path)
            assert block is None or kinds_of_things(block) not in common - more, change


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_each_way_is_the_mirror_of_the_other(first: str, second: str) -> None:
    there, back = differs(first, second), differs(second, first)
    assert there.turned() == back
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [turned[one.sign] for one in there.changes] == [one.sign for one in back.changes]
    assert [one.layers[::-1] for one in there.changes] == [one.layers for one in back.changes]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="+".join)
def test_a_row_of_wiring_has_every_box_of_both_models(first: str, second: str) -> None:
    for change in differs(first, second).changes:
        if change.what != WIRING or change.sort != "model":
            continue
        for slug, said in zip((first, second), (str(change.before), str(change.after)), strict=True):
            for _, box in boxes_in(plain(shipped.model(slug).block).body, ""):
                label = text(box.body.label if isinstance(box, Side) else box.label)
                assert sort_of(box) == "norm" or label.lower() in said.lower(), (slug, label, said)
