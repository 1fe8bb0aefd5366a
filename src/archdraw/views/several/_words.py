"""Differences in words: names and values as people write them, one line of what is equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdraw.analysis.difference import AT_CONTEXT, COUNTS, PER_TOKEN, Difference, count
from archdraw.glossary import comparison, text, within
from archdraw.glossary.settings import IN_BYTES, name_of, value_of
from archdraw.layout.compare.table import TableRow
from archdraw.views.several import Subject

LISTED = (
    *("layers", "hidden_size", "vocab_size", "context_length", "placement", "num_attention_heads"),
    *("num_key_value_heads", "head_dim", "qk_norm", "q_lora_rank", "kv_lora_rank", "qk_rope_head_dim"),
    *("position.rope_theta", "sliding_window", "sinks", "intermediate_size", "num_experts", "num_experts_per_tok"),
    *("moe_intermediate_size", "n_shared_experts", "scoring_func", "tie_word_embeddings"),
    *("total_parameters", "kv_cache_bytes_per_token"),
)
"""What is listed where it is equal, in this order."""


OF_THE_LAYERS = frozenset({"model", "layer", "token mixer", "feed-forward"})
"""Sorts of blocks whose settings are listed: those of encoders beside the line have the same names."""


def equal(differences: Sequence[Difference], subjects: Sequence[Subject]) -> str:
    """One line of what all models share; empty where none of it is listed."""
    shared: dict[str, list[str]] = {}
    for index, difference in enumerate(differences):
        changed = {change.what for change in difference.changes}
        own: dict[str, set[str]] = {}
        for one in difference.equal:
            if one.sort not in OF_THE_LAYERS:
                continue
            own.setdefault(one.what, set()).add(value_of(one.what, one.value))
        values_of = {what: " and ".join(sorted(values)) for what, values in own.items() if what not in changed}
        shared = {
            what: [*shared.get(what, []), value] for what, value in values_of.items() if index == 0 or what in shared
        }
    words = {what: values[0] for what, values in shared.items() if len(set(values)) == 1}
    differ = {change.what for one in differences for change in one.changes}
    for what in COUNTS:
        if what == PER_TOKEN and AT_CONTEXT in differ:
            continue
        values = {count(one.facts, what, one.block) for one in subjects}
        if len(values) == 1 and not any(one.facts.unknown for one in subjects):
            words[what] = value_of(what, values.pop())
    phrases = [_phrase(what, words[what]) for what in LISTED if words.get(what, "no") not in ("none", "no")]
    return f"Equal: {', '.join(phrases)}." if phrases else ""


def moved(differences: Sequence[Difference]) -> str:
    """One line of the blocks that neighbours have in different places; empty where there are none."""
    blocks = tuple(dict.fromkeys(within(label) for one in differences for label in one.moved))
    return text(comparison.MOVED(blocks=blocks)) if blocks else ""


def _phrase(what: str, value: str) -> str:
    if value == "yes":
        return name_of(what)
    if what == "layers":
        return f"{value} layer{'' if value == '1' else 's'}"
    if what in IN_BYTES:
        return f"{value} of {name_of(what)}"
    return f"{name_of(what)} {value}"


def sentences(rows: Iterable[TableRow], names: Sequence[str]) -> str:
    """The rows as sentences, for screen readers."""
    found = []
    for row in rows:
        values = ", ".join(f"{value} in {name}" for value, name in zip(row.values, names, strict=True))
        found.append(f"{row.name}: {values}.")
    return " ".join(found)
