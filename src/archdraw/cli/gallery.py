"""``archdraw gallery``: the diagrams of many models, and a page to look through them."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.app import gallery
from archdraw.cli._files import write_file
from archdraw.cli._pictures import drawn, font_option, known_theme, renderer_option, theme_help, twice
from archdraw.cli._specs import Work, spec_files
from archdraw.writers import Renderer


@click.command("gallery")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR", help="Output folder.")
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@renderer_option
@font_option
@click.option("-v", "--verbose", is_flag=True, help="Print the name of every file, not only that of the index page.")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Number of processes.  [default: one per core]")
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    output: str,
    theme: str,
    renderer: Renderer,
    fonts: tuple[str, ...],
    verbose: bool,
    jobs: int | None,
) -> int:
    """Draw many models, with an index page.

    Every model is drawn as SVG and as PNG; the name of the page is printed. Without SPEC all models that come with
    archdraw are drawn.

    \b
    archdraw gallery
    archdraw gallery my-models/ -o site
    """
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    files, missing = spec_files(specs or (str(specs_folder()),))
    if same := twice(files):
        raise click.UsageError(f"{same[0]} and {same[1]} would be written to the same file; render them separately")
    work.problems(missing)
    folder = Path(output)
    outcomes = []
    for outcome in drawn(gallery.jobs(files, folder, theme, fonts, renderer), jobs):
        work.outcome(outcome, quiet=not verbose)
        outcomes.append(outcome)
    if any(outcome.written for outcome in outcomes):
        page = folder / "index.html"
        write_file(page, gallery.index(outcomes).encode())
        click.echo(str(page))
    return work.code
