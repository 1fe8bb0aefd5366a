"""Encoders of other shapes than a stack on one line: Funnel, Reformer, Perceiver; and XLNet."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_parts import Relative, Sizes, begun, family, layer
from archdraw.readers.family import Family

_SUMMARY = ("end_n_top", "start_n_top", "summary_activation", "summary_last_dropout", "summary_type")


def _segments(sizes: Sizes, *, biased: bool, pooling: str | None = None) -> Block:
    """Attention with relative positions and segments; ``pooling`` is that of the queries."""
    width = sizes.config.integer("d_head", default=64)
    fields = {"num_attention_heads": sizes.size("num_attention_heads"), "head_dim": width}
    return {"segment_relative_attention": fields | given(attention_bias=biased, pooling=pooling)}


_NARROW = {"FunnelBaseModel", "FunnelForSequenceClassification", "FunnelForMultipleChoice"}
"""Classes that end with the last block, whose vectors are fewer than the tokens."""


def _plain_head(sizes: Sizes, made: Draft) -> Block:
    return {"output_head": {"bias": True}}


def _funnel(relative: Relative, config: Config) -> Draft:
    """Funnel: each block but the first has half as many tokens; what leaves is spread out and added to the first's."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    made.context_length = None  # Positions are relative.
    blocks = config.integers("block_sizes", default=[4, 4, 4])
    repeats = config.integers("block_repeats", default=[1] * len(blocks))
    kind = config.text("attention_type", default="relative_shift")
    if kind not in ("relative_shift", "factorized"):
        config.complain(f"attention_type is relative_shift or factorized, not {kind[:40]}", "attention_type")
    if len(blocks) != len(repeats) or not blocks or min(*blocks, *repeats) < 1:
        config.complain("block_sizes and block_repeats have a number for each block", "block_sizes")
        return made
    pooling = config.text("pooling_type", default="mean")
    if pooling not in ("mean", "max"):
        config.complain(f"pooling_type is mean or max, not {pooling[:40]}", "pooling_type")
    fields = layer(sizes, _segments(sizes, biased=True))
    parts = [_applied(fields, times, again) for times, again in zip(blocks, repeats, strict=True)]
    narrow: list[Any] = []
    queries_only = config.flag("pool_q_only", default=True)
    for number, part in enumerate(parts[1:], 1):
        pooled: Block = {"op": {"label": f"{pooling.title()} pooling", "detail": "2 tokens to 1"}}
        if queries_only and repeats[number] == 1:
            mixer = _segments(sizes, biased=True, pooling=pooling.title())
            narrow += [_pooling_layer(pooled, mixer, fields["feed_forward"]), *_applied(fields, blocks[number] - 1, 1)]
            continue
        if queries_only:
            config.mark_incomplete("keys and values that are not pooled in the first pass of a block (pool_q_only)")
        narrow += [pooled, *part]
    if _NARROW & set(config.texts("architectures", default=[])):
        config.raw("num_decoder_layers")
        made.layers += [*parts[0], *narrow, _plain_head(sizes, made)]
        return made
    if narrow:
        stride = 2 ** (len(blocks) - 1)
        narrow.append({"op": {"label": "Upsampling", "detail": f"each vector {counted(stride, 'time', 'times')}"}})
    made.layers += [*parts[0], *([{"residual": narrow}] if narrow else [])]
    last = config.integer("num_decoder_layers", default=2, least=0)
    if not narrow:
        config.mark_incomplete("one block that is added to itself (block_sizes)")
    made.layers += [{"encoder_layer": {"times": last, **fields}}] if last else []
    made.layers.append(_plain_head(sizes, made))
    return made


def _applied(fields: dict[str, Any], times: int, again: int) -> list[Block]:
    """So many layers, each applied ``again`` and again with the same weights."""
    if again > 1:
        return [{"loop": {"num_loops": again, "body": [{"encoder_layer": fields}]}}] * times
    return [{"encoder_layer": {"times": times, **fields}}] if times else []


