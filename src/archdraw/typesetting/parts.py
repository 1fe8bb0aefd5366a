"""A text cut where its direction, its script, or the font that it is set in changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from unicodedata import category

from archdraw.fonts import JOINERS, packaged
from archdraw.records import record
from archdraw.typesetting import shaping
from archdraw.typesetting.bidirectional import is_right_to_left, levels
from archdraw.typesetting.choice import OTHER_FORMS, USUAL_FORMS, Sources
from archdraw.typesetting.faces import Offer


@record
class Part:
    """Characters that are set in one way: ``own``, in archdraw's own font, in the font of ``offer``, or as boxes.

    ``level`` is odd where they run from right to left. ``script`` is empty where they go with any.
    """

    text: str
    level: int
    own: bool = False
    script: str = ""
    offer: Offer | None = None

    @property
    def reverse(self) -> bool:
        return self.level % 2 == 1


def clusters(text: str) -> Iterator[str]:
    """Each letter with the marks on it, and with what says how it joins."""
    cluster = ""
    for character in text:
        if cluster and not (category(character).startswith("M") or character in JOINERS):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def parts(text: str, sources: Sources, weight: int) -> list[Part]:
    """The parts of ``text``, in the order in which it is read, each with its font if there is one."""
    present = {shaping.script(character) for character in text}
    region = next((region for script, region in OTHER_FORMS.items() if script in present), USUAL_FORMS)
    return [
        one
        for part in _runs(text)
        for one in _with_fonts(part, sources, weight, region if part.script == shaping.HAN else "")
    ]


def _runs(text: str) -> list[Part]:
    directions = levels(text) if is_right_to_left(text) else (0,) * len(text)
    found: list[Part] = []
    start = 0
    for cluster in clusters(text):
        own = packaged(cluster)
        one = Part(cluster, directions[start], own, "" if own else shaping.family(cluster[0]))
        start += len(cluster)
        last = found[-1] if found else None
        if last is not None and _go_together(last, one):
            found[-1] = replace(last, text=last.text + cluster, script=last.script or one.script)
        else:
            found.append(one)
    return found


def _go_together(one: Part, other: Part) -> bool:
    same_script = one.script == other.script or not (one.script and other.script)
    return one.own == other.own and one.level == other.level and same_script


def _with_fonts(part: Part, sources: Sources, weight: int, region: str) -> Iterator[Part]:
    """``part`` with a font that has all of it, else in pieces, each with one that has it, or with none."""
    if part.own:
        yield part
    elif whole := sources.first_with(part.text, weight, region):
        yield replace(part, offer=whole)
    else:
        pieces = [(cluster, sources.first_with(cluster, weight, region)) for cluster in clusters(part.text)]
        for offer, members in groupby(pieces, key=lambda piece: piece[1]):
            yield replace(part, text="".join(cluster for cluster, _ in members), offer=offer)
