"""``archdraw models``: the models that come with the program, by the names that other commands take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from archdraw.cli._codes import OK
from archdraw.cli._terminal import table
from archdraw.errors import ArchdrawError, folded, unknown_name

COLUMNS = ("model", "name", "developer", "released")
_KEYS = re.compile(r"^(?:name|developer|family|released):.*$", re.MULTILINE)
"""What is read of a spec: its first lines say what it is called, and all of it takes fifty times as long."""


@click.command("models")
@click.argument("words", metavar="[MODEL|WORD...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="A list of objects: model, name, developer, family, released.")
def command(words: tuple[str, ...], as_json: bool) -> int:
    """List the models that come with archdraw.

    They are listed by the names that other commands take, and by those that they are published under. A WORD is looked
    for in these, in developers and in families, whatever its case; of several all must be there.

    \b
    archdraw models
    archdraw models qwen moe
    archdraw models --json
    archdraw render $(archdraw models --json deepseek | jq -r '.[].model')
    """
    from archdraw.resources import specs_folder

    every = [_row(file) for file in sorted(specs_folder().glob("*.yaml"), key=lambda file: file.stem)]
    asked = [folded(word) for word in words]
    found = [row for row in every if all(any(word in text for text in _texts(row)) for word in asked)]
    if not found:
        raise ArchdrawError(_unknown(" ".join(words), [row["model"] for row in every]))
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        click.echo(table([COLUMNS, *(tuple(row.get(key, "") for key in COLUMNS) for row in found)]))
    return OK


def _row(file: Path) -> dict[str, str]:
    """What the model in a spec is called, and whose it is."""
    from archdraw.source import parse, plain

    head = plain(parse("\n".join(_KEYS.findall(file.read_text("utf-8"))), file.as_posix()).root)
    return {"model": file.stem, **{key: str(value) for key, value in head.items()}}


def _texts(row: Mapping[str, str]) -> list[str]:
    """What words are looked for in: not the date, of which a number may be a part."""
    return [folded(value) for key, value in row.items() if key != "released"]


def _unknown(asked: str, names: Iterable[str]) -> str:
    said = unknown_name("model", asked, names)
    return said if "did you mean" in said else f"no model has all of {asked!r} in its name; archdraw models lists all"
