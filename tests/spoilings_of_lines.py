"""Lines, arrow heads and boxes spoilt: see ``spoilings.py``."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from random import Random

from archdraw.lint.ends import distance_to_border
from archdraw.scene import Line, Scene
from spoilings import Edits, Whole, ahead_of, any_way, moved, one_of, shifted, spoiling


def _stretched(line: Line, side: str, by: float) -> Line:
    """``line`` with one end ``by`` px further out."""
    points = list(line.points)
    if side == "start":
        points[0] = shifted(points[0], ahead_of(points[1], points[0]), by)
    else:
        points[-1] = shifted(points[-1], ahead_of(points[-2], points[-1]), by)
    return replace(line, points=tuple(points))


def _joined_ends(whole: Whole, least: float) -> list[tuple[int, Line, str]]:
    """Ends of lines that touch something, of legs that are ``least`` px long."""
    return [
        (n, line, side)
        for n, line in whole.lines
        for side, leg in (("start", line.points[:2]), ("end", line.points[-2:]))
        if line.open_ends != side and math.dist(*leg) > least
    ]


@spoiling
def shortened(whole: Whole, random: Random) -> Scene | None:
    by = random.uniform(4, 12)
    if (found := one_of(random, _joined_ends(whole, by + 3))) is None:
        return None
    n, line, side = found
    return whole.edited({n: (_stretched(line, side, -by),)})


@spoiling
def lengthened(whole: Whole, random: Random) -> Scene | None:
    by = random.uniform(4, 12)
    longer = [(n, _stretched(line, side, by), side) for n, line, side in _joined_ends(whole, 3)]
    ends = [(n, line, line.points[0 if side == "start" else -1]) for n, line, side in longer]
    seen = [(n, line) for n, line, end in ends if not whole.is_hidden(n, end) and not whole.is_at_something(end)]
    found = one_of(random, seen)
    return whole.edited({found[0]: (found[1],)}) if found else None


@spoiling
def line_dropped(whole: Whole, random: Random) -> Scene | None:
    """The only edge that enters a block, or that leaves one."""
    edges = [(n, line) for n, line in whole.lines if line.kind == "edge"]
    entered, left = Counter(line.end for _, line in edges), Counter(line.start for _, line in edges)
    only = [n for n, line in edges if (line.end and entered[line.end] == 1) or (line.start and left[line.start] == 1)]
    found = one_of(random, only)
    return None if found is None else whole.edited({found: ()})


@spoiling
def line_aside(whole: Whole, random: Random) -> Scene | None:
    """A straight line moved sideways, with its head where it has one."""
    straight = [
        (n, line)
        for n, line in whole.lines
        if len(line.points) == 2 and line.kind == "edge" and any(whole.is_alone(place) for place in whole.ends_of(n))
    ]
    if (found := one_of(random, straight)) is None:
        return None
    n, line = found
    across, down = ahead_of(*line.points)
    by = random.choice((-1, 1)) * random.uniform(7, 14)
    return whole.edited({n: (moved(line, -down * by, across * by),)})


@spoiling
def head_lengthened(whole: Whole, random: Random) -> Scene | None:
    """A head that is longer than the piece of the line that it ends, and hides the corner before that."""
    bent = [(n, line, math.dist(*line.points[-2:])) for n, line in whole.lines if line.head and len(line.points) > 2]
    found = one_of(random, ((n, line, leg) for n, line, leg in bent if leg < 60))
    return whole.edited({found[0]: (replace(found[1], head=found[2] + random.uniform(5, 12)),)}) if found else None


@spoiling
def box_dropped(whole: Whole, random: Random) -> Scene | None:
    found = one_of(random, (n for n, box in whole.boxes if whole.words_in(box)))
    return None if found is None else whole.edited({found: ()})


@spoiling
def box_without_lines_dropped(whole: Whole, random: Random) -> Scene | None:
    alone = (
        n
        for n, box in whole.boxes
        if whole.words_in(box) and box.stroke and all(distance_to_border(place, box) > 1 for place in whole.ends)
    )
    found = one_of(random, alone)
    return None if found is None else whole.edited({found: ()})


@spoiling
def box_moved(whole: Whole, random: Random) -> Scene | None:
    """The box alone, or, where lines lead to it, its words with it."""
    if (found := one_of(random, ((n, box) for n, box in whole.boxes if box.stroke and whole.words_in(box)))) is None:
        return None
    n, box = found
    way = any_way(random, 6, 30)
    edits: Edits = {n: (moved(box, *way),)}
    if any(distance_to_border(place, box) < 1 for place in whole.ends) and random.random() < 0.5:
        edits |= {m: (moved(text, *way),) for m, text in whole.words_in(box)}
    return whole.edited(edits)


@spoiling
def boxes_swapped(whole: Whole, random: Random) -> Scene | None:
    """Two boxes of different sizes, each as large as the other."""
    boxes = [(n, box) for n, box in whole.boxes if box.stroke and whole.words_in(box)]
    pairs = [
        (one, other)
        for one in boxes
        for other in boxes
        if one[0] < other[0] and abs(one[1].width - other[1].width) + abs(one[1].height - other[1].height) > 8
    ]
    if (found := one_of(random, pairs)) is None:
        return None
    (n, one), (m, other) = found
    return whole.edited(
        {
            n: (replace(one, width=other.width, height=other.height),),
            m: (replace(other, width=one.width, height=one.height),),
        }
    )
