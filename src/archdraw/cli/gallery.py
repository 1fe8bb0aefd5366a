"""``archdraw gallery``: every plate, and a page to look through them."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.app import gallery
from archdraw.cli._pictures import drawn, known_theme, theme_help, twice
from archdraw.cli._specs import Work, spec_files
from archdraw.files import write_whole


@click.command("gallery")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR", help="Folder for the pictures.")
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@click.option("-j", "--jobs", type=click.IntRange(1), help="Processes to draw with.  [default: one for each core]")
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...], output: str, theme: str, jobs: int | None) -> int:
    """Draw plates as SVG and PNG, with an index page.

    Without SPEC it draws every model that comes with archdraw.

    \b
    archdraw gallery
    archdraw gallery my-models/ -o site
    """
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    files, missing = spec_files(specs or (str(specs_folder()),))
    if same := twice(files):
        raise click.UsageError(f"{same[0]} and {same[1]} would be drawn to the same file; draw them apart")
    work.problems(missing)
    folder = Path(output)
    outcomes = []
    for outcome in drawn(gallery.jobs(files, folder, theme), jobs):
        work.outcome(outcome)
        outcomes.append(outcome)
    if any(outcome.written for outcome in outcomes):
        page = folder / "index.html"
        write_whole(page, gallery.index(outcomes).encode())
        click.echo(str(page))
    return work.code
