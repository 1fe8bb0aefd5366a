"""``archdraw new``: a spec to begin with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from archdraw.app.starters import made_like, starter, starters
from archdraw.cli._files import write_file
from archdraw.errors import ArchdrawError, InputError
from archdraw.resources import shipped_spec
from archdraw.schemas import FILE as SCHEMA
from archdraw.schemas import MODELINES
from archdraw.schemas import text as schema_text

USUAL = "decoder"
SUFFIX = ".yaml"


@click.command("new")
@click.argument("name", metavar="NAME")
@click.option("--kind", type=click.Choice(starters()), help=f"What to begin with.  [default: {USUAL}]")
@click.option("--like", metavar="MODEL", help="Begin with what this model is made of: a name that comes with archdraw, "
              "a spec, a config.json.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="The spec file to write, or - for stdout.  [default: NAME.yaml]")
@click.option("--no-schema", is_flag=True, help="No lines for editors, and no schema beside the spec.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def command(name: str, kind: str | None, like: str | None, output: str | None, no_schema: bool, force: bool) -> int:
    """Write a spec to begin with.

    The spec can be drawn at once; its comments say what to change next. With --like it is made of the same blocks as
    MODEL and names it as its parent. Its first lines name the schema of specs, archdraw.schema.json, which is written
    beside it unless it is there: with it an editor completes, explains and checks what is written.

    \b
    archdraw new my-model                          my-model.yaml, a decoder-only language model
    archdraw new my-model --kind vit
    archdraw new my-model --like llama-3-8b        the layers of Llama 3 8B, to be changed
    archdraw new my-model -o - | archdraw check -
    archdraw render my-model.yaml                  draws it
    """
    if kind and like:
        raise click.UsageError("--kind and --like exclude each other")
    title = name.removesuffix(SUFFIX)
    target = _target(title, output)
    if target is not None and target.exists() and not force:
        raise ArchdrawError(f"{target} already exists; --force overwrites it")
    text = _like(like, title, target) if like else starter(kind or USUAL, title)
    _check(text)
    if target is None:
        click.echo(text, nl=False)
    else:
        made = {target: text if no_schema else MODELINES + text}
        # An editor shows an error at the line that names a schema which is not there.
        if not no_schema and not (schema := target.with_name(SCHEMA)).exists():
            made[schema] = schema_text()
        for file, data in made.items():
            write_file(file, data.encode())
            click.echo(file)
    return 0


def _target(title: str, output: str | None) -> Path | None:
    """The file to write; None for stdout."""
    if output == "-":
        return None
    if output and not (output.endswith(("/", os.sep)) or Path(output).is_dir()):
        return Path(output)
    if Path(title).name != title or "\\" in title:
        raise click.UsageError(f"NAME is the name of a model, not of a folder: {title!r}; name a file with -o")
    return Path(output or "") / f"{title}{SUFFIX}"


def _like(model: str, title: str, target: Path | None) -> str:
    from archdraw.model import load

    base = load(model)
    # A parent is a model that comes with archdraw, or a spec in the same folder; check warns of all others.
    beside = (
        target is not None and Path(model).suffix == SUFFIX and Path(model).resolve().parent == target.parent.resolve()
    )
    return made_like(base, title, parent=shipped_spec(model) is not None or beside)


def _check(text: str) -> None:
    """Raises :class:`click.BadParameter` where the name can be no model's."""
    from archdraw.spec import parse_spec

    try:
        parse_spec(text)
    except InputError as error:
        raise click.BadParameter("; ".join(one.message for one in error.problems), param_hint="NAME") from None
