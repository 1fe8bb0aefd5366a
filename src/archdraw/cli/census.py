"""``archdraw census``: the facts of very many configs in one table."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from archdraw.app.census.files import FORMATS, written
from archdraw.app.census.running import rows
from archdraw.app.census.sources import sources
from archdraw.cli._codes import INTERNAL, OK, PROBLEMS
from archdraw.cli._pictures import jobs_option, workers
from archdraw.cli._terminal import report_crash, with_progress
from archdraw.errors import ArchdrawError, unknown_name
from archdraw.files import whole_file

ENOUGH_FOR_PROCESSES = 100
"""Configs; for fewer, starting other processes takes longer than reading."""


@click.command("census")
@click.argument("given", metavar="DIR|LIST|CONFIG...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, metavar="FILE",
              help="Output file: .parquet, .csv or .jsonl; - is stdout, as JSON lines.")  # fmt: skip
@click.option("--format", "wanted", type=click.Choice(FORMATS), help="[default: by the suffix of -o]")
@jobs_option
@click.option("--dask", metavar="ADDRESS", help="Dask scheduler that has the work done: tcp://HOST:8786.")
@click.pass_obj
def command(
    show_traceback: bool, given: tuple[str, ...], output: str, wanted: str | None, jobs: int | None, dask: str | None
) -> int:
    """Count very many configs into one table, a row each.

    A folder stands for all models in it and below it; a LIST (.txt, .list, or - for stdin) has a path on each line. A
    config that is rejected is a row with the reason. Memory does not grow with their number.

    \b
    archdraw census configs/ -o facts.parquet
    archdraw census paths.txt -o facts.csv --jobs 8
    find . -name config.json | archdraw census - -o facts.jsonl
    archdraw census configs/ -o facts.parquet --dask tcp://127.0.0.1:8786
    """
    if jobs and dask:
        raise click.UsageError("--jobs and --dask exclude each other: a cluster has workers of its own")
    format = _format(output, wanted)
    count = _count(given) if sys.stderr is not None and sys.stderr.isatty() else 0
    states: Counter[str] = Counter()
    crash = ""
    with _stream(output) as stream, _executor(jobs, dask) as executor:
        found = written(rows(sources(given), executor), format, stream)
        for row in with_progress(found, count, "reading"):
            states[row["state"]] += 1
            if row["state"] == "internal error":
                crash = crash or row["problem"]
    if output != "-":
        click.echo(output)
    click.echo(_summary(states), err=True)
    if crash:
        report_crash(crash, whole=show_traceback)
        return INTERNAL
    return PROBLEMS if states["lost"] or not states else OK


def _summary(states: Counter[str]) -> str:
    """One line: ``archdraw: 3 configs: 2 complete, 1 rejected``."""
    number = sum(states.values())
    if not number:
        return "archdraw: no configs (*.json), specs (*.yaml) or GGUF files were found"
    counts = ", ".join(f"{states[state]:,} {state}" for state in sorted(states))
    return f"archdraw: {number:,} {'config' if number == 1 else 'configs'}: {counts}"


def _format(output: str, wanted: str | None) -> str:
    """The format that is asked for, or that the file's suffix asks for. Raises :class:`click.UsageError`."""
    suffix = Path(output).suffix.removeprefix(".").lower()
    if wanted:
        if suffix in FORMATS and suffix != wanted:
            raise click.UsageError(f"-o {output} is a {suffix} file, but --format is {wanted}")
        return wanted
    if output == "-":
        return "jsonl"
    if suffix not in FORMATS:
        raise click.UsageError(f"-o {output}: {unknown_name('format', suffix, FORMATS)}")
    return suffix


def _count(given: tuple[str, ...]) -> int:
    """How many there are, for the progress; 0 where that would take the lines of stdin."""
    return 0 if "-" in given else sum(1 for _ in sources(given))


@contextmanager
def _stream(output: str) -> Iterator[IO[bytes]]:
    """Where the table goes. Raises :class:`ArchdrawError` where that cannot be written."""
    if output == "-":
        if sys.stdout is None:
            raise ArchdrawError("stdout is closed: nothing can be written to it")
        yield sys.stdout.buffer
        return
    try:
        with whole_file(output) as stream:
            yield stream
    except OSError as error:
        raise ArchdrawError(f"{output} cannot be written: {error.strerror or error}") from None


@contextmanager
def _executor(jobs: int | None, dask: str | None) -> Iterator[Executor | None]:
    """The cluster at an address, else processes of this machine, or None for this one."""
    if dask:
        with _cluster(dask) as executor:
            yield executor
        return
    with workers(ENOUGH_FOR_PROCESSES, jobs) as executor:
        yield executor


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster. Raises :class:`ArchdrawError` where there is none at ``address``."""
    try:
        from distributed import Client
    except ImportError:
        raise ArchdrawError("--dask needs the library distributed: pip install 'archdraw-nn[cluster]'") from None
    try:
        client: Any = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ArchdrawError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield client.get_executor()
