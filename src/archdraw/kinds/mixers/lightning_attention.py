"""Lightning attention: linear attention whose state decays at a fixed rate per head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import linear_mixers as words
from archdraw.glossary.attention import DIM, GATE, HEADS, OVER_ALL_HEADS
from archdraw.glossary.common import GELU, RELU, RMSNORM, SIGMOID, SILU
from archdraw.glossary.concepts import LIGHTNING, QK_NORM, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import output_projection, query_key_norm
from archdraw.kinds.mixers.position import NoPosition, PositionKind
from archdraw.kinds.mixers.state_parts import state_note
from archdraw.tree.blocks import LINE, Block, Heads, Leaf, Module, Parallel, Role, Sequence, Setting, Weight, linear

_ACTIVATIONS = {"silu": SILU, "gelu": GELU, "relu": RELU}


class LightningAttention(Kind):
    """Lightning attention: linear attention without softmax, with a fixed decay per head and an output gate.

    Each head keeps a matrix of ``head_dim`` by ``head_dim`` values whatever the context; head and layer set the rate
    at which it decays, which is not learned. What is read passes an RMSNorm before a sigmoid gate multiplies it.
    """

    keyword: ClassVar[str] = "lightning_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "lightning_attention: {num_attention_heads: 64, head_dim: 128, hidden_act: silu}"
    source: ClassVar[str] = (
        "Qin et al. 2024, Lightning Attention-2, arXiv:2401.04658; MiniMax-01, arXiv:2501.08313; "
        "Ling 2.5: modeling_bailing_moe_v2_5.py of inclusionAI/Ling-2.5-1T"
    )
    term: ClassVar[Term] = words.LIGHTNING_ATTENTION
    aliases: ClassVar[tuple[str, ...]] = ("linear attention", "lightning", "retention", "linear_attn", "minimax")
    concepts: ClassVar[tuple[Concept, ...]] = (LIGHTNING,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    num_attention_heads: Size = Field(description="Number of heads, each with a state of its own.")
    head_dim: Size = Field(description="Features per head of queries, keys and values.")
    hidden_act: Literal["silu", "gelu", "relu"] | None = Field(
        default=None, description="Activation of queries, keys and values (MiniMax-01); none where it is left out."
    )
    qk_norm: Literal["rmsnorm_per_head"] | None = Field(
        default=None, description="Norm of queries and keys before the position encoding (Ling 2.5)."
    )
    position: Position | None = Field(default=None, description="Position encoding of queries and keys (Ling 2.5).")
    group_norm_size: Size = Field(
        default=1,
        description="Groups of heads that the RMSNorm of the output normalizes each by itself; 1: over all heads.",
    )
    attention_bias: bool = Field(default=False, description="Whether the projection to Q, K and V has a bias.")
    attention_out_bias: bool | None = Field(
        default=None, description="Whether the output projection has a bias; as attention_bias where it is left out."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """Lightning attention, and QK-norm where there is one."""
        yield from self.concepts
        if self.qk_norm is not None:
            yield QK_NORM

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The bias of the output projection."""
        return {"attention_out_bias": self._out_bias}

    @property
    def _out_bias(self) -> bool:
        return self.attention_bias if self.attention_out_bias is None else self.attention_out_bias

    def expand(self, scope: Scope) -> Module:
        """One projection to Q, K and V, what prepares them, the state, a norm, the gate, the output projection.

        Raises :class:`KindError` where the groups of the norm don't divide the heads.
        """
        heads, size = self.num_attention_heads, self.head_dim
        if heads % self.group_norm_size:
            raise KindError(
                f"group_norm_size {self.group_norm_size} does not divide num_attention_heads {heads}",
                "group_norm_size",
            )
        width, state = heads * size, heads * size * size
        qkv = linear(
            "qkv_proj",
            words.EQUAL_LINES(lines="Q, K, V", number=3, width=width),
            scope.hidden_size,
            3 * width,
            bias=self.attention_bias,
            part="attention",
            detail=_ACTIVATIONS[self.hidden_act]() if self.hidden_act else "",
            outputs=("Q", "K", "V"),
        )
        rule = Leaf(
            "linear_attention",
            words.FIXED_DECAY(),
            role="linear",
            detail=words.HEAD_STATE(heads=heads, keys=size, values=size),
            inputs=3,
            state=state,
            # The decay, the outer product of key and value, and reading: each touches the whole state.
            multiplications=3 * state,
        )
        groups = self.group_norm_size
        norm = Leaf(
            "norm",
            OVER_ALL_HEADS(norm=RMSNORM()) if groups == 1 else words.GROUPED_RMSNORM(),
            role="norm",
            detail="" if groups == 1 else words.GROUPS(number=groups),
            weights=(Weight("weight", (width,)),),
            part="norm",
        )
        gate = linear("output_gate", GATE(width=width), scope.hidden_size, width, part="attention", detail=SIGMOID())
        read = Sequence((qkv, *self._prepared(), rule, norm))
        out = output_projection("out_proj", width, scope.hidden_size, bias=self._out_bias)
        return Module(
            "self_attn",
            self.label or self.term(),
            Sequence((Parallel((gate, read), "multiply"), out)),
            role="linear",
            detail=(HEADS(number=heads), DIM(width=size)),
            notes=(state_note(state),),
        )

    def _prepared(self) -> tuple[Block, ...]:
        """What queries and keys pass before they reach the state."""
        steps: list[Block] = []
        lines = ("Q", "K")
        if self.qk_norm is not None:
            heads = Heads(self.num_attention_heads, self.num_attention_heads, self.head_dim)
            steps.append(query_key_norm(self.qk_norm, heads, lines))
        if isinstance(self.position, PositionKind) and not isinstance(self.position, NoPosition):
            rotation = self.position.rotation(self.head_dim, lines)
            steps += [rotation] if rotation is not None else []
        return (Parallel((Sequence(tuple(steps)), LINE), "separate"),) if steps else ()
