"""A memory of n-grams inside a layer: rows looked up by the last few tokens, gated by the residual streams."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import embeddings as words
from archdraw.glossary.attention import CAUSAL_CONVOLUTION
from archdraw.glossary.attention import LINE as LINE_OF
from archdraw.glossary.common import RMSNORM, SIGMOID, SILU
from archdraw.glossary.concepts import NGRAM_TABLES, Concept
from archdraw.glossary.linear_mixers import SEVERAL_LINES
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.embeddings.ngrams import orders, table_notes
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Role, Sequence, Weight, linear


class NgramMemory(Kind):
    """A memory of n-grams (Engram): tables whose rows the last few tokens select, in a residual branch of a layer.

    The last tokens are hashed to a row of each table; the rows make a vector of ``embed_dim`` features. A value is made
    from it, and a key for each residual stream; the product of key and stream, its signed square root and a sigmoid are
    the share of the value that a stream gets. A dilated convolution is added.
    """

    keyword: ClassVar[str] = "ngram_memory"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "ngram_memory: {num_embeddings: 320001536, embed_dim: 2560, ngram_size: 3, heads_per_ngram: 8, hc_mult: 4}"
    )
    source: ClassVar[str] = (
        "Engram: Conditional Memory via Scalable Lookup, arXiv:2601.07372; Qwen4ExpTextPLELayer of transformers"
    )

    term: ClassVar[Term] = words.ENGRAM
    aliases: ClassVar[tuple[str, ...]] = ("engram", "n-gram", "ngram", "conditional memory", "memory", "hash embedding")
    concepts: ClassVar[tuple[Concept, ...]] = (NGRAM_TABLES,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    num_embeddings: Size = Field(description="Rows of all tables together.")
    embed_dim: Size = Field(description="Features of the rows of all tables together, which divide it.")
    ngram_size: Size = Field(description="Tokens of the longest n-grams; the shortest have 2.")
    heads_per_ngram: Size = Field(description="Number of tables for each length of n-gram.")
    hc_mult: Size = Field(default=1, description="Number of residual streams, each with a key and a gate of its own.")
    conv_kernel_size: Size | None = Field(
        default=4, description="Kernel size of the convolution, whose taps are ngram_size tokens apart; null: none."
    )
    projections: Literal["key_value", "wkv"] = Field(
        default="key_value", description="Whether key and value projection are stored apart or as one matrix."
    )
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Module:
        """Tables, key and value, the gate, and the convolution in parallel to its input.

        Raises :class:`KindError` where the tables don't divide ``embed_dim``, or for n-grams of one token.
        """
        hidden, wide, width = scope.hidden_size, scope.hidden_size * self.hc_mult, self.embed_dim
        tables = (self.ngram_size - 1) * self.heads_per_ngram
        if not tables:
            raise KindError("an n-gram has at least 2 tokens", "ngram_size")
        if width % tables:
            raise KindError(f"{tables} tables do not divide embed_dim {width}", "embed_dim")
        rows, fused = self.num_embeddings, self.projections == "wkv"
        table = Leaf(
            "embed" if fused else "ple_embedding.ngram_embedding",
            words.NGRAM_TABLES(number=tables),
            role="embedding",
            detail=(words.TABLE_ROWS_IN_ALL if tables > 1 else words.TABLE_ROWS)(rows=rows, width=width // tables),
            weights=(Weight("weight", (rows, width // tables)),),
            part="embedding",
            lookup=words.NGRAM_LOOKUP(),
        )
        hashed = words.HASHED(tokens=orders(self.ngram_size))
        ids = Leaf("token_ids", words.TOKEN_IDS(), detail=hashed, inputs=0, tag=words.TOKEN_IDS())
        keys, values = LINE_OF(line="K", width=wide), LINE_OF(line="V", width=hidden)
        if fused:
            both = linear("wkv", SEVERAL_LINES(lines=(keys, values)), width, wide + hidden, outputs=("K", "V"))
            made: Block = Sequence((both, Parallel((self._norm("k_weight", hidden, "K"), LINE), "separate")))
        else:
            key = linear("key_proj", keys, width, wide, outputs=("K",))
            value = linear("value_proj", values, width, hidden, outputs=("V",))
            made = Parallel((Sequence((key, self._norm("norm_key", hidden, "K"))), value), "separate")
        product = words.OF_STREAM_AND_KEY(activation=SIGMOID())
        gate = Leaf("gate", words.CONTEXT_GATE(), detail=product, inputs=2, multiplications=wide)
        stream = self._norm("q_weight" if fused else "norm_query", hidden, "stream")
        body: Sequence = Sequence(
            (
                Parallel((stream, Sequence((ids, table, made))), "separate"),
                Parallel((gate, LINE), "multiply"),
                *self._convolution(hidden),
            )
        )
        parameters = rows * (width // tables)
        return Module(
            "engram" if fused else "ple",
            self.label or self.term(),
            body,
            role="embedding",
            detail=(
                orders(self.ngram_size),
                words.IN_TABLES(count=parameters),
                words.TO_EACH_STREAM(streams=self.hc_mult) if self.hc_mult > 1 else "",
            ),
            notes=(
                table_notes(parameters, tables),
                *((words.GATE_PER_STREAM(streams=self.hc_mult),) if self.hc_mult > 1 else ()),
            ),
        )

    def _convolution(self, hidden: int) -> tuple[Block, ...]:
        """The convolution in parallel to the line that it reads, where there is one."""
        if self.conv_kernel_size is None:
            return ()
        wide = hidden * self.hc_mult
        convolution = Leaf(
            "conv1d",
            CAUSAL_CONVOLUTION(kernel=self.conv_kernel_size),
            role="convolution",
            detail=(words.DILATION(tokens=self.ngram_size), SILU()),
            weights=(Weight("weight", (wide, 1, self.conv_kernel_size)),),
            state=(self.conv_kernel_size - 1) * self.ngram_size * wide,
        )
        return (Parallel((LINE, Sequence((self._norm("norm_conv", hidden), convolution))), "add"),)

    def _norm(self, name: str, hidden: int, line: str = "") -> Leaf:
        """The norm of each stream; of fused projections a tensor of the memory itself."""
        wide = hidden * self.hc_mult
        weight = Weight("weight", (wide,))
        if self.projections == "wkv":
            weight = Weight("weight", (self.hc_mult, hidden))
        return Leaf(name, RMSNORM(), role="norm", weights=(weight,), part="norm", outputs=(line,))
