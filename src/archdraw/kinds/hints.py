"""What an author may have meant by a name that is no kind: the field has several words for most of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archdraw.errors import folded, nearest
from archdraw.kinds.base import Kind

MOST = 4
"""So many kinds are named for one word; more say nothing."""

OTHERWISE: Mapping[str, str] = {
    "dropout": "leave it out: it does nothing at inference",
    "softmax": "write op: softmax",
    "tanh": "write op: tanh",
    "sigmoid": "write op: sigmoid",
}
"""Words for what is written in another way, or not at all, as :func:`archdraw.errors.folded` leaves them."""


def hint(name: str, known: Mapping[str, type[Kind]], defined: Iterable[str] = ()) -> str:
    """A hint for the unknown ``name``: the kinds that people call so, else the nearest of ``known`` and ``defined``.

    Empty where there is none. Case, spaces, hyphens and underscores make no difference.
    """
    word = folded(name)
    if word in OTHERWISE:
        return OTHERWISE[word]
    called: dict[str, list[str]] = {}
    for keyword, kind in known.items():
        for alias in {*map(folded, (*kind.aliases, kind.term.short, kind.term.text))} - {""}:
            called.setdefault(alias, []).append(keyword)
    if word in called:
        return f"did you mean {' or '.join(called[word][:MOST])}?"
    return nearest(name, [*known, *defined])
