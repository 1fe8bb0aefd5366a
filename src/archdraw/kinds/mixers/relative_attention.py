"""Softmax attention that learns what a distance means, and the short convolutions that go with it (Inkling)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.mixers.attention_parts import cached, grouping, query_key_norm
from archdraw.kinds.wording import notes, number
from archdraw.tree.blocks import LINE, Block, Cache, Heads, Leaf, Module, Parallel, Sequence, Weight, Window, linear

Kernel = Annotated[int, Field(ge=2, le=1024)]


class RelativeAttention(Kind):
    """Grouped-query attention without rotation: a bias for each distance is added to the scores.

    ``rel_logits_proj`` is a bank of ``d_rel`` profiles over the last ``rel_extent`` tokens (of ``sliding_window``
    tokens where there is a window); each token mixes them anew for each head. Beyond, the bias is zero. Keys and values
    pass a short causal convolution over ``conv_kernel_size`` tokens which is added to them, queries and keys an RMSNorm
    per head; the scores are divided by the width of a head, not by its root. From ``log_scaling_n_floor`` tokens on,
    scores grow by ``1 + log_scaling_alpha * ln(n / log_scaling_n_floor)``.
    """

    keyword: ClassVar[str] = "relative_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "relative_attention: {num_attention_heads: 64, num_key_value_heads: 8, head_dim: 128, d_rel: 16,\n"
        "                     rel_extent: 1024, conv_kernel_size: 4}"
    )
    source: ClassVar[str] = "InklingAttention of transformers; relative positions: Shaw et al. 2018, arXiv:1803.02155"

    num_attention_heads: Size
    num_key_value_heads: Size
    head_dim: Size
    d_rel: Size
    rel_extent: Size | None = None
    conv_kernel_size: Kernel = 4
    sliding_window: Size | None = None
    log_scaling_n_floor: Size | None = None
    log_scaling_alpha: Factor = 0.1
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Projections, convolutions of keys and values, QK-norm, the bias beside them, attention, output projection.

        Raises :class:`KindError` where heads don't divide, or nothing says how far the bias reaches.
        """
        query, groups, width = self.num_attention_heads, self.num_key_value_heads, self.head_dim
        if query % groups:
            raise KindError(
                f"num_key_value_heads {groups} does not divide num_attention_heads {query}", "num_key_value_heads"
            )
        extent = self.sliding_window or self.rel_extent
        if extent is None:
            raise KindError("rel_extent is missing", hint="say it, or a sliding_window")
        window = Window(self.sliding_window) if self.sliding_window else None
        heads = Heads(query, groups, width, None, self.sliding_window)
        hidden, relative = scope.hidden_size, query * self.d_rel
        bias = Leaf(
            "rel_logits_proj",
            "bias by distance",
            role="position",
            detail=f"over {extent:,} tokens",
            weights=(Weight("proj", (self.d_rel, extent)),),
            part="attention",
            outputs=("bias",),
            tag="relative bias",
        )
        made = Parallel(
            (
                linear("q_proj", f"Q {query * width:,}", hidden, query * width, part="attention", outputs=("Q",)),
                self._convolved("K", hidden, window),
                self._convolved("V", hidden, window),
                Sequence((linear("r_proj", f"R {relative:,}", hidden, relative, part="attention"), bias)),
            ),
            "separate",
        )
        scores = Leaf(
            "attention",
            "Softmax attention",
            role="sliding" if window else "attention",
            detail=grouping(heads),
            part="attention",
            inputs=4,
            heads=heads,
        )
        prepared = Parallel((query_key_norm("rmsnorm_per_head", heads, ("Q", "K")), LINE, LINE), "separate")
        detail = f"{query * width:,} to {hidden:,}"
        out = linear("o_proj", "output projection", query * width, hidden, part="attention", detail=detail)
        told = [f"{query} Q, {groups} KV", f"head {width}"] + ([f"window {window.size:,}"] if window else [])
        return Module(
            "self_attn",
            self.label or ("Sliding attention" if window else "Relative attention"),
            Sequence((made, prepared, scores, out)),
            role="sliding" if window else "attention",
            detail=", ".join(told),
            kind=self.keyword,
            notes=notes(
                cached(heads, once=False), [f"scores / {width}; {self.d_rel} profiles of distance", self._grown()]
            ),
        )

    def _convolved(self, line: str, hidden: int, window: Window | None) -> Block:
        """Keys or values: the projection, and the convolution whose result is added; only then are they cached."""
        width, name = self.num_key_value_heads * self.head_dim, line.lower()
        convolution = _convolution(f"{name}_sconv", width, self.conv_kernel_size)
        return Sequence(
            (
                linear(f"{name}_proj", f"{line} {width:,}", hidden, width, part="attention"),
                Leaf(
                    convolution.name,
                    convolution.label,
                    role="convolution",
                    weights=convolution.weights,
                    part="attention",
                    outputs=(line,),
                    cache=Cache(width, window),
                    state=convolution.state,
                ),
            )
        )

    def _grown(self) -> str:
        if self.log_scaling_n_floor is None:
            return ""
        floor = f"{self.log_scaling_n_floor:,}"
        return f"Q and bias × (1 + {number(self.log_scaling_alpha)} ln(n / {floor})) from token {floor} on"


class AddedConvolution(Kind):
    """A short causal convolution over ``conv_kernel_size`` tokens, each feature by itself, that is added to its input.

    ``name`` is the checkpoint's.
    """

    keyword: ClassVar[str] = "added_convolution"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "added_convolution: {conv_kernel_size: 4, name: attn_sconv}"
    source: ClassVar[str] = "InklingShortConvolution of transformers; So et al. 2021, Primer, arXiv:2109.08668"
    main: ClassVar[str | None] = "conv_kernel_size"

    conv_kernel_size: Kernel = 4
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)] = "sconv"

    def expand(self, scope: Scope) -> Leaf:
        """One leaf that keeps the last tokens but one of its reach as a state."""
        return _convolution(self.name, scope.hidden_size, self.conv_kernel_size, label="Short convolution")


def _convolution(name: str, width: int, kernel: int, *, label: str = "") -> Leaf:
    return Leaf(
        name,
        label or f"x + conv {kernel}",
        role="convolution",
        detail=f"x + conv over {kernel} tokens" if label else "",
        weights=(Weight(f"{name}.conv1d.weight", (width, 1, kernel)),),
        state=(kernel - 1) * width,
    )


class LearnedScale(Kind):
    """One learned number that everything is multiplied by.

    ``name`` is the checkpoint's, below the layer where it has a dot (``mlp.global_scale``).
    """

    keyword: ClassVar[str] = "learned_scale"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "learned_scale: {name: mlp.global_scale}"
    source: ClassVar[str] = "InklingMLP of transformers; Bachlechner et al. 2020, ReZero, arXiv:2003.04887"
    main: ClassVar[str | None] = "name"

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=60)] = "scale"

    def expand(self, scope: Scope) -> Leaf:
        """One leaf."""
        return Leaf(self.name.rpartition(".")[2], "× learned scale", weights=(Weight(self.name, (1,)),))
