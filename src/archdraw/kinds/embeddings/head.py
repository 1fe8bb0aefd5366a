"""From vectors to logits over the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Words
from archdraw.glossary import embeddings as words
from archdraw.glossary.attention import LOGIT_SOFTCAP
from archdraw.glossary.common import GELU, PROJECTION, RELU, SILU, TIMES, TO_VOCABULARY, WIDTHS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Norm, Scope, settings, signed
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.tree.blocks import Block, Leaf, Role, Sequence, Weight, linear

_ACTIVATIONS = {"GELU": GELU, "SiLU": SILU, "ReLU": RELU}


class OutputHead(Kind):
    """The projection to one logit per token of the vocabulary, ``[vocab_size, hidden_size]``.

    Its weights are those of the token table where the model has ``tie_word_embeddings``.
    """

    keyword: ClassVar[str] = "output_head"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "output_head: {final_logit_softcapping: 30.0}"
    source: ClassVar[str] = (
        "Press and Wolf 2017, Using the Output Embedding, arXiv:1608.05859; softcap: arXiv:2408.00118"
    )

    term: ClassVar[Term] = words.LM_HEAD
    aliases: ClassVar[tuple[str, ...]] = (
        *("lm head", "head", "unembedding", "linear output", "logits"),
        *("output layer", "output projection"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    bias: bool = Field(default=False, description="Whether there is a bias per token of the vocabulary.")
    embedding_size: Size | None = Field(
        default=None, description="Features per token vector, if hidden_size is projected to it before (OPT 350M)."
    )
    logit_scale: Factor | None = Field(
        default=None, description="Constant that the logits are multiplied by (Cohere); not with logits_scaling."
    )
    logits_scaling: Factor | None = Field(
        default=None, description="Constant that the logits are divided by (Granite); not with logit_scale."
    )
    final_logit_softcapping: Factor | None = Field(
        default=None, description="Cap c of c tanh(x / c) on the logits (Gemma 2); none if left out."
    )
    unused_bias: bool = Field(
        default=False, description="Whether a second such bias is stored, which nothing adds (BERT, not tied)."
    )
    unpadded_vocab_size: Size | None = Field(
        default=None, description="Tokens that have a logit, where the table has more rows (Inkling 2); never tied."
    )
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """The projection, and scale and cap of the logits as operations after it.

        Raises :class:`KindError` for two scales at once, and for a tied head that is not of the table's size.
        """
        if self.unpadded_vocab_size is not None:
            if scope.tie_word_embeddings:
                raise KindError("unpadded_vocab_size cannot be set where the tables are tied", "unpadded_vocab_size")
            scope = replace(scope, vocabulary=self.unpadded_vocab_size)
        if self.logit_scale is not None and self.logits_scaling is not None:
            raise KindError(
                "logit_scale and logits_scaling cannot both be set",
                "logits_scaling",
                "keep the one that the model uses",
            )
        width = self.embedding_size or scope.hidden_size
        steps: list[Block] = []
        if width != scope.hidden_size:
            detail = WIDTHS(inputs=scope.hidden_size, outputs=width)
            steps.append(linear("project_out", PROJECTION(), scope.hidden_size, width, detail=detail))
        called = self.label or self.term()
        head = _projection("lm_head", called, width, scope, bias=self.bias, unused_bias=self.unused_bias)
        steps.append(signed(head, self.keyword, tuple(settings(self))))
        if self.logit_scale is not None:
            steps.append(Leaf("logit_scale", TIMES(factor=self.logit_scale)))
        if self.logits_scaling is not None:
            steps.append(Leaf("logits_scaling", words.DIVIDED(divisor=self.logits_scaling)))
        if self.final_logit_softcapping is not None:
            steps.append(Leaf("logit_softcap", LOGIT_SOFTCAP(cap=self.final_logit_softcapping)))
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))


def _layer_norm() -> Kind:
    from archdraw.kinds.layers.norm import LayerNorm

    return LayerNorm()


class MaskedHead(Kind):
    """The head that predicts masked tokens: a projection of the model's own width, an activation, a norm, the LM head.

    The weights of the LM head are those of the token table where the model has ``tie_word_embeddings``.
    """

    keyword: ClassVar[str] = "masked_language_model_head"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "masked_language_model_head: {norm: {layernorm: {bias: false}}, transform_bias: false}"
    source: ClassVar[str] = "Devlin et al. 2018, BERT, arXiv:1810.04805; ModernBERT, arXiv:2412.13663"

    term: ClassVar[Term] = words.MASKED_LM_HEAD
    aliases: ClassVar[tuple[str, ...]] = ("mlm", "mlm head", "bert head", "cloze", "masked lm")
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    embedding_size: Size | None = Field(
        default=None, description="Features that the first projection leaves, where not the model's (ALBERT, ELECTRA)."
    )
    own_features: Size | None = Field(
        default=None,
        description=(
            "Features of each token that are the head's own: it compares so many beyond embedding_size with a table "
            "of its own (MobileBERT)."
        ),
    )
    activation: Literal["GELU", "SiLU", "ReLU"] = Field(
        default="GELU", description="Activation between the first projection and the norm."
    )
    norm: Norm = Field(default_factory=_layer_norm, description="Norm before the LM head.")
    transform_bias: bool = Field(default=True, description="Whether the first projection has a bias.")
    bias: bool = Field(default=True, description="Whether the LM head has a bias per token of the vocabulary.")
    unused_bias: bool = Field(
        default=False,
        description="Whether a second such bias is stored, which nothing adds (BERT in transformers, not tied).",
    )

    def expand(self, scope: Scope) -> Block:
        """Four leaves in a row. Raises :class:`KindError` for a norm that is more than one box."""
        table = self.embedding_size or scope.hidden_size
        width = table + (self.own_features or 0)
        norm = self.norm.expand(scope.at(width))
        if not isinstance(norm, Leaf):
            raise KindError(f"{self.norm.keyword} is not one box and cannot be a head's norm", "norm")
        hidden = scope.hidden_size
        widths = WIDTHS(inputs=hidden, outputs=width)
        transform = linear("dense", PROJECTION(), hidden, width, bias=self.transform_bias, detail=widths)
        head = _projection("decoder", words.LM_HEAD(), table, scope, bias=self.bias, unused_bias=self.unused_bias)
        if self.own_features is not None:
            own = Weight("dense.weight", (self.own_features, scope.vocab_size))
            rest = head.detail[1:] if isinstance(head.detail, tuple) else ()
            said = (
                TO_VOCABULARY(inputs=width, outputs=scope.vocab_size),
                *rest,
                words.OWN_FEATURES(width=self.own_features),
            )
            head = replace(head, weights=(*head.weights, own), detail=said)
        return Sequence(
            (
                transform,
                Leaf("act_fn", _ACTIVATIONS[self.activation]()),
                replace(norm, name="head_norm"),
                signed(head, self.keyword, tuple(settings(self))),
            )
        )


def _projection(name: str, label: Words, width: int, scope: Scope, *, bias: bool, unused_bias: bool = False) -> Leaf:
    """The LM head from ``width`` features to the vocabulary."""
    tied = scope.tie_word_embeddings
    return Leaf(
        name,
        label,
        role="embedding",
        detail=(
            TO_VOCABULARY(inputs=width, outputs=scope.vocab_size),
            words.TIED() if tied else words.UNTIED(),
            words.BIAS() if bias else "",
            words.UNUSED_BIAS() if unused_bias else "",
        ),
        weights=(
            Weight("weight", (scope.vocab_size, width), tied=tied),
            *((Weight("bias", (scope.vocab_size,)),) if bias else ()),
            *((Weight("unused_bias", (scope.vocab_size,)),) if unused_bias else ()),
        ),
        part="head",
    )
