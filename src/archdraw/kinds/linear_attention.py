"""Mixers with a state of constant size: linear attention."""

from __future__ import annotations

from typing import ClassVar

from archdraw.blocks import LINE, Leaf, Module, Parallel, Sequence, Weight, linear
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes


class GatedDeltaNet(Kind):
    """Gated DeltaNet: linear attention whose state decays (alpha) and is corrected toward each new value (beta).

    Each of ``linear_num_value_heads`` heads keeps a matrix of ``linear_key_head_dim`` by ``linear_value_head_dim``
    values whatever the context; queries and keys have ``linear_num_key_heads`` heads, each shared by several value
    heads. A causal convolution over ``linear_conv_kernel_dim`` tokens comes first, a SiLU gate (Z) last.
    """

    keyword: ClassVar[str] = "gated_delta_net"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "gated_delta_net: {linear_num_key_heads: 16, linear_num_value_heads: 32, linear_key_head_dim: 128,\n"
        "                  linear_value_head_dim: 128, linear_conv_kernel_dim: 4}"
    )
    source: ClassVar[str] = "Yang, Kautz and Hatamizadeh 2024, Gated Delta Networks, arXiv:2412.06464"

    linear_num_key_heads: Size
    linear_num_value_heads: Size
    linear_key_head_dim: Size
    linear_value_head_dim: Size
    linear_conv_kernel_dim: Size = 4
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Two projections, the convolution, the delta rule, a norm a head, the gate, the output projection.

        Raises :class:`KindError` where the key heads don't divide the value heads.
        """
        key_heads, value_heads = self.linear_num_key_heads, self.linear_num_value_heads
        if value_heads % key_heads:
            raise KindError(
                f"linear_num_key_heads {key_heads} does not divide linear_num_value_heads {value_heads}",
                "linear_num_key_heads",
                f"each key head is shared by equally many value heads: it needs a divisor of {value_heads}",
            )
        keys, values = key_heads * self.linear_key_head_dim, value_heads * self.linear_value_head_dim
        mixed = 2 * keys + values
        state = value_heads * self.linear_key_head_dim * self.linear_value_head_dim
        shape = f"{value_heads} heads × {self.linear_key_head_dim} × {self.linear_value_head_dim}"
        projections = Parallel(
            (
                linear(
                    "in_proj_qkvz",
                    f"Z {values:,} + Q K V {mixed:,}",
                    scope.hidden_size,
                    mixed + values,
                    part="attention",
                    outputs=("Z", "Q K V"),
                ),
                linear(
                    "in_proj_ba",
                    f"gates 2 × {value_heads}",
                    scope.hidden_size,
                    2 * value_heads,
                    part="attention",
                    outputs=("beta", "alpha"),
                ),
            ),
            "separate",
        )
        convolution = Leaf(
            "conv1d",
            f"short convolution {self.linear_conv_kernel_dim}, SiLU",
            role="linear",
            weights=(Weight("weight", (mixed, 1, self.linear_conv_kernel_dim)),),
            part="attention",
            outputs=("Q", "K", "V"),
            state=(self.linear_conv_kernel_dim - 1) * mixed,
        )
        write = Leaf("beta", "beta", detail="write", outputs=("beta",))
        decay = Leaf(
            "alpha",
            "alpha",
            detail="decay",
            weights=(Weight("A_log", (value_heads,)), Weight("dt_bias", (value_heads,))),
            part="attention",
            outputs=("alpha",),
        )
        unit = Leaf("qk_norm", "L2 norm", role="norm", part="norm", inputs=2, outputs=("Q", "K"))
        rule = Leaf("delta_rule", "Gated delta rule", role="linear", detail=f"state {shape}", inputs=5, state=state)
        norm = Leaf(
            "norm",
            "RMSNorm per head",
            role="norm",
            weights=(Weight("weight", (self.linear_value_head_dim,)),),
            part="norm",
        )
        read = Sequence((Parallel((unit, LINE, LINE, LINE), "separate"), rule, norm))
        out = linear(
            "out_proj",
            "output projection",
            values,
            scope.hidden_size,
            part="attention",
            detail=f"{values:,} to {scope.hidden_size:,}",
        )
        body = Sequence(
            (
                projections,
                Parallel((Leaf("gate", "SiLU", outputs=("Z",)), convolution, write, decay), "separate"),
                Parallel((LINE, read), "multiply"),
                out,
            )
        )
        return Module(
            "linear_attn",
            self.label or "Gated DeltaNet",
            body,
            role="linear",
            detail=self._detail(),
            kind=self.keyword,
            notes=notes(
                f"a layer keeps {state:,} + {convolution.state:,} (convolution) values",
                f"= {data_size(2 * (state + convolution.state))} in bf16",
            ),
        )

    def _detail(self) -> str:
        if self.linear_key_head_dim == self.linear_value_head_dim:
            return (
                f"{self.linear_num_key_heads} QK, {self.linear_num_value_heads} V heads of {self.linear_key_head_dim}"
            )
        return (
            f"{self.linear_num_key_heads} QK of {self.linear_key_head_dim}, "
            f"{self.linear_num_value_heads} V of {self.linear_value_head_dim}"
        )
