"""`archdraw watch` as somebody uses it: a process of its own, and its page in a browser."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from live import visited

expect.set_options(timeout=30_000)

SMALL = """name: Small
hidden_size: 64
vocab_size: 1000
layers:
  - embedding
  - decoder:
      times: 4
      attention: {multi_head: {num_attention_heads: 4}}
      feed_forward: {swiglu: {intermediate_size: 256}}
  - rmsnorm
  - output_head
"""
MLP = '[data-path="layers/layer/mlp"]'


@dataclass(frozen=True)
class Watch:
    """A running view: where it is, and its process."""

    address: str
    process: subprocess.Popen[str]

    def ask(self, path: str, data: object = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """The code and the text that the server answers; with ``data`` by POST."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"{self.address}{path}", body, dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def watched(place: Path, *options: str, end: int = signal.SIGTERM) -> Iterator[Watch]:
    """``archdraw watch`` on ``place``; at the end it has to end by the signal ``end``, and without a word."""
    command = [sys.executable, "-m", "archdraw", "watch", str(place), "--port", "0", "--no-open", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:"), process.communicate()
        yield Watch(line.split()[0], process)
    finally:
        process.send_signal(end)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")


@contextmanager
def page_of(browser: Browser, watch: Watch, hash: str = "", **options: Any) -> Iterator[Page]:
    """The page of ``watch``, in which nothing may fail and nothing be asked for elsewhere."""
    known = (watch.address, "data:")
    with visited(browser, f"{watch.address}{hash}", lambda url: url.startswith(known), **options) as page:
        yield page


def drawn(page: Page, words: str) -> None:
    """Waits until the picture has ``words`` in it and is that of the file as it is."""
    page.wait_for_function(
        "words => document.querySelector('#picture:not(.old) svg')?.textContent.includes(words)", arg=words
    )
