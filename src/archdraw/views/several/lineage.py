"""Model lineage over time: a lane for each developer or family, and the changes in each box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from archdraw.analysis.descent import NOBODY, Descent, Grouping, Member, Relation, Relative, descent, member_of
from archdraw.layout.lineage import chart
from archdraw.layout.lineage.cards import Note
from archdraw.layout.lineage.lanes import Card, Chart, Lane, Link
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.developers import accent_index
from archdraw.views.several import Several, Subject
from archdraw.views.several._lineage_folds import LEVELS, folded, shortened
from archdraw.views.several._lineage_words import sentence, taken, tooltip, words


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


def draw(
    found: Descent,
    theme: Theme,
    *,
    details: Annotated[bool, "Every model in a box of its own, however tall the page becomes."] = False,
) -> Scene:
    """The picture of ``found``, at most half again as tall as it is wide unless all ``details`` are to be shown.

    For that boxes count models of their family that are like them, and others stand in a list.
    """
    return chart.scene(picture(found) if details else on_a_page(found), theme)


def on_a_page(found: Descent) -> Chart:
    """``found`` with as many models in boxes as a page has room for."""
    whole = picture(found)
    if chart.is_short(whole):
        return whole
    shorter = whole
    for level in LEVELS:
        shorter = shortened(whole, found, folded(found, level))
        if (fitting := chart.fitted_to(shorter)) is not None:
            return fitting
    return shorter


def picture(found: Descent) -> Chart:
    """``found`` as lanes, cards and links, before anything has a place."""
    lanes = list(dict.fromkeys(model.lane for model in found.models))
    names = {model.slug: model for model in found.models}
    own: dict[str, list[Relation]] = {model.slug: [] for model in found.models}
    for relation in found.relations:
        own[relation.child].append(relation)
    links = [
        Link(
            relation.parent,
            relation.child,
            f"from {relation.name}",
            names[relation.parent].lane != names[relation.child].lane,
            sentence(relation, names[relation.child].name),
            taken(relation),
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
                tuple(_card(model, found, own[model.slug]) for model in found.models if model.lane == lane),
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


def _card(model: Relative, found: Descent, own: Sequence[Relation]) -> Card:
    outside = [relation for relation in own if not relation.inside]
    return Card(
        model.slug,
        model.name,
        accent_index(model.lane if found.grouping == "developer" else model.developer),
        model.day,
        words(model, own),
        tuple(Note(f"from {one.name}", accent_index(one.lane or one.name)) for one in outside),
        tooltip(model, own),
        model.link,
        strong=model.slug == found.of,
        dashed=not model.known,
    )


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
