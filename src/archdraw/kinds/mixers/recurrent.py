"""Gated linear recurrences: the RG-LRU of Griffin, the matrix memory of xLSTM."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import data_size, notes, number
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Sequence, Weight, linear


class RGLRU(Kind):
    """Griffin's recurrent block: each of ``lru_width`` channels keeps one value, the real-gated linear recurrent unit.

    Two gates, each a small matrix for each of ``num_attention_heads`` blocks of channels, say how much of the new value
    is let in and how fast the old one fades. A causal convolution over ``conv1d_width`` tokens comes before, a branch
    with a GELU is multiplied at the end.
    """

    keyword: ClassVar[str] = "rg_lru"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rg_lru: {lru_width: 2560, num_attention_heads: 10}"
    source: ClassVar[str] = "De et al. 2024, Griffin, arXiv:2402.19427; RecurrentGemma, arXiv:2404.07839"

    lru_width: Size
    num_attention_heads: Size
    conv1d_width: Size = 4
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Two projections: one gates, one goes through convolution and recurrence; then the output projection.

        Raises :class:`KindError` where the blocks of channels don't divide the width.
        """
        hidden, width, blocks = scope.hidden_size, self.lru_width, self.num_attention_heads
        if width % blocks:
            raise KindError(
                f"num_attention_heads {blocks} does not divide lru_width {width:,}",
                "num_attention_heads",
                "the gates have one matrix for each of so many blocks of channels",
            )
        block = width // blocks
        convolution = Leaf(
            "conv_1d",
            f"short convolution {self.conv1d_width}",
            role="linear",
            weights=(Weight("weight", (width, 1, self.conv1d_width)), Weight("bias", (width,))),
            part="attention",
            state=(self.conv1d_width - 1) * width,
        )
        gates = tuple(
            Leaf(
                f"{name}_gate",
                label,
                detail=f"sigmoid, {blocks} × {block}²",
                weights=(
                    Weight(f"rg_lru.{name}_gate_weight", (blocks, block, block)),
                    Weight(f"rg_lru.{name}_gate_bias", (blocks, block)),
                ),
                part="attention",
            )
            for name, label in (("input", "input gate"), ("recurrent", "decay gate"))
        )
        unit = Leaf(
            "rg_lru",
            "RG-LRU",
            role="linear",
            detail=f"state {width:,}",
            weights=(Weight("recurrent_param", (width,)),),
            part="attention",
            inputs=3,
            state=width,
            multiplications=3 * width,
        )
        projected = {
            name: linear(f"linear_{name}", f"{name.upper()} {width:,}", hidden, width, bias=True, part="attention")
            for name in ("y", "x")
        }
        read = Sequence((projected["x"], convolution, Parallel((LINE, *gates), "separate"), unit))
        out = linear(
            "linear_out",
            "output projection",
            width,
            hidden,
            bias=True,
            part="attention",
            detail=f"{width:,} to {hidden:,}",
        )
        body = Sequence((Parallel((Sequence((projected["y"], Leaf("act_fn", "GELU"))), read), "multiply"), out))
        return Module(
            "temporal_block",
            self.label or "RG-LRU block",
            body,
            role="linear",
            detail=f"{width:,} channels",
            kind=self.keyword,
            notes=notes(
                f"a layer keeps {width:,} + {convolution.state:,} (convolution) values",
                f"= {data_size(2 * (width + convolution.state))} in bf16",
                "projections, gates and convolution have a bias",
            ),
        )


class MatrixLSTM(Kind):
    """mLSTM: each of ``num_heads`` heads keeps a matrix of ``qk_dim`` by ``v_dim`` (shared out) features.

    Two gates, one number a head, say how much of the outer product of key and value is added (the input gate, an
    exponential) and how much of the matrix stays (the forget gate, a sigmoid); the query reads it, divided by a vector
    of the sums of keys (the normaliser). ``gate_soft_cap`` bounds both gates. An output gate is multiplied behind a
    norm for each head.
    """

    keyword: ClassVar[str] = "mlstm"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mlstm: {num_heads: 8, qk_dim: 2048, v_dim: 4096, gate_soft_cap: 15.0}"
    source: ClassVar[str] = "Beck et al. 2024, xLSTM, arXiv:2405.04517; xLSTM 7B, arXiv:2503.13427"

    num_heads: Size
    qk_dim: Size
    v_dim: Size
    gate_soft_cap: Factor | None = None
    use_bias: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Projections to Q, K, V, the output gate and both gates, the memory, its norm, the output projection.

        Raises :class:`KindError` where the heads don't divide the widths.
        """
        heads, hidden, bias = self.num_heads, scope.hidden_size, self.use_bias
        for name, width in (("qk_dim", self.qk_dim), ("v_dim", self.v_dim)):
            if width % heads:
                raise KindError(f"num_heads {heads} does not divide {name} {width:,}", "num_heads")
        key, value = self.qk_dim // heads, self.v_dim // heads
        state = heads * key * value
        projections = [
            linear(name, f"{line} {width:,}", hidden, width, bias=bias, part="attention", outputs=(line,))
            for name, line, width in (
                ("ogate_preact", "O", self.v_dim),
                ("q", "Q", self.qk_dim),
                ("k", "K", self.qk_dim),
                ("v", "V", self.v_dim),
            )
        ]
        gates = Leaf(
            "gates",
            f"I, F 2 × {heads}",
            detail="" if self.gate_soft_cap is None else f"soft cap {number(self.gate_soft_cap)}",
            weights=tuple(
                Weight(f"{gate}gate_preact.{name}", shape)
                for gate in ("i", "f")
                for name, shape in (("weight", (heads, hidden)), ("bias", (heads,)))
            ),
            part="attention",
            outputs=("I", "F"),
        )
        memory = Leaf(
            "mlstm_backend",
            "Matrix memory",
            role="linear",
            detail=f"state {heads} heads × {key} × {value}",
            inputs=5,
            # One normaliser a key feature and one running maximum a head beside the matrix.
            state=state + heads * (key + 1),
            multiplications=3 * state,
        )
        norm = Leaf(
            "multihead_norm",
            "LayerNorm per head",
            role="norm",
            weights=(Weight("weight", (self.v_dim,)),) + ((Weight("bias", (self.v_dim,)),) if bias else ()),
            part="norm",
        )
        out = linear(
            "out_proj",
            "output projection",
            self.v_dim,
            hidden,
            bias=bias,
            part="attention",
            detail=f"{self.v_dim:,} to {hidden:,}",
        )
        body = Sequence(
            (
                Parallel((*projections, gates), "separate"),
                Parallel((Leaf("ogate_act_fn", "sigmoid"), Sequence((memory, norm))), "multiply"),
                out,
            )
        )
        return Module(
            "mlstm_layer",
            self.label or "mLSTM",
            body,
            role="linear",
            detail=f"{heads} heads, QK {key}, V {value}",
            kind=self.keyword,
            notes=notes(
                f"a layer keeps {state:,} + {memory.state - state:,} (normaliser) values",
                f"= {data_size(2 * memory.state)} in bf16",
                f"input gate exp, forget gate sigmoid, {'all projections' if bias else 'both'} with a bias",
            ),
        )