def _pooling_layer(pooled: Block, mixer: Block, feed_forward: Block) -> Block:
    """The first layer of a block: its residual line and its queries are pooled, its keys and values are not."""
    branches: list[Block] = [pooled, mixer]
    attending: Block = {"parallel": {"merge": "add", "branches": branches}}
    body: list[Block] = [attending, "layernorm", {"residual": feed_forward}, "layernorm"]
    return {"layer": {"label": "Pooling layer", "body": body}}


def _xlnet(relative: Relative, config: Config) -> Draft:
    """XLNet: predicts tokens in any order, by a mask that its input gives; ``mask_emb`` stands for these."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    made.context_length = None  # Positions are relative.
    if config.text("attn_type", default="bi") != "bi":
        config.mark_incomplete("causal attention with a memory (attn_type)")
    mask = {"label": "Mask vector", "detail": "in place of tokens to predict", "role": "embedding"}
    weights = [{"name": "mask_emb", "shape": [1, 1, made.hidden_size]}]
    made.layers.append({"weight": {**mask, "weights": weights}})
    fields = layer(sizes, _segments(sizes, biased=False))
    made.layers.append({"encoder_layer": {"times": sizes.size("num_hidden_layers"), **fields}})
    made.layers.append(_plain_head(sizes, made))
    return made


def _reformer(config: Config) -> Draft:
    """Reformer: two residual lines, so that a layer can be undone; one gets the attention, one the feed forward."""
    relative = Relative(
        "reformer",
        "Reformer",
        {
            "vocab_size": 320,
            "hidden_size": 256,
            "num_attention_heads": 12,
            "feed_forward_size": 512,
            "max_position_embeddings": 4096,
        },
        keys={"intermediate_size": "feed_forward_size"},
        act="relu",
        embedding_norm=False,
        segments=False,
        positions_key="learned_positions",
        tied=False,
        can_be_tied=False,
        decodes=False,
    )
    sizes = Sizes(config, relative)
    config.raw("tie_word_embeddings")  # What the head reads is twice as wide as a token's vector.
    kinds = config.texts("attn_layers", default=["local", "lsh"] * 3)
    hidden = sizes.size("hidden_size")
    made = Draft(hidden, sizes.size("vocab_size"), sizes.size("max_position_embeddings"))
    if not kinds or not set(kinds) <= {"local", "lsh"}:
        config.complain("attn_layers are local or lsh", "attn_layers")
        return made
    number = config.optional_integer("num_hidden_layers")
    if number not in (None, len(kinds)):
        config.complain(f"num_hidden_layers {number} for {len(kinds)} attn_layers", "num_hidden_layers")
    if config.flag("is_decoder", default=False):
        config.mark_incomplete("causal attention that keeps buckets (is_decoder)")
    if "local" in kinds:
        config.mark_incomplete("masks of local layers, drawn as chunks without neighbors")
    made.layers += _reformer_embedding(sizes, hidden)
    made.layers.append({"op": {"label": "Copy", "detail": "two residual lines side by side", "features": 2 * hidden}})
    feed_forward = layer(sizes, sizes.attention())["feed_forward"]
    for kind in dict.fromkeys(kinds):
        graph = {
            "nodes": {
                "split": {"op": {"label": "Split", "outputs": ["first", "second"], "features": hidden}},
                "mix_norm": "layernorm",
                "mix": _reformer_mixer(sizes, kind),
                "mixed": {"op": "+"},
                "norm": "layernorm",
                "feed_forward": feed_forward,
                "added": {"op": "+"},
                "joined": {"op": {"label": "Join", "inputs": 2, "features": 2 * hidden}},
            },
            "edges": [
                ["input", "split"],
                ["split.first", "mixed"],
                ["split.second", "mix_norm", "mix", "mixed", "joined", "output"],
                ["mixed", "norm", "feed_forward", "added", "joined"],
                ["split.second", "added"],
            ],
        }
        label = "LSH attention and FFN" if kind == "lsh" else "Local attention and FFN"
        halves = {"module": {"label": label, "detail": "of two residual lines", "body": {"graph": graph}}}
        made.define[kind] = {"layer": {"label": "Reversible layer", "body": halves}}
    head = {"output_head": {"bias": True, "unused_bias": True}}
    made.layers += [*stacks(kinds), "layernorm", head]
    return made


def _reformer_embedding(sizes: Sizes, hidden: int) -> list[Block]:
    """The tokens, and positions of one table or of one for each axis, whose vectors are concatenated."""
    config = sizes.config
    if not config.flag("axial_pos_embds", default=True):
        config.raw("axial_pos_shape", "axial_pos_embds_dim")
        return [{"embedding": {"max_position_embeddings": sizes.size("max_position_embeddings")}}]
    extents = config.integers("axial_pos_shape", default=[64, 64])
    widths = config.integers("axial_pos_embds_dim", default=[64, 192])
    if len(extents) != len(widths) or min([1, *extents, *widths]) < 1:
        config.complain("axial_pos_shape and axial_pos_embds_dim have a number for each axis", "axial_pos_shape")
        return ["embedding"]
    if sum(widths) != hidden:
        config.complain(
            f"axial_pos_embds_dim {widths} do not add up to hidden_size {hidden}"[:160], "axial_pos_embds_dim"
        )
        return ["embedding"]
    weights = []
    for axis, (extent, width) in enumerate(zip(extents, widths, strict=True)):
        shape = [1] * len(extents)
        shape[axis] = extent
        weights.append({"name": f"weights.{axis}", "shape": [*shape, width]})
    grid = " × ".join(map(str, extents))
    table = {"label": "+ axial position embedding", "role": "position", "part": "embedding"}
    return ["embedding", {"weight": {**table, "detail": f"{grid} positions", "weights": weights}}]


def _reformer_mixer(sizes: Sizes, kind: str) -> Block:
    config, hashed = sizes.config, kind == "lsh"
    prefix = "lsh" if hashed else "local"
    neighbors = [config.integer(f"{prefix}_num_chunks_{side}", default=usual, least=0) for side, usual in _NEIGHBORS]
    fields = {
        "num_attention_heads": sizes.size("num_attention_heads"),
        "head_dim": config.integer("attention_head_size", default=64),
        "chunk_length": config.integer(f"{prefix}_attn_chunk_length", default=64),
        "chunks": 1 + sum(neighbors),
    }
    rounds = config.integer("num_hashes", default=1)
    return {"reformer_attention": fields | ({"hashed": True, "num_hashes": rounds} if hashed else {})}


_NEIGHBORS = (("before", 1), ("after", 0))

_D_MODEL = {"hidden_size": "d_model", "num_attention_heads": "n_head", "intermediate_size": "d_inner"}

FAMILIES = (
    family(
        Relative(
            "funnel",
            "Funnel",
            keys=_D_MODEL,
            act="gelu_new",
            positions=False,
            segments=False,
            decodes=False,
            ignored=("activation_dropout", "initializer_std", "separate_cls", "truncate_seq", "pool_q_only"),
        ),
        _funnel,
    ),
    family(
        Relative(
            "xlnet",
            "XLNet",
            {"vocab_size": 32000, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16}
            | {"intermediate_size": 4096},
            keys=_D_MODEL | {"num_hidden_layers": "n_layer", "hidden_act": "ff_activation"},
            positions=False,
            segments=False,
            embedding_norm=False,
            decodes=False,
            ignored=(
                *(*_SUMMARY, "bi_data", "clamp_len", "mem_len", "reuse_len", "same_length", "untie_r"),
                *("use_mems_eval", "use_mems_train"),
            ),
        ),
        _xlnet,
    ),
    Family(
        ("reformer",),
        _reformer,
        ("ReformerForMaskedLM",),
        (
            *("axial_norm_std", "chunk_size_lm_head", "hash_seed", "local_attention_probs_dropout_prob"),
            *("lsh_attention_probs_dropout_prob", "num_buckets", "attention_probs_dropout_prob", "classifier_dropout"),
        ),
    ),
)
