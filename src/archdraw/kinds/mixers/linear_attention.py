"""Linear attention by the delta rule: a state of constant size that is corrected toward each new value."""

from __future__ import annotations

from math import exp
from typing import ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Sequence, Weight, linear


class GatedDeltaNet(Kind):
    """Gated DeltaNet: linear attention whose state decays (alpha) and is corrected toward each new value (beta).

    Each of ``linear_num_value_heads`` heads keeps a matrix of ``linear_key_head_dim`` by ``linear_value_head_dim``
    values whatever the context; queries and keys have ``linear_num_key_heads`` heads, each shared by several value
    heads. A causal convolution over ``linear_conv_kernel_dim`` tokens comes first, a gate (Z) last, with a SiLU or
    another ``output_gate_type``. ``projections`` says what is stored as one matrix: two of them (``qkvz_ba``,
    Qwen3-Next) or one for each use (``qkv_z_b_a``, Qwen3.5).
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
    projections: Literal["qkvz_ba", "qkv_z_b_a"] = "qkvz_ba"
    output_gate_type: Literal["silu", "sigmoid"] = "silu"
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
        convolution = _convolution(mixed, self.linear_conv_kernel_dim)
        rule = _delta_rule("Gated delta rule", value_heads, self.linear_key_head_dim, self.linear_value_head_dim)
        weights = (Weight("A_log", (value_heads,)), Weight("dt_bias", (value_heads,)))
        gate = Leaf("gate", {"silu": "SiLU", "sigmoid": "sigmoid"}[self.output_gate_type], outputs=("Z",))
        write = Leaf("beta", "beta", detail="write", outputs=("beta",))
        decay = Leaf("alpha", "alpha", detail="decay", weights=weights, part="attention", outputs=("alpha",))
        body = (
            Parallel(self._projections(scope.hidden_size, mixed, values), "separate"),
            Parallel((gate, convolution, write, decay), "separate"),
            _gated_reading(rule, _norm("norm", self.linear_value_head_dim)),
            _output("out_proj", values, scope.hidden_size),
        )
        return Module(
            "linear_attn",
            self.label or "Gated DeltaNet",
            Sequence(body),
            role="linear",
            detail=self._detail(),
            kind=self.keyword,
            notes=_state_notes(rule, convolution),
        )

    def _projections(self, hidden: int, mixed: int, values: int) -> tuple[Leaf, ...]:
        """From the input to the lines Z, Q K V, beta, alpha; ``mixed`` and ``values`` are widths of Q K V and of Z."""
        heads = self.linear_num_value_heads

        def one(name: str, label: str, width: int, *lines: str) -> Leaf:
            return linear(name, label, hidden, width, part="attention", outputs=lines)

        if self.projections == "qkvz_ba":
            return (
                one("in_proj_qkvz", f"Z {values:,} + Q K V {mixed:,}", mixed + values, "Z", "Q K V"),
                one("in_proj_ba", f"gates 2 × {heads}", 2 * heads, "beta", "alpha"),
            )
        return (
            one("in_proj_z", f"Z {values:,}", values, "Z"),
            one("in_proj_qkv", f"Q K V {mixed:,}", mixed, "Q K V"),
            one("in_proj_b", f"B {heads}", heads, "B"),
            one("in_proj_a", f"A {heads}", heads, "A"),
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


class KimiDeltaAttention(Kind):
    """Kimi Delta Attention (KDA): a Gated DeltaNet whose state decays in each channel of the keys by itself.

    Each of ``num_heads`` heads keeps a matrix of ``head_dim`` by ``head_dim`` values whatever the context. Queries,
    keys and values pass a causal convolution over ``short_conv_kernel_size`` tokens. The decay and the output gate are
    projected through ``head_dim`` features unless they are of full rank (``use_full_rank_decay``,
    ``use_full_rank_gate``). ``gate_lower_bound`` bounds the logarithm of the decay; ``allow_neg_eigval`` lets beta
    reach 2 in place of 1.
    """

    keyword: ClassVar[str] = "kimi_delta_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "kimi_delta_attention: {num_heads: 32, head_dim: 128, short_conv_kernel_size: 4}"
    source: ClassVar[str] = (
        "Kimi Team 2025, Kimi Linear, arXiv:2510.26692; negative eigenvalues: Grazzi et al. 2024, arXiv:2411.12537"
    )

    num_heads: Size
    head_dim: Size
    short_conv_kernel_size: Size = 4
    use_full_rank_decay: bool = False
    use_full_rank_gate: bool = False
    gate_lower_bound: float | None = Field(default=None, lt=0, ge=-1e6)
    allow_neg_eigval: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Projections, the convolution, the delta rule, a norm a head, the gate, the output projection."""
        width = self.num_heads * self.head_dim
        convolution = _convolution(3 * width, self.short_conv_kernel_size)
        rule = _delta_rule("Delta rule, channel-wise decay", self.num_heads, self.head_dim, self.head_dim)
        weights = (Weight("forget_gate.A_log", (self.num_heads,)), Weight("forget_gate.dt_bias", (width,)))
        write = "write, 0 to 2" if self.allow_neg_eigval else "write"
        body = (
            Parallel(self._projections(scope.hidden_size, width), "separate"),
            Parallel(
                (
                    Leaf("gate", "sigmoid", outputs=("gate",)),
                    convolution,
                    Leaf("beta", "beta", detail=write, outputs=("beta",)),
                    Leaf("alpha", "alpha", detail="decay", weights=weights, part="attention", outputs=("alpha",)),
                ),
                "separate",
            ),
            _gated_reading(rule, _norm("o_norm", self.head_dim)),
            _output("o_proj", width, scope.hidden_size),
        )
        bound = self.gate_lower_bound
        return Module(
            "self_attn",
            self.label or "Kimi Delta Attention",
            Sequence(body),
            role="linear",
            detail=f"{self.num_heads} heads of {self.head_dim}",
            kind=self.keyword,
            notes=(
                *_state_notes(rule, convolution),
                *notes([f"a channel keeps at least {100 * exp(bound):.2g} % a token" if bound is not None else ""]),
            ),
        )

    def _projections(self, hidden: int, width: int) -> tuple[Leaf, ...]:
        """From the input to the lines gate, Q K V, B, A."""
        three = tuple(Weight(f"{line}_proj.weight", (width, hidden)) for line in "qkv")
        return (
            self._of_rank("g", "gate", hidden, width, full=self.use_full_rank_gate),
            Leaf("qkv_proj", f"Q K V 3 × {width:,}", weights=three, part="attention", outputs=("Q K V",)),
            linear("b_proj", f"B {self.num_heads}", hidden, self.num_heads, part="attention", outputs=("B",)),
            self._of_rank("forget_gate.f", "A", hidden, width, full=self.use_full_rank_decay),
        )

    def _of_rank(self, name: str, line: str, hidden: int, width: int, *, full: bool) -> Leaf:
        """One projection, or two through ``head_dim`` features in one box."""
        if full:
            return linear(f"{name}_proj", f"{line} {width:,}", hidden, width, part="attention", outputs=(line,))
        down = Weight(f"{name}_a_proj.weight", (self.head_dim, hidden))
        up = Weight(f"{name}_b_proj.weight", (width, self.head_dim))
        detail = f"through {self.head_dim}"
        return Leaf(
            f"{name}_proj", f"{line} {width:,}", detail=detail, weights=(down, up), part="attention", outputs=(line,)
        )


