"""What a model amounts to, as a value: parameters, cache, state and layers, and what follows from them.

``docs/facts.md`` has the conventions; :mod:`archdraw.tree.facts` counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Any, TypeAlias, get_args

from archdraw.errors import ArchdrawError, unknown_name
from archdraw.glossary import text
from archdraw.glossary.common import BLOCKS, LAYERS
from archdraw.records import record
from archdraw.tree.amounts import BITS as BITS
from archdraw.tree.amounts import DEFAULT_CONTEXT as DEFAULT_CONTEXT
from archdraw.tree.amounts import Dtype as Dtype
from archdraw.tree.amounts import as_many_bits, at_least_one, precisions, state_bytes
from archdraw.tree.blocks import Cache, Part, StateDtype
from archdraw.tree.sheet import html_table, rows

Attended: TypeAlias = "tuple[int | None, int | Fraction]"
"""How many keys a query meets at most (None: all), and how many tokens one of them stands for."""


@record(repr=False)
class Facts:
    """Counts of one block, everything in whole parameters, values or layers.

    ``parts`` are the trained parameters by place; ``inactive`` those of routed experts that a token does not pass;
    ``encoders`` those of counted modules whose output joins the line (other modalities), of which ``active_encoders``
    are not ``inactive``; ``lookup`` those of tables beside the plain input embedding of which a token reads a few rows,
    by what they are called; ``auxiliary`` those of modules that are no part of the model's counts, by label. ``cache``
    says of how many tensors a token leaves which entry; ``state`` counts the values of recurrent mixers, of them
    ``state_in`` those with a precision of their own. A ``head_is_tied`` where the output uses the token table, which
    has ``tied_table`` values. ``convolving`` are those ``layers`` that are blocks of a convolutional network. The
    ``multiplications`` are those of one text token with matrices and states; ``attended`` those with each key that its
    queries meet, by how many keys that are at most (None: all) and how many tokens one key stands for.

    ``per_input`` are the multiplications of one input of the ``input_shapes`` (channels first) at all its positions,
    attention included, of those blocks whose positions are fixed; they are in none of the counts per token.
    ``frozen`` parameters are counted like all others and not trained. Where an author's attention does not say what it
    caches the ``cache_unknown`` is; where something is ``unknown``, every count is that of the rest.
    ``bidirectional``: some attention of the model itself, not of an encoder beside it, sees later tokens, so that its
    keys and values cannot be kept. ``active_at_most``: some tokens pass less than the active parameters, since their
    router chose experts that do nothing.
    """

    parts: Mapping[Part, int] = field(default_factory=dict)
    inactive: int = 0
    encoders: int = 0
    active_encoders: int = 0
    lookup: Mapping[str, int] = field(default_factory=dict)
    auxiliary: Mapping[str, int] = field(default_factory=dict)
    cache: Mapping[Cache, int] = field(default_factory=dict)
    state: int = 0
    state_in: Mapping[StateDtype, int] = field(default_factory=dict)
    layers: int = 0
    convolving: int = 0
    head_is_tied: bool = False
    tied_table: int = 0
    multiplications: int = 0
    attended: Mapping[Attended, int] = field(default_factory=dict)
    per_input: int = 0
    input_shapes: tuple[tuple[int, ...], ...] = ()
    frozen: int = 0
    cache_unknown: bool = False
    unknown: bool = False
    bidirectional: bool = False
    active_at_most: bool = False

    @property
    def total_parameters(self) -> int:
        """All trained parameters of the model, a tied tensor counted once."""
        return sum(self.parts.values())

    @property
    def trained_parameters(self) -> int:
        """Parameters that training changes: ``total_parameters`` less the frozen ones."""
        return self.total_parameters - self.frozen

    @property
    def flops_per_input(self) -> int:
        """Floating-point operations of one whole input where its positions are fixed, such as the pixels of an image.

        Two for each multiplication, as of :meth:`flops_per_token`; 0 where nothing has fixed positions.
        """
        return 2 * self.per_input

    @property
    def active_parameters(self) -> int:
        """Parameters that are active per token: without routed experts that are not selected and ``lookup`` tables."""
        return self.total_parameters - self.inactive - self.lookup_parameters

    @property
    def in_layers(self) -> str:
        """How many layers there are, in words: ``1 layer``, ``32 layers``; ``16 blocks`` of a convolutional network."""
        return text((BLOCKS if self.in_blocks else LAYERS)(number=self.layers))

    @property
    def in_blocks(self) -> bool:
        """Whether all that is counted as a layer is a block of convolutions, which are its layers."""
        return 0 < self.layers == self.convolving

    @property
    def text_parameters(self) -> int:
        """Parameters of the text model: ``total_parameters`` less the encoders of other modalities."""
        return self.total_parameters - self.encoders

    @property
    def active_parameters_without_input_embedding(self) -> int:
        """Parameters that a text token is multiplied with: active, without encoders, and without input tables.

        A row is looked up in an input table, not multiplied; a table that is also the output layer stays in.
        """
        tables = 0 if self.head_is_tied else self.parts.get("embedding", 0) - self.lookup_parameters
        return self.active_parameters - self.active_encoders - tables

    @property
    def lookup_parameters(self) -> int:
        """Parameters of all ``lookup`` tables."""
        return sum(self.lookup.values())

    def weight_memory(self, dtype: Dtype = "bf16") -> int:
        """Bytes of all weights when every one is stored as ``dtype``, rounded up.

        Raises :class:`archdraw.ArchdrawError` for a ``dtype`` that is none of :data:`BITS`.
        """
        if dtype not in BITS:
            raise ArchdrawError(unknown_name("precision", dtype, BITS, hint=as_many_bits(dtype)))
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
        elements = (Fraction(entry.elements * number) / entry.every for entry, number in entries)
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
        return int(kept) * at_least_one("bits", bits) // 8

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
        """Bytes of the state of all recurrent mixers, independent of the context.

        A state that has a precision of its own keeps it, whatever the ``bits`` per value of all others. Raises
        :class:`archdraw.ArchdrawError` for less than 1 of the ``bits``.
        """
        return state_bytes(self.state, self.state_in, bits)

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
        return 2 * (self.multiplications + int(met))

    def __repr__(self) -> str:
        if self.unknown:
            return "<archdraw facts: parameters and layers not disclosed>"
        parameters = f"{self.total_parameters:,} parameters"
        active = f", {self.active_parameters:,} active" if self.inactive else ""
        cache = f"KV cache {self.kv_cache_bytes_per_token():,} bytes per token (bf16)"
        if self.has_no_cache:
            cache = "no KV cache: attention is bidirectional"
        if self.cache_unknown:
            cache = "KV cache not known"
        return f"<archdraw facts: {parameters}{active}, {self.in_layers}, {cache}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: every count as a row of a table, sizes of memory in bytes."""
        if self.unknown:
            return html_table("Parameters and layers not disclosed", ())
        return html_table("Facts", rows(report(self, "", DEFAULT_CONTEXT)))


