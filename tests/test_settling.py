"""Trees that are read again: equal parts are the objects that they were, and nothing else about the tree changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.model import Model
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Leaf, Module, Parallel, Sequence
from archdraw.tree.settling import settled
from archdraw.tree.walks import blocks_in
from archdraw.watch.drawing import Drawing, Look
from archdraw.writers.svg import svg
from watching import SMALL


def leaf(name: str) -> Leaf:
    return Leaf(name, name)


def test_what_is_equal_is_the_object_that_it_was() -> None:
    before = Sequence((leaf("a"), Parallel((leaf("b"), leaf("c")), "add"), leaf("d")))
    again = Sequence((leaf("a"), Parallel((leaf("b"), leaf("c")), "add"), leaf("d")))
    assert settled(again, before) is before
    changed = Sequence((leaf("a"), Parallel((leaf("b"), leaf("x")), "add"), leaf("d")))
    made = settled(changed, before)
    assert made == changed
    assert [part is other for part, other in zip(blocks_in(made), blocks_in(before), strict=True)] == [
        *(False, True, False),
        *(True, False, True),
    ]
    assert settled(Sequence((leaf("a"),)), before) == Sequence((leaf("a"),))


def test_which_blocks_are_one_object_stays_as_it_is() -> None:
    one, two = leaf("a"), leaf("a")
    for parts, others in (((one, one), (two, leaf("a"))), ((one, two), (leaf("b"), leaf("b")))):
        for own, before in ((parts, others), (others, parts)):
            made = settled(Sequence((*own, leaf("c"))), Sequence((*before, leaf("d"))))
            assert isinstance(made, Sequence)
            assert (made.parts[0] is made.parts[1]) is (own[0] is own[1])
    module = Module("m", "m", Sequence((one, two)))
    assert settled(module, Module("m", "m", Sequence((one, one)))) is module


@pytest.mark.parametrize("name", ["kimi-k3", "t5-11b", "deepseek-v3"])
def test_a_picture_after_an_edit_is_that_of_the_spec_read_anew(name: str, tmp_path: Path) -> None:
    text = (specs_folder() / f"{name}.yaml").read_text("utf-8")
    file, drawing = tmp_path / f"{name}.yaml", Drawing()
    for edited in (text, text.replace("name: ", "name: New ", 1), text.replace("_size: ", "_size: 1", 1), text):
        file.write_text(edited)
        assert drawing.shown(file, Look("light", "")).svg == svg(Model.from_text(edited, slug=name).scene(), "plain")


def test_a_spec_is_read_by_what_it_held_before_its_errors(tmp_path: Path) -> None:
    file, drawing = tmp_path / "small.yaml", Drawing()
    bodies = []
    for text in (SMALL, SMALL.replace("swiglu", "swigloo"), SMALL.replace("name: Small", "name: Large")):
        file.write_text(text)
        model = drawing.reading(file).model
        bodies.append(model and model.block.body)
    assert bodies[1] is None
    assert bodies[2] is bodies[0]
