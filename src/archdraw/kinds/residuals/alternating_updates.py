"""Alternating updates (AltUp): a residual stream several times as wide; a layer works on one part (Gemma 3n)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.kinds.base import Family, FeedForward, Kind, KindError, Mixer, Scope
from archdraw.kinds.embeddings.per_layer_embedding import PerLayerInput
from archdraw.kinds.encoders import tower_parts as parts
from archdraw.kinds.expanding import book_rest, expand_each
from archdraw.kinds.fields import Label, Size
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual, Sequence, Weight, linear
from archdraw.tree.runs import MOST_LAYERS

_SOURCE = (
    "Baykal et al. 2023, Alternating Updates for Efficient Transformers, arXiv:2301.13310; transformers, models/gemma3n"
)

Streams = Annotated[int, Field(ge=2, le=64)]


class AltUpStreams(Kind):
    """The beginning of alternating updates: ``altup_num_inputs`` streams from the embedded token.

    The first is the token's vector itself, each other one a projection of it, brought to the same magnitude.
    """

    keyword: ClassVar[str] = "altup_streams"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "altup_streams: {altup_num_inputs: 4}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "altup_num_inputs"

    altup_num_inputs: Streams

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a square matrix for each further stream."""
        return Leaf(
            "altup_projections",
            "AltUp streams",
            detail=f"1 to {self.altup_num_inputs} × {scope.hidden_size:,}",
            weights=_square(self.altup_num_inputs, scope.hidden_size),
        )


class AltUpMerge(Kind):
    """The end of alternating updates: the mean of all streams, each but the first projected to its magnitude."""

    keyword: ClassVar[str] = "altup_merge"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "altup_merge: {altup_num_inputs: 4}"
    source: ClassVar[str] = _SOURCE
    main: ClassVar[str | None] = "altup_num_inputs"

    altup_num_inputs: Streams

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with a square matrix for each further stream."""
        return Leaf(
            "altup_unembed_projections",
            "AltUp merge",
            detail=f"mean of {self.altup_num_inputs} × {scope.hidden_size:,}",
            weights=_square(self.altup_num_inputs, scope.hidden_size),
        )


class AltUpDecoder(Kind):
    """A layer of alternating updates, with a learned augmented residual (LAuReL) and per-layer inputs (Gemma 3n).

    First every one of ``altup_num_inputs`` streams is predicted as itself plus a mixture of all; a small router on the
    first stream makes the coefficients. Attention and feed forward, with norms before and after, change the first
    stream only. Beside the attention stands LAuReL, a product of two matrices of rank ``laurel_rank`` with a residual
    of its own; the sum is divided by √2. Then every stream is corrected by a multiple of what the layer changed, and
    with ``hidden_size_per_layer_input`` the token's embedding for this layer is added to all streams but the first.
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

    times: Annotated[int, Field(ge=1, le=MOST_LAYERS)] = 1
    altup_num_inputs: Streams
    laurel_rank: Size
    hidden_size_per_layer_input: Size | None = None
    altup_correct_scale: bool = True
    attention: Mixer
    feed_forward: FeedForward
    label: Label = "Decoder layer"

    def expand(self, scope: Scope) -> Block:
        """A module of kind ``layer``, repeated where ``times`` is more than 1.

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
                _norm("input_layernorm", hidden, "before"),
                Parallel(
                    (
                        self._laurel(hidden),
                        Sequence(
                            (book_rest(attention, "attention"), _norm("post_attention_layernorm", hidden, "after"))
                        ),
                    ),
                    "add",
                ),
            )
        )
        widened = Sequence(
            (
                _norm("pre_feedforward_layernorm", hidden, "before"),
                book_rest(feed_forward, "feed_forward"),
                _norm("post_feedforward_layernorm", hidden, "after"),
            )
        )
        # The streams are corrected by shares of what the layer changed in the first: a residual branch around it.
        work = (Residual(mixed), Leaf("laurel_scale", "× 1 / √2"), Residual(widened), self._correct(hidden, streams))
        rows: list[Block] = [self._predict(hidden, streams), Residual(Sequence(work))]
        if self.hidden_size_per_layer_input is not None:
            rows.append(Residual(self._per_layer(scope)))
        layer = Module("layer", self.label, Sequence(tuple(rows)), level="layer")
        return layer if self.times == 1 else blocks.Repeat(layer, self.times)

    def _predict(self, hidden: int, streams: int) -> Leaf:
        weights = (
            Weight("altup.router_norm.weight", (hidden,)),
            Weight("altup.modality_router.weight", (streams, hidden)),
            Weight("altup.prediction_coefs.weight", (streams * streams, streams)),
        )
        return Leaf(
            "altup_predict",
            "AltUp prediction",
            detail=f"{streams} streams, each + a mix of all",
            weights=weights,
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
            "AltUp correction",
            detail=f"change of stream 1 × {streams} coefficients",
            weights=weights,
        )

    def _laurel(self, hidden: int) -> Module:
        rank = self.laurel_rank
        body = Sequence(
            (
                linear("linear_left", f"{hidden:,} to {rank:,}", hidden, rank),
                linear("linear_right", f"{rank:,} to {hidden:,}", rank, hidden),
                parts.rmsnorm("post_laurel_norm", hidden),
            )
        )
        detail = f"rank {rank:,}"
        return Module(
            "laurel", "LAuReL", Residual(body), detail=detail, kind="laurel", title="LAuReL: a low-rank residual"
        )

    def _per_layer(self, scope: Scope) -> Block:
        assert self.hidden_size_per_layer_input is not None
        made = PerLayerInput(hidden_size_per_layer_input=self.hidden_size_per_layer_input).expand(scope)
        assert isinstance(made, Sequence)
        inside, norm = made.parts
        assert isinstance(inside, Module)
        scaled = ", scaled" if self.altup_correct_scale else ""
        return Sequence((replace(inside, detail=f"stream 1{scaled}, to the others"), norm))


def _norm(name: str, width: int, place: str) -> Leaf:
    return replace(parts.rmsnorm(name, width), label=f"RMSNorm {place}")


def _square(streams: int, width: int) -> tuple[Weight, ...]:
    return tuple(Weight(f"{index}.weight", (width, width)) for index in range(streams - 1))
