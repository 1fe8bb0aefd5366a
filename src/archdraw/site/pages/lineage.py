"""The family tree of all models: which came from which, as a picture that one walks through, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from archdraw.analysis.descent import Descent, Relation, Relative
from archdraw.app.pictures import Picture
from archdraw.records import record
from archdraw.site.entries import Entry, Site
from archdraw.site.figures import Figure, figure
from archdraw.site.living import every
from archdraw.site.templating import words
from archdraw.views.several import lineage

STATIC: tuple[str, ...] = ("living.css", "living.js", "zoom.js", "lineage.js")
NAMES: tuple[str, ...] = ("lineage",)


@record(eq=False)
class Line:
    """A model in words: its page, and the relations that it came by, as far as their parents are known."""

    entry: Entry
    kind: str
    relations: tuple[Relation, ...]


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of the family tree."""
    members = [one.member for one in every(site)]
    whole = lineage.gather(members)
    related = {slug for one in whole.relations if one.inside for slug in (one.parent, one.child)}
    shown = lineage.gather([one for one in members if one.slug in related]) if related else None
    drawn = site.workshop.figure("lineage", shown, lambda value: _drawn(site, value)) if shown else None
    relations = {slug: tuple(own) for slug, own in groupby(whole.relations, key=lambda one: one.child)}
    lines = [_line(site, model, relations.get(model.slug, ())) for model in whole.models]
    yield site.page(
        "lineage.html",
        "lineage.html.j2",
        picture=site.shown(drawn) if drawn else "",
        lanes=_by_developer([line for line in lines if line.entry.slug in related]),
        alone=_by_developer([line for line in lines if line.entry.slug not in related]),
        number=len(related),
        kinds=sorted({line.kind for line in lines if line.entry.slug in related and line.kind}),
        ways=list(dict.fromkeys(one.relation for one in whole.relations)),
        changes=lambda relation: ", ".join(map(str, relation.changes)).replace("\u00a0", " "),
    )


def _drawn(site: Site, found: Descent) -> Figure:
    """The picture of ``found`` with a box for each model; letters that fonts lack were said with each plate."""
    return figure(
        site.workshop.scene(Picture("lineage", lineage.VIEW, found, {"details": True})), "tree-", header=False
    )


def _line(site: Site, model: Relative, relations: Sequence[Relation]) -> Line:
    entry = site.by_slug[model.slug]
    return Line(entry, str(entry.card["facts"]["kind"] or ""), tuple(relations))


def _by_developer(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """``lines`` by developer, those with most models first; of one developer by date."""
    unknown = str(words()["lineage"]["nobody"])
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(str(line.entry.card["facts"]["developer"] or unknown), []).append(line)
    return sorted(found.items(), key=lambda lane: (-len(lane[1]), lane[0].casefold()))
