"""The whole gallery: the first time, again, and after one thing has changed in one spec."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from benchmarks.measure import Cost, medians
from benchmarks.programs import Setting, uncached
from benchmarks.tables import Table, megabytes, times

CHANGES = {
    "after another key point": (r"^key_points:(\s+- | \[)", r"key_points:\1New, and "),
    "after another size": (r"^vocab_size: (\d+)", r"vocab_size: \g<1>0"),
    "after another name": (r"^name: ", "name: New "),
}
"""What is changed in one spec after the other, each time in the one before, and how."""


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

    costs = {"first": build(), "again": build()}
    for name, (pattern, new) in CHANGES.items():
        for file in sorted(specs.iterdir()):
            text, number = re.subn(pattern, new, file.read_text("utf-8"), count=1, flags=re.M)
            if number:
                file.write_text(text, "utf-8")
                costs[name] = build()
                break
    return {**costs, "into another folder": build(setting.empty("another"))}
