"""Grouped differential latent attention: the output of noise heads is subtracted from that of signal heads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import Note, Term, common
from archdraw.glossary import attention as attention_words
from archdraw.glossary import latent_attention as words
from archdraw.glossary.concepts import DIFFERENTIAL_LATENT, OUTPUT_GATE, SLIDING_WINDOW, Concept
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import (
    grouping,
    kv_cache,
    mask,
    output_projection,
    rms_norm,
    window_detail,
)
from archdraw.kinds.mixers.latent_parts import latent_cache
from archdraw.kinds.mixers.position import NoPosition, rotated, untagged
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Role, Sequence, Window, linear


class GroupedDifferentialLatent(Kind):
    """Grouped differential latent attention (GDLA): latent attention whose heads come in groups with one noise head.

    The output of a noise head is multiplied by a sigmoid (λ), one for each signal head, and subtracted from that of
    the signal heads of its group. Queries are projected from a latent of ``q_lora_rank`` features, keys and values
    from one of ``kv_lora_rank``; the last ``qk_rope_head_dim`` of a head's ``head_dim`` features are rotated. A layer
    with a ``sliding_window`` caches the keys and values of its heads, another one the latent and the rotated key alone.
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
    term: ClassVar[Term] = words.GROUPED_DIFFERENTIAL
    aliases: ClassVar[tuple[str, ...]] = ("gdla", "differential attention", "diff transformer")
    concepts: ClassVar[tuple[Concept, ...]] = (DIFFERENTIAL_LATENT,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention", "sliding")

    num_attention_heads: Size = Field(description="Number of query heads, signal and noise together.")
    num_noise_heads: Size = Field(description="Number of noise heads; a divisor of the number of signal heads.")
    num_key_value_heads: Size = Field(
        description="Number of key heads, and of value heads; a divisor of num_attention_heads."
    )
    head_dim: Size = Field(description="Features per query and key head.")
    v_head_dim: Size = Field(description="Features per value head.")
    q_lora_rank: Size = Field(description="Features of the latent of queries.")
    kv_lora_rank: Size = Field(description="Features of the latent of keys and values.")
    qk_rope_head_dim: Size = Field(
        description="Features per query head that are rotated, and of the rotated key that all heads share."
    )
    sliding_window: Size | None = Field(
        default=None,
        description="Number of tokens that a token attends to, itself included; left out for full attention.",
    )
    output_gate: bool = Field(
        default=False, description="Whether the difference is multiplied by a sigmoid of the queries' latent."
    )
    position: Position | None = Field(default=None, description="Positional encoding of the rotated features.")
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """Window and gate by their fields."""
        yield from self.concepts
        if self.sliding_window:
            yield SLIDING_WINDOW
        if self.output_gate:
            yield OUTPUT_GATE

    def expand(self, scope: Scope) -> Module:
        """Two latents, the heads projected from them, attention, the difference, the gate, the output projection.

        Raises :class:`KindError` where heads don't divide, or more features are rotated than there are.
        """
        self._check()
        signal, hidden = self.num_attention_heads - self.num_noise_heads, scope.hidden_size
        width = signal * self.v_head_dim
        window = Window(self.sliding_window) if self.sliding_window is not None else None
        heads = self._heads(window)
        factors = linear("lambda_proj", words.LAMBDA(width=signal), hidden, signal, part="attention", outputs=("λ",))
        first = (self._queries(hidden, width), self._compressed(hidden), factors)
        second: list[Block] = [Leaf("output_gate", common.SIGMOID(), outputs=("gate",))] if self.output_gate else []
        second += [self._rotated("Q"), self._expanded(window), untagged(self._rotated("shared key"))]
        second.append(Leaf("lambda", common.SIGMOID(), outputs=("λ",)))
        mixed: Block = Sequence((Parallel((self._attention(heads), LINE), "separate"), self._difference(signal)))
        if self.output_gate:
            mixed = Parallel((LINE, mixed), "multiply")
        out = output_projection("o_proj", width, hidden)
        return Module(
            "self_attn",
            self.label or (words.DIFFERENTIAL_WINDOW() if window else words.DIFFERENTIAL()),
            Sequence((Parallel(first, "separate"), Parallel(tuple(second), "separate"), mixed, out)),
            role=self._role(),
            detail=(words.SIGNAL_NOISE_HEADS(signal=signal, noise=self.num_noise_heads), window_detail(window)),
            notes=(self._cached(heads), mask(window)),
        )

    def _check(self) -> None:
        signal, noise = self.num_attention_heads - self.num_noise_heads, self.num_noise_heads
        if signal <= 0 or signal % noise:
            raise KindError(
                f"num_noise_heads {noise} does not divide {self.num_attention_heads} heads into whole groups",
                "num_noise_heads",
                "each noise head belongs to equally many signal heads",
            )
        if self.num_attention_heads % self.num_key_value_heads:
            raise KindError(
                f"num_key_value_heads {self.num_key_value_heads} does not divide num_attention_heads "
                f"{self.num_attention_heads}",
                "num_key_value_heads",
            )
        if self.qk_rope_head_dim >= self.head_dim:
            raise KindError(
                f"qk_rope_head_dim {self.qk_rope_head_dim} is not less than head_dim {self.head_dim}",
                "qk_rope_head_dim",
            )

    def _role(self) -> Role:
        return "attention" if self.sliding_window is None else "sliding"

    def _heads(self, window: Window | None) -> Heads:
        """All heads; those of a window are cached as they are, others are projected from the cached latent."""
        return Heads(
            self.num_attention_heads,
            self.num_key_value_heads,
            self.head_dim,
            self.v_head_dim,
            reach=window.size if window else None,
            cached=window is not None,
        )

    def _queries(self, hidden: int, width: int) -> Sequence:
        """The lines gate (where there is one) and Q, both from one latent."""
        rank, queries = self.q_lora_rank, self.num_attention_heads * self.head_dim
        latent = linear("q_a_proj", words.QUERY_LATENT(width=rank), hidden, rank, part="attention")
        label = attention_words.LINE(line="Q", width=queries)
        up = linear("q_b_proj", label, rank, queries, part="attention", outputs=("Q",))
        made: Block = up
        if self.output_gate:
            own = attention_words.GATE(width=width)
            gate = linear("q_b_gate", own, rank, width, part="attention", outputs=("gate",))
            made = Parallel((gate, up), "separate")
        return Sequence((latent, rms_norm("q_a_layernorm", rank), made))

    def _compressed(self, hidden: int) -> Leaf:
        latent, rotary = self.kv_lora_rank, self.qk_rope_head_dim
        key = words.PLUS_SHARED_KEY if isinstance(self.position, NoPosition) else words.PLUS_ROPE_KEY
        return linear(
            "kv_a_proj_with_mqa",
            words.WITH_KEY(latent=words.KV_LATENT(width=latent), key=key(width=rotary)),
            hidden,
            latent + rotary,
            part="attention",
            # A window keeps the heads that are projected from the latent, not the latent.
            role="latent" if self.sliding_window is None else "plain",
            outputs=("latent", "shared key"),
            cache=Cache(latent + rotary) if self.sliding_window is None else None,
        )

    def _expanded(self, window: Window | None) -> Sequence:
        """From the latent to the lines K and V."""
        heads, plain = self.num_key_value_heads, self.head_dim - self.qk_rope_head_dim
        up = linear(
            "kv_b_proj",
            words.KEYS_VALUES(heads=heads, keys=plain, values=self.v_head_dim),
            self.kv_lora_rank,
            heads * (plain + self.v_head_dim),
            part="attention",
            outputs=("K", "V"),
            cache=Cache(heads * (self.head_dim + self.v_head_dim), window) if window is not None else None,
        )
        return Sequence((rms_norm("kv_a_layernorm", self.kv_lora_rank), up))

    def _rotated(self, line: str) -> Block:
        """The rotation of one line; of a query it turns the last ``qk_rope_head_dim`` features of each head."""
        return rotated(self.position, self.qk_rope_head_dim, line, self.head_dim if line == "Q" else None)

    def _attention(self, heads: Heads) -> Leaf:
        return Leaf(
            "attention",
            attention_words.SOFTMAX_ATTENTION(),
            role=self._role(),
            detail=grouping(heads),
            part="attention",
            inputs=4,
            heads=heads,
        )

    def _difference(self, signal: int) -> Leaf:
        detail = words.SIGNAL_PER_NOISE(group=signal // self.num_noise_heads)
        return Leaf("difference", words.DIFFERENCE(), detail=detail, inputs=2)

    def _cached(self, heads: Heads) -> Note:
        return kv_cache(heads) if heads.cached else latent_cache(self.kv_lora_rank, self.qk_rope_head_dim)
