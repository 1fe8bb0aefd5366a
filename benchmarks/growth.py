"""How the cost grows: with layers, with distinct kinds of layers, with panels, with the number of models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import mean

from archdraw.layout.plate import plate as layout
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.theme import load_theme
from archdraw.tree.facts import facts
from archdraw.views.architecture import picture
from archdraw.writers.svg import svg
from benchmarks.made import copied, irregular, repeated
from benchmarks.measure import Cost, call, in_turns
from benchmarks.programs import Setting, uncached
from benchmarks.tables import Table, megabytes, milliseconds, times

STEPS = ("spec", "block", "facts", "picture", "scene", "SVG")


def tables(setting: Setting) -> list[Table]:
    layers = (12, 100) if setting.quick else (12, 100, 1000)
    kinds = (1, 2, 4) if setting.quick else (1, 2, 4, 8, 16, 32)
    irregular_layers = {f"{number:,}": irregular(number, 2) for number in layers}
    repeated_layers = {f"{number:,}": repeated(number) for number in layers}
    distinct = {str(number): irregular(32, number) for number in kinds}
    return [
        _made(setting, "Growth with layers: irregular, of two kinds", "layers", irregular_layers),
        _made(setting, "Growth with layers: one, repeated", "layers", repeated_layers),
        _made(setting, "Growth with distinct kinds: 32 layers, irregular", "kinds", distinct),
        _panels(setting),
        *([] if setting.quick else [_models(setting)]),
    ]


def _made(setting: Setting, title: str, what: str, specs: dict[str, str]) -> Table:
    """The steps from text to SVG of ``specs``, in turns."""
    stages = {name: _steps(text) for name, text in specs.items()}
    costs = in_turns(
        {f"{name} {step}": made for name, steps in stages.items() for step, made in steps.items()}, setting.rounds
    )
    whole = {name: [costs[f"{name} {step}"].cpu for step in STEPS] for name in specs}
    first = sum(whole[next(iter(specs))])
    rows = [
        (name, *map(milliseconds, seconds), milliseconds(sum(seconds)), times(sum(seconds) / first))
        for name, seconds in whole.items()
    ]
    return Table(f"{title}, CPU ms", (what, *STEPS, "all", "to the first"), rows, [f"Medians of {setting.rounds}."])


def _steps(text: str) -> dict[str, Callable[[], Cost]]:
    theme = load_theme("light")
    spec = parse_spec(text, "made")
    block = expand(spec)
    plate = picture(spec, block)
    scene = layout.draw(plate, theme)
    steps: dict[str, Callable[[], object]] = {
        "spec": lambda: parse_spec(text, "made"),
        "block": lambda: expand(spec),
        "facts": lambda: facts(block),
        "picture": lambda: picture(spec, block),
        "scene": lambda: layout.draw(plate, theme),
        "SVG": lambda: svg(scene),
    }
    return {name: partial(call, step) for name, step in steps.items()}


def _panels(setting: Setting) -> Table:
    """The layout of plates that come with archdraw, by the number of their panels; each once."""
    theme = load_theme("light")
    costs: dict[int, list[float]] = {}
    for path in setting.specs:
        spec = load_spec(path)
        plate = picture(spec, expand(spec))
        cost = call(partial(layout.draw, plate, theme))
        costs.setdefault(len(plate.insets), []).append(cost.cpu)
    rows = [
        (str(panels), str(len(taken)), *map(milliseconds, (mean(taken), mean(taken) / (panels or 1), max(taken))))
        for panels, taken in sorted(costs.items())
    ]
    columns = ("panels", "models", "mean", "mean by panel", "worst")
    note = "The models that come with archdraw, each drawn once."
    return Table("Growth with panels: picture to scene, CPU ms", columns, rows, [note])


def _models(setting: Setting) -> Table:
    """Commands on all specs, and on several copies of each."""
    rows: list[tuple[str, ...]] = []
    counts = [times * len(setting.specs) for times in COPIES]
    for name, words in COMMANDS.items():
        costs = [_of_copies(setting, words, number) for number in COPIES]
        for count, cost in zip(counts, costs, strict=True):
            rows.append(
                (
                    name,
                    f"{count:,}",
                    f"{cost.cpu:.1f}",
                    milliseconds(cost.cpu / count),
                    times(cost.cpu / count / (costs[0].cpu / counts[0])),
                    megabytes(cost.memory),
                )
            )
    columns = ("command", "models", "CPU s", "ms a model", "to the first", "peak MB")
    note = "Every copy has a name of its own and parents among its like; each command once."
    return Table("Growth with models", columns, rows, [note])


COPIES = (1, 3, 8)
COMMANDS: dict[str, Sequence[str]] = {
    "table": ("table", "-o", "table.md"),
    "scale": ("scale", "-o", "scale.svg"),
    "timeline": ("timeline", "-o", "timeline.svg"),
    "lineage": ("lineage", "-o", "lineage.svg"),
    "gallery": ("gallery", "-o", "gallery"),
}


def _of_copies(setting: Setting, words: Sequence[str], number: int) -> Cost:
    folder = setting.empty("copies")
    copied(setting.specs, number, folder)
    return setting.archdraw(words[0], folder, *words[1:], *uncached(words[0]))
