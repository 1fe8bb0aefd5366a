"""What a gallery shows when all of its models are counted: each finding with its picture and the command for it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any
from urllib.parse import quote

from archdraw.analysis.concepts import known_concepts
from archdraw.app.pictures import Picture, subject
from archdraw.errors import ArchdrawError
from archdraw.glossary.numbers import data_size, share
from archdraw.model import Model
from archdraw.records import record, replaced
from archdraw.site.entries import Site
from archdraw.site.figures import figure
from archdraw.site.templating import words
from archdraw.site.uptake import uptake
from archdraw.views.several import Several, scale, timeline
from archdraw.views.several._scale_points import tokens
from archdraw.views.several._sizes import Counted, Scale, Sized
from archdraw.views.several._uptake import Adopter, Dated, Timeline

STATIC: tuple[str, ...] = ("findings.css",)
NAMES: tuple[str, ...] = ("findings",)
COMMON = 3
"""So many of the most common are named."""
CONTEXT = 131072
"""Tokens at which caches are compared."""


@record(eq=False)
class Finding:
    """One finding: its name, the sentences under its heading, its picture, and the command that draws that."""

    name: str
    sentences: tuple[str, ...]
    picture: str
    query: str


@record(eq=False)
class Concept:
    """A concept with the first and the newest of the models that have it, and how many these are."""

    name: str
    about: str
    first: Dated
    last: Dated
    number: int


@record(eq=False)
class Seen:
    """What charts show of one model: its concepts, and its sizes."""

    adopter: Adopter
    counted: Counted


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of findings."""
    seen = site.each(seen_of)
    adopters, counted = [one.adopter for one in seen], [one.counted for one in seen]
    norms = tuple(one.name for one in known_concepts() if one.choice == "norm placement")
    found = (
        _finding(site, "attention", timeline.VIEW, adopters, {"about": ("token mixing",)}, {"by": "year"}, _uptake),
        _finding(site, "experts", scale.VIEW, counted, {"y": "active-share"}, {"labels": "few"}, _active),
        _finding(site, "cache", scale.VIEW, counted, {"y": "kv-cache", "context": CONTEXT}, {"labels": "few"}, _caches),
        _finding(site, "norms", timeline.VIEW, adopters, {"concept": norms}, {"by": "year"}, _uptake),
        _finding(site, "shape", scale.VIEW, counted, {"x": "width", "y": "layers"}, {"labels": "few"}, _shapes),
    )
    yield site.page(
        "findings.html",
        "findings.html.j2",
        findings=[one for one in found if one is not None],
        concepts=_concepts(adopters),
        pages={one.concept.name: one.page for one in uptake(site).concepts},
    )


def seen_of(model: Model, slug: str) -> Seen:
    """What charts show of ``model``, which is called ``slug`` in its site."""
    one = replaced(subject(model, quote(f"{slug}.html")), slug=slug)
    return Seen(timeline.about_of(one), scale.about(one))


def _finding(
    site: Site,
    name: str,
    view: Several,
    models: Sequence[Any],
    asked: Mapping[str, Any],
    drawn: Mapping[str, Any],
    said: Callable[[Any], Iterable[str]],
) -> Finding | None:
    """The finding ``name``: what ``view`` gathers of ``models`` as it is ``asked``; None where nothing is to show."""
    try:
        value = view.gather(models, **asked)
    except ArchdrawError:
        return None
    picture = Picture("scale" if view is scale.VIEW else "timeline", view, value, dict(drawn))
    shown = site.workshop.figure(
        f"finding {name}", value, lambda _: figure(site.workshop.scene(picture), f"{name}-", header=False)
    )
    return Finding(name, tuple(said(value)), site.shown(shown), _query(picture.name, {**asked, **drawn}))


def _query(command: str, options: Mapping[str, Any]) -> str:
    """The command that draws a picture with these ``options``."""
    parts = ["archdraw", command]
    for name, value in options.items():
        for one in value if isinstance(value, tuple) else (value,):
            parts += [f"--{name}", str(one)]
    return shlex.join([*parts, "-o", f"{command}.svg"])


def _uptake(value: Timeline) -> Iterator[str]:
    """What most models of the last year have, and what came in it."""
    year = value.years()[-1]
    own = [number for number, model in enumerate(value.models) if model.day.year == year]
    having = {uptake.concept: len({*uptake.models} & {*own}) for uptake in value.uptakes}
    common = sorted((name for name in having if having[name]), key=lambda name: -having[name])[:COMMON]
    listed = ", ".join(f"{name} ({share(having[name], len(own))})" for name in common)
    yield words()["findings"]["common"].format(year=year, number=len(own), listed=listed)
    new = [uptake.concept for uptake in value.uptakes if value.firsts(uptake)[0].day.year == year]
    if new and value.years()[0] != year:
        yield words()["findings"]["new"].format(year=year, listed=", ".join(new))


def _active(value: Scale) -> Iterator[str]:
    yield _medians(value.models, lambda one: one.active / one.total, lambda part: share(part, 1))


def _caches(value: Scale) -> Iterator[str]:
    # A cache of a shorter context would look small.
    whole = [one for one in value.models if one.context >= value.context]
    yield words()["findings"]["whole"].format(number=len(whole), tokens=tokens(value.context))
    if whole:
        yield _medians(whole, lambda one: float(one.kv_cache), data_size)


def _shapes(value: Scale) -> Iterator[str]:
    ratios = sorted(((one.hidden_size or 0) / one.layers, one.name, one) for one in value.models)
    (_, _, deep), (_, _, wide) = ratios[0], ratios[-1]
    yield words()["findings"]["ratio"].format(ratio=round(median(ratio for ratio, _, _ in ratios)))
    for key, one in (("deep", deep), ("wide", wide)):
        yield words()["findings"][key].format(name=one.name, layers=one.layers, width=f"{one.hidden_size or 0:,}")


def _medians(models: Iterable[Sized], measure: Callable[[Sized], float], shown: Callable[[float], str]) -> str:
    """The median of ``measure`` in each year, with the number of its models."""
    years: dict[int, list[float]] = {}
    for one in models:
        if one.day is not None:
            years.setdefault(one.day.year, []).append(measure(one))
    said = words()["findings"]["median_of"]
    listed = (said.format(year=year, value=shown(median(own)), number=len(own)) for year, own in sorted(years.items()))
    return str(words()["findings"]["medians"].format(listed=", ".join(listed)))


def _concepts(adopters: Sequence[Adopter]) -> list[Concept]:
    """First and last of each concept, those of one group together, the oldest first."""
    try:
        value = timeline.gather(adopters)
    except ArchdrawError:
        return []
    return [
        Concept(
            uptake.concept,
            uptake.about,
            value.models[uptake.models[0]],
            value.models[uptake.models[-1]],
            len(uptake.models),
        )
        for uptake in value.uptakes
    ]
