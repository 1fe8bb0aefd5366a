"""Alternating updates (AltUp): a residual stream several times as wide; a layer works on one part (Gemma 3n)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.glossary import residuals as words
from archdraw.glossary.common import RANK, RMSNORM, WIDTHS
from archdraw.glossary.feed_forward import OVER_ROOT_2
from archdraw.glossary.layers import POST_ATTENTION, POST_FFN, PRE_ATTENTION, PRE_FFN
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Mixer, Scope
from archdraw.kinds.embeddings.per_layer_embedding import PerLayerInput
from archdraw.kinds.expanding import expand_each
from archdraw.kinds.fields import OwnLabel, Size, Times
from archdraw.kinds.leaves import rest_counted_under
from archdraw.kinds.mixers.attention_parts import rms_norm
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual, Role, Sequence, Streams, Weight, linear

_SOURCE = (
    "Baykal et al. 2023, Alternating Updates for Efficient Transformers, arXiv:2301.13310; transformers, models/gemma3n"
)

StreamCount = Annotated[int, Field(ge=2, le=64, description="Number of residual streams.")]


class AltUpStreams(Kind):
    """The beginning of alternating updates: several residual streams from the embedded token.

    The first is the token's vector itself, each other one a projection of it, brought to the same magnitude.
    """

    keyword: ClassVar[str] = "altup_streams"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "altup_streams: {altup_num_inputs: 4}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "altup_num_inputs"
    term: ClassVar[Term] = words.ALTUP_STREAMS
    aliases: ClassVar[tuple[str, ...]] = ("altup", "alternating updates", "residual streams")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    altup_num_inputs: StreamCount

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a matrix ``[hidden_size, hidden_size]`` for each further stream."""
        return Leaf(
            "altup_projections",
            self.term(),
            detail=words.STREAMS_OF(streams=self.altup_num_inputs, width=scope.hidden_size),
            weights=_square(self.altup_num_inputs, scope.hidden_size),
        )


