"""Makes decks, turns them into images by LibreOffice, and shows steps in reveal.js and Beamer, to be looked at.

    pip install -e .[test]
    apt-get install libreoffice-impress poppler-utils chromium texlive-latex-recommended texlive-pictures
    npm install --prefix DIR reveal.js@5
    python tests/verify_decks.py OUT --npm DIR         # OUT/*.png; all of it
    python tests/verify_decks.py OUT decks moved       # some

Each deck has to have as many pages as slides, and no word of it may be lost on the way to a PDF. Of ``moved`` a block
stands elsewhere in the file: the lines that are joined to it have to end there. A program that is missing is an error.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from pptx import Presentation
from pypdf import PdfReader

import archdraw
from browser import NAMES
from read_slides import every, faults_of
from slide_templates import harbour, night

DECKS = (
    *(("llama-3-8b",), ("deepseek-v3",), ("qwen3-next-80b-a3b",), ("whisper-large-v3",), ("u-net",)),
    ("llama-3-8b", "deepseek-v3"),
)
MOVED = (
    *(("llama-3-8b", "slide", "SwiGLU FFN"), ("deepseek-v3", "slide", "Mixture of experts")),
    *(("llama-3-8b", "inset:mlp", "gate 14,336, SiLU"), ("u-net", "slide", "2 convolutions, 1,024 channels")),
)
"""Models, views of them, and the name of a block that straight lines or elbows are joined to."""
SIDEWAYS, UP = 700_000, 60_000
"""EMU by which a block is moved."""
STEPS = """<!doctype html><link rel="stylesheet" href="reveal.css">
<style>.reveal .fragment {{ transition: none !important; }}</style><div class="reveal"><div class="slides"><section>
{}</section></div></div><script src="reveal.js"></script><script>
Reveal.initialize({{transition: "none"}}).then(async () => {{
  const shown = [];
  const see = async () => {{
    await new Promise((done) => setTimeout(done, 100));
    shown.push([...document.querySelectorAll("svg [data-step]")].filter(
      (one) => getComputedStyle(one).visibility === "visible" && getComputedStyle(one).opacity > 0.9).length);
  }};
  await see();
  while (Reveal.availableFragments().next) {{ Reveal.nextFragment(); await see(); }}
  document.body.setAttribute("data-shown", shown.join(" "));
}});</script>"""
BEAMER = r"""\documentclass[aspectratio=169]{beamer}
\usepackage{pgffor}
\begin{document}
\begin{frame}{Llama 3 8B}
\foreach \n in {1,...,%d} {\includegraphics<\n>[page=\n,height=0.8\textheight]{steps.pdf}}
\end{frame}
\end{document}
"""


def run(*words: str | Path, folder: Path) -> str:
    """What a program prints. Raises where it fails or is not there."""
    return subprocess.run(list(map(str, words)), cwd=folder, check=True, capture_output=True, text=True).stdout


def pictures(deck: Path) -> PdfReader:
    """``deck`` as a PDF by LibreOffice, with a PNG of each page beside it."""
    run("soffice", "--headless", "--convert-to", "pdf", deck.name, folder=deck.parent)
    run("pdftoppm", "-r", "96", "-png", f"{deck.stem}.pdf", deck.stem, folder=deck.parent)
    return PdfReader(deck.with_suffix(".pdf"))


def words_in(text: str) -> set[str]:
    """Words of letters: figures and signs are set in parts."""
    return set(re.findall(r"[A-Za-z]{3,}", text))


def decks(folder: Path, _: Path | None) -> list[str]:
    (folder / "harbour.potx").write_bytes(harbour())
    (folder / "night.pptx").write_bytes(night())
    designs: Mapping[str, Mapping[str, Any]] = {
        "light": {},
        "dark": {"theme": "dark"},
        "harbour": {"template": folder / "harbour.potx"},
        "night": {"template": folder / "night.pptx"},
    }
    wrong = []
    for models, (design, options) in product(DECKS, designs.items()):
        path = folder / f"{'-'.join(models)}-{design}.pptx"
        archdraw.deck(*models, **options).save(path)
        wrong += [f"{path.name}: {fault}" for fault in faults_of(path.read_bytes(), folder)]
        deck, pdf = Presentation(str(path)), pictures(path)
        if len(pdf.pages) != len(deck.slides):
            wrong.append(f"{path.name}: {len(pdf.pages)} pages of {len(deck.slides)} slides")
        for number, (slide, page) in enumerate(zip(deck.slides, pdf.pages, strict=False), 1):
            said = " ".join(shape.text_frame.text for shape in every(slide.shapes) if shape.has_text_frame)
            shown = "".join(page.extract_text().split())  # lines end where words do not
            lost = {word for word in words_in(said) if word not in shown}
            if lost:
                wrong.append(f"{path.name}, slide {number}: lost {sorted(lost)}")
    return wrong


def moved(folder: Path, _: Path | None) -> list[str]:
    """Lines to a block that was moved have other places in the PDF; a picture of each is left to be looked at."""
    from archdraw.writers.pptx import write

    wrong = []
    for model, view, name in MOVED:
        scene = archdraw.load(model).scene(view)
        path = folder / f"moved-{model}-{view.partition(':')[0]}.pptx"
        deck = Presentation(io.BytesIO(write(scene)))
        block = next(shape for shape in every(deck.slides[0].shapes) if shape.name == name and shape.has_text_frame)
        block.left, block.top = block.left + SIDEWAYS, block.top - UP
        deck.save(str(path))
        pictures(path)
        plain = folder / f"un{path.name}"
        plain.write_bytes(write(scene))
        before, after = (_strokes(pictures(one)) for one in (plain, path))
        aslant = [sum(map(_is_aslant, strokes)) for strokes in (before, after)]
        elbows = sum(len(stroke) == 3 and stroke not in before for stroke in after)
        print(f"{path.name}: {aslant[0]} lines aslant before, {aslant[1]} after; {elbows} elbows go another way")
        if aslant[1] <= aslant[0] and not elbows:
            wrong.append(f"{path.name}: no line follows {name}")
    return wrong


def _strokes(pdf: PdfReader) -> list[tuple[tuple[float, float], ...]]:
    """The points of the lines on the first page."""
    content = pdf.pages[0].get_contents()
    assert content is not None
    data = content.get_data().decode("latin-1")
    found = re.findall(r"((?:[-\d.]+ [-\d.]+ [ml]\s+){2,})S", data)
    return [tuple((float(x), float(y)) for x, y in re.findall(r"([-\d.]+) ([-\d.]+) [ml]", stroke)) for stroke in found]


def _is_aslant(stroke: tuple[tuple[float, float], ...]) -> bool:
    """Whether a straight line is neither level nor upright."""
    (x, y), (end_x, end_y) = stroke[0], stroke[-1]
    return len(stroke) == 2 and abs(x - end_x) > 3 and abs(y - end_y) > 3


def reveal(folder: Path, npm: Path | None) -> list[str]:
    if npm is None:
        return ["reveal: say --npm DIR, where reveal.js is installed"]
    for file in ("reveal.js", "reveal.css"):
        shutil.copy(npm / "node_modules" / "reveal.js" / "dist" / file, folder / file)
    run(sys.executable, "-m", "archdraw", "render", "llama-3-8b", "--view", "slide", "--steps", "reveal", "--text",
        "outline", "-o", "steps.svg", folder=folder)  # fmt: skip
    (folder / "steps.html").write_text(STEPS.format((folder / "steps.svg").read_text("utf-8")), "utf-8")
    browser = next(found for name in NAMES if (found := shutil.which(name)))
    page = run(browser, "--headless", "--no-sandbox", "--allow-file-access-from-files", "--virtual-time-budget=9000",
               "--dump-dom", (folder / "steps.html").resolve().as_uri(), folder=folder)  # fmt: skip
    shown = re.search(r'data-shown="([\d ]+)"', page)
    numbers = [int(one) for one in shown[1].split()] if shown else []
    print("reveal.js shows after each click:", *numbers)
    steps = len(archdraw.load("llama-3-8b").scene("slide").steps)
    whole = len(numbers) == steps + 1 and numbers[0] == 0 and numbers == sorted(set(numbers))
    return [] if whole else [f"reveal.js shows {numbers} after {steps} clicks"]


def beamer(folder: Path, _: Path | None) -> list[str]:
    run(sys.executable, "-m", "archdraw", "render", "llama-3-8b", "--view", "slide", "--steps", "pdf", "-o",
        "steps.pdf", folder=folder)  # fmt: skip
    number = len(PdfReader(folder / "steps.pdf").pages)
    (folder / "talk.tex").write_text(BEAMER % number, "utf-8")
    run("pdflatex", "-interaction=nonstopmode", "talk.tex", folder=folder)
    log = (folder / "talk.log").read_text("latin-1")
    run("pdftoppm", "-r", "60", "-png", "talk.pdf", "talk", folder=folder)
    pages = len(PdfReader(folder / "talk.pdf").pages)
    print(f"Beamer: {pages} pages of {number} steps")
    wrong = [] if pages == number else [f"Beamer has {pages} pages of {number} steps"]
    return wrong + [line for line in log.splitlines() if line.startswith("!")]


PARTS: Mapping[str, Callable[[Path, Path | None], list[str]]] = {
    "decks": decks, "moved": moved, "reveal": reveal, "beamer": beamer,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--npm", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wrong = [fault for name in given.parts or PARTS for fault in PARTS[name](given.out, given.npm)]
    print(*wrong, sep="\n")
    print("nothing is wrong" if not wrong else f"{len(wrong)} faults")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
