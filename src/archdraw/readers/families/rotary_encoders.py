"""Encoders with rotation: those of the Llama line, and of proteins."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_parts import Relative, Sizes, masked_head, read
from archdraw.readers.encoder_parts import family as relative_family
from archdraw.readers.family import Family
from archdraw.readers.halves import UNREAD
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented

_DROPPED = ("classifier_dropout", "classifier_pooling", "mask_token_id", "pretraining_tp", "rms_norm_eps")


def _mixer(config: Config, position: Block, **extra: Any) -> Block:
    """Bidirectional attention of whole heads."""
    heads = config.integer("num_attention_heads")
    groups = config.optional_integer("num_key_value_heads") or heads
    biased = config.flag("attention_bias", default=False)
    width = config.optional_integer("head_dim")
    return whole_heads(heads, groups, width, is_causal=False, attention_bias=biased, position=position, **extra)


def _eurobert(config: Config) -> Draft:
    """EuroBERT: Llama without the mask; its head has a bias where the feed forwards have one."""
    config.defaults(
        vocab_size=128256,
        hidden_size=768,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=3072,
    )
    made = draft(config, tied=False)
    fields = {"attention": _mixer(config, rope(config)), "feed_forward": gated_feed_forward(config)}
    biased = config.flag("mlp_bias", default=False)
    head: Block = {"output_head": {"bias": True}} if biased else "output_head"
    made.layers = ["embedding", {"encoder_layer": {"times": layer_count(config), **fields}}, "rmsnorm", head]
    return made


def _esmc(config: Config) -> Draft:
    """ESM C, of proteins: LayerNorm, normalized queries and keys, sublayers scaled down by the depth."""
    config.defaults(
        vocab_size=64,
        hidden_size=2560,
        num_hidden_layers=80,
        num_attention_heads=40,
        intermediate_size=6912,
    )
    made = draft(config, tied=False)
    made.tie_word_embeddings = False  # The class ties nothing, whatever the file says.
    if config.optional_integer("num_key_value_heads") not in (None, config.integer("num_attention_heads")):
        config.complain("this class has as many key and value heads as heads", "num_key_value_heads")
    heads, width = config.integer("num_attention_heads"), config.optional_integer("head_dim")
    if width is not None and heads * width != made.hidden_size:
        config.complain(f"queries of {heads} × {width} do not fit a norm of {made.hidden_size}", "head_dim")
    number = layer_count(config)
    scale = commented((36 / number) ** 0.5, "1 / √(num_hidden_layers / 36)")
    fields: dict[str, Any] = {
        "norm": "layernorm",
        "attention": _mixer(config, rope(config), qk_norm="biasless_layernorm_per_projection"),
        "feed_forward": gated_feed_forward(config),
    }
    if scale != 1:
        fields["residual"] = {"scaled_residual": scale}
    layers: Block = {"encoder_layer": {"times": number, **fields}}
    made.layers = ["embedding", layers, {"layernorm": {"bias": False}}, masked_head(config, "gelu")]
    return made


def _ultrabert(config: Config) -> Draft:
    """UltraBERT: windows in two layers of three, rotation of two bases, a head that is narrow in the middle."""
    config.defaults(
        vocab_size=32000,
        hidden_size=4096,
        num_hidden_layers=32,
        num_attention_heads=32,
        intermediate_size=11008,
    )
    made = draft(config, tied=False)
    number = layer_count(config)
    kinds = config.texts("layer_types", default=[])
    if kinds:
        kinds = config.per_layer(kinds, number, "layer_types")
    else:
        kinds = ["sliding_attention" if (index + 1) % 3 else "full_attention" for index in range(number)]
    names = {"full_attention": ("global", 2_560_000.0), "sliding_attention": ("local", 10_000.0)}
    if not set(kinds) <= set(names):
        config.complain(f"layer_types are {' and '.join(names)}, not {sorted(set(kinds))}"[:160], "layer_types")
        return made
    side = config.integer("sliding_window", default=128)
    feed_forward = gated_feed_forward(config)
    layers: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(kinds):
        name, theta = names[kind]
        window = commented(2 * side, "sliding_window to each side", side) if name == "local" else None
        mixer = _mixer(config, rope(config, theta=theta, kind=kind), sliding_window=window)
        layers[name] = {"encoder_layer": {"attention": mixer, "feed_forward": feed_forward}}
    first = names[kinds[0]][0]
    for name, block in layers.items():
        made.define[name] = block if name == first else like(first, layers[first], block)
    narrow = _narrow_head(config, made)
    made.before_head = len(narrow) - 1
    made.layers = ["embedding", *stacks([names[kind][0] for kind in kinds]), "rmsnorm", *narrow]
    return made


def _narrow_head(config: Config, made: Draft) -> list[Block]:
    """Two projections with a GELU each before the scores of the vocabulary."""
    width = config.integer("prediction_head_size", default=768)
    return [
        {"linear": {"features": width, "label": f"{made.hidden_size:,} → {width:,}"}},
        {"op": "GELU"},
        {"linear": {"features": made.hidden_size, "label": f"{width:,} → {made.hidden_size:,}"}},
        {"op": "GELU"},
        "output_head",
    ]


_ESM = Relative(
    "esm",
    "Esm",
    {"max_position_embeddings": 1026, "type_vocab_size": 0},
    placement="pre",
    embedding_norm=False,
    position_types=("rotary",),
    segments=False,
    head_act="gelu",
    second_bias=False,
    attention=lambda sizes, index: _esm_attention(sizes),
    ignored=("token_dropout", "mask_token_id", "vocab_list", "esmfold_config", "is_folding_model", "rope_theta"),
)


def _esm_attention(sizes: Sizes) -> Block:
    kind = sizes.config.text("position_embedding_type", default="absolute")
    return sizes.attention(position=rope(sizes.config)) if kind == "rotary" else sizes.attention()


def _esm(relative: Relative, config: Config) -> Draft:
    """ESM, of proteins: BERT with the norms before, rotation or a table of positions, and a head of contacts."""
    if "vocab_size" not in config:
        config.complain("vocab_size is missing", "", "the class has no default: it is that of the tokenizer")
    if config.flag("is_folding_model", default=False):
        config.mark_incomplete("the folding of ESMFold (is_folding_model)")
    made = read(relative, config)
    embedding = made.layers[0]
    kind = config.text("position_embedding_type", default="absolute")
    if kind == "rotary" and isinstance(embedding, dict):
        made.layers[0] = "embedding"
        made.context_length = config.optional_integer("max_position_embeddings")
    if config.flag("emb_layer_norm_before", default=False):
        made.layers.insert(1, "layernorm")
    inputs = config.integer("num_hidden_layers", default=12) * config.integer("num_attention_heads", default=12)
    contacts = {"name": UNREAD, "label": "Contact head", "detail": "of all attention maps; not read by the LM head"}
    body: list[Block] = [{"linear": {"features": 1, "inputs": inputs, "bias": True, "name": "regression"}}]
    made.layers.insert(-1, {"side": {"direction": "out", "body": {"module": {**contacts, "body": body}}}})
    return made


FAMILIES = (
    Family(("eurobert",), _eurobert, ("EuroBertForMaskedLM",), _DROPPED),
    Family(("esmc",), _esmc, ("EsmcForMaskedLM",), _DROPPED),
    Family(("ultrabert",), _ultrabert, ("UltrabertForMaskedLM",), _DROPPED),
    relative_family(_ESM, _esm),
)
