"""Views of several models, by the command: the first time, and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.measure import Cost, in_turns
from benchmarks.programs import FLOOR, Setting, uncached
from benchmarks.tables import Table, megabytes, milliseconds, times

COMMANDS: dict[str, tuple[str, ...]] = {
    "compare of two": ("compare", "llama-3-8b", "qwen3-8b", "-o", "compare.svg"),
    "table": ("table", "-o", "table.md"),
    "scale": ("scale", "-o", "scale.svg"),
    "timeline": ("timeline", "-o", "timeline.svg"),
    "lineage": ("lineage", "-o", "lineage.svg"),
    "poster": ("poster", "-o", "poster.svg"),
}


def tables(setting: Setting) -> list[Table]:
    kept = setting.empty("kept")
    candidates: dict[str, Callable[[], Cost]] = {FLOOR: setting.floor}
    for name, words in COMMANDS.items():
        if setting.quick and name in ("lineage", "poster"):
            continue
        candidates[name] = partial(setting.archdraw, *words, *uncached(words[0]))
        if uncached(words[0]):
            candidates[f"{name}, again"] = partial(setting.archdraw, *words, cache=kept)
    costs = in_turns(candidates, setting.few)
    floor = costs[FLOOR].cpu
    rows = [
        (name, milliseconds(cost.cpu), milliseconds(cost.wall), megabytes(cost.memory), times(cost.cpu / floor))
        for name, cost in costs.items()
    ]
    note = f"All models that come with archdraw, but for compare; medians of {setting.few}."
    return [Table("Several models", ("archdraw", "CPU ms", "wall ms", "peak MB", "CPU in floors"), rows, [note])]
