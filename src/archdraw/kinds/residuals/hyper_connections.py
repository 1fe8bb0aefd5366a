"""Hyper-connections: several residual streams, which each sublayer reads, writes and mixes with weights of its own."""

from __future__ import annotations

from typing import ClassVar, Literal

from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import Factor, Label, Size
from archdraw.kinds.residuals.residual import ResidualKind
from archdraw.kinds.wording import number
from archdraw.tree import blocks
from archdraw.tree.blocks import Block, Leaf, Weight

_NAMES = {"attention": "attn_hc", "cross_attention": "cross_attn_hc", "feed_forward": "ffn_hc"}


class HyperConnections(ResidualKind):
    """Hyper-connections: the residual line is ``hc_mult`` streams as wide as the model.

    From all streams a projection makes, for each token, weights by which a sublayer reads one line from the streams,
    and others, up to ``hc_magnitude``, by which it writes its output to each. With ``hc_sinkhorn_iters`` the streams
    that pass by are mixed by a third matrix, made doubly stochastic in so many steps (mHC, DeepSeek V4); without,
    each goes on as it is (iHC, Hy4). ``hc_norm``: the norm of the streams before the projection has weights (Motif 3).
    ``single_pass``: a sublayer reads with weights that were made one sublayer earlier (DeepSeek V4.1).
    """

    keyword: ClassVar[str] = "hyper_connections"
    example: ClassVar[str] = "hyper_connections: {hc_mult: 4, hc_sinkhorn_iters: 20}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606; Xie et al. 2025, mHC, arXiv:2512.24880"
    )

    hc_mult: Size = 4
    hc_sinkhorn_iters: Size | None = None
    hc_magnitude: Factor = 2.0
    hc_norm: bool = False
    single_pass: bool = False

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """Read, sublayer and write beside the streams that pass, mixed or not; then the sum of both."""
        streams, hidden = self.hc_mult, scope.hidden_size
        mixed = self.hc_sinkhorn_iters is not None
        made = streams * (2 + streams) if mixed else 2 * streams
        maker, detail = _NAMES.get(sublayer, f"{sublayer}_hc"), "weights from all streams"
        weights = (
            Weight("fn", (made, streams * hidden)),
            Weight("base", (made,)),
            Weight("scale", (3 if mixed else 2,)),
            *((Weight(f"{maker}.norm.weight", (streams * hidden,)),) if self.hc_norm else ()),
        )
        read = Leaf(
            "read" if self.single_pass else maker,
            f"Read {streams} streams",
            detail="weights of the step before" if self.single_pass else detail,
            weights=() if self.single_pass else weights,
            part="other",
            multiplications=streams * hidden,
        )
        write = Leaf(
            maker if self.single_pass else "write",
            f"Write to {streams} streams",
            detail=detail if self.single_pass else f"weights up to {number(self.hc_magnitude)}",
            weights=weights if self.single_pass else (),
            part="other",
            multiplications=streams * hidden,
        )
        branch = blocks.Sequence((read, body, write))
        if not mixed:
            return blocks.Residual(branch)
        mix = Leaf(
            "mix",
            "Mix streams",
            detail=f"{streams} × {streams}, Sinkhorn {self.hc_sinkhorn_iters}",
            multiplications=streams * streams * hidden,
        )
        return blocks.Parallel((mix, branch), "add")