class AltUpMerge(Kind):
    """The end of alternating updates: the mean of all streams, each but the first projected to its magnitude."""

    keyword: ClassVar[str] = "altup_merge"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "altup_merge: {altup_num_inputs: 4}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "altup_num_inputs"
    term: ClassVar[Term] = words.ALTUP_MERGE
    aliases: ClassVar[tuple[str, ...]] = ("altup", "alternating updates", "residual streams")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    altup_num_inputs: StreamCount

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a matrix ``[hidden_size, hidden_size]`` for each further stream."""
        return Leaf(
            "altup_unembed_projections",
            self.term(),
            detail=words.MEAN_OF(streams=self.altup_num_inputs, width=scope.hidden_size),
            weights=_square(self.altup_num_inputs, scope.hidden_size),
        )


class AltUpDecoder(Kind):
    """A layer of alternating updates, with a learned augmented residual (LAuReL) and per-layer inputs (Gemma 3n).

    First every residual stream is predicted as itself plus a mixture of all; a small router on the first stream makes
    the coefficients. Attention and feed-forward network, with norms before and after, change the first stream only. In
    parallel to the attention, LAuReL is a product of two matrices of low rank with a residual of its own; the sum is
    divided by √2. Then every stream is corrected by a multiple of what the layer changed, and the token's embedding for
    this layer, where there is one, is added to all streams but the first.
    """

    keyword: ClassVar[str] = "altup_decoder"
    family: ClassVar[Family] = "layer"
    example: ClassVar[str] = (
        "altup_decoder:\n"
        "  altup_num_inputs: 4\n"
        "  laurel_rank: 64\n"
        "  hidden_size_per_layer_input: 256\n"
        "  attention: {multi_query: {num_attention_heads: 8, head_dim: 256}}\n"
        "  feed_forward: {geglu: {intermediate_size: 8192}}"
    )
    source: ClassVar[str] = f"{_SOURCE}; LAuReL: arXiv:2411.07501"

    term: ClassVar[Term] = words.ALTUP_DECODER
    aliases: ClassVar[tuple[str, ...]] = ("altup", "alternating updates", "laurel", "gemma3n", "gemma 3n", "matformer")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    times: Times = 1
    altup_num_inputs: StreamCount
    laurel_rank: Size = Field(description="Features between the two matrices of LAuReL.")
    hidden_size_per_layer_input: Size | None = Field(
        default=None, description="Features of a token's embedding for this layer; none where it is left out."
    )
    altup_correct_scale: bool = Field(
        default=True, description="Whether the corrected first stream is scaled per feature before it gates the input."
    )
    attention: Mixer = Field(description="The token mixer; it keeps the width of the line.")
    feed_forward: FeedForward = Field(description="The feed-forward network; it keeps the width of the line.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """A module of level ``layer``, repeated where ``times`` is more than 1.

        Raises :class:`KindError` where a sublayer leaves another width than came in.
        """
        hidden, streams = scope.hidden_size, self.altup_num_inputs
        attention, feed_forward = expand_each([self.attention, self.feed_forward], scope)
        for field, kind in (("attention", self.attention), ("feed_forward", self.feed_forward)):
            width = kind.features_out(scope)
            if width != hidden:
                raise KindError(f"{field} leaves {width:,} features where {hidden:,} came in", field)
        mixed = Sequence(
            (
                _norm("input_layernorm", hidden, PRE_ATTENTION),
                Parallel(
                    (
                        self._laurel(hidden),
                        Sequence(
                            (
                                rest_counted_under(attention, "attention"),
                                _norm("post_attention_layernorm", hidden, POST_ATTENTION),
                            )
                        ),
                    ),
                    "add",
                ),
            )
        )
        widened = Sequence(
            (
                _norm("pre_feedforward_layernorm", hidden, PRE_FFN),
                rest_counted_under(feed_forward, "feed_forward"),
                _norm("post_feedforward_layernorm", hidden, POST_FFN),
            )
        )
        # The streams are corrected by shares of what the layer changed in the first: a residual branch around it.
        work = (Residual(mixed), Leaf("laurel_scale", OVER_ROOT_2()), Residual(widened), self._correct(hidden, streams))
        rows: list[Block] = [self._predict(hidden, streams), Residual(Sequence(work))]
        if self.hidden_size_per_layer_input is not None:
            rows.append(Residual(self._per_layer(scope)))
        layer = Module("layer", self.label or self.term(), Sequence(tuple(rows)), level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def _predict(self, hidden: int, streams: int) -> Leaf:
        weights = (
            Weight("altup.router_norm.weight", (hidden,)),
            Weight("altup.modality_router.weight", (streams, hidden)),
            Weight("altup.prediction_coefs.weight", (streams * streams, streams)),
        )
        return Leaf(
            "altup_predict",
            words.ALTUP_PREDICTION(),
            detail=words.PLUS_MIXTURE(streams=streams),
            weights=weights,
            tag=words.PREDICT(),
            streams=_streams(streams),
        )

    def _correct(self, hidden: int, streams: int) -> Leaf:
        # The router and its norm are those of the prediction.
        weights = (
            Weight("altup.router_norm.weight", (hidden,), tied=True),
            Weight("altup.modality_router.weight", (streams, hidden), tied=True),
            Weight("altup.correction_coefs.weight", (streams, streams)),
            Weight("altup.correct_output_scale", (hidden,)),
        )
        return Leaf(
            "altup_correct",
            words.ALTUP_CORRECTION(),
            detail=words.UPDATE_TIMES(streams=streams),
            weights=weights,
            tag=words.CORRECT(),
            streams=_streams(streams),
        )

    def _laurel(self, hidden: int) -> Module:
        rank = self.laurel_rank
        body = Sequence(
            (
                linear("linear_left", WIDTHS(inputs=hidden, outputs=rank), hidden, rank),
                linear("linear_right", WIDTHS(inputs=rank, outputs=hidden), rank, hidden),
                rms_norm("post_laurel_norm", hidden),
            )
        )
        title = words.LAUREL_TITLE()
        return Module("laurel", words.LAUREL(), Residual(body), detail=RANK(rank=rank), kind="laurel", title=title)

    def _per_layer(self, scope: Scope) -> Block:
        assert self.hidden_size_per_layer_input is not None
        made = PerLayerInput(hidden_size_per_layer_input=self.hidden_size_per_layer_input).expand(scope)
        assert isinstance(made, Sequence)
        inside, norm = made.parts
        assert isinstance(inside, Module)
        detail = (words.TO_OTHER_STREAMS(), words.SCALED() if self.altup_correct_scale else "")
        return Sequence((replace(inside, detail=detail), norm))


def _norm(name: str, width: int, place: Term) -> Leaf:
    return replace(rms_norm(name, width), label=place(norm=RMSNORM()))


def _streams(number: int) -> Streams:
    label, title = words.ALTUP_LINES(streams=number), words.ALTERNATING_UPDATES()
    return Streams(number, label, title, AltUpDecoder.keyword, (words.ALTUP_UPDATE(),))


def _square(streams: int, width: int) -> tuple[Weight, ...]:
    return tuple(Weight(f"{index}.weight", (width, width)) for index in range(streams - 1))
