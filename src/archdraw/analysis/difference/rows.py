"""The changes of a comparison as rows: one for each thing that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from archdraw.analysis.difference.changes import BLOCK, OCCURRENCES, WIRING, Change
from archdraw.glossary import text, within
from archdraw.glossary.comparison import OF_MODULE, STRUCTURE_OF
from archdraw.glossary.settings import name_of
from archdraw.tree.settings import FEED_FORWARD, MIXER

PLAIN = frozenset({"model", "layer", "layers", MIXER, FEED_FORWARD})
"""Sorts whose settings are known by their names alone."""
TWINS = {
    "v_head_dim": "head_dim",
    "linear_num_value_heads": "linear_num_key_heads",
    "linear_value_head_dim": "linear_key_head_dim",
    "num_key_value_heads": "num_attention_heads",
    "attention_key_bias": "attention_bias",
    "attention_out_bias": "attention_bias",
    "mlp_down_bias": "mlp_bias",
    "expert.mlp_down_bias": "expert.mlp_bias",
    "use_cache": "is_causal",
}
"""Settings that are not said again where they changed as another did: value heads that are as wide as key heads,
attention with as many KV heads as query heads, biases of all projections, caches of what is generated."""


def rows(changes: Iterable[Change]) -> tuple[Change, ...]:
    """``changes``, those of several blocks that say the same as one, each with a subject where others have its name."""
    found: dict[tuple[object, ...], list[Change]] = {}
    every = list(changes)
    for change in (one for one in every if not _is_twin(one, every)):
        labels = change.labels if change.what in (BLOCK, OCCURRENCES) else ()
        # What norms follow distinguishes them.
        place = change.subject if (change.sort, change.what) == ("norm", BLOCK) else ""
        values = change.before, change.after, repr(change.before), change.layers
        key = change.sign, change.sort, change.what, *values, labels, place
        found.setdefault(key, []).append(change)
    made = [_named(_joined(several), several) for several in found.values()]
    kept = [_in_module(one) for one in made if not _is_twin(one, made)]
    return tuple(_distinct(kept))


def _joined(several: list[Change]) -> Change:
    """One row for changes with the same values: without a subject where it is that of several."""
    paths = tuple(tuple(dict.fromkeys(path for one in several for path in one.paths[side])) for side in (0, 1))
    subjects = {one.subject for one in several}
    modules = {one.around for one in several}
    return replace(
        several[0],
        paths=(paths[0], paths[1]),
        subject=several[0].subject if len(subjects) == 1 else "",
        around=several[0].around if len(modules) == 1 else "",
    )


def _in_module(change: Change) -> Change:
    """``change`` with the module around its blocks in its subject: encoders have layers as decoders have."""
    if not change.around:
        return change
    own = subject_of(change) or (change.sort if change.what == BLOCK else "")
    if change.what == WIRING:
        # Of the module itself, or of one of its layers.
        own = change.sort if change.sort in PLAIN else ""
    subject = text(OF_MODULE(what=own, module=change.around)) if own else change.around
    return replace(change, subject=subject)


def _named(change: Change, several: list[Change]) -> Change:
    """``change`` with the name of its block as its subject, where only settings of whole layers need none."""
    if change.subject or change.sort in PLAIN or change.what in (BLOCK, OCCURRENCES):
        return change
    labels = {one.where for one in several}
    own = within(labels.pop()) if len(labels) == 1 and change.sort != "norm" else change.sort
    return replace(change, subject=own)


def _is_twin(one: Change, every: list[Change]) -> bool:
    other = TWINS.get(one.what)
    same = [
        change
        for change in every
        if (change.what, change.sort) == (other, one.sort)
        and all(set(own) <= set(its) for own, its in zip(one.paths, change.paths, strict=True))
    ]
    return any((change.before, change.after, change.layers) == (one.before, one.after, one.layers) for change in same)


def _distinct(every: list[Change]) -> Iterable[Change]:
    """``every`` change with a subject of its own where several have one name, on the way there or back."""
    taken: set[_Name] = set()
    times = Counter(name for one in every for name in _names(one))
    for change in every:
        is_shared = any(times[name] > 1 for name in _names(change))
        named = replace(change, subject=within(change.where)) if is_shared and not change.subject else change
        number, subject = 1, named.subject or within(named.where)
        while taken & _names(named):
            number += 1
            named = replace(named, subject=f"{subject} ({number})")
        taken |= _names(named)
        yield named


SELF_EXPLANATORY = frozenset({MIXER, FEED_FORWARD, "norm", "position", "embedding", "output", "input"})
"""Sorts that say well enough what is another one."""


def subject_of(change: Change) -> str:
    """What the row of ``change`` is about: the blocks by name, empty where its sort or its setting says enough."""
    came_or_gone = change.what == BLOCK and (change.sign != "changed" or change.sort not in SELF_EXPLANATORY)
    return change.subject or (within(change.where) if came_or_gone or change.what == OCCURRENCES else "")


_Name = tuple[bool, str]
"""What a row is called, and whether it is of the way back."""


def _names(change: Change) -> set[_Name]:
    """What the row of ``change`` is called, and that of the way back."""
    return {(back, _name(one)) for back, one in ((False, change), (True, change.turned()))}


def _name(change: Change) -> str:
    if change.what in (BLOCK, WIRING):
        own = subject_of(change) or change.sort
        return own if change.what == BLOCK else text(STRUCTURE_OF(block=own))
    return ", ".join(filter(None, (name_of(change.what), subject_of(change))))
