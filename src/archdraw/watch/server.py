"""The server of the live view: a page for a browser of this computer, and a few addresses for editors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from queue import Empty
from typing import Any
from urllib.parse import parse_qs, urlsplit

from archdraw.errors import ArchdrawError
from archdraw.fonts import web_font
from archdraw.profile import profile_names
from archdraw.theme import theme_names
from archdraw.views import views
from archdraw.watch.drawing import Look
from archdraw.watch.hub import Hub, Line

HOST = "127.0.0.1"
ALIVE = 10.0
"""Seconds after which a page that nothing is said to is asked whether it is still there."""
LARGEST = 10_000
"""Bytes of a request."""
MOST_LINES = 10**7

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PAGE = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/watch.css": ("watch.css", "text/css; charset=utf-8"),
    "/watch.js": ("watch.js", "text/javascript; charset=utf-8"),
    "/source.js": ("source.js", "text/javascript; charset=utf-8"),
}
FONTS = {"/inter-400.woff2": 400, "/inter-500.woff2": 500, "/inter-600.woff2": 600, "/inter-700.woff2": 700}


class Server(ThreadingHTTPServer):
    """Answers for ``hub``; a click runs the words of ``editor``, with {file}, {line} and {column} in them."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, hub: Hub, port: int, editor: tuple[str, ...] = ()) -> None:
        """``port`` 0 takes any that is free. Raises :class:`ArchdrawError` where it cannot be used."""
        self.hub, self.editor = hub, editor
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            message = f"port {port} of {HOST} cannot be used: {error.strerror}; --port 0 takes a free one"
            raise ArchdrawError(message) from None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_address[1]}/"

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of this computer that a request may give."""
        return frozenset(f"{name}:{self.server_address[1]}" for name in (HOST, "localhost"))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is said of a browser that has gone."""


class _Handler(BaseHTTPRequestHandler):
    """Requests that name this computer. A page elsewhere may point its own name here, or send forms."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if self._is_foreign():
            return
        address = urlsplit(self.path)
        if address.path in PAGE:
            name, kind = PAGE[address.path]
            self._answer(200, (files("archdraw.watch") / "page" / name).read_bytes(), kind)
        elif address.path in FONTS:
            self._answer(200, web_font(FONTS[address.path]), "font/woff2")  # type: ignore[arg-type]
        elif address.path == "/options":
            self._answer(200, json.dumps(self._options()).encode(), "application/json")
        elif address.path == "/events":
            self._events(_asked(address.query))
        else:
            self._answer(404, b"there is nothing here\n")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        body = self.rfile.read(int(length)) if length.isdecimal() and int(length) <= LARGEST else None
        # What was not read is not the next request.
        self.close_connection = self.close_connection or body is None
        if self._is_foreign():
            return
        address = urlsplit(self.path)
        if address.path not in ("/cursor", "/open"):
            self._answer(404, b"there is nothing here\n")
            return
        place = None if body is None else self._place(address.query, body)
        if place is None:
            self._answer(400, b"say the file (if there are several), the line and perhaps the column\n")
        elif address.path == "/cursor":
            self.server.hub.point("cursor", place)
            self._answer(204)
        else:
            self._open(place)

    def _is_foreign(self) -> bool:
        """Whether the request came from another site or by another name, which is refused."""
        origin, host = self.headers.get("Origin"), self.headers.get("Host")
        is_own = host in self.server.own and (origin is None or origin.removeprefix("http://") in self.server.own)
        if not is_own:
            self.close_connection = True
            self._answer(403, b"only for this computer\n")
        return not is_own

    def _answer(self, code: int, body: bytes = b"", kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(code)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if code != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _options(self) -> dict[str, Any]:
        """What the page lets one choose, and what the command has chosen."""
        hub = self.server.hub
        own = [name for name in (hub.look.theme,) if name and name not in theme_names()]
        pages = [name for name in (hub.look.view,) if name and name not in (*views(), *profile_names())]
        return {
            "themes": [*theme_names(), *own],
            "views": [name for name in views() if name != "inset"],
            "pages": [*profile_names(), *pages],
            "theme": hub.look.theme,
            "view": hub.look.view,
            "single": next(iter(hub.named)) if hub.is_single else "",
        }

    def _events(self, asked: Mapping[str, str]) -> None:
        """Says what changes, until the page goes."""
        hub, known = self.server.hub, self._options()
        theme, view = asked.get("theme", ""), asked.get("view", "")
        of_block = view.startswith("inset:")
        if theme not in known["themes"] or not (of_block or view in ("", *known["views"], *known["pages"])):
            self._answer(400, b"there is no such theme or view\n")
            return
        self.close_connection = True
        self.send_response(200)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        viewer = hub.opened(asked.get("model", ""), Look(theme, view), keeps=asked.get("keeps") == "1")
        try:
            while True:
                try:
                    said = viewer.waiting.get(timeout=ALIVE)
                except Empty:
                    said = ": still there\n\n"
                self.wfile.write(said.encode("utf-8", "replace"))
                self.wfile.flush()
                if viewer.waiting.empty():
                    viewer.delivered.set()
        except OSError:
            pass
        finally:
            viewer.delivered.set()
            hub.closed(viewer)

    def _place(self, query: str, body: bytes) -> Line | None:
        """The file and line that an editor or the page says, in the address or as JSON; None where it says none."""
        said: dict[str, Any] = dict(_asked(query))
        try:
            if body.strip():
                said |= json.loads(body)
            line, column = int(said["line"]), int(said.get("column", 0))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        name = self.server.hub.name_of(str(said.get("file", "")))
        if name is None or not (0 < line < MOST_LINES and 0 <= column < MOST_LINES):
            return None
        return Line(name, line, column)

    def _open(self, place: Line) -> None:
        """Leads an editor to ``place``: one that listens, and the command, which no shell reads."""
        self.server.hub.point("jump", place)
        file = self.server.hub.named.get(place.name)
        if not self.server.editor or file is None:
            self._answer(204)
            return
        values = {"file": str(file.resolve()), "line": str(place.line), "column": str(max(1, place.column))}
        words = [_filled(word, values) for word in self.server.editor]
        nothing = subprocess.DEVNULL
        try:
            subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
        except OSError as error:
            self._answer(500, f"{words[0]} cannot be run: {error.strerror}\n".encode())
        else:
            self._answer(204)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: the terminal is for what goes wrong."""


def _asked(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}


def _filled(word: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word
