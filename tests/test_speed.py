"""A warm plate takes no longer than it did, beside work that grows with the machine in the same way."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest
import yaml

import archdraw
from archdraw.resources import specs_folder

RECORD = Path(__file__).parent / "data" / "speed.json"
MODEL = "qwen3-next-80b-a3b"
ROUNDS = 9
SLOWER = 1.5
"""Less than that is the machine's doing, as far as anybody can say."""


def test_a_warm_plate_takes_no_half_more_than_on_record(request: pytest.FixtureRequest) -> None:
    path = specs_folder() / f"{MODEL}.yaml"
    text = path.read_text("utf-8")
    ratio = ratio_of(lambda: archdraw.load(path).svg(), lambda: yaml.load(text, Loader=yaml.SafeLoader))
    if request.config.getoption("--accept"):
        RECORD.write_text(json.dumps({"model": MODEL, "plate to reading its file": round(ratio, 2)}) + "\n", "utf-8")
    before: float = json.loads(RECORD.read_text("utf-8"))["plate to reading its file"]
    assert ratio <= SLOWER * before, f"a plate took {ratio:.2f} times as long as reading its file, before {before}"


def ratio_of(work: Callable[[], Any], unit: Callable[[], Any]) -> float:
    """How many times the CPU time of ``unit`` one of ``work`` takes.

    Both are Python, so a faster interpreter is faster for both; they come in turns, so other programs slow both; the
    collector waits, since what it does hangs on what other tests have left.
    """
    work(), unit()
    ratios = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            ratios.append(_seconds(work) / _seconds(unit))
    finally:
        gc.enable()
    return median(ratios)


def _seconds(call: Callable[[], Any]) -> float:
    start = process_time()
    call()
    return process_time() - start


def test_half_more_is_found() -> None:
    def unit() -> int:
        return sum(number * number for number in range(60_000))

    assert ratio_of(lambda: (unit(), unit(), unit()), unit) == pytest.approx(3, rel=0.25)
