"""An RMSNorm whose output is multiplied by a gate of itself."""

from __future__ import annotations

from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import common
from archdraw.glossary import layers as words
from archdraw.glossary.common import RANK
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.tree.blocks import LINE, Leaf, Module, Parallel, Role, Sequence, Weight, linear


class GatedRMSNorm(Kind):
    """An RMSNorm, and a gate of few features: ``y * sigmoid(up(SiLU(down(y))))``, y the normalized line (A.X-K2)."""

    keyword: ClassVar[str] = "gated_rmsnorm"
    family: ClassVar[Family] = "norm"
    example: ClassVar[str] = "gated_rmsnorm: {gated_norm_rank: 16}"
    source: ClassVar[str] = "SK Telecom 2026, A.X-K2, model code of transformers (model_type axk2)"
    main: ClassVar[str | None] = "gated_norm_rank"
    term: ClassVar[Term] = words.GATED_RMSNORM
    aliases: ClassVar[tuple[str, ...]] = ("gated norm", "ax-k2 norm")
    drawn_as: ClassVar[tuple[Role, ...]] = ("norm",)

    gated_norm_rank: Size = Field(description="Features between both projections of the gate.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """The norm, and its product with the gate."""
        hidden, rank = scope.hidden_size, self.gated_norm_rank
        weights = (Weight("weight", (hidden,)),)
        gate = Sequence(
            (
                linear("mlp.fc1", common.WIDTHS(inputs=hidden, outputs=rank), hidden, rank, part="norm"),
                Leaf("act_fn", common.SILU()),
                linear("mlp.fc2", common.WIDTHS(inputs=rank, outputs=hidden), rank, hidden, part="norm"),
                Leaf("gate", common.SIGMOID()),
            )
        )
        norm = Leaf("norm", common.RMSNORM(), role="norm", weights=weights, part="norm")
        body = Sequence((norm, Parallel((LINE, gate), "multiply")))
        return Module("norm", self.label or self.term(), body, role="norm", detail=RANK(rank=rank))
