"""Model lineage over time: a lane for each developer or family, and the changes in each box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from archdraw.analysis.descent import NOBODY, SAME, Descent, Grouping, Member, Relation, Relative, descent, member_of
from archdraw.analysis.traits import Change
from archdraw.layout.lineage import chart
from archdraw.layout.lineage.cards import Note
from archdraw.layout.lineage.lanes import Card, Chart, Lane, Link
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.developers import accent_index
from archdraw.views.several import Several, Subject


def about(one: Subject) -> Member:
    """``one`` with its parents and what it is made of."""
    return member_of(one.slug, one.spec, one.block, one.released, one.link)


def gather(
    members: Sequence[Member],
    *,
    of: Annotated[str | None, "Only the ancestors and descendants of this model."] = None,
    family: Annotated[tuple[str, ...], "Only models of this family or developer; can be given several times."] = (),
    from_: Annotated[int | None, "Only models from this year on."] = None,
    by: Annotated[Grouping, "Lanes: one per developer or family."] = "developer",
) -> Descent:
    """The relations of ``members``; raises :class:`archdraw.ArchdrawError` for an unknown model or family."""
    return descent(members, of=of, families=family, start=from_, grouping=by)


def draw(found: Descent, theme: Theme) -> Scene:
    """The picture of ``found``."""
    return chart.scene(picture(found), theme)


def picture(found: Descent) -> Chart:
    """``found`` as lanes, cards and links, before anything has a place."""
    lanes = list(dict.fromkeys(model.lane for model in found.models))
    names = {model.slug: model for model in found.models}
    links = [
        Link(
            relation.parent,
            relation.child,
            f"from {relation.name}",
            names[relation.parent].lane != names[relation.child].lane,
            _sentence(relation, names[relation.child].name),
            _taken(relation),
        )
        for relation in found.relations
        if relation.inside
    ]
    subtitle = [
        _number(len(found.models), "model"),
        _number(len({model.lane for model in found.models}), found.grouping),
        "boxes start at the release date and list changes",
    ]
    plain = "successor"
    other = f"influence across {'developers' if found.grouping == 'developer' else 'families'}"
    unknown = any(not model.known for model in found.models)
    return Chart(
        title=_title(found, names),
        subtitle=tuple(subtitle),
        lanes=tuple(
            Lane(
                lane,
                _accent([model for model in found.models if model.lane == lane], found.grouping),
                tuple(_card(model, found) for model in found.models if model.lane == lane),
            )
            for lane in lanes
        ),
        links=tuple(links),
        shared="Other developers" if found.grouping == "developer" else "Other families",
        undated="no release date",
        scales="time axis not to scale",
        legend=(plain, other, "+ added   − removed   no sign: new value or quoted change", "not disclosed"),
        footer=(
            "Dates, parents and texts: specs; signs and values: computed from the block trees",
            *(("nothing is counted for unpublished models",) if unknown else ()),
            "archdraw",
        ),
        description=_description(found),
    )


def _accent(models: Sequence[Relative], grouping: Grouping) -> int:
    first = models[0]
    return accent_index(first.lane if grouping == "developer" else first.developer)


def _number(count: int, name: str) -> str:
    return (
        f"{count} {name}" if count == 1 else f"{count} {name.removesuffix('y') + 'ie' if name.endswith('y') else name}s"
    )


def _title(found: Descent, names: dict[str, Relative]) -> str:
    if found.of:
        return f"Model lineage of {names[found.of].name}"
    if found.families:
        spelled = {name.casefold(): name for model in found.models for name in (model.family, model.developer)}
        return f"Model lineage: {', '.join(spelled[family.casefold()] for family in found.families)}"
    return "Model lineage"


def _card(model: Relative, found: Descent) -> Card:
    own = [relation for relation in found.relations if relation.child == model.slug]
    outside = [relation for relation in own if not relation.inside]
    return Card(
        model.slug,
        model.name,
        accent_index(model.lane if found.grouping == "developer" else model.developer),
        model.day,
        words(model, own),
        tuple(Note(f"from {one.name}", accent_index(one.lane or one.name)) for one in outside),
        _tooltip(model, own),
        model.link,
        strong=model.slug == found.of,
        dashed=not model.known,
    )


def words(model: Relative, own: Sequence[Relation]) -> tuple[tuple[str, ...], ...]:
    """The lines of a box, the most important first: the author's words, then what was computed and they do not say.

    Where a phrase of the author is too long, what was counted of the same says it in short. A model without parents
    says what it is made of.
    """
    if not own:
        return tuple((_bound(word),) for word in model.about)
    ordered = sorted(own, key=lambda relation: relation.relation == "influence")
    counted = list(ordered[0].changes)
    lines: list[tuple[str, ...]] = []
    if ordered[0].same and not any(SAME in phrase for relation in ordered for phrase in relation.words):
        lines.append((SAME,))
    for phrase in dict.fromkeys(phrase for relation in ordered for phrase in relation.words):
        same = [change for change in counted if _says(phrase, change)]
        counted = [change for change in counted if change not in same]
        short = [str(change) for change in same]
        if any(phrase.casefold() == name for change in same for name in _names(change)):
            lines.append((short[0],))
        else:
            lines.append(
                (_numbered(phrase), ", ".join(short), short[0]) if len(short) > 1 else (_numbered(phrase), *short)
            )
    lines += [(str(change),) for change in counted]
    return tuple(tuple(map(_bound, wordings)) for wordings in lines)


def _bound(text: str) -> str:
    """``text`` with pairs of numbers on one line: ``32 to 8``, ``8 of 256``."""
    return re.sub(r"(?<=\d) (to|of) (?=\d)", "\u00a0\\1\u00a0", text)


def _numbered(phrase: str) -> str:
    """``phrase`` with its large numbers written as they are in all pictures: ``250880`` as ``250,880``."""
    return re.sub(r"(?<![\d.,-])\d{5,}(?![\d.])", lambda found: f"{int(found[0]):,}", phrase)


def _names(change: Change) -> list[str]:
    """What an author may call the thing that changed."""
    return [change.words.casefold(), *([change.concept.name.casefold()] if change.concept else [])]


def _says(phrase: str, change: Change) -> bool:
    """Whether ``phrase`` refers to ``change``, by a name or by a number of it."""
    plain, text = change.words.replace(",", "").casefold(), phrase.replace(",", "").casefold()
    mentions = (*_names(change), *(mention.casefold() for mention in change.mentions))
    return any(name in text for name in mentions) or any(
        word in text.split() for word in plain.split() if word.isdigit() and int(word) > 1
    )


def _tooltip(model: Relative, own: Sequence[Relation]) -> str:
    lines = [f"{model.name}, {model.developer}" + (f", {model.released}" if model.released else "")]
    lines += [_sentence(relation, model.name) for relation in own]
    if not own:
        lines.append("; ".join(model.about) or "not disclosed")
    return "\n".join(lines)


def _sentence(relation: Relation, child: str) -> str:
    """A relation in a sentence: the author's words, then the computed ones."""
    text = f"{child} from {relation.name}, {relation.relation}: {'; '.join(relation.words)}"
    counted = f"; computed: {', '.join(map(str, relation.changes))}" if relation.changes else ""
    taken = f"; shared: {', '.join(concept.name for concept in relation.taken)}" if relation.taken else ""
    source = f"; source: {relation.source}" if relation.source else ""
    return (text + counted + taken + source).replace("\u00a0", " ")


