"""Which design decisions a model takes: grouped queries, windows, norms after the sublayers, shared experts ...

A concept is found in the kinds that a spec is written with, never in its name or in what is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from archdraw.kinds.base import Kind
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.spec import Spec
from archdraw.tree.blocks import Module, layers, leaves


@dataclass(frozen=True)
class Written:
    """The kinds that a spec is written with, and the model that they expand to."""

    spec: Spec
    block: Module

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind in the layers of the spec, names replaced by what they stand for, each once."""
        return tuple({id(kind): kind for kind in _kinds(self.spec.layers)}.values())

    @cached_property
    def sparse_layers(self) -> tuple[bool, ...]:
        """For each layer whether it has experts."""
        return tuple(any(leaf.part == "experts" for leaf in leaves(layer.body)) for layer in layers(self.block))

    def has(self, *keywords: str) -> bool:
        """Whether a kind of one of ``keywords`` is there."""
        return any(kind.keyword in keywords for kind in self.kinds)

    def values(self, field: str, *keywords: str) -> list[Any]:
        """The values of ``field`` in all kinds that have it and are of ``keywords`` (none: of any).

        Fields of encoders of other modalities say nothing about the text.
        """
        return [
            getattr(kind, field)
            for kind in self.kinds
            if field in type(kind).model_fields and kind.family != "side" and (not keywords or kind.keyword in keywords)
        ]


