"""The figures of a model that stand out where there is room for few: size, what is computed, what is kept."""

from __future__ import annotations

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.glossary.numbers import data_size, tokens
from archdraw.picture import Fact
from archdraw.spec import Spec
from archdraw.tree.blocks import Module
from archdraw.tree.facts import Facts
from archdraw.views.active import active_parameters, total_parameters
from archdraw.views.header import columns_of
from archdraw.views.wording import parameters


def quoted(spec: Spec, model: Module, counted: Facts, *, sizes: bool = False) -> tuple[Fact, ...]:
    """The figures of ``model``, the most important first, only its ``sizes`` if so; what is not known has none."""
    found: list[tuple[str, str]] = []
    if not counted.unknown:
        total, _ = total_parameters(counted, spec.published)
        found.append((parameters(total), text(words.FACT_PARAMETERS())))
        active = active_parameters(counted, spec.published)
        if active.count < total:
            found.append((("≤ " if active.at_most else "") + parameters(active.count), text(words.ACTIVE())))
    if sizes:
        return tuple(Fact(value, label) for value, label in found)
    if spec.context_length and any(entry.window for entry in counted.cache if not entry.cross):
        # With windows what a token adds is not what it keeps: the size at the whole context is.
        label = text(words.FACT_CACHE_AT(context=tokens(spec.context_length) or spec.context_length))
        index = counted.index_cache_bytes_per_token() * spec.context_length
        found.append((data_size(counted.kv_cache_bytes(spec.context_length) + index), label))
    elif each := counted.kv_cache_bytes_per_token():
        # What a model keeps of a token are also the keys of its indexers.
        found.append((data_size(each + counted.index_cache_bytes_per_token()), text(words.FACT_CACHE())))
    elif counted.state:
        found.append((data_size(counted.recurrent_state_bytes()), text(words.FACT_STATE())))
    positions = counted.source_positions
    if kept := counted.cross_cache_bytes(positions or 1):
        kept_for = words.FACT_CROSS_CACHE() if positions else words.FACT_CROSS_CACHE_EACH()
        found.append((data_size(kept), text(kept_for)))
    if spec.context_length:
        length = spec.context_length
        found.append((tokens(length) or f"{length:,}", text(words.FACT_CONTEXT())))
    if layers := tuple(filter(None, columns_of(model.body))):
        # As the header says it: an encoder's layers and its decoder's are not one number.
        found.append(
            (" + ".join(map(str, layers)), text(words.FACT_BLOCKS() if counted.in_blocks else words.FACT_LAYERS()))
        )
    if spec.vocab_size:
        found.append((f"{spec.vocab_size:,}", text(words.FACT_VOCABULARY())))
    shorter = {text(words.FACT_CACHE()): text(words.FACT_CACHE_SHORT())}
    return tuple(Fact(value, label, shorter.get(label, label)) for value, label in found)
