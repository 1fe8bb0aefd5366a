"""``archdraw pandoc``: pictures in what Pandoc and Quarto convert."""

from __future__ import annotations

import json
import sys

import click

from archdraw.cli._codes import OK, PROBLEMS
from archdraw.cli._terminal import report
from archdraw.errors import ArchdrawError


@click.command("pandoc")
@click.option("--to", metavar="FORMAT", help="Filter a document for this format of Pandoc's, from stdin to stdout.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def command(to: str | None, files: tuple[str, ...]) -> int:
    """Print the file of the filter for Pandoc and Quarto.

    With --to it is the filter: it reads a document as JSON, draws what is asked for in it, and prints the document with
    the pictures. FILEs are what Pandoc has read, to say the lines of errors.

    \b
    archdraw pandoc                       prints where the filter is
    pandoc --lua-filter "$(archdraw pandoc)" paper.md -o paper.pdf
    pandoc paper.md -t json | archdraw pandoc --to docx paper.md | pandoc -f json -o paper.docx
    """
    from archdraw.documents.pandoc import LUA, Filter

    if to is None:
        if files:
            raise click.UsageError("a FILE needs --to")
        click.echo(LUA)
        return OK
    try:
        document = json.load(sys.stdin.buffer)
        if not isinstance(document, dict) or not isinstance(document.get("blocks"), list):
            raise ValueError("it has no blocks")
    except ValueError as error:
        raise ArchdrawError(f"stdin is no document of Pandoc's in JSON: {error}") from None
    done = Filter(document, to, files)
    result = done.run()
    report(done.problems)
    if done.failed:
        return PROBLEMS
    click.echo(json.dumps(result, ensure_ascii=True, separators=(",", ":")))
    return OK
