"""How pictures stand on the pages that they are made for: ``python -m benchmarks.pages [NAME...]``.

For every spec and view: width and height in design px, height by width, the smallest text when the whole picture is
fitted into a screen (1,920 by 1,080 px if nothing else is asked for), the panels that it shows and those that it leaves
out, and its faults. Below stands how many break the bounds of their view (``BOUNDS``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import archdraw
from archdraw.lint.faults import faults
from archdraw.resources import specs_folder
from archdraw.scene import Scene, Text
from archdraw.views.architecture import picture
from benchmarks.tables import Table, markdown, plain

SCREEN = (1920.0, 1080.0)


@dataclass(frozen=True, slots=True)
class Bound:
    """What the pictures of a view keep: ``aspect`` is the most that their height is of their width, at two widths and
    in proportion between them; ``text`` the smallest text in px of the screen."""

    aspect: tuple[tuple[float, float], tuple[float, float]]
    text: float

    def broken(self, page: Page) -> list[str]:
        """What ``page`` breaks of this."""
        (narrow, first), (wide, last) = self.aspect
        share = min(max((page.width - narrow) / (wide - narrow), 0.0), 1.0)
        most = first + share * (last - first)
        too_tall = [f"aspect {page.aspect:.2f}"] if page.aspect > most + 0.001 else []
        return too_tall + ([f"text {page.text:.2f} px"] if page.text < self.text - 0.0005 else [])


BOUNDS = {"plate": Bound(aspect=((1224.0, 1.15), (1736.0, 1.0)), text=10.0)}


@dataclass(frozen=True, slots=True)
class Page:
    """One picture, measured: ``text`` is its smallest text in px of the screen, ``size`` the same in design px."""

    spec: str
    view: str
    theme: str
    width: float
    height: float
    size: float
    text: float
    shown: tuple[str, ...]
    left_out: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def aspect(self) -> float:
        """Height by width."""
        return self.height / self.width


def measured(scene: Scene, screen: tuple[float, float]) -> tuple[float, float]:
    """The smallest text of ``scene`` in design px, and in px of the ``screen`` that it is fitted into as a whole."""
    sizes = [shape.size for shape in scene.shapes() if isinstance(shape, Text)]
    scale = min(screen[0] / scene.width, screen[1] / scene.height)
    return min(sizes, default=0.0), min(sizes, default=0.0) * scale


def page(task: tuple[str, str, str], screen: tuple[float, float] = SCREEN) -> Page:
    """The picture of a spec in a view and a theme."""
    name, view, theme = task
    model = archdraw.load(name)
    scene = model.scene(view, theme)
    size, text = measured(scene, screen)
    titles = [panel.title for panel in picture(model.spec, model.block).insets] if view == "plate" else []
    shown = tuple((Counter(titles) - Counter(scene.left_out)).elements())
    found = tuple(str(fault) for fault in faults(scene))
    return Page(name, view, theme, scene.width, scene.height, size, text, shown, scene.left_out, found)


def table(pages: Iterable[Page]) -> Table:
    """A row for each of ``pages``."""
    rows = [
        (
            f"{one.spec}, {one.view}, {one.theme}",
            f"{one.width:,.0f}",
            f"{one.height:,.0f}",
            f"{one.aspect:.2f}",
            f"{one.text:.1f}",
            str(len(one.shown)),
            str(len(one.left_out)),
            str(len(one.faults)),
        )
        for one in pages
    ]
    columns = ("", "width", "height", "height : width", "smallest text, px", "panels", "left out", "faults")
    return Table("Pages", columns, rows)


def summary(pages: Sequence[Page]) -> list[str]:
    """How many pages there are, and each that breaks a bound or has a fault."""
    lines = []
    for one in pages:
        bound = BOUNDS.get(one.view)
        wrong = (bound.broken(one) if bound else []) + [f"fault: {fault}" for fault in one.faults[:3]]
        if wrong:
            lines.append(f"{one.spec} {one.theme}: {one.width:,.0f} x {one.height:,.0f}: {'; '.join(wrong)}")
    bad = sum(1 for one in pages if (bound := BOUNDS.get(one.view)) and bound.broken(one))
    left_out = sum(1 for one in pages if one.left_out)
    faulty = sum(1 for one in pages if one.faults)
    return [*lines, f"{len(pages)} pictures, {bad} break a bound, {left_out} leave panels out, {faulty} have faults"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specs", nargs="*", metavar="NAME", help="names of specs; all if left out")
    parser.add_argument("--view", action="append", default=[], help="a view, may be repeated (default plate)")
    parser.add_argument("--theme", action="append", default=[], help="a theme, may be repeated (default light)")
    parser.add_argument("--screen", default="1920x1080", help="what pictures are fitted into, in px")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="a file for all that was measured")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument("--short", action="store_true", help="only what breaks a bound, and the sums")
    wanted = parser.parse_args()
    across, _, down = wanted.screen.partition("x")
    screen = (float(across), float(down))
    names = wanted.specs or sorted(file.stem for file in specs_folder().glob("*.yaml"))
    views, themes = wanted.view or ["plate"], wanted.theme or ["light"]
    tasks = [(name, view, theme) for name in names for view in views for theme in themes]
    pages: list[Page] = []
    with ProcessPoolExecutor(wanted.jobs) as executor:
        for number, made in enumerate(executor.map(partial(page, screen=screen), tasks), 1):
            pages.append(made)
            print(f"\r{number} of {len(tasks)} pictures", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(one) for one in pages], indent=0), "utf-8")
    if not wanted.short:
        print((markdown if wanted.markdown else plain)(table(pages)))
    lines = summary(pages)
    print(*lines, sep="\n")
    return 1 if len(lines) > 1 else 0


if __name__ == "__main__":
    raise SystemExit(main())
