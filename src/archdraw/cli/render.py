"""``archdraw render``: diagrams of models."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click

from archdraw.app.jobs import Job, Output, encoded, figured, view_of
from archdraw.app.steps import WAYS, Steps
from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import check_stdout, names, one_file, stdin_text
from archdraw.cli._pictures import (
    PREFIX_HELP,
    TEXT_HELP,
    drawn,
    figure_options,
    font_option,
    format_help,
    jobs_option,
    known_background,
    known_formats,
    known_prefix,
    known_theme,
    known_view,
    known_width,
    metadata_option,
    renderer_option,
    slide_options,
    theme_help,
    view_help,
)
from archdraw.cli._specs import Work, is_stdin, loaded, spec_files, specs_argument, transformers_option
from archdraw.cli._steps import in_steps, job_of
from archdraw.cli._terminal import quiet_option
from archdraw.errors import Problem
from archdraw.writers import Renderer, TextMode

USUAL = "[default: what figure: of a spec says, else plate; of pptx slide]"


@click.command("render")
@specs_argument
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR|FILE",
              help="Output folder (files are named after their specs), one file, or - for stdout.")  # fmt: skip
@click.option("--format", "wanted", metavar="LIST", callback=known_formats,
              help=format_help())  # fmt: skip
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@click.option("--view", metavar="VIEW", callback=known_view, help=f"{view_help()}  {USUAL}")
@click.option("--width", default="", metavar="LENGTH", callback=known_width,
              help="Width in print: 3.25in, 8cm, 1280px. Pages are laid out for it.")  # fmt: skip
@click.option("--background", default="", metavar="COLOUR", callback=known_background,
              help="none (transparent), white or #RRGGBB.  [default: the theme's]")  # fmt: skip
@click.option("--direction", default=None, type=click.Choice(["up", "right"]),
              help="Where the model of a page flows to.  [default: as the page says, up]")  # fmt: skip
@click.option("--scale", default=None, type=click.FloatRange(0, min_open=True),
              help="Raster scale factor.  [default: 1, of pages by their --dpi]")  # fmt: skip
@click.option("--dpi", default=None, type=click.FloatRange(0, min_open=True),
              help="Pixels per inch in print, in place of --scale.")  # fmt: skip
@slide_options
@click.option("--steps", type=click.Choice(WAYS),
              help="Build it up: fragments of reveal.js, a file or page for each step, clicks on a slide.")  # fmt: skip
@figure_options
@click.option("--text", type=click.Choice(get_args(TextMode)), default="embed", show_default=True,
              help=TEXT_HELP)  # fmt: skip
@click.option("--id-prefix", "prefix", default="", metavar="TEXT", callback=known_prefix,
              help=f"{PREFIX_HELP} {{slug}} in it is the name of the file.")  # fmt: skip
@renderer_option
@click.option("--palette", is_flag=True, help="PNG of 256 colours: half the size.")
@metadata_option
@font_option
@transformers_option
@jobs_option
@no_cache_option
@quiet_option
@click.pass_obj
def command(
    show_traceback: bool,
    /,
    specs: tuple[str, ...],
    output: str,
    wanted: tuple[str, ...],
    theme: str,
    view: str,
    width: str,
    background: str,
    direction: str | None,
    scale: float | None,
    dpi: float | None,
    text: TextMode,
    prefix: str,
    renderer: Renderer,
    palette: bool,
    no_metadata: bool,
    template: str,
    pictures: str,
    steps: Steps | None,
    fonts: tuple[str, ...],
    with_transformers: bool,
    jobs: int | None,
    **figure: str | tuple[str, ...] | None,
) -> int:
    """Draw models.

    A SPEC is a spec, a config.json or another source, a folder of such files, or the name of a model that comes with
    archdraw. The names of the files are printed. A spec with errors does not stop the others.

    \b
    archdraw render llama-3-8b                                   out/llama-3-8b.svg
    archdraw render model.yaml -o model.png --scale 2            one file, in the format of its suffix
    archdraw render specs/ -o pictures --format svg,pdf --theme dark
    archdraw render llama-3-8b --view inset:self_attn -o - > attention.svg
    archdraw render llama-3-8b --view slide --steps reveal       fragments of reveal.js
    archdraw render - -o - < model.yaml > model.svg              a spec from stdin
    """
    work = Work(show_traceback=show_traceback)
    formats = wanted or (Path(output).suffix.removeprefix(".").lower(),)
    if (template or pictures != "shapes") and formats != ("pptx",) and steps not in ("clicks", "slides"):
        raise click.UsageError("--template and --as are for slides: say --format pptx")
    cache().reads(*specs, theme, view, *filter(None, [template]), *fonts)
    look = Output(
        Path("-"),
        "svg",
        view,
        theme,
        text,
        scale or 1.0,
        fonts,
        renderer,
        prefix,
        width,
        background,
        dpi or (0.0 if scale else None),
        tuple((name, value) for name, value in figure.items() if value not in (None, ())),
        not no_metadata,
        direction=direction or "",
        palette=palette,
        template=template,
        pictures=pictures,
        steps=steps or "",
    )
    files, missing = spec_files(specs, stdin=True)
    piped = [file for file in files if is_stdin(file)]
    text_of = {file: stdin_text() for file in piped if output != "-" and not steps}
    if piped:  # the next text on stdin is another one
        cache().recording.complete = False
    if steps:
        return in_steps(steps, files, missing, wanted, output, look, work, with_transformers=with_transformers)
    if output == "-":
        return _piped(files, missing, wanted or ("svg",), look, work, with_transformers)
    if suffix := one_file(output, wanted):
        if len(files) + len(missing) > 1:
            raise click.UsageError(f"-o {output} is one file, but there are {len(files)} specs; give a folder")
        targets: dict[Path, tuple[tuple[Path, str], ...]] = {file: ((Path(output), suffix),) for file in files}
    else:
        folder = Path(output)
        targets = {
            file: tuple((folder / f"{name}.{format}", format) for format in wanted or ("svg",))
            for file, name in names(files).items()
        }
    work.problems(missing)
    todo = [
        Job(
            file,
            tuple(
                replace(look, path=path, format=format, prefix=prefix.replace("{slug}", path.stem))
                for path, format in outputs
            ),
            with_transformers,
            text_of.get(file, ""),
        )
        for file, outputs in targets.items()
    ]
    cache().models(files)
    for outcome in drawn(todo, jobs):
        work.outcome(outcome)
    return cache().end(work.code)


def _piped(
    files: list[Path],
    missing: list[Problem],
    wanted: tuple[str, ...],
    output: Output,
    work: Work,
    with_transformers: bool,
) -> int:
    """Writes one picture to stdout."""
    if len(files) != 1 or missing or len(wanted) != 1:
        raise click.UsageError("-o - takes one spec and one format")
    check_stdout(wanted[0])

    def made(file: Path) -> bytes:
        one = replace(output, format=wanted[0], prefix=output.prefix.replace("{slug}", file.stem.strip("<>")))
        model = figured(loaded(file, with_transformers=with_transformers), one)
        scene = model.scene(view_of(one, model), one.theme, one.fonts, **one.page)
        return encoded(scene, one, model, job_of(file, one, model, with_transformers=with_transformers))

    for data in work.each([str(file) for file in files], made):
        sys.stdout.buffer.write(data)
    return work.code
