"""``archdraw table``: the facts of many models, a row each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw.cli._amounts import tokens
from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import write_file
from archdraw.cli._specs import Work, is_stdin, loaded, spec_files
from archdraw.cli._terminal import with_progress
from archdraw.errors import ArchdrawError, unknown_name

if TYPE_CHECKING:
    from archdraw.app.tables import Row

FORMATS = ("md", "csv", "json", "html")


@click.command("table")
@click.argument("specs", metavar="[MODEL...]", nargs=-1)
@click.option("-o", "--output", default="-", show_default=True, metavar="FILE", help="Output file, or - for stdout.")
@click.option("--format", "wanted", type=click.Choice(FORMATS), help="[default: by the suffix of -o, else md]")
@click.option("--context", metavar="N", callback=tokens,
              help="Context of the KV cache in tokens: 8192, 128k, 1M.  [default: the model's, or 8192]")  # fmt: skip
@click.option("--columns", "chosen", metavar="LIST", default="",
              help="Keys of the columns as in csv and json, separated by commas.  [default: all]")  # fmt: skip
@click.option("--sort", metavar="COLUMN", help="Column to sort by; models without a value come last.")
@click.option("--reverse", is_flag=True, help="Descending.")
@no_cache_option
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
    """Export model facts as a table.

    A MODEL is a spec, a config.json or another source, or the name of a model that comes with archdraw. Without MODEL
    all models that come with archdraw are exported. csv and json have full numbers, md and html rounded ones.

    \b
    archdraw table > models.md
    archdraw table -o models.csv --context 32k
    archdraw table llama-3-8b qwen3-8b --columns name,total_parameters,kv_cache_bytes_per_token
    archdraw table --sort total_parameters --reverse -o models.html
    """
    from archdraw.app.known import known
    from archdraw.app.table_formats import FORMATS as WRITERS
    from archdraw.app.tables import known_columns, ordered, row
    from archdraw.resources import specs_folder

    format = _format(output, wanted)
    try:
        keys = known_columns([key for word in chosen.split(",") if (key := word.strip())])
        known_columns((sort,) if sort else ())
    except ArchdrawError as error:
        raise click.UsageError(str(error)) from None
    if reverse and not sort:
        raise click.UsageError("--reverse needs --sort COLUMN")
    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)
    cache().reads(*given)

    def read(file: Path) -> Row:
        kept, reader = (None, loaded) if is_stdin(file) else (cache().kept, None)
        found = known(kept, file, ("row", str(context)), lambda model: row(model, context), reader)
        work.warn(found.problems)
        made: Row = found.value
        return made

    files = spec_files(given, stdin=True)[0]
    cache().models(files)
    rows = list(with_progress(work.each(given, read, stdin=True), len(files), "reading"))
    if not rows:
        return work.code
    if sort:
        rows = ordered(rows, sort, reverse=reverse)
    text = WRITERS[format](rows, keys)
    if output == "-":
        if sys.stdout is None:
            raise ArchdrawError("stdout is closed: nothing can be written to it")
        cache().say(text.removesuffix("\n"))
    else:
        write_file(Path(output), text.encode())
        cache().wrote(Path(output), text.encode())
        cache().say(output)
    return cache().end(work.code)


def _format(output: str, wanted: str | None) -> str:
    """The format that is asked for, or that a file's suffix asks for. Raises :class:`click.UsageError`."""
    suffix = Path(output).suffix.removeprefix(".").lower() if output != "-" else ""
    if suffix in FORMATS and wanted not in (None, suffix):
        raise click.UsageError(f"-o {output} is a {suffix} file, but --format is {wanted}")
    if wanted:
        return wanted
    if output != "-" and suffix not in FORMATS:
        raise click.UsageError(f"-o {output}: {unknown_name('format', suffix, FORMATS)}")
    return suffix or "md"
