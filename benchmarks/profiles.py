"""Every model on every page: ``python -m benchmarks.profiles [--write] [NAME...]``.

For each spec and profile the smallest text in points at the size in print, height by width, panels shown and left out,
and faults. With ``--write`` the table goes into docs/pages.md. It ends with 1 where text is smaller than its profile
says, or where there is a fault.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.lengths import UNITS, pixels
from archdraw.lint.faults import faults
from archdraw.profile import load_profile, profile_names
from archdraw.resources import specs_folder
from archdraw.scene import Scene, Text
from archdraw.views.architecture import picture

DOCS = Path(__file__).parent.parent / "docs" / "pages.md"
MARK = "<!-- measured -->"
TO_THE_RIGHT = ("slide right", "slide-4-3 right", "page right")
ROUNDING = 0.01


@dataclass(frozen=True, slots=True)
class Sheet:
    """One model on one page: ``text`` in points in print, ``least`` what the profile asks for.

    ``text`` is 0 where the model finds no room on the page as it flows to the right.
    """

    spec: str
    profile: str
    text: float
    least: float
    aspect: float
    shown: int
    left_out: int
    faults: tuple[str, ...]

    @property
    def wrong(self) -> list[str]:
        """What must not be."""
        small = [f"text of {self.text:.1f} pt, less than {self.least:.1f}"] if self.text < self.least - ROUNDING else []
        return [*small, *self.faults]


def least_points(scene: Scene) -> float:
    """The smallest text of ``scene`` in points at its size in print."""
    sizes = [shape.size for shape in scene.shapes() if isinstance(shape, Text)]
    return min(sizes) * scene.size[0] / scene.width / UNITS["pt"]


def measured(task: tuple[str, str]) -> Sheet:
    """A spec on the page of a profile, after whose name its direction may stand: "slide right"."""
    name, wanted = task
    profile, _, direction = wanted.partition(" ")
    model = archdraw.load(name)
    try:
        scene = model.scene(profile, direction=direction)
    except ArchdrawError as error:
        if not direction or "finds no room" not in str(error):
            raise
        return Sheet(name, wanted, 0, 0, 0, 0, 0, ())
    panels = len(picture(model.spec, model.block).insets)
    least = pixels(load_profile(profile).least_text) / UNITS["pt"]
    left_out = len(scene.left_out)
    found = tuple(map(str, faults(scene)))
    shown = max(0, panels - left_out) if load_profile(profile).panels else 0
    return Sheet(name, wanted, least_points(scene), least, scene.height / scene.width, shown, panels - shown, found)


def markdown(sheets: Iterable[Sheet], profiles: Sequence[str]) -> str:
    """A row for each model, a column for each profile."""
    by_spec: dict[str, dict[str, Sheet]] = {}
    for sheet in sheets:
        by_spec.setdefault(sheet.spec, {})[sheet.profile] = sheet
    lines = [f"| model | {' | '.join(profiles)} |", f"|---|{'---|' * len(profiles)}"]
    for spec, own in by_spec.items():
        lines.append(f"| {spec} | {' | '.join(_cell(own[name]) for name in profiles)} |")
    return "\n".join(lines)


def _cell(sheet: Sheet) -> str:
    if not sheet.text:
        return "no room"
    panels = f"{sheet.shown} of {sheet.shown + sheet.left_out}"
    return f"{sheet.text:.1f} pt, {sheet.aspect:.2f}, {panels}, {len(sheet.faults)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specs", nargs="*", metavar="NAME", help="names of specs; all if left out")
    parser.add_argument("--profile", action="append", default=[], help="a profile, may be repeated (default all)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/pages.md")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    wanted = parser.parse_args()
    names = wanted.specs or sorted(file.stem for file in specs_folder().glob("*.yaml"))
    profiles = wanted.profile or [*profile_names(), *TO_THE_RIGHT]
    tasks = [(name, profile) for name in names for profile in profiles]
    sheets: list[Sheet] = []
    with ProcessPoolExecutor(wanted.jobs) as executor:
        for number, sheet in enumerate(executor.map(measured, tasks, chunksize=4), 1):
            sheets.append(sheet)
            print(f"\r{number} of {len(tasks)} pictures", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    table = markdown(sheets, profiles)
    if wanted.write:
        head, _, _ = DOCS.read_text("utf-8").partition(MARK)
        DOCS.write_text(f"{head}{MARK}\n\n{table}\n", "utf-8")
    else:
        print(table)
    wrong = [sheet for sheet in sheets if sheet.wrong]
    for sheet in wrong:
        print(f"{sheet.spec}, {sheet.profile}: {'; '.join(sheet.wrong[:3])}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
