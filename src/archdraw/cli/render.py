"""``archdraw render``: diagrams of models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import click

from archdraw.app.jobs import Job, Output
from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import check_stdout, names, one_file
from archdraw.cli._pictures import (
    PREFIX_HELP,
    TEXT_HELP,
    drawn,
    font_option,
    format_help,
    jobs_option,
    known_formats,
    known_prefix,
    known_theme,
    known_view,
    renderer_option,
    theme_help,
    view_help,
)
from archdraw.cli._specs import Work, spec_files, specs_argument, transformers_option
from archdraw.errors import Problem
from archdraw.writers import Renderer, TextMode


@click.command("render")
@specs_argument
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR|FILE",
              help="Output folder (files are named after their specs), one file, or - for stdout.")  # fmt: skip
@click.option("--format", "wanted", metavar="LIST", callback=known_formats,
              help=format_help())  # fmt: skip
@click.option("--theme", default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
              help=theme_help())  # fmt: skip
@click.option("--view", default="plate", show_default=True, metavar="VIEW", callback=known_view,
              help=view_help())  # fmt: skip
@click.option("--scale", default=1.0, show_default=True, type=click.FloatRange(0, min_open=True),
              help="Raster scale factor.")  # fmt: skip
@click.option("--text", type=click.Choice(get_args(TextMode)), default="embed", show_default=True,
              help=TEXT_HELP)  # fmt: skip
@click.option("--id-prefix", "prefix", default="", metavar="TEXT", callback=known_prefix,
              help=f"{PREFIX_HELP} {{slug}} in it is the name of the file.")  # fmt: skip
@renderer_option
@font_option
@transformers_option
@jobs_option
@no_cache_option
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    output: str,
    wanted: tuple[str, ...],
    theme: str,
    view: str,
    scale: float,
    text: TextMode,
    prefix: str,
    renderer: Renderer,
    fonts: tuple[str, ...],
    with_transformers: bool,
    jobs: int | None,
) -> int:
    """Draw models.

    A SPEC is a spec, a config.json or another source, a folder of such files, or the name of a model that comes with
    archdraw. The names of the files are printed. A spec with errors does not stop the others.

    \b
    archdraw render llama-3-8b                                   out/llama-3-8b.svg
    archdraw render model.yaml -o model.png --scale 2            one file, in the format of its suffix
    archdraw render specs/ -o pictures --format svg,pdf --theme dark
    archdraw render llama-3-8b --view inset:self_attn -o - > attention.svg
    """
    work = Work(show_traceback=show_traceback)
    cache().reads(*specs, theme, *fonts)
    files, missing = spec_files(specs)
    if output == "-":
        one = Output(Path("-"), "svg", view, theme, text, scale, fonts, renderer, prefix)
        return _piped(files, missing, wanted or ("svg",), one, work, with_transformers)
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
                Output(path, format, view, theme, text, scale, fonts, renderer, prefix.replace("{slug}", path.stem))
                for path, format in outputs
            ),
            with_transformers,
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
    from archdraw.model import Model, load

    if len(files) != 1 or missing or len(wanted) != 1:
        raise click.UsageError("-o - takes one spec and one format")
    format = wanted[0]
    check_stdout(format)

    def made(file: Path) -> bytes:
        scene = load(file, with_transformers=with_transformers).scene(output.view, output.theme, output.fonts)
        prefix = output.prefix.replace("{slug}", file.stem)
        return Model.write(scene, format, text=output.text, scale=output.scale, renderer=output.renderer, prefix=prefix)

    for data in work.each([str(file) for file in files], made):
        sys.stdout.buffer.write(data)
    return work.code
