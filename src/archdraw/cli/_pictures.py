"""Options that choose how a picture looks, and the making of many at once."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from archdraw.app.batch import Job, Outcome, render_all
from archdraw.cli._terminal import report, with_progress
from archdraw.doors import CONVENTIONS, FORMATS, KINDS, READERS, THEMES, VIEWS, PluginWarning
from archdraw.errors import ArchdrawError, InputError
from archdraw.model_files import slug_of
from archdraw.writers import RENDERERS

if TYPE_CHECKING:
    from concurrent.futures import Executor

Part = TypeVar("Part")
Made = TypeVar("Made")

ENOUGH_FOR_PROCESSES = 4
"""Specs; for fewer, starting other processes takes longer than drawing."""


def format_help() -> str:
    """The help of ``--format``."""
    return f"{', '.join(FORMATS.names())}, separated by commas.  [default: by the suffix of -o, else svg]"


def theme_help() -> str:
    """The help of ``--theme``."""
    return f"{', '.join(THEMES.names())} (see archdraw themes), or a file of your own."


def view_help() -> str:
    """The help of ``--view``."""
    return f"{', '.join(VIEWS.names())}; inset:PATH is one block opened."


FONT_HELP = "Font for letters that Inter lacks (TTF, OTF, TTC), before those of this computer. Repeatable."
font_option = click.option("--font", "fonts", metavar="FILE", multiple=True, help=FONT_HELP)

RENDERER_HELP = "What draws PNG; cairosvg needs the library cairo."
renderer_option = click.option(
    "--renderer", type=click.Choice(RENDERERS), default=RENDERERS[0], show_default=True, help=RENDERER_HELP
)


def known_theme(_: click.Context, __: click.Parameter, value: str) -> str:
    """A theme's name or file, tried out before any spec is read; weak contrasts are warnings.

    Those of our own themes are not looked for: there are none (``tests/test_theme.py``).
    """
    if any(one.name == value for one in THEMES.own()) and not any(one.name == value for one in THEMES.plugged()):
        return value
    from archdraw.lint.themes import theme_contrasts

    try:
        report(theme_contrasts(value))
    except InputError:
        raise
    except ArchdrawError as error:
        raise click.BadParameter(str(error)) from None
    return value


def known_view(_: click.Context, __: click.Parameter, value: str) -> str:
    """A view's name; what stands after its colon is looked up in each model."""
    name, colon, path = value.partition(":")
    if name not in VIEWS.names():
        raise click.BadParameter(VIEWS.unknown(name))
    if colon and not path:
        raise click.BadParameter(f"the path after {value} is missing")
    return value


def known_formats(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Names of formats separated by commas, each once, in the order given; empty for none."""
    wanted = tuple(dict.fromkeys(word.strip().lower() for word in (value or "").split(",") if word.strip()))
    for name in wanted:
        if name not in FORMATS.names():
            raise click.BadParameter(FORMATS.unknown(name))
    return wanted


def processes(jobs: int, asked: int | None) -> int:
    """How many processes to draw with: as many as asked for, else one for each core if there is enough to do."""
    if asked is not None:
        return min(asked, max(1, jobs))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, jobs) if jobs >= ENOUGH_FOR_PROCESSES else 1


def drawn(jobs: Sequence[Job], asked: int | None) -> Iterator[Outcome]:
    """The outcomes of ``jobs`` in order, with a progress bar on a terminal."""
    number = processes(len(jobs), asked)
    if number <= 1:
        yield from with_progress(render_all(jobs), len(jobs), "drawing")
        return
    with pool(number) as executor:
        yield from with_progress(render_all(jobs, executor), len(jobs), "drawing")


def each(function: Callable[[Part], Made], parts: Sequence[Part], label: str = "drawing") -> Iterator[Made]:
    """``function`` of each of ``parts``, in order, in other processes where there are many; with a progress bar."""
    number = processes(len(parts), None)
    if number <= 1:
        yield from with_progress(map(function, parts), len(parts), label)
        return
    with pool(number) as executor:
        yield from with_progress(executor.map(function, parts), len(parts), label)


def _processes(number: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(number, initializer=begin_worker)


@contextmanager
def pool(number: int, make: Callable[[int], Executor] = _processes) -> Iterator[Executor]:
    """So many other processes, as ``make`` makes them, ended whatever happens."""
    import multiprocessing
    import signal

    # A terminal interrupts all its processes at once. Workers that stop by themselves can leave the pool waiting for
    # ever, so they are deaf and are ended from here.
    _load_plugins()
    executor = make(number)
    try:
        yield executor
    except BaseException:
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in multiprocessing.active_children():
            child.terminate()
        executor.shutdown(wait=True, cancel_futures=True)
        signal.signal(signal.SIGINT, heard)
        raise
    executor.shutdown()


def begin_worker() -> None:
    """What a worker begins with: it ignores interrupts, and does not repeat warnings about broken plug-ins."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", PluginWarning)


def _load_plugins() -> None:
    """Imports what other packages add to drawing, so that it is said once, and not by each process, what is broken."""
    from archdraw.kinds.registry import kinds
    from archdraw.readers.family import families
    from archdraw.weights.naming import conventions

    for door, load in ((KINDS, kinds), (READERS, families), (CONVENTIONS, conventions)):
        if door.plugged():
            load()


def twice(files: Sequence[Path]) -> tuple[Path, Path] | None:
    """Two specs whose pictures would have the same name."""
    seen: dict[str, Path] = {}
    for file in files:
        name = slug_of(file)
        if name in seen:
            return seen[name], file
        seen[name] = file
    return None
