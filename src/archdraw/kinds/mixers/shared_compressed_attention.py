"""Compressed attention whose entries and selections are made in a few layers and read in all that follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase, Term
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary import sparse_attention as sparse_words
from archdraw.glossary.concepts import COMPRESSED_ATTENTION, INDEXER, SHARED_INDEX, Concept
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.mixers.attention_parts import rms_norm
from archdraw.kinds.mixers.compressed_parts import CompressedFields, Names, pooling
from archdraw.kinds.mixers.indexer import SELECTED, index_weights
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, linear

Origin = Literal["own", "shared"]


class SharedCompressedAttention(CompressedFields):
    """Compressed attention with shared entries (DeepSeek V4.1, CSA2): one head of keys that are also the values.

    A token attends to the last ``sliding_window`` tokens, and to ``index_topk`` entries that an indexer selects.
    ``entries`` are a layer's own, each a weighted mean over ``compress_ratio`` tokens (1: a projection of each), or
    those of the last earlier layer that made some. A layer without entries of its own may have an ``indexer`` of its
    own over those of the earlier layer, or share its selection, too. Without ``compress_ratio`` there is only the
    window. Queries and output as in ``compressed_attention``.
    """

    keyword: ClassVar[str] = "shared_compressed_attention"
    example: ClassVar[str] = (
        "shared_compressed_attention:\n"
        "  {num_attention_heads: 64, head_dim: 512, qk_rope_head_dim: 64, q_lora_rank: 1280, o_groups: 8,\n"
        "   o_lora_rank: 1024, sliding_window: 128, compress_ratio: 2, index_n_heads: 32, index_head_dim: 128,\n"
        "   index_topk: 512}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969; DeepseekV41Attention of transformers"
    term: ClassVar[Term] = words.SHARED_COMPRESSED
    aliases: ClassVar[tuple[str, ...]] = ("csa2", "compressed sparse attention")
    names: ClassVar[Names] = Names(
        query_down="wq_a",
        query_norm="q_norm",
        query_up="wq_b",
        index_queries="indexer.wq_b",
        window="wkv",
        sinks="attn_sink",
        output_down="wo_a",
        output_up="wo_b",
    )

    entries: Origin = Field(
        default="own", description="Whose compressed entries are attended to: own, or shared from an earlier layer."
    )
    indexer: Origin = Field(
        default="own", description="Whose selection of entries is used: own, or shared from an earlier layer."
    )
    candidate_topk_blocks: Size | None = Field(
        default=None, description="Number of blocks of entries, selected in one layer, that bound later selections."
    )
    candidate_block_size: Size | None = Field(default=None, description="Entries per block.")

    def concepts_used(self) -> Iterator[Concept]:
        """Compressed entries and an indexer where there are some, and whether its selection is shared."""
        yield from self.concepts
        if self.compress_ratio is not None:
            yield COMPRESSED_ATTENTION
            yield INDEXER
            if self.indexer == "shared":
                yield SHARED_INDEX

    def expand(self, scope: Scope) -> Module:
        """The lines run, left to right: entries and index keys, index weights, index queries, queries, the window.

        Raises :class:`KindError` where groups don't divide the heads, or sizes of the indexer are missing.
        """
        self._check()
        hidden = scope.hidden_size
        first, second = self._entries_and_index(hidden)
        indexed = self.compress_ratio is not None and self.indexer == "own"
        first += [self.queries(hidden, indexed=indexed), self.window_keys(hidden)]
        second += [self.rotated("Q"), Sequence((rms_norm("kv_norm", self.head_dim), self.rotated("KV")))]
        attention = self.attention(2 if self.compress_ratio is None else 4)
        rows = (Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), attention)
        return Module(
            "attn",
            self.label or self._named(),
            Sequence((*rows, *self.output(hidden))),
            role=self.role(),
            detail=self.detail(),
            notes=self._notes(),
        )

    def _check(self) -> None:
        self.check_groups()
        sizes = {name: getattr(self, name) for name in self.index_sizes}
        if self.compress_ratio is None:
            given = next((name for name, size in sizes.items() if size is not None), "")
            if given:
                raise KindError("an indexer selects compressed entries", given, "add compress_ratio")
            return
        missing = next((name for name, size in sizes.items() if size is None), "")
        if missing:
            raise KindError(f"{missing} is missing", missing, "an indexer selects entries")
        if self.entries == "own" and self.indexer == "shared":
            raise KindError("a layer with entries of its own needs an indexer of its own", "indexer")

    def _entries_and_index(self, hidden: int) -> tuple[list[Block], list[Block]]:
        """The sources of the lines at the left, and what they pass: they leave the entries and the selection."""
        ratio, heads, width, top = self.compress_ratio, self.index_n_heads, self.index_head_dim, self.index_topk
        if ratio is None or heads is None or width is None or top is None:
            return [], []
        if self.indexer == "shared":
            chosen = shared_entries(words.WITH_SELECTION(number=top), SELECTED)
            return [replace(chosen, tag=words.SHARED_SELECTION_TAG(number=top))], [LINE, LINE]
        blocks, size = self.candidate_topk_blocks, self.candidate_block_size
        bounded = blocks if self.entries == "shared" else None
        choice = self.entry_indexer(
            Heads(heads, 1, width, 0, reach=bounded and bounded * (size or 1), every=ratio, cached=False),
            turned=isinstance(self.position, Rope),
            among=words.CANDIDATES(blocks=bounded, size=size or 1) if bounded else "",
        )
        weights = index_weights("indexer.weights_proj", hidden, heads)
        # Entries of an earlier layer were rotated there, and are kept so.
        turned = LINE if self.entries == "shared" else self.rotated("entries")
        return [self._entries(hidden, ratio, width), weights], [turned, choice]

    def _entries(self, hidden: int, ratio: int, index: int) -> Block:
        """The lines of entries and of index keys, ``index`` features wide: made here, or in an earlier layer."""
        if self.entries == "shared":
            return shared_entries(words.WITH_INDEX_KEYS(), "index K")
        width = self.head_dim
        values = linear("compressor.wkv", words.KV(width=width), hidden, width, part="attention")
        norm = rms_norm("compressor.norm", width)
        made: tuple[Block, ...]
        if ratio == 1:
            made = (replace(values, role="latent", cache=Cache(width), detail=words.ENTRY_PER_TOKEN()), norm)
        else:
            gate = linear("compressor.wgate", words.POOLING_WEIGHTS(width=width), hidden, width, part="attention")
            mean = pooling(ratio, ratio, width, state=2 * width * (ratio - 1))
            made = (Parallel((values, gate), "separate"), mean, norm)
        key = linear(
            "indexer.wk",
            sparse_words.INDEX_KEYS(width=index),
            width,
            index,
            part="attention",
            role="latent",
            cache=Cache(index, every=ratio, index=True),
        )
        return Sequence((*made, Parallel((LINE, Sequence((key, rms_norm("indexer.k_norm", index)))), "separate")))

    def _named(self) -> Phrase:
        if self.compress_ratio is None:
            return attention_words.SLIDING_WINDOW()
        if self.entries == "own":
            return words.COMPRESSED_SPARSE() if self.compress_ratio > 1 else words.GLOBAL_SPARSE()
        if self.indexer == "own":
            return words.REINDEXED()
        return self.term() if self.compress_ratio > 1 else words.SHARED_GLOBAL()

    def _notes(self) -> tuple[Note, ...]:
        if self.compress_ratio is None or self.index_head_dim is None:
            return self.window_notes()
        facts = (attention_words.CAUSAL(), attention_words.SINK_PER_HEAD())
        bound: tuple[Note, ...] = ()
        if self.candidate_topk_blocks is not None and self.candidate_block_size is not None:
            term = words.CANDIDATES_FOR_LATER if self.entries == "own" else words.AMONG_CANDIDATES
            bound = (term(blocks=self.candidate_topk_blocks, size=self.candidate_block_size),)
        if self.entries == "shared":
            return self._reused(), self.window_cache(), *bound, facts
        index = sparse_words.INDEX_CACHE_ENTRIES(width=self.index_head_dim)
        return self.entry_cache(), self.window_cache(), index, *bound, facts

    def _reused(self) -> Phrase:
        """What of an earlier layer is read again: for an own indexer the index keys, otherwise what was selected."""
        if self.indexer == "own" or self.index_topk is None:
            return words.REUSES_ENTRIES()
        return words.REUSES_SELECTION(number=self.index_topk)


def shared_entries(detail: Phrase, line: str) -> Leaf:
    """Entries of an earlier layer, and the ``line`` that comes with them."""
    return Leaf(
        "shared_entries",
        words.SHARED_ENTRIES(),
        role="latent",
        detail=detail,
        part="attention",
        inputs=0,
        outputs=("entries", line),
        tag=words.SHARED_ENTRIES_TAG(),
    )
