"""The order in which the characters of a line stand: the Unicode bidirectional algorithm (UAX 9) for one line.

Without the characters that embed and override, which have no shape and are left out of what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar
from unicodedata import bidirectional

Item = TypeVar("Item")

BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌈": "⌉", "⌊": "⌋", "⟦": "⟧", "⟪": "⟫"}
"""Pairs that belong together: both stand in the direction of what they hold."""
MIRRORED = {one: other for pair in (*BRACKETS.items(), ("<", ">"), ("«", "»"), ("‹", "›"), ("≤", "≥"), ("∈", "∋"))
            for one, other in (pair, pair[::-1])}  # fmt: skip
"""What turns around where a text runs from right to left, of what archdraw's own font has."""
_NUMBERS = ("EN", "AN")
_NEUTRAL = ("ON", "WS", "B", "S")


def is_right_to_left(text: str) -> bool:
    """Whether any of ``text`` runs from right to left."""
    return any(bidirectional(character) in ("R", "AL", "AN") for character in text)


def levels(text: str) -> tuple[int, ...]:
    """The level of every character of ``text``: it runs from right to left where that is odd."""
    kinds = [bidirectional(character) or "L" for character in text]
    base = next((int(kind != "L") for kind in kinds if kind in ("L", "R", "AL")), 0)
    ahead = "R" if base else "L"
    original = list(kinds)
    _weak(kinds, ahead)
    _brackets(text, kinds, original, ahead)
    _neutral(kinds, ahead)
    found = [
        base + (kind != "R") if base else {"L": 0, "R": 1}.get(kind, 2)
        for kind in kinds
    ]  # fmt: skip
    # Spaces at the end belong to the line (L1).
    for index in range(len(text) - 1, -1, -1):
        if original[index] not in ("WS", "BN"):
            break
        found[index] = base
    return tuple(found)


def _weak(kinds: list[str], ahead: str) -> None:
    """Rules W1 to W7, in place: marks, numbers, and the signs about them."""
    for index, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[index] = kinds[index - 1] if index else ahead
    strong = ahead
    for index, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and ((kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN")):
            kinds[index] = before
    for start, end, kind in _runs(kinds):
        beside = (kinds[start - 1] if start else "", kinds[end] if end < len(kinds) else "")
        if kind == "ET":
            kinds[start:end] = ["EN" if "EN" in beside else "ON"] * (end - start)
    kinds[:] = ["ON" if kind in ("ES", "CS") else kind for kind in kinds]
    strong = ahead
    for index, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _brackets(text: str, kinds: list[str], original: Sequence[str], ahead: str) -> None:
    """Rule N0, in place: a pair of brackets is in the direction of the line if that is in it, else in that before."""
    open_ones: list[tuple[int, str]] = []
    pairs: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if kinds[index] not in _NEUTRAL:
            continue
        if character in BRACKETS:
            open_ones.append((index, BRACKETS[character]))
        for place in range(len(open_ones) - 1, -1, -1):
            if open_ones[place][1] == character:
                pairs.append((open_ones[place][0], index))
                del open_ones[place:]
                break
    for start, end in sorted(pairs):
        inside = {_direction(kind) for kind in kinds[start + 1 : end]} - {""}
        if not inside:
            continue
        before = (
            next((found for kind in kinds[start - 1 :: -1] if (found := _direction(kind))), ahead) if start else ahead
        )
        kinds[start] = kinds[end] = ahead if ahead in inside else before
        for index in (start, end):
            after = index + 1
            while after < len(text) and original[after] == "NSM":
                kinds[after] = kinds[index]
                after += 1


def _neutral(kinds: list[str], ahead: str) -> None:
    """Rules N1 and N2, in place: what has no direction takes that of both sides, else that of the line."""
    marks = ["N" if kind in _NEUTRAL else kind for kind in kinds]
    for start, end, kind in _runs(marks):
        if kind == "N":
            before = _direction(kinds[start - 1]) if start else ahead
            after = _direction(kinds[end]) if end < len(kinds) else ahead
            kinds[start:end] = [before if before == after else ahead] * (end - start)


def _direction(kind: str) -> str:
    """Numbers count as what runs from right to left; "" for what has no direction."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _runs(kinds: Sequence[str]) -> list[tuple[int, int, str]]:
    """Start, end and kind of each run of one kind."""
    found, start = [], 0
    for kind, members in groupby(list(kinds)):
        end = start + len(list(members))
        found.append((start, end, kind))
        start = end
    return found


def reordered(items: Sequence[Item], levels: Sequence[int]) -> list[Item]:
    """``items``, each at its level, from left to right (rule L2)."""
    order = list(range(len(items)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return [items[index] for index in order]
