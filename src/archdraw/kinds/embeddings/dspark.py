"""DSpark, a small module at the output that drafts a block of tokens at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import Phrase
from archdraw.glossary import embeddings as words
from archdraw.glossary.common import LAYERS, RANK, SHARED, WIDTHS
from archdraw.glossary.concepts import MULTI_TOKEN_PREDICTION, Concept
from archdraw.glossary.phrases import Term
from archdraw.glossary.plate import LAYER_LIST, LAYER_RANGE, ONE_LAYER
from archdraw.kinds.base import Family, Kind, Layer, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.leaves import counted_under
from archdraw.kinds.mixers.attention_parts import rms_norm
from archdraw.tree.blocks import Block, Leaf, Module, Repeat, Role, Sequence, Side, Weight, linear
from archdraw.tree.facts import facts


class DSpark(Kind):
    """DSpark: layers that draft several tokens at once, which the model then verifies.

    What comes into some layers of the model, averaged over their residual streams, is concatenated, projected and
    normalized; keys and values of the layers are made of it. The tokens of a block are drafted together; a low-rank
    Markov head makes each depend on the one before it, and a last projection estimates how sure the draft is. Embedding
    and LM head are the model's own. As multi-token prediction it is no part of published totals, and is listed apart
    here.
    """

    keyword: ClassVar[str] = "dspark"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "dspark:\n"
        "  num_nextn_predict_layers: 3\n"
        "  target_layer_ids: [29, 30, 31]\n"
        "  markov_rank: 256\n"
        "  block_size: 5\n"
        "  layer: {decoder: {attention: {multi_head: {num_attention_heads: 8}},\n"
        "                    feed_forward: {swiglu: {intermediate_size: 4096}}}}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969; inference code of DeepSeek-V4.1-Flash"

    term: ClassVar[Term] = words.DSPARK
    aliases: ClassVar[tuple[str, ...]] = ("mtp", "draft model", "speculative decoding", "multi-token prediction")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_TOKEN_PREDICTION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    layer: Layer = Field(description="The layer that is repeated, each time with weights of its own.")
    num_nextn_predict_layers: Size = Field(default=3, description="Number of layers.")
    target_layer_ids: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        min_length=1, strict=False, description="Indices of the layers of the model whose hidden vectors are read."
    )
    markov_rank: Size = Field(default=256, description="Features of the Markov head.")
    block_size: Size = Field(default=5, description="Tokens that are drafted at once.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Side:
        """A side module that reads the line, not counted."""
        hidden, vocab, rank, number = (
            scope.hidden_size,
            scope.vocab_size,
            self.markov_rank,
            self.num_nextn_predict_layers,
        )
        one = self.layer.expand(scope)
        if isinstance(one, Module) and one.level == "layer":
            one = replace(one, level="side_layer")
        wide = len(self.target_layer_ids) * hidden
        targets = _named(self.target_layer_ids)
        steps: tuple[Block, ...] = (
            linear(
                "main_proj",
                WIDTHS(inputs=wide, outputs=hidden),
                wide,
                hidden,
                detail=words.HIDDEN_STATES(layers=targets),
            ),
            rms_norm("main_norm", hidden),
            one if number == 1 else Repeat(one, number),
            Leaf("collapse", words.COLLAPSE_STREAMS()),
            rms_norm("norm", hidden),
            Leaf(
                "lm_head",
                words.LM_HEAD(),
                role="embedding",
                detail=SHARED(),
                weights=(Weight("weight", (vocab, hidden), tied=True),),
            ),
            Leaf(
                "markov_head",
                words.MARKOV_HEAD(),
                detail=(words.PREVIOUS_TOKEN(), RANK(rank=rank)),
                weights=(Weight("embed.weight", (vocab, rank)), Weight("head.weight", (vocab, rank))),
            ),
            Leaf(
                "confidence_head",
                words.CONFIDENCE_HEAD(),
                detail=words.PER_TOKEN(),
                weights=(Weight("proj.weight", (1, hidden + rank)),),
            ),
        )
        body = counted_under(Sequence(steps), "multi_token_prediction")
        return Side(
            Module(
                "mtp",
                self.label or self.term(),
                body,
                role="auxiliary",
                detail=(
                    LAYERS(number=number),
                    words.EXTRA_PARAMETERS(count=facts(body).total_parameters),
                    words.READS_LAYERS(layers=targets),
                ),
                title=self.term(),
                notes=(words.DRAFTS(tokens=self.block_size), words.SHARED_WITH_MODEL()),
            ),
            direction="out",
            counted=False,
            joins=False,
        )


def _named(layers: tuple[int, ...]) -> Phrase:
    """The layers with these indices, in words: a range where they follow each other."""
    first, last = layers[0], layers[-1]
    if len(layers) == 1:
        return ONE_LAYER(number=str(first))
    if list(layers) == list(range(first, last + 1)):
        return LAYER_RANGE(first=str(first), last=str(last))
    return LAYER_LIST(numbers=", ".join(map(str, layers)))
