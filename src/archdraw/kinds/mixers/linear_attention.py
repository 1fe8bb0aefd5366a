"""Linear attention by the delta rule: a state of constant size that is corrected toward each new value."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Detail, Phrase
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import DIM, GATE, HEADS, L2_NORM, PER_HEAD
from archdraw.glossary.attention import LINE as LINE_OF
from archdraw.glossary.common import RANK, RMSNORM, SIGMOID, SILU
from archdraw.glossary.concepts import GATED_DELTA_NET, KIMI_DELTA, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection
from archdraw.kinds.mixers.state_parts import OwnStateDtype, causal_convolution, state_note
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Role, Sequence, StateDtype, Weight, linear

_GATES = {"silu": SILU, "sigmoid": SIGMOID}


class GatedDeltaNet(Kind):
    """Gated DeltaNet: linear attention whose state decays (α) and is corrected toward each new value (β).

    Each value head keeps a matrix of ``linear_key_head_dim`` by ``linear_value_head_dim`` values whatever the context.
    A causal convolution over queries, keys and values comes first, a gate (Z) last.
    """

    keyword: ClassVar[str] = "gated_delta_net"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "gated_delta_net: {linear_num_key_heads: 16, linear_num_value_heads: 32, linear_key_head_dim: 128,\n"
        "                  linear_value_head_dim: 128, linear_conv_kernel_dim: 4}"
    )
    source: ClassVar[str] = "Yang, Kautz and Hatamizadeh 2024, Gated Delta Networks, arXiv:2412.06464"

    term: ClassVar[Term] = words.GATED_DELTA_NET
    aliases: ClassVar[tuple[str, ...]] = ("gdn", "deltanet", "delta rule", "linear attention", "gated delta rule")
    concepts: ClassVar[tuple[Concept, ...]] = (GATED_DELTA_NET,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    linear_num_key_heads: Size = Field(
        description="Heads of queries and keys; they divide the value heads, several of which share each."
    )
    linear_num_value_heads: Size = Field(description="Heads of values, each with a state, a decay and a gate.")
    linear_key_head_dim: Size = Field(description="Features per head of queries and keys.")
    linear_value_head_dim: Size = Field(description="Features per head of values.")
    linear_conv_kernel_dim: Size = Field(default=4, description="Kernel size of the causal convolution, in tokens.")
    projections: Literal["qkvz_ba", "qkv_z_b_a"] = Field(
        default="qkvz_ba",
        description="Input projections as stored: two matrices (Qwen3-Next) or one for each use (Qwen3.5).",
    )
    output_gate_type: Literal["silu", "sigmoid"] = Field(default="silu", description="Activation of the output gate Z.")
    allow_neg_eigval: bool = Field(
        default=False, description="Whether β reaches from 0 to 2 in place of 1 (Olmo Hybrid)."
    )
    mamba_ssm_dtype: OwnStateDtype = "float32"
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """The projections, the convolution, the delta rule, a norm per head, the gate, the output projection.

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
        sizes = (value_heads, self.linear_key_head_dim, self.linear_value_head_dim)
        rule = _delta_rule(words.GATED_DELTA_RULE(), *sizes, self.mamba_ssm_dtype)
        weights = (Weight("A_log", (value_heads,)), Weight("dt_bias", (value_heads,)))
        gate = Leaf("gate", _GATES[self.output_gate_type](), outputs=("Z",))
        write = _write_strength(words.WRITES_TO_TWO() if self.allow_neg_eigval else "")
        body = (
            Parallel(self._projections(scope.hidden_size, mixed, values), "separate"),
            Parallel((gate, convolution, write, _decay(weights)), "separate"),
            _gated_reading(rule, _norm("norm", self.linear_value_head_dim)),
            output_projection("out_proj", values, scope.hidden_size),
        )
        return Module(
            "linear_attn",
            self.label or self.term(),
            Sequence(body),
            role="linear",
            detail=self._heads(),
            notes=(state_note(rule.state, convolution.state, words.CONV(), dtype=self.mamba_ssm_dtype),),
        )

    def _projections(self, hidden: int, mixed: int, values: int) -> tuple[Leaf, ...]:
        """From the input to the lines Z, Q K V, β, α; ``mixed`` and ``values`` are widths of Q K V and of Z."""
        heads = self.linear_num_value_heads

        def one(name: str, label: Phrase, width: int, *lines: str) -> Leaf:
            return linear(name, label, hidden, width, part="attention", outputs=lines)

        gate, read = LINE_OF(line="Z", width=values), LINE_OF(line="QKV", width=mixed)
        if self.projections == "qkvz_ba":
            both = words.EQUAL_LINES(lines="β, α", number=2, width=heads)
            return (
                one("in_proj_qkvz", words.SEVERAL_LINES(lines=(gate, read)), mixed + values, "Z", "QKV"),
                one("in_proj_ba", both, 2 * heads, "β", "α"),
            )
        return (
            one("in_proj_z", gate, values, "Z"),
            one("in_proj_qkv", read, mixed, "QKV"),
            one("in_proj_b", LINE_OF(line="β", width=heads), heads, "β"),
            one("in_proj_a", LINE_OF(line="α", width=heads), heads, "α"),
        )

    def _heads(self) -> Detail:
        keys, values = self.linear_key_head_dim, self.linear_value_head_dim
        return (
            words.KEY_VALUE_HEADS(keys=self.linear_num_key_heads, values=self.linear_num_value_heads),
            DIM(width=keys) if keys == values else words.KEY_VALUE_DIMS(keys=keys, values=values),
        )


