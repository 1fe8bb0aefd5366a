"""What a command imports: what it needs, and nothing else. A picture takes less time than what it can do without."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import pytest

import archdraw
from archdraw import front
from archdraw.cli import Commands, program, run
from archdraw.version import VERSION
from write_indexes import page_text

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "tests" / "data" / "configs" / "llama-3-8b.json"
SPEC = ROOT / "specs" / "llama-3-8b.yaml"
# Read before any fixture: what this user keeps would be drawn from nothing.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ARCHDRAW_CACHE_DIR": ""}

NOTHING_BUT_PYTHON = ("archdraw.cli", "click", "dataclasses", "inspect", "pathlib", "re", "typing")
"""What the version and the page of commands are answered without."""
UNNEEDED = (
    *("asyncio", "email", "http", "importlib.metadata", "importlib.resources", "logging", "multiprocessing", "socket"),
    *("concurrent.futures.process", "ssl", "subprocess", "urllib.request", "xml"),
    *("cairosvg", "fontTools", "graphviz", "jinja2", "pydantic", "reportlab", "resvg", "rich", "svgwrite"),
    *("archdraw.analysis", "archdraw.lint", "archdraw.models", "archdraw.layout.diagram.graphs"),
    *("archdraw.spec.declaring", "archdraw.spec.templates", "archdraw.weights.comparison"),
)
"""What no plate of a plain decoder needs, from a spec or from a config."""


def _loaded(code: str, folder: Path) -> set[str]:
    """The modules that a fresh interpreter has after ``code``."""
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "COLUMNS"}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nsys.stderr.write(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=environment,
    )
    return set(done.stderr.rpartition("\n")[2].split())


def _run(*words: str) -> str:
    return f"from archdraw.cli import run\nassert run({words!r}) == 0"


def _archdraw(words: Sequence[str], stdout: IO[str] | int) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, whose output goes to ``stdout``."""
    command = [sys.executable, "-m", "archdraw", *words]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, env=ENVIRONMENT)


def _among(loaded: set[str], unneeded: Sequence[str]) -> set[str]:
    return {name for name in loaded if any(name == one or name.startswith(f"{one}.") for one in unneeded)}


@pytest.mark.parametrize("source", [SPEC, CONFIG], ids=["spec", "config"])
def test_a_picture_imports_what_it_needs(source: Path, tmp_path: Path) -> None:
    loaded = _loaded(_run("render", str(source), "-o", "made.svg"), tmp_path)
    assert (tmp_path / "made.svg").stat().st_size > 10_000
    assert {"archdraw.writers.svg", "archdraw.views.single.plate", "archdraw.kinds.mixers.attention"} <= loaded
    assert _among(loaded, UNNEEDED) == set()
    kinds = {name for name in loaded if name.startswith("archdraw.kinds.mixers.")}
    assert kinds < {f"archdraw.kinds.mixers.{file.stem}" for file in (ROOT / "src/archdraw/kinds/mixers").glob("*.py")}
    assert "archdraw.kinds.mixers.state_space" not in kinds
    families = {name for name in loaded if name.startswith("archdraw.readers.families.")}
    assert families == (set() if source is SPEC else {"archdraw.readers.families.llama"})


