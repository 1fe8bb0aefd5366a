"""``archdraw gallery``: the diagrams of many models, and a page to look through them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import names, write_file
from archdraw.cli._pictures import drawn, font_option, jobs_option, known_theme, renderer_option, theme_help, workers
from archdraw.cli._specs import Work, spec_files
from archdraw.cli._terminal import is_quiet, quiet_option
from archdraw.errors import ArchdrawError
from archdraw.model_files import SITE_FILE
from archdraw.site import building
from archdraw.site.settings import ADDRESS, Settings, load_settings
from archdraw.site.workshop import Workshop
from archdraw.writers import Renderer


@click.command("gallery")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR", help="Output folder.")
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@renderer_option
@font_option
@click.option(
    "--site",
    metavar="FILE",
    help="Name, intro, logo and address of the gallery; gallery.yaml in the first folder of specs, if there is one.",
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Where the gallery will be: adds a sitemap, a feed, canonical addresses and pictures for social networks.",
)
@click.option(
    "--without",
    type=click.Choice(building.LARGE),
    multiple=True,
    help="Leave these files out, which are more than half of a gallery. Repeatable.",
)
@click.option("--slides", is_flag=True, help="A slide of PowerPoint for each model as well (python-pptx).")
@click.option("--serve", is_flag=True, help="Show the gallery on this computer until Ctrl-C is pressed.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="Where to show it; 0: any port that is free.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Print the name of every file, not only that of the index page.")
@jobs_option
@no_cache_option
@quiet_option
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    output: str,
    theme: str,
    renderer: Renderer,
    fonts: tuple[str, ...],
    site: str | None,
    base_url: str | None,
    without: tuple[str, ...],
    slides: bool,
    serve: bool,
    port: int,
    verbose: bool,
    jobs: int | None,
) -> int:
    """Draw many models, with an index page.

    Every model is drawn as SVG, PNG and PDF; the page, whose name is printed, searches, filters and sorts them and
    opens from any folder. Without SPEC all models that come with archdraw are drawn.

    \b
    archdraw gallery
    archdraw gallery my-models/ -o site
    archdraw gallery my-models/ -o site --serve
    archdraw gallery my-models/ -o site --without png --without pdf
    """
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)
    about = _settings_file(site, given)
    cache().reads(*given, theme, *fonts, str(about))
    settings = _settings(about, base_url)
    files, missing = spec_files(given)
    work.problems(missing)
    folder = Path(output)
    named = names(files, building.taken())
    cache().models(files)
    if settings.logo:
        cache().reads(str(about.parent / settings.logo))
    outcomes = []
    if slides:
        from archdraw.writers.pptx import check

        check()
    cards = settings.base_url is not None
    work_to_do = building.jobs(named, folder, theme, fonts, renderer, cards=cards, slides=slides, without=without)
    for outcome in drawn(work_to_do, jobs):
        work.outcome(outcome, quiet=not verbose)
        outcomes.append(outcome)
    workshop = Workshop(cache().kept, partial(workers, asked=jobs), fonts)
    if any(outcome.written for outcome in outcomes):
        for name, data in building.files(outcomes, named, settings, about.parent, workshop):
            write_file(folder / name, data)
            cache().wrote(folder / name, data)
        if not is_quiet():
            cache().say(str(folder / "index.html"))
        if serve:
            from archdraw.cli._serving import serve as serve_folder

            # What is served is no result that could be made again from the cache.
            cache().recording.complete = False
            serve_folder(folder, port)
    return cache().end(work.code)


def _settings_file(site: str | None, given: Sequence[str]) -> Path:
    """The file that says what the gallery is called; it need not exist unless it was asked for.

    Raises :class:`ArchdrawError` where it was, and does not.
    """
    if site is not None:
        if not Path(site).is_file():
            raise ArchdrawError(f"there is no file {site}")
        return Path(site)
    return next((Path(word) / SITE_FILE for word in given if Path(word).is_dir()), Path(SITE_FILE))


def _settings(file: Path, base_url: str | None) -> Settings:
    """What ``file`` says, with the address of the command line. Raises :class:`InputError`, :class:`ArchdrawError`."""
    settings = load_settings(file) if file.is_file() else Settings()
    if base_url is None:
        return settings
    if not re.match(ADDRESS, base_url):
        raise ArchdrawError(f"--base-url is an address that begins with https://, not {base_url!r}")
    return settings.model_copy(update={"base_url": base_url})
