"""What the commands print: problems, crashes and progress on stderr; tables and wrapped text, results, for stdout."""

from __future__ import annotations

import io
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from archdraw.cli._cache import recording
from archdraw.errors import Problem, as_plain

Item = TypeVar("Item")

PLAIN_WIDTH = 80
"""Columns of text that goes to a file or a pipe."""
UNBROKEN = 1_000_000
"""Columns that no table fills."""
ENOUGH_FOR_A_BAR = 4
"""Items; fewer are done before a bar is read."""
ESCAPE = "\x1b"


_QUIET = f"{__name__}.quiet"


def _be_quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_QUIET] = True


quiet_option = click.option(
    "-q", "--quiet", is_flag=True, expose_value=False, callback=_be_quiet, help="Print problems only."
)


def is_quiet() -> bool:
    """Whether the command that runs names no files that it has made, and shows no progress."""
    ctx = click.get_current_context(silent=True)
    return ctx is not None and bool(ctx.meta.get(_QUIET))


def report(problems: Iterable[Problem | str]) -> None:
    """Prints problems to stderr, in colour on a terminal."""
    for problem in problems:
        if (recorded := recording()) is not None:
            recorded.warned(as_plain(problem))
        lines = str(problem).splitlines() or [""]
        for sign, colour in (("error:", "red"), ("warning:", "yellow")):
            before, found, after = lines[0].partition(f" {sign} ")
            if found:
                lines[0] = f"{before} {click.style(sign, fg=colour, bold=True)} {click.style(after, bold=True)}"
                break
        for number, line in enumerate(lines):
            if number and set(line) <= set(" |^") and "^" in line:
                lines[number] = click.style(line, fg="red")
        click.echo("\n".join(lines), err=True)


def report_crash(trace: str, *, whole: bool = False) -> None:
    """Says that the program is at fault, and what a report of it needs: the error, its place and the versions."""
    if (recorded := recording()) is not None:
        recorded.complete = False
    lines = [line for line in trace.strip().splitlines() if line.strip()]
    places = [line.strip() for line in lines if line.startswith("  File ")]
    click.echo(f"archdraw: internal error: {lines[-1] if lines else 'unknown'}", err=True)
    if whole:
        click.echo(trace.rstrip(), err=True)
    elif places:
        click.echo(f"  {places[-1]}", err=True)
    click.echo(f"  {about_this_place()}", err=True)
    click.echo(
        "  This is a fault of archdraw, not of your input. Please report it to the project with these lines", err=True
    )
    click.echo("  and the spec; archdraw --traceback COMMAND ... tells more.", err=True)


def with_progress(items: Iterable[Item], count: int, label: str) -> Iterator[Item]:
    """``items`` as they come, with a bar on stderr if that is a terminal and there are several."""
    if not _has_a_bar(count):
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What is printed meanwhile is put above the bar, unless it goes elsewhere.
    to_terminal = sys.stdout is not None and sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=to_terminal) as progress:
        yield from progress.track(items, total=count, description=label)


def after_progress(line: str, count: int) -> None:
    """Prints ``line`` to stderr where :func:`with_progress` has shown a bar of ``count`` items, in its place."""
    if _has_a_bar(count):
        click.echo(line, err=True)


def _has_a_bar(count: int) -> bool:
    return count >= ENOUGH_FOR_A_BAR and not is_quiet() and sys.stderr is not None and sys.stderr.isatty()


def table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """``rows`` as lines with aligned columns; those whose numbers are in ``right`` are aligned at the right.

    A terminal wraps within its columns; for a file or a pipe no line is broken.
    """
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    for column in range(len(rows[0])):
        grid.add_column(justify="right" if column in right else "left")
    for row in rows:
        grid.add_row(*(Text.from_ansi(cell) if ESCAPE in cell else Text(cell) for cell in row))
    return _rendered(grid, None if _on_a_terminal() else UNBROKEN)


def wrapped(text: str, *, indent: int = 0, hanging: int = 0) -> str:
    """``text`` broken at the width of the terminal, 80 columns for a file or a pipe.

    Its lines stand behind ``indent`` spaces, all but the first behind ``hanging`` more.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if _on_a_terminal() else PLAIN_WIDTH)
    lines = Text.from_ansi(text).wrap(console, console.width - indent - hanging)
    block = Text("\n" + " " * (indent + hanging)).join(lines)
    return _rendered(Text(" " * indent) + block, UNBROKEN)


class Line(NamedTuple):
    """One line of a tree, ``depth`` below its root; the ``margin`` is what stands before it, whatever its depth."""

    depth: int
    text: str
    margin: str = ""


def tree(lines: Iterable[Line]) -> Iterator[str]:
    """``lines`` as they are printed: with guides on a terminal; indented, unbroken and at once for a file or a pipe."""
    if not _on_a_terminal():
        yield from (f"{line.margin}{'  ' * line.depth}{line.text}" for line in lines)
        return
    from rich.text import Text
    from rich.tree import Tree

    root = Tree("", hide_root=True, guide_style="dim")
    above = [root]
    for line in lines:
        del above[line.depth + 1 :]
        above.append(above[-1].add(Text.assemble((line.margin.lstrip(), "dim"), line.text)))
    yield _rendered(root, None)


def _on_a_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _rendered(renderable: Any, width: int | None) -> str:
    """What rich makes of ``renderable``; :func:`click.echo` strips its colours where there is no terminal."""
    from rich.console import Console

    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=True, color_system="standard", legacy_windows=False).print(
        renderable, highlight=False
    )
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def about_this_place() -> str:
    """The versions that a report of an internal error needs."""
    from archdraw import __version__

    return f"archdraw {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
