"""The command line. A command is a module of this package whose ``command`` is a :class:`click.Command`.

So is a view of several models, a module of :mod:`archdraw.views.several`.

Modules that begin with an underscore are not commands. A command is imported when it is called, so that help and a
wrong word on the line are answered at once.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from archdraw.cli._codes import BROKEN_PIPE, FINE, INTERNAL, INTERRUPTED, PROBLEMS
from archdraw.errors import ArchdrawError, InputError, nearest


class Commands(click.Group):
    """Finds its commands among the modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._own(), *self._of_several()})

    def _own(self) -> list[str]:
        return [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]

    def _of_several(self) -> tuple[str, ...]:
        """The views of several models, each of which is a command."""
        from archdraw.views import several

        return several.names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._own():
            if cmd_name not in self._of_several():
                return None
            from archdraw.cli._views import command_of

            return command_of(cmd_name)
        found = importlib.import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            known = self.list_commands(ctx)
            hint = nearest(args[0], known) or f"commands: {', '.join(known)}"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from archdraw import __version__

        click.echo(f"archdraw {__version__}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 problems in the input, 2 wrong usage. Help for a command: archdraw COMMAND --help",
)
@click.option("--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Show the version.")
@click.option("--traceback", "show_traceback", is_flag=True, help="Show where in the program an internal error arose.")
@click.pass_context
def program(ctx: click.Context, show_traceback: bool) -> None:
    """Draws neural-network architectures from YAML specs, and counts them.

    \b
    archdraw gallery                      draws every model that comes with the program into out/
    archdraw render model.yaml            draws a spec of your own into out/
    archdraw check model.yaml             tells what is wrong with it
    """
    ctx.obj = show_traceback
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the program and exits with its code."""
    sys.exit(run(arguments))


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
    return code


def _guarded(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code: Any = program.main(args=words, prog_name="archdraw", standalone_mode=False)
        return code if isinstance(code, int) else FINE
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
        return PROBLEMS
    except BrokenPipeError:
        raise
    except SystemExit as error:
        # click's own answer to a closed pipe, before ours.
        return BROKEN_PIPE if error.code == 1 else int(error.code or 0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"archdraw: error: {where}{error.strerror or error}", err=True)
        return PROBLEMS
    except Exception:
        from archdraw.cli._terminal import report_crash

        report_crash(traceback.format_exc(), whole="--traceback" in words)
        return INTERNAL


def _stop_talking() -> int:
    """Ends quietly where the reader of our output has gone (``archdraw facts ... | head``)."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
