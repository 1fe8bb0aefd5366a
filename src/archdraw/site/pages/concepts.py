"""A page for each concept: what it is, which models have it and since when, its alternatives; and a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from archdraw.errors import ArchdrawError
from archdraw.glossary.concepts import GROUPS, SHIPPED
from archdraw.glossary.numbers import data_size
from archdraw.model import Model
from archdraw.records import record
from archdraw.site.concept_texts import compared, linked, texts
from archdraw.site.entries import Site
from archdraw.site.figures import Figure, figure
from archdraw.site.formulas import mathml
from archdraw.site.living import TOKENS, Kept
from archdraw.site.templating import as_is
from archdraw.site.uptake import Having, Taken, Uptake, address, uptake
from archdraw.views.concept_panels import STRIP, WHOLE

STATIC: tuple[str, ...] = ("living.css",)
NAMES: tuple[str, ...] = ("concepts", *(address(concept.name).removesuffix(".html") for concept in SHIPPED))
PREFIX = "panel-"
LARGE = 700.0
"""Px from which on a picture needs half of the page."""


@record(eq=False)
class Alternative:
    """One of the concepts that take each other's place, with the model that shows it and what a layer of that keeps."""

    taken: Taken
    example: Having
    cache: str
    state: str


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The list of concepts, and a page for each."""
    found = uptake(site)
    groups = [(about, [one for one in found.concepts if one.concept.about == about]) for about in GROUPS]
    yield site.page(
        "concepts.html",
        "concepts.html.j2",
        found=found,
        groups=[(about, own) for about, own in groups if own],
        described=texts().described,
    )
    panels = list(site.workshop.each([_asked(one) for one in found.concepts], panel))
    for place, (one, drawn) in enumerate(zip(found.concepts, panels, strict=True)):
        yield site.page(
            one.page,
            "concept.html.j2",
            found=found,
            taken=one,
            picture=site.shown(drawn),
            shape=_shape(drawn),
            older=found.concepts[place - 1] if place else None,
            newer=found.concepts[place + 1] if place + 1 < len(found.concepts) else None,
            years=[(year, list(own)) for year, own in groupby(one.models, key=lambda having: having.year)],
            alternatives=_alternatives(found, one),
            tokens=f"{TOKENS:,}",
            **_told(one),
        )


def _asked(taken: Taken) -> tuple[Any, tuple[str, ...]]:
    shown = taken.shown
    return shown.entry.spec, (shown.living.panels[taken.concept.name],)


def panel(model: Model, view: str) -> Figure:
    """The ``view`` of ``model`` as it is in a page; the whole of it where it is to be a strip and has none."""
    try:
        scene, _ = model.drawn(view)
    except ArchdrawError:
        if view != STRIP:
            raise
        # What only differs in a number is no layer of another kind.
        scene, _ = model.drawn(WHOLE)
    return figure(scene, PREFIX)


def _shape(drawn: Figure) -> str:
    """How much of the page a picture needs, so that one can read it: all of its width, or half."""
    if drawn.width > 2 * drawn.height:
        return "wide"
    return "large" if drawn.width > LARGE else ""


def _told(taken: Taken) -> dict[str, Any]:
    described = texts().described.get(taken.concept.name)
    return {
        "described": described,
        "formula": as_is(mathml(described.formula)) if described and described.formula else "",
        "source": linked(described.source) if described else [],
    }


def _alternatives(found: Uptake, taken: Taken) -> Sequence[Alternative]:
    """What ``taken`` was compared with, itself among them; nothing where no model has another one."""
    names = [name for name in compared(taken.concept) if name in found.by_name]
    every = [_alternative(found.by_name[name], names) for name in names]
    return every if len(every) > 1 else []


def _alternative(taken: Taken, names: Sequence[str]) -> Alternative:
    """``taken`` in the first model that has it alone, of all with such ``names``; in the first, where none has."""
    others = {*names} - {taken.concept.name}
    alone = (one for one in taken.models if not others & {own.name for own in one.living.concepts})
    example = next((one for one in alone if taken.concept.name in one.living.kept), taken.shown)
    kept = example.living.kept.get(taken.concept.name, Kept(0, 0))
    cache, state = (data_size(size) if size else "" for size in (kept.cache, kept.state))
    return Alternative(taken, example, cache, state)
