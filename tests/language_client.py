"""A client of language servers over stdin and stdout, as an editor is one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

LONGEST = 600
"""Seconds that a server lives."""


class Editor:
    """Runs the server of ``command`` on files of ``folder``, and asks it what an editor asks."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Any = None) -> None:
        self.folder, self.settings = folder, settings
        self.found: dict[str, list[dict[str, Any]]] = {}
        self.shown: list[str] = []
        self._asked = 0
        self._versions: dict[str, int] = {}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        # A server that does not answer ends, rather than the tests waiting for ever.
        self._end = Timer(LONGEST, self._process.kill)
        self._end.start()
        formats = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
        asks = {"completion": formats, "hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {}}
        capabilities = {
            "textDocument": asks,
            "workspace": {"configuration": True},
            "window": {"showDocument": {"support": True}},
        }
        self.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities=capabilities)
        self.say("initialized")
        if settings is not None:
            self.say("workspace/didChangeConfiguration", settings=settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ask("shutdown")
        self.say("exit")
        self._process.communicate(timeout=60)
        self._end.cancel()

    def open(self, name: str, text: str, language: str = "yaml") -> str:
        """Opens the file ``name`` with ``text``, or changes it to that; gives its address."""
        uri = (self.folder / name).as_uri()
        version = self._versions[uri] = self._versions.get(uri, 0) + 1
        self.found.pop(uri, None)
        if version == 1:
            document = {"uri": uri, "languageId": language, "version": version, "text": text}
            self.say("textDocument/didOpen", textDocument=document)
        else:
            self.say(
                "textDocument/didChange",
                textDocument={"uri": uri, "version": version},
                contentChanges=[{"text": text}],
            )
        return uri

    def problems(self, uri: str) -> list[dict[str, Any]]:
        """What the server finds wrong with an open file."""
        while uri not in self.found:
            self._handle(self._read())
        return self.found[uri]

    def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """What the server answers for a place; lines and characters are counted from 0."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", textDocument={"uri": uri}, position=place, **more)

    def ask(self, method: str, **params: Any) -> Any:
        """The answer to a request; raises :class:`AssertionError` where that is an error."""
        self._asked += 1
        asked = self._asked
        self._send({"id": asked, "method": method, "params": params or None})
        while True:
            message = self._read()
            if message.get("id") == asked and "method" not in message:
                assert "error" not in message, message["error"]
                return message.get("result")
            self._handle(message)

    def say(self, method: str, **params: Any) -> None:
        """Tells the server something that it does not answer."""
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message

    def _handle(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self.found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            sections = message.get("params", {}).get("items", ())
            settings = self.settings or {}
            answer: Any = [settings.get(one.get("section")) for one in sections] if sections else None
            if message["method"] == "window/showDocument":
                self.shown.append(message["params"]["uri"])
                answer = {"success": True}
            self._send({"id": message["id"], "result": answer})
