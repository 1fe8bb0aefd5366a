"""From vectors to scores over the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from archdraw.kinds.base import Family, Kind, KindError, Norm, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.wording import number
from archdraw.tree.blocks import Block, Leaf, Sequence, Weight, linear


class OutputHead(Kind):
    """The linear output layer, ``[vocab_size, hidden_size]``.

    It is the token table itself where the model says ``tie_word_embeddings``. The scores are multiplied by
    ``logit_scale`` (Cohere) or divided by ``logits_scaling`` (Granite); ``final_logit_softcapping`` is the cap c of
    ``c tanh(x / c)`` on them (Gemma 2). A table of another ``embedding_size`` has a projection to it before (OPT 350M).
    """

    keyword: ClassVar[str] = "output_head"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "output_head: {final_logit_softcapping: 30.0}"
    source: ClassVar[str] = (
        "Press and Wolf 2017, Using the Output Embedding, arXiv:1608.05859; soft cap: arXiv:2408.00118"
    )

    bias: bool = False
    embedding_size: Size | None = None
    logit_scale: Factor | None = None
    logits_scaling: Factor | None = None
    final_logit_softcapping: Factor | None = None
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The projection, and what is done to the scores as operations after it.

        Raises :class:`KindError` for two scales at once.
        """
        if self.logit_scale is not None and self.logits_scaling is not None:
            raise KindError(
                "logit_scale and logits_scaling cannot both be set",
                "logits_scaling",
                "keep the one that the model uses",
            )
        width = self.embedding_size or scope.hidden_size
        steps: list[Block] = []
        if width != scope.hidden_size:
            detail = f"{scope.hidden_size:,} to {width:,}"
            steps.append(linear("project_out", "Projection", scope.hidden_size, width, detail=detail))
        steps.append(_projection("lm_head", self.label or "Linear output", width, scope, bias=self.bias))
        if self.logit_scale is not None:
            steps.append(Leaf("logit_scale", f"× {number(self.logit_scale)}"))
        if self.logits_scaling is not None:
            steps.append(Leaf("logits_scaling", f"÷ {number(self.logits_scaling)}"))
        if self.final_logit_softcapping is not None:
            steps.append(Leaf("logit_softcap", f"soft cap {number(self.final_logit_softcapping)}"))
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))


def _layer_norm() -> Kind:
    from archdraw.kinds.layers.norm import LayerNorm

    return LayerNorm()


class MaskedHead(Kind):
    """The head that fills masked tokens in: a projection of its own width, an activation, a norm, the output layer.

    The output layer is the token table where the model says ``tie_word_embeddings``, and has its ``bias`` in any case.
    ``transform_bias`` is that of the first projection.
    """

    keyword: ClassVar[str] = "masked_language_model_head"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "masked_language_model_head: {norm: {layernorm: {bias: false}}, transform_bias: false}"
    source: ClassVar[str] = "Devlin et al. 2018, BERT, arXiv:1810.04805; ModernBERT, arXiv:2412.13663"

    activation: Literal["GELU", "SiLU", "ReLU"] = "GELU"
    norm: Norm = Field(default_factory=_layer_norm)
    transform_bias: bool = True
    bias: bool = True

    def expand(self, scope: Scope) -> Block:
        """Three boxes in a row. Raises :class:`KindError` for a norm that is more than one box."""
        norm = self.norm.expand(scope)
        if not isinstance(norm, Leaf):
            raise KindError(f"{self.norm.keyword} is not one box and cannot be a head's norm", "norm")
        hidden = scope.hidden_size
        transform = linear(
            "dense", "Projection", hidden, hidden, bias=self.transform_bias, detail=f"{hidden:,} to {hidden:,}"
        )
        return Sequence(
            (
                transform,
                Leaf("act_fn", self.activation),
                replace(norm, name="head_norm"),
                _projection("decoder", "Linear output", hidden, scope, bias=self.bias),
            )
        )


def _projection(name: str, label: str, width: int, scope: Scope, *, bias: bool) -> Leaf:
    """The output layer from ``width`` features to the vocabulary."""
    tied = scope.tie_word_embeddings
    detail = f"{width:,} to {scope.vocab_size:,}, {'tied' if tied else 'untied'}"
    return Leaf(
        name,
        label,
        role="embedding",
        detail=f"{detail}, bias" if bias else detail,
        weights=(
            Weight("weight", (scope.vocab_size, width), tied=tied),
            *((Weight("bias", (scope.vocab_size,)),) if bias else ()),
        ),
        part="head",
    )
