"""Whether what a spec reads from beside its model is there, and whether what stands there is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archdraw.errors import Problem, nearest
from archdraw.glossary import text
from archdraw.kinds.base import Kind
from archdraw.kinds.expanding import every_kind
from archdraw.source import Document
from archdraw.spec.forms import Origin
from archdraw.tree.beside import names, read_elsewhere, readers, reads
from archdraw.tree.blocks import Block

_NOTHING = "this reads a module beside the model, and there is none"
_HINT = "add an encoder, or a side with joins: false; what comes from outside of the model is an input"
_OTHER = "no module beside the model that could be read is called {}"
_UNREAD = "{} joins no line, and nothing reads it"
_READ = "let it join the line, or read it with side_output or cross_attention"


def disagreements(
    kinds: Sequence[Kind], made: Sequence[Block], document: Document, origins: Mapping[int, Origin]
) -> Iterator[Problem]:
    """What ``made``, the blocks of ``kinds``, read that is not there: an error where a name is wrong.

    A warning where there is nothing to read, and for each module that nothing reads. ``kinds`` are the layers of the
    spec in ``document``, ``origins`` where each kind in them was written, by its ``id``.
    """
    beside = [(index, side) for index, block in enumerate(made) for side in read_elsewhere((block,))]
    sides = [side for _, side in beside]
    asked = [(index, leaf) for index, block in enumerate(made) for leaf in readers(block)]
    known = [name for side in sides for name in names(side)]
    for index, wanted in dict.fromkeys((index, leaf.side or "") for index, leaf in asked):
        found = [
            origin
            for kind in every_kind(kinds[index])
            if (getattr(kind, "reads", "no") or "") == wanted and (origin := origins.get(id(kind))) is not None
        ]
        whole = document.span("layers", index)
        # What a template makes is written nowhere in the spec.
        places = [(origin.span, origin.place("reads")) for origin in found] or [(whole, whole)]
        if not sides:
            yield from (document.problem(_NOTHING, place, _HINT, warning=True) for place, _ in places)
        elif wanted and wanted not in known:
            hint = nearest(wanted, known) or f"there are {', '.join(text(side.label) for side in sides)}"
            yield from (document.problem(_OTHER.format(wanted), place, hint) for _, place in places)
    for index, side in beside:
        if not any(reads(leaf, side) for _, leaf in asked):
            message = _UNREAD.format(text(side.label))
            yield document.problem(message, document.span("layers", index), _READ, warning=True)
