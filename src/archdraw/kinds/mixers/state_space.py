"""State space mixers: a state of constant size, written and read by each token with weights that depend on it."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Sequence, Weight, linear


class Mamba(Kind):
    """Mamba: each of ``intermediate_size`` channels keeps ``state_size`` values that decay as the token says.

    The selective scan gets its step Δ, what it writes (B) and what it reads (C) from the token itself; Δ goes through
    ``time_step_rank`` features. A causal convolution over ``conv_kernel`` tokens comes first, a SiLU gate last.
    ``time_step_norms`` puts an RMSNorm on Δ, B and C, with weights (Jamba) or without (Falcon Mamba).
    """

    keyword: ClassVar[str] = "mamba"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mamba: {intermediate_size: 5120, state_size: 16, time_step_rank: 160}"
    source: ClassVar[str] = (
        "Gu and Dao 2023, Mamba, arXiv:2312.00752; norms of Δ, B and C: Jamba, arXiv:2403.19887; "
        "Falcon Mamba, arXiv:2410.05355"
    )

    intermediate_size: Size
    state_size: Size = 16
    time_step_rank: Size
    conv_kernel: Size = 4
    use_bias: bool = False
    use_conv_bias: bool = True
    time_step_norms: Literal["weighted", "weightless"] | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Two lines of one projection: the gate, and convolution and selective scan; then the output projection."""
        hidden, inner, size, rank = scope.hidden_size, self.intermediate_size, self.state_size, self.time_step_rank
        state = inner * size
        split = _projection(f"Z + X, 2 × {inner:,}", hidden, 2 * inner, ("Z", "X"), bias=self.use_bias)
        convolution = _convolution(inner, self.conv_kernel, bias=self.use_conv_bias, outputs=("",))
        parameters: list[Block] = [
            linear(
                "x_proj",
                f"Δ {rank:,} + B, C 2 × {size:,}",
                inner,
                rank + 2 * size,
                part="attention",
                outputs=("Δ", "B", "C"),
            )
        ]
        if self.time_step_norms is not None:
            widths = (("dt_layernorm", rank), ("b_layernorm", size), ("c_layernorm", size))
            weighted = self.time_step_norms == "weighted"
            parameters.append(
                Leaf(
                    "time_step_norms",
                    "RMSNorm each" if weighted else "RMSNorm, no weight",
                    role="norm",
                    weights=tuple(Weight(f"{name}.weight", (width,)) for name, width in widths) if weighted else (),
                    part="norm",
                    inputs=3,
                    outputs=("Δ", "B", "C"),
                )
            )
        step = linear(
            "dt_proj", f"Δ {inner:,}", rank, inner, bias=True, part="attention", detail="softplus", outputs=("Δ",)
        )
        scan = Leaf(
            "ssm",
            "Selective scan",
            role="linear",
            detail=f"state {inner:,} × {size:,}",
            weights=(Weight("A_log", (inner, size)), Weight("D", (inner,))),
            part="attention",
            inputs=4,
            state=state,
            multiplications=3 * state,
        )
        read = Sequence(
            (
                convolution,
                Parallel(
                    (LINE, Sequence((*parameters, Parallel((step, LINE, LINE), "separate")))),
                    "separate",
                ),
                scan,
            )
        )
        return Module(
            "mixer",
            self.label or "Mamba",
            Sequence((split, Parallel((Leaf("gate", "SiLU"), read), "multiply"), _out(inner, hidden, self.use_bias))),
            role="linear",
            detail=f"{inner:,} channels, state {size:,}",
            kind=self.keyword,
            notes=_kept(state, convolution.state, (_biases(self.use_bias, self.use_conv_bias),)),
        )


