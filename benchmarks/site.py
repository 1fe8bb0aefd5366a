"""The site of a gallery in Chromium: ``python -m benchmarks.site FOLDER``, where ``archdraw gallery -o FOLDER`` wrote.

How large the first page is and how long a search, a filter and another order take, of the models that are there and of
more, which are copies of them under other names; and how long lies between two frames while a block opens. Both in the
time of the page itself, beside the load of the machine: figures of a busy one say little. What the processor does for
script, style, layout and paint while blocks open is counted as well, and depends little on the load.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from archdraw.site.building import COMMON, STATIC
from archdraw.site.entries import Entry, Site
from archdraw.site.pages import home
from archdraw.site.templating import plainer, script, words
from benchmarks.tables import Table, plain

NUMBERS = (155, 184, 1000)
"""Models of first pages: those of the first gallery, of all that come with archdraw, and of a large one."""
OPENED = (
    *("llama-3-8b", "deepseek-v3", "qwen3-next-80b-a3b", "whisper-large-v3"),
    *("kimi-k3", "deepseek-v4-1-flash"),
)
ENDINGS = ("-plain.svg", "-about.json", "-thumb-light.svg", "-thumb-dark.svg", ".png")
"""Files of a model that the first page is made of, or that it leads to."""
FRAME = 1000 / 60
LATE = 1.5 * FRAME
"""Milliseconds after which a frame was left out."""
GLIDE = 250 / FRAME
"""Frames in which a block opens or closes."""
TRACED = ("disabled-by-default-devtools.timeline",)
MAIN = "CrRendererMain"
"""The thread of a page in a trace: its script, style, layout and paint."""
ROUNDS = 9
STEPS = {
    "search": "() => { q.value = q.value ? '' : 'attention'; q.dispatchEvent(new Event('input', { bubbles: true })); }",
    "filter": "() => { const one = document.querySelector('[data-filter=kind] input'); one.click(); }",
    "sort": "() => { sort.value = sort.value === 'name' ? 'total' : 'name'; sort.dispatchEvent(new Event('change')) }",
}
"""What one does on the first page, again and again to and fro."""
TIMED = """
([step, rounds]) => {
  const [q, sort] = ["q", "sort"].map((id) => document.getElementById(id));
  const run = %s[step];
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    run();
    const said = performance.now();
    document.body.getBoundingClientRect();
    document.querySelector("#models, #sheet").offsetHeight;
    taken.push([said - begin, performance.now() - begin]);
  }
  return taken;
}""" % ("{" + ", ".join(f"{name}: {code}" for name, code in STEPS.items()) + "}")
FRAMES = """
(key) => new Promise((done) => {
  const svg = document.querySelector("#plate > svg");
  const block = document.activeElement;
  const times = [];
  let still = 0;
  const next = (time) => {
    times.push(time);
    if (times.length === 2) block.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    still = times.length > 4 && !svg.getAnimations().some((one) => one.playState === "running") ? still + 1 : 0;
    if (still > 3) done(times.slice(1).map((time, index) => time - times[index])); else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gallery", type=Path, help="a gallery of all models")
    folder = parser.parse_args().gallery
    found = [*entries(folder)]
    if len(found) < 2:
        parser.error(f"{folder} is no gallery")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="archdraw-benchmarks-") as scratch:
        program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        tables = (first_pages(browser, folder, found, Path(scratch)), opening(browser, folder))
        print(*map(plain, tables), sep="\n\n")
        print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
        browser.close()
    return 0


def entries(folder: Path) -> Iterator[Entry]:
    """The models of the gallery in ``folder``, the newest first."""
    there = {file.name: file for file in folder.iterdir()}
    page = (folder / "index.html").read_text("utf-8")
    for slug in re.findall(r'<li class="card" id="([^"]+)"', page):
        card = json.loads(there[f"{slug}.json"].read_text("utf-8"))
        own = {name: there[name] for ending in ENDINGS if (name := f"{slug}{ending}") in there}
        yield Entry(slug, folder / f"{slug}.yaml", card["facts"]["name"], "", card, own)


def more(found: Sequence[Entry]) -> Iterator[Entry]:
    """``found``, and copies of them with names of their own, without an end."""
    yield from found
    for number in count(2):
        for one in found:
            facts = {**one.card["facts"], "name": f"{one.name} ({number})"}
            slug = f"{one.slug}-copy-{number}"
            files = {name.replace(one.slug, slug, 1): file for name, file in one.files.items()}
            yield replace(one, slug=slug, card={**one.card, "facts": facts}, files=files)


def first_pages(browser: Browser, folder: Path, found: Sequence[Entry], scratch: Path) -> Table:
    """Sizes of first pages, and what is done on them."""
    rows = []
    for number in NUMBERS:
        taken = [*islice(more(found), number)]
        written(taken, folder, scratch / str(number))
        sent = size(scratch / str(number))
        for view in ("cards", "table"):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{(scratch / str(number) / 'index.html').as_uri()}#view={view}")
            page.wait_for_timeout(1500)
            page.evaluate("document.querySelector('[data-filter=kind]').open = true")
            page.wait_for_timeout(300)
            cells = [f"{median(one[0] for one in times):.1f} ({median(one[1] for one in times):.1f})"
                     for times in (page.evaluate(TIMED, [step, ROUNDS]) for step in STEPS)]  # fmt: skip
            rows.append((f"{number:,} as {view}", f"{sent / 1000:.1f}", *cells))
            page.close()
    note = "Sizes without pictures; ms of the script, and with the layout of the page, medians of "
    return Table("First page", ("models", "kB compressed", *STEPS), rows, [f"{note}{ROUNDS}."])


def written(found: Sequence[Entry], gallery: Path, folder: Path) -> None:
    """The first page of ``found`` in ``folder``, with all that it shows."""
    folder.mkdir()
    for name, data in home.files(Site(tuple(found))):
        (folder / name).write_bytes(data)
    for name in (*COMMON, *home.STATIC):
        data = (STATIC / name).read_bytes()
        (folder / name).write_bytes(plainer(data.decode()).encode() if name.endswith(".js") else data)
    (folder / "strings.js").write_bytes(script("strings", words()["script"]))
    for file in gallery.glob("inter-*.woff2"):
        shutil.copy(file, folder)
    for one in found:
        for name, file in one.files.items():
            if "-thumb-" in name:
                (folder / name).symlink_to(file.resolve())


def size(folder: Path) -> int:
    """Compressed bytes of all that the first page in ``folder`` asks for before anybody does anything."""
    page = (folder / "index.html").read_text("utf-8")
    asked = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', page)
    names = ["index.html", "inter-400.woff2", "inter-700.woff2", *asked]
    return sum(len(gzip.compress((folder / name).read_bytes())) for name in names)


def opening(browser: Browser, folder: Path) -> Table:
    """Milliseconds between frames while blocks open and close, and of the processor for it."""
    rows = []
    for name in OPENED:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto((folder / f"{name}.html").resolve().as_uri())
        page.wait_for_selector("html[data-ready]")
        steps = [*frames(page)]
        cpu = processor(browser, page)
        rows.append(
            (name, str(len(steps)), f"{median(steps):.1f}", f"{max(steps):.1f}", str(sum(map(LATE.__lt__, steps))),
             f"{median(cpu):.0f}", f"{max(cpu):.0f}", f"{median(cpu) / GLIDE:.1f}")
        )  # fmt: skip
        page.close()
    notes = [
        f"60 frames a second are {FRAME:.1f} ms from one to the next; each block is opened and closed by keyboard.",
        f"CPU: of the thread of the page for one opening or closing, in the median, the most, and for each of its "
        f"{GLIDE:.0f} frames, which another thread moves.",
    ]
    columns = ("model", "frames", "median ms", "most ms", "left out", "CPU ms", "most", "a frame")
    return Table("Opening", columns, rows, [" ".join(notes)])


def processor(browser: Browser, page: Page) -> list[float]:
    """Milliseconds of the processor that the thread of ``page`` takes for each opening and closing of a block."""
    blocks: Any = page.locator("#plate > svg > g [data-path][role=button]")
    taken = []
    for place in range(min(4, blocks.count())):
        blocks.nth(place).focus()
        page.wait_for_timeout(300)
        for key in ("Enter", "Escape"):
            browser.start_tracing(page=page, categories=[*TRACED])
            page.evaluate(FRAMES, key)
            taken.append(busy(json.loads(browser.stop_tracing())["traceEvents"]))
            page.wait_for_timeout(200)
    return taken


def busy(events: Sequence[dict[str, Any]]) -> float:
    """Milliseconds of the processor in the tasks of pages in a trace of ``events``: of the page that does most."""
    threads = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == MAIN}
    spent = dict.fromkeys(threads, 0.0)
    for one in events:
        place = one.get("pid"), one.get("tid")
        if place in spent and one.get("name") == "RunTask" and one.get("ph") == "X":
            spent[place] += one.get("tdur", 0) / 1000
    return max(spent.values(), default=0.0)


def frames(page: Page) -> Iterator[float]:
    """How long it is from frame to frame while the first blocks of the plate open and close."""
    blocks: Any = page.locator("#plate > svg > g [data-path][role=button]")
    blocks.first.focus()
    page.wait_for_timeout(800)
    for place in range(min(4, blocks.count())):
        blocks.nth(place).focus()
        page.wait_for_timeout(200)
        for key in ("Enter", "Escape"):
            yield from page.evaluate(FRAMES, key)
            page.wait_for_timeout(200)


if __name__ == "__main__":
    sys.exit(main())
