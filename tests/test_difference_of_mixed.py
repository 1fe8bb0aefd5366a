"""Stacks with two kinds of attention, and models that have one: settings are compared with those of both kinds."""

from __future__ import annotations

from functools import cache

import archdraw
from archdraw.analysis.difference import Change, difference
from archdraw.analysis.difference.rows import subject_of


@cache
def rows(first: str, second: str) -> dict[tuple[str, str], Change]:
    """Each change by what changed and of what."""
    found = difference(archdraw.load(first).block, archdraw.load(second).block)
    return {(one.what, subject_of(one)): one for one in found.changes}


def test_settings_of_the_one_kind_are_compared_with_both_kinds_of_the_other() -> None:
    found = rows("command-a-111b", "llama-3-8b")
    base = found["position.rope_theta", ""]
    assert (base.before, base.after, base.layers) == (50_000, 500_000, ((48, 64), None))
    position = found["position", ""]
    assert (position.sign, position.before, position.after) == ("changed", "rope", "rope")
    assert position.layers == ((48, 64), None)
    heads = found["num_attention_heads", ""]
    assert (heads.before, heads.after, heads.layers) == (96, 32, (None, None)), "of both kinds"
    assert ("sliding_window", "") not in found, "the row of the block says it"


def test_values_of_both_kinds_are_listed() -> None:
    base = rows("gemma-4-e2b", "llama-3-2-1b")["position.rope_theta", ""]
    assert isinstance(base.before, tuple)
    assert (set(base.before), base.after) == ({10_000, 1_000_000}, 500_000)


def test_positions_that_only_windows_have_come_where_there_were_none() -> None:
    position = rows("glm-5-3-flash", "command-a-111b")["position", ""]
    assert (position.sign, position.before, position.after) == ("added", "none", "rope")
    assert position.layers == (None, (48, 64))
