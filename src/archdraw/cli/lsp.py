"""``archdraw lsp``: a language server for editors."""

from __future__ import annotations

import click

from archdraw.errors import ArchdrawError
from archdraw.resources import install_command


@click.command("lsp")
def command() -> int:
    """Answer an editor about specs, over stdin and stdout.

    It reports everything that archdraw check says while a spec is written, shows the numbers of blocks, leads to
    definitions, and completes names: those of "define:", and of blocks under "insets:" and "figure:". Completion and
    descriptions of keywords are the schema's (archdraw schema).

    \b
    pip install "archdraw-nn[lsp]"
    archdraw lsp        is started by an editor, not by hand
    """
    try:
        from archdraw.language.protocol import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise ArchdrawError(f"a language server needs pygls: {install_command('lsp')}") from None
    serve()
    return 0
