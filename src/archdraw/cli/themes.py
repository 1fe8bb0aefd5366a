"""``archdraw themes``: the themes that come with the program, and those that other packages add."""

from __future__ import annotations

import click

from archdraw.cli._codes import OK, PROBLEMS
from archdraw.cli._terminal import report, table
from archdraw.errors import ArchdrawError, InputError


@click.command("themes")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def command(files: tuple[str, ...]) -> int:
    """List the themes, or check the themes in FILEs.

    A theme of your own is a YAML file: give it to --theme. It may say "like: light" and then only what differs. Two
    colors with too little contrast are reported as a warning, with their ratio.

    \b
    archdraw themes
    archdraw themes mine.yaml
    archdraw render llama.yaml --theme dark
    archdraw render llama.yaml --theme mine.yaml
    """
    from archdraw.lint.themes import theme_contrasts
    from archdraw.theme import load_theme, theme_file, theme_names

    rows = [("theme", "page", "ink", "file")]
    code = OK
    for name in files or theme_names():
        try:
            report(theme_contrasts(name))
            theme = load_theme(name)
            if files:
                rows.append((theme.name, theme.page, theme.ink, name))
                continue
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
