"""The sizes of models as points: which axes, which marks, and the words around them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise

from archdraw.layout.charts.points import Axis, Form, Key, Mark, Scatter, Stretch, Tick, named_at_rim
from archdraw.views.several._sizes import Named, Scale, Sized
from archdraw.views.wording import data as memory
from archdraw.views.wording import parameters, share

KINDS: tuple[tuple[str, Form, str], ...] = (
    ("dense", "disc", "attention"),
    ("mixture of experts", "disc", "expert_active"),
    ("hybrid or recurrent (linear attention, state space, convolution)", "square", "linear"),
)
"""Kinds with their words, shape and role."""
SHARES = (0.03, 0.1, 0.25, 0.5, 1.0)
"""The filled areas that the legend explains."""
MANY = 24
"""Places for which an axis is cut."""
MOST_QUARTERS = 18
"""In the widest stretch of years, if quarters have ticks."""
ACTIVE_RULE = "active: all but routed experts not selected, n-gram tables and per-layer embeddings"
"""What counts as active, of all models alike."""
CROWDED = 3.0
"""How much denser one part of an axis must be for the other to be drawn at a narrower scale."""
LEAST_SHARE = 0.1
"""Of the axis for its narrowest part."""
GAIN = 0.12
"""What another stretch must gain in likelihood for each place."""
TITLES = {
    "total": "Total and active parameters",
    "active": "Active parameters per token",
    "active-share": "Share of the parameters that are active per token",
    "kv-cache": "KV-cache size at {tokens} tokens",
    "layers": "Layers",
}
"""What a picture is called by its y axis."""


def kind_index(kind: str) -> int:
    """Which of ``KINDS`` is that of a model of ``kind`` (:func:`archdraw.views.header.kind_of`)."""
    if "hybrid" in kind or "recurrent" in kind:
        return 2
    return 1 if kind.startswith("Sparse") else 0


def picture(value: Scale, labels: Named = "all") -> Scatter:
    """The picture of ``value`` on its two axes; of ``labels`` "few" only marks at the rim have a name."""
    marks = tuple(_mark(value, model) for model in value.models)
    if labels == "few":
        marks = named_at_rim(marks)
    upwards = {
        "total": "y: total parameters (log scale)",
        "active": "y: active parameters per token (log scale)",
        "active-share": "y: active share (log scale)",
        "kv-cache": "y: KV-cache size in bf16 (log scale)",
        "layers": "y: layers (log scale)",
    }[value.y]
    across = {
        "date": "x: release date",
        "active": "x: active parameters per token (log scale)",
        "context": "x: context length (log scale)",
        "width": "x: hidden size (log scale)",
    }[value.x]
    number = f"{len(marks)} model{'s' if len(marks) != 1 else ''}"
    named = "names: those at the rim" if labels == "few" else ""
    subtitle = tuple(filter(None, (number, upwards, across, "filled area: active share", named)))
    return Scatter(
        TITLES[value.y].format(tokens=tokens(value.context)),
        subtitle,
        _x_axis(value, [mark.x for mark in marks]),
        _decades([mark.y for mark in marks], *_units(value.y)),
        marks,
        _legend(value),
        _footer(value),
        _description(value, subtitle),
        # On the diagonal of dense models all that is alike would be pushed far along one axis.
        sideways=value.x not in ("active", "width"),
    )


def _mark(value: Scale, model: Sized) -> Mark:
    _, form, role = KINDS[kind_index(model.kind)]
    label = model.name
    if value.y == "kv-cache" and model.context < value.context:
        label = f"{model.name} at {tokens(model.context)}"
    part = model.active / model.total
    return Mark(model.slug, label, title(value, model), *_place(value, model), part, form, role, model.link)


def title(value: Scale, model: Sized) -> str:
    """What a model is, in one line: its tooltip, and a part of the description for screen readers."""
    size = f"{parameters(model.total)} total"
    if model.active < model.total:
        size += f", {parameters(model.active)} active ({share(model.active, model.total)})"
    cache = f"{memory(model.kv_cache)} KV cache at {tokens(model.context)} tokens" if value.y == "kv-cache" else ""
    length = f"context {tokens(model.context_length)}" if model.context_length else ""
    parts = (size, cache, length, model.kind, model.developer, model.released)
    return f"{model.name}: {', '.join(filter(None, parts))}"


def tokens(number: int) -> str:
    """``512``, ``4K``, ``128K``, ``1M``: K is 1,024, as context lengths are counted; others in full."""
    for size, letter in ((1024**2, "M"), (1024, "K")):
        if number % size == 0:
            return f"{number // size:,}{letter}"
    return f"{number:,}"


def _place(value: Scale, model: Sized) -> tuple[float, float]:
    match value.x:
        case "date":
            x = float(model.day.toordinal()) if model.day else 0.0
        case "active":
            x = math.log10(model.active)
        case "context":
            x = math.log2(model.context_length or 1)
        case "width":
            x = math.log2(model.hidden_size or 1)
    y = {
        "total": model.total,
        "active": model.active,
        "active-share": 100 * model.active / model.total,
        "kv-cache": model.kv_cache,
        "layers": model.layers,
    }[value.y]
    return x, math.log10(y)


def _x_axis(value: Scale, places: Sequence[float]) -> Axis:
    if value.x == "date":
        return _dates(places)
    if value.x == "active":
        axis = _decades(places, *_units("active"))
        return Axis(tuple(Tick(tick.at, tick.label, strong=True) for tick in axis.ticks), axis.stretches)
    low, high = math.floor(min(places)), math.ceil(max(places) + 0.01)
    written = tokens if value.x == "context" else "{:,}".format
    ticks = tuple(Tick(at, written(2**at)) for at in range(low, high + 1))
    if value.x == "width":
        return Axis(ticks, (Stretch(low, high),))
    return Axis(ticks, stretched(places, [float(tick.at) for tick in ticks]))


def _units(what: str) -> tuple[float, Callable[[float], str]]:
    """The unit whose powers of ten have ticks, and how these are written."""
    match what:
        case "kv-cache":
            return 2.0**20, memory
        case "active-share":
            return 1.0, lambda percent: f"{percent:g}%"
        case "layers":
            return 1.0, lambda layers: f"{layers:g}"
    return 1.0, lambda count: _round(parameters(round(count)))


def _round(text: str) -> str:
    """``1.00B`` as ``1B``: a tick is exact."""
    digits, letter = text[:-1], text[-1]
    return f"{digits.rstrip('0').rstrip('.')}{letter}" if "." in digits else text


def _decades(places: Sequence[float], unit: float, written: Callable[[float], str]) -> Axis:
    """A log axis about ``places`` (logarithms to 10), with a tick at every power of ten of ``unit``.

    Of bytes a thousand of one unit is none of the next: from there on it goes on by tens of the next one.
    """
    low, high = min(places), max(places)
    pad = max(0.12, 0.04 * (high - low))
    ticks, at = [], unit
    while math.log10(at) > low - pad:
        at /= 1024 if unit != 1 else 1000
    while math.log10(at) < high + pad:
        for power in (1, 10, 100) if high - low > 2 else (1, 2, 5, 10, 20, 50, 100, 200, 500):
            if low - pad < math.log10(at * power) < high + pad:
                ticks.append(Tick(math.log10(at * power), written(at * power)))
        at *= 1024 if unit != 1 else 1000
    return Axis(tuple(ticks), (Stretch(low - pad, high + pad),))


def _dates(days: Sequence[float]) -> Axis:
    """Days, with a tick a year, and a quarter where these have room; early years may be narrower."""
    first, last = date.fromordinal(int(min(days))), date.fromordinal(int(max(days)))
    years = list(range(first.year, last.year + 1))
    starts = [date(year, 1, 1).toordinal() for year in years]
    low, high = _quarter(first), _quarter(last, 1)
    parts = stretched(days, [float(low), *map(float, starts[1:]), float(high)], "time axis")
    ticks = []
    finest = max(parts, key=lambda part: part.share / (part.high - part.low))
    fine = finest.low if finest.high - finest.low < MOST_QUARTERS * 91 else high
    for year in years:
        for month in (1, 4, 7, 10):
            at = date(year, month, 1).toordinal()
            if low <= at <= high and (month == 1 or at >= fine or at == low):
                strong = month == 1 or at == low
                label = f"Q{month // 3 + 1}" if month > 1 else str(year)
                ticks.append(Tick(at, f"{year} {label}" if strong and month > 1 else label, strong))
    return Axis(tuple(ticks), parts)


def _quarter(day: date, later: int = 0) -> int:
    """The first day of the quarter of ``day``, or of one ``later``."""
    number = day.year * 4 + (day.month - 1) // 3 + later
    return date(number // 4, number % 4 * 3 + 1, 1).toordinal()


def stretched(places: Sequence[float], edges: Sequence[float], axis: str = "axis") -> tuple[Stretch, ...]:
    """Stretches from the first of ``edges`` to the last, so that ``places`` crowd nowhere much more than elsewhere.

    There are three at most, cut at the edges at which even densities are most likely. Each has a part of the axis as
    large as its part of the places; where no scale is ``CROWDED`` times another, or ``places`` are few, one is enough.
    ``axis`` names what is compressed.
    """
    low, high = edges[0], edges[-1]

    def counts(cut: Sequence[float]) -> list[int]:
        return [sum(start <= place < end or place == end == high for place in places) for start, end in pairwise(cut)]

    def likely(cut: Sequence[float]) -> float:
        pairs = zip(counts(cut), pairwise(cut), strict=True)
        return sum(number * math.log(number / (end - start)) for number, (start, end) in pairs if number)

    if len(places) < MANY:
        return (Stretch(low, high),)
    cut: tuple[float, ...] = (low, high)
    for number in (1, 2):
        tries = [(low, *inner, high) for inner in combinations(edges[1:-1], number)]
        best = max(tries, key=likely, default=cut)
        # One more stretch must describe the places much better, or the axis is cut for nothing.
        if likely(best) > likely(cut) + GAIN * len(places):
            cut = best
    shares = [max(LEAST_SHARE, number / len(places)) for number in counts(cut)]
    scales = [part / (end - start) for part, (start, end) in zip(shares, pairwise(cut), strict=True)]
    widest = max(scales)
    if widest < CROWDED * min(scales):
        return (Stretch(low, high),)
    return tuple(
        Stretch(start, end, part, f"{axis} compressed {round(widest / own)}×" if round(widest / own) > 1 else "")
        for part, own, (start, end) in zip(shares, scales, pairwise(cut), strict=True)
    )


def _legend(value: Scale) -> tuple[Key, ...]:
    present = sorted({kind_index(model.kind) for model in value.models})
    keys = [Key(KINDS[index][0], 0.25 if index else 1.0, *KINDS[index][1:]) for index in present]
    if any(model.active < model.total for model in value.models):
        keys += [
            Key(f"{100 * part:g}%{' active' if part == SHARES[-1] else ''}", part, "disc", "", index == 0)
            for index, part in enumerate(SHARES)
        ]
    return tuple(keys)


def left_out(value: Scale) -> Iterator[str]:
    """Which models are left out and why, each reason with a number or with names where these are few."""
    for reason, names in value.left_out.items():
        models = ", ".join(names) if len(names) <= 3 else f"{len(names)} models"
        yield f"not shown: {models} ({reason})"
    if value.copies:
        one = len(value.copies) == 1
        which = "1 model" if one else f"{len(value.copies)} models"
        yield f"not shown: {which} with the same counts as an older model (--copies shows {'it' if one else 'them'})"


def _footer(value: Scale) -> tuple[str, ...]:
    parts = ["Counted from the specs"]
    if value.y == "kv-cache":
        parts.append("KV cache only, without recurrent state and indexer cache")
        if any(model.context < value.context for model in value.models):
            parts.append("models with a shorter context at that context, given after the name")
    if any(model.active < model.total for model in value.models):
        parts.append(ACTIVE_RULE)
    parts.append("{moved}")
    return (*parts, *left_out(value), "archdraw")


def _description(value: Scale, subtitle: Sequence[str]) -> str:
    models = "; ".join(title(value, model) for model in value.models)
    return f"{', '.join(subtitle)}. From oldest to newest: {models}."
