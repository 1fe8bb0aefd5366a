"""What all feed-forward networks share: their projections, and how they multiply or not."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Phrase, Words, common
from archdraw.glossary import feed_forward as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Role, Sequence, Weight, linear

ADAPTER = "gate_up_proj_adapter"
"""How the names of an adapter's tensors begin."""


class FeedForwardKind(Kind):
    """What all feed-forward networks share.

    ``name`` is what one is called without the noun (SwiGLU), ``activation`` its usual non-linearity; one that is
    ``gated`` multiplies two projections of its input.
    """

    family: ClassVar[Family] = "feed_forward"
    main: ClassVar[str | None] = "intermediate_size"
    drawn_as: ClassVar[tuple[Role, ...]] = ("feed_forward",)
    name: ClassVar[Term]
    activation: ClassVar[Term]
    gated: ClassVar[bool]

    intermediate_size: Size = Field(description="Features between the projections, those of one of them where gated.")
    mlp_bias: bool = Field(default=False, description="Whether every projection has a bias.")
    mlp_down_bias: bool | None = Field(
        default=None, description="Whether the last projection has a bias; mlp_bias where it is left out (GTE)."
    )
    ffn_sub_norm: bool | Literal["layernorm"] = Field(
        default=False,
        description="Whether a norm of the inner features comes before the last projection: RMSNorm, LayerNorm.",
    )
    adapter_rank: Size | None = Field(
        default=None,
        description="Features inside a low-rank adapter of the layer's own beside a shared gate and up (Zamba2).",
    )
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """A gated one multiplies two projections of the input; the other kind has one. Then down again.

        Their weights are of shape ``[intermediate_size, hidden_size]``, that of the last one the other way round.
        """
        hidden, inner = scope.hidden_size, self.intermediate_size
        weights = self.activation_weights()
        activation = Leaf("act_fn", self.non_linearity, weights=weights, part="feed_forward" if weights else "other")
        up: Block = self._projection("up_proj", words.UP_TO(width=inner), hidden, inner)
        if self.second_factor is not None:
            up = Sequence((up, Leaf("up_act", self.second_factor)))
        widened: tuple[Block, ...]
        if self.gated:
            gate = self._projection("gate_proj", common.GATE(width=inner), hidden, inner)
            widened = (Parallel((Sequence((gate, activation)), up), "multiply"),)
            if self.scale != 1:
                widened += (Leaf("scale", common.TIMES(factor=self.scale)),)
        else:
            widened = (up, activation)
        if self.ffn_sub_norm:
            widened += (self._sub_norm(inner),)
        down = self._projection("down_proj", words.DOWN_TO(inputs=inner, width=hidden), inner, hidden, last=True)
        return Module(
            "mlp",
            self.label or self.usual_label,
            Sequence((*widened, down)),
            role="feed_forward",
            detail=words.THERE_AND_BACK(hidden=hidden, inner=inner),
            notes=(self.facts_beyond_boxes(),),
        )

    def _sub_norm(self, inner: int) -> Leaf:
        centred = self.ffn_sub_norm == "layernorm"
        weights = (Weight("weight", (inner,)), *((Weight("bias", (inner,)),) if centred else ()))
        label = common.LAYERNORM() if centred else common.RMSNORM()
        return Leaf("ffn_sub_norm", label, role="norm", weights=weights, part="norm")

    def _projection(self, name: str, label: Phrase, inputs: int, width: int, *, last: bool = False) -> Leaf:
        bias = self._last_bias if last else self.mlp_bias
        made = linear(name, label, inputs, width, bias=bias, part="feed_forward", role="feed_forward")
        if self.adapter_rank is None or name != ("gate_proj" if self.gated else "up_proj"):
            return made
        rank, both = self.adapter_rank, 2 * width if self.gated else width
        adapter = (Weight(f"{ADAPTER}.0.weight", (rank, inputs)), Weight(f"{ADAPTER}.1.weight", (both, rank)))
        return replace(made, weights=(*made.weights, *adapter), detail=words.ADAPTER_BESIDE(rank=rank))

    @property
    def _last_bias(self) -> bool:
        return self.mlp_bias if self.mlp_down_bias is None else self.mlp_down_bias

    @property
    def usual_label(self) -> Phrase:
        """What the block is called unless its author says otherwise: ``SwiGLU FFN``."""
        return self.term()

    @property
    def short_name(self) -> Phrase:
        """The same without the noun: ``SwiGLU``, ``Clamped SwiGLU``."""
        return self.name()

    @property
    def as_expert(self) -> tuple[Words, ...]:
        """The second line of its box as an expert, with its author's label if any: ``SwiGLU, width 1,536``."""
        return words.INSIDE(kind=self.label or self.short_name), words.OF_WIDTH(width=self.intermediate_size)

    @property
    def non_linearity(self) -> Phrase:
        """What the gate passes, or the only widened line."""
        return self.activation()

    @property
    def second_factor(self) -> Phrase | None:
        """What is done to the line that the gate multiplies; None for nothing."""
        return None

    @property
    def scale(self) -> float:
        """What the product of both lines is multiplied by."""
        return 1.0

    def activation_weights(self) -> tuple[Weight, ...]:
        """Learned numbers of the non-linearity."""
        return ()

    def facts_beyond_boxes(self) -> tuple[Phrase, ...]:
        """Short facts for the notes that no box shows."""
        if not self.mlp_bias:
            return (words.LAST_BIAS(),) if self._last_bias else ()
        if not self._last_bias:
            return (words.GATED_FIRST_BIAS() if self.gated else words.PLAIN_FIRST_BIAS(),)
        return (words.GATED_BIAS() if self.gated else words.PLAIN_BIAS(),)
