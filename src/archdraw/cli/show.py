"""``archdraw show``: an intermediate representation between text and picture, to find where a fault arises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from archdraw.cli._files import stdin_text
from archdraw.cli._specs import Work, is_stdin, loaded, specs_argument
from archdraw.cli._terminal import Line, tree
from archdraw.cli._tree import document_lines, value_lines


def _document(file: Path) -> Iterator[Line]:
    from archdraw.source import parse, read_text

    text = stdin_text() if is_stdin(file) else read_text(file)
    return document_lines(parse(text, file.as_posix()).root)


def _block(file: Path) -> Iterator[Line]:
    return value_lines(loaded(file).block)


def _facts(file: Path) -> Iterator[Line]:
    return value_lines(loaded(file).facts)


def _picture(file: Path) -> Iterator[Line]:
    from archdraw.views.architecture import picture

    model = loaded(file)
    return value_lines(picture(model.spec, model.block))


def _scene(file: Path) -> Iterator[Line]:
    from archdraw.theme import load_theme
    from archdraw.views import draw

    model = loaded(file)
    return value_lines(draw(model.spec, model.block, theme=load_theme("light")))


STAGES: dict[str, Callable[[Path], Iterator[Line]]] = {
    "document": _document,
    "block": _block,
    "facts": _facts,
    "picture": _picture,
    "scene": _scene,
}


@click.command("show")
@specs_argument
@click.option("--stage", type=click.Choice(list(STAGES)), default="block", show_default=True, help="What to print.")
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...], stage: str) -> int:
    """Print an intermediate representation.

    \b
    document   the parsed text, with line and column of each value
    block      the block tree, which is counted and drawn
    facts      the counts
    picture    boxes, branches and panels, before layout
    scene      every shape with its position
    Fields with their default value are omitted.

    \b
    archdraw show llama.yaml
    archdraw show llama.yaml --stage scene | grep Text
    """
    work = Work(show_traceback=show_traceback)
    for lines in work.each(specs, STAGES[stage], stdin=True):
        for line in tree(lines):
            click.echo(line)
    return work.code
