"""Multi-token prediction: a small module at the output that predicts the token after the next."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import embeddings as words
from archdraw.glossary.common import LAYERS, RMSNORM, SHARED, WIDTHS
from archdraw.glossary.concepts import MULTI_TOKEN_PREDICTION, Concept
from archdraw.glossary.phrases import Term
from archdraw.glossary.residuals import NORM_PER_STREAM
from archdraw.kinds.base import AnyBlock, Family, Kind, Layer, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.leaves import counted_under
from archdraw.kinds.mixers.attention_parts import rms_norm
from archdraw.kinds.residuals.hyper_connections import StreamHead
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Repeat, Role, Sequence, Side, Weight, linear
from archdraw.tree.facts import facts


class MultiTokenPrediction(Kind):
    """Multi-token prediction (MTP): modules of one layer, each of which predicts one token further.

    A module joins the last hidden vector with the embedding of the next token, both normalized, and passes them through
    its layer and a norm to the LM head. Embedding and LM head are the model's. A module with a ``stream_head`` reads
    all residual streams: it stands before that of the model, joins the embedding with each stream, and makes one line
    of them by its own. Published totals leave the module out, and so do the counts here: it is listed apart.
    """

    keyword: ClassVar[str] = "multi_token_prediction"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "multi_token_prediction:\n"
        "  num_nextn_predict_layers: 1\n"
        "  layer: {decoder: {attention: {multi_head: {num_attention_heads: 8}},\n"
        "                    feed_forward: {swiglu: {intermediate_size: 4096}}}}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2024, DeepSeek-V3, section 2.2, arXiv:2412.19437"

    term: ClassVar[Term] = words.MTP_MODULE
    aliases: ClassVar[tuple[str, ...]] = ("mtp", "nextn", "multi-token prediction", "speculative decoding", "eagle")
    concepts: ClassVar[tuple[Concept, ...]] = (MULTI_TOKEN_PREDICTION,)
    drawn_as: ClassVar[tuple[Role, ...]] = ("auxiliary",)

    layer: Layer = Field(description="The layer of each module.")
    num_nextn_predict_layers: Size = Field(default=1, description="Number of modules, each with weights of its own.")
    stream_head: AnyBlock | None = Field(
        default=None,
        description="What makes one line of the residual streams behind the layer (a stream_head), where the module "
        "reads all of them; left out, it reads one line.",
    )
    final_norm: bool = Field(default=True, description="Whether there is a norm between the layer and the LM head.")
    own_embedding: bool = Field(default=False, description="Whether the modules have a table of tokens of their own.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Side:
        """A side module that reads the line, not counted."""
        number = self.num_nextn_predict_layers
        one = counted_under(self._one(scope), "multi_token_prediction")
        body = one if number == 1 else Repeat(one, number)
        size = LAYERS(number=1) if number == 1 else words.MODULES_OF_A_LAYER(number=number)
        return Side(
            Module(
                "mtp",
                self.label or (self.term() if number == 1 else words.MTP_MODULES()),
                body,
                role="auxiliary",
                detail=(
                    size,
                    words.EXTRA_PARAMETERS(count=facts(body).total_parameters),
                    words.READS_NEXT_TOKEN(),
                ),
                title=words.MULTI_TOKEN_PREDICTION(),
                notes=(
                    *((words.JOINED_WITH_EACH_STREAM(),) if self.stream_head is not None else ()),
                    words.HEAD_SHARED_WITH_MODEL() if self.own_embedding else words.SHARED_WITH_MODEL(),
                ),
            ),
            direction="out",
            counted=False,
        )

    def _one(self, scope: Scope) -> Block:
        """One module. The embedding leaf takes no line: its input is the id of the next token."""
        hidden = scope.hidden_size
        table = (Weight("weight", (scope.vocab_size, hidden), tied=True),)
        own = (Weight("weight", (scope.vocab_size, hidden)),)
        embedding = Leaf(
            "embed_tokens",
            words.TOKEN_EMBEDDING(),
            role="embedding",
            detail=words.NEXT_TOKEN() if self.own_embedding else (words.NEXT_TOKEN(), SHARED()),
            weights=own if self.own_embedding else table,
            inputs=0,
        )
        head = self.stream_head
        ends = () if head is None else (head.expand(scope),)
        joined = Parallel(
            (_norm_of_streams(head, hidden), Sequence((embedding, rms_norm("enorm", hidden)))), "concatenate"
        )
        return Sequence(
            (
                joined,
                linear("eh_proj", WIDTHS(inputs=2 * hidden, outputs=hidden), 2 * hidden, hidden),
                _side_layer(self.layer.expand(scope)),
                *ends,
                *((rms_norm("norm", hidden),) if self.final_norm else ()),
                Leaf("lm_head", words.LM_HEAD(), role="embedding", detail=SHARED(), weights=table),
            )
        )


def _side_layer(block: Block) -> Block:
    """The layer, which is none of the stack."""
    return replace(block, level="side_layer") if isinstance(block, Module) and block.level == "layer" else block


def _norm_of_streams(head: Kind | None, hidden: int) -> Leaf:
    """The norm of what is read: streams of a gated ``head`` have weights of their own each, else they share them."""
    if not isinstance(head, StreamHead):
        return rms_norm("hnorm", hidden)
    each = head.hc_mult if head.read == "gated" else 1
    weights = (Weight("weight", (each * hidden,)),)
    return Leaf("hnorm", NORM_PER_STREAM(norm=RMSNORM()), role="norm", weights=weights, part="norm")
