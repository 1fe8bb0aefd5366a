"""The commands of views of several models, made from the views: their options are keyword-only parameters."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import click
from click.core import ParameterSource

from archdraw.app.known import each_kept, single_of
from archdraw.app.options import options
from archdraw.app.pictures import Single, picture_of
from archdraw.cache.replay import WITHOUT
from archdraw.cli._amounts import tokens
from archdraw.cli._cache import NO_CACHE_HELP, cache
from archdraw.cli._files import check_stdout, one_file, stand_in, write_file
from archdraw.cli._pictures import (
    FONT_HELP,
    JOBS_HELP,
    METADATA_HELP,
    PREFIX_HELP,
    RENDERER_HELP,
    TEXT_HELP,
    each,
    format_help,
    known_formats,
    known_prefix,
    known_theme,
    theme_help,
)
from archdraw.cli._specs import Work, is_stdin, loaded, spec_files
from archdraw.cli._terminal import with_progress
from archdraw.drawn_with import drawn_with
from archdraw.model import Model
from archdraw.provenance import command, digest_of, marked, name_of, named
from archdraw.views import several
from archdraw.writers import RENDERERS, Renderer, TextMode, Writer

NOT_OF_THE_PICTURE = {"output", "wanted", "jobs", "as_json", "no_metadata", "no_cache"}
"""Options that a picture does not depend on."""
MOST_NAMED = 4
"""The file of a picture of so many models is named after them."""


def command_of(name: str) -> click.Command:
    """The command of the view ``name``."""
    view = several.view(name)
    own = {**options(view.gather), **options(view.draw)}
    parameters: list[click.Parameter] = [
        click.Argument(
            ["specs"], metavar="MODEL..." if view.least else "[MODEL...]", nargs=-1, required=view.least > 0
        ),
        *(_option(key, parameter) for key, parameter in own.items()),
        *_usual(),
    ]
    return click.Command(name, callback=partial(_run, name, tuple(own)), params=parameters, help=_help(view))


def _help(view: several.Several) -> str:
    which = "" if view.least else " Without MODEL all models that come with archdraw are drawn."
    about = "A MODEL is a spec, a config.json or another source, or the name of a model that comes with archdraw."
    return f"{view.summary}\n\n{about}{which}\n\n\b\n{view.examples.strip()}"


def _usual() -> list[click.Parameter]:
    """The options that all views of several models have."""
    return [
        click.Option(["-o", "--output"], default="out", show_default=True, metavar="DIR|FILE",
                     help="Output folder, file, or - for stdout."),
        click.Option(["--format", "wanted"], metavar="LIST", callback=known_formats,
                     help=format_help()),
        click.Option(["--theme"], default="light", show_default=True, metavar="NAME|FILE", callback=known_theme,
                     help=theme_help()),
        click.Option(["--scale"], default=1.0, show_default=True, type=click.FloatRange(0, min_open=True),
                     help="Raster scale factor."),
        click.Option(["--text"], type=click.Choice(get_args(TextMode)), default="embed", show_default=True,
                     help=TEXT_HELP),
        click.Option(["--id-prefix", "prefix"], default="", metavar="TEXT", callback=known_prefix, help=PREFIX_HELP),
        click.Option(["--renderer"], type=click.Choice(RENDERERS), default=RENDERERS[0], show_default=True,
                     help=RENDERER_HELP),
        click.Option(["--font", "fonts"], metavar="FILE", multiple=True, help=FONT_HELP),
        click.Option(["--link"], default="", metavar="PATTERN",
                     help="Link targets of model names, like {slug}.svg.  [default: the links in their specs]"),
        click.Option(["-j", "--jobs"], type=click.IntRange(1), help=JOBS_HELP),
        click.Option([WITHOUT], is_flag=True, expose_value=False, help=NO_CACHE_HELP),
        click.Option(["--no-metadata"], is_flag=True, help=METADATA_HELP),
        click.Option(["--json", "as_json"], is_flag=True, help="Print the data of the picture as JSON; draw nothing."),
    ]  # fmt: skip


def _option(name: str, parameter: inspect.Parameter) -> click.Option:
    """The option of one parameter: a flag for a bool, a choice for literals, repeated for a tuple.

    A number may be annotated with the range that it is to be in; ``Annotated[int, "help", "tokens"]`` is a number of
    tokens, which people write as 128k.
    """
    annotation, about, more = parameter.annotation, "", list[Any]()
    if get_origin(annotation) is Annotated:
        annotation, about, *more = get_args(annotation)
    bounds = next((one for one in more if isinstance(one, range)), None)
    words: list[str] = [f"--{name.strip('_').replace('_', '-')}", name]
    default = parameter.default
    if "tokens" in more:
        shown_as = f"{default // 1024}k" if default % 1024 == 0 else str(default)
        return click.Option(words, default=shown_as, show_default=True, metavar="N", callback=tokens, help=about)
    if annotation is bool:
        if default:
            words[0] += f"/--no-{words[0].removeprefix('--')}"
        return click.Option(words, is_flag=True, default=default, show_default=default, help=about)
    members = [member for member in get_args(annotation) if member is not NoneType]
    inner = members[0] if NoneType in get_args(annotation) else annotation
    shown = default is not None and default != ()
    if get_origin(inner) is tuple:
        return click.Option(words, multiple=True, type=get_args(inner)[0], default=default, help=about)
    if get_origin(inner) is Literal:
        return click.Option(words, type=click.Choice(get_args(inner)), default=default, show_default=shown, help=about)
    if bounds is not None:
        inner = click.IntRange(bounds.start, bounds.stop - 1)
    return click.Option(words, type=inner, default=default, show_default=shown, help=about)


def _run(
    name: str,
    own: tuple[str, ...],
    *,
    specs: tuple[str, ...],
    output: str,
    wanted: tuple[str, ...],
    theme: str,
    scale: float,
    text: TextMode,
    prefix: str,
    renderer: Renderer,
    fonts: tuple[str, ...],
    link: str,
    jobs: int | None,
    as_json: bool,
    no_metadata: bool,
    **chosen: Any,
) -> int:
    from archdraw.resources import specs_folder

    view = several.view(name)
    work = Work(show_traceback=bool(click.get_current_context().obj))
    given = specs or (str(specs_folder()),)
    cache().reads(*given, theme, *fonts)
    targets = _targets(name, specs, output, wanted)
    # Where models are compared one by one, one that is named twice is two; spec_files has each file once.
    asked = [(word,) for word in given] if view.least else [given]

    def read(file: Path) -> Single:
        kept, reader = (None, loaded) if is_stdin(file) else (cache().kept, None)
        found, problems = single_of(kept, file, name, link, reader)
        work.warn(problems)
        return found

    models = (model for words in asked for model in work.each(words, read, stdin=True))
    files = [file for words in asked for file in spec_files(words, stdin=True)[0]]
    cache().models(files)
    singles = list(with_progress(models, len(files), "reading"))
    if work.code and (view.least or not singles):
        return work.code
    made = picture_of(name, singles, **{key: chosen[key] for key in own})
    if as_json:
        cache().say(json.dumps(made.data(), indent=2, ensure_ascii=False))
        return cache().end(work.code)
    scene = made.scene(theme, partial(each_kept, cache().kept, partial(each, jobs), name, theme, fonts), fonts)
    # No picture says that it was drawn from a text that nobody has.
    unnamed = no_metadata or any(map(is_stdin, files))
    said = {} if unnamed else named({str(file): digest_of(file) for file in files})
    using = drawn_with(theme, fonts=fonts)
    for target, format in targets:
        if said:
            scene = marked(scene, said, using, command=command(words_given(name, format)))
        cut = [("", scene)] if view.parts is None or not Writer(format).is_raster else view.parts(scene, scale)
        if target is None and len(cut) > 1:
            raise click.UsageError(f"{format} takes several files here; -o must be a folder")
        written = partial(Model.write, format=format, text=text, scale=scale, renderer=renderer, prefix=prefix)
        for (part, _), made_of_it in zip(cut, each(jobs, written, [piece for _, piece in cut]), strict=True):
            if target is None:
                sys.stdout.buffer.write(made_of_it)
                cache().recording.complete = False
                continue
            file = target.with_name(f"{target.stem}-{part}{target.suffix}") if part else target
            write_file(file, made_of_it)
            cache().wrote(file, made_of_it)
            cache().say(str(file))
    return cache().end(work.code)


def words_given(name: str, format: str = "svg") -> list[str]:
    """The command ``name`` that runs, for one ``format``, without what does not change the picture."""
    context = click.get_current_context()
    words = ["archdraw", name, *map(name_of, context.params["specs"])]
    for option in context.command.params:
        key = option.name or ""
        if isinstance(option, click.Option) and key not in NOT_OF_THE_PICTURE and _is_given(context, key):
            value = context.params[key]
            if option.is_flag:
                words.append((option.opts if value else option.secondary_opts)[0])
            else:
                given = value if option.multiple else [value]
                words += [word for one in given for word in (option.opts[0], str(one))]
    return words if format == "svg" else [*words, "--format", format]


def _is_given(context: click.Context, option: str) -> bool:
    return context.get_parameter_source(option) is ParameterSource.COMMANDLINE


def _targets(name: str, specs: Sequence[str], output: str, wanted: tuple[str, ...]) -> list[tuple[Path | None, str]]:
    """The files to write with their formats; None for stdout. Raises :class:`click.UsageError`."""
    from archdraw.model_files import slug_of

    if output == "-":
        if len(wanted) > 1:
            raise click.UsageError("-o - takes one format")
        (format,) = wanted or ("svg",)
        check_stdout(format)
        return [(None, format)]
    if suffix := one_file(output, wanted):
        return [(Path(output), suffix)]
    named = [slug_of(stand_in(spec)) for spec in specs] if len(specs) <= MOST_NAMED else []
    stem = "-".join((name, *named))
    return [(Path(output) / f"{stem}.{format}", format) for format in wanted or ("svg",)]
