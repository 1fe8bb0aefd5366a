"""``archdraw deck``: slides of models for PowerPoint."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw import provenance
from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._files import check_stdout, stand_in, write_file
from archdraw.cli._pictures import FONT_HELP, TEMPLATE_HELP, known_theme, metadata_option, theme_help
from archdraw.cli._specs import Work, is_stdin, loaded, spec_files, transformers_option
from archdraw.cli._terminal import is_quiet, quiet_option
from archdraw.model_files import slug_of

if TYPE_CHECKING:
    from archdraw.app.deck import Deck
    from archdraw.errors import Problem
    from archdraw.model import Model

SIZES = ("16:9", "4:3")
MOST_NAMED = 4
"""The file of a deck of so many models is named after them."""


@click.command("deck")
@click.argument("specs", metavar="MODEL...", nargs=-1, required=True)
@click.option("-o", "--output", default="out", show_default=True, metavar="DIR|FILE",
              help="Output folder, one .pptx file, or - for stdout.")  # fmt: skip
@click.option("--template", default=None, metavar="FILE",
              help=TEMPLATE_HELP)  # fmt: skip
@click.option("--size", type=click.Choice(SIZES), help="Shape of the slides.  [default: 16:9]")
@click.option("--theme", metavar="NAME|FILE", callback=lambda *given: known_theme(*given) if given[2] else None,
              help=f"{theme_help()}  [default: light]")  # fmt: skip
@click.option("--as", "pictures", type=click.Choice(["shapes", "picture"]), default="shapes", show_default=True,
              help="Pictures are shapes to be edited, or one picture (SVG, with PNG for older programs).")  # fmt: skip
@click.option("--clicks", is_flag=True, help="Each model is built up by clicks: its input, its layers, its branches.")
@click.option("--title", default="", metavar="TEXT", help="Title of the file.  [default: the names of the models]")
@click.option("--font", "fonts", metavar="FILE", multiple=True, help=FONT_HELP)
@metadata_option
@transformers_option
@no_cache_option
@quiet_option
@click.pass_obj
def command(
    show_traceback: bool,
    /,
    specs: tuple[str, ...],
    output: str,
    template: str | None,
    size: str | None,
    theme: str | None,
    pictures: str,
    clicks: bool,
    title: str,
    fonts: tuple[str, ...],
    no_metadata: bool,
    with_transformers: bool,
) -> int:
    """Make slides of models for PowerPoint.

    A MODEL is a spec, a config.json or another source, or the name of a model that comes with archdraw. Each has a
    slide of the whole, one of what is in each of its blocks, its layers, parameters and memory, its facts, its sources.
    Several have a table of all in front, and two to four of them what differs. Blocks are shapes, lines stay joined to
    them. Needs python-pptx: pip install "archdraw-nn[pptx]".

    \b
    archdraw deck llama-3-8b                                   out/llama-3-8b.pptx
    archdraw deck deepseek-v3 kimi-k2 -o talk.pptx --theme dark
    archdraw deck qwen3-next-80b-a3b --template corporate.potx
    archdraw deck my-model/config.json --clicks --size 4:3
    """
    for name, value in (("--size", size), ("--theme", theme)):
        if template is not None and value:
            raise click.UsageError(f"{name} is that of the template")
    target = _target(output, specs)
    if target is None:
        check_stdout("pptx")
    from archdraw.app.deck import deck
    from archdraw.app.known import Known
    from archdraw.cli._views import words_given

    work = Work(show_traceback=show_traceback)
    files = [template or "", theme or "light", *fonts]
    cache().reads(*specs, *filter(None, files))
    # One that is named twice is two, as where models are compared.
    given = [file for word in specs for file in spec_files([word], stdin=True)[0]]
    cache().models(given)
    words = words_given("deck")
    kept = None if with_transformers or any(map(is_stdin, given)) else cache().kept
    what = ("deck", *words, str(no_metadata))
    key = kept.several_key(given, what, files) if kept else ""
    found = kept.value(key) if kept else None
    if isinstance(found, Known):
        return _written(found.value, target, work, found.problems)

    def read(file: Path) -> Model:
        return loaded(file, with_transformers=with_transformers)

    models = [model for word in specs for model in work.each([word], read, stdin=True)]
    if work.code:
        return work.code
    made = deck(
        models,
        theme=theme or "light",
        template=template,
        size=size or SIZES[0],
        pictures="picture" if pictures == "picture" else "shapes",
        clicks=clicks,
        fonts=fonts,
        title=title,
        said=provenance.command(words),
        metadata=not no_metadata,
    )
    # Warnings of a spec are for its author, who runs check; those of a config say how complete all else is.
    problems = tuple(problem for model in models if model.reading is not None for problem in model.warnings)
    if kept and key and kept.several_key(given, what, files) == key:
        # Whose letters are on which slide is not said: another font of this computer makes all of them anew.
        kept.put_value(key, Known(made, problems), own_letters=False)
    return _written(made, target, work, problems)


def _written(made: Deck, target: Path | None, work: Work, problems: tuple[Problem, ...]) -> int:
    """Writes the slides and says of what, with ``problems`` of their models."""
    work.warn([*problems, *(f"archdraw: warning: {remark}" for remark in made.remarks)])
    if target is None:
        sys.stdout.buffer.write(made.data)
        cache().recording.complete = False
    else:
        write_file(target, made.data)
        cache().wrote(target, made.data)
        if not is_quiet():
            cache().say(str(target))
    return cache().end(work.code)


def _target(output: str, specs: tuple[str, ...]) -> Path | None:
    """The file to write; None for stdout. Raises :class:`click.UsageError` for a file of another format."""
    if output == "-":
        return None
    path = Path(output)
    suffix = path.suffix.lower()
    if path.is_dir() or output.endswith("/") or not suffix[1:].isalpha():
        named = [slug_of(stand_in(spec)) for spec in specs] if len(specs) <= MOST_NAMED else ["models"]
        return path / f"{'-'.join(named)}.pptx"
    if suffix != ".pptx":
        raise click.UsageError(f"slides are written as .pptx, not as {suffix}; end the name of a folder with /")
    return path
