"""``archdraw format``: specs in one order of keys and one spacing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from archdraw.cli._codes import PROBLEMS
from archdraw.cli._files import FROM_STDIN, STDIN, stdin_text, write_file
from archdraw.cli._specs import Work
from archdraw.cli._terminal import is_quiet, quiet_option
from archdraw.errors import ArchdrawError, InputError, Problem, Span
from archdraw.model_files import SITE_FILE

SUFFIXES = (".yaml", ".yml")


@click.command("format")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change, with exit code 1.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@quiet_option
@click.pass_obj
def command(show_traceback: bool, files: tuple[str, ...], check: bool, diff: bool) -> int:
    """Put specs into one order of keys and one spacing.

    A FILE is a spec, a folder of specs, or - for one from stdin, which is printed. Comments, and the order of all that
    an author named, stay. What is in brackets stays there, unless its line is longer than 120 columns or has a comment
    inside. The names of files that change are printed.

    \b
    archdraw format my-model.yaml
    archdraw format specs/ --check
    archdraw format my-model.yaml --diff
    archdraw format - < my-model.yaml
    """
    work = Work(show_traceback=show_traceback)
    changed = False
    for file in _files(files, work):
        try:
            changed |= _format(file, writes=not (check or diff), diff=diff)
        except InputError as error:
            work.problems(error.problems)
        except ArchdrawError as error:
            work.problems([f"archdraw: error: {error}"])
    return max(work.code, PROBLEMS if check and changed else 0)


def _files(words: tuple[str, ...], work: Work) -> Iterator[str]:
    """The files that ``words`` name, each once; folders are opened."""
    found: dict[str, None] = {}
    for word in words:
        if word == STDIN or not Path(word).is_dir():
            found[word] = None
            continue
        inside = [file for file in Path(word).iterdir() if file.suffix.lower() in SUFFIXES and file.name != SITE_FILE]
        if not inside:
            work.problems([Problem("no specs (*.yaml) in this folder", Span(word, 1, 1))])
        found.update(dict.fromkeys(map(str, sorted(inside))))
    return iter(found)


def _format(file: str, *, writes: bool, diff: bool) -> bool:
    """Formats one file; returns whether its text is another one now."""
    from archdraw.source import parse, read_text
    from archdraw.source.formatting import formatted
    from archdraw.spec.order import orders

    if Path(file).suffix.lower() == ".json":
        raise InputError([Problem("this is JSON; specs in YAML are formatted", Span(file, 1, 1))])
    if file != STDIN and not Path(file).exists():
        from archdraw.model import missing

        raise missing(file, shipped=False)
    text = stdin_text() if file == STDIN else read_text(file)
    name = FROM_STDIN if file == STDIN else Path(file).as_posix()
    document = parse(text, name)
    made = formatted(document, orders(document))
    if "\r\n" in text:
        made = made.replace("\n", "\r\n")
    if diff:
        _print_difference(text, made, name)
    elif file == STDIN and writes:
        sys.stdout.write(made)
    elif made != text:
        if writes:
            write_file(Path(file), made.encode())
        if not is_quiet():
            click.echo(name)
    return made != text


def _print_difference(text: str, made: str, name: str) -> None:
    from difflib import unified_diff

    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in unified_diff(text.splitlines(), made.splitlines(), name, f"{name} (formatted)", lineterm=""):
        click.echo(click.style(line, fg=colours.get(line[:1])))
