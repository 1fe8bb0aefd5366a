"""What the pages about all models say of each: its relations, its concepts, and where it shows each of these."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from archdraw.analysis.concepts import concepts
from archdraw.analysis.descent import Member
from archdraw.app.pictures import subject
from archdraw.glossary.concepts import Concept
from archdraw.model import Model
from archdraw.records import record, replaced
from archdraw.site.entries import Site
from archdraw.tree.blocks import Module
from archdraw.tree.facts import facts
from archdraw.tree.walks import walk
from archdraw.views.concept_panels import panel_of
from archdraw.views.several import lineage

TOKENS = 32_768
"""The length at which what single layers keep is compared."""


@record
class Kept:
    """What one block keeps of :data:`TOKENS` tokens, bytes of bf16: in a ``cache`` of each, in a ``state`` of all."""

    cache: int
    state: int


@record(eq=False)
class Living:
    """One model: ``member`` is what its lineage is drawn from; no ``concepts`` where nothing is disclosed.

    ``panels`` are the views in which it shows its concepts, by their names, and ``kept`` what the blocks keep that
    these views open, as far as they are token mixers.
    """

    member: Member
    concepts: tuple[Concept, ...]
    panels: Mapping[str, str]
    kept: Mapping[str, Kept]


def living(model: Model, slug: str) -> Living:
    """What pages say of ``model``, which is called ``slug`` in its site."""
    one = replaced(subject(model, quote(f"{slug}.html")), slug=slug)
    found = () if one.facts.unknown else concepts(model.spec, model.block)
    panels = {concept.name: panel_of(concept, model.spec, model.block) for concept in found}
    every = ((path, block) for path, block in walk(model.block.body) if isinstance(block, Module))
    blocks = {f"inset:{path}": block for path, block in every}
    mixers = (concept.name for concept in found if concept.about == "token mixing")
    kept = {name: keeps for name in mixers if (keeps := _kept(blocks.get(panels[name]))) is not None}
    return Living(lineage.about(one), tuple(found), panels, kept)


def _kept(block: Module | None) -> Kept | None:
    """What ``block`` keeps; None where it is no single mixer, or keeps what cannot be counted."""
    if block is None or block.level != "block":
        return None
    counted = facts(block)
    if counted.cache_unknown or counted.unknown or counted.bidirectional:
        return None
    return Kept(counted.kv_cache_bytes(TOKENS), counted.recurrent_state_bytes())


@lru_cache(maxsize=1)
def every(site: Site) -> tuple[Living, ...]:
    """What pages say of each model of ``site``, in its order."""
    return site.each(living)
