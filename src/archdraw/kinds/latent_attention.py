"""Multi-head latent attention: keys and values are made from one short latent, and only that is cached."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.blocks import LINE, Block, Cache, Leaf, Module, Parallel, Sequence, Weight, linear
from archdraw.kinds.base import Family, Kind, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.position import NoPosition, PositionKind
from archdraw.kinds.wording import NBSP, data_size, notes


class MultiHeadLatent(Kind):
    """Multi-head latent attention (MLA): one latent of ``kv_lora_rank`` features a token gives all keys and values.

    A head's query and key have ``qk_nope_head_dim`` features without and ``qk_rope_head_dim`` with rotation; the
    rotated part of the key is one for all heads and is cached beside the latent. ``q_lora_rank`` makes the queries from
    a latent too; without it they come straight from the input.
    """

    keyword: ClassVar[str] = "multi_head_latent"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "multi_head_latent: {num_attention_heads: 128, q_lora_rank: 1536, kv_lora_rank: 512,\n"
        "                    qk_nope_head_dim: 128, qk_rope_head_dim: 64, v_head_dim: 128, position: rope}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2024, DeepSeek-V2, section 2.1, arXiv:2405.04434"

    num_attention_heads: Size
    kv_lora_rank: Size
    qk_nope_head_dim: Size
    qk_rope_head_dim: Size
    v_head_dim: Size
    q_lora_rank: Size | None = None
    attention_bias: bool = False
    position: Position | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Latents, their norms, the heads made from them, attention over queries, keys, values and the shared key."""
        heads, latent, rotated = self.num_attention_heads, self.kv_lora_rank, self.qk_rope_head_dim
        key_width = self.qk_nope_head_dim + rotated
        compressed = linear(
            "kv_a_proj_with_mqa",
            f"KV latent {latent:,}",
            scope.hidden_size,
            latent + rotated,
            bias=self.attention_bias,
            part="attention",
            role="latent",
            detail=f"+ RoPE key {rotated}" if not isinstance(self.position, NoPosition) else f"+ shared key {rotated}",
            outputs=("latent", "shared key"),
            cache=Cache(latent + rotated),
        )
        expanded = linear(
            "kv_b_proj",
            f"up to K, V {heads} × ({self.qk_nope_head_dim}{NBSP}+{NBSP}{self.v_head_dim})",
            latent,
            heads * (self.qk_nope_head_dim + self.v_head_dim),
            part="attention",
            outputs=("K", "V"),
        )
        keys_values = Sequence((_norm("kv_a_layernorm", latent), expanded))
        attention = Leaf(
            "attention", "Softmax attention", role="attention", detail=f"{heads} heads", part="attention", inputs=4
        )
        out = linear(
            "o_proj",
            "output projection",
            heads * self.v_head_dim,
            scope.hidden_size,
            bias=self.attention_bias,
            part="attention",
            detail=f"{heads * self.v_head_dim:,} to {scope.hidden_size:,}",
        )
        position = self.position if isinstance(self.position, PositionKind) else None
        queries = self._queries(scope.hidden_size, key_width)
        body = Sequence(
            (
                Parallel((queries, compressed), "separate"),
                Parallel((self._rotated("Q"), keys_values, self._rotated("shared key")), "separate"),
                attention,
                out,
            )
        )
        return Module(
            "self_attn",
            self.label or "Multi-head latent attention",
            body,
            role="attention",
            detail=f"{heads} heads, latent {latent:,} + {rotated}",
            kind=self.keyword,
            notes=notes(
                f"a token caches {latent:,} + {rotated} values, {data_size(2 * (latent + rotated))} in bf16",
                ["no position encoding (NoPE)" if isinstance(position, NoPosition) else "", self._biases()],
            ),
        )

    def _biases(self) -> str:
        if not self.attention_bias:
            return ""
        return f"{'KV latent' if self.q_lora_rank is None else 'latents'} and output have a bias"

    def _queries(self, hidden: int, key_width: int) -> Block:
        heads = self.num_attention_heads
        if self.q_lora_rank is None:
            return linear(
                "q_proj", f"Q {heads} × {key_width}", hidden, heads * key_width, part="attention", outputs=("Q",)
            )
        rank = self.q_lora_rank
        bias = self.attention_bias
        return Sequence(
            (
                linear("q_a_proj", f"Q latent {rank:,}", hidden, rank, bias=bias, part="attention"),
                _norm("q_a_layernorm", rank),
                linear(
                    "q_b_proj",
                    f"up to Q {heads} × {key_width}",
                    rank,
                    heads * key_width,
                    part="attention",
                    outputs=("Q",),
                ),
            )
        )

    def _rotated(self, line: str) -> Block:
        """The rotation of one line; of a query it turns the last ``qk_rope_head_dim`` features of each head."""
        if not isinstance(self.position, PositionKind):
            return LINE
        whole = self.qk_nope_head_dim + self.qk_rope_head_dim if line == "Q" else None
        rotation = self.position.rotation(self.qk_rope_head_dim, (line,), head=whole)
        if isinstance(rotation, Leaf) and line != "Q":
            # One chip is enough for both rotations of a folded block.
            return replace(rotation, chip="")
        return rotation or LINE


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),), part="norm")
