"""Scenes spoilt in what is written in them, in their colours and in what lies where: see ``spoilings.py``."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import cast

from archdraw.fonts import Weight, text_width
from archdraw.scene import Scene, Text
from archdraw.theme import mix
from spoilings import Edits, Whole, any_way, moved, number_of, one_of, spoiling


@spoiling
def label_moved(whole: Whole, random: Random) -> Scene | None:
    """The words of a box, off its middle."""
    found = one_of(random, whole.labels)
    return whole.edited({found[0]: (moved(found[1], *any_way(random, 5, 40)),)}) if found else None


@spoiling
def label_enlarged(whole: Whole, random: Random) -> Scene | None:
    if (found := one_of(random, whole.labels)) is None:
        return None
    n, text, _ = found
    share = random.uniform(1.4, 2)
    return whole.edited({n: (replace(text, size=text.size * share, width=text.width * share),)})


@spoiling
def text_shrunk(whole: Whole, random: Random) -> Scene | None:
    if (found := one_of(random, whole.view.texts)) is None:
        return None
    n, text, _ = found
    return whole.edited({n: (replace(text, size=12.5, width=text.width * 12.5 / text.size),)})


@spoiling
def caption_torn_off(whole: Whole, random: Random) -> Scene | None:
    """A line of words far below its panel's figure: with all below it, in a panel that is as much taller."""
    if (found := one_of(random, whole.captions)) is None:
        return None
    _, caption, panel = found
    by = random.uniform(60, 160)
    edits: Edits = {}
    for n, shape in enumerate(whole.view.shapes):
        area = whole.view.areas[n]
        inside = panel.x <= area.left and area.right <= panel.right and caption.top - 1 <= area.top < panel.bottom
        if inside and shape is not panel:
            edits[n] = (moved(shape, 0, by),)
    edits[number_of(whole, panel)] = (replace(panel, height=panel.height + by),)
    return whole.edited(edits)


@spoiling
def figure_dropped(whole: Whole, random: Random) -> Scene | None:
    """All that stands between the title of a panel and the words below its figure."""
    tall = [(caption, panel) for _, caption, panel in whole.captions if caption.top - panel.y > 160]
    if (found := one_of(random, tall)) is None:
        return None
    caption, panel = found
    between = [
        n
        for n, area in enumerate(whole.view.areas)
        if panel.x < area.left and area.right < panel.right and panel.y + 46 < area.top and area.bottom < caption.top
    ]
    return whole.edited(dict.fromkeys(between, ()), groups=False)


@spoiling
def caption_moved(whole: Whole, random: Random) -> Scene | None:
    """A line of words up into what stands above it."""
    if (found := one_of(random, whole.captions)) is None:
        return None
    n, caption, _ = found
    above = [
        area.bottom
        for m, area in enumerate(whole.view.areas)
        if area.bottom < caption.top and m != n and area.left < caption.right and caption.left < area.right
    ]
    return whole.edited({n: (moved(caption, 0, max(above) - caption.top - random.uniform(3, 8)),)}) if above else None


@spoiling
def text_cut(whole: Whole, random: Random) -> Scene | None:
    """The last third of a text is missing."""
    if (found := one_of(random, ((n, text) for n, text, _ in whole.view.texts if len(text.text) > 4))) is None:
        return None
    n, text = found
    return whole.edited({n: (_saying(text, text.text[: len(text.text) * 2 // 3].rstrip()),)})


def _saying(text: Text, words: str) -> Text:
    return replace(text, text=words, width=text_width(words, text.size, cast(Weight, text.weight)))


@spoiling
def line_of_text_dropped(whole: Whole, random: Random) -> Scene | None:
    """One line of a phrase of several."""
    long = [n for n, text, _ in whole.view.texts if len(text.text) < len(text.phrase) - 1]
    found = one_of(random, long)
    return None if found is None else whole.edited({found: ()})


@spoiling
def number_broken(whole: Whole, random: Random) -> Scene | None:
    """A number or a word cut in two, its second half on a line of its own."""
    long = [(n, text, match) for n, text, _ in whole.view.texts for match in re.finditer(r"\d,?\d\d|\w{5,}", text.text)]
    if (found := one_of(random, long)) is None:
        return None
    n, text, match = found
    cut = match.start() + (match.end() - match.start()) // 2
    first, second = _saying(text, text.text[:cut]), _saying(text, text.text[cut:])
    return whole.edited({n: (moved(first, 0, -text.size * 0.6), moved(second, 0, text.size * 0.6))})


@spoiling
def number_disagrees(whole: Whole, random: Random) -> Scene | None:
    """ "1 layers", "36 layer"."""
    nouns = r"\b(?<![.,×/:–-])(?<![×/+:–-] )(\d+) (layers|experts|tokens|parameters)\b"
    said = [
        (n, text, m)
        for n, text, _ in whole.view.texts
        if (m := re.search(nouns, text.text)) and text.text == text.phrase
    ]
    if (found := one_of(random, said)) is None:
        return None
    n, text, match = found
    wrong = f"1 {match[2]}" if random.random() < 0.5 or int(match[1]) == 1 else f"{match[1]} {match[2][:-1]}"
    words = text.text[: match.start()] + wrong + text.text[match.end() :]
    return whole.edited({n: (replace(_saying(text, words), phrase=words),)})


@spoiling
def text_paled(whole: Whole, random: Random) -> Scene | None:
    """A text nearly in the colour of its ground."""
    if (found := one_of(random, whole.view.texts)) is None:
        return None
    n, text, area = found
    ground = whole.view.ground(*area.middle(), n) or "#FFFFFF"
    return whole.edited({n: (replace(text, fill=mix(whole.scene.colour(text.fill), ground, 0.2)),)})


@spoiling
def line_paled(whole: Whole, random: Random) -> Scene | None:
    if (found := one_of(random, whole.lines)) is None:
        return None
    n, line = found
    (x, y), (right, below) = line.points[:2]
    ground = whole.view.ground((x + right) / 2, (y + below) / 2, n) or "#FFFFFF"
    return whole.edited({n: (replace(line, stroke=mix(whole.scene.colour(line.stroke), ground, 0.2)),)})


@spoiling
def strip_emptied(whole: Whole, random: Random) -> Scene | None:
    """The cells of the layers are not painted."""
    cells = {n for figure in whole.cells for n in figure}
    return whole.edited(dict.fromkeys(cells, ())) if cells else None


@spoiling
def figure_emptied(whole: Whole, random: Random) -> Scene | None:
    """A group of marks (a strip's cell, a row of heads) is not painted."""
    found = one_of(random, (numbers for _, numbers in whole.figures))
    return whole.edited(dict.fromkeys(found, ())) if found else None


@spoiling
def box_emptied(whole: Whole, random: Random) -> Scene | None:
    found = one_of(random, (whole.words_in(box) for _, box in whole.boxes if whole.words_in(box)))
    return whole.edited({n: () for n, _ in found}) if found else None
