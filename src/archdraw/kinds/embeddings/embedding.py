"""From token ids to vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import Detail, Phrase, Words
from archdraw.glossary import embeddings as words
from archdraw.glossary.common import FROM_VOCABULARY, PROJECTION, SHARED, TIMES, WIDTHS
from archdraw.glossary.concepts import LEARNED_POSITIONS, SINUSOIDAL_POSITIONS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope, settings, signed
from archdraw.kinds.fields import Factor, Label, OwnLabel, Size
from archdraw.kinds.layers.primitives import slug
from archdraw.tree.blocks import Block, Leaf, Parallel, Role, Sequence, Weight, linear


class Embedding(Kind):
    """The table of token vectors, ``[vocab_size, hidden_size]``, and further tables that are added to it."""

    keyword: ClassVar[str] = "embedding"
    family: ClassVar[Family] = "embedding"
    example: ClassVar[str] = "embedding: {scale_embedding: true}"
    source: ClassVar[str] = (
        "Vaswani et al. 2017, Attention Is All You Need, section 3.4, arXiv:1706.03762; "
        "segments: arXiv:1810.04805; projected: arXiv:2205.01068, arXiv:1909.11942; more tables: arXiv:1912.13318"
    )

    term: ClassVar[Term] = words.TOKEN_EMBEDDING
    aliases: ClassVar[tuple[str, ...]] = (
        *("wte", "embed tokens", "token table", "token embedding", "lookup", "input embedding", "vocabulary"),
        *("position embedding", "positional encoding", "wpe", "segment embedding"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    num_embeddings: Size | None = Field(
        default=None, description="Rows of the token table, if more than vocab_size; not with tied embeddings."
    )
    scale_embedding: bool = Field(
        default=False, description="Whether the vectors are multiplied by the square root of hidden_size (Gemma)."
    )
    embedding_multiplier: Factor | None = Field(
        default=None, description="Constant that the vectors are multiplied by; not with scale_embedding."
    )
    embedding_size: Size | None = Field(
        default=None, description="Features per token vector, if projected to hidden_size afterwards (OPT 350M)."
    )
    projected: bool = Field(
        default=True,
        description=(
            "Whether the projection from embedding_size follows the token table. "
            "False: all tables have embedding_size features, and what comes next projects their sum (ALBERT)."
        ),
    )
    max_position_embeddings: Size | None = Field(
        default=None,
        description="Rows of a table of positions that is added, learned unless sinusoidal (GPT-2); none if left out.",
    )
    position_offset: int = Field(
        default=0, ge=0, le=1000, description="Further rows of that table, which no position uses (BART, OPT: 2)."
    )
    type_vocab_size: Size | None = Field(
        default=None, description="Rows of a learned table of segments that is added (BERT); none if left out."
    )
    sinusoidal_positions: bool = Field(
        default=False,
        description="Whether sines and cosines of the position are added (Transformer); not learned, stored only as "
        "the rows of max_position_embeddings (Pegasus).",
    )
    concatenated: dict[Label, tuple[Size, Size]] | None = Field(
        default=None,
        description=(
            "Tables by the labels of their boxes, with rows and features, whose vectors are concatenated with that of "
            "the token and projected to hidden_size (RoCBert)."
        ),
    )
    tables: dict[Label, Size | Annotated[tuple[Size, ...], Field(min_length=1, max_length=100)]] | None = Field(
        default=None,
        description=(
            "Further learned tables that are added, by the labels of their boxes, with their rows (ERNIE); "
            "several numbers are so many tables in one box (LayoutLM)."
        ),
    )
    shared: bool = Field(
        default=False, description="Whether the token table is another block's, which counts it (a decoder's)."
    )
    label: OwnLabel = None

    def concepts_used(self) -> Iterator[Concept]:
        """How positions are added, if they are."""
        if self.sinusoidal_positions:
            yield SINUSOIDAL_POSITIONS
        elif self.max_position_embeddings is not None:
            yield LEARNED_POSITIONS

    def expand(self, scope: Scope) -> Block:
        """The table, or all tables added.

        Raises :class:`KindError` for two scales at once, and where rows are lacking or a tied head has none for them.
        """
        if self.num_embeddings is not None and (scope.tie_word_embeddings or self.num_embeddings < scope.vocab_size):
            why = "tie_word_embeddings" if scope.tie_word_embeddings else f"vocab_size {scope.vocab_size:,}"
            raise KindError(f"num_embeddings {self.num_embeddings:,} does not go with {why}", "num_embeddings")
        if self.scale_embedding and self.embedding_multiplier is not None:
            raise KindError(
                "scale_embedding and embedding_multiplier cannot both be set",
                "embedding_multiplier",
                "keep the one that the model uses",
            )
        tables: list[Block] = [self._tokens(scope)]
        width = self.features_out(scope)
        if self.max_position_embeddings is not None:
            number, spare = self.max_position_embeddings, self.position_offset
            unused = words.UNUSED_ROWS(number=spare) if spare else ""
            fixed = self.sinusoidal_positions
            label = words.POSITIONAL_ENCODING() if fixed else words.POSITION_EMBEDDING()
            made = words.SINUSOIDAL() if fixed else words.LEARNED()
            detail: Detail = (made, words.POSITIONS(number=number), unused)
            tables.append(_table("embed_positions", label, detail, (number + spare,), width))
        if self.type_vocab_size is not None:
            rows = self.type_vocab_size
            detail = words.SEGMENTS(number=rows)
            tables.append(_table("token_type_embeddings", words.SEGMENT_EMBEDDING(), detail, (rows,), width))
        for own, given in (self.tables or {}).items():
            each = given if isinstance(given, tuple) else (given,)
            detail = (words.TABLES(number=len(each)) if len(each) > 1 else "", words.ROWS(number=sum(each)))
            tables.append(_table(slug(own), own, detail, each, width))
        if self.sinusoidal_positions and self.max_position_embeddings is None:
            made = words.SINUSOIDAL()
            tables.append(Leaf("positions", words.POSITIONAL_ENCODING(), role="position", detail=made, inputs=0))
        return Parallel(tuple(tables), "add") if len(tables) > 1 else tables[0]

    def features_out(self, scope: Scope) -> int:
        """The model's, or those of a token vector where what comes next projects them."""
        return scope.hidden_size if self.projected else self.embedding_size or scope.hidden_size

    def _tokens(self, scope: Scope) -> Block:
        """The token table, which the settings belong to, and its projection where there is one."""
        width, rows = self.embedding_size or scope.hidden_size, self.num_embeddings or scope.vocab_size
        tokens = Leaf(
            "embed_tokens",
            self.label or self.term(),
            role="embedding",
            detail=(
                (WIDTHS if self.num_embeddings else FROM_VOCABULARY)(inputs=rows, outputs=width),
                self._scale(scope.hidden_size),
                SHARED() if self.shared else "",
            ),
            weights=(Weight("weight", (rows, width), tied=self.shared),),
            part="embedding",
        )
        table = signed(tokens, self.keyword, tuple(settings(self)))
        if self.concatenated:
            return self._beside(self.concatenated, table, width, scope.hidden_size)
        if width == scope.hidden_size or not self.projected:
            return table
        return Sequence((table, _projected(width, scope.hidden_size)))

    def _beside(self, others: Mapping[str, tuple[int, int]], table: Block, width: int, hidden: int) -> Block:
        """The token table and ``others`` whose vectors are concatenated with its, projected."""
        branches, total = [table], width
        for label, (rows, features) in others.items():
            detail = words.ROWS(number=rows)
            branches.append(_table(slug(label), label, detail, (rows,), features))
            total += features
        joined = Parallel(tuple(branches), "concatenate")
        detail = WIDTHS(inputs=total, outputs=hidden)
        return Sequence((joined, linear("map_inputs_layer", PROJECTION(), total, hidden, bias=True, detail=detail)))

    def _scale(self, hidden: int) -> Phrase | str:
        """By what the vectors are multiplied; empty for nothing."""
        if self.scale_embedding:
            root = isqrt(hidden)
            return TIMES(factor=root) if root * root == hidden else words.TIMES_ROOT(of=hidden)
        return "" if self.embedding_multiplier is None else TIMES(factor=self.embedding_multiplier)


def _projected(width: int, hidden: int) -> Leaf:
    return linear("project_in", PROJECTION(), width, hidden, detail=WIDTHS(inputs=width, outputs=hidden))


def _table(name: str, label: Words, detail: Detail, rows: tuple[int, ...], width: int) -> Leaf:
    """Further tables whose rows are added to those of the tokens; they are not looked up by the tokens' ids."""
    names = ["weight"] if len(rows) == 1 else [f"{number}.weight" for number in range(len(rows))]
    return Leaf(
        name,
        label,
        role="position",
        detail=detail,
        weights=tuple(Weight(own, (number, width)) for own, number in zip(names, rows, strict=True)),
        part="embedding",
        inputs=0,
    )
