"""The programs that are measured, and where they run."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

import archdraw
from archdraw.resources import specs_folder
from benchmarks.measure import Cost, run

CHECKOUT = Path(__file__).parent.parent
CONFIGS = CHECKOUT / "tests" / "data" / "configs"
PAGE = CHECKOUT / "docs" / "speed.md"
NO_CACHE = "--no-cache"
FLOOR = "python -c pass"
"""The row of Python itself."""


@dataclass(frozen=True)
class Setting:
    """How it is measured: ``rounds`` of each, ``quick`` with few and small inputs, files in ``folder``.

    ``llmviz`` and ``dot`` are programs to compare with, None where they are not there.
    """

    folder: Path
    rounds: int = 9
    quick: bool = False
    llmviz: Path | None = None
    dot: Path | None = None

    @property
    def few(self) -> int:
        """Rounds of what takes minutes."""
        return max(1, self.rounds // 3)

    def floor(self) -> Cost:
        """The cost of Python itself."""
        return run([sys.executable, "-c", "pass"], self.folder)

    def archdraw(self, *words: str | Path, cache: Path | None = None) -> Cost:
        """The cost of a command of archdraw, whose own cache, if it has one, is ``cache``, by default an empty one."""
        where = cache or self.empty("cache")
        return run([*archdraw_command(), *words], self.folder, {"XDG_CACHE_HOME": str(where)})

    def empty(self, name: str) -> Path:
        """The folder ``name`` in that of the files, with nothing in it."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def python(self, code: str) -> Cost:
        """The cost of ``code`` in a process of its own."""
        return run([sys.executable, "-c", code], self.folder)

    @cached_property
    def specs(self) -> list[Path]:
        """The specs that come with archdraw; a few of them if ``quick``."""
        found = sorted(specs_folder().glob("*.yaml"))
        return found[:: len(found) // 6] if self.quick else found

    @property
    def lacking(self) -> list[str]:
        """Sentences that say which programs are not there."""
        notes = []
        if not self.llmviz:
            notes.append("No rows of llmviz: it was not found (`--llmviz PATH`).")
        if not self.dot:
            notes.append("No rows of dot: Graphviz was not found (`--dot PATH`).")
        return notes


@cache
def uncached(command: str) -> tuple[str, ...]:
    """The option of a ``command`` of archdraw that turns its cache off; none where it keeps nothing between runs."""
    words = [*map(str, archdraw_command()), command, "--help"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return (NO_CACHE,) if NO_CACHE in said else ()


def archdraw_command() -> list[str | Path]:
    """The command of this archdraw: the script beside Python, or the module where there is none."""
    script = Path(sys.executable).with_name("archdraw")
    return [script] if script.exists() else [sys.executable, "-m", "archdraw"]


def config(name: str) -> Path:
    """The published config ``name`` of the tests."""
    return CONFIGS / f"{name}.json"


def machine(setting: Setting) -> str:
    """A sentence about the machine and the versions that were measured."""
    parts = [f"{_processor()}, {cpu_count()} cores", f"{platform.system()} {platform.machine()}"]
    parts.append(f"Python {platform.python_version()}")
    parts.append(f"archdraw {archdraw.__version__}")
    parts += [f"{name} {version(name)}" for name in ("pydantic", "svgwrite", "pyyaml")]
    if setting.llmviz:
        parts.append("llmviz " + _said([_python_of(setting.llmviz), "-c", _VERSION]))
    if setting.dot:
        parts.append(_said([str(setting.dot), "-V"]).replace("dot - graphviz version ", "Graphviz ").split(" (")[0])
    return f"Machine: {', '.join(parts)}."


_VERSION = "from importlib.metadata import version; print(version('llmviz'))"


def _python_of(script: Path) -> str:
    """The Python that runs an installed ``script``: its first line says it."""
    return script.read_text("utf-8").splitlines()[0].removeprefix("#!").strip()


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (done.stdout + done.stderr).strip()


def _processor() -> str:
    """The name of the processor, as the system gives it."""
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
