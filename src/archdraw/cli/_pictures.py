"""Options that choose how a picture looks, and the making of many at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from archdraw.app.batch import Build, Outcome
from archdraw.app.jobs import Job
from archdraw.cli._cache import cache
from archdraw.cli._terminal import after_progress, report, with_progress
from archdraw.doors import CONVENTIONS, FORMATS, KINDS, PROFILES, READERS, THEMES, VIEWS
from archdraw.errors import ArchdrawError, InputError
from archdraw.writers import RENDERERS, check_prefix

if TYPE_CHECKING:
    from archdraw.app.processes import Processes

Command = TypeVar("Command", bound=Callable[..., object])
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
    pages = ", ".join(PROFILES.names())
    return f"{', '.join(VIEWS.names())} (inset:PATH is one block opened), or a page: {pages}, or a file of your own."


FONT_HELP = "Font for letters that Inter lacks (TTF, OTF, TTC), before those of this computer. Repeatable."
JOBS_HELP = "Number of processes.  [default: one per core]"
jobs_option = click.option("-j", "--jobs", type=click.IntRange(1), help=JOBS_HELP)
font_option = click.option("--font", "fonts", metavar="FILE", multiple=True, help=FONT_HELP)

TEXT_HELP = "SVG text: with its font, plain for a page that has the font, outlines, or those over searchable text."
PREFIX_HELP = "Begins all ids of an SVG, so that several fit on one page."
RENDERER_HELP = "What draws PNG; cairosvg needs the library cairo."
renderer_option = click.option(
    "--renderer", type=click.Choice(RENDERERS), default=RENDERERS[0], show_default=True, help=RENDERER_HELP
)

METADATA_HELP = "Do not say in the files of which spec, and by which command, they were drawn."
metadata_option = click.option("--no-metadata", is_flag=True, help=METADATA_HELP)


TEMPLATE_HELP = "Presentation or template (.pptx, .potx) whose layouts, fonts, colours and size slides have."


def slide_options(command: Command) -> Command:
    """The options that say how a picture stands on a slide."""
    about = {
        "--template": TEMPLATE_HELP,
        "--as": "On slides pictures are shapes to be edited, or one picture (SVG, with PNG for older programs).",
    }
    command = click.option("--as", "pictures", type=click.Choice(["shapes", "picture"]), default="shapes",
                           show_default=True, help=about["--as"])(command)  # fmt: skip
    return click.option("--template", default="", metavar="FILE", help=about["--template"])(command)


def known_prefix(_: click.Context, __: click.Parameter, value: str) -> str:
    """What ids may begin with; ``{slug}`` in it stands for the name of the file."""
    try:
        check_prefix(value.replace("{slug}", ""))
    except ArchdrawError as error:
        raise click.BadParameter(str(error)) from None
    return value


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


def known_view(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """A view's name; what stands after its colon is looked up in each model. Empty where each model says its own."""
    if value is None:
        return ""
    name, colon, path = value.partition(":")
    if name not in VIEWS.names():
        from archdraw.profile import is_profile, load_profile

        if not is_profile(value):
            raise click.BadParameter(VIEWS.unknown(name, (*VIEWS.names(), *PROFILES.names())))
        load_profile(value)
    if colon and not path:
        raise click.BadParameter(f"the path after {value} is missing")
    return value


def figure_options(command: Command) -> Command:
    """The options that come on top of the figure of each spec."""
    lists = (
        ("--open", "Open the block of that name in a panel of its own. Repeatable."),
        ("--fold", "Do not open the block of that name. Repeatable."),
        ("--highlight", "A strong border for the block of that name. Repeatable."),
    )
    texts = (
        ("--title", "Name on the picture; empty for no name and no numbers."),
        ("--subtitle", "One line below the name, in place of the usual one; empty for none."),
    )
    for name, said in reversed(texts):
        command = click.option(name, metavar="TEXT", help=said)(command)
    for name, said in reversed(lists):
        command = click.option(name, name[2:], metavar="NAME", multiple=True, help=said)(command)
    return command


def known_width(_: click.Context, __: click.Parameter, value: str) -> str:
    """A length, or nothing."""
    from archdraw.sizing import check_width

    return _checked(check_width, value)


def known_background(_: click.Context, __: click.Parameter, value: str) -> str:
    """A ground for a picture, or nothing."""
    from archdraw.sizing import check_background

    return _checked(check_background, value)


def _checked(check: Callable[[str], None], value: str) -> str:
    try:
        check(value)
    except ArchdrawError as error:
        raise click.BadParameter(str(error)) from None
    return value


def known_formats(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Names of formats separated by commas, each once, in the order given; empty for none."""
    wanted = tuple(dict.fromkeys(word.strip().lower() for word in (value or "").split(",") if word.strip()))
    for name in wanted:
        if name not in FORMATS.names():
            raise click.BadParameter(FORMATS.unknown(name))
    return wanted


def drawn(jobs: Sequence[Job], asked: int | None) -> Iterator[Outcome]:
    """The outcomes of ``jobs`` in order, with a progress bar on a terminal; what is in the cache is not drawn.

    In the place of the bar stands at the end what was done, in one line.
    """
    build = Build(jobs, cache().kept)
    fresh = again = 0
    with workers(len(build.left), asked) as executor:
        for outcome in with_progress(build.outcomes(executor), len(jobs), "drawing"):
            whole = len(outcome.written) > 0 and outcome.again == len(outcome.written)
            fresh, again = fresh + (bool(outcome.written) and not whole), again + whole
            yield outcome
    left = len(jobs) - fresh - again
    done = [f"{fresh} drawn", f"{again} as before", *([f"{left} not drawn"] if left else [])]
    after_progress(f"{len(jobs)} models: {', '.join(done)}", len(jobs))


def each(asked: int | None, function: Callable[[Part], Made], parts: Sequence[Part]) -> Iterator[Made]:
    """``function`` of each of ``parts``, in order, in other processes where there are many; with a progress bar.

    Raises :class:`ArchdrawError` where the process of one of them ends.
    """
    from archdraw.app.running import in_order, worker_ended

    def lost(_: Part, error: Exception) -> Made:
        raise ArchdrawError(f"a part of the picture is not drawn: {worker_ended(error)}")

    with workers(len(parts), asked) as executor:
        yield from with_progress(in_order(function, parts, executor, lost), len(parts), "drawing")


@contextmanager
def workers(number: int, asked: int | None, enough: int = ENOUGH_FOR_PROCESSES) -> Iterator[Processes | None]:
    """Processes for so many things to do, as many as are ``asked`` for; None where there is too little to do."""
    count = processes(number, asked, enough)
    if count <= 1:
        yield None
        return
    from archdraw.app.processes import pool

    _load_plugins()
    with pool(count) as executor:
        yield executor


def processes(jobs: int, asked: int | None, enough: int) -> int:
    """How many processes to use: as many as asked for, else one for each core if there is ``enough`` to do."""
    if asked is not None:
        return min(asked, max(1, jobs))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, jobs) if jobs >= enough else 1


def _load_plugins() -> None:
    """Imports what other packages add to drawing, so that it is said once, and not by each process, what is broken."""
    from archdraw.kinds.registry import kinds
    from archdraw.readers.family import families
    from archdraw.weights.naming import conventions

    for door, load in ((KINDS, kinds), (READERS, families), (CONVENTIONS, conventions)):
        if door.plugged():
            load()
