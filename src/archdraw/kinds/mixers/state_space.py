"""State space mixers: a state of constant size that each token writes and reads by matrices that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Note, Phrase
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import DIM, HEADS
from archdraw.glossary.attention import LINE as LINE_OF
from archdraw.glossary.common import NO_WEIGHTS, RMSNORM, SILU, SOFTPLUS
from archdraw.glossary.concepts import MAMBA, MAMBA_2, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection
from archdraw.kinds.mixers.state_parts import (
    ACTIVATIONS,
    Activation,
    OwnStateDtype,
    bias_on,
    causal_convolution,
    state_note,
)
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Role, Sequence, Setting, Weight, linear


class Mamba(Kind):
    """Mamba: each channel keeps ``state_size`` values, which decay at a rate that depends on the token.

    The selective scan gets its step size Δ, its input matrix B and its output matrix C from the token itself; Δ passes
    a projection of rank ``time_step_rank``. A causal convolution comes first, a SiLU gate last.
    """

    keyword: ClassVar[str] = "mamba"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mamba: {intermediate_size: 5120, state_size: 16, time_step_rank: 160}"
    source: ClassVar[str] = (
        "Gu and Dao 2023, Mamba, arXiv:2312.00752; norms of Δ, B and C: Jamba, arXiv:2403.19887; "
        "Falcon Mamba, arXiv:2410.05355"
    )

    term: ClassVar[Term] = words.MAMBA
    aliases: ClassVar[tuple[str, ...]] = ("ssm", "s6", "state space model", "selective scan", "mamba1")
    concepts: ClassVar[tuple[Concept, ...]] = (MAMBA,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    intermediate_size: Size = Field(description="Channels of the scan, each with a state of its own.")
    state_size: Size = Field(default=16, description="Values of the state per channel.")
    time_step_rank: Size = Field(description="Features from which the step sizes Δ of all channels are projected.")
    conv_kernel: Size = Field(default=4, description="Kernel size of the causal convolution, in tokens.")
    use_bias: bool = Field(default=False, description="Whether input and output projection have a bias.")
    use_conv_bias: bool = Field(default=True, description="Whether the convolution has a bias.")
    time_step_norms: Literal["weighted", "weightless"] | None = Field(
        default=None,
        description="RMSNorms of Δ, B and C, with weights (Jamba) or without (Falcon Mamba); none where left out.",
    )
    hidden_act: Activation = Field(default="silu", description="Activation of the convolution and the gate.")
    mamba_ssm_cache_dtype: OwnStateDtype = "float32"
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Two lines of one projection: the gate, and convolution and selective scan; then the output projection."""
        hidden, inner, size, rank = scope.hidden_size, self.intermediate_size, self.state_size, self.time_step_rank
        state = inner * size
        both = words.EQUAL_LINES(lines="Z, X", number=2, width=inner)
        split = _projection(both, hidden, 2 * inner, ("Z", "X"), bias=self.use_bias)
        convolution = _convolution(inner, self.conv_kernel, self.hidden_act, bias=self.use_conv_bias, outputs=("",))
        lines = (LINE_OF(line="Δ", width=rank), words.EQUAL_LINES(lines="B, C", number=2, width=size))
        parameters: list[Block] = [
            linear(
                "x_proj",
                words.SEVERAL_LINES(lines=lines),
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
                    RMSNORM(),
                    role="norm",
                    detail=(words.OF_EACH(lines="Δ, B, C"), "" if weighted else NO_WEIGHTS()),
                    weights=tuple(Weight(f"{name}.weight", (width,)) for name, width in widths) if weighted else (),
                    part="norm",
                    inputs=3,
                    outputs=("Δ", "B", "C"),
                )
            )
        step = linear(
            "dt_proj",
            LINE_OF(line="Δ", width=inner),
            rank,
            inner,
            bias=True,
            part="attention",
            detail=SOFTPLUS(),
            outputs=("Δ",),
        )
        scan = Leaf(
            "ssm",
            words.SELECTIVE_SCAN(),
            role="linear",
            detail=words.CHANNEL_STATE(channels=inner, size=size),
            weights=(Weight("A_log", (inner, size)), Weight("D", (inner,))),
            part="attention",
            inputs=4,
            state=state,
            state_dtype=self.mamba_ssm_cache_dtype,
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
        out = output_projection("out_proj", inner, hidden, bias=self.use_bias)
        return Module(
            "mixer",
            self.label or self.term(),
            Sequence((split, Parallel((Leaf("gate", ACTIVATIONS[self.hidden_act]()), read), "multiply"), out)),
            role="linear",
            detail=(words.CHANNELS(number=inner), words.STATE_SIZE(size=size)),
            notes=_notes(scan, convolution, _biases(self.use_bias, self.use_bias, self.use_conv_bias, step_size=True)),
        )


class Mamba2(Kind):
    """Mamba-2: heads with a state of ``head_dim`` by ``state_size`` values each and one decay per token.

    X is what a head writes, B its input matrix, C its output matrix, Δ the step size; groups of heads share B and C. A
    causal convolution comes first. Last is a gate (Z) with an RMSNorm before or after it.
    """

    keyword: ClassVar[str] = "mamba2"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mamba2: {num_heads: 80, head_dim: 64, state_size: 128, n_groups: 1}"
    source: ClassVar[str] = "Dao and Gu 2024, Transformers are SSMs, arXiv:2405.21060"

    term: ClassVar[Term] = words.MAMBA_2
    aliases: ClassVar[tuple[str, ...]] = ("ssm", "ssd", "state space model", "state space duality", "mamba-2")
    concepts: ClassVar[tuple[Concept, ...]] = (MAMBA_2,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    num_heads: Size = Field(description="Number of heads, each with a state and a decay of its own.")
    head_dim: Size = Field(description="Features per head.")
    state_size: Size = Field(default=128, description="Values of the state per feature of a head.")
    n_groups: Size = Field(default=1, description="Groups of heads that share B and C; they divide num_heads.")
    conv_kernel: Size = Field(default=4, description="Kernel size of the causal convolution, in tokens.")
    use_bias: bool = Field(default=False, description="Whether input and output projection have a bias.")
    projectors_bias: bool | None = Field(
        default=None, description="Whether the output projection has a bias; as use_bias where it is left out."
    )
    use_conv_bias: bool = Field(default=True, description="Whether the convolution has a bias.")
    rms_norm: bool = Field(default=True, description="Whether there is an RMSNorm at the gate.")
    norm_groups: Size = Field(default=1, description="Groups of features that the RMSNorm normalizes each by itself.")
    norm_before_gate: bool = Field(default=False, description="Whether the RMSNorm comes before the gate, not after.")
    hidden_act: Activation = Field(default="silu", description="Activation of the convolution.")
    mamba_ssm_cache_dtype: OwnStateDtype = "float32"
    label: OwnLabel = None

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The bias of the output projection."""
        return {"projectors_bias": self._out_bias}

    @property
    def _out_bias(self) -> bool:
        return self.use_bias if self.projectors_bias is None else self.projectors_bias

    def expand(self, scope: Scope) -> Module:
        """One projection to Z, X, B, C and Δ, the convolution, the state's update, the gate with its norm, the output.

        Raises :class:`KindError` where the groups don't divide the heads or the features that are normalized.
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
        lines = (("Z", inner), ("XBC", mixed), ("Δ", heads))
        split = _projection(
            words.SEVERAL_LINES(lines=tuple(LINE_OF(line=line, width=features) for line, features in lines)),
            hidden,
            inner + mixed + heads,
            ("Z", "XBC", "Δ"),
            bias=self.use_bias,
        )
        convolution = _convolution(
            mixed, self.conv_kernel, self.hidden_act, bias=self.use_conv_bias, outputs=("X", "B", "C")
        )
        step = Leaf(
            "dt",
            SOFTPLUS(),
            detail=words.STEP_SIZE(),
            weights=(Weight("dt_bias", (heads,)),),
            part="attention",
            outputs=("Δ",),
        )
        update = Leaf(
            "ssm",
            words.SELECTIVE_SCAN_SSD(),
            role="linear",
            detail=words.HEAD_STATE(heads=heads, keys=width, values=self.state_size),
            weights=(Weight("A_log", (heads,)), Weight("D", (heads,))),
            part="attention",
            inputs=4,
            state=state,
            state_dtype=self.mamba_ssm_cache_dtype,
            multiplications=3 * state,
        )
        norm = Leaf(
            "norm",
            RMSNORM() if self.norm_groups == 1 else words.GROUPED_RMSNORM(),
            role="norm",
            detail="" if self.norm_groups == 1 else words.GROUPS(number=self.norm_groups),
            weights=(Weight("weight", (inner,)),),
            part="norm",
        )
        read: Block = Sequence((update, norm)) if self.rms_norm and self.norm_before_gate else update
        last = (norm,) if self.rms_norm and not self.norm_before_gate else ()
        body = Sequence(
            (
                split,
                Parallel((Leaf("gate", SILU(), outputs=("Z",)), convolution, step), "separate"),
                Parallel((LINE, read), "multiply"),
                *last,
                output_projection("out_proj", inner, hidden, bias=self._out_bias),
            )
        )
        shared: tuple[Phrase, ...] = ()
        if self.n_groups == 1 < heads:
            shared = (words.SHARED_BY_ALL_HEADS(),)
        elif self.n_groups < heads:
            shared = (words.SHARED_BY_HEADS(groups=self.n_groups, heads=heads // self.n_groups),)
        biases = _biases(self.use_bias, self._out_bias, self.use_conv_bias)
        return Module(
            "mixer",
            self.label or self.term(),
            body,
            role="linear",
            detail=(
                HEADS(number=heads),
                DIM(width=width),
                words.STATE_SIZE(size=self.state_size),
            ),
            notes=_notes(update, convolution, (*shared, *biases)),
        )


def _projection(label: Phrase, hidden: int, width: int, outputs: tuple[str, ...], *, bias: bool) -> Leaf:
    return linear("in_proj", label, hidden, width, bias=bias, part="attention", outputs=outputs)


def _convolution(channels: int, kernel: int, act: Activation, *, bias: bool, outputs: tuple[str, ...]) -> Leaf:
    """A causal convolution of each channel by itself; its state are the tokens that its kernel still reaches."""
    return causal_convolution("conv1d", channels, kernel, bias=bias, activation=ACTIVATIONS[act], outputs=outputs)


def _notes(scan: Leaf, convolution: Leaf, facts: tuple[Phrase, ...]) -> tuple[Note, ...]:
    """What a layer keeps whatever the context, and short facts below."""
    return (
        state_note(scan.state, convolution.state, words.CONV(), dtype=scan.state_dtype),
        *((facts,) if facts else ()),
    )


def _biases(inwards: bool, outwards: bool, convolution: bool, *, step_size: bool = False) -> tuple[Phrase, ...]:
    """Which of both projections, the convolution and the projection of the step size have a bias."""
    others = (words.CONV() if convolution else None, words.STEP_SIZE() if step_size else None)
    if inwards and outwards:
        return bias_on(words.PROJECTIONS(), *others)
    one = words.INPUT_PROJECTION() if inwards else words.OUTPUT_PROJECTION() if outwards else None
    return bias_on(one, *others)
