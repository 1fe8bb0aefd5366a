"""Compressed attention: keys and values of several tokens in one entry, beside a short window of whole ones."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.mixers.position import PositionKind
from archdraw.kinds.wording import NBSP, data_size, notes
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, linear


class CompressedAttention(Kind):
    """Compressed attention (DeepSeek V4): one head of keys, which are also the values, for all query heads.

    A token sees the last ``sliding_window`` tokens, and before them entries of ``compress_ratio`` tokens each: means
    whose weights a second projection and a learned bias make for each feature. With an indexer (CSA) only the
    ``index_topk`` entries are seen that it chooses, and entries overlap: each reads the tokens of the one before too.
    Without (HCA) all are; without ``compress_ratio`` there is only the window. Queries come from a latent of
    ``q_lora_rank`` features; the output is projected in ``o_groups`` groups of heads to ``o_lora_rank`` features each,
    then to the model's width. Each head has a learned sink.
    """

    keyword: ClassVar[str] = "compressed_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "compressed_attention: {num_attention_heads: 64, head_dim: 512, qk_rope_head_dim: 64, q_lora_rank: 1024,\n"
        "                       o_groups: 8, o_lora_rank: 1024, sliding_window: 128, compress_ratio: 128}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4, section 2.3; DeepseekV4Attention of transformers"

    num_attention_heads: Size
    head_dim: Size
    qk_rope_head_dim: Size
    q_lora_rank: Size
    o_groups: Size
    o_lora_rank: Size
    sliding_window: Size
    compress_ratio: Size | None = None
    index_n_heads: Size | None = None
    index_head_dim: Size | None = None
    index_topk: Size | None = None
    position: Position | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """The lines run, left to right: of the indexer, of the queries, of compressed and of whole keys.

        Raises :class:`KindError` where groups don't divide the heads, or an indexer lacks something.
        """
        self._check()
        hidden, heads, width = scope.hidden_size, self.num_attention_heads, self.head_dim
        first: list[Block] = [*self._index_sources(hidden), self._queries(hidden)]
        second: list[Block] = [*self._choice(), Sequence((_unit("q_b_norm"), self._rotated("Q", tag=True)))]
        if self.compress_ratio is not None:
            first.append(self._compressor(hidden, self.compress_ratio))
            second.append(LINE)
        whole = linear(
            "kv_proj",
            f"KV {width}",
            hidden,
            width,
            part="attention",
            role="latent",
            detail=f"last {self.sliding_window:,} tokens",
        )
        first.append(replace(whole, state=self.sliding_window * width))
        second.append(Sequence((_norm("kv_norm", width), self._rotated("KV"))))
        attention = Leaf(
            "attention",
            "Softmax attention",
            role=self._role(),
            detail=f"{heads} Q heads to 1 KV head, K = V",
            weights=(Weight("sinks", (heads,)),),
            part="attention",
            inputs=2 + (self.compress_ratio is not None) + (self.index_topk is not None),
            tag="sinks",
            # A query meets its window, which is always full but at the start, and the entries before it.
            multiplications=2 * heads * width * self.sliding_window,
            heads=self._met(),
        )
        projected = self.o_groups * self.o_lora_rank
        inside = heads * width // self.o_groups
        back = self._rotated("output")
        rows = (Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), attention)
        out = (
            replace(back, label="RoPE undone", detail="of the values") if isinstance(back, Leaf) else back,
            linear(
                "o_a_proj",
                f"{self.o_groups} groups of heads",
                inside,
                projected,
                part="attention",
                detail=f"{inside:,} to {self.o_lora_rank:,} each",
            ),
            linear("o_b_proj", f"output {projected:,} to {hidden:,}", projected, hidden, part="attention"),
        )
        return Module(
            "self_attn",
            self.label or self._label(),
            Sequence((*rows, *out)),
            role=self._role(),
            detail=self._detail(),
            kind=self.keyword,
            notes=self._notes(),
        )

    def _check(self) -> None:
        if self.num_attention_heads % self.o_groups:
            raise KindError(
                f"o_groups {self.o_groups} does not divide num_attention_heads {self.num_attention_heads}", "o_groups"
            )
        sizes = {name: getattr(self, name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
        given = [name for name, size in sizes.items() if size is not None]
        missing = [name for name, size in sizes.items() if size is None]
        if given and missing:
            raise KindError(f"{missing[0]} is missing", given[0], f"an indexer needs {', '.join(sizes)}")
        if given and self.compress_ratio is None:
            raise KindError("an indexer chooses compressed entries", given[0], "add compress_ratio")

    def _role(self) -> Literal["attention", "sliding"]:
        return "sliding" if self.compress_ratio is None else "attention"

    def _met(self) -> Heads | None:
        """The compressed entries that a query meets."""
        if self.compress_ratio is None:
            return None
        return Heads(
            self.num_attention_heads, 1, self.head_dim, reach=self.index_topk, every=self.compress_ratio, cached=False
        )

    def _queries(self, hidden: int) -> Block:
        heads, width, rank = self.num_attention_heads, self.head_dim, self.q_lora_rank
        up: Block = linear(
            "q_b_proj", f"up to Q {heads} × {width}", rank, heads * width, part="attention", outputs=("Q",)
        )
        if self.index_n_heads is not None and self.index_head_dim is not None:
            index = linear(
                "compressor.indexer.q_b_proj",
                f"index Q {self.index_n_heads} × {self.index_head_dim}",
                rank,
                self.index_n_heads * self.index_head_dim,
                part="attention",
                outputs=("index Q",),
            )
            up = Parallel((index, up), "separate")
        down = linear("q_a_proj", f"Q latent {rank:,}", hidden, rank, part="attention")
        return Sequence((down, _norm("q_a_norm", rank), up))

    def _compressor(self, hidden: int, ratio: int) -> Block:
        """From the input to the compressed entries: values and weights for each feature, their weighted mean."""
        width, series = self.head_dim, self._series()
        values, weights = (
            linear(f"compressor.{name}", f"{label} {series * width:,}", hidden, series * width, part="attention")
            for name, label in (("kv_proj", "KV"), ("gate_proj", "weights"))
        )
        mean = Leaf(
            "compressor",
            f"mean of {series * ratio} tokens",
            role="latent",
            detail=f"softmax, 1 entry for {ratio}",
            weights=(Weight("position_bias", (ratio, series * width)),),
            part="attention",
            inputs=2,
            cache=Cache(width, every=ratio),
            state=self._pending(ratio, width),
            tag=f"1 entry for {ratio} tokens",
        )
        norm = _norm("compressor.kv_norm", width)
        return Sequence((Parallel((values, weights), "separate"), mean, norm, self._rotated("compressed KV")))

    def _index_sources(self, hidden: int) -> tuple[Block, ...]:
        """The indexer's weights and its own compressed keys."""
        ratio, heads, width = self.compress_ratio, self.index_n_heads, self.index_head_dim
        if ratio is None or heads is None or width is None:
            return ()
        weights = linear(
            "compressor.indexer.scorer.weights_proj",
            f"weights {heads}",
            hidden,
            heads,
            part="attention",
            detail="of index heads",
            outputs=("weights",),
        )
        series = self._series()
        keys = Leaf(
            "compressor.indexer",
            f"index K {width}",
            role="latent",
            detail=f"1 for {ratio}{NBSP}tokens",
            weights=(
                Weight("compressor.indexer.kv_proj.weight", (series * width, hidden)),
                Weight("compressor.indexer.gate_proj.weight", (series * width, hidden)),
                Weight("position_bias", (ratio, series * width)),
            ),
            part="attention",
            outputs=("index K",),
            cache=Cache(width, every=ratio, index=True),
            state=self._pending(ratio, width),
        )
        return weights, Sequence((keys, _norm("compressor.indexer.kv_norm", width)))

    def _choice(self) -> tuple[Block, ...]:
        if self.index_topk is None or self.index_n_heads is None or self.index_head_dim is None:
            return ()
        return (
            Leaf(
                "indexer",
                "Lightning indexer",
                role="attention",
                detail=f"top {self.index_topk:,}{NBSP}entries" + (", RoPE" if self.position is not None else ""),
                part="attention",
                inputs=3,
                outputs=("chosen",),
                tag=f"top {self.index_topk:,} entries",
                heads=Heads(
                    self.index_n_heads, 1, self.index_head_dim, 0, every=self.compress_ratio or 1, cached=False
                ),
            ),
        )

    def _series(self) -> int:
        """How many entries a token is in: its own and, where entries overlap, the next."""
        return 1 if self.index_topk is None else 2

    def _pending(self, ratio: int, width: int) -> int:
        """Values that wait for their entry to be full: of all tokens but the last, and what the next entry reads."""
        series = self._series()
        return 2 * series * width * (ratio - 1) + (2 * width * ratio if series > 1 else 0)

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
        return "Compressed sparse attention" if self.index_topk is not None else "Heavily compressed attention"

    def _detail(self) -> str:
        return f"{self.num_attention_heads} Q, 1 KV, head {self.head_dim}, window {self.sliding_window:,}"

    def _notes(self) -> tuple[str, ...]:
        width, ratio = self.head_dim, self.compress_ratio
        window = f"the last {self.sliding_window:,} tokens keep {width} values each"
        if ratio is None:
            return notes(window, ["1 learned sink a head"])
        kept = f"{ratio} tokens cache {width} values, {data_size(2 * width)} in bf16"
        index = f"index: {self.index_head_dim} values for {ratio} tokens" if self.index_topk is not None else ""
        return notes(kept, window, [index, "1 learned sink a head"])


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),), part="norm")


def _unit(name: str) -> Leaf:
    """A norm a head without weights."""
    return Leaf(name, "RMSNorm per head", role="norm", detail="no weights", part="norm")
