"""A plate in a process that has drawn others: by stage, and the mean over all specs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import mean, median

import yaml

import archdraw
from archdraw.kinds.registry import kinds
from archdraw.layout.plate import plate as layout
from archdraw.lint.faults import faults
from archdraw.resources import specs_folder
from archdraw.source import parse
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree.facts import facts
from archdraw.views.architecture import picture
from archdraw.writers.png import png
from archdraw.writers.svg import svg
from benchmarks.measure import Cost, call, in_turns
from benchmarks.programs import Setting
from benchmarks.tables import Table, milliseconds, times

STAGED = ("llama-3-8b", "qwen3-next-80b-a3b", "kimi-k3")
UNIT = "bare load (libyaml)"
FIRST = "llama-3-8b"
"""What a process draws before the first plate that is counted."""


def tables(setting: Setting) -> list[Table]:
    return [_further(setting), _stages(setting)]


def _further(setting: Setting) -> Table:
    """Each plate once, in a process that has drawn one before: nothing is drawn a second time from memory."""
    rounds = setting.few
    taken: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        command = [sys.executable, "-m", "benchmarks.warm", *map(str, setting.specs)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for name, seconds in json.loads(done.stdout).items():
            taken.setdefault(name, []).append(seconds)
    parts = {name: [median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    whole = {name: sum(seconds) for name, seconds in parts.items()}
    floor = in_turns({"floor": setting.floor}, setting.rounds)["floor"].cpu
    worst = sorted(whole, key=lambda name: whole[name])[-5:][::-1]

    def row(words: str, seconds: list[float]) -> tuple[str, ...]:
        return (words, *map(milliseconds, seconds), milliseconds(sum(seconds)), times(sum(seconds) / floor))

    columns = [list(column) for column in zip(*parts.values(), strict=True)]
    rows = [row("mean", [*map(mean, columns)]), *(row(name, parts[name]) for name in worst)]
    note = (
        f"{len(parts)} models, medians of {rounds} processes; half of the models take at most "
        f"{milliseconds(median(whole.values()))} ms. Below the mean are the worst five."
    )
    return Table("Warm: a further plate, CPU ms", ("model", *_STEPS, "all", "in floors"), rows, [note])


_STEPS = ("load", "facts", "scene", "SVG")


def _drawn(spec: Path) -> list[float]:
    """CPU seconds of the steps from the file ``spec`` to its picture."""
    made: dict[str, archdraw.Model] = {}

    def load() -> None:
        made["model"] = archdraw.load(spec)

    load_cost = call(load)
    model = made["model"]
    facts_cost = call(lambda: model.facts)
    scenes = []
    scene_cost = call(lambda: scenes.append(model.scene()))
    return [cost.cpu for cost in (load_cost, facts_cost, scene_cost, call(lambda: model.write(scenes[0], "svg")))]


def _stages(setting: Setting) -> Table:
    """The stages of some models, in turns."""
    names = STAGED[: 1 if setting.quick else None]
    stages = {name: _stages_of(specs_folder() / f"{name}.yaml") for name in names}
    costs = in_turns(
        {f"{name} {stage}": function for name, made in stages.items() for stage, function in made.items()},
        setting.rounds,
    )
    rows = [
        (stage, *(word for name in names for word in _words(costs[f"{name} {stage}"], costs[f"{name} {UNIT}"])))
        for stage in stages[names[0]]
    ]
    columns = ("stage", *(word for name in names for word in (name, "ratio")))
    note = f"Medians of {setting.rounds}; the ratio is to a bare load of the same file."
    return Table("Warm: stages, CPU ms", columns, rows, [note])


def _words(cost: Cost, unit: Cost) -> tuple[str, str]:
    return milliseconds(cost.cpu), times(cost.cpu / unit.cpu)


def _stages_of(path: Path) -> dict[str, Callable[[], Cost]]:
    text = path.read_text("utf-8")
    theme = load_theme("light")
    spec = parse_spec(text, str(path))
    block = expand(spec)
    plate = picture(spec, block)
    scene = layout.draw(plate, theme)
    stages: dict[str, Callable[[], object]] = {
        UNIT: lambda: yaml.load(text, Loader=yaml.CSafeLoader),
        "text to document": lambda: parse(text, "benchmark"),
        "text to spec": lambda: parse_spec(text, "benchmark"),
        "spec to block": lambda: expand(spec),
        "block to facts": lambda: facts(block),
        "block to picture": lambda: picture(spec, block),
        "picture to scene": lambda: layout.draw(plate, theme),
        "faults of the scene": lambda: faults(scene),
        "scene to SVG": lambda: svg(scene),
        "scene to PNG": lambda: png(scene),
    }
    return {name: partial(call, stage) for name, stage in stages.items()}


if __name__ == "__main__":
    kinds()
    _drawn(specs_folder() / f"{FIRST}.yaml")
    print(json.dumps({Path(file).stem: _drawn(Path(file)) for file in sys.argv[1:]}))
