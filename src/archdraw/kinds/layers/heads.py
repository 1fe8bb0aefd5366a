"""The heads of an attention that an author writes."""

from __future__ import annotations

from typing import Annotated

from archdraw.checked import Checked, Field
from archdraw.kinds.base import KindError
from archdraw.kinds.fields import Size
from archdraw.tree import blocks
from archdraw.tree.roles import Pattern


class Heads(Checked):
    """The attention heads that meet in a box: groups of query heads share a head of keys and values."""

    num_attention_heads: Size = Field(description="Query heads.")
    num_key_value_heads: Size | None = Field(default=None, description="Key and value heads; as many unless given.")
    head_dim: Size = Field(description="Width of a head.")
    v_head_dim: Size | None = Field(default=None, description="Width of a head in values, where it is another.")
    reach: Size | None = Field(default=None, description="Keys that a query meets at most; all unless given.")
    first: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Tokens at the beginning that every query meets besides those within reach."
    )
    is_causal: bool = Field(default=True, description="Whether a token attends only to itself and those before it.")
    pattern: Pattern = Field(default="window", description="Which keys are within reach.")
    block_size: Size = Field(default=1, description="Tokens per block, where whole blocks are selected.")
    local_blocks: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Blocks that are always selected: the query's own, those before it."
    )
    use_cache: bool | None = Field(
        default=None, description="Whether keys and values are kept for later tokens; left out, if it is causal."
    )


OwnHeads = Annotated[Heads | None, Field(description="Its attention heads, where it is attention.")]


def made_heads(heads: Heads | None) -> blocks.Heads | None:
    """The heads of the tree. Raises :class:`KindError` where groups do not divide them, or blocks their reach."""
    if heads is None:
        return None
    groups = heads.num_key_value_heads or heads.num_attention_heads
    if heads.reach is not None and heads.reach % heads.block_size:
        message = f"block_size {heads.block_size} does not divide reach {heads.reach}"
        raise KindError(message, "heads.block_size")
    if heads.num_attention_heads % groups:
        message = f"num_key_value_heads {groups} does not divide num_attention_heads {heads.num_attention_heads}"
        raise KindError(message, "heads.num_key_value_heads")
    return blocks.Heads(
        heads.num_attention_heads,
        groups,
        heads.head_dim,
        value_width=heads.v_head_dim,
        reach=heads.reach,
        causal=heads.is_causal,
        pattern=heads.pattern,
        first=heads.first,
        kept=heads.is_causal if heads.use_cache is None else heads.use_cache,
        block=heads.block_size,
        local=heads.local_blocks,
    )
