"""The order of lanes: those that much joins are neighbours, and small ones share a band near their relatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST_OWN = 14
"""So many lanes at most are bands by themselves: the smallest share some where there are more."""
SHARED = 30
"""Cards of one shared band, about."""
Ties = Mapping[tuple[int, int], int]
"""How many links join two lanes, the lower index first."""


def arranged(sizes: Sequence[int], ties: Ties) -> tuple[tuple[int, ...], ...]:
    """The lanes (by index) of each band, from the top down; ``sizes`` are their numbers of cards."""
    lanes = range(len(sizes))
    least = next(size for size in range(max(sizes, default=0) + 1) if sum(own > size for own in sizes) <= MOST_OWN)
    small = [lane for lane in lanes if sizes[lane] <= least]
    own = _ordered([lane for lane in lanes if lane not in small], sizes, ties)
    if not small:
        return tuple((lane,) for lane in own)
    return _shared(own, small, sizes, ties)


def _ordered(lanes: list[int], sizes: Sequence[int], ties: Ties) -> list[int]:
    """``lanes`` with links as short as moving one lane at a time can make them."""

    def cost(order: Sequence[int]) -> float:
        middle, top = {}, 0.0
        for lane in order:
            height = 1 + sizes[lane] / 4
            middle[lane] = top + height / 2
            top += height
        return sum(
            number * abs(middle[one] - middle[other])
            for (one, other), number in ties.items()
            if one in middle and other in middle
        )

    best = cost(lanes)
    changed = True
    while changed:
        changed = False
        for lane in sorted(lanes):
            rest = [other for other in lanes if other != lane]
            tried = [[*rest[:place], lane, *rest[place:]] for place in range(len(lanes))]
            found = min(tried, key=cost)
            if cost(found) < best - 1e-9:
                lanes, best, changed = found, cost(found), True
    return lanes


def _shared(own: list[int], small: list[int], sizes: Sequence[int], ties: Ties) -> tuple[tuple[int, ...], ...]:
    """Bands for the ``small`` lanes in the gaps between the others: few, and where most of them have relatives."""
    number = max(1, round(sum(sizes[lane] for lane in small) / SHARED))

    places = {lane: place for place, lane in enumerate(own)}
    tied_to: dict[int, list[tuple[int, int]]] = {lane: [] for lane in small}
    for pair, tie in ties.items():
        for lane, other in (pair, pair[::-1]):
            if lane in tied_to and other in places:
                tied_to[lane].append((places[other], tie))
    far = {
        (lane, gap): sum(tie * (gap - place if place < gap else place - gap + 1) for place, tie in tied_to[lane])
        for lane in small
        for gap in range(len(own) + 1)
    }

    gaps: list[int] = []
    while len(gaps) < min(number, len(own) + 1):
        free = [gap for gap in range(len(own) + 1) if gap not in gaps]
        gaps.append(min(free, key=lambda gap: (sum(min(far[lane, g] for g in [*gaps, gap]) for lane in small), gap)))
    gaps.sort()
    held: dict[int, list[int]] = {gap: [] for gap in gaps}
    kin = {lane: {other for pair in ties if lane in pair for other in pair if other != lane} for lane in small}
    # Those that hang on something first; the rest goes to a relative among them, or where there is most room.
    tied = sorted(small, key=lambda lane: (not any(other in own for other in kin[lane]), lane))
    for lane in tied:
        beside = {gap: sum(other in kin[lane] for other in held[gap]) for gap in gaps}

        def load(gap: int) -> int:
            return sum(sizes[other] for other in held[gap])

        chosen = min(gaps, key=lambda gap: (far[lane, gap], -beside[gap], load(gap), gap))
        held[chosen].append(lane)
    bands: list[tuple[int, ...]] = []
    for place in range(len(own) + 1):
        if held.get(place):
            bands.append(tuple(sorted(held[place])))
        if place < len(own):
            bands.append((own[place],))
    return tuple(bands)
