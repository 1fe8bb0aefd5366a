"""Attention whose query heads are experts: a router selects some groups of them for each token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import attention as words
from archdraw.glossary import common
from archdraw.glossary import feed_forward as expert_words
from archdraw.glossary.concepts import GROUPED_QUERY, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Position, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import kv_cache
from archdraw.kinds.mixers.position import PositionKind
from archdraw.tree.blocks import (
    LINE,
    Block,
    Cache,
    Experts,
    Heads,
    Leaf,
    Module,
    Parallel,
    Role,
    Sequence,
    Weight,
    linear,
)


class MixtureOfHeads(Kind):
    """Mixture of attention heads (MoA): each expert has queries for all key heads, and an output projection.

    A token passes ``num_experts_per_tok`` of ``num_experts``; keys and values, ``num_key_value_heads`` heads of
    ``head_dim`` features, are the same for all. One learned vector is added at the end.
    """

    keyword: ClassVar[str] = "mixture_of_heads"
    family: ClassVar[Family] = "mixer"
    example: ClassVar[str] = (
        "mixture_of_heads: {num_key_value_heads: 16, head_dim: 128, num_experts: 8, num_experts_per_tok: 2,\n"
        "                   position: rope}"
    )
    source: ClassVar[str] = "Zhang et al. 2022, Mixture of Attention Heads, arXiv:2210.05144; JetMoE, arXiv:2404.07413"
    term: ClassVar[Term] = words.MIXTURE_OF_HEADS
    aliases: ClassVar[tuple[str, ...]] = ("moa", "jetmoe attention", "routed attention")
    concepts: ClassVar[tuple[Concept, ...]] = (GROUPED_QUERY,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    num_key_value_heads: Size = Field(description="Heads of keys, of values, and of the queries of one expert.")
    head_dim: Size = Field(description="Features per head.")
    num_experts: Size = Field(description="Number of experts.")
    num_experts_per_tok: Size = Field(description="Number of experts that each token passes.")
    position: Position | None = Field(default=None, description="Positional encoding, as in other attention.")
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """Those of every such block."""
        yield from self.concepts

    def expand(self, scope: Scope) -> Module:
        """The router, the queries of its experts, keys and values, attention, the experts' output projections.

        Raises :class:`KindError` for more active experts than there are.
        """
        if self.num_experts_per_tok > self.num_experts:
            raise KindError(
                f"num_experts_per_tok {self.num_experts_per_tok} is more than num_experts {self.num_experts}",
                "num_experts_per_tok",
            )
        hidden, groups, active = scope.hidden_size, self.num_key_value_heads, self.num_experts_per_tok
        width = groups * self.head_dim
        heads = Heads(groups * active, groups, self.head_dim)
        sources: list[Block] = [Sequence((self._router(hidden), self._queries(hidden, width)))]
        for line, name in (("K", "k_proj"), ("V", "v_proj")):
            label = words.LINE(line=line, width=width)
            made = linear(name, label, hidden, width, part="attention", outputs=(line,), cache=Cache(width))
            sources.append(made)
        attention = Leaf(
            "attention",
            words.SOFTMAX_ATTENTION(),
            role="attention",
            detail=(words.CAUSAL(), words.HEADS_PER_KV(group=active)),
            part="attention",
            inputs=3,
            heads=heads,
        )
        encoding = self.position if isinstance(self.position, PositionKind) else None
        rotation = encoding.rotation(self.head_dim, ("Q", "K")) if encoding is not None else None
        turned = (Parallel((rotation, LINE), "separate"),) if rotation is not None else ()
        bias = Leaf("experts.bias", expert_words.LEARNED_BIAS(), weights=(Weight("bias", (hidden,)),), part="attention")
        body = Sequence((Parallel(tuple(sources), "separate"), *turned, attention, self._outputs(hidden, width), bias))
        return Module(
            "self_attention",
            self.label or self.term(),
            body,
            role="attention",
            detail=(common.ACTIVE_OF(active=active, total=self.num_experts), words.DIM(width=self.head_dim)),
            notes=(kv_cache(heads),),
        )

    def _router(self, hidden: int) -> Leaf:
        top = common.TOP_K(number=self.num_experts_per_tok)
        weights = (Weight("weight", (self.num_experts, hidden)),)
        return Leaf("router", expert_words.ROUTER(), detail=top, weights=weights, part="router")

    def _queries(self, hidden: int, width: int) -> Experts:
        label = words.HEADS_OF_EXPERT(heads=self.num_key_value_heads)
        made = linear("input_linear", common.WIDTHS(inputs=hidden, outputs=width), hidden, width, part="attention")
        return Experts(Module("experts", label, made, role="experts"), self.num_experts, self.num_experts_per_tok)

    def _outputs(self, hidden: int, width: int) -> Experts:
        made = linear("output_linear", common.WIDTHS(inputs=width, outputs=hidden), width, hidden, part="attention")
        module = Module("experts", words.OUT_OF_EXPERT(), made, role="experts")
        return Experts(module, self.num_experts, self.num_experts_per_tok)
