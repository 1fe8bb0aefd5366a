"""Makes the font data of this folder from the variable font Inter: ``python -m archdraw.fontdata.generate MATH``.

A tool of the checkout, not in the wheel. Needs the extra ``fonts``, and as ``MATH`` the file of Noto Sans Math, which
has the signs of papers that Inter lacks (``npm pack @fontsource/noto-sans-math``, files/*-latin-400-normal.woff2). Run by
hand when the fonts, the weights or the characters change; the results are kept. For each weight it writes

- ``core-W.woff2``: the characters of nearly every picture, for embedding;
- ``full-W.woff2``: those of Western languages and Greek, for the pictures that use more;
- ``extended-W.woff2``: all characters, Cyrillic, Vietnamese and mathematical signs too, for the few that use these;
- ``extended-W.ttf``: the same without kerning, for formats that take a font apart (PDF);
- ``metrics-W.json``: advances and kerning of every character of ``full``, in units of the em (2048);
- ``outlines-W.json``: their outlines as SVG path data, y downwards, same units;
- ``metrics-extended-W.json``, ``outlines-extended-W.json``: the same for all characters, and for those that ``full``
  lacks.

The optical size is 14, the text cut. Nine in ten labels are set at 14 to 24 px, where Inter's display cut (32) is too
tight and its small apertures close; a second cut for the two lines of a header would double the embedded data.

All substitutions are dropped from the subsets, since Inter's contextual alternates turn ``->`` into an arrow and the
``x`` of ``8x8`` into a sign: a browser would then set other glyphs than those that were measured. What remains is
kerning by pairs, which :func:`_kerning` reads with the rules of GPOS.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path(__file__).parent
WEIGHTS = (400, 500, 600, 700)
OPTICAL_SIZE = 14
NOTICES = (
    "Signs that Inter lacks, in the files extended-*:",
    "Copyright 2022 The Noto Project Authors (https://github.com/notofonts/latin-greek-cyrillic)",
    "Copyright 2022 The Noto Project Authors (https://github.com/notofonts/math)",
    "",
    "All else:",
)

CORE = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0×÷±–·²√≤≥≠≈→αβγδθλμσΔ"
_BLOCKS = (
    range(0xA0, 0x180),  # Latin-1 and Latin Extended-A
    range(0x218, 0x21C),  # Romanian
    range(0x391, 0x3CA),  # Greek
)
_SIGNS = "–—‘’“”…•‑−×÷±·√∞∑∏∂∆≈≤≥≠→↑←↓↔↗↘⁰³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉€✓✗"
CHARACTERS = "".join(sorted({*CORE, *_SIGNS, *(chr(code) for block in _BLOCKS for code in block)}))
_MORE_BLOCKS = (
    range(0x1CD, 0x1DD),  # Pinyin
    range(0x370, 0x400),  # Greek
    range(0x400, 0x460),  # Cyrillic of Slavic languages
    range(0x490, 0x500),  # Cyrillic of other languages
    range(0x1D2C, 0x1D6B),  # raised and lowered letters
    range(0x1EA0, 0x1EFA),  # Vietnamese
    range(0x2010, 0x2060),  # punctuation
    range(0x2070, 0x20C0),  # raised and lowered figures, currencies
    range(0x2100, 0x2150),  # letterlike signs
    range(0x2190, 0x2200),  # arrows
    range(0x2200, 0x2300),  # mathematical operators
    range(0x2308, 0x230C),  # floors and ceilings
    range(0x25A0, 0x2600),  # shapes
    range(0x27E6, 0x27EC),  # mathematical brackets
    range(0x27F5, 0x2800),  # long arrows
)
_NO_SHAPE = frozenset(("Cc", "Cf", "Cn", "Cs", "Co", "Mn", "Me", "Mc", "Zl", "Zp"))
EXTENDED = "".join(
    sorted(
        character
        for character in {*CHARACTERS, *"★☆⨀⨁⨂ƒƏəƠơƯưẞ", *(chr(code) for block in _MORE_BLOCKS for code in block)}
        if unicodedata.category(character) not in _NO_SHAPE
    )
)


def _with_signs(font: TTFont, others: list[TTFont], characters: str) -> str:
    """Gives ``font``, a static instance, the ``characters`` that it lacks from the first of ``others`` to have each.

    Returns those of the characters that it has then.
    """
    for other in others:
        cmap, glyph_set = other.getBestCmap(), other.getGlyphSet()
        scale = font["head"].unitsPerEm / other["head"].unitsPerEm
        for character in characters:
            if ord(character) in font.getBestCmap() or ord(character) not in cmap:
                continue
            source, name = cmap[ord(character)], f"sign{ord(character):04X}"
            pen = TTGlyphPen(None)
            recording = DecomposingRecordingPen(glyph_set)
            glyph_set[source].draw(recording)
            recording.replay(TransformPen(pen, Transform(scale, 0, 0, scale, 0, 0)))
            font.setGlyphOrder([*font.getGlyphOrder(), name])
            glyph = pen.glyph()
            font["glyf"][name] = glyph
            glyph.recalcBounds(font["glyf"])
            font["hmtx"][name] = (round(other["hmtx"][source][0] * scale), getattr(glyph, "xMin", 0))
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[ord(character)] = name
    return "".join(character for character in characters if ord(character) in font.getBestCmap())


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


def _row(lookups: list[Any], first: str, others: list[str]) -> tuple[int, ...]:
    """What the pair lookups add to the advance of ``first`` before each of ``others``.

    Of each lookup the first subtable to apply decides.
    """
    row = [0] * len(others)
    for lookup in lookups:
        open_pairs = set(range(len(others)))
        for subtable in lookup.SubTable:
            table = getattr(subtable, "ExtSubTable", subtable)
            if first not in table.Coverage.glyphs:
                continue
            if table.Format == 1:
                records = table.PairSet[table.Coverage.glyphs.index(first)].PairValueRecord
                pairs = {pair.SecondGlyph: pair.Value1 for pair in reversed(records)}
                for place in [place for place in open_pairs if others[place] in pairs]:
                    row[place] += int(getattr(pairs[others[place]], "XAdvance", 0) or 0)
                    open_pairs.remove(place)
                continue
            classes = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
            for place in open_pairs:
                value = classes[table.ClassDef2.classDefs.get(others[place], 0)].Value1
                row[place] += int(getattr(value, "XAdvance", 0) or 0)
            break
    return tuple(row)


def _kerning(font: TTFont, glyphs: dict[str, str]) -> dict[str, Any]:
    """Kerning of all pairs of characters, rows and columns that are equal merged to classes."""
    layout = font["GPOS"].table
    used = sorted({index for record in layout.FeatureList.FeatureRecord for index in record.Feature.LookupListIndex})
    lookups = [layout.LookupList.Lookup[index] for index in used]
    others = list(glyphs.values())
    rows = {left: _row(lookups, glyph, others) for left, glyph in glyphs.items()}
    left_rows = sorted(set(rows.values()))
    columns = dict(zip(glyphs, zip(*left_rows, strict=True), strict=True))
    right_columns = sorted(set(columns.values()))
    left_places = {row: place for place, row in enumerate(left_rows)}
    right_places = {column: place for place, column in enumerate(right_columns)}
    return {
        "left": [left_places[rows[character]] for character in glyphs],
        "right": [right_places[columns[character]] for character in glyphs],
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


def _instance(package: str, file: str, **axes: float) -> TTFont:
    """The variable font ``file`` of a ``package`` of fontpkg at ``axes``."""
    root = Path(str(importlib.import_module(package).ROOT))
    return instantiateVariableFont(TTFont(root / "files" / file, recalcTimestamp=False), axes)


def generate(weight: int, math: Path, folder: Path = FOLDER) -> None:
    """Writes the eight files of ``weight`` into ``folder``; ``math`` is the file of Noto Sans Math."""
    font = _instance("fontpkg_inter", "Inter[opsz,wght].ttf", wght=weight, opsz=OPTICAL_SIZE)
    _subset(font, EXTENDED)
    others = [_instance("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", wght=weight, wdth=100), TTFont(math)]
    extended = _with_signs(font, others, EXTENDED)
    present = "".join(character for character in CHARACTERS if character in extended)
    glyph_set = font.getGlyphSet()
    for name, characters in (("", present), ("extended-", extended)):
        glyphs = {character: font.getBestCmap()[ord(character)] for character in characters}
        metrics = {
            "characters": characters,
            "core": "".join(character for character in characters if character in CORE),
            "advances": [font["hmtx"][glyph][0] for glyph in glyphs.values()],
            "kerning": _kerning(font, glyphs),
            "units": font["head"].unitsPerEm,
            "ascent": font["hhea"].ascent,
            "descent": -font["hhea"].descent,
            "cap_height": font["OS/2"].sCapHeight,
            "x_height": font["OS/2"].sxHeight,
        }
        _write_json(folder / f"metrics-{name}{weight}.json", metrics)
        outlines = {
            character: _outline(glyph_set, glyph)
            for character, glyph in glyphs.items()
            if not name or character not in present
        }
        _write_json(folder / f"outlines-{name}{weight}.json", outlines)
    core = "".join(character for character in present if character in CORE)
    (folder / f"core-{weight}.woff2").write_bytes(_cut(font, core, compressed=True))
    (folder / f"full-{weight}.woff2").write_bytes(_cut(font, present, compressed=True))
    (folder / f"extended-{weight}.woff2").write_bytes(_cut(font, extended, compressed=True))
    (folder / f"extended-{weight}.ttf").write_bytes(_cut(font, extended, compressed=False))


def main() -> None:
    """Writes the data of all weights and the licence."""
    from fontpkg_inter import ROOT

    for weight in WEIGHTS:
        generate(weight, Path(sys.argv[1]))
    # One license for all three fonts, with the notice of each.
    license = (ROOT / "LICENSE").read_text("utf-8")
    (FOLDER / "OFL.txt").write_text("".join(f"{notice}\n" for notice in NOTICES) + license, "utf-8")


if __name__ == "__main__":
    main()
