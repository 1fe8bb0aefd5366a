"""Pages as somebody uses them: Chromium, driven by Playwright, on files in a folder.

A page that writes to the console, fails or asks for anything outside its folder fails the test that opened it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from browser import NAMES

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window; Playwright's own build is not downloaded."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert program is not None, "Chromium is not installed: sh .ci/install test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, folder: Path, address: str = "index.html", **options: Any) -> Iterator[Page]:
    """The page at ``address`` (a file and perhaps a hash) of ``folder``; ``options`` are those of a browser's context.

    At the end nothing may have been written to the console, and nothing been asked for outside of ``folder``.
    """
    file, mark, state = address.partition("#")
    place = f"{(folder / file).resolve().as_uri()}{mark}{state}"
    with visited(browser, place, lambda url: _inside(url, folder), **options) as page:
        yield page


@contextmanager
def visited(browser: Browser, address: str, known: Callable[[str], bool], **options: Any) -> Iterator[Page]:
    """The page at ``address``, in which nothing may fail, and nothing be asked for that is not ``known``."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    said: list[str] = []
    outside: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if known(request.url) else outside.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert not said, said
    assert not outside, outside


def _inside(url: str, folder: Path) -> bool:
    parts = urlsplit(url)
    if parts.scheme in ("data", "blob"):
        return True
    return parts.scheme == "file" and Path(unquote(parts.path)).is_relative_to(folder.resolve())


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice, a line each with the first place."""
    # It would fetch the style sheets again, which no page of a folder may do.
    found = Axe().run(page, options={"runOnly": STANDARDS, "preload": False}).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found]
