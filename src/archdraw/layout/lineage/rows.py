"""Cards of one lane in rows: a line of descent keeps its row, and branches stand near what they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from archdraw.records import record

GAP = 18.0
"""Px between two cards of a row: room for an arrow."""
MOST_TRIED = 6
"""So many rows are tried in every order; of more, one at a time is moved."""


@record
class Extent:
    """A card from ``left`` to ``right`` px."""

    left: float
    right: float


def packed(
    cards: Sequence[Extent], parents: Mapping[int, Sequence[int]], pulls: Mapping[int, float]
) -> tuple[tuple[int, ...], ...]:
    """The cards (by index, from left to right) of each row, from the top down.

    ``parents`` are those in the same lane, the one whose line a card goes on first. ``pulls``: cards that something
    above (below 0) or below (above 0) is joined to, and how much of it.
    """
    order = sorted(range(len(cards)), key=lambda card: (cards[card].left, card))
    rows: list[list[int]] = []
    for path in _paths(cards, parents, order):
        near = [row for parent in parents.get(path[0], ()) for row, held in enumerate(rows) if parent in held]
        home = near[0] if near else None
        choices = sorted(range(len(rows)), key=lambda row: (abs(row - home) if home is not None else 0, -row))
        chosen = next((row for row in choices if _free(rows[row], path, cards)), None)
        if chosen is None:
            chosen = len(rows) if home is None else home + 1
            rows.insert(chosen, [])
        rows[chosen] = sorted([*rows[chosen], *path], key=lambda card: cards[card].left)
    return tuple(map(tuple, _settled(rows, parents, pulls)))


def _paths(cards: Sequence[Extent], parents: Mapping[int, Sequence[int]], order: Sequence[int]) -> list[list[int]]:
    """Lines of descent: each card goes on with the child that has most after it, if that does not begin too early."""
    children: dict[int, list[int]] = {}
    for child in order:
        for parent in parents.get(child, ())[:1]:
            children.setdefault(parent, []).append(child)
    depth: dict[int, int] = {}
    for card in reversed(order):
        depth[card] = 1 + max((depth.get(child, 1) for child in children.get(card, ())), default=0)
    paths: list[list[int]] = []
    taken: set[int] = set()
    for start in order:
        if start in taken:
            continue
        path = [start]
        while True:
            last = cards[path[-1]].right + GAP
            after = [card for card in children.get(path[-1], ()) if cards[card].left >= last and card not in taken]
            if not after:
                break
            path.append(max(after, key=lambda card: (depth[card], -cards[card].left, -card)))
        taken.update(path)
        paths.append(path)
    return paths


def _free(row: Sequence[int], path: Sequence[int], cards: Sequence[Extent]) -> bool:
    """Whether nothing of ``row`` stands where ``path`` is, or its lines are."""
    left, right = cards[path[0]].left, cards[path[-1]].right
    return all(cards[card].right + GAP <= left or cards[card].left >= right + GAP for card in row)


def _settled(
    rows: list[list[int]], parents: Mapping[int, Sequence[int]], pulls: Mapping[int, float]
) -> list[list[int]]:
    """``rows`` in the order in which what is joined is near."""

    def cost(order: Sequence[list[int]]) -> float:
        place = {card: row for row, held in enumerate(order) for card in held}
        inner = sum(abs(place[child] - place[parent]) for child, own in parents.items() for parent in own)
        return inner + sum(0.4 * pull * -place[card] for card, pull in pulls.items())

    if len(rows) <= MOST_TRIED:
        orders = [list(order) for order in permutations(rows)]
        return min(orders, key=cost)
    best, changed = cost(rows), True
    while changed:
        changed = False
        for row in list(rows):
            rest = [other for other in rows if other is not row]
            moved = [[*rest[:place], row, *rest[place:]] for place in range(len(rows))]
            found = min(moved, key=cost)
            if cost(found) < best - 1e-9:
                rows, best, changed = found, cost(found), True
    return rows
