"""Dense decoders of the Llama line: RMSNorm, rotary positions, gated feed forward."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    LAYER_NAMES,
    attention,
    draft,
    gated_feed_forward,
    layer_count,
    layer_kinds,
    multi_token_prediction,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _decoder(config: Config, mixers: dict[str, Block], kinds: list[str], **fields: Any) -> Draft:
    """A stack of dense layers of some ``kinds``, which differ in their ``mixers`` alone.

    ``fields`` are further fields of the decoder (``placement``).
    """
    made = draft(config, tied=fields.pop("tied", False))
    feed_forward = gated_feed_forward(config)
    if len(mixers) == 1:
        (mixer,) = mixers.values()
        made.define["layer"] = {"decoder": {**fields, "attention": mixer, "feed_forward": feed_forward}}
        names = ["layer"] * len(kinds)
    else:
        first, *others = mixers
        layer = {**fields, "attention": mixers[first], "feed_forward": feed_forward}
        made.define[f"{first}_layer"] = {"decoder": layer}
        for kind in others:
            other = {"decoder": layer | {"attention": mixers[kind]}}
            made.define[f"{kind}_layer"] = like(f"{first}_layer", {"decoder": layer}, other)
        names = [f"{kind}_layer" for kind in kinds]
    predicting = multi_token_prediction(config, names[-1])
    made.layers = ["embedding", *stacks(names), "rmsnorm", *predicting, "output_head"]
    return made


def _plain(
    config: Config, *, head_dim: int | None = None, bias: bool = False, out_bias: bool = True, **fields: Any
) -> Draft:
    """A stack of equal layers, or of layers that differ in their windows.

    ``bias`` is the class default of biases in attention, which ``out_bias`` gives to the output projection as well.
    ``fields``: ``qk_norm`` of the attention, ``placement`` and ``tied``; ``plain_local_rope`` where layers that slide
    don't stretch their positions.
    """
    qk_norm, plain_local_rope = fields.pop("qk_norm", None), fields.pop("plain_local_rope", False)
    biased = config.flag("attention_bias", "qkv_bias", default=bias)
    kinds = layer_kinds(config, layer_count(config))

    def position(kind: str) -> Block:
        turned = rope(config, kind=kind)
        if plain_local_rope and kind == "sliding_attention" and isinstance(turned, dict):
            return {"rope": {"rope_theta": turned["rope"]["rope_theta"]}}
        return turned

    def mixer(kind: str) -> Block:
        return attention(
            config,
            attention_bias=biased,
            attention_out_bias=False if biased and not out_bias else None,
            qk_norm=qk_norm,
            sliding_window=config.integer("sliding_window") if kind == "sliding_attention" else None,
            position=position(kind),
        )

    mixers = {LAYER_NAMES[kind]: mixer(kind) for kind in dict.fromkeys(kinds)}
    return _decoder(config, mixers, [LAYER_NAMES[kind] for kind in kinds], **fields)


def _llama(config: Config) -> Draft:
    return _plain(config)


def _mistral(config: Config) -> Draft:
    """Mistral: windows in every layer of the first version; later files say null."""
    absent = "sliding_window" not in config.data and "sliding_window_size" not in config.data
    window = commented(4096, "sliding_window is not in the file: default of its class") if absent else None
    window = config.optional_integer("sliding_window", "sliding_window_size") or window
    mixer = attention(config, sliding_window=window, position=rope(config))
    return _decoder(config, {"global": mixer}, ["global"] * layer_count(config))


def _qwen2(config: Config) -> Draft:
    """Qwen2: biases on queries, keys and values that no key of the file tells."""
    return _plain(config, bias=True, out_bias=False)


def _qwen3(config: Config) -> Draft:
    return _plain(config, qk_norm="rmsnorm_per_head")


def _mimo(config: Config) -> Draft:
    """MiMo 7B: the structure of Qwen2, and a module that predicts another token."""
    if config.flag("use_mrope", default=False):
        config.mark_incomplete("multimodal rotary positions (use_mrope)")
    return _plain(config, bias=True, out_bias=False)


def _olmo2(config: Config) -> Draft:
    """OLMo 2 and 3: norms after the sublayers within the residual, RMSNorm over all heads of queries and keys.

    Positions are stretched in the layers that see everything only (OLMo 3).
    """
    return _plain(config, placement="post", qk_norm="rmsnorm_per_projection", plain_local_rope=True)


def _smollm3(config: Config) -> Draft:
    """SmolLM3: no rotation in every fourth layer; ``no_rope_layers`` has a 0 for each of those."""
    number = layer_count(config)
    every = config.integer("no_rope_layer_interval", default=4)
    listed = config.integers("no_rope_layers", default=[])
    rotated = (
        config.per_layer(listed, number, "no_rope_layers")
        if listed
        else [int((index + 1) % every != 0) for index in range(number)]
    )
    if set(layer_kinds(config, number)) != {"full_attention"}:
        config.mark_incomplete("sliding windows in a model with NoPE layers")
    bias = config.flag("attention_bias", default=False)
    mixers = {
        "rotary": attention(config, attention_bias=bias, position=rope(config, theta=2000000.0)),
        "nope": attention(config, attention_bias=bias, position="none", label="Attention without positions"),
    }
    kinds = ["rotary" if turns else "nope" for turns in rotated]
    return _decoder(config, {kind: mixers[kind] for kind in dict.fromkeys(kinds)}, kinds, tied=True)


def _llada(config: Config) -> Draft:
    """LLaDA: a Llama stack in OLMo's words, trained to fill in masked tokens."""
    for key, usual in (("block_type", "llama"), ("layer_norm_type", "rms"), ("rope", True), ("alibi", False)):
        if config.raw(key) not in (None, usual):
            config.complain(f"{key} {config.data[key]!r} is not supported", key, f"supported: {usual!r}")
    made = draft(config, tied=config.flag("weight_tying", default=False))
    entries = config.optional_integer("embedding_size")
    if entries is not None:
        made.vocab_size = entries
    bias = config.flag("include_qkv_bias", default=False)
    # A token that is still masked sees those after it, too, and each step changes what was read.
    mixer = attention(config, attention_bias=bias, is_causal=False, position=rope(config))
    layer = {"attention": mixer, "feed_forward": gated_feed_forward(config)}
    if config.flag("include_bias", default=False):
        config.mark_incomplete("biases in all projections (include_bias)")
    made.define["layer"] = {"decoder": layer}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


SERVING = ("context_window_size", "prefill_chunk_size", "attention_sink_size", "rope_interleaved")
"""Keys that converters for serving add: how a runtime cuts a prompt, and how it stores the pairs that turn."""

FAMILIES = (
    Family(("llama",), _llama, ("LlamaForCausalLM",), SERVING),
    Family(("mistral",), _mistral, ("MistralForCausalLM",), SERVING),
    Family(("qwen2",), _qwen2, ("Qwen2ForCausalLM",), ("max_window_layers", "use_mrope")),
    Family(("qwen3",), _qwen3, ("Qwen3ForCausalLM",), ("max_window_layers",)),
    Family(("mimo",), _mimo, ("MiMoForCausalLM",), ("max_window_layers",)),
    Family(("olmo2", "olmo3"), _olmo2, ("Olmo2ForCausalLM", "Olmo3ForCausalLM")),
    Family(("smollm3",), _smollm3, ("SmolLM3ForCausalLM",)),
    Family(("llada",), _llada, ("LLaDAModelLM",), ("mask_token_id", "mlp_ratio", "bias_for_layer_norm")),
)
