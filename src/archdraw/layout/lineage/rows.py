"""Cards of one lane in rows: a line of descent keeps its row, and branches stand near what they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

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
    row_of = {card: row for row, held in enumerate(rows) for card in held}
    ties = Counter[tuple[int, int]]()
    for child, own in parents.items():
        for parent in own:
            one, other = sorted((row_of[child], row_of[parent]))
            ties[one, other] += 1
    # A pull weighs two fifths of a link; all is counted in fifths, so that sums are exact.
    down = [2 * sum(pulls.get(card, 0) for card in held) for held in rows]
    links = [(one, other, 5 * number) for (one, other), number in ties.items() if one != other]
    if len(rows) <= MOST_TRIED:
        return [rows[row] for row in _best(len(rows), links, down)]
    order = list(range(len(rows)))
    best_cost, changed = _cost(order, links, down), True
    while changed:
        changed = False
        for row in list(order):
            rest = [other for other in order if other != row]
            costs = _costs(row, rest, links, down)
            place = min(range(len(order)), key=costs.__getitem__)
            if costs[place] < best_cost:
                order, best_cost, changed = [*rest[:place], row, *rest[place:]], costs[place], True
    return [rows[row] for row in order]


Links = Sequence[tuple[int, int, int]]
"""Two rows, and how much it costs that one is a row farther from the other."""


def _best(number: int, links: Links, down: Sequence[float]) -> tuple[int, ...]:
    """The order of ``number`` rows that costs least, of several the first.

    Joined rows cost as much as links lead past the ends of all beginnings of an order; what a beginning costs best does
    not hang on what comes after it, so that each set of rows is ordered once (Held and Karp 1962).
    """
    weights = [[0] * number for _ in range(number)]
    for one, other, weight in links:
        weights[one][other] += weight
        weights[other][one] += weight
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    passing = {0: 0}
    for rows in range(1, 1 << number):
        held = [row for row in range(number) if rows >> row & 1]
        first = held[0]
        before = rows & ~(1 << first)
        inner = sum(weights[first][row] for row in held)
        passing[rows] = passing[before] + sum(weights[first]) - 2 * inner
        ways = []
        for last in held:
            cost, order = best[rows & ~(1 << last)]
            ways.append((cost + passing[rows] - down[last] * (len(held) - 1), (*order, last)))
        best[rows] = min(ways)
    return best[(1 << number) - 1][1]


def _cost(order: Sequence[int], links: Links, down: Sequence[float]) -> float:
    """How far from each other joined rows are in ``order``, and how far they are from where they are pulled."""
    place = [0] * len(order)
    for number, row in enumerate(order):
        place[row] = number
    inner = sum(weight * abs(place[one] - place[other]) for one, other, weight in links)
    return inner - sum(pull * at for pull, at in zip(down, place, strict=True))


def _costs(row: int, rest: Sequence[int], links: Links, down: Sequence[float]) -> list[float]:
    """The cost of each order in which ``row`` stands somewhere in the ``rest``, the one with it on top first."""
    place = {other: number for number, other in enumerate(rest)}
    # What joins or pulls the rest, with nothing between; then what a row between two that are joined adds.
    fixed = -sum(down[other] * number for other, number in place.items())
    between = [0.0] * (len(rest) + 2)
    own: list[tuple[int, int]] = []
    for one, other, weight in links:
        if row in (one, other):
            own.append((place[other if row == one else one], weight))
            continue
        low, high = sorted((place[one], place[other]))
        fixed += weight * (high - low)
        between[low + 1] += weight
        between[high + 1] -= weight
    below = -sum(down[other] for other in rest)
    costs, added = [], 0.0
    for number in range(len(rest) + 1):
        added += between[number]
        near = sum(weight * (number - at if at < number else at + 1 - number) for at, weight in own)
        costs.append(fixed + added + near + below - down[row] * number)
        if number < len(rest):
            below += down[rest[number]]
    return costs
