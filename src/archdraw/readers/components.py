"""Parts that configs of many families share, each from its keys to a block expression of the spec language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.config import Config, shown
from archdraw.readers.draft import Block, Draft
from archdraw.readers.traced import Origin, traced

CONTEXT = ("max_position_embeddings", "max_sequence_length", "n_positions", "seq_length", "max_seq_len")

LAYER_NAMES = {"full_attention": "global", "sliding_attention": "local"}
"""What the layers of a dense stack are called in a spec, by their words in ``layer_types``."""


def draft(config: Config, *, vocab: int | None = None, tied: bool = False, root: Config | None = None) -> Draft:
    """The head of a draft: hidden size, vocabulary, context, tied embeddings (by ``root`` where that has the key).

    ``vocab`` and ``tied`` are the class defaults for files without these keys.
    """
    return Draft(
        hidden_size=config.integer("hidden_size", "n_embd", "d_model", "n_embed", "model_dim"),
        vocab_size=config.integer("vocab_size", "padded_vocab_size", **({} if vocab is None else {"default": vocab})),
        context_length=config.optional_integer(*CONTEXT),
        tie_word_embeddings=tied_embeddings(config, tied, root),
    )


def tied_embeddings(config: Config, default: bool, root: Config | None = None) -> bool:
    """``tie_word_embeddings`` of the text part, else of the whole config, else the default of the class."""
    parts = (config, *([root] if root is not None else []))
    for part in parts:
        part.raw("tie_word_embeddings")
    for part in parts:
        if "tie_word_embeddings" in part:
            return part.flag("tie_word_embeddings")
    return default


def never_tied(config: Config, made: Draft) -> None:
    """Unties the tables of a class that ties none, with a warning where the file says that they are tied."""
    if made.tie_word_embeddings:
        without_effect(config, "tie_word_embeddings")
    made.tie_word_embeddings = False


def without_effect(config: Config, key: str, *usual: object) -> None:
    """Warns where ``key`` has another value than the ``usual`` ones (or false): the class builds the same with all."""
    value = config.raw(key)
    if value and value not in usual:
        config.warn(f"{key} {shown(value)} is without effect: the class of transformers does not follow it", key)


def layer_count(config: Config) -> int:
    """How many layers the stack has."""
    return config.integer("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers")


def rope(config: Config, *, theta: float | None = 10000.0, partial: float = 1.0, kind: str = "") -> Block:
    """Rotary position embedding, from any of the three generations of keys.

    ``rope_parameters`` (flat, or one mapping for each ``kind`` of layer), else ``rope_theta`` with ``rope_scaling``.
    ``theta`` and ``partial`` are the class defaults.
    """
    fields: dict[str, Any] = {}
    source = config.section("rope_parameters")
    if source is not None and kind and isinstance(source.data.get(kind), dict):
        # What the file says of kinds of layers that this model has not is without bearing; null is said of those that
        # are not rotated.
        source.ignore(*(name for name, value in source.data.items() if value is None or isinstance(value, dict)))
        source = source.section(kind)
    where = source or config
    names = ("rope_theta", "rotary_emb_base", "rope_freq_constant")
    holder = where if any(name in where for name in names) else config
    config.raw(*names)  # Where both have a base, that of rope_parameters counts.
    fields["rope_theta"] = holder.number(*names, **({} if theta is None else {"default": theta}))
    for part in (where, config):
        part.raw("partial_rotary_factor", "rotary_pct")
    key = Origin((*config.path, "partial_rotary_factor"), is_default=True)
    partial = traced(partial, origins=[key], is_direct=True)
    for part in (where, config):
        if any(name in part for name in ("partial_rotary_factor", "rotary_pct")):
            partial = part.number("partial_rotary_factor", "rotary_pct")
            break
    if partial < 1.0:
        fields["partial_rotary_factor"] = partial
    given = source or config.section("rope_scaling")
    scaling = _scaling(given)
    if scaling:
        fields["rope_scaling"] = scaling
    return {"rope": {**fields, **_sections(config, given)}}


_QWEN3_VL = [24, 20, 20]
"""Class default of the sections of Qwen3-VL, which are always interleaved: of heads with as many pairs."""


def _sections(config: Config, source: Config | None) -> dict[str, Any]:
    """The pairs that turn by time, height and width (M-RoPE); nothing where all turn by the position."""
    always = str(config.data.get("model_type", "")).startswith("qwen3_vl")
    if source is not None and source.raw("mrope_section") is not None:
        interleaved = source.flag("mrope_interleaved", default=always)
        sections = source.integers("mrope_section")
        return {"mrope_section": sections, **({"mrope_interleaved": True} if interleaved else {})}
    if always and config.data.get("head_dim") == 2 * sum(_QWEN3_VL):
        return {"mrope_section": list(_QWEN3_VL), "mrope_interleaved": True}
    return {}


def rope_scaling(config: Config) -> dict[str, Any]:
    """How ``rope_scaling`` stretches positions, for files that give bases under other keys; nothing for plain ones."""
    return _scaling(config.section("rope_scaling"))


SCALINGS = ("linear", "dynamic", "yarn", "longrope", "llama3")
"""How rotary positions are stretched in ways that are drawn."""


def _scaling(source: Config | None) -> dict[str, Any]:
    """How the positions are stretched; nothing for plain ones. The fine parameters are read and not drawn."""
    if source is None:
        return {}
    source.ignore(
        *("beta_fast", "beta_slow", "mscale", "mscale_all_dim", "low_freq_factor", "high_freq_factor"),
        *("attention_factor", "truncate", "long_factor", "short_factor", "attn_factor", "extrapolation_factor"),
    )
    source.raw("rope_theta", "partial_rotary_factor")
    name = source.text("rope_type", "type", default="default")
    name = "longrope" if name == "su" else name
    if name in ("default", "mrope", "proportional"):
        source.ignore("factor")
        return {}
    if name not in SCALINGS:
        source.mark_incomplete(f'positions that are stretched by "{name[:40]}"')
        source.ignore(*source.data)
        return {}
    scaling: dict[str, Any] = {"rope_type": name}
    factor = source.optional_number("factor")
    if factor is not None:
        scaling["factor"] = factor
    original = source.optional_integer("original_max_position_embeddings")
    if original is not None:
        scaling["original_max_position_embeddings"] = original
    return scaling


def attention(config: Config, **extra: Any) -> Block:
    """Softmax attention of whole heads: multi-head, grouped-query or multi-query by its numbers of heads.

    ``extra`` are further fields of the kind (``position``, ``qk_norm``, ``sliding_window``); those that are None or
    False are left out.
    """
    heads = config.integer("num_attention_heads", "n_head", "n_heads", "num_heads")
    groups = config.optional_integer("num_key_value_heads", "num_kv_heads", "n_kv_heads", "n_head_kv") or heads
    head_dim = config.optional_integer("head_dim")
    return whole_heads(heads, groups, head_dim, **extra)


def whole_heads(heads: int, groups: int, head_dim: int | None = None, **extra: Any) -> Block:
    """Softmax attention with ``heads`` query heads over ``groups`` heads of keys and values."""
    kind = "multi_head" if groups == heads else "multi_query" if groups == 1 else "grouped_query"
    fields: dict[str, Any] = {"num_attention_heads": heads}
    if kind == "grouped_query":
        fields["num_key_value_heads"] = groups
    if head_dim is not None:
        fields["head_dim"] = head_dim
    return {kind: fields | given(**extra)}


def unless(**values: tuple[Any, Any]) -> dict[str, Any]:
    """The fields whose value is not the usual one, which is given as well: ``patch_size=(16, 14)``."""
    return {name: value for name, (value, usual) in values.items() if value != usual}


def given(**fields: Any) -> dict[str, Any]:
    """``fields`` without those that are None, or False where that is the default.

    The bias of the output projection follows ``attention_bias`` unless it is given; attention is causal.
    """
    return {
        name: value
        for name, value in fields.items()
        if value is not None and (value is not False or name in ("attention_out_bias", "is_causal"))
    }


GATED = {
    "silu": "swiglu",
    "swish": "swiglu",
    "swiglu": "swiglu",
    "relu": "reglu",
    "relu2": "squared_reglu",
    "relu_squared": "squared_reglu",
} | dict.fromkeys(
    ("gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_pytorch_tan", "geglu", "gated-gelu"), "geglu"
)
"""Gated feed forwards by the activation that a config names."""


def gated_feed_forward(
    config: Config, width: int | None = None, *, act: str = "silu", bias: bool | None = False, **extra: Any
) -> Block:
    """A gated feed forward (gate, up, down); ``act`` is the class default of the activation, ``bias`` that of biases.

    ``bias`` None says that the class has none, whatever the file says.
    ``extra`` are further fields of the kind; those that are None or False are left out.
    """
    name = config.text("hidden_act", "hidden_activation", "activation_function", "activation_type", default=act)
    if name not in GATED:
        config.mark_incomplete(f"the activation {name}")
    fields: dict[str, Any] = {
        "intermediate_size": width if width is not None else config.integer("intermediate_size", "mlp_hidden_size")
    }
    biased = config.flag("mlp_bias", default=bool(bias)) and bias is not None
    return {GATED.get(name, "swiglu"): fields | given(mlp_bias=biased, **extra)}


def layer_kinds(config: Config, number: int) -> list[str]:
    """For each layer "full_attention" or "sliding_attention". A kind of another name is a fault."""
    return known_kinds(config, listed_kinds(config, number), tuple(LAYER_NAMES))


def known_kinds(config: Config, kinds: Sequence[str], known: Sequence[str], key: str = "layer_types") -> list[str]:
    """``kinds``, a word for each layer from the list under ``key``. A word that is none of ``known`` is a fault."""
    for kind in dict.fromkeys(kinds):
        if kind not in known:
            config.complain(f'unknown layer type "{kind[:40]}"', key, f"choose from {', '.join(known)}")
    return [kind if kind in known else known[0] for kind in kinds]


def listed_kinds(config: Config, number: int) -> list[str]:
    """For each layer its word in ``layer_types``, whatever that is.

    Without that list all are full, but where ``use_sliding_window`` is true the layers from ``max_window_layers`` on
    slide (Qwen2).
    """
    listed = config.texts("layer_types", default=[])
    sliding = config.flag("use_sliding_window", default=False)
    config.raw("max_window_layers", "sliding_window")
    if listed:
        return config.per_layer(listed, number, "layer_types")
    if not sliding or "sliding_window" not in config:
        return ["full_attention"] * number
    first = config.integer("max_window_layers", default=28, least=0)
    return ["full_attention" if index < first else "sliding_attention" for index in range(number)]


def switched_window(config: Config, *, on: bool = True) -> int | None:
    """``sliding_window`` where the layers use it: ``use_sliding_window`` may switch it off."""
    window = config.optional_integer("sliding_window")
    return window if config.flag("use_sliding_window", default=on) else None


def multi_token_prediction(config: Config, layer: str, **fields: Any) -> list[Block]:
    """Modules that predict more tokens, made of the layer defined as ``layer``; none where the config has none.

    ``fields`` are further ones of the kind.
    """
    number = config.integer("num_nextn_predict_layers", "num_mtp_modules", "mtp_num_hidden_layers", default=0, least=0)
    if not number:
        return []
    return [
        {
            "multi_token_prediction": {
                "num_nextn_predict_layers": number,
                "layer": layer,
                **fields,
            }
        }
    ]
