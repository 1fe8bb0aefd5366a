"""Models to scale: points on two axes that one chooses, and the same numbers as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from archdraw.records import record
from archdraw.site.axes import AXES, scale
from archdraw.site.entries import Entry, Site

STATIC: tuple[str, ...] = ("living.css", "living.js", "scale.js")
NAMES: tuple[str, ...] = ("scale",)
ROLES = {"": "attention.strong", "MoE": "expert_active.strong", "other": "linear.strong"}
"""Colours of marks: of dense models, of mixtures of experts, and of those with other mixers than attention."""


@record(eq=False)
class Value:
    """A fact of a model: where it is on its axis, from 0 to 1, and how it reads; both empty where there is none."""

    at: float | str = ""
    shown: str = ""


@record(eq=False)
class Row:
    """One model: its values by the names of axes, its ``mark``, and the ``share`` of its parameters that is active."""

    entry: Entry
    values: Mapping[str, Value]
    mark: str
    share: float


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of models to scale."""
    facts = {entry.slug: entry.card["facts"] for entry in site.entries}
    values: dict[str, dict[str, Value]] = {slug: {} for slug in facts}
    ticks = {}
    for name, axis in AXES.items():
        there = {slug: one[axis.key] for slug, one in facts.items() if one[axis.key]}
        made = scale(axis, [*there.values()])
        ticks[name] = json.dumps([(round(at, 4), text) for at, text in made.ticks])
        for slug in facts:
            known = there.get(slug)
            values[slug][name] = Value(round(made.at(known), 4), axis.shown(known)) if known else Value()
    rows = [Row(entry, values[entry.slug], _mark(entry), _share(entry)) for entry in site.entries]
    yield site.page(
        "scale.html",
        "scale.html.j2",
        # What is largest gets its name first.
        rows=sorted(rows, key=lambda row: -(row.entry.card["facts"]["total_parameters"] or 0)),
        ticks=ticks,
        developers=sorted({one["developer"] for one in facts.values() if one["developer"]}, key=str.casefold),
        kinds=sorted({one["kind"] for one in facts.values() if one["kind"]}),
        colours={mark: site.colour(name) for mark, name in ROLES.items()},
    )


def _mark(entry: Entry) -> str:
    """Which of the marks is that of a model."""
    kind = entry.card["facts"]["kind"] or ""
    if "hybrid" in kind or "recurrent" in kind:
        return "other"
    return "MoE" if kind.startswith("Sparse") else ""


def _share(entry: Entry) -> float:
    facts = entry.card["facts"]
    total, active = facts["total_parameters"], facts["active_parameters"]
    return round(active / total, 4) if total and active else 1.0
