"""``archdraw watch``: a page on this computer that draws specs again whenever they are saved."""

from __future__ import annotations

import shlex
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from archdraw.cli._pictures import font_option, known_theme, known_view, theme_help, view_help
from archdraw.model_files import MODEL_FILES
from archdraw.resources import shipped_spec


def _known_theme(context: click.Context, option: click.Parameter, value: str) -> str:
    """A theme's name or file; empty where the browser says whether it is light or dark."""
    return known_theme(context, option, value) if value else ""


@click.command("watch")
@click.argument("spec", metavar="SPEC|DIR")
@click.option("--theme", default="", metavar="NAME|FILE", callback=_known_theme,
              help=f"{theme_help()}  [default: light or dark as the browser]")  # fmt: skip
@click.option("--view", metavar="VIEW", callback=known_view, help=view_help())
@font_option
@click.option("--port", type=click.IntRange(0, 65535), default=8010, show_default=True,
              help="Where to show it; 0: any port that is free.")  # fmt: skip
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.option("--editor", default="", metavar="COMMAND",
              help="What a click on a block runs, with {file}, {line} and {column} in it.")  # fmt: skip
@click.option("--cursor-file", metavar="FILE",
              help="A file into which an editor writes FILE:LINE:COLUMN; the page shows that block.")  # fmt: skip
def command(
    spec: str,
    theme: str,
    view: str,
    fonts: tuple[str, ...],
    port: int,
    no_open: bool,
    editor: str,
    cursor_file: str | None,
) -> None:
    """Show specs in a browser, drawn again on each save.

    The page is for this computer only. While a spec has errors it shows them beside the last good picture. A click on
    a block leads to its line, and a line to its block (docs/watch.md). Ctrl-C ends it.
    Needs: pip install "archdraw-nn[watch]".

    \b
    archdraw watch model.yaml
    archdraw watch specs/ --port 0 --no-open
    archdraw watch model.yaml --theme mine.yaml --view slide
    archdraw watch model.yaml --editor 'code -g {file}:{line}:{column}'
    """
    from archdraw.model import missing
    from archdraw.watch import changes

    changes.check()
    words = _editor(editor)
    path = shipped_spec(spec) or Path(spec)
    if not path.exists():
        raise missing(path)
    is_folder = path.is_dir() and not any((path / name).is_file() for name in MODEL_FILES)
    from archdraw.watch.drawing import Look
    from archdraw.watch.hub import Hub
    from archdraw.watch.server import Server
    from archdraw.watch.watching import follow

    def files() -> list[Path]:
        return changes.models_of(path) if is_folder else [path]

    hub = Hub(files, Look(theme, view), fonts, is_single=not is_folder)
    with _ended() as end, Server(hub, port, words) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        click.echo(f"{server.address} (Ctrl-C ends it)")
        if not no_open:
            threading.Thread(target=_opened, args=(server.address,), daemon=True).start()
        follow(hub, end, path if is_folder else None, Path(cursor_file) if cursor_file else None)
        server.shutdown()


def _editor(command: str) -> tuple[str, ...]:
    """The words of the editor's command. Raises :class:`click.BadParameter` where it cannot be run."""
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise click.BadParameter(f"{command!r} is no command: {error}", param_hint="--editor") from None
    if words and shutil.which(words[0]) is None:
        raise click.BadParameter(f"there is no program {words[0]}", param_hint="--editor")
    return words


def _opened(address: str) -> None:
    """Opens the page; where there is no browser the address has been printed."""
    import webbrowser

    webbrowser.open(address)


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """An event that Ctrl-C and an order to end set."""
    end = threading.Event()
    before = {one: signal.signal(one, lambda *_: end.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
