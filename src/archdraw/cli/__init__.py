"""The command line. A command is a module of this package whose ``command`` is a :class:`click.Command`.

So is a view of several models, a module of :mod:`archdraw.views.several`; other packages add to both by entry points
(:mod:`archdraw.doors`). Modules that begin with an underscore are not commands. A command is imported when it is
called, so that a wrong word on the line is answered at once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from archdraw.cli._cache import remember
from archdraw.cli._codes import BROKEN_PIPE, ENVIRONMENT, INTERNAL, INTERRUPTED, OK, PROBLEMS
from archdraw.doors import COMMANDS, VIEWS_OF_SEVERAL, PluginWarning
from archdraw.errors import ArchdrawError, FontWarning, InputError
from archdraw.front import summaries

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMPLETING = "_ARCHDRAW_COMPLETE"
"""The variable by which a shell asks what could be written, as click names it."""


class Commands(click.Group):
    """Finds its commands: modules of this package, views of several models, and what other packages add to both."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*COMMANDS.names(), *VIEWS_OF_SEVERAL.names()})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        remember(ctx, args)
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        doors = [door for door in (COMMANDS, VIEWS_OF_SEVERAL) if cmd_name in door.names()]
        try:
            if len(doors) > 1:
                raise COMMANDS.clash(cmd_name, [door.find(cmd_name) for door in doors])
            if COMMANDS in doors:
                found: click.Command = COMMANDS.load(cmd_name, lambda thing: isinstance(thing, click.Command))
                return _for_shells(found)
            return _for_shells(_of_several(cmd_name)) if VIEWS_OF_SEVERAL in doors else None
        except ArchdrawError as error:
            return _Unusable(cmd_name, error)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin so. None of the commands is imported for it."""
        from click.shell_completion import CompletionItem

        known = summaries()
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=known.get(name)) for name in names),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands; ours by their summaries, so that none of them is imported."""
        known = summaries()
        added = {found.name for door in (COMMANDS, VIEWS_OF_SEVERAL) for found in door.plugged()}
        listed = {
            name: click.Command(name, help=known[name])
            if name in known and name not in added
            else self.get_command(ctx, name)
            for name in self.list_commands(ctx)
        }
        commands = {name: command for name, command in listed.items() if command is not None}
        click.Group(commands=commands).format_commands(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            raise click.UsageError(COMMANDS.unknown(args[0], self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)


def _for_shells(command: click.Command) -> click.Command:
    """``command``; where a shell asks what there is, it knows."""
    if COMPLETING not in os.environ:
        return command
    from archdraw.cli._completing import completing

    return completing(command)


def _of_several(name: str) -> click.Command:
    """The command of a view of several models. Raises :class:`ArchdrawError` where another package's makes none."""
    from archdraw.cli._views import command_of

    found = VIEWS_OF_SEVERAL.find(name)
    try:
        return command_of(name)
    except ArchdrawError:
        raise
    except Exception as error:
        if not found.distribution:
            raise
        raise VIEWS_OF_SEVERAL.broken(found, error) from error


class _Unusable(click.Command):
    """A command that another package brings and that cannot be used: it says why, and the others go on."""

    def __init__(self, name: str, error: ArchdrawError) -> None:
        super().__init__(name, short_help=str(error), add_help_option=False)
        self.error = error

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        raise self.error


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from archdraw import __version__

        click.echo(f"archdraw {__version__}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
    Exit codes: 0 OK, 1 problems in the input, 2 wrong usage.
    Help for a command: archdraw COMMAND --help""",
)
@click.option(
    "-V", "--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Show the version."
)
@click.option("--traceback", "show_traceback", is_flag=True, help="Show the traceback of an internal error.")
@click.pass_context
def program(ctx: click.Context, show_traceback: bool) -> None:
    """Draw neural-network architectures from YAML, and count their parameters.

    \b
    archdraw render llama-3-8b            draws a model that comes with archdraw into out/
    archdraw render model.yaml            draws a spec of your own into out/
    archdraw check model.yaml             validates it
    archdraw gallery                      draws all models that come with archdraw, with an index page
    """
    ctx.obj = show_traceback
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the program and exits with its code."""
    _exit(run(arguments))


def _exit(code: int) -> None:
    """Ends the process: at once, since taking it apart first takes as long as drawing a picture.

    Whatever is registered for the end is done. Where another thread runs, or a profiler or debugger reads along, it
    ends as any other program.
    """
    watched = sys.gettrace() is not None or sys.getprofile() is not None
    if watched or threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError, AttributeError):  # stdout has been flushed by run
        sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; returns its exit code. No error that an input or a user can make ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its number, rather than nothing from there on.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    try:
        code = _guarded(arguments)
        if sys.stdout is not None:  # started without one: archdraw ... >&-
            sys.stdout.flush()
    except BrokenPipeError:
        return _stop_talking()
    except OSError as error:
        return _stdout_fails(error)
    return code


def _guarded(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    whole = "--traceback" in words
    try:
        with warnings.catch_warnings():
            for category in (PluginWarning, FontWarning):
                warnings.simplefilter("always", category)
            warnings.showwarning = partial(_warned, warnings.showwarning, whole)
            code: Any = program.main(args=words, prog_name="archdraw", standalone_mode=False)
        return code if isinstance(code, int) else OK
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except InputError as error:
        from archdraw.cli._terminal import report

        report(error.problems)
        return PROBLEMS
    except ArchdrawError as error:
        click.echo(f"archdraw: error: {error}", err=True)
        if whole and error.__cause__:
            _show_traceback(error.__cause__)
        return PROBLEMS
    except BrokenPipeError:
        raise
    except SystemExit as error:
        # click's own answer to a closed pipe, before ours.
        return BROKEN_PIPE if error.code == 1 else int(error.code or 0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in ENVIRONMENT:
            return _environment(error)
        from traceback import format_exc

        from archdraw.cli._terminal import report_crash

        report_crash(format_exc(), whole=whole)
        return INTERNAL


def _warned(usual: Callable[..., None], whole: bool, message: Warning | str, *where: Any, **more: Any) -> None:
    """Shows a warning; ours as our other messages are, ``whole`` with its traceback."""
    from archdraw.cli._terminal import report

    if isinstance(message, FontWarning):
        report([message.problem])
        return
    if not isinstance(message, PluginWarning):
        usual(message, *where, **more)
        return
    report([f"archdraw: warning: {message}"])
    if whole and message.error.__cause__:
        _show_traceback(message.error.__cause__)


def _show_traceback(error: BaseException) -> None:
    from traceback import format_exception

    click.echo("".join(format_exception(error)).rstrip(), err=True)


def _stdout_fails(error: OSError) -> int:
    """Reports that the last of the output could not be written, and leaves nothing for Python to try again."""
    _stop_talking()
    click.echo(f"archdraw: error: stdout cannot be written: {error.strerror or error}", err=True)
    return PROBLEMS


def _environment(error: OSError) -> int:
    """Reports what the system refuses, which is no fault of the program."""
    where = f"{error.filename}: " if error.filename else ""
    click.echo(f"archdraw: error: {where}{error.strerror or error}", err=True)
    return PROBLEMS


def _stop_talking() -> int:
    """Ends quietly where the reader of our output has gone (``archdraw facts ... | head``)."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
