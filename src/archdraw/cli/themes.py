"""``archdraw themes``: the themes that come with the program."""

from __future__ import annotations

import click

from archdraw.cli._terminal import table


@click.command("themes")
def command() -> int:
    """List the themes.

    A theme of your own is a YAML file: give it to --theme. It may say "like: light" and then only what differs.

    \b
    archdraw themes
    archdraw render llama.yaml --theme dark
    archdraw render llama.yaml --theme mine.yaml
    """
    from archdraw.resources import themes_folder
    from archdraw.theme import load_theme, theme_names

    rows = [("theme", "page", "ink", "file")]
    for name in theme_names():
        theme = load_theme(name)
        rows.append((name, theme.page, theme.ink, str(themes_folder() / f"{name}.yaml")))
    click.echo(table(rows))
    return 0