def report(
    counted: Facts, name: str, context: int, *, incomplete: Iterable[str] = (), unused: Iterable[str] = ()
) -> dict[str, Any]:
    """``counted`` as plain data for JSON: the facts of the model ``name``, its cache at ``context`` tokens.

    ``parts`` lists every part that has parameters; bytes are those of bf16 unless a key says otherwise. A model is
    ``complete`` unless something is known to be lacking: ``incomplete`` says what. ``unused`` are the keys of a config
    that were not recognized. Where parts of the model are unknown, its counts are null, and so is the cache where an
    attention of the author's own does not say what it keeps. ``lookup_parameters`` is there where a model has such
    tables, ``trained_parameters`` where some are frozen, ``flops_per_input`` and ``input_shapes`` where the positions
    of an input are fixed, ``layers_are`` ("blocks") where the layers of a convolutional network are inside of what is
    counted.

    Raises :class:`ArchdrawError` for a ``context`` below 1.
    """
    if counted.unknown:
        known = report(replace(counted, unknown=False), name, context, incomplete=incomplete, unused=unused)
        kept = {"name", "incomplete", "unused_keys", "context"}
        return {key: value if key in kept else None for key, value in known.items()} | {"complete": False}
    per_token = counted.multiplications or counted.attended or not counted.per_input
    return {
        "name": name,
        "complete": not tuple(incomplete),
        "incomplete": list(incomplete),
        "unused_keys": list(unused),
        "total_parameters": counted.total_parameters,
        "active_parameters": counted.active_parameters,
        "active_parameters_without_input_embedding": counted.active_parameters_without_input_embedding,
        **({"lookup_parameters": counted.lookup_parameters} if counted.lookup else {}),
        "text_parameters": counted.text_parameters,
        "auxiliary_parameters": dict(counted.auxiliary),
        **({"trained_parameters": counted.trained_parameters} if counted.frozen else {}),
        "kv_cache_bytes_per_token": None if counted.cache_unknown else counted.kv_cache_bytes_per_token(),
        "context": context,
        "kv_cache_bytes": None if counted.cache_unknown else counted.kv_cache_bytes(context),
        "bidirectional": counted.bidirectional,
        "cross_cache_bytes_per_position": counted.cross_cache_bytes(1),
        "source_positions": counted.source_positions,
        "recurrent_state_bytes": counted.recurrent_state_bytes(),
        "recurrent_state_precision": precisions(counted.state, counted.state_in),
        "flops_per_token": counted.flops_per_token(context) if per_token and not counted.cache_unknown else None,
        **(_of_inputs(counted) if counted.per_input else {}),
        "cache": [
            {
                "elements_per_token": entry.elements,
                "window": None if entry.window is None else entry.window.size,
                "chunked": entry.window is not None and entry.window.chunked,
                "tokens_per_entry": entry.every if isinstance(entry.every, int) else float(entry.every),
                "of_encoder": entry.cross,
                "count": count,
            }
            for entry, count in counted.cache.items()
        ],
        "weight_memory_bytes": {dtype: counted.weight_memory(dtype) for dtype in BITS},
        "layers": counted.layers,
        **({"layers_are": "blocks"} if counted.in_blocks else {}),
        "parts": {part: counted.parts[part] for part in get_args(Part) if part in counted.parts},
    }


def _of_inputs(counted: Facts) -> dict[str, Any]:
    """Operations of one input, and the shapes that inputs have."""
    return {
        "flops_per_input": counted.flops_per_input,
        "input_shapes": [" × ".join(f"{extent:,}" for extent in shape) for shape in counted.input_shapes],
    }
