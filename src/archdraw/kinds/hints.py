"""What an author may have meant by a name that is no kind: the field has several words for most of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archdraw.errors import folded, nearest
from archdraw.kinds.base import Kind

MOST = 4
"""So many kinds are named for one word; more say nothing."""

_FUNCTIONS = (
    *(
        "softmax",
        "tanh",
        "sigmoid",
        "ELU",
        "SELU",
        "CELU",
        "Mish",
        "softplus",
        "softsign",
        "log softmax",
        "hard swish",
    ),
    *(
        "hard sigmoid",
        "leaky ReLU",
        "PReLU",
        "ReLU6",
        "abs",
        "exp",
        "log",
        "sqrt",
        "argmax",
        "mean",
        "sum",
        "max",
        "min",
    ),
    *("clamp", "l2 normalize", "pad", "sample", "quantize", "stop gradient", "mask", "roll"),
)
"""Functions without weights, as the field writes them."""

OTHERWISE: Mapping[str, str] = {
    **{folded(name): f"write op: {name}" for name in _FUNCTIONS},
    "swish": "write op: SiLU",
    "dropout": "leave it out: it does nothing at inference",
    "droppath": "leave it out: it does nothing at inference",
    "stochasticdepth": "leave it out: it does nothing at inference",
    "noise": "write op: noise",
    "identity": "write []: an empty list is a plain line",
    "crop": "write op: {label: Crop, grid: [392, 392]}",
    "loss": "leave it out: a loss is part of training, not of the architecture",
    "crossentropy": "leave it out: a loss is part of training, not of the architecture",
    "optimizer": "leave it out: it is part of training, not of the architecture",
    "tokenizer": "leave it out, or write input: {label: token ids}",
    "output": "did you mean output_head?",
}
"""Words for what is written in another way, or not at all, as :func:`archdraw.errors.folded` leaves them."""

ACTIVATIONS: Mapping[str, str] = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "relu_squared": "ReLU²"}
"""Feed-forward networks that are called by their activation alone: written without fields, that may be meant."""


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


def without_fields(keyword: str) -> str:
    """A hint for a kind whose fields are lacking, where another thing of the same name may be meant; else empty."""
    name = ACTIVATIONS.get(keyword)
    return f"for the activation alone, write op: {name}" if name else ""
