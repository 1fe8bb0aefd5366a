"""One command from an idle shell: help, one picture, one picture that was drawn before; beside other programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import takewhile
from pathlib import Path

import archdraw
from archdraw.tree.blocks import Leaf
from archdraw.tree.description import describe
from benchmarks.measure import Cost, in_turns, run
from benchmarks.programs import FLOOR, Setting, config, uncached
from benchmarks.tables import Table, milliseconds, times

MODELS = ("llama-3-8b", "deepseek-v3", "qwen3-next-80b-a3b")
COLUMNS = ("command", "CPU ms", "wall ms", "CPU in floors", "CPU to llmviz", "CPU to dot")


def tables(setting: Setting) -> list[Table]:
    return [_help(setting), *(_pictures(setting, name) for name in MODELS[: 1 if setting.quick else None])]


def _help(setting: Setting) -> Table:
    candidates: dict[str, Callable[[], Cost]] = {
        FLOOR: setting.floor,
        "archdraw --help": lambda: setting.archdraw("--help"),
        "archdraw --version": lambda: setting.archdraw("--version"),
        "archdraw render --help": lambda: setting.archdraw("render", "--help"),
        "import archdraw": lambda: setting.python("import archdraw"),
    }
    if llmviz := setting.llmviz:
        candidates["llmviz --help"] = lambda: run([llmviz, "--help"], setting.folder)
    costs = in_turns(candidates, setting.rounds)
    rows = [
        _row(name, cost, costs[FLOOR], costs.get("llmviz --help") if "help" in name else None, None)
        for name, cost in costs.items()
    ]
    note = f"Medians of {setting.rounds}."
    return Table("Cold: help", COLUMNS, rows, [" ".join([note, *setting.lacking])])


def _pictures(setting: Setting, name: str) -> Table:
    """Pictures of the model ``name``, from its config and from its spec."""
    source = config(name)

    def drawn(spec: str | Path, output: str, *options: str) -> Callable[[], Cost]:
        return lambda: setting.archdraw("render", spec, "-o", output, *uncached("render"), *options)

    candidates: dict[str, Callable[[], Cost]] = {
        FLOOR: setting.floor,
        "archdraw SVG, of the config": drawn(source, "config.svg"),
        "archdraw SVG, of the spec": drawn(name, "spec.svg"),
        "archdraw PNG": drawn(source, "config.png"),
        "archdraw PNG, scale 2": drawn(source, "twice.png", "--scale", "2"),
        "archdraw PDF": drawn(source, "config.pdf"),
    }
    if uncached("render"):
        kept = setting.empty("kept")
        for suffix in ("svg", "png"):
            row = f"archdraw {suffix.upper()}, drawn before"
            candidates[row] = partial(setting.archdraw, "render", source, "-o", f"again.{suffix}", cache=kept)
    if llmviz := setting.llmviz:
        candidates["llmviz SVG"] = lambda: run([llmviz, "render", source, "-o", "llmviz.svg"], setting.folder)
        candidates["llmviz PNG, scale 2"] = lambda: run([llmviz, "render", source, "-o", "llmviz.png"], setting.folder)
    graph, size = graph_of(archdraw.load(name))
    file = setting.folder / f"{name}.dot"
    file.write_text(graph, "utf-8")
    if dot := setting.dot:
        candidates["dot SVG"] = lambda: run([dot, "-Tsvg", file, "-o", "dot.svg"], setting.folder)
        candidates["dot PNG"] = lambda: run([dot, "-Tpng", file, "-o", "dot.png"], setting.folder)
    costs = in_turns(candidates, setting.rounds)
    rows = [
        _row(row, cost, costs[FLOOR], _first(costs, f"llmviz {kind}"), _first(costs, f"dot {kind}"))
        for row, cost in costs.items()
        for kind in ["PNG" if "PNG" in row else "SVG" if "SVG" in row else "?"]
    ]
    notes = [f"Medians of {setting.rounds}."]
    if setting.dot:
        notes.append(f"The graph of dot has a node for each block of the model, a frame for each module: {size}.")
    if not uncached("render"):
        notes.append("This archdraw keeps nothing from one run to the next: no rows of pictures drawn before.")
    return Table(f"Cold: a picture of {name}", COLUMNS, rows, [" ".join([*notes, *setting.lacking])])


def _first(costs: dict[str, Cost], beginning: str) -> Cost | None:
    """The cost of the row that begins so; None for a row of another kind."""
    return next((cost for name, cost in costs.items() if name.startswith(beginning)), None)


def _row(name: str, cost: Cost, floor: Cost, llmviz: Cost | None, dot: Cost | None) -> tuple[str, ...]:
    return (
        name,
        milliseconds(cost.cpu),
        milliseconds(cost.wall),
        times(cost.cpu / floor.cpu),
        *(times(cost.cpu / other.cpu) if other else "" for other in (llmviz, dot)),
    )


def graph_of(model: archdraw.Model) -> tuple[str, str]:
    """``model`` in the language of dot, and a few words on its size.

    Every block is a node with the words of its box, every module that holds blocks a frame, and lines lead on in order.
    """
    lines = ["digraph model {", "rankdir=BT; node [shape=box, style=rounded];"]
    nodes = frames = 0
    around: list[str] = []
    for path, block in model.walk():
        if not isinstance(block, Leaf):
            continue
        modules = path.split("/")[:-1]
        same = len([*takewhile(lambda pair: pair[0] == pair[1], zip(around, modules, strict=False))])
        lines += ["}"] * (len(around) - same)
        for module in modules[same:]:
            frames += 1
            lines.append(f'subgraph "cluster {frames}" {{ label="{module}";')
        around = modules
        words = describe(block)
        label = "\\n".join(word.replace('"', "'") for word in (words.label, words.detail) if word)
        lines.append(f'n{nodes} [label="{label}"];')
        nodes += 1
    lines += ["}"] * len(around)
    lines += [f"n{node} -> n{node + 1};" for node in range(nodes - 1)]
    return "\n".join([*lines, "}"]), f"{nodes} nodes, {frames} frames, {nodes - 1} lines"
