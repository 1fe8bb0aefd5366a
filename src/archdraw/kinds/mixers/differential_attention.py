"""Grouped differential latent attention: heads of noise are taken away from heads of signal."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.mixers.position import NoPosition, PositionKind
from archdraw.kinds.wording import NBSP, data_size, notes
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Heads,
    Leaf,
    Module,
    Parallel,
    Role,
    Sequence,
    Weight,
    Window,
    linear,
)


class GroupedDifferentialLatent(Kind):
    """Grouped differential latent attention (GDLA): latent attention whose heads come in groups with one head of noise.

    Of ``num_attention_heads`` query heads ``num_noise_heads`` attend to noise: what each finds is multiplied by a
    sigmoid (lambda), one for each head of signal, and taken away from the other heads of its group. Queries come from a
    latent of ``q_lora_rank`` features, keys and values of ``num_key_value_heads`` heads from one of ``kv_lora_rank``;
    ``head_dim`` features of a query and key are compared, the last ``qk_rope_head_dim`` of them rotated.
    ``output_gate`` multiplies the difference by a sigmoid that is made from the queries' latent. A layer with a
    ``sliding_window`` caches the keys and values of its heads, another one the latent and the rotated key alone.
    """

    keyword: ClassVar[str] = "grouped_differential_latent"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "grouped_differential_latent: {num_attention_heads: 80, num_noise_heads: 16, num_key_value_heads: 16,\n"
        "                              head_dim: 192, v_head_dim: 128, q_lora_rank: 1024, kv_lora_rank: 512,\n"
        "                              qk_rope_head_dim: 64, position: rope, output_gate: true}"
    )
    source: ClassVar[str] = (
        "Motif Technologies 2025, Grouped Differential Attention, arXiv:2510.06949; Ye et al. 2024, Differential "
        "Transformer, arXiv:2410.05258; Motif 3: model code of MotifTechnologies/vllm-motif3-v0.26.0"
    )

    num_attention_heads: Size
    num_noise_heads: Size
    num_key_value_heads: Size
    head_dim: Size
    v_head_dim: Size
    q_lora_rank: Size
    kv_lora_rank: Size
    qk_rope_head_dim: Size
    sliding_window: Size | None = None
    output_gate: bool = False
    position: Position | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Two latents, the heads made from them, attention, the difference, the gate, the output projection.

        Raises :class:`KindError` where heads don't divide, or more features are rotated than there are.
        """
        self._check()
        signal = self.num_attention_heads - self.num_noise_heads
        width = signal * self.v_head_dim
        window = Window(self.sliding_window) if self.sliding_window is not None else None
        hidden = scope.hidden_size
        first = (self._queries(hidden, width), self._compressed(hidden), _lambda(hidden, signal))
        second: list[Block] = [Leaf("output_gate", "sigmoid", outputs=("gate",))] if self.output_gate else []
        second += [self._rotated("Q"), self._expanded(window), self._rotated("shared key")]
        second.append(Leaf("lambda", "sigmoid", outputs=("lambda",)))
        mixed: Block = Sequence((Parallel((self._attention(window), LINE), "separate"), self._difference(signal)))
        if self.output_gate:
            mixed = Parallel((LINE, mixed), "multiply")
        detail = f"{width:,} to {scope.hidden_size:,}"
        out = linear("o_proj", "output projection", width, scope.hidden_size, part="attention", detail=detail)
        body = Sequence((Parallel(first, "separate"), Parallel(tuple(second), "separate"), mixed, out))
        reach = f", window {window.size:,}" if window is not None else ""
        return Module(
            "self_attn",
            self.label or ("Sliding differential attention" if window else "Differential attention"),
            body,
            role=self._role(),
            detail=f"{signal} heads − {self.num_noise_heads} of noise{reach}",
            kind=self.keyword,
            notes=self._notes(window),
        )

    def _check(self) -> None:
        signal, noise = self.num_attention_heads - self.num_noise_heads, self.num_noise_heads
        if signal <= 0 or signal % noise:
            raise KindError(
                f"num_noise_heads {noise} leaves no whole groups of {self.num_attention_heads} heads",
                "num_noise_heads",
                "each head of noise belongs to equally many heads of signal",
            )
        if self.num_attention_heads % self.num_key_value_heads:
            raise KindError(
                f"num_key_value_heads {self.num_key_value_heads} does not divide {self.num_attention_heads} heads",
                "num_key_value_heads",
            )
        if self.qk_rope_head_dim >= self.head_dim:
            raise KindError(
                f"qk_rope_head_dim {self.qk_rope_head_dim} leaves nothing of head_dim {self.head_dim}",
                "qk_rope_head_dim",
            )

    def _role(self) -> Role:
        return "attention" if self.sliding_window is None else "sliding"

    def _queries(self, hidden: int, width: int) -> Sequence:
        """The lines gate (where there is one) and Q, both from one latent."""
        rank, queries = self.q_lora_rank, self.num_attention_heads * self.head_dim
        latent = linear("q_a_proj", f"Q latent {rank:,}", hidden, rank, part="attention")
        up = linear("q_b_proj", f"up to Q {queries:,}", rank, queries, part="attention", outputs=("Q",))
        made: Block = up
        if self.output_gate:
            gate = linear("q_b_gate", f"gate {width:,}", rank, width, part="attention", outputs=("gate",))
            made = Parallel((gate, up), "separate")
        return Sequence((latent, _norm("q_a_layernorm", rank), made))

    def _compressed(self, hidden: int) -> Leaf:
        latent, rotated = self.kv_lora_rank, self.qk_rope_head_dim
        return linear(
            "kv_a_proj_with_mqa",
            f"KV latent {latent:,}",
            hidden,
            latent + rotated,
            part="attention",
            role="latent",
            detail=f"+ {'shared' if isinstance(self.position, NoPosition) else 'RoPE'} key {rotated}",
            outputs=("latent", "shared key"),
            cache=Cache(latent + rotated) if self.sliding_window is None else None,
        )

    def _expanded(self, window: Window | None) -> Sequence:
        heads, plain = self.num_key_value_heads, self.head_dim - self.qk_rope_head_dim
        up = linear(
            "kv_b_proj",
            f"up to K, V {heads} × ({plain}{NBSP}+{NBSP}{self.v_head_dim})",
            self.kv_lora_rank,
            heads * (plain + self.v_head_dim),
            part="attention",
            outputs=("K", "V"),
            cache=Cache(heads * (self.head_dim + self.v_head_dim), window) if window is not None else None,
        )
        return Sequence((_norm("kv_a_layernorm", self.kv_lora_rank), up))

    def _rotated(self, line: str) -> Block:
        if not isinstance(self.position, PositionKind):
            return LINE
        whole = self.head_dim if line == "Q" else None
        rotation = self.position.rotation(self.qk_rope_head_dim, (line,), head=whole)
        if isinstance(rotation, Leaf) and line != "Q":
            # One chip is enough for both rotations of a folded block.
            return replace(rotation, tag="")
        return rotation or LINE

    def _attention(self, window: Window | None) -> Leaf:
        heads = Heads(
            self.num_attention_heads,
            self.num_key_value_heads,
            self.head_dim,
            self.v_head_dim,
            reach=window.size if window else None,
            cached=window is not None,
        )
        group = self.num_attention_heads // self.num_key_value_heads
        return Leaf(
            "attention",
            "Softmax attention",
            role=self._role(),
            detail=f"{self.num_key_value_heads} groups: {group} Q heads to 1 KV head",
            part="attention",
            inputs=4,
            heads=heads,
        )

    def _difference(self, signal: int) -> Leaf:
        group = signal // self.num_noise_heads
        return Leaf("difference", "signal − lambda × noise", detail=f"{group} heads of signal to 1 of noise", inputs=2)

    def _notes(self, window: Window | None) -> tuple[str, ...]:
        if window is None:
            latent, rotated = self.kv_lora_rank, self.qk_rope_head_dim
            return notes(f"a token caches {latent:,} + {rotated} values, {data_size(2 * (latent + rotated))} in bf16")
        cached = self.num_key_value_heads * (self.head_dim + self.v_head_dim)
        return notes(
            f"a token caches {self.num_key_value_heads} × ({self.head_dim} + {self.v_head_dim}) values, "
            f"{data_size(2 * cached)} in bf16",
            f"window {window.size:,}",
        )


def _lambda(hidden: int, signal: int) -> Leaf:
    return linear("lambda_proj", f"lambda {signal}", hidden, signal, part="attention", outputs=("lambda",))


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),), part="norm")
