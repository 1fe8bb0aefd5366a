"""Pictures spoilt in one way each: every spoiling is found, and no rule could be left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archdraw import load
from archdraw.lint.faults import RULES, faults
from archdraw.lint.survey import Survey
from archdraw.scene import Scene
from spoilt import SPOILINGS, spoilt

MODELS = ("llama-3-8b", "qwen3-next-80b-a3b", "flan-t5-xxl", "xlstm-7b")
"""A dense decoder, a hybrid with a strip, two towers, no attention; few, as a picture is judged for each spoiling."""


@pytest.fixture(scope="module")
def plates() -> dict[str, Scene]:
    return {name: load(name).scene() for name in MODELS}


def found(scene: Scene) -> bool:
    """Whether any rule finds anything; no more than needed."""
    view = Survey(scene)
    return any(next(rule(view), None) is not None for rule in RULES)


def spoilt_plates(plates: dict[str, Scene], name: str, times: int) -> Iterator[tuple[str, int, Scene]]:
    for model, plate in plates.items():
        for place, scene in enumerate(spoilt(plate, name, times, model)):
            yield model, place, scene


def test_whole_pictures_have_no_fault(plates: dict[str, Scene]) -> None:
    assert {name: faults(plate) for name, plate in plates.items() if faults(plate)} == {}


@pytest.mark.parametrize("name", SPOILINGS)
def test_every_spoiling_is_found(name: str, plates: dict[str, Scene]) -> None:
    missed = {(model, place): found(scene) for model, place, scene in spoilt_plates(plates, name, 2)}
    assert missed, "this spoils nothing in these pictures"
    assert [where for where, was_found in missed.items() if not was_found] == []
