"""Multi-token prediction: a small module beside the output that predicts the token after the next."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from archdraw.kinds.base import Family, Kind, Layer, Scope
from archdraw.kinds.booking import booked
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.wording import notes, parameters
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Repeat, Sequence, Side, Weight, linear
from archdraw.tree.facts import facts


class MultiTokenPrediction(Kind):
    """Multi-token prediction (MTP): ``num_nextn_predict_layers`` modules, each a layer that guesses one token further.

    A module joins the last hidden vector with the embedding of the next token, both normalised, and passes them through
    ``layer`` and a norm (but for ``final_norm`` false) to the model's own output head. Embedding and head are the
    model's. Published totals leave the module out, and so do the counts here: it is listed apart.
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

    layer: Layer
    num_nextn_predict_layers: Size = 1
    final_norm: bool = True
    label: Label | None = None

    def expand(self, scope: Scope) -> Side:
        """A side module that reads the line, not counted."""
        number = self.num_nextn_predict_layers
        one = booked(self._one(scope), "multi_token_prediction")
        body = one if number == 1 else Repeat(one, number)
        extra = facts(body).total_parameters
        return Side(
            Module(
                "mtp",
                self.label or "MTP module",
                body,
                role="auxiliary",
                detail=f"{number} layer{'s' if number > 1 else ''}, + {parameters(extra)}",
                kind=self.keyword,
                title="Multi-token prediction",
                notes=notes("embedding and output head are the model's own"),
            ),
            direction="out",
            counted=False,
        )

    def _one(self, scope: Scope) -> Block:
        """One module. The embedding leaf takes no line: it is fed with the next token's id."""
        hidden = scope.hidden_size
        table = (Weight("weight", (scope.vocab_size, hidden), tied=True),)
        embedding = Leaf(
            "embed_tokens",
            "Embedding",
            role="embedding",
            detail="of the next token, shared",
            weights=table,
            inputs=0,
        )
        joined = Parallel((_norm("hnorm", hidden), Sequence((embedding, _norm("enorm", hidden)))), "concatenate")
        return Sequence(
            (
                joined,
                linear("eh_proj", f"{2 * hidden:,} to {hidden:,}", 2 * hidden, hidden),
                _unnumbered(self.layer.expand(scope)),
                *((_norm("norm", hidden),) if self.final_norm else ()),
                Leaf("lm_head", "Linear output", role="embedding", detail="shared", weights=table),
            )
        )


def _norm(name: str, width: int) -> Leaf:
    return Leaf(name, "RMSNorm", role="norm", weights=(Weight("weight", (width,)),))


def _unnumbered(block: Block) -> Block:
    """A layer that is no layer of the stack."""
    return replace(block, level="side_layer") if isinstance(block, Module) and block.level == "layer" else block
