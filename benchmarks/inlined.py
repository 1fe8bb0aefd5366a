"""Whether pictures stand well in a page: ``python -m benchmarks.inlined --axe node_modules/axe-core/axe.min.js``.

Two plates with text "plain" are put into one HTML page that has the font and a content security policy which forbids
inline styles. In headless Chromium no id may stand twice, axe-core may find nothing, and each picture may be off from
the same one with its own font by at most 0.2 % of its pixels. It prints what it finds, and exits with 1 for anything.

Without ``--axe`` the accessibility of the page is not judged. ``--folder`` keeps the files.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.resources import files
from pathlib import Path

from PIL import Image

import archdraw
from archdraw.fonts import FAMILY, WEIGHTS
from archdraw.writers.svg import svg
from benchmarks.renderers import ALLOWED, PATIENCE, share_off

FONTS = files("archdraw.fontdata")
SPECS = ("llama-3-8b", "deepseek-v3")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)
SHEET = "body { margin: 0 } h1 { position: absolute; left: -9999px } svg, img { display: block }"
RUN = "axe.run({ preload: false }).then((found) => { document.title = JSON.stringify(found.violations) })"


def _sheet(folder: Path) -> None:
    """The style sheet of the page, with the fonts in the same folder."""
    faces = []
    for weight in WEIGHTS:
        name = f"extended-{weight}.woff2"
        (folder / name).write_bytes((FONTS / name).read_bytes())
        faces.append(f"@font-face {{ font-family: {FAMILY}; font-weight: {weight}; src: url({name}) }}")
    (folder / "page.css").write_text("\n".join((*faces, SHEET)), "utf-8")


def _page(body: str, scripts: tuple[str, ...] = ()) -> str:
    tags = "".join(f'<script src="{script}" defer></script>' for script in scripts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two models</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">'
        f'<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css">{tags}</head>'
        f"<body><main><h1>Two models</h1>{body}</main></body></html>"
    )


def _chromium(*options: str) -> str:
    command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--force-color-profile=srgb", *options]
    done = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return done.stdout.decode("utf-8", "replace")


def _shot(page: Path, width: int, height: int) -> Path:
    png = page.with_suffix(".png")
    _chromium(f"--window-size={width},{height}", "--virtual-time-budget=5000", f"--screenshot={png}", page.as_uri())
    return png


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specs", nargs=2, default=list(SPECS), metavar="NAME", help="names of two models")
    parser.add_argument("--axe", type=Path, metavar="FILE", help="axe.min.js of the package axe-core")
    parser.add_argument("--folder", type=Path, help="where the files are kept")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return _judged(wanted.specs, wanted.axe, folder)


def _judged(specs: list[str], axe: Path | None, folder: Path) -> int:
    scenes = [archdraw.load(spec).scene() for spec in specs]
    _sheet(folder)
    inside = "".join(svg(scene, "plain", prefix=f"p{number}.") for number, scene in enumerate(scenes))
    ids = Counter(re.findall(r' id="([^"]*)"', inside))
    twice = sorted(name for name, times in ids.items() if times > 1)
    print(f"{len(ids)} ids, {len(twice)} of them twice {twice or ''}")
    found = len(twice)
    if axe is not None:
        shutil.copy(axe, folder / "axe.js")
        (folder / "run.js").write_text(RUN, "utf-8")
        page = folder / "page.html"
        page.write_text(_page(inside, ("axe.js", "run.js")), "utf-8")
        title = re.search(
            r"<title>(.*?)</title>", _chromium("--virtual-time-budget=60000", "--dump-dom", page.as_uri())
        )
        findings = json.loads(html.unescape(title[1])) if title else None
        print("axe:", "it did not run" if findings is None else [one["id"] for one in findings])
        found += 1 if findings is None else len(findings)
    for spec, scene in zip(specs, scenes, strict=True):
        size = (round(scene.width), round(scene.height))
        plain, own = folder / f"{spec}.plain.html", folder / f"{spec}.own.html"
        plain.write_text(_page(svg(scene, "plain")), "utf-8")
        picture = folder / f"{spec}.svg"
        picture.write_text(svg(scene, "embed"), "utf-8")
        own.write_text(_page(f'<img src="{picture.name}" alt="">'), "utf-8")
        off = share_off(_shot(plain, *size), _shot(own, *size), size)
        with Image.open(own.with_suffix(".png")) as shown:
            assert sum(map(bool, shown.convert("L").histogram())) > 10, f"nothing is shown of {spec}"
        print(f"{spec} in a page with the font: {off:.3f} % of the pixels off from the file with its own")
        found += off > ALLOWED
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