class GatedResidual(ResidualKind):
    """Hyper-connections with one weight for each feature that is read: ``hc_count`` streams (Qwen3.8-Flash-Next).

    The streams are normalised, each by itself; a projection of rank ``hc_lowrank`` with a sigmoid says how much of each
    feature of each stream is read, and another projection with how much weight the output is added to each stream.
    """

    keyword: ClassVar[str] = "gated_residual"
    example: ClassVar[str] = "gated_residual: {hc_count: 4, hc_lowrank: 320}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606; Qwen4ExpTextGatedResidual of transformers"
    )

    brings_norm: ClassVar[bool] = True

    hc_count: Size = 4
    hc_lowrank: Size = 320

    def around(self, body: Block, scope: Scope, sublayer: str) -> Block:
        """Norm, read, sublayer and write; the streams themselves pass by."""
        streams, hidden = self.hc_count, scope.hidden_size
        name = "mlp_hyper_connection" if sublayer == "feed_forward" else "attn_hyper_connection"
        write = Leaf(
            f"{name}.block_inject_weight",
            f"Write to {streams} streams",
            detail="weights up to 2",
            weights=(Weight("weight", (streams, streams * hidden)),),
            multiplications=streams * hidden,
        )
        return blocks.Residual(blocks.Sequence((*_gated_read(name, streams, hidden, self.hc_lowrank), body, write)))


class ResidualStreams(Kind):
    """The line becomes ``hc_mult`` equal residual streams, for the hyper-connections of the layers that follow."""

    keyword: ClassVar[str] = "residual_streams"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "residual_streams: 4"
    source: ClassVar[str] = "Zhu et al. 2024, Hyper-Connections, arXiv:2409.19606"
    main: ClassVar[str | None] = "hc_mult"

    hc_mult: Size = 4

    def expand(self, scope: Scope) -> Block:
        """One box: the same vector in every stream."""
        return Leaf(
            "residual_streams", f"Copy to {self.hc_mult} streams", detail=f"{self.hc_mult} × {scope.hidden_size:,}"
        )


class StreamHead(Kind):
    """The end of hyper-connections: ``hc_mult`` residual streams become one line.

    ``read`` says how: by learned weights made from all streams (``weighted``), by those that the last sublayer made
    (``carried``), by their mean (``mean``), or for each feature by a projection of rank ``hc_lowrank`` behind a norm
    (``gated``).
    """

    keyword: ClassVar[str] = "stream_head"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = "stream_head: {hc_mult: 4}"
    source: ClassVar[str] = (
        "Zhu et al. 2024, arXiv:2409.19606; DeepseekV4HyperHead and Qwen4ExpTextGatedResidual of transformers"
    )

    hc_mult: Size = 4
    read: Literal["weighted", "mean", "gated", "carried"] = "weighted"
    hc_lowrank: Size = 320
    label: Label | None = None

    def expand(self, scope: Scope) -> Block:
        """The box or boxes that read the streams."""
        streams, hidden = self.hc_mult, scope.hidden_size
        if self.read == "gated":
            return blocks.Sequence(_gated_read("hyper_connection_mixer", streams, hidden, self.hc_lowrank))
        weights: tuple[Weight, ...] = ()
        if self.read == "weighted":
            weights = (
                Weight("hc_fn", (streams, streams * hidden)),
                Weight("hc_base", (streams,)),
                Weight("hc_scale", (1,)),
            )
        label = self.label or (f"Mean of {streams} streams" if self.read == "mean" else f"Read {streams} streams")
        detail = {"weighted": "weights from all streams", "carried": "weights of the last layer"}.get(self.read, "")
        return Leaf("hc_head", label, detail=detail, weights=weights, multiplications=streams * hidden)


def _gated_read(name: str, streams: int, hidden: int, rank: int) -> tuple[Leaf, Leaf]:
    """The norm of each stream, and the read of every feature by a weight of its own."""
    wide = streams * hidden
    norm = Leaf(f"{name}.hc_norm", "RMSNorm per stream", role="norm", weights=(Weight("weight", (wide,)),), part="norm")
    read = Leaf(
        name,
        f"Read {streams} streams",
        detail=f"sigmoid gate of rank {rank:,}",
        weights=(
            Weight(f"{name}.input_mix_weight_down.weight", (rank, wide)),
            Weight(f"{name}.input_mix_weight_up.weight", (wide, rank)),
        ),
        multiplications=wide,
    )
    return norm, read
