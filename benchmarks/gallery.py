"""The whole gallery: the first time, again, and after one spec has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.measure import Cost, medians
from benchmarks.programs import Setting, uncached
from benchmarks.tables import Table, megabytes, times


def tables(setting: Setting) -> list[Table]:
    rounds = setting.few
    steps: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        for name, cost in _built(setting).items():
            steps.setdefault(name, []).append(cost)
    costs = {name: medians(taken) for name, taken in steps.items()}
    first = costs["first"].cpu
    rows = [
        (name, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", megabytes(cost.memory), times(cost.cpu / first))
        for name, cost in costs.items()
    ]
    notes = [f"{len(setting.specs)} models as SVG and PNG with a page, medians of {rounds}."]
    notes.append("The memory is that of the largest process.")
    if not uncached("gallery"):
        notes.append("This archdraw keeps nothing from one run to the next.")
    columns = ("archdraw gallery", "CPU s", "wall s", "peak MB", "CPU to first")
    return [Table("The gallery", columns, rows, [" ".join(notes)])]


def _built(setting: Setting) -> dict[str, Cost]:
    """The gallery of a copy of the specs: first, again, after a change, and into a new folder."""
    specs, output, cache = (setting.empty(name) for name in ("specs", "gallery", "cache"))
    for file in setting.specs:
        shutil.copy(file, specs)

    def build(folder: Path = output) -> Cost:
        return setting.archdraw("gallery", specs, "-o", folder, cache=cache)

    first, again = build(), build()
    changed = specs / setting.specs[0].name
    text = changed.read_text("utf-8")
    changed.write_text(text.replace("name: ", "name: New ", 1), "utf-8")
    return {
        "first": first,
        "again": again,
        "after one change": build(),
        "into another folder": build(setting.empty("another")),
    }
