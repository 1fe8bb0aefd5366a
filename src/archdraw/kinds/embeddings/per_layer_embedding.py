"""Embeddings that a token has for each layer, and how a layer takes its own in (Gemma 3n, Gemma 4)."""

from __future__ import annotations

from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Sequence, Side, Weight, linear


class PerLayerEmbeddings(Kind):
    """Per-layer embeddings: beside its vector, a token has a small one for each of ``num_hidden_layers`` layers.

    It is the mean of two, but for a factor of √2: a row of a table with ``vocab_size_per_layer_input`` rows, looked up
    by the token's id, and a projection of the token's vector, normalised. Rows are looked up, not multiplied, so the
    table need not be in fast memory.
    """

    keyword: ClassVar[str] = "per_layer_embeddings"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "per_layer_embeddings:\n"
        "  num_hidden_layers: 35\n"
        "  hidden_size_per_layer_input: 256\n"
        "  vocab_size_per_layer_input: 262144"
    )
    source: ClassVar[str] = "transformers, models/gemma3n and models/gemma4"

    num_hidden_layers: Size
    hidden_size_per_layer_input: Size
    vocab_size_per_layer_input: Size | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A counted side module that reads the line of embedded tokens and feeds every layer."""
        each, rows = self.hidden_size_per_layer_input, self.vocab_size_per_layer_input or scope.vocab_size
        width = self.num_hidden_layers * each
        table = Leaf(
            "embed_tokens_per_layer",
            "Table by token id",
            role="embedding",
            detail=f"{rows:,} to {width:,}, × √{each:,}",
            weights=(Weight("weight", (rows, width)),),
            part="embedding",
            inputs=0,
        )
        projected = Sequence(
            (
                linear(
                    "per_layer_model_projection",
                    "projection",
                    scope.hidden_size,
                    width,
                    detail=f"{scope.hidden_size:,} to {width:,}",
                    part="embedding",
                ),
                parts.rmsnorm("per_layer_projection_norm", each),
            )
        )
        body = Sequence((Parallel((table, projected), "add"), Leaf("per_layer_input_scale", "× 1 / √2")))
        inside = Module(
            "per_layer_inputs",
            self.label or "Per-layer embeddings",
            body,
            role="auxiliary",
            detail=f"{self.num_hidden_layers} × {each:,} features",
            kind=self.keyword,
            notes=notes(
                f"{each:,} features for each of {self.num_hidden_layers} layers",
                f"{parameters(rows * width)} parameters in the table are looked up, not multiplied",
            ),
        )
        return Side(inside, direction="out")


class PerLayerInput(Kind):
    """How a layer takes in a token's embedding for it: as a gated projection with a bottleneck, then a norm.

    ``projection(GELU(gate(x)) * embedding)``, the gate ``hidden_size_per_layer_input`` features wide. It stands in a
    residual branch of its own at the layer's end.
    """

    keyword: ClassVar[str] = "per_layer_input"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "per_layer_input: {hidden_size_per_layer_input: 256}"
    source: ClassVar[str] = "transformers, models/gemma3n and models/gemma4"
    main: ClassVar[str | None] = "hidden_size_per_layer_input"

    hidden_size_per_layer_input: Size
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The module and its norm."""
        hidden, each = scope.hidden_size, self.hidden_size_per_layer_input
        gate = linear("per_layer_input_gate", f"gate {each:,}", hidden, each)
        given = Leaf("per_layer_input", "token's embedding", role="embedding", detail="for this layer", inputs=0)
        body = Sequence(
            (
                Parallel((Sequence((gate, Leaf("act_fn", "GELU"))), given), "multiply"),
                linear("per_layer_projection", f"{each:,} to {hidden:,}", each, hidden),
            )
        )
        inside = Module(
            "per_layer_input",
            self.label or "Per-layer input",
            body,
            role="embedding",
            detail=f"{hidden:,} to {each:,} to {hidden:,}",
            kind=self.keyword,
        )
        norm = parts.rmsnorm("post_per_layer_input_norm", hidden)
        return Sequence((inside, Leaf(norm.name, "RMSNorm after", "norm", weights=norm.weights, part="norm")))


class LayerScalar(Kind):
    """One constant by which a layer's whole output is multiplied; it is stored with the weights, and not trained."""

    keyword: ClassVar[str] = "layer_scalar"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "layer_scalar"
    source: ClassVar[str] = "transformers, models/gemma4"

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a buffer of one value."""
        return Leaf("layer_scalar", "× layer scalar", weights=(Weight("layer_scalar", (1,), buffer=True),))
