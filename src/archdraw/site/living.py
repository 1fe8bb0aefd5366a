"""What the pages about all models know of each: its relations, its concepts, and where it shows each of these."""

from __future__ import annotations

from collections.abc import Mapping

from archdraw.analysis.concepts import concepts
from archdraw.analysis.descent import Member
from archdraw.app.pictures import subject
from archdraw.model import Model
from archdraw.records import record, replaced
from archdraw.site.entries import Site
from archdraw.views.concept_panels import panel_of
from archdraw.views.several import lineage, timeline
from archdraw.views.several._uptake import Adopter


@record(eq=False)
class Living:
    """One model: ``member`` is what its lineage is drawn from, ``adopter`` has its concepts.

    ``panels`` are the views in which it shows its concepts, by their names.
    """

    member: Member
    adopter: Adopter
    panels: Mapping[str, str]


def living(model: Model, slug: str) -> Living:
    """What pages know of ``model``, which is called ``slug`` in its site."""
    one = replaced(subject(model, f"{slug}.html"), slug=slug)
    adopter = timeline.about_of(one)
    found = concepts(model.spec, model.block) if adopter.dated else ()
    panels = {concept.name: panel_of(concept, model.spec, model.block) for concept in found}
    return Living(lineage.about(one), adopter, panels)


def every(site: Site) -> tuple[Living, ...]:
    """What pages know of each model of ``site``, in its order."""
    return tuple(site.workshop.each([(entry.spec, (entry.slug,)) for entry in site.entries], living))
