"""Concepts over time as rows and columns: cells, the first model of each, and the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from archdraw.layout.charts.matrix import Cell, Column, Matrix, Row, Section, Slot
from archdraw.views.several._uptake import By, Dated, Timeline, Uptake
from archdraw.views.wording import share

NAMED = 12
"""So many models have their names above the columns."""
ROOM = 1400.0
"""Px for the columns of many models."""
PITCHES = {"quarter": 28.0, "year": 92.0}


def picture(value: Timeline, by: By) -> Matrix:
    """``value`` with one column for each model, quarter or year."""
    columns, members, pitch = _columns(value, by)
    rows = {uptake.concept: _row(value, uptake, by, members) for uptake in value.uptakes}
    sections = tuple(
        Section(about[:1].upper() + about[1:], tuple(rows[uptake.concept] for uptake in uptakes))
        for about, uptakes in groupby(value.uptakes, key=lambda uptake: uptake.about)
    )
    years = value.years()
    number = f"{len(value.models)} model{'s' if len(value.models) != 1 else ''}"
    concepts = f"{len(value.uptakes)} feature{'s' if len(value.uptakes) != 1 else ''}"
    across = {
        "model": f"{number} by release date",
        "quarter": f"{number} by quarter, height: share of models",
        "year": f"{number} by year, number and share (height) of models",
    }[by]
    named = _named(value, by)
    first = "tall cell: first of these models" if by == "model" else "first of these models"
    subtitle = (concepts, across, f"{first}{'' if named else ' (name at its left)'}")
    return Matrix(
        "Adoption of architectural features",
        subtitle,
        columns,
        pitch,
        sections,
        "models",
        "share by year",
        (str(years[0]), str(years[-1])),
        _footer(value),
        _description(value, subtitle),
        shares=by != "model",
    )


def _named(value: Timeline, by: By) -> bool:
    return by == "model" and len(value.models) <= NAMED


def _columns(value: Timeline, by: By) -> tuple[tuple[Column, ...], list[list[int]], float]:
    """The columns, the numbers of the models of each, and how wide one is."""
    models = value.models
    if by == "model":
        named = _named(value, by)
        columns = tuple(Column(str(model.day.year), model.name if named else "") for model in models)
        pitch = 120.0 if named else min(24.0, max(8.0, ROOM / len(models)))
        return columns, [[number] for number in range(len(models))], pitch
    if by == "year":
        members = [[n for n, model in enumerate(models) if model.day.year == year] for year in value.years()]
        heads = zip(value.years(), members, strict=True)
        return tuple(Column(str(year), f"of {len(own)}") for year, own in heads), members, PITCHES[by]
    first, last = _quarter(models[0]), _quarter(models[-1])
    quarters = range(first, last + 1)
    members = [[n for n, model in enumerate(models) if _quarter(model) == quarter] for quarter in quarters]
    return tuple(Column(str(quarter // 4)) for quarter in quarters), members, PITCHES[by]


def _quarter(model: Dated) -> int:
    return model.day.year * 4 + (model.day.month - 1) // 3


def _row(value: Timeline, uptake: Uptake, by: By, members: Sequence[Sequence[int]]) -> Row:
    having = set(uptake.models)
    firsts = value.firsts(uptake)
    cells = []
    for column, numbers in enumerate(members):
        own = [number for number in numbers if number in having]
        if not own:
            continue
        names = ", ".join(f"{value.models[number].name} ({value.models[number].released})" for number in own)
        title = f"{uptake.concept}: {names}"
        if by != "model":
            title = f"{uptake.concept}: {len(own)} of {len(numbers)}, {share(len(own), len(numbers))}: {names}"
        strong = uptake.models[0] in own
        link = value.models[own[0]].link if by == "model" else ""
        cells.append(Cell(column, len(own) / len(numbers), title, link, strong, str(len(own)) if by == "year" else ""))
    more = len(firsts) - 1
    note = firsts[0].name + (f" and {more} other{'s' if more > 1 else ''}" if more else "")
    return Row(
        f"concept-{'-'.join(uptake.concept.lower().split())}",
        uptake.concept,
        _sentence(value, uptake),
        uptake.role,
        tuple(cells),
        str(len(having)),
        "" if _named(value, by) else note,
        firsts[0].link,
        _slots(value, uptake) if by == "model" and len(value.years()) > 1 else (),
    )


def _slots(value: Timeline, uptake: Uptake) -> tuple[Slot, ...]:
    having = set(uptake.models)
    slots = []
    for year in value.years():
        numbers = {number for number, model in enumerate(value.models) if model.day.year == year}
        own = len(having & numbers)
        part = f"{share(own, len(numbers))}" if numbers else "no model"
        title = f"{uptake.concept} in {year}: {own} of {len(numbers)} models, {part}"
        slots.append(Slot(own / len(numbers) if numbers else 0.0, title))
    return tuple(slots)


def _sentence(value: Timeline, uptake: Uptake) -> str:
    firsts = value.firsts(uptake)
    names = " and ".join(model.name for model in firsts)
    number = f"{len(uptake.models)} of {len(value.models)} models"
    return f"{uptake.concept}: {number}, first in {names} ({firsts[0].released})"


def _footer(value: Timeline) -> tuple[str, ...]:
    parts = ["Computed from the specs", "first among these models, not among all published models"]
    if any(len(model.released) < len("2024-01-01") for model in value.models):
        parts.append("releases known only by month are placed on the first day")
    if value.absent:
        few = len(value.absent) <= 3
        absent = ", ".join(value.absent) if few else f"{len(value.absent)} features"
        parts.append(
            f"none of these models has {absent}" if few else f"not shown: {absent} that none of these models has"
        )
    for reason, names in value.left_out.items():
        models = ", ".join(names) if len(names) <= 3 else f"{len(names)} models"
        parts.append(f"not shown: {models} ({reason})")
    return (*parts, "archdraw")


def _description(value: Timeline, subtitle: Sequence[str]) -> str:
    sentences = "; ".join(_sentence(value, uptake) for uptake in value.uptakes)
    return f"{', '.join(subtitle)}. {sentences}."
