"""The picture is the tree: whatever is counted is drawn."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from any_tree import model, trees
from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.spec import expand
from archdraw.theme import load_theme
from archdraw.tree.blocks import Module
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn

ATTENTION = {"multi_head": {"num_attention_heads": 8}}
LAYER = {"decoder": {"times": 4, "attention": ATTENTION, "feed_forward": {"swiglu": {"intermediate_size": 256}}}}


def made(layers: list[Any]) -> Module:
    try:
        return expand(model(layers))
    except InputError:
        assume(False)
        raise


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_every_block_of_any_tree_has_a_box_or_is_in_one(layers: list[Any]) -> None:
    block = made(layers)
    assert undrawn(block, paths_of_plate(picture(model(layers), block))) == ()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(), st.sampled_from(["plate", "card"]))
def test_every_box_is_painted_and_without_a_fault(layers: list[Any], view: str) -> None:
    block = made(layers)
    scene = draw(model(layers), block, view, theme=load_theme("light"))
    assert undrawn(block, paths_of_scene(scene)) == ()
    assert faults(scene) == []
