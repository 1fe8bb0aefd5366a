"""The server of ``archdraw lsp``: the language server protocol over stdin and stdout."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from archdraw.errors import ArchdrawError, Problem, Span
from archdraw.files import write_whole
from archdraw.language.answers import defined_at, described, offered
from archdraw.language.opened import Opened, Read, read
from archdraw.version import VERSION

Answer = TypeVar("Answer")

PAUSE = 0.2
"""Seconds without a change after which a text is read: while words are being written it is no spec."""
PICTURE = "archdraw.picture"
"""The command that draws a spec and has the editor show it."""

server = LanguageServer("archdraw", VERSION)
_opened: dict[str, Opened] = {}
_waiting: dict[str, asyncio.Task[None]] = {}
_worker = ThreadPoolExecutor(1)
"""What archdraw remembers is for one thread: this one does all work, one thing after the other."""


def serve() -> None:
    """Answers an editor over stdin and stdout until it ends; what else is printed goes to stderr."""
    with os.fdopen(os.dup(1), "wb") as answers, contextlib.redirect_stdout(sys.stderr):
        server.start_io(stdout=answers)


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def did_open(params: types.DidOpenTextDocumentParams) -> None:
    """A file is opened: it is read at once."""
    uri = params.text_document.uri
    _opened[uri] = Opened(Path(to_fs_path(uri) or "spec.yaml"))
    await _read(uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params: types.DidChangeTextDocumentParams) -> None:
    """A file is changed: it is read when no other change follows."""
    uri = params.text_document.uri
    if uri in _waiting:
        _waiting[uri].cancel()
    _waiting[uri] = asyncio.ensure_future(_read_later(uri))


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(params: types.DidCloseTextDocumentParams) -> None:
    """A file is closed: nothing is wrong with it any more."""
    uri = params.text_document.uri
    _opened.pop(uri, None)
    if uri in _waiting:
        _waiting.pop(uri).cancel()
    server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))


async def _read_later(uri: str) -> None:
    await asyncio.sleep(PAUSE)
    await _read(uri)


async def _in_turn(work: Callable[..., Answer], *given: Any) -> Answer:
    """What ``work`` gives, while messages of the editor are read on."""
    return await asyncio.get_running_loop().run_in_executor(_worker, work, *given)


async def _read(uri: str) -> None:
    """Reads a file and reports its problems."""
    document = server.workspace.get_text_document(uri)
    opened, version = _opened[uri], document.version
    made = await _in_turn(_read_whole, document.source, opened.file)
    if _opened.get(uri) is not opened or document.version != version:
        return
    opened.keep(made)
    found = [_diagnostic(document, problem) for problem in made.problems]
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
    )


def _read_whole(text: str, file: Path) -> Read:
    try:
        return read(text, file)
    except Exception as error:  # a fault of archdraw itself, which is no reason to stop
        fault = Problem(f"internal error of archdraw: {type(error).__name__}: {error}", Span(str(file), 1, 1))
        return Read(text, None, None, (fault,))


def _diagnostic(document: Any, problem: Problem) -> types.Diagnostic:
    severity = types.DiagnosticSeverity.Error if problem.severity == "error" else types.DiagnosticSeverity.Warning
    message = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return types.Diagnostic(_range(document, problem.span), message, severity, source="archdraw")


def _range(document: Any, span: Span) -> types.Range:
    """``span`` in lines from 0, and in the units that the editor counts in."""
    first = types.Position(span.line - 1, span.column - 1)
    last = types.Position(span.line - 1, span.column - 1 + span.length)
    found: types.Range = document.position_codec.range_to_client_units(document.lines, types.Range(first, last))
    return found


def _asked(
    params: types.HoverParams | types.DefinitionParams | types.CompletionParams,
) -> tuple[Any, Opened | None, int, int]:
    """The document that is asked about, and the place in it, which counts from 1."""
    document = server.workspace.get_text_document(params.text_document.uri)
    place = document.position_codec.position_from_client_units(document.lines, params.position)
    return document, _opened.get(params.text_document.uri), place.line + 1, place.character + 1


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(params: types.HoverParams) -> types.Hover | None:
    """The numbers of the block at a place, and what a name stands for."""
    document, opened, line, column = _asked(params)
    found = await _in_turn(described, opened, line, column) if opened else None
    if found is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found[0]), _range(document, found[1]))


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(params: types.DefinitionParams) -> types.Location | None:
    """Where the name at a place is defined."""
    document, opened, line, column = _asked(params)
    found = await _in_turn(defined_at, opened, line, column) if opened else None
    if opened is None or found is None:
        return None
    file, span = found
    if file == opened.file:
        return types.Location(document.uri, _range(document, span))
    start = types.Position(span.line - 1, span.column - 1)
    return types.Location(from_fs_path(str(file)) or "", types.Range(start, start))


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "/", "["]))
async def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
    """The names that may stand at a place."""
    document, opened, line, column = _asked(params)
    found = await _in_turn(offered, opened, document.source, line, column) if opened else []
    return [
        types.CompletionItem(
            one.name,
            kind=types.CompletionItemKind.Reference,
            detail=one.detail or None,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, one.about) if one.about else None,
            sort_text=f"{place:05}",
        )
        for place, one in enumerate(found)
    ]


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def code_action(params: types.CodeActionParams) -> list[types.Command]:
    """The picture of the spec."""
    opened = _opened.get(params.text_document.uri)
    if opened is None or opened.counted is None:
        return []
    return [types.Command("Draw the model", PICTURE, arguments=[params.text_document.uri])]


@server.command(PICTURE)
async def picture(uri: str) -> str | None:
    """Draws the last spec without errors in the file at ``uri`` to a temporary SVG; gives its path and shows it."""
    opened = _opened.get(uri)
    if opened is None or opened.counted is None:
        return None
    file = Path(tempfile.gettempdir()) / f"archdraw-{opened.counted.model.slug}.svg"
    try:
        drawn = await _in_turn(partial(opened.counted.model.svg, view=""))
        write_whole(file, drawn.encode())
    except (ArchdrawError, OSError) as error:
        server.window_show_message(types.ShowMessageParams(types.MessageType.Error, str(error)))
        return None
    window = server.client_capabilities.window
    if window is not None and window.show_document is not None and window.show_document.support:
        server.window_show_document(types.ShowDocumentParams(from_fs_path(str(file)) or "", external=True))
    return str(file)
