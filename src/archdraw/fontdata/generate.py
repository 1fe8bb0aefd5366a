"""Makes the font data of this folder from the variable font Inter: ``python -m archdraw.fontdata.generate``.

A tool of the checkout, not in the wheel. Needs the extra ``fonts``. Run by hand when the font, the weights or the
characters change; the results are kept. For each weight it writes

- ``metrics-W.json``: advances and kerning of every character, in units of the em (2048);
- ``outlines-W.json``: each character's outline as SVG path data, y downwards, same units;
- ``core-W.woff2``: the characters of nearly every picture, for embedding;
- ``full-W.woff2``: all characters, for the pictures that use more;
- ``full-W.ttf``: the same without kerning, for formats that take a font apart (PDF).

The optical size is 14, the text cut. Nine in ten labels are set at 14 to 24 px, where Inter's display cut (32) is too
tight and its small apertures close; a second cut for the two lines of a header would double the embedded data.

All substitutions are dropped from the subsets, since Inter's contextual alternates turn ``->`` into an arrow and the
``x`` of ``8x8`` into a sign: a browser would then set other glyphs than those that were measured. What remains is
kerning by pairs, which :func:`_kerning` reads with the rules of GPOS.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path(__file__).parent
WEIGHTS = (400, 500, 600, 700)
OPTICAL_SIZE = 14

CORE = "".join(map(chr, range(0x20, 0x7F))) + "×–·²√≤≥≠→αβ"
_BLOCKS = (
    range(0xA0, 0x180),  # Latin-1 and Latin Extended-A
    range(0x218, 0x21C),  # Romanian
    range(0x391, 0x3CA),  # Greek
)
_SIGNS = "–—‘’“”…•‑−×÷±·√∞∑∏∂∆≈≤≥≠→↑←↓↔↗↘⁰³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉€✓✗"
CHARACTERS = "".join(sorted({*CORE, *_SIGNS, *(chr(code) for block in _BLOCKS for code in block)}))


def _variable_font() -> TTFont:
    from fontpkg_inter import ROOT

    return TTFont(ROOT / "files" / "Inter[opsz,wght].ttf", recalcTimestamp=False)


def _subset(font: TTFont, characters: str) -> None:
    """Cuts ``font`` down to ``characters`` and to kerning, in place."""
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]  # OFL: notice and license stay with the font
    options.name_languages = [0x409]
    options.drop_tables += ["GSUB", "DSIG", "STAT", "MVAR", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)


def _cut(font: TTFont, characters: str, *, compressed: bool) -> bytes:
    """``font`` (already an instance) cut down to ``characters``; uncompressed, it has no kerning."""
    stream = io.BytesIO()
    font.save(stream)
    stream.seek(0)
    copy = TTFont(stream, recalcTimestamp=False)
    _subset(copy, characters)
    if compressed:
        copy.flavor = "woff2"
    else:
        del copy["GPOS"], copy["GDEF"]
        # Files that hold several fonts tell them apart by this name.
        copy["name"].setName(f"Inter-{copy['OS/2'].usWeightClass}", 6, 3, 1, 0x409)
    result = io.BytesIO()
    copy.save(result)
    return result.getvalue()


def _pair_value(lookup: Any, first: str, second: str) -> int:
    """What a pair lookup adds to the advance of ``first`` before ``second``: its first subtable to apply decides."""
    for subtable in lookup.SubTable:
        table = getattr(subtable, "ExtSubTable", subtable)
        if first not in table.Coverage.glyphs:
            continue
        if table.Format == 1:
            pairs = table.PairSet[table.Coverage.glyphs.index(first)].PairValueRecord
            found = next((pair.Value1 for pair in pairs if pair.SecondGlyph == second), None)
            if found is None and not any(pair.SecondGlyph == second for pair in pairs):
                continue
            return int(getattr(found, "XAdvance", 0) or 0)
        row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)]
        value = row.Class2Record[table.ClassDef2.classDefs.get(second, 0)].Value1
        return int(getattr(value, "XAdvance", 0) or 0)
    return 0


def _kerning(font: TTFont, glyphs: dict[str, str]) -> dict[str, Any]:
    """Kerning of all pairs of characters, rows and columns that are equal merged to classes."""
    layout = font["GPOS"].table
    used = sorted({index for record in layout.FeatureList.FeatureRecord for index in record.Feature.LookupListIndex})
    lookups = [layout.LookupList.Lookup[index] for index in used]
    rows = {
        left: tuple(sum(_pair_value(lookup, glyphs[left], glyphs[right]) for lookup in lookups) for right in glyphs)
        for left in glyphs
    }
    left_rows = sorted(set(rows.values()))
    columns = dict(zip(glyphs, zip(*left_rows, strict=True), strict=True))
    right_columns = sorted(set(columns.values()))
    return {
        "left": [left_rows.index(rows[character]) for character in glyphs],
        "right": [right_columns.index(columns[character]) for character in glyphs],
        "values": [list(row) for row in zip(*right_columns, strict=True)],
    }


class _PathPen(BasePen):  # type: ignore[misc]
    """Collects an outline as relative path commands on whole units, the shortest form that every renderer reads."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self._parts: list[str] = []
        self._last = (0, 0)

    def _relative(self, command: str, *points: tuple[float, float]) -> None:
        numbers: list[int] = []
        for point in points:
            numbers += [round(point[0]) - self._last[0], round(point[1]) - self._last[1]]
        text = command
        for index, number in enumerate(numbers):
            text += f" {number}" if index and number >= 0 else str(number)
        self._parts.append(text)
        self._last = (round(points[-1][0]), round(points[-1][1]))

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._start = (round(point[0]), round(point[1]))
        self._relative("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        across, down = round(point[0]) - self._last[0], round(point[1]) - self._last[1]
        if across and down:
            self._relative("l", point)
        elif across or down:
            self._parts.append(f"h{across}" if across else f"v{down}")
            self._last = (round(point[0]), round(point[1]))

    def _qCurveToOne(self, control: tuple[float, float], point: tuple[float, float]) -> None:  # noqa: N802
        self._relative("q", control, point)

    def _closePath(self) -> None:  # noqa: N802
        self._parts.append("z")
        self._last = self._start

    def path(self) -> str:
        return "".join(self._parts)


def _outline(glyph_set: Any, name: str) -> str:
    pen = _PathPen(glyph_set)
    glyph_set[name].draw(TransformPen(pen, Transform(1, 0, 0, -1, 0, 0)))
    return pen.path()


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", "utf-8")


def generate(weight: int, folder: Path = FOLDER) -> None:
    """Writes the five files of ``weight`` into ``folder``."""
    font = _variable_font()
    present = "".join(character for character in CHARACTERS if ord(character) in font.getBestCmap())
    _subset(font, present)
    font = instantiateVariableFont(font, {"wght": weight, "opsz": OPTICAL_SIZE})
    glyphs = {character: font.getBestCmap()[ord(character)] for character in present}
    metrics = {
        "characters": present,
        "core": "".join(character for character in present if character in CORE),
        "advances": [font["hmtx"][name][0] for name in glyphs.values()],
        "kerning": _kerning(font, glyphs),
        "units": font["head"].unitsPerEm,
        "ascent": font["hhea"].ascent,
        "descent": -font["hhea"].descent,
        "cap_height": font["OS/2"].sCapHeight,
        "x_height": font["OS/2"].sxHeight,
    }
    glyph_set = font.getGlyphSet()
    outlines = {character: _outline(glyph_set, name) for character, name in glyphs.items()}
    _write_json(folder / f"metrics-{weight}.json", metrics)
    _write_json(folder / f"outlines-{weight}.json", outlines)
    (folder / f"core-{weight}.woff2").write_bytes(_cut(font, metrics["core"], compressed=True))
    (folder / f"full-{weight}.woff2").write_bytes(_cut(font, present, compressed=True))
    (folder / f"full-{weight}.ttf").write_bytes(_cut(font, present, compressed=False))


def main() -> None:
    """Writes the data of all weights and the licence."""
    from fontpkg_inter import ROOT

    for weight in WEIGHTS:
        generate(weight)
    (FOLDER / "OFL.txt").write_text((ROOT / "LICENSE").read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    main()
