"""Pictures spoilt in one way each: every spoiling is found, and no rule could be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

import shipped
from archdraw import load
from archdraw.lint.faults import RULES, faults
from archdraw.lint.legibility import contrasts
from archdraw.lint.survey import Fault, Survey
from archdraw.scene import Scene
from spoilt import SPOILINGS, spoilt

MODELS = ("llama-3-8b", "qwen3-next-80b-a3b", "flan-t5-xxl", "nemotron-3-nano-30b-a3b")
"""A dense decoder, a hybrid with a strip, two towers, groups of layers: few, as there is a picture a spoiling."""

Rule: TypeAlias = Callable[[Survey], Iterator[Fault]]
ONLY_FOUND_BY = {
    "_canvas": "off the canvas",
    "_undrawn": "block lost",
    "small": "text shrunk",
    "texts": "caption moved",
    "_overlaps": "panel widened",
    "through": "led through a box",
    "slanted": "slanted",
    "borders": "bent at a border",
    "crossings": "led across another",
    "contrasts": "text paled",
    "ends": "lengthened",
    "heads": "head lengthened",
    "unlinked": "line dropped",
    "joints": "sign dropped",
    "undotted": "dot dropped",
    "labels": "box emptied",
    "sides": "line aside",
    "unboxed": "box without lines dropped",
    "empty": "figure emptied",
    "torn": "figure dropped",
    "phrases": "text cut",
    "grammar": "number disagrees",
}
"""A spoiling for each rule that no other rule finds everywhere."""


@pytest.fixture(scope="module")
def plates() -> dict[str, Scene]:
    return {name: shipped.plate(name) for name in MODELS}


def found(scene: Scene) -> bool:
    """Whether any rule finds anything; no more than needed."""
    view = Survey(scene)
    return any(next(rule(view), None) is not None for rule in RULES)


@pytest.mark.parametrize("name", SPOILINGS)
def test_only_contrasts_are_about_colors(name: str, plates: dict[str, Scene]) -> None:
    """What else is wrong is wrong in every theme: tests of plates look for it in one."""
    rules = [rule for rule in RULES if rule is not contrasts]
    *_, spoilt_one = next(spoilt_plates(plates, name, 1))
    seen, bare = (
        [(fault.rule, fault.x, fault.y) for rule in rules for fault in rule(view)]
        for view in (Survey(spoilt_one), Survey(shipped.bare(spoilt_one)))
    )
    assert seen == bare


def spoilt_plates(plates: dict[str, Scene], name: str, times: int) -> Iterator[tuple[str, int, Scene]]:
    for model, plate in plates.items():
        for place, scene in enumerate(spoilt(plate, name, times, model)):
            yield model, place, scene


def test_whole_pictures_have_no_fault(plates: dict[str, Scene]) -> None:
    assert {name: faults(plate) for name, plate in plates.items() if faults(plate)} == {}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_is_needed(rule: Rule, plates: dict[str, Scene]) -> None:
    """Without it a spoiling would not be found."""
    others = [other for other in RULES if other is not rule]
    for _, _, scene in spoilt_plates(plates, ONLY_FOUND_BY[rule.__name__], 8):
        view = Survey(scene)
        if not any(next(other(view), None) is not None for other in others):
            assert next(rule(view), None) is not None
            return
    pytest.fail("each of these is found by another rule")


@pytest.mark.parametrize("name", SPOILINGS)
def test_every_spoiling_is_found(name: str, plates: dict[str, Scene]) -> None:
    missed = {(model, place): found(scene) for model, place, scene in spoilt_plates(plates, name, 2)}
    assert missed, "this spoils nothing in these pictures"
    assert [where for where, was_found in missed.items() if not was_found] == []


@pytest.mark.parametrize(
    ("model", "name", "place"), [("qwen2-5-7b", "label enlarged", 4), ("step-3-5-flash-196b", "line aside", 2)]
)
def test_what_no_rule_once_found_is_found(model: str, name: str, place: int) -> None:
    *_, last = spoilt(load(model).scene(), name, place + 1, model)
    assert found(last)
