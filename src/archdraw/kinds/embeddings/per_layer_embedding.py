"""Embeddings that a token has for each layer, and how a layer takes its own in (Gemma 3n, Gemma 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import embeddings as words
from archdraw.glossary.attention import GATE
from archdraw.glossary.common import GELU, PROJECTION, RMSNORM, WIDTHS
from archdraw.glossary.concepts import PER_LAYER_EMBEDDINGS, Concept
from archdraw.glossary.feed_forward import OVER_ROOT_2, THERE_AND_BACK
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope, settings, signed
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.mixers.attention_parts import rms_norm
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Role, Sequence, Setting, Side, Weight, linear


class PerLayerEmbeddings(Kind):
    """Per-layer embeddings: besides its vector, a token has a narrow one for each layer.

    It is the sum of two, divided by √2: a row of a table, looked up by the token's id, and a normalized projection of
    the token's vector. Rows are looked up, not multiplied, so that the table need not be in fast memory.
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

    term: ClassVar[Term] = words.PER_LAYER_EMBEDDINGS
    aliases: ClassVar[tuple[str, ...]] = ("ple", "per-layer embedding", "gemma3n", "gemma 3n")
    concepts: ClassVar[tuple[Concept, ...]] = (PER_LAYER_EMBEDDINGS,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    num_hidden_layers: Size = Field(description="Number of layers that a token has an embedding for.")
    hidden_size_per_layer_input: Size = Field(description="Features per token and layer.")
    vocab_size_per_layer_input: Size | None = Field(
        default=None, description="Rows of the table; vocab_size where it is left out."
    )
    label: OwnLabel = None

    def resolved(self, scope: Scope) -> Mapping[str, Setting]:
        """The rows of the table."""
        return {"vocab_size_per_layer_input": self.vocab_size_per_layer_input or scope.vocab_size}

    def expand(self, scope: Scope) -> Side:
        """A counted side module that reads the line of embedded tokens; every layer reads its part of the output."""
        each, rows = self.hidden_size_per_layer_input, self.vocab_size_per_layer_input or scope.vocab_size
        width = self.num_hidden_layers * each
        table = Leaf(
            "embed_tokens_per_layer",
            words.PER_LAYER_TABLE(),
            role="embedding",
            detail=(WIDTHS(inputs=rows, outputs=width), words.TIMES_ROOT(of=each)),
            weights=(Weight("weight", (rows, width)),),
            part="embedding",
            lookup=words.PER_LAYER_LOOKUP(),
            inputs=0,
        )
        projected = Sequence(
            (
                linear(
                    "per_layer_model_projection",
                    PROJECTION(),
                    scope.hidden_size,
                    width,
                    detail=WIDTHS(inputs=scope.hidden_size, outputs=width),
                ),
                rms_norm("per_layer_projection_norm", each),
            )
        )
        body = Sequence((Parallel((table, projected), "add"), Leaf("per_layer_input_scale", OVER_ROOT_2())))
        inside = Module(
            "per_layer_inputs",
            self.label or self.term(),
            body,
            role="auxiliary",
            detail=words.IDS_TO_LAYERS(number=self.num_hidden_layers, width=each),
            notes=(words.LOOKED_UP(count=rows * width),),
        )
        return Side(inside, direction="out")


class PerLayerInput(Kind):
    """How a layer reads the embedding that a token has for it: ``norm(projection(GELU(gate(x)) * embedding))``.

    It is a residual branch of its own at the end of the layer.
    """

    keyword: ClassVar[str] = "per_layer_input"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "per_layer_input: {hidden_size_per_layer_input: 256}"
    source: ClassVar[str] = "transformers, models/gemma3n and models/gemma4"
    main: ClassVar[str | None] = "hidden_size_per_layer_input"

    term: ClassVar[Term] = words.PER_LAYER_INPUT
    aliases: ClassVar[tuple[str, ...]] = ("ple", "per-layer embedding")
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    hidden_size_per_layer_input: Size = Field(description="Features of the embedding and of the gate.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """The module, which the settings belong to, and its norm."""
        hidden, each = scope.hidden_size, self.hidden_size_per_layer_input
        gate = linear("per_layer_input_gate", GATE(width=each), hidden, each)
        label, source = words.PER_LAYER_EMBEDDING(), words.OF_THIS_LAYER()
        given = Leaf("per_layer_input", label, role="embedding", detail=source, inputs=0, tag=label)
        body = Sequence(
            (
                Parallel((Sequence((gate, Leaf("act_fn", GELU()))), given), "multiply"),
                linear("per_layer_projection", WIDTHS(inputs=each, outputs=hidden), each, hidden),
            )
        )
        inside = Module(
            "per_layer_input",
            self.label or self.term(),
            body,
            role="embedding",
            detail=THERE_AND_BACK(hidden=hidden, inner=each),
        )
        norm = replace(rms_norm("post_per_layer_input_norm", hidden), label=words.POST_PLE(norm=RMSNORM()))
        return Sequence((signed(inside, self.keyword, tuple(settings(self))), norm))


class LayerScalar(Kind):
    """One constant by which a layer's whole output is multiplied; it is stored with the weights, and not trained."""

    keyword: ClassVar[str] = "layer_scalar"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "layer_scalar"
    source: ClassVar[str] = "transformers, models/gemma4"
    term: ClassVar[Term] = words.LAYER_SCALAR
    aliases: ClassVar[tuple[str, ...]] = ("layer scale", "scalar", "multiplier")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a buffer of one value."""
        return Leaf("layer_scalar", words.TIMES_LAYER_SCALAR(), weights=(Weight("layer_scalar", (1,), buffer=True),))
