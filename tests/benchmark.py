"""How long each stage takes, as ratios within one run: ``python tests/benchmark.py [SPEC]``.

Single times drift with the machine; what a stage costs beside a bare load of the same file by libyaml does not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import yaml

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

ROUNDS = 9


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else specs_folder() / "qwen3-next-80b-a3b.yaml"
    text = path.read_text("utf-8")
    theme = load_theme("light")
    spec = parse_spec(text, str(path))
    block = expand(spec)
    plate = picture(spec, block)
    scene = layout.draw(plate, theme)
    stages: dict[str, Callable[[], object]] = {
        "bare load (libyaml)": lambda: yaml.load(text, Loader=yaml.CSafeLoader),
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
    times: dict[str, list[float]] = {name: [] for name in stages}
    # In turns, so that a machine that slows down slows all stages alike.
    for _ in range(ROUNDS):
        for name, stage in stages.items():
            start = process_time()
            stage()
            times[name].append(process_time() - start)
    unit = median(times["bare load (libyaml)"])
    print(f"{path.name}: CPU ms, median of {ROUNDS}, and the ratio to a bare load")
    for name, taken in times.items():
        print(f"{name:<22}{1000 * median(taken):9.2f} ms{median(taken) / unit:10.1f}")


if __name__ == "__main__":
    main()