def _kinds(value: Any) -> Iterator[Kind]:
    if isinstance(value, Kind):
        yield value
    if hasattr(type(value), "model_fields"):
        for field in type(value).model_fields:
            yield from _kinds(getattr(value, field))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _kinds(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _kinds(item)


Test = Callable[[Written], bool]


def _kind(*keywords: str) -> Test:
    return lambda written: written.has(*keywords)


def _field(field: str, *keywords: str) -> Test:
    return lambda written: any(written.values(field, *keywords))


def _equal(field: str, *wanted: Any) -> Test:
    return lambda written: any(value in wanted for value in written.values(field))


def _differing(field: str, *keywords: str) -> Test:
    return lambda written: len(set(written.values(field, *keywords))) > 1


def _scaled_by(name: str) -> Test:
    def test(written: Written) -> bool:
        return any(scaling and scaling.rope_type == name for scaling in written.values("rope_scaling"))

    return test


def _encoder(*names: str) -> Test:
    def test(written: Written) -> bool:
        return any(kind.family == "side" and any(name in kind.keyword for name in names) for kind in written.kinds)

    return test


def _dense_first(written: Written) -> bool:
    sparse = written.sparse_layers
    return any(sparse) and not sparse[0] and all(sparse[sparse.index(True) :])


def _dense_beside(written: Written) -> bool:
    # What has no weights is the gate of a shared expert, what is a convolution only stands beside it.
    parts = [
        {leaf.part for leaf in leaves(layer.body) if leaf.weights and leaf.role != "convolution"}
        for layer in layers(written.block)
    ]
    return any({"feed_forward", "experts"} <= own for own in parts)


def _alternating(written: Written) -> bool:
    sparse = written.sparse_layers
    return any(one and not other for one, other in pairwise(sparse))


def _partly_rotated(written: Written) -> bool:
    """A factor says so, or latent attention, whose heads have a part for positions and one without."""
    factors = [factor for factor in written.values("partial_rotary_factor") if factor is not None]
    latent = any(
        rotated and plain
        for rotated, plain in zip(written.values("qk_rope_head_dim"), written.values("qk_nope_head_dim"), strict=False)
    )
    return any(factor < 1 for factor in factors) or (latent and written.has("rope"))


def _swiglu(written: Written) -> bool:
    """Written as such, or as the experts that a mixture has where nothing else is said."""
    return written.has("swiglu") or any(
        kind.expert is None for kind in written.kinds if isinstance(kind, MixtureOfExperts)
    )


_WHOLE_HEADS = ("multi_head", "grouped_query", "multi_query")

CONCEPTS: Mapping[str, Mapping[str, Test]] = {
    "token mixing": {
        "multi-head attention": _kind("multi_head"),
        "grouped-query attention": _kind(
            *("grouped_query", "relative_attention", "block_sparse_attention"),
            *("pooled_sparse_attention", "token_sparse_attention"),
        ),
        "multi-query attention": _kind("multi_query"),
        "latent attention": _kind("multi_head_latent"),
        "differential latent attention": _kind("grouped_differential_latent"),
        "compressed attention": _kind("compressed_attention", "shared_compressed_attention"),
        "compressed convolutional attention": _kind("compressed_convolutional_attention"),
        "sparse indexer": lambda written: (
            written.has("token_sparse_attention") or any(written.values("indexer")) or any(written.values("index_topk"))
        ),
        "shared index": _equal("indexer", "shared"),
        "block-sparse attention": _kind("block_sparse_attention", "pooled_sparse_attention"),
        "sliding window": _field("sliding_window"),
        "chunked attention": _field("attention_chunk_size"),
        "attention sinks": lambda written: (
            written.has("compressed_attention", "shared_compressed_attention") or _field("sinks")(written)
        ),
        "output gate": _field("output_gate"),
        "keys that are values": _field("attention_k_eq_v"),
        "shared keys and values": _field("shares_kv"),
        "query heads that differ by layer": _differing("num_attention_heads", *_WHOLE_HEADS),
        "biases in attention": _field("attention_bias", *_WHOLE_HEADS),
        "QK-norm": _field("qk_norm"),
        "capped scores": _field("attn_logit_softcapping"),
        "cross-attention": lambda written: (
            written.has("cross_attention") or any(written.values("cross_attention", "decoder", "encoder_layer"))
        ),
        "Gated DeltaNet": _kind("gated_delta_net"),
        "Kimi delta attention": _kind("kimi_delta_attention"),
        "lightning attention": _kind("lightning_attention"),
        "Mamba": _kind("mamba"),
        "Mamba-2": _kind("mamba2"),
        "mLSTM": _kind("mlstm"),
        "gated linear recurrence": _kind("rg_lru"),
        "RWKV time mixing": _kind("rwkv4_time_mixing", "rwkv5_time_mixing"),
        "convolution as a mixer": _kind("short_convolution", "added_convolution"),
    },
    "positions": {
        "RoPE": _kind("rope"),
        "RoPE on a part of the head": _partly_rotated,
        "several RoPE bases": _differing("rope_theta"),
        "YaRN": _scaled_by("yarn"),
        "NoPE": _kind("none"),
        "learned positions": _field("max_position_embeddings", "embedding"),
        "sinusoidal positions": _field("sinusoidal_positions", "embedding"),
        "relative positions": _kind("relative_bias", "relative_attention"),
        "ALiBi": _kind("alibi"),
    },
    "layer": {
        "norm before the sublayer": _equal("placement", "pre"),
        "norm after the sublayer": _equal("placement", "post"),
        "norm after the sum": _equal("placement", "post_add"),
        "norms before and after": _equal("placement", "sandwich"),
        "parallel block": _equal("placement", "parallel"),
        "LayerNorm": _kind("layernorm"),
        "hyper-connections": _kind("hyper_connections", "gated_residual"),
        "attention residuals": _kind("attention_residual"),
        "scaled residuals": _kind("scaled_residual", "weighted_residual", "affine_residual"),
        "gated residuals": _kind("tanh_gated_residual"),
        "looped depth": _kind("loop"),
        "exit gate": _field("early_exit_threshold"),
    },
    "feed forward": {
        "SwiGLU": _swiglu,
        "GeGLU": _kind("geglu"),
        "GELU": _kind("gelu"),
        "ReLU": _kind("relu"),
        "squared ReLU": _kind("relu_squared", "rwkv_channel_mixing"),
        "PolyNorm": _kind("polynorm_glu"),
        "mixture of experts": lambda written: (
            any(written.sparse_layers) or "experts" in written.values("part", "unpublished")
        ),
        "shared expert": lambda written: any(
            any(written.values(field))
            for field in ("n_shared_experts", "shared_expert_intermediate_size", "shared_expert")
        ),
        "experts in a latent space": _field("moe_latent_size"),
        "experts that do nothing": _field("zero_expert_num"),
        "hash routing": _field("hash_routing"),
        "sigmoid routing": _equal("scoring_func", "sigmoid"),
        "dense beside experts": _dense_beside,
        "experts on a shortcut": _kind("shortcut_layer"),
        "dense layers first": _dense_first,
        "dense and sparse layers in turns": _alternating,
    },
    "beside the layers": {
        "tied embeddings": lambda written: written.spec.tie_word_embeddings,
        "multi-token prediction": _kind("multi_token_prediction", "dspark"),
        "n-gram tables": _kind("ngram_embedding", "ngram_memory"),
        "per-layer embeddings": _kind("per_layer_embeddings"),
        "image input": _encoder("vision", "moonvit", "patches"),
        "sound input": _encoder("audio", "waveform"),
        "text encoder": _kind("encoder"),
    },
}
"""The concepts by what they are about, each with its test."""


def concepts(spec: Spec, block: Module) -> dict[str, tuple[str, ...]]:
    """The concepts of the model of ``spec``, whose block tree is ``block``, by what they are about."""
    written = Written(spec, block)
    return {about: tuple(name for name, holds in tests.items() if holds(written)) for about, tests in CONCEPTS.items()}
