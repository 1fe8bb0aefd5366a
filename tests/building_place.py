"""A place to build documents in, for ``verify_documents.py``: programs, pages as pictures, and what was drawn."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from browser import chromium

SPY = """import atexit, os, sys
@atexit.register
def said():
    fonts = sys.modules.get("archdraw.fonts")
    if fonts and fonts.shown.cache_info().misses:
        with open(os.environ["ARCHDRAW_SPY"], "a") as file:
            file.write("drawn\\n")
"""
"""Run by each Python at its start: what draws measures text, what is taken from the cache does not."""
SOURCE = Path(__file__).parent.parent / "src"


class Place:
    """A folder to build in, with a cache of its own and what counts drawings."""

    def __init__(self, folder: Path, npm: Path) -> None:
        self.folder, self.npm = folder, npm
        self.spy = folder / "drawn.txt"
        (folder / "spy").mkdir(parents=True)
        (folder / "spy" / "sitecustomize.py").write_text(SPY, "utf-8")
        (folder / "archdraw").write_text(f'#!/bin/sh\nexec {sys.executable} -m archdraw "$@"\n', "utf-8")
        (folder / "archdraw").chmod(0o755)
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, (SOURCE, folder / "spy"))),
            "ARCHDRAW": str(folder / "archdraw"),
            "ARCHDRAW_CACHE_DIR": str(folder / "cache"),
            "ARCHDRAW_SPY": str(self.spy),
            "NO_MKDOCS_2_WARNING": "1",
        }

    def write(self, **files: str) -> None:
        """Writes files: of their names ``_DOT_`` is a point and ``__`` a folder."""
        for name, text in files.items():
            file = self.folder / name.replace("__", "/").replace("_DOT_", ".")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def run(self, *words: str | Path, below: str = "") -> str:
        """What a program prints, run in the folder ``below``. Raises :class:`RuntimeError` where it fails."""
        done = subprocess.run(
            [str(word) for word in words],
            capture_output=True, text=True, check=False, cwd=self.folder / below, env=self.environment,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, words))} ends with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def python(self, *words: str | Path) -> str:
        """What a module of Python prints that is run as a program."""
        return self.run(sys.executable, "-m", *words)

    def twice(self, *builds: Callable[[], object]) -> str:
        """Builds all, and all again: what was drawn each time."""
        counts = []
        for _ in range(2):
            self.spy.write_text("", "utf-8")
            for build in builds:
                build()
            counts.append(len(self.spy.read_text("utf-8").splitlines()))
        assert counts[0] > 0, "nothing was drawn at all"
        assert counts[1] == 0, f"the second build has drawn {counts[1]} times"
        return f"drawn {counts[0]}, then {counts[1]}"

    def pages(self, file: str) -> None:
        """The pages of a PDF as PNG, and of other office files by LibreOffice."""
        path = self.folder / file
        if path.suffix != ".pdf":
            profile = f"-env:UserInstallation=file://{self.folder}/office"
            self.run(
                "soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", self.folder / "office-pdf", path
            )
            path = self.folder / "office-pdf" / f"{path.stem}.pdf"
        name = f"{path.stem}-{Path(file).suffix[1:]}"
        self.run("pdftoppm", "-r", "60", "-png", path, self.folder / name)

    def fonts(self, file: str) -> set[str]:
        """The names of all fonts in a PDF, also in pictures in it."""
        found: set[str] = set()
        for page in PdfReader(self.folder / file).pages:
            stack: list[Any] = [page["/Resources"]]
            while stack:
                resources = stack.pop().get_object()
                found |= {str(one.get_object()["/BaseFont"]) for one in resources.get("/Font", {}).values()}
                inner = [one.get_object() for one in resources.get("/XObject", {}).values()]
                stack += [one["/Resources"] for one in inner if "/Resources" in one]
        return found

    def shot(self, page: Path, name: str, size: str, fragment: str = "") -> None:
        """``page`` as a browser shows it, as PNG."""
        words = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=4000")
        address = f"{page.as_uri()}{fragment}"
        self.run(chromium(), *words, f"--window-size={size}", f"--screenshot={self.folder / name}", address)
