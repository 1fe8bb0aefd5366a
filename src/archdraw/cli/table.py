"""``archdraw table``: the fact sheets of many models, a row each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw.cli._amounts import tokens
from archdraw.cli._specs import Work, spec_files
from archdraw.cli._terminal import with_progress
from archdraw.errors import ArchdrawError, nearest
from archdraw.files import write_whole

if TYPE_CHECKING:
    from archdraw.app.tables import Row

FORMATS = ("md", "csv", "json", "html")


@click.command("table")
@click.argument("specs", metavar="[MODEL...]", nargs=-1)
@click.option("-o", "--output", default="-", show_default=True, metavar="FILE", help="A file, or - for stdout.")
@click.option("--format", "wanted", type=click.Choice(FORMATS), help="[default: by the suffix of -o, else md]")
@click.option("--context", metavar="N", callback=tokens,
              help="Tokens in the cache, like 8192, 128k or 1M.  [default: the model's, else 8192]")  # fmt: skip
@click.option("--columns", "chosen", metavar="LIST", default="",
              help="Columns by their keys in csv and json, separated by commas.  [default: all]")  # fmt: skip
@click.option("--sort", metavar="COLUMN", help="Sort rows by a column; those without a value come last.")
@click.option("--reverse", is_flag=True, help="The greatest first.")
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    output: str,
    wanted: str | None,
    context: int | None,
    chosen: str,
    sort: str | None,
    reverse: bool,
) -> int:
    """Tell the facts of many models in one table, a row each.

    A MODEL is a spec, a config.json or another source, or the name of a model that comes with archdraw. Without MODEL
    it takes every model that comes with archdraw. csv and json have plain numbers, md and html rounded ones.

    \b
    archdraw table > models.md
    archdraw table -o models.csv --context 32k
    archdraw table llama-3-8b qwen3-8b --columns name,total_parameters,kv_cache_bytes_per_token
    archdraw table --sort total_parameters --reverse -o models.html
    """
    from archdraw.app.table_formats import FORMATS as WRITERS
    from archdraw.app.tables import known, ordered, row
    from archdraw.model import Model, load
    from archdraw.resources import specs_folder

    format = _format(output, wanted)
    try:
        keys = known([key for word in chosen.split(",") if (key := word.strip())])
        known((sort,) if sort else ())
    except ArchdrawError as error:
        raise click.UsageError(str(error)) from None
    if reverse and not sort:
        raise click.UsageError("--reverse turns the order of --sort COLUMN; say which")
    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)

    def told(file: Path) -> Row:
        model: Model = load(file)
        if model.reading is not None:
            work.warn(model.warnings)
        return row(model, context)

    rows = list(with_progress(work.each(given, told), len(spec_files(given)[0]), "reading"))
    if not rows:
        return work.code
    if sort:
        rows = ordered(rows, sort, reverse=reverse)
    text = WRITERS[format](rows, keys)
    if output == "-":
        if sys.stdout is None:
            raise ArchdrawError("there is no stdout to write to: it is closed")
        click.echo(text, nl=False)
    else:
        write_whole(Path(output), text.encode())
        click.echo(output)
    return work.code


def _format(output: str, wanted: str | None) -> str:
    """The format that is asked for, or that a file's suffix asks for. Raises :class:`click.UsageError`."""
    suffix = Path(output).suffix.removeprefix(".").lower() if output != "-" else ""
    if suffix in FORMATS and wanted not in (None, suffix):
        raise click.UsageError(f"-o {output} is a file of {suffix}, but --format asks for {wanted}")
    if wanted:
        return wanted
    if output != "-" and suffix not in FORMATS:
        hint = nearest(suffix, FORMATS) or f"formats: {', '.join(FORMATS)}"
        raise click.UsageError(f"a table cannot be written to {output!r}, whose format is not known; {hint}")
    return suffix or "md"
