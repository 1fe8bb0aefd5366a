"""A command: how many parameters each part of a model has."""

from __future__ import annotations

import click


@click.command("parts")
@click.argument("spec", metavar="SPEC")
def command(spec: str) -> int:
    """List the parameters of a model by part.

    \b
    archdraw parts llama.yaml
    """
    from archdraw import load

    for part, number in load(spec).facts.parts.items():
        click.echo(f"{part} {number:,}")
    return 0
