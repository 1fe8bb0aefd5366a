"""Where a token stands, told to the attention heads."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Size
from archdraw.kinds.wording import number
from archdraw.tree.blocks import Block, Leaf, Weight

_SCALING_NAMES = {
    "linear": "factor",
    "dynamic": "dynamic",
    "yarn": "YaRN",
    "longrope": "LongRoPE",
    "llama3": "Llama 3 scaling",
}


class PositionKind(Kind):
    """A position encoding that acts on queries and keys inside an attention block."""

    family: ClassVar[Family] = "position"

    def rotation(self, width: int, lines: tuple[str, ...], head: int | None = None) -> Block | None:
        """What the lines named ``lines`` (queries, keys) pass; None for nothing.

        It is done to ``width`` features of each head, whose width is ``head`` (None: the same).
        """
        return None

    @property
    def remark(self) -> str:
        """What is said of it in the second line of a folded attention; nothing where its chip says enough."""
        return ""

    def score_bias(self, heads: int) -> tuple[str, tuple[Weight, ...]]:
        """What is added to the scores of ``heads`` heads: a few words and its parameters; no words for nothing."""
        return "", ()

    def expand(self, scope: Scope) -> Block:
        """A position encoding stands inside an attention block only: raises :class:`KindError`."""
        raise KindError(f"{self.keyword} stands only in the position of an attention block")


class RopeScaling(BaseModel):
    """How a rotary encoding is stretched beyond the context that it was trained at."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    rope_type: Literal["linear", "dynamic", "yarn", "longrope", "llama3"]
    factor: Factor | None = None
    original_max_position_embeddings: Size | None = None


class Rope(PositionKind):
    """Rotary position embedding: pairs of features of queries and keys turn by an angle that grows with the place.

    ``partial_rotary_factor`` is the share of a head's features that turn, ``rope_scaling`` stretches the angles for a
    longer context. No parameters.
    """

    keyword: ClassVar[str] = "rope"
    example: ClassVar[str] = "rope: {rope_theta: 1000000.0, partial_rotary_factor: 0.25}"
    source: ClassVar[str] = "Su et al. 2021, RoFormer, arXiv:2104.09864; YaRN: arXiv:2309.00071"
    main: ClassVar[str | None] = "rope_theta"

    rope_theta: Factor = 10_000.0
    partial_rotary_factor: float = Field(default=1.0, gt=0, le=1)
    rope_scaling: RopeScaling | None = None

    def rotary_width(self, width: int) -> int:
        """How many of a head's ``width`` features turn: an even number. Raises :class:`KindError` if none can."""
        turning = int(width * self.partial_rotary_factor)
        if turning < 2 or turning % 2:
            raise KindError(
                f"partial_rotary_factor {number(self.partial_rotary_factor)} turns {turning} of {width} features",
                "position",
                "the number of turning features must be even and at least 2",
            )
        return turning

    def rotation(self, width: int, lines: tuple[str, ...], head: int | None = None) -> Block | None:
        """One leaf over all ``lines``, its label short enough for a chip, the rest in the second line."""
        turning, whole = self.rotary_width(width), head or width
        scaling = self.rope_scaling
        scaled = f", {_SCALING_NAMES[scaling.rope_type]}" if scaling is not None else ""
        if scaling is not None and scaling.factor is not None:
            scaled += f" {number(scaling.factor)}"
        label, detail = f"RoPE{scaled}", f"base {number(self.rope_theta)}"
        if turning < whole:
            label, detail = f"RoPE {turning:,} of {whole:,}", f"{detail}{scaled}"
        return Leaf(
            "rotary_emb",
            label,
            role="position",
            detail=detail,
            inputs=len(lines),
            outputs=lines,
            tag=label,
        )


class ALiBi(PositionKind):
    """Attention with linear biases: each head lowers its scores by the distance times a slope of its own.

    The slopes are a geometric sequence that follows from the number of heads. No parameters.
    """

    keyword: ClassVar[str] = "alibi"
    example: ClassVar[str] = "alibi"
    source: ClassVar[str] = "Press, Smith and Lewis 2021, Train Short, Test Long, arXiv:2108.12409"

    def score_bias(self, heads: int) -> tuple[str, tuple[Weight, ...]]:
        """A slope a head, which is no parameter."""
        return "ALiBi", ()


class RelativeBias(PositionKind):
    """A learned bias on the scores for each head and each bucket of distances (T5).

    Distances up to ``relative_attention_max_distance`` fall into ``relative_attention_num_buckets`` buckets that widen
    with the distance. A layer whose table is ``shared`` uses that of the stack's first layer.
    """

    keyword: ClassVar[str] = "relative_bias"
    example: ClassVar[str] = "relative_bias: {relative_attention_num_buckets: 32, shared: true}"
    source: ClassVar[str] = "Raffel et al. 2019, Exploring the Limits of Transfer Learning, arXiv:1910.10683"

    relative_attention_num_buckets: Size = 32
    relative_attention_max_distance: Size = 128
    shared: bool = False

    @property
    def remark(self) -> str:
        """That the layer has the table."""
        return "" if self.shared else "table of biases"

    def score_bias(self, heads: int) -> tuple[str, tuple[Weight, ...]]:
        """The table, ``[buckets, heads]``."""
        shape = (self.relative_attention_num_buckets, heads)
        return "relative bias", (Weight("relative_attention_bias.weight", shape, tied=self.shared),)


class NoPosition(PositionKind):
    """No position encoding (NoPE): attention tells places apart by the causal mask alone."""

    keyword: ClassVar[str] = "none"
    example: ClassVar[str] = "none"
    source: ClassVar[str] = "Kazemnejad et al. 2023, The Impact of Positional Encoding, arXiv:2305.19466"

    @property
    def remark(self) -> str:
        """The name that it goes by."""
        return "NoPE"
