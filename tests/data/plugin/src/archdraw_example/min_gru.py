"""The minimal gated recurrent unit, a mixer of tokens that archdraw does not have."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.glossary import Term
from archdraw.glossary.common import OUTPUT_PROJECTION, SIGMOID, WIDTHS
from archdraw.glossary.concepts import Concept
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.tree.blocks import Leaf, Module, Parallel, Role, Sequence, linear

MIN_GRU = Concept("minimal GRU", "token mixing", "minGRU", role="linear")
"""The design decision that lineage, timeline, tables and coverage count models by."""

NAME = Term("Minimal GRU", short="minGRU", source="Feng et al. 2024, arXiv:2410.01201")
CHANNELS = Term("{number:channel|channels}")
GATE = Term("gate {width}")
CANDIDATE = Term("candidate {width}")
RECURRENCE = Term("Gated recurrence")
STATE = Term("recurrent state: {values} values ({size:bytes}, bf16)")


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
    term: ClassVar[Term] = NAME
    aliases: ClassVar[tuple[str, ...]] = ("mingru",)
    concepts: ClassVar[tuple[Concept, ...]] = (MIN_GRU,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)

    inner_size: Annotated[Size, Field(description="Channels of the recurrence; each keeps one value.")]
    label: OwnLabel | None = None

    def expand(self, scope: Scope) -> Module:
        """Two projections side by side, the recurrence that they meet in, the output projection."""
        hidden, inner = scope.hidden_size, self.inner_size
        gate = linear("gate_proj", GATE(width=inner), hidden, inner, part="attention", detail=SIGMOID())
        candidate = linear("in_proj", CANDIDATE(width=inner), hidden, inner, part="attention")
        # One product with the old state and one with the candidate, for each channel.
        recurrence = Leaf("scan", RECURRENCE(), role="linear", inputs=2, state=inner, multiplications=2 * inner)
        widths = WIDTHS(inputs=inner, outputs=hidden)
        out = linear("out_proj", OUTPUT_PROJECTION(), inner, hidden, part="attention", detail=widths)
        return Module(
            "mixer",
            self.label or NAME(),
            Sequence((Parallel((gate, candidate), "separate"), recurrence, out)),
            role="linear",
            detail=CHANNELS(number=inner),
            notes=(STATE(values=inner, size=2 * inner),),
        )
