"""The reference of commands: what ``--help`` says of each, as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from archdraw.cli import program
from docs.extension.fences import fence, plain, table


def page() -> str:
    """The Markdown of all commands, in alphabetical order."""
    assert isinstance(program, click.Group)
    context = click.Context(program, info_name="archdraw")
    found = {name: program.get_command(context, name) for name in program.list_commands(context)}
    commands = {name: command for name, command in found.items() if command is not None}
    rows = [
        (f"[`archdraw {name}`](#command-{name})", plain(one.get_short_help_str(200))) for name, one in commands.items()
    ]
    return "\n".join([table(("command", "what it does"), rows), *(section(*one) for one in commands.items())])


def section(name: str, command: click.Command) -> str:
    """What ``archdraw NAME --help`` says."""
    words = [metavar for one in command.params if isinstance(one, click.Argument) and (metavar := one.metavar)]
    usage = " ".join(["archdraw", name, "[OPTIONS]", *words])
    parts = [f"(command-{name})=\n## {name}\n", fence("text", usage), *_paragraphs(command.help or "")]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        parts.append(table(("option", "meaning"), [_option(one) for one in options]))
    return "\n".join(parts)


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a help text; what click is told not to wrap is a block."""
    for one in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if one.startswith("\b"):
            yield fence("sh", inspect.cleandoc(one.removeprefix("\b").lstrip("\n")))
        else:
            yield f"{plain(' '.join(one.split()))}\n"


def _option(option: click.Option) -> tuple[str, str]:
    context = click.Context(click.Command("archdraw"))
    names, meaning = option.get_help_record(context) or ("", "")
    return f"`{names}`", plain(" ".join(meaning.split()))
