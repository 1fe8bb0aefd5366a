"""What a spec can say and no model is: blocks in the wrong order, and a window wider than the context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archdraw.errors import Problem
from archdraw.kinds.base import Kind
from archdraw.kinds.expanding import every_kind
from archdraw.source import Document
from archdraw.spec.forms import Origin

_FIRST = "layers begin nearest to the input"
_ABOVE = "{} stands above layers, whose output is no token"
_BELOW = "{} stands below layers, which would read its logits"
_WINDOWS = ("sliding_window", "attention_chunk_size")
_WIDER = "{} {:,} is wider than context_length {:,}: it bounds nothing"


def oddities(
    kinds: Sequence[Kind], document: Document, origins: Mapping[int, Origin], context_length: int | None
) -> Iterator[Problem]:
    """Warnings of what is odd in ``kinds``, the layers of the spec in ``document``.

    ``origins`` say where each kind in them was written, by its ``id``; ``context_length`` is in tokens.
    """
    stacks = [index for index, kind in enumerate(kinds) if kind.family == "layer"]
    for index, kind in enumerate(kinds):
        above = stacks and index > stacks[-1] and kind.keyword == "embedding"
        below = stacks and index < stacks[0] and kind.keyword == "output_head"
        if above or below:
            message = (_ABOVE if above else _BELOW).format(kind.keyword)
            yield document.problem(message, document.span("layers", index), _FIRST, warning=True)
    if context_length is None:
        return
    reported = set()  # what is defined like another block has its fields from there
    for kind in {id(kind): kind for top in kinds for kind in every_kind(top)}.values():
        for field in _WINDOWS:
            wide, origin = getattr(kind, field, None), origins.get(id(kind))
            if isinstance(wide, int) and wide > context_length and origin and origin.place(field) not in reported:
                reported.add(origin.place(field))
                hint = f"leave {field} out for full attention"
                message = _WIDER.format(field, wide, context_length)
                yield document.problem(message, origin.place(field), hint, warning=True)
