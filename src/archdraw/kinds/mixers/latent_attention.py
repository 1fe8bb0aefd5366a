"""Multi-head latent attention: keys and values are made from one short latent, and only that is cached."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.mixers.indexer import Indexer, shared_index
from archdraw.kinds.mixers.position import NoPosition, PositionKind
from archdraw.kinds.wording import NBSP, data_size, notes, number
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, linear


class MultiHeadLatent(Kind):
    """Multi-head latent attention (MLA): one latent of ``kv_lora_rank`` features a token gives all keys and values.

    A head's query and key have ``qk_nope_head_dim`` features without and ``qk_rope_head_dim`` with rotation; the
    rotated part of the key is one for all heads and is cached beside the latent (0: there is none). ``q_lora_rank``
    makes the queries from a latent too; without it they come straight from the input.

    ``indexer`` makes it sparse (DSA): only the ``index_topk`` tokens that a lightning indexer of ``index_n_heads``
    heads chooses are attended to. ``full`` layers have their own, ``shared`` ones take over the choice of the last full
    one before. ``index_kpool`` index keys of neighbours are pooled to one. ``output_gate`` multiplies each value by a
    sigmoid of the input, or each head by one (``per_head``); ``sinks`` adds a learned score a head;
    ``attn_temperature_tuning`` is that of ``multi_head``; ``mla_scale`` multiplies each latent by the root of
    ``hidden_size`` over its own size (LongCat).
    """

    keyword: ClassVar[str] = "multi_head_latent"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "multi_head_latent: {num_attention_heads: 128, q_lora_rank: 1536, kv_lora_rank: 512,\n"
        "                    qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, position: rope}"
    )
    source: ClassVar[str] = (
        "DeepSeek-AI 2024, DeepSeek-V2, section 2.1, arXiv:2405.04434; indexer: DeepSeek-V3.2, arXiv:2512.02556; "
        "shared indexes: arXiv:2603.12201; gate: arXiv:2505.06708"
    )

    num_attention_heads: Size
    kv_lora_rank: Size
    qk_nope_head_dim: Size
    qk_rope_head_dim: Annotated[int, Field(ge=0, le=1_000_000_000)]
    v_head_dim: Size
    q_lora_rank: Size | None = None
    attention_bias: bool = False
    position: Position | None = None
    indexer: Literal["full", "shared"] | None = None
    index_n_heads: Size | None = None
    index_head_dim: Size | None = None
    index_topk: Size | None = None
    index_kpool: Size = 1
    output_gate: bool | Literal["per_head"] = False
    sinks: bool = False
    mla_scale: bool = False
    attn_temperature_tuning: bool = False
    floor_scale: Size = 8192
    attn_scale: Factor = 0.1
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Latents, their norms, the heads made from them, attention over queries, keys, values and the shared key.

        The lines run, left to right: of the indexer, of the queries, of keys and values, of the gate. Raises
        :class:`KindError` for an indexer that lacks a size, or a latent of queries to read.
        """
        indexer = self._indexer(scope)
        heads, rotated = self.num_attention_heads, self.qk_rope_head_dim
        first: list[Block] = [] if indexer is None else [indexer.weights(), indexer.keys()]
        first += [self._queries(scope.hidden_size, indexer), self._compressed(scope.hidden_size)]
        second: list[Block] = []
        if self.indexer is not None:
            turned = isinstance(self.position, PositionKind) and not isinstance(self.position, NoPosition)
            second.append(indexer.choice(turned) if indexer is not None else shared_index(self.index_topk or 1))
        second += [self._rotated("Q"), self._expanded()]
        if rotated:
            second.append(self._rotated("shared key"))
        attention = Leaf(
            "attention",
            "Softmax attention",
            role="attention",
            detail=f"{heads} heads",
            weights=(Weight("sinks", (heads,)),) if self.sinks else (),
            part="attention",
            inputs=3 + bool(rotated) + bool(self.indexer),
            tag="sinks" if self.sinks else "",
            heads=Heads(
                heads, heads, self.qk_nope_head_dim + rotated, self.v_head_dim, reach=self.index_topk, cached=False
            ),
        )
        mixed: Block = Sequence((Parallel(tuple(first), "separate"), Parallel(tuple(second), "separate"), attention))
        if self.output_gate:
            mixed = Parallel((mixed, self._gate(scope.hidden_size)), "multiply")
        out = linear(
            "o_proj",
            "output projection",
            heads * self.v_head_dim,
            scope.hidden_size,
            bias=self.attention_bias,
            part="attention",
            detail=f"{heads * self.v_head_dim:,} to {scope.hidden_size:,}",
        )
        return Module(
            "self_attn",
            self.label or self._label(),
            Sequence((mixed, out)),
            role="attention",
            detail=self._detail(),
            kind=self.keyword,
            notes=self._notes(scope.hidden_size, indexer),
        )

    def _indexer(self, scope: Scope) -> Indexer | None:
        """The layer's own indexer. Raises :class:`KindError` where its sizes are missing, or are given without one."""
        sizes = {name: getattr(self, name) for name in ("index_n_heads", "index_head_dim", "index_topk")}
        if self.indexer is None:
            given = [name for name, size in sizes.items() if size is not None]
            if given:
                raise KindError(f"{given[0]} without an indexer", given[0], "add indexer: full")
            return None
        needed = sizes if self.indexer == "full" else {"index_topk": self.index_topk}
        for name, size in needed.items():
            if size is None:
                raise KindError(f"{name} is missing", "indexer", f"an indexer that is {self.indexer} needs it")
        if self.indexer == "shared":
            return None
        if self.q_lora_rank is None:
            raise KindError("q_lora_rank is missing", "indexer", "an indexer reads the latent of the queries")
        n_heads, width, chosen = sizes.values()
        return Indexer(scope.hidden_size, self.q_lora_rank, n_heads, width, chosen, self.index_kpool)

    def _compressed(self, hidden: int) -> Leaf:
        latent, rotated = self.kv_lora_rank, self.qk_rope_head_dim
        name = "shared key" if isinstance(self.position, NoPosition) else "RoPE key"
        return linear(
            "kv_a_proj_with_mqa",
            f"KV latent {latent:,}",
            hidden,
            latent + rotated,
            bias=self.attention_bias,
            part="attention",
            role="latent",
            detail=f"+ {name} {rotated}" if rotated else "",
            outputs=("latent", "shared key") if rotated else ("latent",),
            cache=Cache(latent + rotated),
        )

    def _expanded(self) -> Block:
        """From the latent to the lines K and V."""
        heads, latent = self.num_attention_heads, self.kv_lora_rank
        expanded = linear(
            "kv_b_proj",
            f"up to K, V {heads} × ({self.qk_nope_head_dim}{NBSP}+{NBSP}{self.v_head_dim})",
            latent,
            heads * (self.qk_nope_head_dim + self.v_head_dim),
            part="attention",
            outputs=("K", "V"),
        )
        return Sequence((_norm("kv_a_layernorm", latent), expanded))

    def _queries(self, hidden: int, indexer: Indexer | None) -> Block:
        heads, key_width = self.num_attention_heads, self.qk_nope_head_dim + self.qk_rope_head_dim
        width = heads * key_width
        if self.q_lora_rank is None:
            return linear("q_proj", f"Q {heads} × {key_width}", hidden, width, part="attention", outputs=("Q",))
        rank = self.q_lora_rank
        up: Block = linear("q_b_proj", f"up to Q {heads} × {key_width}", rank, width, part="attention", outputs=("Q",))
        if indexer is not None:
            up = Parallel((indexer.queries(), up), "separate")
        down = linear("q_a_proj", f"Q latent {rank:,}", hidden, rank, bias=self.attention_bias, part="attention")
        return Sequence((down, _norm("q_a_layernorm", rank), up))

    def _gate(self, hidden: int) -> Block:
        width = self.num_attention_heads * (1 if self.output_gate == "per_head" else self.v_head_dim)
        projection = linear("gate_proj", f"gate {width:,}", hidden, width, part="attention")
        return Sequence((projection, Leaf("gate", "sigmoid")))

    def _rotated(self, line: str) -> Block:
        """The rotation of one line; of a query it turns the last ``qk_rope_head_dim`` features of each head."""
        if not isinstance(self.position, PositionKind) or not self.qk_rope_head_dim:
            return LINE
        whole = self.qk_nope_head_dim + self.qk_rope_head_dim if line == "Q" else None
        rotation = self.position.rotation(self.qk_rope_head_dim, (line,), head=whole)
        if isinstance(rotation, Leaf) and line != "Q":
            # One chip is enough for both rotations of a folded block.
            return replace(rotation, tag="")
        return rotation or LINE

    def _label(self) -> str:
        if self.indexer == "shared":
            return "Shared-index latent attention"
        return "Multi-head latent attention" if self.indexer is None else "Sparse latent attention"

    def _detail(self) -> str:
        rotated = f" + {self.qk_rope_head_dim}" if self.qk_rope_head_dim else ""
        return f"{self.num_attention_heads} heads, latent {self.kv_lora_rank:,}{rotated}"

    def _notes(self, hidden: int, indexer: Indexer | None) -> tuple[str, ...]:
        latent, rotated = self.kv_lora_rank, self.qk_rope_head_dim
        cached = f"{latent:,} + {rotated}" if rotated else f"{latent:,}"
        facts = list(indexer.notes()) if indexer is not None else []
        if isinstance(self.position, NoPosition):
            facts.append("no position encoding (NoPE)")
        if self.sinks:
            facts.append("1 learned sink a head")
        if self.attn_temperature_tuning:
            facts.append(f"Q × (1 + {number(self.attn_scale)} ln(1 + n)), n = position / {self.floor_scale:,} floored")
        if self.mla_scale:
            scales = [f"Q × {number(round((hidden / self.q_lora_rank) ** 0.5, 3))}"] if self.q_lora_rank else []
            facts.append(", ".join([*scales, f"KV latent × {number(round((hidden / latent) ** 0.5, 3))}"]))
        return notes(
            f"a token caches {cached} values, {data_size(2 * (latent + rotated))} in bf16", facts, self._biases()
        )

    def _biases(self) -> str:
        if not self.attention_bias:
            return ""
        return f"{'KV latent' if self.q_lora_rank is None else 'latents'} and output have a bias"


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),), part="norm")