class KimiDeltaAttention(Kind):
    """Kimi Delta Attention (KDA): a Gated DeltaNet whose state decays in each channel of the keys by itself.

    Each head keeps a matrix of ``head_dim`` by ``head_dim`` values whatever the context. Queries, keys and values pass
    a causal convolution; an output gate multiplies what is read.
    """

    keyword: ClassVar[str] = "kimi_delta_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "kimi_delta_attention: {num_heads: 32, head_dim: 128, short_conv_kernel_size: 4}"
    source: ClassVar[str] = (
        "Kimi Team 2025, Kimi Linear, arXiv:2510.26692; negative eigenvalues: Grazzi et al. 2024, arXiv:2411.12537"
    )

    term: ClassVar[Term] = words.KIMI_DELTA_ATTENTION
    aliases: ClassVar[tuple[str, ...]] = ("kda", "kimi linear", "deltanet", "delta rule", "linear attention")
    concepts: ClassVar[tuple[Concept, ...]] = (KIMI_DELTA,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    num_heads: Size = Field(description="Number of heads, each with a state of its own.")
    head_dim: Size = Field(description="Features per head of queries, keys and values.")
    short_conv_kernel_size: Size = Field(default=4, description="Kernel size of the causal convolution, in tokens.")
    use_full_rank_decay: bool = Field(
        default=False, description="Whether the decay is one full-rank projection, not two of rank head_dim."
    )
    use_full_rank_gate: bool = Field(
        default=False, description="Whether the output gate is one full-rank projection, not two of rank head_dim."
    )
    gate_lower_bound: float | None = Field(
        default=None, lt=0, ge=-1e6, description="Lower bound of the logarithm of the decay α; none where left out."
    )
    allow_neg_eigval: bool = Field(
        default=False, description="Whether β ranges up to 2 in place of 1, which allows negative eigenvalues."
    )
    mamba_ssm_dtype: OwnStateDtype = "float32"
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Projections, the convolution, the delta rule, a norm per head, the gate, the output projection."""
        width = self.num_heads * self.head_dim
        convolution = _convolution(3 * width, self.short_conv_kernel_size)
        sizes = (self.num_heads, self.head_dim, self.head_dim)
        rule = _delta_rule(words.CHANNEL_DELTA_RULE(), *sizes, self.mamba_ssm_dtype)
        weights = (Weight("forget_gate.A_log", (self.num_heads,)), Weight("forget_gate.dt_bias", (width,)))
        write = _write_strength(words.WRITES_TO_TWO() if self.allow_neg_eigval else "")
        body = (
            Parallel(self._projections(scope.hidden_size, width), "separate"),
            Parallel((Leaf("gate", SIGMOID(), outputs=("gate",)), convolution, write, _decay(weights)), "separate"),
            _gated_reading(rule, _norm("o_norm", self.head_dim)),
            output_projection("o_proj", width, scope.hidden_size),
        )
        bound = self.gate_lower_bound
        return Module(
            "self_attn",
            self.label or self.term(),
            Sequence(body),
            role="linear",
            detail=(HEADS(number=self.num_heads), DIM(width=self.head_dim)),
            notes=(
                state_note(rule.state, convolution.state, words.CONV(), dtype=self.mamba_ssm_dtype),
                *(() if bound is None else (words.DECAY_BOUND(bound=bound),)),
            ),
        )

    def _projections(self, hidden: int, width: int) -> tuple[Leaf, ...]:
        """From the input to the lines gate, Q K V, β, α."""
        three = tuple(Weight(f"{line}_proj.weight", (width, hidden)) for line in "qkv")
        label = words.EQUAL_LINES(lines="QKV", number=3, width=width)
        write, decay = LINE_OF(line="β", width=self.num_heads), LINE_OF(line="α", width=width)
        return (
            self._of_rank("g", GATE(width=width), "gate", hidden, width, full=self.use_full_rank_gate),
            Leaf("qkv_proj", label, weights=three, part="attention", outputs=("QKV",)),
            linear("b_proj", write, hidden, self.num_heads, part="attention", outputs=("β",)),
            self._of_rank("forget_gate.f", decay, "α", hidden, width, full=self.use_full_rank_decay),
        )

    def _of_rank(self, name: str, label: Phrase, line: str, hidden: int, width: int, *, full: bool) -> Leaf:
        """One projection, or two of rank ``head_dim`` in one box."""
        if full:
            return linear(f"{name}_proj", label, hidden, width, part="attention", outputs=(line,))
        down = Weight(f"{name}_a_proj.weight", (self.head_dim, hidden))
        up = Weight(f"{name}_b_proj.weight", (width, self.head_dim))
        rank = RANK(rank=self.head_dim)
        return Leaf(f"{name}_proj", label, detail=rank, weights=(down, up), part="attention", outputs=(line,))


def _convolution(width: int, kernel: int) -> Leaf:
    """One causal convolution for each feature of Q, K and V, stored as one of ``width`` features."""
    return causal_convolution("conv1d", width, kernel, activation=SILU, outputs=("Q", "K", "V"))


def _write_strength(detail: Detail = "") -> Leaf:
    return Leaf("beta", words.WRITE_STRENGTH(), detail=detail, outputs=("β",))


def _decay(weights: tuple[Weight, ...]) -> Leaf:
    return Leaf("alpha", words.DECAY(), weights=weights, part="attention", outputs=("α",))


def _delta_rule(label: Phrase, heads: int, keys: int, values: int, dtype: StateDtype) -> Leaf:
    """The state of ``heads`` matrices of ``keys`` by ``values``: decayed, corrected and read; five lines come in."""
    state = heads * keys * values
    return Leaf(
        "delta_rule",
        label,
        role="linear",
        detail=words.HEAD_STATE(heads=heads, keys=keys, values=values),
        inputs=5,
        state=state,
        state_dtype=dtype,
        # The decay, the product of state and key, the correction, and reading: each touches the whole state.
        multiplications=4 * state,
    )


def _gated_reading(rule: Leaf, norm: Leaf) -> Parallel:
    """From the lines gate, Q, K, V, β, α to what is read from the state, normalized and gated."""
    unit = Leaf("qk_norm", L2_NORM(), role="norm", part="norm", inputs=2, outputs=("Q", "K"))
    read = Sequence((Parallel((unit, LINE, LINE, LINE), "separate"), rule, norm))
    return Parallel((LINE, read), "multiply")


def _norm(name: str, width: int) -> Leaf:
    label = PER_HEAD(what=RMSNORM())
    return Leaf(name, label, role="norm", weights=(Weight("weight", (width,)),), part="norm")