def _convolution(width: int, kernel: int) -> Leaf:
    """One causal convolution for each feature of Q, K and V, stored as one of ``width`` features."""
    return Leaf(
        "conv1d",
        f"short convolution {kernel}, SiLU",
        role="linear",
        weights=(Weight("weight", (width, 1, kernel)),),
        part="attention",
        outputs=("Q", "K", "V"),
        state=(kernel - 1) * width,
    )


def _delta_rule(label: str, heads: int, keys: int, values: int) -> Leaf:
    """The state of ``heads`` matrices of ``keys`` by ``values``: decayed, corrected and read; five lines come in."""
    state = heads * keys * values
    return Leaf(
        "delta_rule",
        label,
        role="linear",
        detail=f"state {heads} heads × {keys} × {values}",
        inputs=5,
        state=state,
        # The decay, what the state says of the key, the correction, and reading: each meets the whole state.
        multiplications=4 * state,
    )


def _gated_reading(rule: Leaf, norm: Leaf) -> Parallel:
    """From the lines gate, Q, K, V, beta, alpha to what is read from the state, normalised and gated."""
    unit = Leaf("qk_norm", "L2 norm", role="norm", part="norm", inputs=2, outputs=("Q", "K"))
    read = Sequence((Parallel((unit, LINE, LINE, LINE), "separate"), rule, norm))
    return Parallel((LINE, read), "multiply")


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm per head", role="norm", weights=(Weight("weight", (width,)),), part="norm")


def _output(name: str, width: int, hidden: int) -> Leaf:
    detail = f"{width:,} to {hidden:,}"
    return linear(name, "output projection", width, hidden, part="attention", detail=detail)


def _state_notes(rule: Leaf, convolution: Leaf) -> tuple[str, ...]:
    return notes(
        f"a layer keeps {rule.state:,} + {convolution.state:,} (convolution) values",
        f"= {data_size(2 * (rule.state + convolution.state))} in bf16",
    )
