"""From a saved file to a picture on the screen: ``archdraw watch`` with a page in headless Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from archdraw.resources import specs_folder
from benchmarks.programs import Setting
from benchmarks.tables import Table, milliseconds

if TYPE_CHECKING:
    from playwright.sync_api import Page

MODELS = ("llama-3-8b", "kimi-k3")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BEFORE = 3
"""Edits that are not counted: what is imported once, and what the page's engine compiles."""
PAUSE = 0.3
"""Seconds between an edit and the next, in which an author looks at the picture."""


def _named(text: str, number: int) -> str:
    return re.sub(r"(?m)^name: .*$", f"name: Edit {number}", text, count=1)


def _sized(text: str, number: int) -> str:
    """Another size of the first feed-forward network, and of all that is counted and drawn from it."""

    def larger(found: re.Match[str]) -> str:
        return f"intermediate_size: {int(found[1]) + 128 * number}"

    return re.sub(r"intermediate_size: (\d+)", larger, text, count=1)


EDITS: dict[str, Callable[[str, int], str]] = {"name": _named, "a size": _sized}


def tables(setting: Setting) -> list[Table]:
    from playwright.sync_api import sync_playwright

    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        raise RuntimeError("Chromium is not there, which the page is shown in: sh .ci/install test")
    rounds = max(3, setting.rounds)
    taken: dict[tuple[str, str], list[dict[str, float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        pages = {}
        with _watched(setting) as (folder, address):
            for model in MODELS:
                pages[model] = browser.new_page(viewport={"width": 1440, "height": 900})
                pages[model].goto(f"{address}#model={model}")
                pages[model].wait_for_function("() => document.documentElement.dataset.seen")
            for number in range(BEFORE + rounds):
                for model in MODELS:
                    for edit in EDITS:
                        pages[model].bring_to_front()
                        cost = _seen(pages[model], folder / f"{model}.yaml", EDITS[edit], 2 * number + (edit == "name"))
                        if number >= BEFORE:
                            taken.setdefault((model, edit), []).append(cost)
        browser.close()
    rows = [_row(*key, costs) for key, costs in taken.items()]
    note = (
        f"Medians of {rounds} edits, one of each in every round: from the moment in which the file takes its "
        "place to the end of the browser's frame with its picture. Drawn: reading, drawing and writing, by the "
        "server's clock, and the CPU of that. "
        f"The machine had a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    )
    columns = ("model", "edit", "saved to seen, ms", "slowest", "drawn", "drawn, CPU", "all but drawing")
    return [Table("The live view: from saved to seen, ms", columns, rows, [note])]


def _row(model: str, edit: str, costs: list[dict[str, float]]) -> tuple[str, ...]:
    seen = [cost["seen"] for cost in costs]
    parts = [median(cost[name] for cost in costs) for name in ("drawn", "cpu")]
    rest = median(cost["seen"] - cost["drawn"] for cost in costs)
    return (model, edit, *map(milliseconds, (median(seen), max(seen), *parts, rest)))


def _seen(page: Page, file: Path, edit: Callable[[str, int], str], number: int) -> dict[str, float]:
    """Seconds from saving ``file`` as edited to the frame that shows it, and what the server took of them."""
    original = (specs_folder() / file.name).read_text("utf-8")
    before = page.evaluate("document.documentElement.dataset.seen")
    time.sleep(PAUSE)
    part = file.with_name(f".{file.name}.part")
    part.write_text(edit(original, number + 1), "utf-8")
    saved = time.time()
    os.replace(part, file)  # noqa: PTH105
    page.wait_for_function("before => document.documentElement.dataset.seen !== before", arg=before, polling=20)
    found: dict[str, Any] = page.evaluate("({ ...document.documentElement.dataset })")
    number_and_time = str(found["seen"]).split()
    drawn, cpu = (float(found[name]) / 1000 for name in ("drawn", "cpu"))
    return {"seen": float(number_and_time[1]) / 1000 - saved, "drawn": drawn, "cpu": cpu}


@contextmanager
def _watched(setting: Setting) -> Iterator[tuple[Path, str]]:
    """A folder with the models, and where it is watched."""
    folder = setting.empty("watched")
    for model in MODELS:
        shutil.copy(specs_folder() / f"{model}.yaml", folder)
    command = [sys.executable, "-m", "archdraw", "watch", str(folder), "--port", "0", "--no-open"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield folder, process.stdout.readline().split()[0]
    finally:
        process.terminate()
        process.wait(30)
