"""Hyper-connections: several residual streams, which each sublayer reads, writes and mixes by mappings of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from archdraw.checked import Field
from archdraw.glossary import Phrase
from archdraw.glossary import residuals as words
from archdraw.glossary.common import GRID, RMSNORM, SIGMOID
from archdraw.glossary.concepts import HYPER_CONNECTIONS, Concept
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope, settings, signed
from archdraw.kinds.fields import Factor, OwnLabel, Size
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Role, Streams, Weight

_NAMES = {"attention": "attn_hc", "cross_attention": "cross_attn_hc", "feed_forward": "ffn_hc"}
_TWICE_A_SIGMOID = 2.0
"""The largest weight by which an output is written to a stream, in gated residuals a constant."""


class HyperConnections(ResidualKind):
    """Hyper-connections: the residual line is several streams, each as wide as the model.

    A projection of all streams makes, for each token, the coefficients of three mappings: by the pre mapping a sublayer
    reads one line from the streams, by the post mapping it writes its output to each, and the residual mapping mixes
    the streams that pass. Doubly stochastic mixing is mHC (DeepSeek V4); without mixing each stream passes as it is
    (iHC, Hy4).
    """

    keyword: ClassVar[str] = "hyper_connections"
    example: ClassVar[str] = "hyper_connections: {hc_mult: 4, hc_sinkhorn_iters: 20}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606; Xie et al. 2025, mHC, arXiv:2512.24880"
    )

    term: ClassVar[Term] = words.HYPER_CONNECTIONS
    aliases: ClassVar[tuple[str, ...]] = (
        *("mhc", "hc", "ihc", "manifold-constrained hyper-connections"),
        *("residual streams", "n-stream residual", "sinkhorn"),
    )
    concepts: ClassVar[tuple[Concept, ...]] = (HYPER_CONNECTIONS,)

    hc_mult: Size = Field(default=4, description="Number of residual streams: the expansion rate n.")
    hc_sinkhorn_iters: Size | None = Field(
        default=None,
        description="Iterations that make the residual mapping doubly stochastic (mHC); left out: no residual mapping.",
    )
    hc_magnitude: Factor = Field(default=2.0, description="Largest coefficient of the post mapping.")
    hc_norm: bool = Field(
        default=False, description="Whether the norm of the streams before the projection has weights (Motif 3)."
    )
    single_pass: bool = Field(
        default=False,
        description="Whether a pre mapping uses coefficients made one sublayer earlier (DeepSeek V4.1).",
    )

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """Pre mapping, sublayer and post mapping in parallel to the residual mapping or the plain streams; their sum.

        The projection to all coefficients is ``[n (n + 2), n hidden_size]``, without residual mapping ``[2 n, ...]``.
        """
        streams, hidden = self.hc_mult, scope.hidden_size
        mixed = self.hc_sinkhorn_iters is not None
        made = streams * (2 + streams) if mixed else 2 * streams
        notes = (
            (words.MIXED_STREAMS if mixed else words.PLAIN_STREAMS)(),
            words.COEFFICIENTS(inputs=streams * hidden, outputs=made),
        )
        label, title = (words.MHC_STREAMS, words.MHC) if mixed else (words.HC_STREAMS, words.HYPER_CONNECTIONS)
        lines = Streams(streams, label(streams=streams), title(), self.keyword, notes)
        maker = _NAMES.get(sublayer, f"{sublayer}_hc")
        weights = (
            Weight("fn", (made, streams * hidden)),
            Weight("base", (made,)),
            Weight("scale", (3 if mixed else 2,)),
            *((Weight(f"{maker}.norm.weight", (streams * hidden,)),) if self.hc_norm else ()),
        )
        read = Leaf(
            "read" if self.single_pass else maker,
            words.PRE_MAPPING(),
            detail=(
                words.TO_ONE(streams=streams),
                words.PREVIOUS_COEFFICIENTS() if self.single_pass else words.DYNAMIC(),
            ),
            weights=() if self.single_pass else weights,
            tag=words.H_PRE(),
            part="other",
            multiplications=streams * hidden,
            streams=lines,
        )
        write = Leaf(
            maker if self.single_pass else "write",
            words.POST_MAPPING(),
            detail=(*_written(streams, self.hc_magnitude), words.DYNAMIC() if self.single_pass else ""),
            weights=weights if self.single_pass else (),
            tag=words.H_POST(),
            part="other",
            multiplications=streams * hidden,
            streams=lines,
        )
        branch = blocks.Sequence((read, body, write))
        if self.hc_sinkhorn_iters is None:
            return blocks.Residual(branch)
        mix = Leaf(
            "mix",
            words.RESIDUAL_MAPPING(),
            detail=(
                GRID(rows=streams, columns=streams),
                words.SINKHORN(iterations=self.hc_sinkhorn_iters),
            ),
            tag=words.H_RES(),
            multiplications=streams * streams * hidden,
            streams=lines,
        )
        return blocks.Parallel((mix, branch), "add")


class GatedResidual(ResidualKind):
    """Hyper-connections with one weight for each feature that is read (Qwen3.8-Flash-Next).

    The streams are normalized, each by itself; a low-rank projection with a sigmoid sets how much of each feature of
    each stream is read, and another projection the weight with which the output is added to each stream.
    """

    keyword: ClassVar[str] = "gated_residual"
    example: ClassVar[str] = "gated_residual: {hc_count: 4, hc_lowrank: 320}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606; Qwen4ExpTextGatedResidual of transformers"
    )

    term: ClassVar[Term] = words.GATED_RESIDUAL
    aliases: ClassVar[tuple[str, ...]] = ("hc", "hyper-connections", "residual streams", "qwen4")
    concepts: ClassVar[tuple[Concept, ...]] = (HYPER_CONNECTIONS,)
    brings_norm: ClassVar[bool] = True

    hc_count: Size = Field(default=4, description="Number of residual streams: the expansion rate n.")
    hc_lowrank: Size = Field(default=320, description="Rank of the projection that gates what is read.")

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """Norm, gated pre mapping, sublayer and post mapping; the streams themselves pass as they are."""
        streams, hidden = self.hc_count, scope.hidden_size
        name = "mlp_hyper_connection" if sublayer == "feed_forward" else "attn_hyper_connection"
        lines = Streams(streams, words.HC_STREAMS(streams=streams), self.term(), self.keyword, (words.PLAIN_STREAMS(),))
        write = Leaf(
            f"{name}.block_inject_weight",
            words.POST_MAPPING(),
            detail=_written(streams, _TWICE_A_SIGMOID),
            weights=(Weight("weight", (streams, streams * hidden)),),
            tag=words.H_POST(),
            multiplications=streams * hidden,
            streams=lines,
        )
        read = (
            replace(leaf, tag=tag(), streams=lines)
            for leaf, tag in zip(
                _gated_read(name, streams, hidden, self.hc_lowrank), (words.NORM, words.H_PRE), strict=True
            )
        )
        return blocks.Residual(blocks.Sequence((*read, body, write)))


class ResidualStreams(Kind):
    """The line becomes ``hc_mult`` equal residual streams, for the hyper-connections of the layers that follow."""

    keyword: ClassVar[str] = "residual_streams"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "residual_streams: 4"
    source: ClassVar[str] = "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606"
    main: ClassVar[str | None] = "hc_mult"
    term: ClassVar[Term] = words.RESIDUAL_STREAMS
    aliases: ClassVar[tuple[str, ...]] = ("hc", "mhc", "expansion rate", "stream expansion")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    hc_mult: Size = Field(default=4, description="Number of residual streams: the expansion rate n.")

    def expand(self, scope: Scope) -> Block:
        """One leaf: the same vector of ``hidden_size`` features in every stream."""
        detail = GRID(rows=self.hc_mult, columns=scope.hidden_size)
        return Leaf("residual_streams", words.EXPAND_TO(streams=self.hc_mult), detail=detail)


class StreamHead(Kind):
    """The end of hyper-connections: one line of all residual streams, for the final norm."""

    keyword: ClassVar[str] = "stream_head"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "stream_head: {hc_mult: 4}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, arXiv:2409.19606; DeepseekV4HyperHead and Qwen4ExpTextGatedResidual of transformers"
    )

    term: ClassVar[Term] = words.STREAM_HEAD
    aliases: ClassVar[tuple[str, ...]] = ("hc", "mhc", "hyper head", "stream collapse", "output contraction")
    drawn_as: ClassVar[tuple[Role, ...]] = ("plain",)

    hc_mult: Size = Field(default=4, description="Number of residual streams: the expansion rate n.")
    read: Literal["weighted", "mean", "gated", "carried"] = Field(
        default="weighted",
        description="How they become one: weighted by coefficients from all streams, by those that the last sublayer "
        "made (carried), by a low-rank gate per feature behind a norm (gated), or by their mean.",
    )
    hc_lowrank: Size = Field(default=320, description="Rank of the projection that gates what is read, if gated.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Block:
        """The leaf, or the norm and the leaf, that read the streams."""
        streams, hidden = self.hc_mult, scope.hidden_size
        if self.read == "gated":
            norm, read = _gated_read("hyper_connection_mixer", streams, hidden, self.hc_lowrank)
            named = replace(read, label=self.label or read.label)
            return blocks.Sequence((norm, signed(named, self.keyword, tuple(settings(self)))))
        weights: tuple[Weight, ...] = ()
        if self.read == "weighted":
            weights = (
                Weight("hc_fn", (streams, streams * hidden)),
                Weight("hc_base", (streams,)),
                Weight("hc_scale", (1,)),
            )
        term = words.MEAN_OF_STREAMS if self.read == "mean" else words.COLLAPSE
        detail = {"weighted": words.DYNAMIC(), "carried": words.LAST_COEFFICIENTS()}.get(self.read, "")
        label = self.label or term(streams=streams)
        return Leaf("hc_head", label, detail=detail, weights=weights, multiplications=streams * hidden)


def _written(streams: int, limit: float) -> tuple[Phrase, ...]:
    """What a post mapping does: to how many streams, with which largest weight."""
    return words.FROM_ONE(streams=streams), words.LARGEST_WEIGHT(limit=limit)


def _gated_read(name: str, streams: int, hidden: int, rank: int) -> tuple[Leaf, Leaf]:
    """The norm of each stream, and the read of every feature by a weight of its own."""
    wide = streams * hidden
    label = words.NORM_PER_STREAM(norm=RMSNORM())
    norm = Leaf(f"{name}.hc_norm", label, role="norm", weights=(Weight("weight", (wide,)),), part="norm")
    read = Leaf(
        name,
        words.PRE_MAPPING(),
        detail=(words.TO_ONE(streams=streams), words.GATE_OF_RANK(activation=SIGMOID(), rank=rank)),
        weights=(
            Weight(f"{name}.input_mix_weight_down.weight", (rank, wide)),
            Weight(f"{name}.input_mix_weight_up.weight", (wide, rank)),
        ),
        multiplications=wide,
    )
    return norm, read
