"""``archdraw schema``: what editors need to complete, explain and check the files that an author writes."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.schemas import NAMES, text


@click.command("schema")
@click.argument("name", type=click.Choice(NAMES), default=NAMES[0], metavar=f"[{'|'.join(NAMES)}]")
@click.option("-o", "--output", metavar="FILE", help="The file to write.  [default: stdout]")
def command(name: str, output: str | None) -> int:
    """Print the JSON Schema of specs, for editors.

    With it an editor completes keywords and fields, explains them, and shows errors where they are. Themes, profiles,
    gallery.yaml, and the metadata of archdraw import have schemas, too.

    \b
    archdraw schema -o archdraw.schema.json        beside the specs that begin with the lines below
    archdraw schema theme -o theme.schema.json
    archdraw schema | python -m json.tool

    \b
    # yaml-language-server: $schema=archdraw.schema.json
    # $schema: archdraw.schema.json
    """
    made = text(name)
    if output is None or output == "-":
        click.echo(made, nl=False)
        return 0
    from archdraw.cli._files import write_file

    write_file(Path(output), made.encode())
    click.echo(output)
    return 0
