"""Keys and values that are made once from the line and read by the attention of all layers above (YOCO)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import attention as words
from archdraw.glossary.concepts import SHARED_KEYS_VALUES, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Norm, Position, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import bf16_bytes, keys_and_values
from archdraw.kinds.mixers.position import PositionKind
from archdraw.tree.blocks import Block, Heads, Module, Parallel, Role, Sequence, Setting, Side


class SharedKeysValues(Kind):
    """Keys and values for the layers above: computed once from the line, cached once, read by each of their attentions.

    The layers above say ``shares_kv: true`` in their attention, which then has queries of its own only. In YOCO the
    layers below, of a bounded cache, are the self-decoder, those above the cross-decoder.
    """

    keyword: ClassVar[str] = "shared_keys_values"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "shared_keys_values: {num_key_value_heads: 8, head_dim: 128, norm: rmsnorm, position: rope}"
    )
    source: ClassVar[str] = "Sun et al. 2024, You Only Cache Once, section 2.2, arXiv:2405.05254"
    term: ClassVar[Term] = words.KEYS_VALUES_ONCE
    aliases: ClassVar[tuple[str, ...]] = ("yoco", "decoder-decoder", "global kv cache", "shared kv", "cross-decoder")
    concepts: ClassVar[tuple[Concept, ...]] = (SHARED_KEYS_VALUES,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("attention",)

    num_key_value_heads: Size = Field(description="Heads of keys, and of values.")
    head_dim: Size | None = Field(default=None, description="Features of a head; left out, the line's share.")
    norm: Norm | None = Field(default=None, description="Norm that the line passes before it is projected.")
    position: Position | None = Field(default=None, description="Positional encoding of the keys.")
    attention_bias: bool = Field(default=False, description="Whether the two projections have biases.")
    label: OwnLabel = None

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The width of a head."""
        return {"head_dim": self._width(scope)}

    def expand(self, scope: Scope) -> Side:
        """A counted side module that reads the line. Raises :class:`KindError` where heads don't divide the line."""
        if self.head_dim is None and scope.hidden_size % self.num_key_value_heads:
            raise KindError(
                f"num_key_value_heads {self.num_key_value_heads} does not divide hidden_size {scope.hidden_size}",
                "num_key_value_heads",
                "say head_dim where a head is not hidden_size / num_key_value_heads wide",
            )
        heads = Heads(self.num_key_value_heads, self.num_key_value_heads, self._width(scope))
        bias = self.attention_bias
        made = keys_and_values(scope.hidden_size, heads, key_bias=bias, value_bias=bias, window=None, cached=True)
        parts: list[Block] = [self.norm.expand(scope)] if self.norm is not None else []
        encoding = self.position if isinstance(self.position, PositionKind) else None
        rotation = encoding.rotation(heads.width, ("K",)) if encoding is not None else None
        keys, values = made
        parts.append(Parallel((keys if rotation is None else Sequence((keys, rotation)), values), "separate"))
        width = heads.key_value * heads.width
        module = Module(
            "shared_kv",
            self.label or self.term(),
            Sequence(tuple(parts)),
            role="attention",
            detail=(words.KV_HEADS(number=heads.key_value), words.DIM(width=heads.width)),
            notes=(words.KV_CACHE(heads=heads.key_value, width=heads.width, size=bf16_bytes(2 * width)),),
        )
        return Side(module, direction="out")

    def _width(self, scope: Scope) -> int:
        return self.head_dim or scope.hidden_size // self.num_key_value_heads
