"""The most memory that commands need at a time."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.made import irregular
from benchmarks.measure import Cost, in_turns, run
from benchmarks.programs import FLOOR, Setting, config, uncached
from benchmarks.tables import Table, megabytes, times


def tables(setting: Setting) -> list[Table]:
    source = config("llama-3-8b")
    long = setting.folder / "long.yaml"
    long.write_text(irregular(layers=1000, kinds=2), "utf-8")

    def command(word: str, *words: object) -> Callable[[], Cost]:
        return lambda: setting.archdraw(word, *map(str, words), *uncached(word))

    candidates: dict[str, Callable[[], Cost]] = {
        FLOOR: setting.floor,
        "import archdraw": lambda: setting.python("import archdraw"),
        "SVG of llama-3-8b": command("render", source, "-o", "one.svg"),
        "PNG of llama-3-8b": command("render", source, "-o", "one.png"),
        "PDF of llama-3-8b": command("render", source, "-o", "one.pdf"),
        "SVG of 1,000 irregular layers": command("render", long, "-o", "long.svg"),
    }
    if llmviz := setting.llmviz:
        candidates["llmviz: SVG of llama-3-8b"] = lambda: run([llmviz, "render", source, "-o", "x.svg"], setting.folder)
        candidates["llmviz: PNG of llama-3-8b"] = lambda: run([llmviz, "render", source, "-o", "x.png"], setting.folder)
    if not setting.quick:
        candidates |= {
            "table of all models": command("table", "-o", "table.md"),
            "lineage of all models": command("lineage", "-o", "lineage.svg"),
            "poster of all models": command("poster", "-o", "poster.svg"),
            "SVG of all models, one process": command("render", *setting.specs, "-o", "all", "-j", 1),
        }
    costs = in_turns(candidates, setting.few, warm=False)
    floor = costs[FLOOR].memory
    rows = [(name, megabytes(cost.memory), times(cost.memory / floor)) for name, cost in costs.items()]
    note = f"Medians of {setting.few}; what a process itself has in memory at its peak."
    if not setting.llmviz:
        note += f" {setting.lacking[0]}"
    return [Table("Memory", ("command", "peak MB", "in floors"), rows, [note])]
