"""Gated linear recurrences: the RG-LRU of Griffin, the matrix memory of xLSTM."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import HEADS, PER_HEAD
from archdraw.glossary.attention import LINE as LINE_OF
from archdraw.glossary.common import GELU, LAYERNORM, SIGMOID
from archdraw.glossary.concepts import MLSTM, RG_LRU, Concept
from archdraw.glossary.feed_forward import SOFTCAP
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection
from archdraw.kinds.mixers.state_parts import OwnStateDtype, bias_on, causal_convolution, state_note
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Role, Sequence, Weight, linear


class RGLRU(Kind):
    """Griffin's recurrent block: each channel keeps one value, that of the real-gated linear recurrent unit (RG-LRU).

    Two gates, block-diagonal matrices, set how much of the new value enters and how fast the old one decays. A causal
    convolution comes before the unit; a branch with a GELU multiplies its output.
    """

    keyword: ClassVar[str] = "rg_lru"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "rg_lru: {lru_width: 2560, num_attention_heads: 10}"
    source: ClassVar[str] = "De et al. 2024, Griffin, arXiv:2402.19427; RecurrentGemma, arXiv:2404.07839"

    term: ClassVar[Term] = words.RG_LRU_BLOCK
    aliases: ClassVar[tuple[str, ...]] = ("griffin", "hawk", "linear recurrence", "rnn", "lru", "recurrent")
    concepts: ClassVar[tuple[Concept, ...]] = (RG_LRU,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    lru_width: Size = Field(description="Channels of the recurrence, each with a state of one value.")
    num_attention_heads: Size = Field(
        description="Blocks of channels that the gates have one matrix each for; they divide lru_width."
    )
    conv1d_width: Size = Field(default=4, description="Kernel size of the causal convolution, in tokens.")
    label: OwnLabel = None

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
        convolution = causal_convolution("conv_1d", width, self.conv1d_width, bias=True)
        gates = tuple(
            Leaf(
                f"{name}_gate",
                term(),
                detail=(SIGMOID(), words.BLOCK_DIAGONAL(blocks=blocks, width=block)),
                weights=(
                    Weight(f"rg_lru.{name}_gate_weight", (blocks, block, block)),
                    Weight(f"rg_lru.{name}_gate_bias", (blocks, block)),
                ),
                part="attention",
            )
            for name, term in (("input", words.INPUT_GATE), ("recurrent", words.RECURRENCE_GATE))
        )
        unit = Leaf(
            "rg_lru",
            words.RG_LRU(),
            role="linear",
            detail=words.VECTOR_STATE(channels=width),
            weights=(Weight("recurrent_param", (width,)),),
            part="attention",
            inputs=3,
            state=width,
            state_dtype="float32",
            multiplications=3 * width,
        )
        projected = {
            line: linear(
                f"linear_{line.lower()}",
                LINE_OF(line=line, width=width),
                hidden,
                width,
                bias=True,
                part="attention",
            )
            for line in ("Y", "X")
        }
        read = Sequence((projected["X"], convolution, Parallel((LINE, *gates), "separate"), unit))
        out = output_projection("linear_out", width, hidden, bias=True)
        body = Sequence((Parallel((Sequence((projected["Y"], Leaf("act_fn", GELU()))), read), "multiply"), out))
        return Module(
            "temporal_block",
            self.label or self.term(),
            body,
            role="linear",
            detail=words.CHANNELS(number=width),
            notes=(
                state_note(width, convolution.state, words.CONV(), dtype="float32"),
                *bias_on(words.PROJECTIONS(), words.GATES(), words.CONV()),
            ),
        )


class MatrixLSTM(Kind):
    """mLSTM: each head keeps a matrix, its part of ``qk_dim`` by its part of ``v_dim``, and a vector of sums of keys.

    Two gates, one number per head, set how much of the outer product of key and value is added (the input gate, an
    exponential) and how much of the matrix stays (the forget gate, a sigmoid). The query reads the matrix, divided by
    the sums (the normalizer). An output gate multiplies the result after a norm per head.
    """

    keyword: ClassVar[str] = "mlstm"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "mlstm: {num_heads: 8, qk_dim: 2048, v_dim: 4096, gate_soft_cap: 15.0}"
    source: ClassVar[str] = "Beck et al. 2024, xLSTM, arXiv:2405.04517; xLSTM 7B, arXiv:2503.13427"

    term: ClassVar[Term] = words.MLSTM
    aliases: ClassVar[tuple[str, ...]] = ("xlstm", "matrix lstm", "rnn", "recurrent")
    concepts: ClassVar[tuple[Concept, ...]] = (MLSTM,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    num_heads: Size = Field(description="Number of heads; they divide qk_dim and v_dim.")
    qk_dim: Size = Field(description="Features of queries, and of keys, of all heads together.")
    v_dim: Size = Field(description="Features of values of all heads together.")
    gate_soft_cap: Factor | None = Field(
        default=None, description="Cap c of c tanh(x / c) on input and forget gate; none where it is left out."
    )
    use_bias: bool = Field(
        default=False, description="Whether the norm and all projections have a bias; that of both gates always has."
    )
    inference_state_dtype: OwnStateDtype = "float32"
    label: OwnLabel = None

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
            linear(name, LINE_OF(line=line, width=width), hidden, width, bias=bias, part="attention", outputs=(line,))
            for name, line, width in (
                ("ogate_preact", "O", self.v_dim),
                ("q", "Q", self.qk_dim),
                ("k", "K", self.qk_dim),
                ("v", "V", self.v_dim),
            )
        ]
        gates = Leaf(
            "gates",
            words.EQUAL_LINES(lines="i, f", number=2, width=heads),
            detail="" if self.gate_soft_cap is None else SOFTCAP(cap=self.gate_soft_cap),
            weights=tuple(
                Weight(f"{gate}gate_preact.{name}", shape)
                for gate in ("i", "f")
                for name, shape in (("weight", (heads, hidden)), ("bias", (heads,)))
            ),
            part="attention",
            outputs=("i", "f"),
        )
        memory = Leaf(
            "mlstm_backend",
            words.MATRIX_MEMORY(),
            role="linear",
            detail=words.HEAD_STATE(heads=heads, keys=key, values=value),
            inputs=5,
            # Besides the matrix, one sum per key feature and one running maximum per head.
            state=state + heads * (key + 1),
            state_dtype=self.inference_state_dtype,
            multiplications=3 * state,
        )
        norm = Leaf(
            "multihead_norm",
            PER_HEAD(what=LAYERNORM()),
            role="norm",
            weights=(Weight("weight", (self.v_dim,)),) + ((Weight("bias", (self.v_dim,)),) if bias else ()),
            part="norm",
        )
        out = output_projection("out_proj", self.v_dim, hidden, bias=bias)
        body = Sequence(
            (
                Parallel((*projections, gates), "separate"),
                Parallel((Leaf("ogate_act_fn", SIGMOID()), Sequence((memory, norm))), "multiply"),
                out,
            )
        )
        return Module(
            "mlstm_layer",
            self.label or self.term(),
            body,
            role="linear",
            detail=(HEADS(number=heads), words.QK_DIM(width=key), words.V_DIM(width=value)),
            notes=(
                state_note(
                    state, memory.state - state, words.NORMALIZER(), dtype=self.inference_state_dtype, alike=True
                ),
                (words.EXPONENTIAL_GATES(), *bias_on(words.PROJECTIONS() if bias else None, words.GATES())),
            ),
        )
