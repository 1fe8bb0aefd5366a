"""``archdraw themes``: the themes that come with the program, and those that other packages add."""

from __future__ import annotations

import click

from archdraw.cli._codes import OK, PROBLEMS
from archdraw.cli._terminal import report, table
from archdraw.errors import ArchdrawError, InputError


@click.command("themes")
def command() -> int:
    """List the themes.

    A theme of your own is a YAML file: give it to --theme. It may say "like: light" and then only what differs.

    \b
    archdraw themes
    archdraw render llama.yaml --theme dark
    archdraw render llama.yaml --theme mine.yaml
    """
    from archdraw.theme import load_theme, theme_file, theme_names

    rows = [("theme", "page", "ink", "file")]
    code = OK
    for name in theme_names():
        try:
            theme = load_theme(name)
            with theme_file(name) as file:
                rows.append((name, theme.page, theme.ink, str(file)))
        except InputError as error:
            report(error.problems)
            code = PROBLEMS
        except ArchdrawError as error:
            report([f"archdraw: error: {error}"])
            code = PROBLEMS
    click.echo(table(rows))
    return code
