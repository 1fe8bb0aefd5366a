"""Pictures as a browser shows them: many SVGs on one page, opened once in headless Chromium and measured there.

What the browser says is independent of what archdraw computes: its own text shaping, its own ink, its own hit test.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from archdraw.scene import Scene, Text
from archdraw.writers.svg import svg

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH_TOLERANCE = 0.02
TEXT_CONTRAST = 4.5
COLOR = re.compile(r"#[0-9A-Fa-f]{6}\b")
FONT = re.compile(r"@font-face\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class SeenText:
    """A text as the browser inked it, in px from the picture's corner; ``ground`` is the fill found under it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    width: float
    fill: tuple[float, float, float]
    ground: tuple[float, float, float] | None
    crossed: tuple[str, ...]

    def overlaps(self, other: SeenText) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > 0.1 and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.1


@dataclass(frozen=True, slots=True)
class SeenShape:
    """A shape's bounds with its stroke; ``bordered`` where it is a rectangle with a visible border."""

    tag: str
    left: float
    top: float
    right: float
    bottom: float
    bordered: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture as the browser shows it; ``fonts`` are the weights of the embedded font that were loaded."""

    width: float
    height: float
    texts: tuple[SeenText, ...]
    shapes: tuple[SeenShape, ...]


def chromium() -> str:
    """The browser's program. Raises :class:`RuntimeError` where there is none: a check that is skipped is no check."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise RuntimeError(f"none of {', '.join(NAMES)} is installed; `sh .ci/install test` installs Chromium")


def open_pictures(browser: Browser, scenes: Mapping[str, Scene]) -> dict[str, Seen]:
    """Every scene as SVG in one page, measured. Names are only for the result."""
    found = open_colorings(browser, {name: [scene] for name, scene in scenes.items()})
    return {name: seen for name, (seen,) in found.items()}


def open_colorings(browser: Browser, pictures: Mapping[str, Sequence[Scene]]) -> dict[str, list[Seen]]:
    """Pictures in one page, each in several colorings, measured.

    Where the SVG is that of the coloring before but for its colors, so is all that is measured but the fills: these are
    read from the coloring itself. One that differs in more is measured as the first is.
    """
    divisions: list[str] = []
    for scenes in pictures.values():
        last = ""
        for scene in scenes:
            prefix = f"p{len(divisions)}-"
            text = svg(scene, "embed", prefix=prefix)
            bare = COLOR.sub("", text).replace(prefix, "")
            # What is hidden needs no font: its colors are read only.
            divisions.append(f"<div hidden>{FONT.sub('', text)}</div>" if bare == last else f"<div>{text}</div>")
            last = bare
    found = _measured(browser, f'<!DOCTYPE html><meta charset="utf-8"><style>{_STYLE}</style>{"".join(divisions)}')
    assert len(found) == len(divisions), f"{len(divisions)} pictures were put in and {len(found)} came out"
    seen = iter(_every(found))
    return {name: [next(seen) for _ in scenes] for name, scenes in pictures.items()}


def _measured(browser: Browser, text: str) -> list[dict[str, Any]]:
    page = browser.new_page(viewport={"width": 3200, "height": 4000})
    try:
        with tempfile.TemporaryDirectory(prefix="archdraw-browser-") as folder:
            file = Path(folder) / "page.html"
            file.write_text(text, "utf-8")
            page.goto(file.as_uri(), timeout=600_000)
            found = json.loads(page.evaluate(_SCRIPT))
    finally:
        page.close()
    assert isinstance(found, list), found
    return found


def _every(found: Sequence[dict[str, Any]]) -> Iterator[Seen]:
    """What was measured of each picture; of one in other colors only these were."""
    last: dict[str, Any] = {}
    for item in found:
        if colors := item.get("colors"):
            texts = [
                {**text, "fill": fill, "ground": ground}
                for text, (fill, ground) in zip(last["texts"], colors, strict=True)
            ]
            yield _seen({**last, "texts": texts})
        else:
            last = item
            yield _seen(item)


