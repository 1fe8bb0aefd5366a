"""How long archdraw takes: ``python -m benchmarks [SECTION...]``. docs/speed.md says what each section measures.

Compare figures of one run only: the machine's speed changes from one to the next, and all that is compared is measured
in turns within a run.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.programs import PAGE, Setting, machine
from benchmarks.tables import Table, markdown, plain, renew

SECTIONS = ("cold", "warm", "gallery", "several", "memory", "growth", "watch")
"""Modules of this package, each with a function ``tables`` from a setting to its tables."""


def main() -> int:
    options = _options()
    setting_of = {"rounds": 3 if options.quick and not options.rounds else options.rounds or 9, "quick": options.quick}
    with tempfile.TemporaryDirectory(prefix="archdraw-benchmarks-") as folder:
        setting = Setting(Path(folder), llmviz=_program(options.llmviz), dot=_program(options.dot), **setting_of)
        about = machine(setting)
        print(about)
        for section in dict.fromkeys(options.sections or SECTIONS):
            print(section, file=sys.stderr)
            tables: list[Table] = import_module(f"benchmarks.{section}").tables(setting)
            written = [*map(markdown if options.markdown else plain, tables)]
            print(*written, sep="\n\n", end="\n\n", flush=True)
            if options.renew:
                renew(PAGE, section, [*map(markdown, tables), about])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; all if left out")
    parser.add_argument("--rounds", type=int, help="times that each is measured (default 9; a third of it where it "
                        "takes minutes)")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="few and small inputs, 3 rounds: to try it out")
    parser.add_argument("--markdown", action="store_true", help="print the tables in Markdown")
    parser.add_argument("--renew", action="store_true", help=f"write the tables into {PAGE.parent.name}/{PAGE.name}")
    parser.add_argument("--llmviz", default="llmviz", metavar="PATH", help="the program to compare with")
    parser.add_argument("--dot", default="dot", metavar="PATH", help="Graphviz, to compare with")
    options = parser.parse_args()
    if wrong := [section for section in options.sections if section not in SECTIONS]:
        parser.error(f"no section {wrong[0]}: there are {', '.join(SECTIONS)}")
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds is at least 1")
    return options


def _program(name: str) -> Path | None:
    """Where the program ``name`` is, a name or a path."""
    found = shutil.which(name)
    return Path(found).absolute() if found else None


if __name__ == "__main__":
    sys.exit(main())
