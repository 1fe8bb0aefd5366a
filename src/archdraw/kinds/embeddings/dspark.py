"""DSpark, a small model beside the output that drafts a block of tokens at once."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Layer, Scope
from archdraw.kinds.booking import booked
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import Block, Leaf, Module, Repeat, Sequence, Side, Weight, linear
from archdraw.tree.facts import facts


class DSpark(Kind):
    """DSpark: ``num_nextn_predict_layers`` layers that draft ``block_size`` tokens, which the model then checks.

    The streams of ``target_layers`` layers of the model are averaged, laid side by side, projected and normalised; the
    ``layer`` s read them. Tokens of a block are made together, but a table and a head of ``markov_rank`` features make
    each depend on the one before it, and a last projection says how sure the draft is. Embedding and output head are
    the model's own. As multi-token prediction it is no part of published totals, and is listed apart here.
    """

    keyword: ClassVar[str] = "dspark"
    family: ClassVar[Family] = "side"
    example: ClassVar[str] = (
        "dspark:\n"
        "  num_nextn_predict_layers: 3\n"
        "  target_layers: 3\n"
        "  markov_rank: 256\n"
        "  block_size: 5\n"
        "  layer: {decoder: {attention: {multi_head: {num_attention_heads: 8}},\n"
        "                    feed_forward: {swiglu: {intermediate_size: 4096}}}}"
    )
    source: ClassVar[str] = "DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969; inference code of DeepSeek-V4.1-Flash"

    layer: Layer
    num_nextn_predict_layers: Size = 3
    target_layers: Size = 3
    markov_rank: Size = 256
    block_size: Size = 5
    label: Label | None = None

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
        wide = self.target_layers * hidden
        steps: tuple[Block, ...] = (
            linear("main_proj", f"{wide:,} to {hidden:,}", wide, hidden, detail=f"of {self.target_layers} layers"),
            _norm("main_norm", hidden),
            one if number == 1 else Repeat(one, number),
            Leaf("collapse", "Read the streams"),
            _norm("norm", hidden),
            Leaf(
                "lm_head",
                "Linear output",
                role="embedding",
                detail="shared",
                weights=(Weight("weight", (vocab, hidden), tied=True),),
            ),
            Leaf(
                "markov_head",
                "+ Markov head",
                detail=f"by the token before, rank {rank:,}",
                weights=(Weight("embed.weight", (vocab, rank)), Weight("head.weight", (vocab, rank))),
            ),
            Leaf(
                "confidence_head",
                "Confidence",
                detail="of each token",
                weights=(Weight("proj.weight", (1, hidden + rank)),),
            ),
        )
        body = booked(Sequence(steps), "multi_token_prediction")
        extra = facts(body).total_parameters
        return Side(
            Module(
                "mtp",
                self.label or "DSpark",
                body,
                role="auxiliary",
                detail=f"{number} layer{'s' if number > 1 else ''}, + {parameters(extra)}",
                kind=self.keyword,
                title="DSpark",
                notes=notes(
                    f"drafts {self.block_size} tokens at once", "embedding and output head are the model's own"
                ),
            ),
            direction="out",
            counted=False,
        )


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),))
