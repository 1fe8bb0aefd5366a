"""The minimal gated recurrent unit, a mixer of tokens that archdraw does not have."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import data_size, notes
from archdraw.tree.blocks import Leaf, Module, Parallel, Sequence, linear


class MinGRU(Kind):
    """Minimal gated recurrent unit: ``h = (1 - z) * h + z * W x`` with the gate ``z = sigmoid(V x)``.

    Gate and candidate depend on the token alone, so that a sequence can be computed by a parallel scan. Each of
    ``inner_size`` channels keeps one value, whatever the context.
    """

    keyword: ClassVar[str] = "min_gru"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = "min_gru: {inner_size: 2048}"
    source: ClassVar[str] = "Feng et al. 2024, Were RNNs All We Needed?, arXiv:2410.01201, section 3.1"
    main: ClassVar[str | None] = "inner_size"

    inner_size: Annotated[Size, Field(description="Channels of the recurrence; each keeps one value.")]
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Two projections side by side, the recurrence that they meet in, the output projection."""
        hidden, inner = scope.hidden_size, self.inner_size
        gate = linear("gate_proj", f"gate {inner:,}", hidden, inner, part="attention", detail="sigmoid")
        candidate = linear("in_proj", f"candidate {inner:,}", hidden, inner, part="attention")
        # One product with the old state and one with the candidate, for each channel.
        recurrence = Leaf("scan", "gated recurrence", role="linear", inputs=2, state=inner, multiplications=2 * inner)
        out = linear(
            "out_proj", "output projection", inner, hidden, part="attention", detail=f"{inner:,} to {hidden:,}"
        )
        return Module(
            "mixer",
            self.label or "Minimal GRU",
            Sequence((Parallel((gate, candidate), "separate"), recurrence, out)),
            role="linear",
            detail=f"{inner:,} channels",
            kind=self.keyword,
            notes=notes(f"a layer keeps {inner:,} values, {data_size(2 * inner)} in bf16"),
        )