class Mamba2(Kind):
    """Mamba-2: ``num_heads`` heads, each with a state of ``head_dim`` by ``state_size`` values and one decay a token.

    X is what a head writes, B how it writes, C how it reads, Δ the step; ``n_groups`` groups of heads share B and C.
    A causal convolution over ``conv_kernel`` tokens comes first. Last is a gate (Z), and around it an RMSNorm in
    ``norm_groups`` groups: behind the gate unless ``norm_before_gate`` is true, absent where ``rms_norm`` is false.
    ``projectors_bias`` says of the output projection what ``use_bias`` says of the other one, where they differ.
    """

    keyword: ClassVar[str] = "mamba2"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mamba2: {num_heads: 80, head_dim: 64, state_size: 128, n_groups: 1}"
    source: ClassVar[str] = "Dao and Gu 2024, Transformers are SSMs, arXiv:2405.21060"

    num_heads: Size
    head_dim: Size
    state_size: Size = 128
    n_groups: Size = 1
    conv_kernel: Size = 4
    use_bias: bool = False
    projectors_bias: bool | None = None
    use_conv_bias: bool = True
    rms_norm: bool = True
    norm_groups: Size = 1
    norm_before_gate: bool = False
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """One projection to Z, X, B, C and Δ, the convolution, the state's update, the gate with its norm, the output.

        Raises :class:`KindError` where the groups don't divide the heads or the features that are normalised.
        """
        heads, width, hidden = self.num_heads, self.head_dim, scope.hidden_size
        inner, groups = heads * width, self.n_groups * self.state_size
        if heads % self.n_groups:
            raise KindError(
                f"n_groups {self.n_groups} does not divide num_heads {heads}",
                "n_groups",
                f"each group of B and C is shared by equally many heads: it needs a divisor of {heads}",
            )
        if inner % self.norm_groups:
            raise KindError(f"norm_groups {self.norm_groups} does not divide {inner:,} features", "norm_groups")
        mixed = inner + 2 * groups
        state = inner * self.state_size
        split = _projection(
            f"Z {inner:,} + X B C {mixed:,} + Δ {heads}",
            hidden,
            inner + mixed + heads,
            ("Z", "X B C", "Δ"),
            bias=self.use_bias,
        )
        convolution = _convolution(mixed, self.conv_kernel, bias=self.use_conv_bias, outputs=("X", "B", "C"))
        step = Leaf(
            "dt", "softplus", detail="step", weights=(Weight("dt_bias", (heads,)),), part="attention", outputs=("Δ",)
        )
        update = Leaf(
            "ssm",
            "Selective scan (SSD)",
            role="linear",
            detail=f"state {heads} heads × {width} × {self.state_size}",
            weights=(Weight("A_log", (heads,)), Weight("D", (heads,))),
            part="attention",
            inputs=4,
            state=state,
            multiplications=3 * state,
        )
        norm = Leaf(
            "norm",
            "RMSNorm" if self.norm_groups == 1 else f"RMSNorm in {self.norm_groups} groups",
            role="norm",
            weights=(Weight("weight", (inner,)),),
            part="norm",
        )
        read: Block = Sequence((update, norm)) if self.rms_norm and self.norm_before_gate else update
        last = (norm,) if self.rms_norm and not self.norm_before_gate else ()
        body = Sequence(
            (
                split,
                Parallel((Leaf("gate", "SiLU", outputs=("Z",)), convolution, step), "separate"),
                Parallel((LINE, read), "multiply"),
                *last,
                _out(inner, hidden, self.use_bias if self.projectors_bias is None else self.projectors_bias),
            )
        )
        shared = f"B and C are shared by {heads // self.n_groups} heads" if heads != self.n_groups else ""
        return Module(
            "mixer",
            self.label or "Mamba-2",
            body,
            role="linear",
            detail=f"{heads} heads of {width}, state {self.state_size}",
            kind=self.keyword,
            notes=_kept(state, convolution.state, (shared, self._biases())),
        )

    def _biases(self) -> str:
        output = self.projectors_bias
        if output is None or output == self.use_bias:
            return _biases(self.use_bias, self.use_conv_bias)
        named = ["input projection" if self.use_bias else "output projection"]
        named += ["convolution"] if self.use_conv_bias else []
        return f"{' and '.join(named)} have a bias" if len(named) > 1 else f"the {named[0]} has a bias"


def _projection(label: str, hidden: int, width: int, outputs: tuple[str, ...], *, bias: bool) -> Leaf:
    return linear("in_proj", label, hidden, width, bias=bias, part="attention", outputs=outputs)


def _convolution(channels: int, kernel: int, *, bias: bool, outputs: tuple[str, ...]) -> Leaf:
    """A causal convolution of each channel by itself; it keeps the tokens that its kernel still reaches."""
    weights = (Weight("weight", (channels, 1, kernel)),) + ((Weight("bias", (channels,)),) if bias else ())
    return Leaf(
        "conv1d",
        f"short convolution {kernel}, SiLU",
        role="linear",
        weights=weights,
        part="attention",
        outputs=outputs,
        state=(kernel - 1) * channels,
    )


def _out(inner: int, hidden: int, bias: bool) -> Leaf:
    return linear(
        "out_proj",
        "output projection",
        inner,
        hidden,
        bias=bias,
        part="attention",
        detail=f"{inner:,} to {hidden:,}",
    )


def _kept(state: int, convolved: int, facts: tuple[str, ...]) -> tuple[str, ...]:
    """What a layer keeps whatever the context, and short facts below."""
    return notes(
        f"a layer keeps {state:,} + {convolved:,} (convolution) values",
        f"= {data_size(2 * (state + convolved))} in bf16",
        facts,
    )


def _biases(projections: bool, convolution: bool) -> str:
    if projections:
        return "projections and convolution have a bias" if convolution else "projections have a bias"
    return "the convolution has a bias" if convolution else ""
