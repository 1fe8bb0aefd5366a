"""What a model amounts to, as a value: parameters, cache, state and layers, and what follows from them.

``docs/facts.md`` has the conventions; :mod:`archdraw.tree.facts` counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, get_args

from archdraw.errors import ArchdrawError, unknown_name
from archdraw.tree.blocks import Cache, Part
from archdraw.tree.sheet import html_table, rows

Dtype = Literal["fp32", "bf16", "fp8", "int4"]
BITS: Mapping[Dtype, int] = {"fp32": 32, "bf16": 16, "fp8": 8, "int4": 4}
"""Bits of one value. Scales of quantized blocks are not counted."""

DEFAULT_CONTEXT = 8192
"""Tokens at which the cache of a model without a longest context is reported."""


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Counts of one block, everything in whole parameters, values or layers.

    ``parts`` are the trained parameters by place; ``inactive`` those of routed experts that a token does not pass;
    ``encoders`` those of counted modules whose output joins the line (other modalities); ``auxiliary`` those of modules
    that are no part of the model's counts, by label. ``cache`` says of how many tensors a token leaves which entry;
    ``state`` counts the values of recurrent mixers. A ``head_is_tied`` where the output uses the token table,
    which has ``tied_table`` values.
    ``multiplications`` are those of one text token with matrices and states; ``attended`` those with each key that its
    queries meet, by how many keys that are at most (None: all) and how many tokens one key stands for. Where something
    is ``unknown``, every count is that of the rest. ``bidirectional``: some attention of the model itself, not of an
    encoder beside it, sees later tokens, so that its keys and values cannot be kept.
    """

    parts: Mapping[Part, int] = field(default_factory=dict)
    inactive: int = 0
    encoders: int = 0
    auxiliary: Mapping[str, int] = field(default_factory=dict)
    cache: Mapping[Cache, int] = field(default_factory=dict)
    state: int = 0
    layers: int = 0
    head_is_tied: bool = False
    tied_table: int = 0
    multiplications: int = 0
    attended: Mapping[tuple[int | None, int], int] = field(default_factory=dict)
    unknown: bool = False
    bidirectional: bool = False

    @property
    def total_parameters(self) -> int:
        """All trained parameters of the model, a tied tensor counted once."""
        return sum(self.parts.values())

    @property
    def active_parameters(self) -> int:
        """Parameters that are active per token: ``total_parameters`` less the routed experts that are not selected."""
        return self.total_parameters - self.inactive

    @property
    def text_parameters(self) -> int:
        """Parameters of the text model: ``total_parameters`` less the encoders of other modalities."""
        return self.total_parameters - self.encoders

    @property
    def active_parameters_without_input_embedding(self) -> int:
        """Parameters that a text token is multiplied with: active, without encoders, and without input tables.

        A row is looked up in an input table, not multiplied; a table that is also the output layer stays in.
        """
        tables = self.parts.get("embedding", 0)
        return self.active_parameters - self.encoders - max(tables - self.tied_table, 0)

    @property
    def lookup_parameters(self) -> int:
        """Parameters of the tables beside that of the tokens, of which rows are looked up: n-grams, a layer's own."""
        table = self.tied_table or self.parts.get("head", 0)
        return max(self.parts.get("embedding", 0) - table, 0)

    def weight_memory(self, dtype: Dtype = "bf16") -> int:
        """Bytes of all weights when every one is stored as ``dtype``, rounded up.

        Raises :class:`archdraw.ArchdrawError` for a ``dtype`` that is none of :data:`BITS`.
        """
        if dtype not in BITS:
            raise ArchdrawError(unknown_name("precision", dtype, BITS, hint=_as_many_bits(dtype)))
        return -(-self.total_parameters * BITS[dtype] // 8)

    def kv_cache_bytes_per_token(self, bits: int = 16) -> int:
        """Bytes of keys and values per token in all attention layers, at ``bits`` per value, windows not yet full.

        Raises :class:`archdraw.ArchdrawError` for less than 1 of the ``bits``.
        """
        return self._cached_per_token(bits, index=False)

    def index_cache_bytes_per_token(self, bits: int = 16) -> int:
        """Bytes per token in the caches of all indexers, at ``bits`` per value; they are not in the KV cache.

        Raises :class:`archdraw.ArchdrawError` for less than 1 of the ``bits``.
        """
        return self._cached_per_token(bits, index=True)

    def _cached_per_token(self, bits: int, *, index: bool) -> int:
        entries = ((entry, number) for entry, number in self.cache.items() if entry.index is index and not entry.cross)
        elements = (Fraction(entry.elements * number, entry.every) for entry, number in entries)
        return int(sum(elements) * at_least_one("bits", bits) // 8)

    def kv_cache_bytes(self, context: int, bits: int = 16) -> int:
        """Bytes of keys and values in all attention layers after ``context`` tokens, at ``bits`` per value.

        A layer with a window keeps at most that many tokens; so does one with chunks, at the end of a full chunk. The
        caches of indexers are not in it, nor what cross-attention keeps of an encoder's output. Raises
        :class:`archdraw.ArchdrawError` for a ``context`` or ``bits`` below 1.
        """
        at_least_one("context", context)
        kept = sum(
            entry.elements
            * count
            * ((context if entry.window is None else min(context, entry.window.size)) // entry.every)
            for entry, count in self.cache.items()
            if not entry.index and not entry.cross
        )
        return kept * at_least_one("bits", bits) // 8

    @property
    def has_no_cache(self) -> bool:
        """Whether there is no KV cache for the reason that attention is bidirectional."""
        return self.bidirectional and not self.cache

    @property
    def source_positions(self) -> int | None:
        """Positions of the encoder's output at most, as its cross-attention says; None where it does not."""
        windows = [entry.window for entry in self.cache if entry.cross]
        known = [window.size for window in windows if window is not None]
        return max(known) if known and len(known) == len(windows) else None

    def cross_cache_bytes(self, positions: int, bits: int = 16) -> int:
        """Bytes of the keys and values that all cross-attention layers keep of ``positions`` of an encoder's output.

        They are computed once per source, whatever the context. Raises :class:`archdraw.ArchdrawError` for
        ``positions`` or ``bits`` below 1.
        """
        at_least_one("positions", positions)
        kept = sum(entry.elements * count for entry, count in self.cache.items() if entry.cross)
        return kept * positions * at_least_one("bits", bits) // 8

    def recurrent_state_bytes(self, bits: int = 16) -> int:
        """Bytes of the state of all recurrent mixers at ``bits`` per value, independent of the context.

        Raises :class:`archdraw.ArchdrawError` for less than 1 of the ``bits``.
        """
        return self.state * at_least_one("bits", bits) // 8

    def flops_per_token(self, context: int) -> int:
        """Floating-point operations of one text token that has ``context`` tokens before it, itself included.

        Two for each multiplication, its addition included: with every active matrix, with each key and value that it
        meets, and with the states of recurrent mixers. Looking up a row, norms, activations and softmax are left out,
        as in Kaplan et al. 2020, arXiv:2001.08361; so are encoders. Raises :class:`archdraw.ArchdrawError` for a
        ``context`` below 1.
        """
        at_least_one("context", context)
        met = sum(
            number * min(context // every, context if reach is None else reach)
            for (reach, every), number in self.attended.items()
        )
        return 2 * (self.multiplications + met)

    def __repr__(self) -> str:
        if self.unknown:
            return "<archdraw facts: parameters and layers not disclosed>"
        parameters = f"{self.total_parameters:,} parameters"
        active = f", {self.active_parameters:,} active" if self.inactive else ""
        cache = f"KV cache {self.kv_cache_bytes_per_token():,} bytes per token (bf16)"
        if self.has_no_cache:
            cache = "no KV cache: attention is bidirectional"
        return f"<archdraw facts: {parameters}{active}, {self.layers} layers, {cache}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: every count as a row of a table, sizes of memory in bytes."""
        if self.unknown:
            return html_table("Parameters and layers not disclosed", ())
        return html_table("Facts", rows(report(self, "", DEFAULT_CONTEXT)))


def at_least_one(name: str, value: int) -> int:
    """``value``, a number of tokens or bits. Raises :class:`ArchdrawError` with its ``name`` where it is below 1."""
    if value < 1:
        raise ArchdrawError(f"{name} must be at least 1, not {value:,}")
    return value


def _as_many_bits(dtype: str) -> str:
    """A hint for a precision that is not counted by name: the one that takes as many bits."""
    digits = re.search(r"\d+$", str(dtype))
    same = next((name for name, bits in BITS.items() if digits and bits == int(digits[0])), None)
    return f"{same} takes as many bits" if same else ""


def report(
    counted: Facts, name: str, context: int, *, incomplete: Iterable[str] = (), unused: Iterable[str] = ()
) -> dict[str, Any]:
    """``counted`` as plain data for JSON: the facts of the model ``name``, its cache at ``context`` tokens.

    ``parts`` lists every part that has parameters; bytes are those of bf16 unless a key says otherwise. A model is
    ``complete`` unless something is known to be lacking: ``incomplete`` says what. ``unused`` are the keys of a config
    that were not recognized. Where parts of the model are unknown, its counts are null.

    Raises :class:`ArchdrawError` for a ``context`` below 1.
    """
    if counted.unknown:
        known = report(replace(counted, unknown=False), name, context, incomplete=incomplete, unused=unused)
        kept = {"name", "incomplete", "unused_keys", "context"}
        return {key: value if key in kept else None for key, value in known.items()} | {"complete": False}
    return {
        "name": name,
        "complete": not tuple(incomplete),
        "incomplete": list(incomplete),
        "unused_keys": list(unused),
        "total_parameters": counted.total_parameters,
        "active_parameters": counted.active_parameters,
        "active_parameters_without_input_embedding": counted.active_parameters_without_input_embedding,
        "text_parameters": counted.text_parameters,
        "auxiliary_parameters": dict(counted.auxiliary),
        "kv_cache_bytes_per_token": counted.kv_cache_bytes_per_token(),
        "context": context,
        "kv_cache_bytes": counted.kv_cache_bytes(context),
        "bidirectional": counted.bidirectional,
        "cross_cache_bytes_per_position": counted.cross_cache_bytes(1),
        "source_positions": counted.source_positions,
        "recurrent_state_bytes": counted.recurrent_state_bytes(),
        "flops_per_token": counted.flops_per_token(context),
        "cache": [
            {
                "elements_per_token": entry.elements,
                "window": None if entry.window is None else entry.window.size,
                "chunked": entry.window is not None and entry.window.chunked,
                "tokens_per_entry": entry.every,
                "of_encoder": entry.cross,
                "count": count,
            }
            for entry, count in counted.cache.items()
        ],
        "weight_memory_bytes": {dtype: counted.weight_memory(dtype) for dtype in BITS},
        "layers": counted.layers,
        "parts": {part: counted.parts[part] for part in get_args(Part) if part in counted.parts},
    }
