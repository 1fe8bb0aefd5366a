"""From vectors to labels: the vector of one token, projected and squeezed, and a classifier of sequences or tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import embeddings as words
from archdraw.glossary.common import PROJECTION, WIDTHS
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, KindError, Norm, Scope
from archdraw.kinds.encoders.encoder_feed_forward import activation
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.primitives import Name
from archdraw.tree.blocks import Block, Leaf, Role, Sequence, linear

_TOKENS = {"first": words.FIRST_TOKEN, "last": words.LAST_TOKEN, "mean": words.MEAN_OF_TOKENS}

Token = Annotated[
    Literal["first", "last", "mean"] | None,
    Field(description="Whose vector is read: the first token's, the last one's or the mean; left out, every token's."),
]


class Pooler(Kind):
    """The vector that stands for a sequence: that of one token, or the mean, through a projection and an activation."""

    keyword: ClassVar[str] = "pooler"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "pooler: {token: first, hidden_act: tanh}"
    source: ClassVar[str] = "Devlin et al. 2018, BERT, section 3, arXiv:1810.04805"

    term: ClassVar[Term] = words.POOLER
    aliases: ClassVar[tuple[str, ...]] = ("bert pooler", "cls pooler", "pooled output", "classification head")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain", "norm")

    token: Token = None
    name: Name = Field(default="pooler.dense", description="Name of the projection in checkpoints.")
    features: Size | None = Field(default=None, description="Features that leave; left out, as many as come in.")
    bias: bool = Field(default=True, description="Whether the projection has a bias.")
    hidden_act: str | None = Field(default="tanh", description="Activation after the projection; null for none.")
    norm: Norm | None = Field(default=None, description="Norm after the activation, if there is one.")

    def expand(self, scope: Scope) -> Block:
        """The boxes in a row. Raises :class:`KindError` for an unknown activation, or a norm of several boxes."""
        width, features = scope.hidden_size, self.features_out(scope)
        detail = WIDTHS(inputs=width, outputs=features)
        steps: list[Block] = [*_picked(self.token)]
        steps.append(linear(self.name, PROJECTION(), width, features, bias=self.bias, detail=detail))
        if self.hidden_act is not None:
            steps.append(activation(self.hidden_act))
        if self.norm is not None:
            norm = self.norm.expand(scope.within(features))
            if not isinstance(norm, Leaf):
                raise KindError(f"{self.norm.keyword} is not one box and cannot be a pooler's norm", "norm")
            steps.append(replace(norm, name="head_norm"))
        return Sequence(tuple(steps)) if len(steps) > 1 else steps[0]

    def features_out(self, scope: Scope) -> int:
        """The features, or as many as came in."""
        return self.features or scope.hidden_size


class Classifier(Kind):
    """The projection to one score per label, of a sequence (``token``) or of every token.

    Where its layers are a decoder's, the last token has seen all others; encoders have a token in front for it.
    """

    keyword: ClassVar[str] = "classifier"
    family: ClassVar[Family] = "head"
    example: ClassVar[str] = "classifier: {num_labels: 3, token: last}"
    source: ClassVar[str] = "Radford et al. 2018, Improving Language Understanding, section 3.2; arXiv:1810.04805"
    main: ClassVar[str | None] = "num_labels"

    term: ClassVar[Term] = words.CLASSIFIER
    aliases: ClassVar[tuple[str, ...]] = (
        *("score", "sequence classification", "token classification", "reward head", "value head", "qa_outputs"),
        *("question answering", "multiple choice", "labels"),
    )
    drawn_as: ClassVar[tuple[Role, ...]] = ("embedding",)

    num_labels: Size = Field(description="Number of labels.")
    token: Token = None
    bias: bool = Field(default=False, description="Whether there is a bias per label.")
    name: Name = Field(default="score", description="Name of the projection in checkpoints.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """One box, behind one that picks the token."""
        head = linear(
            self.name,
            self.label or self.term(),
            scope.hidden_size,
            self.num_labels,
            bias=self.bias,
            role="embedding",
            detail=WIDTHS(inputs=scope.hidden_size, outputs=self.num_labels),
        )
        return Sequence((*_picked(self.token), head)) if self.token else head

    def features_out(self, scope: Scope) -> int:
        """The labels."""
        return self.num_labels


def _picked(token: str | None) -> tuple[Leaf, ...]:
    """The box that picks the vector of a ``token``; none where all are read."""
    return (Leaf("token", _TOKENS[token]()),) if token else ()
