"""What the words of a spec claim, against its tree: a warning where they contradict each other.

Only what a tree shows is looked at, and only where a word has one meaning in the field. A word after "no" or "without"
claims the contrary; one that a comparison is made with ("instead of", "unlike") claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from archdraw.errors import Problem, Span
from archdraw.records import record
from archdraw.spec import Spec
from archdraw.tree.blocks import Experts, Heads, Leaf, Module
from archdraw.tree.facts import Facts
from archdraw.tree.masks import mask_of
from archdraw.tree.walks import leaves, walk

Property: TypeAlias = Callable[[Module, Facts], bool]


@record
class Claim:
    """A word of the field, as a pattern, the property of a tree that it claims, and what a tree without it lacks."""

    pattern: str
    holds: Property
    what: str


def _heads(block: Module) -> Iterator[Heads]:
    return (leaf.heads for leaf in leaves(block) if leaf.heads is not None)


def _any(test: Callable[[Heads], bool]) -> Property:
    return lambda block, counted: any(map(test, _heads(block)))


def _role(*roles: str) -> Property:
    return lambda block, counted: any(isinstance(part, Module | Leaf) and part.role in roles for _, part in walk(block))


def _has_window(block: Module, counted: Facts) -> bool:
    windows = any(mask.pattern == "window" and mask.size for mask in map(mask_of, _heads(block)))
    return windows or any(leaf.cache is not None and leaf.cache.window is not None for leaf in leaves(block))


def _has_experts(block: Module, counted: Facts) -> bool:
    return any(isinstance(part, Experts) for _, part in walk(block))


CLAIMS = (
    Claim(r"bidirectional", _any(lambda heads: not heads.causal and not heads.cross), "bidirectional attention"),
    Claim(r"causal attention", _any(lambda heads: heads.causal), "causal attention"),
    Claim(r"KV cache", lambda block, counted: any(not entry.cross for entry in counted.cache), "KV cache"),
    Claim(r"sliding[- ]window", _has_window, "attention with a window"),
    Claim(r"MoE|mixture[- ]of[- ]experts", _has_experts, "experts"),
    Claim(r"shared experts?", _role("shared"), "shared expert"),
    Claim(r"cross-attention", _any(lambda heads: heads.cross), "cross-attention"),
    Claim(
        r"encoder-decoder",
        lambda block, _: (
            any(isinstance(part, Module) and part.level == "encoder" for _, part in walk(block))
            or any(heads.cross for heads in _heads(block))
        ),
        "encoder that its decoder attends to",
    ),
    Claim(r"tied embeddings", lambda block, counted: counted.head_is_tied, "output that uses the token table"),
    Claim(
        r"(?:images?|video|audio)(?:(?:,| and|, and) (?:image|video|audio))* input",
        lambda block, counted: counted.encoders > 0,
        "encoder",
    ),
    Claim(r"linear attention|state[- ]space|recurrent", lambda block, counted: counted.state > 0, "recurrent state"),
)
"""Words and what they claim."""

_NEGATED = re.compile(r"\b(?:no|not|without|non)[- ](?:\w+[- ])?$", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:instead of|rather than|unlike|than|replaces?|drops?|from)\b[^,;]*$", re.IGNORECASE)


def contradictions(spec: Spec, block: Module, counted: Facts) -> Iterator[Problem]:
    """A warning for each word of the key points and notes of ``spec`` that its tree contradicts.

    What the tree lacks and the spec says is ``incomplete`` contradicts nothing.
    """
    if counted.unknown:
        return
    for field in ("key_points", "notes"):
        for index, words in enumerate(getattr(spec, field)):
            for claim in CLAIMS:
                for found in re.finditer(rf"\b(?:{claim.pattern})\b", words, re.IGNORECASE):
                    before = words[: found.start()]
                    if _COMPARED.search(before):
                        continue
                    claimed = _NEGATED.search(before) is None
                    if claimed and any(claim.what in lacking for lacking in spec.incomplete):
                        continue
                    if claim.holds(block, counted) is not claimed:
                        yield _problem(spec, claim, claimed, found[0], field, index)


def _problem(spec: Spec, claim: Claim, claimed: bool, word: str, field: str, index: int) -> Problem:
    document = spec.document
    span = document.span(field, index)
    line = document.lines[span.line - 1] if span.line <= len(document.lines) else ""
    place = line.find(word, span.column - 1)
    if place >= 0:
        span = Span(span.file, span.line, place + 1, len(word))
    message = f"this claims {word!r}, but the layers have no {claim.what}"
    if not claimed:
        message = f"this claims no {word!r}, but the layers have it"
    return document.problem(message, span, "correct the words or the layers", warning=True)
