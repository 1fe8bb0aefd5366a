"""Opens a gallery in Firefox from its folder, goes to pages of every kind and does there what people do.

    apt-get install firefox-esr
    pip install websockets
    archdraw gallery -o out
    python tests/verify_firefox.py out

At no address may anything be written to the console, fail to load, or be asked for outside of the folder. Firefox is
spoken to by WebDriver BiDi, which it has without a driver.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

EVENTS = ("log.entryAdded", "network.beforeRequestSent", "network.fetchError")
ENTER, ESCAPE = "\ue007", "\ue00c"
BLOCK = "document.querySelector('#plate > svg > g [data-path][role=button]')"
STEPS = (
    ("index.html", "document.querySelectorAll('#models > li:not([hidden])').length > 9"),
    ("index.html#view=table&sort=cache", "document.querySelectorAll('#sheet tbody tr').length > 9"),
    ("index.html#attention=multi-head+latent+attention", "location.hash.includes('latent')"),
    ("deepseek-v3.html", f"!!{BLOCK}"),
    ("deepseek-v3.html#open=layers/layer/self_attn", "location.hash.includes('self_attn')"),
    ("llama-3-8b.html#find=SiLU", "location.hash.includes('SiLU')"),
    ("compare.html#models=deepseek-v3,kimi-k2,llama-3-8b", "document.querySelectorAll('table').length > 0"),
    ("lineage.html#model=deepseek-v3", "!!document.querySelector('svg [data-path]')"),
    ("scale.html", "!!document.querySelector('svg')"),
    ("timeline.html", "!!document.querySelector('table')"),
    ("concepts.html", "document.querySelectorAll('a[href^=concept-]').length > 20"),
    ("findings.html", "document.querySelectorAll('svg').length > 2"),
    ("lesson.html", "document.querySelectorAll('svg').length > 4"),
)
"""Addresses in the gallery, and what is true there in the end."""

QUIET = """user_pref("services.settings.server", "data:,");
user_pref("app.normandy.enabled", false);
user_pref("nimbus.rollouts.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""
"""What Firefox itself would ask the network for."""


class Firefox:
    """A window of Firefox behind ``socket``; ``faults`` is what was written to the console, failed or went outside."""

    def __init__(self, socket: ClientConnection, folder: Path) -> None:
        self._socket, self._numbers, self._root = socket, itertools.count(1), folder.resolve().as_uri()
        self.faults: list[str] = []
        self("session.new", capabilities={})
        self("session.subscribe", events=list(EVENTS))
        self._context = self("browsingContext.getTree")["contexts"][0]["context"]

    def __call__(self, method: str, **values: Any) -> Any:
        """The result of ``method``. Raises :class:`RuntimeError` with what Firefox says against it."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": values}))
        while True:
            said = json.loads(self._socket.recv(timeout=120))
            if said.get("type") == "event":
                self._event(said["method"], said["params"])
            elif said.get("id") == number:
                if said["type"] == "error":
                    raise RuntimeError(f"{method}: {said['message']}")
                return said["result"]

    def _event(self, name: str, about: dict[str, Any]) -> None:
        if name == "log.entryAdded":
            self.faults.append(f"console: {about['text']}")
            return
        url = about["request"]["url"]
        if not url.startswith((self._root, "data:", "blob:", "about:", "resource:", "chrome:", "moz-")):
            self.faults.append(f"outside: {url}")
        elif name == "network.fetchError":
            self.faults.append(f"not loaded: {url}")

    def goes_to(self, address: str) -> None:
        # A hash alone would load nothing.
        self("browsingContext.navigate", context=self._context, url="about:blank", wait="complete")
        self("browsingContext.navigate", context=self._context, url=f"{self._root}/{address}", wait="complete")

    def says(self, expression: str) -> Any:
        """The value of ``expression`` in the page, waited for where it is a promise."""
        target = {"context": self._context}
        found = self("script.evaluate", expression=expression, target=target, awaitPromise=True)
        return found["result"].get("value") if found["type"] == "success" else found["exceptionDetails"]["text"]

    def becomes(self, expression: str) -> bool:
        """Whether ``expression`` is true within some seconds."""
        waiting = f"""new Promise((done) => {{ let left = 200; const look = () => {{
            let is = false; try {{ is = {expression}; }} catch {{}}
            if (is || !left--) done(Boolean(is)); else setTimeout(look, 50); }}; look(); }})"""
        return self.says(waiting) is True

    def presses(self, *keys: str) -> None:
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self("input.performActions", context=self._context, actions=[source])


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Firefox without a window, with a profile of its own."""
    program = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))))
    with tempfile.TemporaryDirectory(prefix="archdraw-firefox-") as profile:
        Path(profile, "user.js").write_text(QUIET, "utf-8")
        words = (program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0")
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            lines = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr)
            address = next(filter(None, lines))[1]
            with connect(f"{address}/session", max_size=None, open_timeout=60) as socket:
                yield Firefox(socket, folder)
        finally:
            process.terminate()
            process.wait()


def searches(page: Firefox) -> bool:
    page.goes_to("index.html")
    page.says("document.getElementById('q').focus()")
    page.presses(*"qwen3-next")
    return page.becomes("[...document.querySelectorAll('#models > li')].filter((one) => one.offsetHeight).length === 1")


def opens_a_block_and_comes_back(page: Firefox) -> bool:
    page.goes_to("llama-3-8b.html")
    page.becomes("document.documentElement.hasAttribute('data-ready')")
    page.says("document.querySelector('#plate > svg > g [data-path$=mlp][role=button]').focus()")
    page.presses(ENTER)
    first = page.becomes("location.hash.includes('mlp')")
    page.presses(ESCAPE)
    return first and page.becomes("!location.hash.includes('mlp')")


def switches_the_theme(page: Firefox) -> bool:
    page.goes_to("index.html")
    ground = page.says("getComputedStyle(document.body).backgroundColor")
    press = "document.getElementById('theme').click()"
    return page.becomes(f"({press}, getComputedStyle(document.body).backgroundColor !== '{ground}')")


DONE = (searches, opens_a_block_and_comes_back, switches_the_theme)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gallery", type=Path, help="a gallery of all models")
    folder = parser.parse_args().gallery
    wrong = 0
    with firefox(folder) as page:
        checks: list[tuple[str, Any]] = [(address, expected) for address, expected in STEPS]
        for name, check in [*checks, *((one.__name__, one) for one in DONE)]:
            if callable(check):
                holds = check(page)
            else:
                page.goes_to(name)
                holds = page.becomes(check)
            page.says("new Promise((done) => setTimeout(done, 300))")
            faults = [*page.faults, *([] if holds else ["it is not as it should be"])]
            page.faults.clear()
            wrong += bool(faults)
            print(f"{name}: {'; '.join(faults) or 'as it should be'}", flush=True)
    print(f"{len(STEPS) + len(DONE)} checks, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
