"""Room for other fonts: where Inter is not at hand, programs set labels in one that is up to a tenth wider."""

from __future__ import annotations

import pytest

import shipped
from archdraw.layout.diagram.text import AIR, around, room
from archdraw.scene import Rect, Scene, Text, groups_of

NAMES = (
    "gemma-2-27b",
    "glm-5-2",
    "grok-1-314b",
    "kimi-linear-48b-a3b",
    "qwen3-next-80b-a3b",
    "flan-t5-xxl",
    "detr-r50",
)


def tight(scene: Scene) -> list[tuple[str, str]]:
    """The labels that would leave their box if they were a tenth wider, each with the path of that."""
    found = []
    for group in groups_of(scene.children):
        box = next((one for one in group.children if isinstance(one, Rect) and one.kind == "box"), None)
        words = [one for one in group.children if isinstance(one, Text) and one.anchor == "middle"]
        # To a hundredth, as a scene has them.
        found += [(group.path, one.text) for one in words if box and AIR * one.width > box.width + 0.02]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_labels_may_be_a_tenth_wider(name: str) -> None:
    assert tight(shipped.model(name).scene()) == []


def test_room_and_what_takes_it_agree() -> None:
    for width in (60.0, 150.0, 304.0, 900.0):
        for pad in (4.0, 10.0, 16.0):
            assert around(room(width, pad), pad) == pytest.approx(width)
