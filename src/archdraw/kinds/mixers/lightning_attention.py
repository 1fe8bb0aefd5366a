"""Lightning attention: linear attention whose state fades at a fixed rate, one for each head."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.mixers.position import NoPosition, PositionKind
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Sequence, Weight, linear


class LightningAttention(Kind):
    """Lightning attention: linear attention without softmax, with a fixed decay for each head and an output gate.

    Each of ``num_attention_heads`` heads keeps a matrix of ``head_dim`` by ``head_dim`` values whatever the context;
    it fades at a rate that the head and the layer have from the start. ``hidden_act`` is done to queries, keys and
    values (MiniMax-01); ``qk_norm`` and ``position`` are those of softmax attention (Ling 2.5). What is read passes an
    RMSNorm over all heads, or over each of ``group_norm_size`` groups of them, before a sigmoid gate multiplies it.
    """

    keyword: ClassVar[str] = "lightning_attention"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "lightning_attention: {num_attention_heads: 64, head_dim: 128, hidden_act: silu}"
    source: ClassVar[str] = (
        "Qin et al. 2024, Lightning Attention-2, arXiv:2401.04658; MiniMax-01, arXiv:2501.08313; "
        "Ling 2.5: modeling_bailing_moe_v2_5.py of inclusionAI/Ling-2.5-1T"
    )

    num_attention_heads: Size
    head_dim: Size
    hidden_act: Literal["silu"] | None = None
    qk_norm: Literal["rmsnorm_per_head"] | None = None
    position: Position | None = None
    group_norm_size: Size = 1
    attention_bias: bool = False
    attention_out_bias: bool | None = None
    label: Label | None = None

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
        qkv = Leaf(
            "qkv_proj",
            f"Q K V 3 × {width:,}",
            detail="SiLU" if self.hidden_act else "",
            weights=(Weight("weight", (3 * width, scope.hidden_size)),)
            + ((Weight("bias", (3 * width,)),) if self.attention_bias else ()),
            part="attention",
            outputs=("Q", "K", "V"),
        )
        rule = Leaf(
            "linear_attention",
            "Linear attention, fixed decay",
            role="linear",
            detail=f"state {heads} heads × {size} × {size}",
            inputs=3,
            state=state,
            # The decay, the outer product of key and value, and reading: each meets the whole state.
            multiplications=3 * state,
        )
        groups = self.group_norm_size
        norm = Leaf(
            "norm",
            "RMSNorm over all heads" if groups == 1 else f"RMSNorm over {heads // groups} heads",
            role="norm",
            weights=(Weight("weight", (width,)),),
            part="norm",
        )
        gate = linear("output_gate", f"gate {width:,}, sigmoid", scope.hidden_size, width, part="attention")
        out = linear(
            "out_proj",
            "output projection",
            width,
            scope.hidden_size,
            bias=self.attention_bias if self.attention_out_bias is None else self.attention_out_bias,
            part="attention",
            detail=f"{width:,} to {scope.hidden_size:,}",
        )
        read = Sequence((qkv, *self._prepared(), rule, norm))
        return Module(
            "self_attn",
            self.label or "Lightning attention",
            Sequence((Parallel((gate, read), "multiply"), out)),
            role="linear",
            detail=f"{heads} heads of {size}",
            kind=self.keyword,
            notes=notes(f"a layer keeps {state:,} values = {data_size(2 * state)} in bf16"),
        )

    def _prepared(self) -> tuple[Block, ...]:
        """What queries and keys pass before they meet the state."""
        steps: list[Block] = []
        lines = ("Q", "K")
        if self.qk_norm is not None:
            weights = (Weight("q_norm.weight", (self.head_dim,)), Weight("k_norm.weight", (self.head_dim,)))
            steps.append(
                Leaf("qk_norm", "RMSNorm per head", role="norm", weights=weights, part="norm", inputs=2, outputs=lines)
            )
        if isinstance(self.position, PositionKind) and not isinstance(self.position, NoPosition):
            rotation = self.position.rotation(self.head_dim, lines)
            steps += [rotation] if rotation is not None else []
        return (Parallel((Sequence(tuple(steps)), LINE), "separate"),) if steps else ()
