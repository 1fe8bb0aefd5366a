"""``archdraw gallery``: the diagrams of many models, and a page to look through them."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import names, write_file
from archdraw.cli._pictures import drawn, font_option, jobs_option, known_theme, renderer_option, theme_help
from archdraw.cli._specs import Work, spec_files
from archdraw.site import building
from archdraw.site.settings import Settings
from archdraw.writers import Renderer


@click.command("gallery")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR", help="Output folder.")
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@renderer_option
@font_option
@click.option("-v", "--verbose", is_flag=True, help="Print the name of every file, not only that of the index page.")
@jobs_option
@no_cache_option
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

    Every model is drawn as SVG and as PNG; the page, whose name is printed, searches, filters and sorts them and opens
    from any folder. Without SPEC all models that come with archdraw are drawn.

    \b
    archdraw gallery
    archdraw gallery my-models/ -o site
    """
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)
    cache().reads(*given, theme, *fonts)
    files, missing = spec_files(given)
    work.problems(missing)
    folder = Path(output)
    named = names(files)
    cache().models(files)
    outcomes = []
    for outcome in drawn(building.jobs(named, folder, theme, fonts, renderer), jobs):
        work.outcome(outcome, quiet=not verbose)
        outcomes.append(outcome)
    if any(outcome.written for outcome in outcomes):
        for name, data in building.files(outcomes, named, Settings()):
            write_file(folder / name, data)
            cache().wrote(folder / name, data)
        cache().say(str(folder / "index.html"))
    return cache().end(work.code)
