"""Who came from whom: the ``parents:`` of specs as relations of models, with what changed counted from their trees.

A relation has the author's words and the computed ones beside each other: what a child has that its parent has not
(``+``), what it lacks (``−``), and values that are others (no sign).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal

from archdraw.analysis.traits import Change, Traits, changes, traits
from archdraw.errors import ArchdrawError, nearest
from archdraw.glossary.concepts import Concept
from archdraw.records import record
from archdraw.resources import shipped_spec
from archdraw.spec import Spec, expand, load_spec
from archdraw.tree.blocks import Module

Grouping = Literal["developer", "family"]
SAME = "same architecture"
NOBODY = "unknown developer"
MOST_TAKEN = 3
"""So many of the concepts that a model took over from another are named."""


@record
class Origin:
    """One ``parent`` (slug) of a model as its spec has it; ``words`` are what changed."""

    parent: str
    relation: str
    words: tuple[str, ...]
    source: str


@record(eq=False)
class Member:
    """One of the models that relations are looked for among, with its ``traits`` in words that can be compared.

    ``released`` is what its spec says, ``day`` the first that it means; ``developer`` is empty where it names none.
    """

    slug: str
    name: str
    developer: str
    family: str
    released: str
    day: date | None
    link: str
    origins: tuple[Origin, ...]
    traits: Traits


@record
class Relative:
    """A model in a lineage. ``lane`` is the developer or family that it stands with, ``about`` what it is made of."""

    slug: str
    name: str
    developer: str
    family: str
    lane: str
    released: str
    day: date | None
    link: str
    about: tuple[str, ...]
    known: bool


@record
class Relation:
    """``child`` came from ``parent`` (slugs). ``words`` are the author's, ``changes`` are computed.

    ``taken`` are concepts that both have and no other parent of the child, the most telling and the rarest first.
    ``inside``: both are in the picture; of a parent that is not, ``name`` and ``lane`` come from its spec, if any.
    """

    parent: str
    child: str
    relation: str
    name: str
    lane: str
    words: tuple[str, ...]
    source: str
    changes: tuple[Change, ...]
    taken: tuple[Concept, ...]
    inside: bool

    @property
    def same(self) -> bool:
        """Whether both have one architecture."""
        return self.relation == SAME


@record
class Descent:
    """Models by day and the relations among them; ``of`` is the slug of the one that the others are relatives of."""

    models: tuple[Relative, ...]
    relations: tuple[Relation, ...]
    grouping: Grouping
    of: str = ""
    families: tuple[str, ...] = ()
    start: int | None = None


def family_of(spec: Spec) -> str:
    """The family of a model: what its spec says, else the letters that its name begins with (``Qwen`` of Qwen3 8B)."""
    if spec.family:
        return spec.family
    found = re.match(r"[^\W\d_]{2,}", spec.name)
    return found[0] if found else spec.name.split(" ")[0]


def member_of(slug: str, spec: Spec, block: Module, day: date | None = None, link: str = "") -> Member:
    """The model of ``spec``, whose block tree is ``block``; ``day`` is the first that its release may mean."""
    origins = tuple(Origin(one.model, one.relation, one.changes, one.source or "") for one in spec.parents)
    about = (spec.name, spec.developer or "", family_of(spec), spec.released or "")
    return Member(slug, *about, day, link, origins, traits(spec, block))


def descent(
    members: Sequence[Member],
    *,
    of: str | None = None,
    families: Collection[str] = (),
    start: int | None = None,
    grouping: Grouping = "developer",
) -> Descent:
    """The relations among ``members``.

    Kept are the model ``of`` (slug or name) with all its ancestors and descendants, the models of ``families`` (or
    developers; letters may be small), and those released from the year ``start`` on.
    Raises :class:`ArchdrawError` where there is no such model or family, nothing is left, or two have one slug.
    """
    for slug, number in Counter(member.slug for member in members).items():
        if number > 1:
            count = {2: "two"}.get(number, f"{number:,}")
            raise ArchdrawError(f"{count} models are called {slug}; lineage identifies models by their file's name")
    every = {member.slug: member for member in members}
    centre = _found(of, every) if of else ""
    kept = set(_relatives(centre, every)) if centre else set(every)
    if families:
        kept &= _of_families(families, every)
    if start is not None:
        kept = {slug for slug in kept if (day := every[slug].day) is not None and day.year >= start}
    if not kept:
        raise ArchdrawError(_nothing(of, families, start, every))
    chosen = sorted((every[slug] for slug in kept), key=lambda member: (member.day or date.min, member.slug))
    lanes = _lanes(every.values(), grouping)
    counts = Counter(concept for member in chosen for concept in member.traits.concepts)
    return Descent(
        tuple(_relative(member, lanes[_group(member, grouping)]) for member in chosen),
        tuple(
            _relation(origin, member, every, kept, lanes, grouping, counts)
            for member in chosen
            for origin in member.origins
        ),
        grouping,
        centre if centre in kept else "",
        tuple(families),
        start,
    )


def _found(wanted: str, every: dict[str, Member]) -> str:
    known = {name.casefold(): slug for slug, member in every.items() for name in (member.name, slug)}
    if wanted.casefold() not in known:
        hint = nearest(wanted, every)
        raise ArchdrawError(f"no model is named {wanted!r}" + (f"; {hint}" if hint else ""))
    return known[wanted.casefold()]


def _relatives(centre: str, every: dict[str, Member]) -> set[str]:
    """``centre`` with all that it came from, and all that came from it."""
    up = {slug: [origin.parent for origin in member.origins] for slug, member in every.items()}
    down: dict[str, list[str]] = {}
    for child, parents in up.items():
        for parent in parents:
            down.setdefault(parent, []).append(child)
    return _reached(centre, up, every) | _reached(centre, down, every)


def _reached(start: str, ways: dict[str, list[str]], every: Collection[str]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for slug in ways.get(waiting.pop(), ()):
            if slug in every and slug not in reached:
                reached.add(slug)
                waiting.append(slug)
    return reached


def _of_families(families: Collection[str], every: dict[str, Member]) -> set[str]:
    names: dict[str, set[str]] = {}
    for slug, member in every.items():
        for name in filter(None, (member.family, member.developer)):
            names.setdefault(name.casefold(), set()).add(slug)
    for family in families:
        if family.casefold() not in names:
            spelled = {name.casefold(): name for one in every.values() for name in (one.family,)}
            spelled |= {name.casefold(): name for one in every.values() if (name := one.developer)}
            hint = nearest(family, names)
            for small in sorted(spelled, key=len, reverse=True):
                hint = re.sub(rf"\b{re.escape(small)}\b(?=\?| or )", spelled[small], hint)
            raise ArchdrawError(f"no family or developer is named {family!r}" + (f"; {hint}" if hint else ""))
    return set().union(*(names[family.casefold()] for family in families))


def _nothing(of: str | None, families: Collection[str], start: int | None, every: dict[str, Member]) -> str:
    asked = [f"of {of}"] if of else []
    asked += [f"in {' or '.join(families)}"] if families else []
    asked += [f"from {start} on"] if start is not None else []
    days = [member.day for member in every.values() if member.day]
    last = f"; the last of {len(every)} was released in {max(days).year}" if start is not None and days else ""
    return f"no model {', '.join(asked)}{last}" if asked else "there are no models"


def _lanes(members: Iterable[Member], grouping: Grouping) -> dict[str, str]:
    """The lane of each developer or family: one whose name begins with another's whole name goes with that.

    Families are told apart without regard to capitals (``LLaMA``, ``Llama``); the one that is spelled so most often
    names them.
    """
    counted = Counter(_group(member, grouping) for member in members)
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    lanes: dict[str, str] = {}
    for name in ordered:
        same = [other for other in ordered if other.casefold() == name.casefold()]
        longer = [other for other in ordered if name.casefold().startswith(f"{other.casefold()} ")]
        lanes[name] = min((*longer, same[0]), key=len)
    return lanes


def _group(member: Member, grouping: Grouping) -> str:
    return member.family if grouping == "family" else member.developer or NOBODY


def _relative(member: Member, lane: str) -> Relative:
    return Relative(
        member.slug, member.name, member.developer or NOBODY, member.family, lane, member.released, member.day,
        member.link, member.traits.about, member.traits.known,
    )  # fmt: skip


def _relation(
    origin: Origin,
    child: Member,
    every: dict[str, Member],
    kept: set[str],
    lanes: dict[str, str],
    grouping: Grouping,
    counts: Counter[Concept],
) -> Relation:
    before = every.get(origin.parent) or _shipped(origin.parent)
    lane = ""
    if before:
        group = _group(before, grouping)
        lane = lanes.get(group, group)
    others = {
        concept
        for other in child.origins
        if other.parent != origin.parent and other.parent in every
        for concept in every[other.parent].traits.concepts
    }
    shared = [concept for concept in before.traits.concepts if concept in child.traits.concepts] if before else []
    new = [concept for concept in shared if concept not in others]
    shown = [concept for concept in new if not concept.usual] or new
    rarest = sorted(shown, key=lambda concept: counts[concept])
    taken = sorted(rarest, key=lambda concept: shown.index(concept) + rarest.index(concept))
    return Relation(
        origin.parent,
        child.slug,
        origin.relation,
        before.name if before else origin.parent,
        lane,
        origin.words,
        origin.source,
        changes(before.traits, child.traits) if before else (),
        tuple(taken[:MOST_TAKEN]),
        origin.parent in kept,
    )


def _shipped(slug: str) -> Member | None:
    """A parent that is not among the models, where archdraw comes with it."""
    file = shipped_spec(slug)
    if file is None:
        return None
    spec = load_spec(file)
    return member_of(slug, spec, expand(spec))
