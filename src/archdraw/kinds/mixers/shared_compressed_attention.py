"""Compressed attention whose entries and choices are made in a few layers and read in all that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.mixers.position import PositionKind
from archdraw.kinds.wording import NBSP, data_size, notes
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, linear

Origin = Literal["own", "shared"]


class SharedCompressedAttention(Kind):
    """Compressed attention with shared entries (DeepSeek V4.1, CSA2): one head of keys that are also the values.

    A token sees the last ``sliding_window`` tokens, and ``index_topk`` entries that an indexer chooses. ``entries`` are
    a layer's ``own``, each a weighted mean over ``compress_ratio`` tokens (1: a projection of each), or ``shared``:
    those of the last layer before that made some. So is its ``indexer``: one without entries of its own scores the keys
    of the layer that has. ``candidate_topk_blocks`` of ``candidate_block_size`` entries, chosen in one layer, bound the
    choice of the later ones. Without ``compress_ratio`` there is only the window. Queries and output as in
    ``compressed_attention``.
    """

    keyword: ClassVar[str] = "shared_compressed_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "shared_compressed_attention:\n"
        "  {num_attention_heads: 64, head_dim: 512, qk_rope_head_dim: 64, q_lora_rank: 1280, o_groups: 8,\n"
        "   o_lora_rank: 1024, sliding_window: 128, compress_ratio: 2, index_n_heads: 32, index_head_dim: 128,\n"
        "   index_topk: 512}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969; DeepseekV41Attention of transformers"

    num_attention_heads: Size
    head_dim: Size
    qk_rope_head_dim: Size
    q_lora_rank: Size
    o_groups: Size
    o_lora_rank: Size
    sliding_window: Size
    compress_ratio: Size | None = None
    entries: Origin = "own"
    indexer: Origin = "own"
    index_n_heads: Size | None = None
    index_head_dim: Size | None = None
    index_topk: Size | None = None
    candidate_topk_blocks: Size | None = None
    candidate_block_size: Size | None = None
    position: Position | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """The lines run, left to right: entries and index keys, index weights, index queries, queries, the window.

        Raises :class:`KindError` where groups don't divide the heads, or sizes of the indexer are missing.
        """
        self._check()
        hidden, heads, width = scope.hidden_size, self.num_attention_heads, self.head_dim
        first, second = self._entries_and_index(hidden)
        whole = linear(
            "wkv",
            f"KV {width}",
            hidden,
            width,
            part="attention",
            role="latent",
            detail=f"last {self.sliding_window:,} tokens",
        )
        first += [self._queries(hidden), replace(whole, state=self.sliding_window * width)]
        second += [self._rotated("Q", tag=True), Sequence((_norm("kv_norm", width), self._rotated("KV")))]
        compressed = self.compress_ratio is not None
        attention = Leaf(
            "attention",
            "Softmax attention",
            role="attention" if compressed else "sliding",
            detail=f"{heads} Q heads to 1 KV head, K = V",
            weights=(Weight("attn_sink", (heads,)),),
            part="attention",
            inputs=4 if compressed else 2,
            tag="sinks",
            # A query meets its window, which is always full but at the start, and the chosen entries before it.
            multiplications=2 * heads * width * self.sliding_window,
            heads=Heads(heads, 1, width, reach=self.index_topk, every=self.compress_ratio or 1, cached=False)
            if compressed
            else None,
        )
        projected, inside = self.o_groups * self.o_lora_rank, heads * width // self.o_groups
        back = self._rotated("output")
        out = (
            replace(back, label="RoPE undone", detail="of the values") if isinstance(back, Leaf) else back,
            linear(
                "wo_a",
                f"{self.o_groups} groups of heads",
                inside,
                projected,
                part="attention",
                detail=f"{inside:,} to {self.o_lora_rank:,} each",
            ),
            linear("wo_b", f"output {projected:,} to {hidden:,}", projected, hidden, part="attention"),
        )
        return Module(
            "attn",
            self.label or self._label(),
            Sequence((Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), attention, *out)),
            role="attention" if compressed else "sliding",
            detail=f"{heads} Q, 1 KV, head {width}, window {self.sliding_window:,}",
            kind=self.keyword,
            notes=self._notes(),
        )

    def _check(self) -> None:
        if self.num_attention_heads % self.o_groups:
            raise KindError(
                f"o_groups {self.o_groups} does not divide num_attention_heads {self.num_attention_heads}", "o_groups"
            )
        sizes = {name: getattr(self, name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
        if self.compress_ratio is None:
            given = next((name for name, size in sizes.items() if size is not None), "")
            if given:
                raise KindError("an indexer chooses compressed entries", given, "add compress_ratio")
            return
        missing = next((name for name, size in sizes.items() if size is None), "")
        if missing:
            raise KindError(f"{missing} is missing", missing, "entries are chosen by an indexer")
        if self.entries == "own" and self.indexer == "shared":
            raise KindError("a layer with entries of its own chooses among them itself", "indexer")

    def _entries_and_index(self, hidden: int) -> tuple[list[Block], list[Block]]:
        """The sources of the lines at the left, and what they pass: they leave the entries and the choice."""
        if self.compress_ratio is None:
            return [], []
        if self.indexer == "shared":
            taken = Leaf(
                "shared_entries",
                "Shared entries",
                role="latent",
                detail=f"and top {self.index_topk:,}, of a layer before",
                part="attention",
                inputs=0,
                outputs=("entries", "chosen"),
                tag="shared entries",
            )
            return [taken], [LINE, LINE]
        heads, width = self.index_n_heads or 1, self.index_head_dim or 1
        weights = linear(
            "indexer.weights_proj",
            f"weights {heads}",
            hidden,
            heads,
            part="attention",
            detail="of index heads",
            outputs=("weights",),
        )
        bound = self.candidate_topk_blocks
        choice = Leaf(
            "indexer",
            "Lightning indexer",
            role="attention",
            detail=f"top {self.index_topk:,}{NBSP}entries, RoPE",
            part="attention",
            inputs=3,
            outputs=("chosen",),
            tag=f"top {self.index_topk:,} entries",
            heads=Heads(
                heads,
                1,
                width,
                0,
                reach=bound * (self.candidate_block_size or 1) if bound and self.entries == "shared" else None,
                every=self.compress_ratio,
                cached=False,
            ),
        )
        return [self._entries(hidden), weights], [self._rotated("entries"), choice]

    def _entries(self, hidden: int) -> Block:
        """What leaves the lines of entries and of index keys: made here, or in a layer before."""
        if self.entries == "shared":
            return Leaf(
                "shared_entries",
                "Shared entries",
                role="latent",
                detail="and index keys, of a layer before",
                part="attention",
                inputs=0,
                outputs=("entries", "index K"),
                tag="shared entries",
            )
        ratio, width, index = self.compress_ratio or 1, self.head_dim, self.index_head_dim or 1
        values = linear("compressor.wkv", f"KV {width}", hidden, width, part="attention")
        norm = _norm("compressor.norm", width)
        made: tuple[Block, ...]
        if ratio == 1:
            made = (replace(values, role="latent", cache=Cache(width), detail="of each token"), norm)
        else:
            gate = linear("compressor.wgate", f"weights {width}", hidden, width, part="attention")
            mean = Leaf(
                "compressor",
                f"mean of {ratio} tokens",
                role="latent",
                detail="softmax of the weights",
                part="attention",
                inputs=2,
                cache=Cache(width, every=ratio),
                state=2 * width * (ratio - 1),
                tag=f"1 entry for {ratio} tokens",
            )
            made = (Parallel((values, gate), "separate"), mean, norm)
        key = Sequence(
            (
                replace(
                    linear("indexer.wk", f"index K {index}", width, index, part="attention", role="latent"),
                    cache=Cache(index, every=ratio, index=True),
                ),
                _norm("indexer.k_norm", index),
            )
        )
        return Sequence((*made, Parallel((LINE, key), "separate")))

    def _queries(self, hidden: int) -> Block:
        heads, width, rank = self.num_attention_heads, self.head_dim, self.q_lora_rank
        up: Block = linear("wq_b", f"up to Q {heads} × {width}", rank, heads * width, part="attention", outputs=("Q",))
        if self.compress_ratio is not None and self.indexer == "own":
            number, size = self.index_n_heads or 1, self.index_head_dim or 1
            index = linear(
                "indexer.wq_b",
                f"index Q {number} × {size}",
                rank,
                number * size,
                part="attention",
                outputs=("index Q",),
            )
            up = Parallel((index, up), "separate")
        return Sequence(
            (linear("wq_a", f"Q latent {rank:,}", hidden, rank, part="attention"), _norm("q_norm", rank), up)
        )

    def _rotated(self, line: str, *, chip: bool = False) -> Block:
        if not isinstance(self.position, PositionKind):
            return LINE
        rotation = self.position.rotation(self.qk_rope_head_dim, (line,), head=self.head_dim)
        if not isinstance(rotation, Leaf):
            return rotation or LINE
        return rotation if chip else replace(rotation, label="RoPE", detail="", tag="")

    def _label(self) -> str:
        if self.compress_ratio is None:
            return "Sliding attention"
        if self.entries == "own":
            return "Compressed sparse attention" if self.compress_ratio > 1 else "Global sparse attention"
        if self.indexer == "own":
            return "Re-indexed sparse attention"
        return "Shared compressed attention" if self.compress_ratio > 1 else "Shared global attention"

    def _notes(self) -> tuple[str, ...]:
        width, ratio, index = self.head_dim, self.compress_ratio, self.index_head_dim
        window = f"the last {self.sliding_window:,} tokens keep {width} values each"
        if ratio is None:
            return notes(window, ["1 learned sink a head"])
        size = data_size(2 * width)
        kept = (
            f"a token caches {width} values, {size} in bf16"
            if ratio == 1
            else (f"{ratio} tokens cache {width} values, {size} in bf16")
        )
        facts = [f"index: {index} values an entry"]
        if self.entries == "shared":
            kept, facts = "entries and index keys are cached where they are made, not here", []
        if self.candidate_topk_blocks is not None and self.candidate_block_size is not None:
            bound = f"{self.candidate_topk_blocks:,} blocks of {self.candidate_block_size}"
            facts.append(f"chooses {bound} for later layers" if self.entries == "own" else f"only among {bound}")
        return notes(kept, window, [*facts, "1 learned sink a head"])


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),), part="norm")
