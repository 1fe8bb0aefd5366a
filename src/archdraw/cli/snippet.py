"""``archdraw snippet``: what is in a document for a picture, and its files."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.app.jobs import Job
from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import names
from archdraw.cli._pictures import drawn, jobs_option, known_theme, known_view, known_width, view_help
from archdraw.cli._specs import Work, spec_files, specs_argument
from archdraw.documents.snippets import FORMS, Shown, outputs


def _theme(context: click.Context, option: click.Parameter, value: str) -> str:
    """A theme as everywhere, or none."""
    return known_theme(context, option, value) if value else ""


@click.command("snippet")
@specs_argument
@click.option("--as", "form", type=click.Choice([*FORMS]), default="readme", show_default=True,
              help="The document: readme is a <picture> in light and dark, latex a figure with a PDF.")  # fmt: skip
@click.option("-o", "--output", "folder", default="out", show_default=True, metavar="DIR",
              help="Folder of the pictures; files are named after their specs.")  # fmt: skip
@click.option("--view", metavar="VIEW", callback=known_view,
              help=f"{view_help()}  [default: what figure: of a spec says, else plate; column for latex]")  # fmt: skip
@click.option("--theme", default="", metavar="NAME|FILE", callback=_theme,
              help="One theme, in place of light, or of light and dark.")  # fmt: skip
@click.option("--width", default="", metavar="LENGTH", callback=known_width,
              help="Width in print: 3.25in, 8cm, 1280px. Pages are laid out for it.")  # fmt: skip
@jobs_option
@no_cache_option
@click.pass_obj
def command(
    show_traceback: bool,
    /,
    specs: tuple[str, ...],
    form: str,
    folder: str,
    view: str,
    theme: str,
    width: str,
    jobs: int | None,
) -> int:
    """Draw models, and print what to write into a document.

    Paths lead from the working folder, so call it where the document is.

    \b
    archdraw snippet llama-3-8b -o docs/images >> README.md      a picture for light and dark pages
    archdraw snippet model.yaml --as markdown --view page
    archdraw snippet model.yaml --as latex >> paper.tex          a figure for one column
    archdraw snippet model.yaml --as latex --view page           a figure over both columns
    """
    work = Work(show_traceback=show_traceback)
    cache().reads(*specs, view, theme)
    files, missing = spec_files(specs)
    work.problems(missing)
    called = names(files)
    kind = FORMS[form]
    todo = [Job(file, outputs(kind, Path(folder), called[file], view, theme, width)) for file in files]
    cache().models(files)
    said = False
    for job, outcome in zip(todo, drawn(todo, jobs), strict=True):
        work.outcome(outcome, quiet=True)
        if len(outcome.written) < len(job.outputs):
            continue
        if said:
            cache().say("")
        size = (outcome.width, outcome.height)
        shown = Shown(outcome.written, outcome.title, *size, called[job.spec])
        cache().say(kind.write(shown))
        said = True
    return cache().end(work.code)
