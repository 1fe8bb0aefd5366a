"""What an author may have meant by a name that is no kind: the field has several words for most of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archdraw.errors import nearest
from archdraw.kinds.base import Kind

MOST = 4
"""So many kinds are named for one word; more say nothing."""

OTHERWISE: Mapping[str, str] = {
    "dropout": "leave it out: it does nothing at inference",
    "softmax": "write op: softmax",
    "tanh": "write op: tanh",
    "sigmoid": "write op: sigmoid",
    "lm_head": "did you mean output_head?",
    "head": "did you mean output_head?",
    "embed_tokens": "did you mean embedding?",
}
"""Words for what is written in another way, or not at all."""


def hint(name: str, known: Mapping[str, type[Kind]], defined: Iterable[str] = ()) -> str:
    """A hint for the unknown ``name``: the kinds that people call so, else the nearest of ``known`` and ``defined``.

    Empty where there is none. Case, spaces, hyphens and underscores make no difference.
    """
    if name.lower() in OTHERWISE:
        return OTHERWISE[name.lower()]
    word = _plain(name)
    called: dict[str, list[str]] = {}
    for keyword, kind in known.items():
        for alias in {*map(_plain, (*kind.aliases, kind.term.short, kind.term.text))} - {""}:
            called.setdefault(alias, []).append(keyword)
    if word in called:
        return f"did you mean {' or '.join(called[word][:MOST])}?"
    return nearest(name, [*known, *defined])


def _plain(name: str) -> str:
    return "".join(name.lower().replace("-", " ").replace("_", " ").split())
