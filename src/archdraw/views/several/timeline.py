"""Adoption of architectural features: which models have which, over time, with counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from archdraw.analysis.concepts import concepts, known_concepts
from archdraw.errors import ArchdrawError, folded, nearest
from archdraw.glossary.concepts import GROUPS, Concept
from archdraw.layout.charts import matrix
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.several import Several, Subject, _timeline_matrix
from archdraw.views.several._uptake import Adopter, By, Dated, Timeline, Uptake


def about_of(one: Subject) -> Adopter:
    """``one`` with its concepts."""
    spec = one.spec
    if one.facts.unknown:
        return Adopter(spec.name, "structure not disclosed")
    if one.released is None:
        return Adopter(spec.name, "no release date")
    dated = Dated(one.slug, spec.name, str(spec.released), one.released, one.link)
    return Adopter(spec.name, "", dated, tuple(concepts(spec, one.block)))


def gather(
    adopters: Sequence[Adopter],
    *,
    concept: Annotated[tuple[str, ...], "Show this feature; can be given several times."] = (),
    about: Annotated[
        tuple[str, ...], "Show the features of this group (positions ...); can be given several times."
    ] = (),
) -> Timeline:
    """Which of ``adopters`` have which concepts, in the order of their release.

    With neither ``concept`` nor ``about`` all concepts are shown. Raises :class:`ArchdrawError` where there is no such
    concept or group, and where no model has a date.
    """
    every = known_concepts()
    wanted = _wanted(every, concept, about)
    found: list[tuple[Dated, frozenset[Concept]]] = []
    out: dict[str, list[str]] = {}
    for one in adopters:
        if one.dated is None:
            out.setdefault(one.left_out, []).append(one.name)
        else:
            found.append((one.dated, frozenset(one.concepts)))
    if not found:
        reasons = "; ".join(f"{reason}: {', '.join(names)}" for reason, names in out.items())
        raise ArchdrawError(f"there is no model to show; {reasons}" if reasons else "there is no model to show")
    found.sort(key=lambda one: (one[0].day, one[0].name, one[0].slug))
    uptakes = [
        Uptake(one.name, one.about, one.role, tuple(number for number, (_, own) in enumerate(found) if one in own))
        for one in every
        if one in wanted
    ]
    # A group keeps its place, and is a staircase: what came first is on top.
    taken = sorted(
        (uptake for uptake in uptakes if uptake.models),
        key=lambda uptake: (GROUPS.index(uptake.about), found[uptake.models[0]][0].day),
    )
    absent = tuple(uptake.concept for uptake in uptakes if not uptake.models)
    if not taken:
        raise ArchdrawError(f"none of these models has {', '.join(absent)}")
    return Timeline(
        tuple(dated for dated, _ in found),
        tuple(taken),
        absent,
        {reason: tuple(names) for reason, names in out.items()},
    )


def _wanted(every: Sequence[Concept], named: Sequence[str], about: Sequence[str]) -> frozenset[Concept]:
    """The concepts of ``every`` that are ``named``, in full or short, or ``about`` a group.

    Case, hyphens and spaces make no difference. Raises :class:`ArchdrawError`.
    """
    known = {folded(name): one for one in every for name in (one.name, one.short) if name}
    groups = {folded(group): group for group in GROUPS}
    for given in about:
        if folded(given) not in groups:
            hint = nearest(given, GROUPS) or f"groups: {', '.join(GROUPS)}"
            raise ArchdrawError(f"there is no group of concepts {given!r}; {hint}")
    for given in named:
        if folded(given) not in known:
            names = [name for one in every for name in (one.name, one.short) if name]
            raise ArchdrawError(
                f"there is no concept {given!r}; {nearest(given, names) or 'archdraw coverage lists all concepts'}"
            )
    if not named and not about:
        return frozenset(every)
    chosen = {known[folded(given)] for given in named}
    wanted = {groups[folded(given)] for given in about}
    return frozenset(chosen.union(one for one in every if one.about in wanted))


def draw(
    value: Timeline,
    theme: Theme,
    *,
    by: Annotated[By, "Columns: one per model, quarter or year."] = "model",
) -> Scene:
    """The picture of ``value``."""
    return matrix.draw(_timeline_matrix.picture(value, by), theme)


def data(value: Timeline) -> dict[str, Any]:
    """``value`` for JSON: models by their slugs."""
    years = {year: [n for n, model in enumerate(value.models) if model.day.year == year] for year in value.years()}
    return {
        "models": [
            {"slug": model.slug, "name": model.name, "released": model.released, "link": model.link}
            for model in value.models
        ],
        "concepts": [
            {
                "concept": uptake.concept,
                "about": uptake.about,
                "first": [model.slug for model in value.firsts(uptake)],
                "first_released": value.firsts(uptake)[0].released,
                "count": len(uptake.models),
                "by_year": {
                    str(year): {"having": len(set(uptake.models) & set(numbers)), "of": len(numbers)}
                    for year, numbers in years.items()
                },
                "models": [value.models[number].slug for number in uptake.models],
            }
            for uptake in value.uptakes
        ],
        "absent": list(value.absent),
        "left_out": {reason: list(names) for reason, names in value.left_out.items()},
    }


VIEW = Several(
    summary="Draw a feature-adoption timeline.",
    about=about_of,
    gather=gather,
    draw=draw,
    data=data,
    examples="\n".join(
        (
            "archdraw timeline -o timeline.svg",
            "archdraw timeline --by year -o years.svg",
            "archdraw timeline --about feed-forward -o feed-forward.svg",
            "archdraw timeline --concept QK-norm --concept 'sliding-window attention' -o two.svg",
            "archdraw timeline gpt-2 llama-3-8b gemma-3-27b deepseek-v3 --json",
        )
    ),
)