def _seen(data: dict[str, Any]) -> Seen:
    texts = tuple(
        SeenText(
            **{key: item[key] for key in ("text", "left", "top", "right", "bottom", "width")},
            fill=_channels(item["fill"]),
            ground=_channels(item["ground"]) if item["ground"] else None,
            crossed=tuple(item["crossed"]),
        )
        for item in data["texts"]
    )
    return Seen(data["width"], data["height"], texts, tuple(SeenShape(**item) for item in data["shapes"]))


def _channels(colour: str) -> tuple[float, float, float]:
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    red, green, blue = numbers[:3]
    return red, green, blue


def wrongs(seen: Seen, scene: Scene) -> list[str]:
    """What a reader would stumble over in a picture, and where the browser and the scene disagree."""
    return [*_overlaps(seen.texts), *_boxes(seen), *_canvas(seen), *contrasts(seen.texts), *_widths(seen, scene)]


def _overlaps(texts: Sequence[SeenText]) -> Iterator[str]:
    for one, other in combinations(texts, 2):
        if one.overlaps(other):
            yield f"{one.text!r} overlaps {other.text!r} at {one.left:.0f},{one.top:.0f}"
    for text in texts:
        for line in text.crossed:
            yield f"{text.text!r} is crossed by a {line} at {text.left:.0f},{text.top:.0f}"


def _boxes(seen: Seen) -> Iterator[str]:
    """A text ends in the box that it begins in."""
    for text in seen.texts:
        x, y = text.left + 0.5, (text.top + text.bottom) / 2
        around = [box for box in seen.shapes if box.bordered and box.left < x < box.right and box.top < y < box.bottom]
        if not around:
            continue
        box = min(around, key=lambda box: (box.right - box.left) * (box.bottom - box.top))
        if text.right > box.right or text.top < box.top or text.bottom > box.bottom:
            yield f"{text.text!r} leaves its box at {box.left:.0f},{box.top:.0f}"


def _canvas(seen: Seen) -> Iterator[str]:
    items: list[SeenText | SeenShape] = [*seen.texts, *seen.shapes]
    for item in items:
        if min(item.left, item.top) < -0.1 or item.right > seen.width + 0.1 or item.bottom > seen.height + 0.1:
            name = repr(item.text) if isinstance(item, SeenText) else item.tag
            yield f"{name} leaves the canvas at {item.left:.0f},{item.top:.0f}"


def contrasts(texts: Sequence[SeenText]) -> Iterator[str]:
    """Texts that do not stand out from what is under them."""
    for text in texts:
        if text.ground is None:
            yield f"{text.text!r} has nothing under it at {text.left:.0f},{text.top:.0f}"
        elif (ratio := _contrast(text.fill, text.ground)) < TEXT_CONTRAST:
            yield f"{text.text!r} has {ratio:.2f}:1 at {text.left:.0f},{text.top:.0f}"


def _widths(seen: Seen, scene: Scene) -> Iterator[str]:
    expected = [shape for shape in scene.shapes() if isinstance(shape, Text)]
    if [text.text for text in expected] != [text.text for text in seen.texts]:
        yield f"the browser shows {len(seen.texts)} texts, the scene has {len(expected)}, or in another order"
        return
    for shown, text in zip(seen.texts, expected, strict=True):
        if abs(shown.width - text.width) > max(WIDTH_TOLERANCE * text.width, 0.1):
            yield f"{text.text!r} is {shown.width:.2f} wide in the browser, {text.width:.2f} in the scene"


