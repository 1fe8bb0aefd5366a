"""Scenes spoilt in what joins lines and in what lies where: see ``spoilings.py``."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from random import Random

from archdraw.scene import Scene, paths_of
from spoilings import Whole, any_way, moved, one_of, spoiling


@spoiling
def node_dropped(whole: Whole, random: Random) -> Scene | None:
    return _without(whole, random, "node")


@spoiling
def dot_dropped(whole: Whole, random: Random) -> Scene | None:
    return _without(whole, random, "dot")


def _without(whole: Whole, random: Random, kind: str) -> Scene | None:
    found = one_of(random, (n for n, circle in whole.view.circles if circle.kind == kind))
    return None if found is None else whole.edited({found: ()})


@spoiling
def sign_dropped(whole: Whole, random: Random) -> Scene | None:
    """The plus or the times in a node."""
    nodes = [circle for _, circle in whole.view.circles if circle.kind == "node"]
    if (node := one_of(random, nodes)) is None:
        return None
    strokes = [
        n
        for n, line in whole.view.lines
        if line.kind == "rule" and math.dist(line.points[0], (node.x, node.y)) < node.radius
    ]
    return whole.edited(dict.fromkeys(strokes, ()))


@spoiling
def dot_moved(whole: Whole, random: Random) -> Scene | None:
    if (found := one_of(random, ((n, circle) for n, circle in whole.view.circles if circle.kind == "dot"))) is None:
        return None
    return whole.edited({found[0]: (moved(found[1], *any_way(random, 4, 12)),)})


@spoiling
def led_through_a_box(whole: Whole, random: Random) -> Scene | None:
    """A line that goes on behind the box that it enters, out of its other side."""
    choices = []
    for n, line in whole.lines:
        tip = line.points[-1] if line.head else None
        for _, box in whole.boxes:
            if tip and abs(tip[1] - box.bottom) < 1 and box.x < tip[0] < box.right and line.points[-2][0] == tip[0]:
                choices.append((n, line, box))
    if (found := one_of(random, choices)) is None:
        return None
    n, line, box = found
    through = replace(line, points=(*line.points[:-1], (line.points[-1][0], box.y)), head=0)
    return whole.edited({n: (through,)})


@spoiling
def bent_at_a_border(whole: Whole, random: Random) -> Scene | None:
    """A line with a rounded corner where it passes the border of a frame."""
    choices = []
    for n, line in whole.lines:
        for _, frame in whole.view.rects:
            for place, (start, end) in enumerate(pairwise(line.points)):
                for y in (frame.y, frame.bottom):
                    if (
                        frame.kind == "container"
                        and start[0] == end[0]
                        and end[1] + 16 < y < start[1] - 16
                        and frame.x < start[0] < frame.right
                    ):
                        choices.append((n, line, place, y))
    if (found := one_of(random, choices)) is None:
        return None
    n, line, place, y = found
    x = line.points[place][0]
    jog = ((x, y + 2), (x + 8, y + 2), (x + 8, y - 14), (x, y - 14))
    return whole.edited(
        {n: (replace(line, points=(*line.points[: place + 1], *jog, *line.points[place + 1 :]), radius=4),)}
    )


@spoiling
def slanted(whole: Whole, random: Random) -> Scene | None:
    """A line with a corner that is off the square by a few px; no frame is passed there."""
    corners = [(n, line, place) for n, line in whole.lines for place in range(1, len(line.points) - 1)]
    if (found := one_of(random, ((n, line, place) for n, line, place in corners if line.kind == "edge"))) is None:
        return None
    n, line, place = found
    x, y = line.points[place]
    right, down = any_way(random, 2, 5)
    points = (*line.points[:place], (x + right, y + down), *line.points[place + 1 :])
    return whole.edited({n: (replace(line, points=points),)})


@spoiling
def led_across_another(whole: Whole, random: Random) -> Scene | None:
    """A line with a detour over the next one beside it."""
    upright = [
        (n, line)
        for n, line in whole.lines
        if len(line.points) == 2 and line.points[0][0] == line.points[1][0] and line.kind == "edge"
    ]
    choices = [
        (n, line, other)
        for n, line in upright
        for m, other in upright
        if n != m
        and 8 < other.points[0][0] - line.points[0][0] < 120
        and min(line.points[0][1], other.points[0][1]) - max(line.points[1][1], other.points[1][1]) > 14
    ]
    if (found := one_of(random, choices)) is None:
        return None
    n, line, other = found
    x, far = line.points[0][0], other.points[0][0] + 5
    y = (min(line.points[0][1], other.points[0][1]) + max(line.points[1][1], other.points[1][1])) / 2
    detour = ((x, y + 2), (far, y + 2), (far, y - 2), (x, y - 2))
    return whole.edited({n: (replace(line, points=(line.points[0], *detour, line.points[1]), radius=0),)})


@spoiling
def panel_widened(whole: Whole, random: Random) -> Scene | None:
    """A panel over the one beside or below it."""
    panels = [(n, rect) for n, rect in whole.view.rects if rect.kind == "container"]
    choices = [
        (n, one, other) for n, one in panels for _, other in panels
        if 0 < other.y - one.bottom < 40 and abs(one.x - other.x) < 1
    ]  # fmt: skip
    if (found := one_of(random, choices)) is None:
        return None
    n, one, other = found
    return whole.edited({n: (replace(one, height=other.y - one.y + random.uniform(4, 14)),)})


@spoiling
def block_lost(whole: Whole, random: Random) -> Scene | None:
    """A block of the model that has no box, as the view of the model says."""
    paths = list(paths_of(whole.scene.children))
    return replace(whole.scene, undrawn=(random.choice(paths),)) if paths else None


@spoiling
def off_the_canvas(whole: Whole, random: Random) -> Scene | None:
    """The canvas ends before the last line of words."""
    last = max(text.bottom for _, text, _ in whole.view.texts)
    return replace(whole.scene, height=last - random.uniform(4, 12))
