"""What both kinds of compressed attention share: their fields, and the lines of queries, window and output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, NamedTuple

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Words, positions
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary import sparse_attention as sparse_words
from archdraw.glossary.concepts import COMPRESSED_ATTENTION, INDEXER, SINKS, SLIDING_WINDOW, Concept
from archdraw.kinds.base import Family, Kind, KindError, Position
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import bf16_bytes, grouping, output_projection, rms_norm
from archdraw.kinds.mixers.indexer import index_queries, lightning_indexer
from archdraw.kinds.mixers.latent_parts import latent_cache
from archdraw.kinds.mixers.position import rotated
from archdraw.tree.blocks import Block, Cache, Heads, Leaf, Parallel, Role, Sequence, Weight, linear


class Names(NamedTuple):
    """How the tensors of a kind are named in its checkpoints."""

    query_down: str
    query_norm: str
    query_up: str
    index_queries: str
    window: str
    sinks: str
    output_down: str
    output_up: str


class CompressedFields(Kind):
    """One head of keys, which are also the values, for all query heads, over a window and compressed entries before it.

    Queries are projected from a latent. The output is projected in groups of heads to ``o_lora_rank`` features each,
    then to the model's width. Each head has a learned sink.
    """

    family: ClassVar[Family] = "mixer"
    concepts: ClassVar[tuple[Concept, ...]] = (SLIDING_WINDOW, SINKS)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")
    names: ClassVar[Names]
    index_sizes: ClassVar[tuple[str, ...]] = ("index_n_heads", "index_head_dim", "index_topk")

    num_attention_heads: Size = Field(description="Number of query heads; there is one KV head.")
    head_dim: Size = Field(description="Features per head.")
    qk_rope_head_dim: Size = Field(description="Features per head that are rotated, and rotated back in the output.")
    q_lora_rank: Size = Field(description="Features of the latent of queries.")
    o_groups: Size = Field(description="Groups of heads in the output projection; a divisor of num_attention_heads.")
    o_lora_rank: Size = Field(description="Features that each group of heads is projected to.")
    sliding_window: Size = Field(description="Number of last tokens that are attended to uncompressed.")
    compress_ratio: Size | None = Field(
        default=None, description="Tokens per compressed entry; only the window is attended to without it."
    )
    index_n_heads: Size | None = Field(default=None, description="Number of index query heads.")
    index_head_dim: Size | None = Field(default=None, description="Features per index query head, and of an index key.")
    index_topk: Size | None = Field(default=None, description="Number of entries that a query attends to.")
    position: Position | None = Field(default=None, description="Positional encoding of the rotated features.")
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """Compressed entries where there are some, and an indexer where they are selected."""
        yield from self.concepts
        if self.compress_ratio is not None:
            yield COMPRESSED_ATTENTION
        if self.index_topk is not None:
            yield INDEXER

    def check_groups(self) -> None:
        """Raises :class:`KindError` where the groups of the output don't divide the heads."""
        if self.num_attention_heads % self.o_groups:
            raise KindError(
                f"o_groups {self.o_groups} does not divide num_attention_heads {self.num_attention_heads}", "o_groups"
            )

    def role(self) -> Role:
        """A layer with only a window slides."""
        return "sliding" if self.compress_ratio is None else "attention"

    def entries_met(self) -> Heads | None:
        """The heads over the compressed entries, where there are some."""
        if self.compress_ratio is None:
            return None
        return Heads(
            self.num_attention_heads,
            1,
            self.head_dim,
            reach=self.index_topk,
            every=self.compress_ratio,
            cached=False,
            pattern="selection",
        )

    def queries(self, hidden: int, *, indexed: bool) -> Block:
        """The latent of queries, its norm, and the queries projected from it, those of an index first."""
        heads, width, rank = self.num_attention_heads, self.head_dim, self.q_lora_rank
        label = attention_words.LINE_HEADS(line="Q", heads=heads, width=width)
        up: Block = linear(self.names.query_up, label, rank, heads * width, part="attention", outputs=("Q",))
        if indexed and self.index_n_heads is not None and self.index_head_dim is not None:
            index = index_queries(self.names.index_queries, rank, self.index_n_heads, self.index_head_dim)
            up = Parallel((index, up), "separate")
        latent = words.QUERY_LATENT(width=rank)
        down = linear(self.names.query_down, latent, hidden, rank, part="attention")
        return Sequence((down, rms_norm(self.names.query_norm, rank), up))

    def window_keys(self, hidden: int) -> Leaf:
        """The projection to the keys of the window, which are its values; so many tokens are its state."""
        made = linear(
            self.names.window,
            words.KV(width=self.head_dim),
            hidden,
            self.head_dim,
            part="attention",
            role="latent",
            detail=attention_words.WINDOW(size=self.sliding_window),
        )
        return replace(made, state=self.sliding_window * self.head_dim)

    def rotated(self, line: str) -> Block:
        """The rotation of one line, with its base and scaling for the queries, by name alone for the others.

        The same features are rotated in all: where they are not all of them, each line says how many.
        """
        rotation = rotated(self.position, self.qk_rope_head_dim, line, self.head_dim)
        if line == "Q" or not isinstance(rotation, Leaf):
            return rotation
        turned = self.qk_rope_head_dim
        label = positions.ROPE_OF(rotated=turned) if turned < self.head_dim else positions.ROPE()
        return replace(rotation, label=label, detail="", tag="")

    def attention(self, inputs: int) -> Leaf:
        """Attention to the window and the entries; with the queries and the selection these are ``inputs`` lines."""
        heads, width = self.num_attention_heads, self.head_dim
        return Leaf(
            "attention",
            attention_words.SOFTMAX_ATTENTION(),
            role=self.role(),
            detail=(grouping(Heads(heads, 1, width)), attention_words.KEYS_ARE_VALUES()),
            weights=(Weight(self.names.sinks, (heads,)),),
            part="attention",
            inputs=inputs,
            tag=attention_words.SINKS(),
            # A query attends to its window, which is full except at the start, and to the entries before it.
            multiplications=2 * heads * width * self.sliding_window,
            heads=self.entries_met(),
        )

    def output(self, hidden: int) -> tuple[Block, ...]:
        """The inverse rotation and the two steps of the output projection."""
        projected = self.o_groups * self.o_lora_rank
        inside = self.num_attention_heads * self.head_dim // self.o_groups
        back = self.rotated("output")
        if isinstance(back, Leaf):
            turned = self.qk_rope_head_dim
            inverse = positions.INVERSE_ROPE_OF(rotated=turned) if turned < self.head_dim else positions.INVERSE_ROPE()
            back = replace(back, label=inverse, detail=words.ON_OUTPUT())
        groups = linear(
            self.names.output_down,
            words.HEAD_GROUPS(groups=self.o_groups),
            inside,
            projected,
            part="attention",
            detail=words.EACH(inputs=inside, outputs=self.o_lora_rank),
        )
        return back, groups, output_projection(self.names.output_up, projected, hidden)

    def entry_indexer(self, heads: Heads, *, turned: bool, among: Words = "") -> Leaf:
        """The leaf that selects entries: of all, or ``among`` those that an earlier layer left."""
        top = self.index_topk or 1
        return lightning_indexer(
            sparse_words.TOP_ENTRIES, top, heads, rotated=self.qk_rope_head_dim if turned else 0, among=among
        )

    def detail(self) -> tuple[Phrase, ...]:
        """Heads, their width and the window."""
        return (
            attention_words.QUERY_KV_HEADS(query=self.num_attention_heads, key_value=1),
            attention_words.DIM(width=self.head_dim),
            attention_words.WINDOW(size=self.sliding_window),
        )

    def window_cache(self) -> Phrase:
        """What a layer keeps of its window."""
        return words.WINDOW_STATE(width=self.head_dim, tokens=self.sliding_window)

    def entry_cache(self) -> Phrase:
        """What compressed entries add to the cache of a layer."""
        ratio = self.compress_ratio or 1
        if ratio == 1:
            return latent_cache(self.head_dim, 0)
        return words.ENTRY_CACHE(width=self.head_dim, tokens=ratio, size=bf16_bytes(self.head_dim))

    def window_notes(self) -> tuple[Note, ...]:
        """The notes of a layer with only a window."""
        size = self.sliding_window
        cached = words.WINDOW_CACHE(width=self.head_dim, tokens=size, size=bf16_bytes(self.head_dim * size))
        return cached, (attention_words.CAUSAL_WINDOW(size=size), attention_words.SINK_PER_HEAD())


def pooling(
    window: int,
    stride: int,
    width: int,
    *,
    state: int,
    weights: tuple[Weight, ...] = (),
    name: str = "compressor",
    index: bool = False,
) -> Leaf:
    """The mean over ``window`` tokens, one entry of ``width`` features per ``stride``; values and weights come in.

    Those of an ``index`` are keys of an indexer, which are no part of the KV cache.
    """
    return Leaf(
        name,
        words.SOFTMAX_POOLING(),
        role="latent",
        detail=words.POOLING(window=window, stride=stride),
        weights=weights,
        part="attention",
        inputs=2,
        cache=Cache(width, every=stride, index=index),
        state=state,
        tag="" if index else words.COMPRESSION(ratio=stride),
    )
