"""What a block keeps, said of the block where its layer has several that keep the like: a layer keeps more than one."""

from __future__ import annotations

from archdraw.glossary import Note, Phrase, Term
from archdraw.glossary.of_blocks import CACHES, STATES
from archdraw.records import replaced
from archdraw.tree.blocks import Block, Module
from archdraw.tree.remembered import remembered
from archdraw.tree.walks import layers, once, walk

UNITS = (CACHES, STATES)


def of_each_block(module: Module, model: Module) -> Module:
    """``module`` of ``model``, whose notes say per block what they said per layer where a layer has several such."""
    terms = {
        term: of_block
        for unit, several in zip(UNITS, _several(model), strict=True)
        if module in several
        for term, of_block in unit.items()
    }

    def said(note: Note) -> Note:
        if isinstance(note, tuple):
            return tuple(of_block(fact) for fact in note)
        return of_block(note)

    def of_block(fact: Phrase | str) -> Phrase | str:
        return fact if isinstance(fact, str) else replaced(fact, term=terms.get(fact.term, fact.term))

    return replaced(module, notes=tuple(map(said, module.notes))) if terms else module


@remembered(64)
def _several(model: Block) -> tuple[frozenset[Module], ...]:
    """Of each unit the modules of ``model`` that share a layer with another one that keeps the like."""
    found: tuple[set[Module], ...] = tuple(set() for _ in UNITS)
    for layer in once(layers(model)):
        modules = [part for _, part in walk(layer.body) if isinstance(part, Module)]
        for unit, several in zip(UNITS, found, strict=True):
            keeping = [module for module in modules if _terms(module) & unit.keys()]
            if len(keeping) > 1:
                several.update(keeping)
    return tuple(map(frozenset, found))


def _terms(module: Module) -> set[Term]:
    facts = (fact for note in module.notes for fact in (note if isinstance(note, tuple) else (note,)))
    return {fact.term for fact in facts if isinstance(fact, Phrase)}
