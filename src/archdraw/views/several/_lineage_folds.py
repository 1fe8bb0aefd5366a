"""Which models of a large lineage are boxes: what is folded into a box of its family, and what stands in a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from archdraw.analysis.descent import Descent, Relation, Relative
from archdraw.layout.lineage.lanes import Card, Chart
from archdraw.layout.lineage.listing import Entry
from archdraw.records import record

HEADING = "Counted in a box of their family (+), and models without a box"

LEVELS = (1, 2, 3, 4, 5, 6, 8, 12, 20)
"""From one to the next more models give up their box: see :func:`folded`."""
SIBLINGS, SMALL_LANES = 2, 3
"""From these on brothers are folded, and models of lanes of so many at most are listed."""


@record
class Folded:
    """The ``models`` that have a box. ``under``: those that its box counts, by its slug; ``listed``: those without."""

    models: tuple[Relative, ...]
    under: dict[str, tuple[Relative, ...]]
    listed: tuple[Relative, ...]


def folded(found: Descent, level: int) -> Folded:
    """The models of ``found`` that have a box at a ``level``: only what nothing came from gives up its own.

    1: what has no relations is listed, and a child that differs from its parent in values only is counted in the
    parent's box. 2: of the children that nothing came from only the last keeps its box. 3 and more: models of
    developers (or families) with so many models at most are listed with what they came from.
    """
    folds = _Folds(found)
    folds.list_alone()
    folds.fold(siblings=False)
    if level >= SIBLINGS:
        folds.fold(siblings=True)
    if level >= SMALL_LANES:
        folds.list_small(level)
    return folds.result()


def shortened(chart: Chart, found: Descent, shown: Folded) -> Chart:
    """``chart`` of ``found`` with boxes for what is ``shown`` in them, and a list of the rest."""
    boxed = {model.slug for model in shown.models}
    lanes = (
        replace(lane, cards=tuple(_counting(card, shown) for card in lane.cards if card.path in boxed))
        for lane in chart.lanes
    )
    cards = {card.path: card for lane in chart.lanes for card in lane.cards}
    number = len(found.models) - len(boxed)
    listed = "1 model stands" if number == 1 else f"{number} models stand"
    return replace(
        chart,
        lanes=tuple(lane for lane in lanes if lane.cards),
        links=tuple(link for link in chart.links if link.child in boxed),
        footer=(*chart.footer[:-1], f"{listed} in the list, not in boxes (--details draws them)", chart.footer[-1]),
        heading=HEADING,
        listed=(*_counted(found, shown, cards), *_alone(found, shown, cards)),
    )


def _counting(card: Card, shown: Folded) -> Card:
    """``card`` with the number of models that it stands for, whose names are in its tooltip."""
    under = shown.under.get(card.path)
    if not under:
        return card
    return replace(card, name=f"{card.name} +{len(under)}", title=f"{card.title}\nwith {_names(under)}")


def _names(models: Sequence[Relative]) -> str:
    return ", ".join(model.name for model in models)


def _counted(found: Descent, shown: Folded, cards: Mapping[str, Card]) -> Iterator[Entry]:
    """What boxes count, by lane."""
    for model in sorted(found.models, key=lambda model: model.lane.casefold()):
        if under := shown.under.get(model.slug):
            names = _names(under)
            yield Entry(f"{model.name} +{len(under)}", names, cards[model.slug].accent, title=names)


def _alone(found: Descent, shown: Folded, cards: Mapping[str, Card]) -> Iterator[Entry]:
    """What has no box and is in none, by lane, each with what it came from."""
    for model in sorted(shown.listed, key=lambda model: model.lane.casefold()):
        card, parents = cards[model.slug], [one.name for one in found.relations if one.child == model.slug]
        origin = f"from {' and '.join(parents)}" if parents else ""
        known = "" if model.known else "not disclosed"
        text = ", ".join(filter(None, (model.developer, model.released[:4], known, origin)))
        yield Entry(model.name, text, card.accent, model.slug, card.title, card.href)


class _Folds:
    def __init__(self, found: Descent) -> None:
        self._found = found
        self._models = {model.slug: model for model in found.models}
        self._inside = [relation for relation in found.relations if relation.inside]
        self._gone: set[str] = set()
        self._under: dict[str, list[str]] = {}
        self._listed: list[str] = []

    def result(self) -> Folded:
        """What is left, and where the rest is."""
        return Folded(
            tuple(model for model in self._found.models if model.slug not in self._gone),
            {parent: self._ordered(own) for parent, own in self._under.items()},
            self._ordered(self._listed),
        )

    def list_alone(self) -> None:
        """Lists the models that are related to no other of the picture."""
        related = {slug for one in self._inside for slug in (one.parent, one.child)}
        self._list([slug for slug in self._models if slug not in related])

    def fold(self, *, siblings: bool) -> None:
        """Counts children in the box of their parent, those of children before."""
        while pairs := self._pairs(siblings=siblings):
            for parent, child in pairs:
                self._gone.add(child)
                self._under.setdefault(parent, []).extend((child, *self._under.pop(child, ())))

    def list_small(self, most: int) -> None:
        """Lists what nothing came from in lanes of ``most`` models at most."""
        sizes = Counter(model.lane for model in self._models.values())
        while True:
            parents = {one.parent for one in self._relations()}
            small = [
                slug
                for slug, model in self._models.items()
                if slug not in self._gone and slug not in parents and sizes[model.lane] <= most
            ]
            if not small:
                return
            self._list([name for slug in small for name in (slug, *self._under.pop(slug, ()))])

    def _list(self, slugs: Sequence[str]) -> None:
        self._listed += slugs
        self._gone |= {*slugs}

    def _relations(self) -> list[Relation]:
        return [one for one in self._inside if one.child not in self._gone]

    def _pairs(self, *, siblings: bool) -> list[tuple[str, str]]:
        """Parents with the children that their boxes can count."""
        relations = self._relations()
        number = Counter(one.child for one in relations)
        children: dict[str, list[Relation]] = {}
        for one in relations:
            children.setdefault(one.parent, []).append(one)
        found: list[tuple[str, str]] = []
        for parent, every in children.items():
            own = [one for one in every if self._models[one.child].lane == self._models[parent].lane]
            leaves = [
                one
                for one in own
                if one.child not in children and number[one.child] == 1 and self._models[one.child].known
            ]
            if not siblings:
                leaves = [one for one in leaves if not any(change.sign for change in one.changes)]
            elif len(leaves) == len(own):
                # The line of the family goes on to the last of them.
                leaves = sorted(leaves, key=lambda one: self._place(one.child))[:-1]
            found += [(parent, one.child) for one in leaves]
        return found

    def _place(self, slug: str) -> int:
        return list(self._models).index(slug)

    def _ordered(self, slugs: Sequence[str]) -> tuple[Relative, ...]:
        return tuple(model for slug, model in self._models.items() if slug in {*slugs})
