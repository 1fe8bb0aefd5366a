"""Compressed attention: keys and values of several tokens in one entry, with a short window of uncompressed ones."""

from __future__ import annotations

from typing import ClassVar

from archdraw.glossary import Note, Phrase, Term
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary import sparse_attention as sparse_words
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.mixers.attention_parts import rms_norm, unit_norm
from archdraw.kinds.mixers.compressed_parts import CompressedFields, Names, pooling
from archdraw.kinds.mixers.indexer import index_cache, index_weights
from archdraw.kinds.mixers.position import Rope
from archdraw.tree.blocks import LINE, Block, Heads, Module, Parallel, Sequence, Weight, linear


class CompressedAttention(CompressedFields):
    """Compressed attention (DeepSeek V4): one head of keys, which are also the values, for all query heads.

    A token attends to the last ``sliding_window`` tokens, and before them to entries of ``compress_ratio`` tokens each:
    means whose weights a second projection and a learned bias give for each feature. With an indexer (CSA) only the
    ``index_topk`` best entries are attended to, and entries overlap: each reads the tokens of the one before, too.
    Without (HCA) all are; without ``compress_ratio`` there is only the window. Queries are projected from a latent of
    ``q_lora_rank`` features; the output is projected in ``o_groups`` groups of heads to ``o_lora_rank`` features each,
    then to the model's width. Each head has a learned sink.
    """

    keyword: ClassVar[str] = "compressed_attention"
    example: ClassVar[str] = (
        "compressed_attention: {num_attention_heads: 64, head_dim: 512, qk_rope_head_dim: 64, q_lora_rank: 1024,\n"
        "                       o_groups: 8, o_lora_rank: 1024, sliding_window: 128, compress_ratio: 128}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4, section 2.3; DeepseekV4Attention of transformers"
    term: ClassVar[Term] = words.COMPRESSED
    aliases: ClassVar[tuple[str, ...]] = ("csa", "hca", "compressed sparse attention", "heavily compressed attention")
    names: ClassVar[Names] = Names(
        query_down="q_a_proj",
        query_norm="q_a_norm",
        query_up="q_b_proj",
        index_queries="compressor.indexer.q_b_proj",
        window="kv_proj",
        sinks="sinks",
        output_down="o_a_proj",
        output_up="o_b_proj",
    )

    def expand(self, scope: Scope) -> Module:
        """The lines run, left to right: of the indexer, of the queries, of compressed and of uncompressed keys.

        Raises :class:`KindError` where groups don't divide the heads, or an indexer lacks something.
        """
        self._check()
        hidden, width = scope.hidden_size, self.head_dim
        first: list[Block] = [*self._index_sources(hidden), self.queries(hidden, indexed=True)]
        second: list[Block] = [*self._choice(), Sequence((unit_norm("q_b_norm"), self.rotated("Q")))]
        if self.compress_ratio is not None:
            first.append(self._compressor(hidden, self.compress_ratio))
            second.append(LINE)
        first.append(self.window_keys(hidden))
        second.append(Sequence((rms_norm("kv_norm", width), self.rotated("KV"))))
        attention = self.attention(2 + (self.compress_ratio is not None) + (self.index_topk is not None))
        rows = (Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), attention)
        return Module(
            "self_attn",
            self.label or self._named(),
            Sequence((*rows, *self.output(hidden))),
            role=self.role(),
            detail=self.detail(),
            notes=self._notes(),
        )

    def _check(self) -> None:
        self.check_groups()
        sizes = {name: getattr(self, name) for name in self.index_sizes}
        given = [name for name, size in sizes.items() if size is not None]
        missing = [name for name, size in sizes.items() if size is None]
        if given and missing:
            raise KindError(f"{missing[0]} is missing", given[0], f"an indexer needs {', '.join(sizes)}")
        if given and self.compress_ratio is None:
            raise KindError("an indexer selects compressed entries", given[0], "add compress_ratio")

    def _compressor(self, hidden: int, ratio: int) -> Block:
        """From the input to the compressed entries: values and weights for each feature, their weighted mean."""
        width = self.head_dim
        return Sequence((*self._pooled("compressor", hidden, ratio, width), self.rotated("compressed KV")))

    def _pooled(self, name: str, hidden: int, ratio: int, width: int, *, index: bool = False) -> tuple[Block, ...]:
        """The compressor ``name``: values and pooling weights of each token, their mean over a window, and its norm."""
        series = self._series()
        both = series * width
        kept = sparse_words.INDEX_KEYS(width=both) if index else words.KV(width=both)
        values = linear(f"{name}.kv_proj", kept, hidden, both, part="attention")
        weights = linear(f"{name}.gate_proj", words.POOLING_WEIGHTS(width=both), hidden, both, part="attention")
        mean = pooling(
            series * ratio,
            ratio,
            width,
            state=self._pending(ratio, width),
            weights=(Weight("position_bias", (ratio, both)),),
            name=name,
            index=index,
        )
        return Parallel((values, weights), "separate"), mean, rms_norm(f"{name}.kv_norm", width)

    def _index_sources(self, hidden: int) -> tuple[Block, ...]:
        """The indexer's weights, and its keys, which a compressor of its own makes."""
        ratio, heads, width = self.compress_ratio, self.index_n_heads, self.index_head_dim
        if ratio is None or heads is None or width is None:
            return ()
        weights = index_weights("compressor.indexer.scorer.weights_proj", hidden, heads)
        return weights, Sequence(self._pooled("compressor.indexer", hidden, ratio, width, index=True))

    def _choice(self) -> tuple[Block, ...]:
        if self.index_topk is None or self.index_n_heads is None or self.index_head_dim is None:
            return ()
        heads = Heads(self.index_n_heads, 1, self.index_head_dim, 0, every=self.compress_ratio or 1, cached=False)
        return (self.entry_indexer(heads, turned=isinstance(self.position, Rope)),)

    def _series(self) -> int:
        """How many entries a token is in: its own and, where entries overlap, the next."""
        return 1 if self.index_topk is None else 2

    def _pending(self, ratio: int, width: int) -> int:
        """Values that wait for their entry to be full: of all tokens but the last, and what the next entry reads."""
        series = self._series()
        return 2 * series * width * (ratio - 1) + (2 * width * ratio if series > 1 else 0)

    def _named(self) -> Phrase:
        if self.compress_ratio is None:
            return attention_words.SLIDING_WINDOW()
        return words.COMPRESSED_SPARSE() if self.index_topk is not None else words.HEAVILY_COMPRESSED()

    def _notes(self) -> tuple[Note, ...]:
        if self.compress_ratio is None:
            return self.window_notes()
        facts: tuple[Note, ...] = ((attention_words.CAUSAL(), attention_words.SINK_PER_HEAD()),)
        if self.index_topk is not None and self.index_head_dim is not None:
            facts = (index_cache(self.index_head_dim, self.compress_ratio), *facts)
        return self.entry_cache(), self.window_cache(), *facts
