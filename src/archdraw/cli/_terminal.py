"""What the commands say: problems, progress, crashes. All of it on stderr; stdout is for results."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import click

from archdraw.errors import Problem

Item = TypeVar("Item")


def report(problems: Iterable[Problem | str]) -> None:
    """Prints problems to stderr, in colour on a terminal."""
    for problem in problems:
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
    if count < 4 or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=count, label=label, file=sys.stderr) as bar:
        yield from bar


def table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """``rows`` as lines with aligned columns; those whose numbers are in ``right`` are aligned at the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def about_this_place() -> str:
    """The versions that a report of an internal error needs."""
    from archdraw import __version__

    return f"archdraw {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
