"""A folder as a site on this computer, for its own browser and for nobody else."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

from archdraw.errors import ArchdrawError

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder, for requests that name this computer: a page elsewhere may point its own name here."""

    protocol_version = "HTTP/1.1"
    server: ThreadingHTTPServer

    def send_head(self) -> Any:
        port = self.server.server_address[1]
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self.send_error(403, "Only for this computer")
            return None
        return super().send_head()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: the terminal is for what goes wrong."""


def serve(folder: Path, port: int) -> None:
    """Serves ``folder`` at ``port`` (0: any that is free) until it is interrupted.

    Raises :class:`ArchdrawError` where the port is taken.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        raise ArchdrawError(
            f"port {port} of {HOST} cannot be used: {error.strerror}; --port 0 takes a free one"
        ) from None
    with server:
        click.echo(f"http://{HOST}:{server.server_address[1]}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("", err=True)