def _taken(relation: Relation) -> tuple[str, ...]:
    """What a line from another lane says: what both have, from all of it down to the one thing that is rarest."""
    if relation.same:
        return (SAME,)
    short = [concept.brief for concept in relation.taken]
    return tuple(", ".join(short[:number]) for number in range(len(short), 0, -1))


def _description(found: Descent) -> str:
    names = {relation.child: [] for relation in found.relations}  # type: dict[str, list[str]]
    for relation in found.relations:
        names[relation.child].append(f"{relation.name} ({relation.relation})")
    sentences = [
        f"{model.name} by {model.developer}"
        + (f", {model.released}" if model.released else "")
        + (f", from {' and '.join(names[model.slug])}" if model.slug in names else "")
        for model in found.models
    ]
    return f"{_number(len(found.models), 'model')} by release date. {'. '.join(sentences)}."


def data(found: Descent) -> dict[str, Any]:
    """The lineage as plain data: every model, and every relation with the author's words and the computed ones."""
    return {
        "of": found.of or None,
        "models": [
            {
                "slug": model.slug,
                "name": model.name,
                "developer": None if model.developer == NOBODY else model.developer,
                "family": model.family,
                "released": model.released or None,
                "link": model.link or None,
                "about": list(model.about),
            }
            for model in found.models
        ],
        "relations": [
            {
                "parent": relation.parent,
                "child": relation.child,
                "relation": relation.relation,
                "shown": relation.inside,
                "words": list(relation.words),
                "source": relation.source or None,
                "changes": [{"sign": change.sign or None, "words": change.words} for change in relation.changes],
                "taken": [concept.name for concept in relation.taken],
            }
            for relation in found.relations
        ],
    }


VIEW = Several(
    summary="Draw model lineage.",
    about=about,
    gather=gather,
    draw=draw,
    data=data,
    examples="""archdraw lineage -o lineage.svg
archdraw lineage --of deepseek-v3 -o deepseek.png --scale 2
archdraw lineage --family Llama --family Qwen --theme dark
archdraw lineage --from 2026 --by family
archdraw lineage llama-2-7b llama-3-8b mistral-7b --json""",
)