def _contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """WCAG 2.2's ratio, written again here so that it does not share a mistake with the program."""

    def luminance(colour: tuple[float, float, float]) -> float:
        linear = [c / 12.92 if (c := part / 255) <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for part in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


_STYLE = "body { margin: 0 } div { width: max-content } svg { display: block }"

# An expression whose value is JSON: Playwright takes long to bring many objects over one by one.
_SCRIPT = r"""(async () => {
const pen = document.createElement("canvas").getContext("2d");
const found = [];
// Only rgba() has a fourth number: the last of rgb(180, 83, 0) is blue.
const shown = (colour) => colour !== "none" && !/^rgba.*,\s*0\)$/.test(colour);

// What is under a text, by its place among the elements of its picture: that is the same in every coloring.
let elements = [], grounds = [];

function measured(svg) {
  elements = [...svg.querySelectorAll("*")];
  grounds = [];
  svg.scrollIntoView();
  const corner = svg.getBoundingClientRect();
  const shapes = [], texts = [], paths = [];
  for (const element of svg.querySelectorAll("rect, circle, polygon, path")) {
    if (element.closest("defs")) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const stroke = shown(style.stroke) ? parseFloat(style.strokeWidth) : 0;
    // The bounding box of a browser leaves the stroke out; that of a line may be cut square at its ends.
    const flat = element.tagName === "path" ? 0 : stroke / 2;
    shapes.push({
      tag: element.tagName, left: box.left - corner.left - flat, top: box.top - corner.top - flat,
      right: box.right - corner.left + flat, bottom: box.bottom - corner.top + flat,
      bordered: element.tagName === "rect" && stroke > 0,
    });
    if (stroke) paths.push([element, stroke]);
  }
  for (const element of svg.querySelectorAll("text")) {
    const style = getComputedStyle(element);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.fontKerning = "normal";
    const ink = pen.measureText(element.textContent), box = element.getBBox();
    const baseline = parseFloat(element.getAttribute("y"));
    // Advances are those of the text itself; only how far ink goes beyond them is the pen's to say.
    const text = {
      text: element.textContent, width: element.getComputedTextLength(), fill: style.fill, ground: null, crossed: [],
      left: box.x, right: box.x + box.width,
      top: baseline - ink.actualBoundingBoxAscent, bottom: baseline + ink.actualBoundingBoxDescent,
    };
    const x = corner.left + (text.left + text.right) / 2, y = corner.top + (text.top + text.bottom) / 2;
    let under;
    for (under of document.elementsFromPoint(x, y)) {
      if (!svg.contains(under) || under === svg || under.tagName === "text") continue;
      const fill = getComputedStyle(under).fill;
      if (shown(fill)) { text.ground = fill; break; }
    }
    grounds.push(text.ground === null ? -1 : elements.indexOf(under));
    texts.push(text);
  }
  for (const [path, stroke] of paths) {
    const reach = stroke / 2, box = path.getBBox();
    const near = texts.filter((text) =>
      box.x <= text.right + reach && box.x + box.width >= text.left - reach &&
      box.y <= text.bottom + reach && box.y + box.height >= text.top - reach);
    const length = near.length ? path.getTotalLength() : -1;
    for (let step = 0, ahead = 0; step <= length; step += Math.max(2, 2 * Math.floor(ahead / 2))) {
      const point = path.getPointAtLength(step);
      // Nothing nearer on the path than this can be at a text: the way to one is no shorter than the air line.
      ahead = Infinity;
      for (const text of near) {
        const away = Math.hypot(
          Math.max(text.left - reach - point.x, 0, point.x - text.right - reach),
          Math.max(text.top - reach - point.y, 0, point.y - text.bottom - reach));
        ahead = Math.min(ahead, away);
        if (away > 0) continue;
        const stack = document.elementsFromPoint(corner.left + point.x, corner.top + point.y);
        const top = stack.find((under) => svg.contains(under) && under.tagName !== "text");
        const kind = path.tagName === "path" ? "line" : "border";
        if (top === path && !text.crossed.includes(kind)) text.crossed.push(kind);
      }
    }
  }
  return { width: corner.width, height: corner.height, texts, shapes };
}

// The picture measured last, in the colours of another: only what is filled with them is read again.
function coloured(svg) {
  const mine = [...svg.querySelectorAll("*")], texts = mine.filter((element) => element.tagName === "text");
  return { colors: texts.map((text, index) => [
    getComputedStyle(text).fill, grounds[index] < 0 ? null : getComputedStyle(mine[grounds[index]]).fill,
  ]) };
}

const weights = new Set();
for (const text of document.querySelectorAll("div:not([hidden]) text")) {
  const style = getComputedStyle(text);
  weights.add(`${style.fontWeight} 16px ${style.fontFamily}`);
}
await Promise.all([...weights].map((font) => document.fonts.load(font)));
await document.fonts.ready;
for (const svg of document.querySelectorAll("div > svg")) {
  found.push(svg.parentElement.hidden ? coloured(svg) : measured(svg));
}
return JSON.stringify(found);
})()
"""