def test_a_wrong_spec_is_for_pydantic(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("name: Wrong\nlayers: [rmsnorm, {linear: -1}]\n", "utf-8")
    loaded = _loaded("from archdraw.cli import run\nassert run(['render', 'wrong.yaml']) == 1", tmp_path)
    assert {"pydantic", "archdraw.models"} <= loaded


@pytest.mark.parametrize("command", ["facts", "check", "show"])
def test_other_commands_draw_nothing(command: str, tmp_path: Path) -> None:
    loaded = _loaded(_run(command, str(SPEC)), tmp_path)
    assert _among(loaded, ("pydantic", "multiprocessing", "importlib.metadata", "archdraw.writers.svg")) == set()


@pytest.mark.parametrize("word", ["--version", "-V", "--help", "-h"])
def test_what_is_asked_first_is_answered_first(word: str, tmp_path: Path) -> None:
    code = f"sys.argv[1:] = [{word!r}]\nfrom archdraw.__main__ import main\nmain()"
    assert _among(_loaded(code, tmp_path), NOTHING_BUT_PYTHON) == set()


def test_importing_archdraw_imports_nothing_else(tmp_path: Path) -> None:
    before, after = _loaded("", tmp_path), _loaded("import archdraw", tmp_path)
    assert {name for name in after - before if not name.startswith("_")} == {"archdraw"}


# The page of commands.


def test_the_page_is_that_of_the_commands() -> None:
    assert Path(front.PAGE).read_text("utf-8") == page_text(), "python tests/write_indexes.py writes it"
    assert set(front.summaries()) == set(program.list_commands(None))  # type: ignore[arg-type]
    assert not any(summary.endswith("...") for summary in front.summaries().values())


@pytest.mark.parametrize("columns", ["80", "100", "200"])
def test_the_page_is_the_same_on_all_wide_terminals(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == front.page()


Answered = Callable[..., bool]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Answered:
    monkeypatch.delenv("COLUMNS", raising=False)
    # Another test may have imported a package with a finder of its own, which is asked (tests/test_installed.py).
    monkeypatch.setattr("archdraw.front.adds_to", lambda prefix: False)
    return lambda *words: front.answered(words)


def test_the_version_is_answered(answered: Answered, capsys: pytest.CaptureFixture[str]) -> None:
    assert answered("--version")
    assert capsys.readouterr().out == f"archdraw {VERSION}\n" == f"archdraw {archdraw.__version__}\n"


@pytest.mark.parametrize(
    "words", [(), ("render", "--help"), ("--help", "--traceback"), ("--version", "render"), ("x",)]
)
def test_all_else_is_for_the_commands(words: Sequence[str], answered: Answered) -> None:
    assert not answered(*words)


def test_a_page_that_does_not_fit_is_for_the_commands(
    answered: Answered, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered("--help")
    assert capsys.readouterr().out == front.page()
    monkeypatch.setenv("COLUMNS", "60")
    assert not answered("--help")
    monkeypatch.delenv("COLUMNS")
    monkeypatch.setattr("archdraw.front.adds_to", lambda prefix: prefix == "archdraw.")
    assert not answered("--help")


@pytest.mark.parametrize("columns", [front.WIDTH - 1, front.WIDTH])
def test_a_terminal_says_how_wide_it_is(columns: int, answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def fileno(self) -> int:
            return 1

    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    assert answered("--help") is (columns >= front.WIDTH)


@pytest.mark.parametrize("stdout", [None, "full"])
def test_what_cannot_be_printed_is_for_the_commands(
    stdout: str | None, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full() if stdout else None)
    assert not answered("--version")


def test_commands_of_other_packages_are_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    import click

    from archdraw import doors

    added = doors.Found("render", "nowhere:command", "other 1.0")
    monkeypatch.setattr(doors, "_entry_points", lambda: (("archdraw.commands", added),))
    context = click.Context(program)
    formatter = context.make_formatter()
    Commands.format_commands(program, context, formatter)
    assert "2 commands are named 'render'" in formatter.getvalue()
    assert formatter.getvalue().count("uninstall") == 1


# The end.


END = """
import atexit, os, sys, threading
from archdraw import cli
atexit.register(lambda: os.write(1, b'registered '))
cli.run = lambda _: {code}
{more}
try:
    cli.main([])
finally:
    os.write(1, b'unwound ')
"""


@pytest.mark.parametrize(
    ("more", "end"),
    [
        ("", "registered "),  # at once, after what is registered
        ("threading.Thread(target=lambda: threading.Event().wait(0.3)).start()", "unwound registered "),
        ("sys.setprofile(lambda *_: None)", "unwound registered "),
    ],
)
def test_the_process_ends_at_once_with_its_code(more: str, end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", END.format(code=3, more=more)],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, end, "")


def test_nothing_is_collected_while_a_picture_is_drawn(tmp_path: Path) -> None:
    code = (
        "import atexit, gc, os, sys\nfrom archdraw.__main__ import main\nrounds = []\n"
        f"sys.argv[1:] = ['render', {str(SPEC)!r}, '-o', 'made.svg']\n"
        "gc.callbacks.append(lambda *said: rounds.append(said))\n"
        "atexit.register(lambda: os.write(2, f'{len(rounds)} rounds'.encode()))\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=ENVIRONMENT,
    )
    assert (done.stdout, done.stderr) == ("made.svg\n", "0 rounds")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["themes"], ["kinds", "rope"]])
def test_a_full_disk_is_reported(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = _archdraw(words, full)
    assert done.returncode == 1
    assert re.fullmatch(r"archdraw: error: .*No space left on device\n", done.stderr)


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["kinds"]])
def test_a_reader_that_is_gone_is_no_error(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = _archdraw(words, writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
