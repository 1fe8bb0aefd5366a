"""A memory of n-grams inside a layer: rows looked up by the last few tokens, gated by what the streams hold."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, KindError, Scope
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import LINE, Block, Leaf, Module, Parallel, Sequence, Weight, linear


class NgramMemory(Kind):
    """A memory of n-grams (Engram): for each order from 2 to ``ngram_size`` tokens, ``heads_per_ngram`` tables.

    The last tokens are hashed to a row of each table, all tables together ``num_embeddings`` rows; the rows make a
    vector of ``embed_dim`` features. A value is made from it, and a key for each of ``hc_mult`` residual streams; a
    sigmoid of the key times the stream says how much of the value a stream gets. A convolution over
    ``conv_kernel_size`` tokens, ``ngram_size`` apart, is added unless that is null. It stands in a residual branch.
    """

    keyword: ClassVar[str] = "ngram_memory"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "ngram_memory: {num_embeddings: 320001536, embed_dim: 2560, ngram_size: 3, heads_per_ngram: 8, hc_mult: 4}"
    )
    source: ClassVar[str] = (
        "Engram: Conditional Memory via Scalable Lookup, arXiv:2601.07372; Qwen4ExpTextPLELayer of transformers"
    )

    num_embeddings: Size
    embed_dim: Size
    ngram_size: Size
    heads_per_ngram: Size
    hc_mult: Size = 1
    conv_kernel_size: Size | None = 4
    projections: Literal["key_value", "wkv"] = "key_value"
    label: Label | None = None

    def expand(self, scope: Scope) -> Module:
        """Tables, key and value, the gate, and the convolution beside what it reads.

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
            f"{tables} n-gram tables",
            role="embedding",
            detail=f"{rows:,} rows of {width // tables}",
            weights=(Weight("weight", (rows, width // tables)),),
            part="embedding",
            inputs=0,
        )
        if fused:
            both = linear("wkv", f"key {wide:,} + value {hidden:,}", width, wide + hidden, outputs=("key", "value"))
            made: Block = Sequence((both, Parallel((self._norm("k_weight", hidden, "key"), LINE), "separate")))
        else:
            key = linear("key_proj", f"key {wide:,}", width, wide, outputs=("key",))
            value = linear("value_proj", f"value {hidden:,}", width, hidden, outputs=("value",))
            made = Parallel((Sequence((key, self._norm("norm_key", hidden, "key"))), value), "separate")
        gate = Leaf("gate", "sigmoid gate", detail="of key × stream", inputs=2, multiplications=wide)
        stream = self._norm("q_weight" if fused else "norm_query", hidden, "stream")
        body: Sequence = Sequence(
            (
                Parallel((stream, Sequence((table, made))), "separate"),
                Parallel((gate, LINE), "multiply"),
                *self._convolution(hidden),
            )
        )
        return Module(
            "engram" if fused else "ple",
            self.label or "N-gram memory",
            body,
            role="embedding",
            detail=f"2 to {self.ngram_size} tokens, {parameters(rows * width // tables)} looked up",
            kind=self.keyword,
            notes=notes(
                f"a token looks up {tables} rows of {parameters(rows * (width // tables))} parameters",
                f"{self.hc_mult} streams, each with a gate of its own" if self.hc_mult > 1 else "",
            ),
        )

    def _convolution(self, hidden: int) -> tuple[Block, ...]:
        """The convolution beside the line that it reads, where there is one."""
        if self.conv_kernel_size is None:
            return ()
        wide = hidden * self.hc_mult
        convolution = Leaf(
            "conv1d",
            f"convolution {self.conv_kernel_size}, SiLU",
            role="convolution",
            detail=f"steps of {self.ngram_size} tokens",
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
        return Leaf(name, "RMSNorm", role="norm", weights=(weight,), part="norm", outputs=(line,))
