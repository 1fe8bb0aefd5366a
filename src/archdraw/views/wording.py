"""How the views write numbers and names: one place, so that equal things look equal in every picture."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.glossary import Phrase, Words, text, within
from archdraw.glossary import plate as words
from archdraw.glossary.numbers import data_size as data
from archdraw.glossary.numbers import parameters, share
from archdraw.tree.blocks import Module
from archdraw.tree.patterns import cadence
from archdraw.views.full_attention import is_full

__all__ = [
    "data",
    "gone_through",
    "how_often",
    "in_a_row",
    "listed",
    "ordinal",
    "parameters",
    "several",
    "share",
    "short_label",
    "short_name",
    "within",
]


LONGEST_NAME = 28
"""Characters of a name in a list; a longer one gives way to its abbreviation."""


def listed(module: Module) -> Words:
    """The label of ``module`` for a list: its abbreviation where it is long and has one."""
    label = module.label
    if isinstance(label, Phrase) and label.term.short and len(text(label)) > LONGEST_NAME:
        return label.term.short
    return label


def in_a_row(names: Sequence[str]) -> str:
    """``names`` after each other as one caption: all but the first as inside a sentence."""
    return ", ".join((*names[:1], *map(within, names[1:])))


def short_label(module: Module) -> str:
    """What ``module`` is called inside a caption: ``full attention`` without its kind where others have windows."""
    return words.FULL_ATTENTION.short if is_full(module.label) else within(listed(module))


def short_name(module: Module) -> str:
    """What ``module`` is called in a list of its like: ``sliding`` for sliding-window attention."""
    name = short_label(module).removesuffix(" attention")
    return name.removesuffix("-window") if module.role == "sliding" else name.removesuffix(" block")


def gone_through(layers: Phrase, loops: Sequence[int]) -> Phrase:
    """``layers``, and that a token goes through each of them as often as ``loops`` says, if that is more than once."""
    if set(loops) == {1}:
        return layers
    if len(set(loops)) == 1:
        return words.IN_LOOPS(layers=layers, loops=loops[0])
    again = [times for times in loops if times > 1]
    if len(set(again)) == 1:
        return words.SOME_IN_LOOPS(layers=layers, looped=len(again), loops=again[0])
    return words.IN_PASSES(layers=layers, passes=(sum(loops),))


def ordinal(number: int) -> str:
    """``2nd``, ``3rd``, ``4th``, ``11th``."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def how_often(places: tuple[int, ...], members: Sequence[int], number: int) -> str:
    """In how many of the layers ``members``, of ``number`` in the whole frame, the block at ``places`` comes.

    Also in which, where these are every n-th of all: ``in 10 of 62 layers, every 6th``.
    """
    if len(members) < number:
        return text(words.IN_THESE_LAYERS(number=len(places), all=len(members)))
    every = cadence([place - members[0] for place in places], number)
    if every:
        return text(words.IN_LAYERS_EVERY(number=len(places), all=number, ordinal=ordinal(every)))
    return text(words.IN_LAYERS(number=len(places), all=number))


def is_of_all(name: str) -> bool:
    """Whether ``name`` is that of layers together, an encoder or a decoder, and not of each of them."""
    return name.lower().endswith(("encoder", "decoder"))


def several(name: str, number: int) -> str:
    """So many layers of that ``name``: ``12 × Mamba layer``, and ``Image encoder, 12 layers``."""
    if is_of_all(name):
        return text(words.WITH_LAYERS(name=name, number=number))
    return text(words.SEVERAL(number=number, what=name))
