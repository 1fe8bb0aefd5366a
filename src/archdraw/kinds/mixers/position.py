"""Positional encodings that act inside an attention block, on its queries and keys or on its attention logits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Checked, Field
from archdraw.glossary import Phrase, Term, Words
from archdraw.glossary import positions as words
from archdraw.glossary.concepts import ALIBI, NOPE, PARTIAL_ROPE, RELATIVE_POSITIONS, ROPE, YARN, Concept
from archdraw.glossary.numbers import number
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Factor, Size
from archdraw.tree.blocks import LINE, Block, Leaf, Role, Weight

_SCALINGS = {
    "linear": words.LINEAR_SCALING,
    "dynamic": words.DYNAMIC_SCALING,
    "yarn": words.YARN,
    "longrope": words.LONGROPE,
    "llama3": words.LLAMA_3_SCALING,
}


class PositionKind(Kind):
    """A positional encoding of an attention block: a rotation of queries and keys, a bias of the logits, or neither."""

    family: ClassVar[Family] = "position"
    drawn_as: ClassVar[tuple[Role, ...]] = ("position",)

    def rotation(self, width: int, lines: tuple[str, ...], head: int | None = None) -> Block | None:
        """The block that ``lines`` (queries, keys) pass through; None where they pass unchanged.

        It changes ``width`` features of each head, out of ``head`` (None: these are all).
        """
        return None

    @property
    def remark(self) -> Words:
        """Its part of the second line of a folded attention; empty where the tag is enough."""
        return ""

    @property
    def note(self) -> Words:
        """What stands below an opened attention; empty for nothing."""
        return ""

    def score_bias(self, heads: int) -> tuple[Words, tuple[Weight, ...]]:
        """What is added to the logits of ``heads`` heads: its tag (empty for nothing) and its parameters."""
        return "", ()

    def expand(self, scope: Scope) -> Block:
        """Raises :class:`KindError`: a positional encoding is no block of its own."""
        raise KindError(f"{self.keyword} can only be the position of an attention block")


class RopeScaling(Checked):
    """How a rotary embedding is extended beyond the context that it was trained at."""

    rope_type: Literal["linear", "dynamic", "yarn", "longrope", "llama3"] = Field(
        description="Method by which the rotation angles are rescaled."
    )
    factor: Factor | None = Field(default=None, description="Extended context length over the original one.")
    original_max_position_embeddings: Size | None = Field(
        default=None, description="Context length in tokens before the extension."
    )

    @property
    def phrase(self) -> Phrase:
        """The method with its factor."""
        method = _SCALINGS[self.rope_type]()
        return method if self.factor is None else words.SCALED_BY(method=method, factor=self.factor)


class Rope(PositionKind):
    """Rotary position embedding: pairs of features of queries and keys are rotated by an angle per position.

    Pair i of a head with d rotated features turns by ``n * rope_theta ** (-2 i / d)`` at token n. No parameters.
    """

    keyword: ClassVar[str] = "rope"
    example: ClassVar[str] = "rope: {rope_theta: 1000000.0, partial_rotary_factor: 0.25}"
    source: ClassVar[str] = (
        "Su et al. 2021, RoFormer, arXiv:2104.09864; YaRN: arXiv:2309.00071; M-RoPE: Wang et al. 2024, arXiv:2409.12191"
    )
    main: ClassVar[str | None] = "rope_theta"
    term: ClassVar[Term] = words.ROTARY
    aliases: ClassVar[tuple[str, ...]] = ("rotary", "rotary embedding", "rotary_emb", "yarn", "mrope", "m-rope")
    concepts: ClassVar[tuple[Concept, ...]] = (ROPE,)

    rope_theta: Factor = Field(default=10_000.0, description="Base θ of the geometric sequence of wavelengths.")
    partial_rotary_factor: float = Field(
        default=1.0, gt=0, le=1, description="Share of a head's features that are rotated, 0 to 1."
    )
    rope_scaling: RopeScaling | None = Field(default=None, description="Extension to a longer context.")
    mrope_section: Annotated[tuple[Size, ...], Field(min_length=3, max_length=3)] | None = Field(
        default=None,
        description="Rotated pairs that turn by time, height and width (M-RoPE); left out, all by position.",
    )
    mrope_interleaved: bool = Field(default=False, description="Whether those pairs take turns rather than in blocks.")
    max_position_embeddings: Size | None = Field(
        default=None,
        description="Rows of a stored table of sines and cosines (RoFormer); left out, these are computed.",
    )
    shared: bool = Field(default=False, description="Whether that table is the one of the stack's first layer.")

    def concepts_used(self) -> Iterator[Concept]:
        """Partial RoPE and YaRN by the fields; latent attention itself adds that it rotates a part of each head."""
        yield from self.concepts
        if self.partial_rotary_factor < 1:
            yield PARTIAL_ROPE
        if self.rope_scaling is not None and self.rope_scaling.rope_type == "yarn":
            yield YARN

    def rotary_width(self, width: int) -> int:
        """How many of a head's ``width`` features are rotated: an even number.

        Raises :class:`KindError` where the factor leaves none, or an odd number.
        """
        rotated = int(width * self.partial_rotary_factor)
        if rotated < 2 or rotated % 2:
            raise KindError(
                f"partial_rotary_factor {number(self.partial_rotary_factor)} rotates {rotated} of {width} features",
                "position",
                "the number of rotated features must be even and at least 2",
            )
        return rotated

    def _check_sections(self, rotated: int) -> None:
        """Raises :class:`KindError` where the sections are not those of all ``rotated`` features, or there are none."""
        if self.mrope_section is None:
            if self.mrope_interleaved:
                raise KindError("mrope_interleaved without mrope_section", "position", "add mrope_section")
            return
        pairs = sum(self.mrope_section)
        if 2 * pairs != rotated:
            raise KindError(
                f"mrope_section has {pairs} pairs, but {rotated} features are rotated",
                "position",
                f"the sections of time, height and width add up to {rotated // 2}",
            )

    def rotation(self, width: int, lines: tuple[str, ...], head: int | None = None) -> Block | None:
        """One leaf over all ``lines``, its label short enough for a tag, the base in the second line."""
        rotated, whole = self.rotary_width(width), head or width
        self._check_sections(rotated)
        scaling: Words = "" if self.rope_scaling is None else self.rope_scaling.phrase
        detail: tuple[Words, ...] = (words.THETA(theta=self.rope_theta),)
        sections = self.mrope_section
        if sections is not None:
            time, height, across = sections
            term = words.MROPE_INTERLEAVED if self.mrope_interleaved else words.MROPE_SECTIONS
            detail = (*detail, term(time=time, height=height, width=across))
        if rotated < whole:
            partial = words.PARTIAL_ROPE if sections is None else words.PARTIAL_MROPE
            label, detail = partial(rotated=rotated, width=whole), (*detail, scaling)
        elif sections is not None:
            label, detail = words.MROPE(), (*detail, scaling)
        else:
            label = words.ROPE_SCALED(scaling=scaling) if scaling else words.ROPE()
        rows = self.max_position_embeddings
        table = () if rows is None else (Weight("embed_positions.weight", (rows, rotated), tied=self.shared),)
        return Leaf(
            "rotary_emb",
            label,
            role="position",
            detail=detail if rows is None else (*detail, words.STORED_ROPE(number=rows)),
            weights=table,
            part="attention" if table else "other",
            inputs=len(lines),
            outputs=lines,
            tag=label,
        )


class ALiBi(PositionKind):
    """Attention with linear biases: each head subtracts the distance times a slope of its own from its logits.

    The slopes are a geometric sequence that follows from the number of heads. No parameters.
    """

    keyword: ClassVar[str] = "alibi"
    example: ClassVar[str] = "alibi"
    source: ClassVar[str] = "Press, Smith and Lewis 2021, Train Short, Test Long, arXiv:2108.12409"
    term: ClassVar[Term] = words.ALIBI
    aliases: ClassVar[tuple[str, ...]] = ("linear biases",)
    concepts: ClassVar[tuple[Concept, ...]] = (ALIBI,)

    def score_bias(self, heads: int) -> tuple[Words, tuple[Weight, ...]]:
        """A fixed slope per head, which is no parameter."""
        return words.ALIBI_TAG(), ()


class RelativeBias(PositionKind):
    """A learned bias on the logits for each head and each bucket of distances (T5).

    Distances up to ``relative_attention_max_distance`` fall into buckets that widen with the distance. The table has
    the shape [buckets, heads].
    """

    keyword: ClassVar[str] = "relative_bias"
    example: ClassVar[str] = "relative_bias: {relative_attention_num_buckets: 32, shared: true}"
    source: ClassVar[str] = "Raffel et al. 2019, Exploring the Limits of Transfer Learning, arXiv:1910.10683"
    term: ClassVar[Term] = words.RELATIVE_BIAS
    aliases: ClassVar[tuple[str, ...]] = ("t5 bias", "relative position")
    concepts: ClassVar[tuple[Concept, ...]] = (RELATIVE_POSITIONS,)

    relative_attention_num_buckets: Size = Field(default=32, description="Number of buckets of distances.")
    relative_attention_max_distance: Size = Field(
        default=128, description="Distance in tokens from which on all fall into the last bucket."
    )
    shared: bool = Field(default=False, description="Whether the table is that of the stack's first layer.")

    @property
    def note(self) -> Words:
        """Which layer has the table, and what distances fall into its rows."""
        term = words.SHARES_RELATIVE_BIAS if self.shared else words.OWNS_RELATIVE_BIAS
        return term(buckets=self.relative_attention_num_buckets, distance=self.relative_attention_max_distance)

    def score_bias(self, heads: int) -> tuple[Words, tuple[Weight, ...]]:
        """The table, ``[buckets, heads]``."""
        shape = (self.relative_attention_num_buckets, heads)
        return words.RELATIVE_BIAS(), (Weight("relative_attention_bias.weight", shape, tied=self.shared),)


class NoPosition(PositionKind):
    """No positional encoding (NoPE): attention distinguishes positions by the causal mask alone."""

    keyword: ClassVar[str] = "none"
    example: ClassVar[str] = "none"
    source: ClassVar[str] = "Kazemnejad et al. 2023, The Impact of Positional Encoding, arXiv:2305.19466"
    term: ClassVar[Term] = words.NO_POSITIONS
    aliases: ClassVar[tuple[str, ...]] = ("nope", "no position")
    concepts: ClassVar[tuple[Concept, ...]] = (NOPE,)

    @property
    def remark(self) -> Words:
        """Its abbreviation."""
        return words.NOPE()


def rotated(position: Kind | None, width: int, line: str, head: int | None = None) -> Block:
    """What ``line`` alone passes for its ``position``, done to ``width`` features out of ``head`` (None: to all)."""
    rotation = position.rotation(width, (line,), head) if isinstance(position, PositionKind) else None
    return LINE if rotation is None else rotation


def untagged(rotation: Block) -> Block:
    """``rotation`` without a tag: one is enough for all rotations of a folded block."""
    return replace(rotation, tag="") if isinstance(rotation, Leaf) else rotation
