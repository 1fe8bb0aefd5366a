"""Whether a picture is the same everywhere: ``python -m benchmarks.renderers``.

It writes twelve plates with outlined text, draws each with every renderer that the machine has, and prints the share of
pixels that differ from what Chromium shows: by more than 32 of 255 in a channel. It exits with 1 where a renderer is
further off than it may be: 0.2 %, LibreOffice 6 % (it places a picture of whole px one px aside, and rounds its lines).

``--specs`` draws others, ``--text`` writes the text in another way, ``--folder`` keeps the files.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias, get_args

from PIL import Image, ImageChops

import archdraw
from archdraw.writers import TextMode

SPECS = (
    "gpt-2", "llama-3-8b", "gemma-3-27b", "deepseek-v3", "qwen3-next-80b-a3b", "kimi-linear-48b-a3b",
    "whisper-large-v3", "llama-4-maverick", "gpt-oss-120b", "clip-vit-b-32", "mamba2-2-7b", "stable-diffusion-vae",
)  # fmt: skip
OFF = 32
"""How much a channel differs, of 255, in a pixel that is off."""
ALLOWED, ALLOWED_LIBREOFFICE = 0.2, 6.0
"""Per cent of the pixels that are off at most."""
PATIENCE = 180
"""Seconds that a renderer may take for a picture."""

_IMAGEMAGICK = next((name for name in ("magick", "convert-im6.q16") if shutil.which(name)), "convert")
Size: TypeAlias = tuple[int, int]
Render: TypeAlias = Callable[[Path, Path, Size], None]
"""``render(svg, png, size)`` draws a file at 1 pixel per px."""


def _run(*command: str | Path, home: Path | None = None) -> None:
    environment = {**os.environ, **({"HOME": str(home), "MOZ_HEADLESS": "1"} if home else {})}
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=PATIENCE, env=environment)


def _page(svg: Path, size: Size) -> Path:
    """A page with nothing on it but the picture."""
    page = svg.with_suffix(".html")
    image = f'<img src="{svg.name}" width="{size[0]}" height="{size[1]}" style="display:block">'
    page.write_text(f'<!doctype html><body style="margin:0">{image}', "utf-8")
    return page


def _chromium(svg: Path, png: Path, size: Size) -> None:
    _run(
        "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--force-color-profile=srgb",
        f"--window-size={size[0]},{size[1]}", f"--screenshot={png}", _page(svg, size).as_uri(),
    )  # fmt: skip


def _firefox(svg: Path, png: Path, size: Size) -> None:
    with tempfile.TemporaryDirectory() as home:
        window = f"{size[0]},{size[1]}"
        page = _page(svg, size).as_uri()
        _run(
            "firefox-esr", "--headless", "--profile", home, "--window-size", window, "--screenshot", png, page,
            home=Path(home),
        )  # fmt: skip


def _librsvg(svg: Path, png: Path, size: Size) -> None:
    _run("rsvg-convert", "-w", str(size[0]), "-h", str(size[1]), "-o", png, svg)


def _inkscape(svg: Path, png: Path, size: Size) -> None:
    with tempfile.TemporaryDirectory() as home:
        target = f"--export-filename={png}"
        _run("inkscape", svg, "--export-type=png", target, "-w", str(size[0]), "-h", str(size[1]), home=Path(home))


def _imagemagick(svg: Path, png: Path, size: Size) -> None:
    _run(_IMAGEMAGICK, svg, "-resize", f"{size[0]}x{size[1]}!", png)


def _libreoffice(svg: Path, png: Path, size: Size) -> None:
    with tempfile.TemporaryDirectory() as home:
        profile = f"-env:UserInstallation={Path(home).as_uri()}"
        _run("soffice", profile, "--headless", "--convert-to", "png", "--outdir", home, svg)
        shutil.move(Path(home) / f"{svg.stem}.png", png)


def _resvg(svg: Path, png: Path, size: Size) -> None:
    import resvg

    # It draws a picture as large as that says it is.
    sized = re.sub(r'\bheight="[^"]*"', f'height="{size[1]}"', svg.read_text("utf-8"), count=1)
    sized = re.sub(r'\bwidth="[^"]*"', f'width="{size[0]}"', sized, count=1)
    tree = resvg.usvg.Tree.from_str(sized, resvg.usvg.Options.default())
    png.write_bytes(bytes(resvg.render(tree, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0))))


def _cairosvg(svg: Path, png: Path, size: Size) -> None:
    import cairosvg

    cairosvg.svg2png(url=str(svg), write_to=str(png), output_width=size[0], output_height=size[1])


RENDERERS: Mapping[str, tuple[str, Render]] = {
    "Firefox": ("firefox-esr", _firefox),
    "librsvg": ("rsvg-convert", _librsvg),
    "Inkscape": ("inkscape", _inkscape),
    "resvg": ("", _resvg),
    "CairoSVG": ("", _cairosvg),
    "ImageMagick": (_IMAGEMAGICK, _imagemagick),
    "LibreOffice": ("soffice", _libreoffice),
}
"""Each renderer with the program that it needs, and how it draws."""


def share_off(one: Path, other: Path, size: Size) -> float:
    """Per cent of the pixels of two pictures that differ by more than :data:`OFF`; both over white, at one size."""
    first, second = (_over_white(file, size) for file in (one, other))
    red, green, blue = ImageChops.difference(first, second).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return 100 * sum(most.histogram()[OFF + 1 :]) / (size[0] * size[1])


def _over_white(file: Path, size: Size) -> Image.Image:
    with Image.open(file) as image:
        drawn = image.convert("RGBA")
    ground = Image.new("RGBA", drawn.size, "white")
    ground.alpha_composite(drawn)
    whole = ground.convert("RGB")
    return whole if whole.size == size else whole.resize(size, Image.Resampling.LANCZOS)


def _found() -> dict[str, Render]:
    """The renderers that the machine has; the others are named."""
    found = {name: render for name, (program, render) in RENDERERS.items() if not program or shutil.which(program)}
    for name, (program, _) in RENDERERS.items():
        if name not in found:
            print(f"{name} is not installed ({program})", file=sys.stderr)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specs", nargs="*", default=list(SPECS), metavar="NAME", help="names of models")
    parser.add_argument("--text", choices=get_args(TextMode), default="outline", help="how text is written")
    parser.add_argument("--folder", type=Path, help="where the files are kept")
    wanted = parser.parse_args()
    if not shutil.which("chromium"):
        print("Chromium, which the others are compared with, is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return _compared(wanted.specs, wanted.text, folder)


def _compared(specs: list[str], text: TextMode, folder: Path) -> int:
    renderers = _found()
    off: dict[str, dict[str, float]] = {name: {} for name in renderers}
    for spec in specs:
        scene = archdraw.load(spec).scene()
        size = (round(scene.width), round(scene.height))
        svg, reference = folder / f"{spec}.svg", folder / f"{spec}.chromium.png"
        svg.write_bytes(archdraw.Model.write(scene, "svg", text=text))
        _chromium(svg, reference, size)
        for name, render in renderers.items():
            drawn = folder / f"{spec}.{name.lower()}.png"
            try:
                render(svg, drawn, size)
                off[name][spec] = share_off(reference, drawn, size)
            except (OSError, subprocess.SubprocessError, ImportError) as error:
                print(f"{name} does not draw {spec}: {error}", file=sys.stderr)
    print("| renderer | plates | off in the median, % | off at most, % | in |\n|---|---|---|---|---|")
    worse = 0
    for name, shares in off.items():
        if not shares:
            continue
        worst = max(shares, key=lambda spec: shares[spec])
        print(f"| {name} | {len(shares)} | {statistics.median(shares.values()):.3f} | {shares[worst]:.3f} | {worst} |")
        worse += shares[worst] > (ALLOWED_LIBREOFFICE if name == "LibreOffice" else ALLOWED)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
