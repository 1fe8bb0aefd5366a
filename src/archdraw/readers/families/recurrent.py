"""Recurrent models: RecurrentGemma (Griffin), xLSTM, RWKV."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import GATED, draft, given, known_kinds, layer_count, never_tied, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.state_precision import state_precision
from archdraw.readers.traced import commented, whole

_NORM: Block = {"rmsnorm": {"zero_centered": True}}


def _recurrent_gemma(config: Config) -> Draft:
    made = draft(config, vocab=256000, tied=True)
    layers = layer_count(config)
    heads = config.integer("num_attention_heads", default=10)
    usual = commented(whole(made.hidden_size // heads), "hidden_size / num_attention_heads")
    head_dim = config.integer("head_dim", default=usual)
    if head_dim != usual:
        config.warn(f"head_dim {head_dim} is not hidden_size / num_attention_heads = {usual}: it counts", "head_dim")
    else:
        head_dim = usual
    activation = config.text("hidden_activation", default="gelu_pytorch_tanh")
    if activation not in GATED:
        config.mark_incomplete(f"the activation {activation}")
    width = config.integer("intermediate_size", default=7680)
    feed_forward = {
        GATED.get(activation, "geglu"): {
            "intermediate_size": commented(whole(width // 2), f"half of intermediate_size {width:,}"),
            "mlp_bias": True,
        }
    }
    mixers: dict[str, Block] = {
        "recurrent": {
            "rg_lru": {
                "lru_width": config.integer("lru_width", default=made.hidden_size),
                "num_attention_heads": heads,
                "conv1d_width": config.integer("conv1d_width", default=4),
            }
        },
        "attention": whole_heads(
            heads,
            config.integer("num_key_value_heads", default=heads),
            head_dim,
            position=rope(config, partial=0.5),
            sliding_window=config.integer("attention_window_size", "sliding_window", default=2048),
            attention_bias=config.flag("attention_bias", default=False),
            attention_out_bias=True,
        ),
    }
    pattern = config.texts("block_types", default=["recurrent", "recurrent", "attention"]) or ["recurrent"]
    pattern = known_kinds(config, pattern, tuple(mixers), "block_types")
    names = [pattern[index % len(pattern)] for index in range(layers)]
    for name in dict.fromkeys(names):
        label = "Recurrent layer" if name == "recurrent" else "Attention layer"
        made.define[name] = {
            "decoder": {"label": label, "norm": _NORM, "attention": mixers[name], "feed_forward": feed_forward}
        }
    cap = config.number("logits_soft_cap", default=30.0)
    head: Block = {"output_head": {"final_logit_softcapping": cap}}
    made.layers = [{"embedding": {"scale_embedding": True}}, *stacks(names), _NORM, head]
    return made


def _xlstm(config: Config) -> Draft:
    hidden = config.integer("hidden_size", "embedding_dim", default=4096)
    made = Draft(
        hidden_size=hidden,
        vocab_size=config.integer("vocab_size", default=50304),
        context_length=None,
        tie_word_embeddings=config.flag("tie_word_embeddings", default=False),
    )
    biased = config.flag("use_bias", default=False)
    inner = _rounded(hidden * config.number("ffn_proj_factor", default=2.667), config)
    mixer: dict[str, Any] = {
        "num_heads": config.integer("num_heads", default=8),
        "qk_dim": _share(config, "qk_dim_factor", 0.5, hidden),
        "v_dim": _share(config, "v_dim_factor", 1.0, hidden),
        "gate_soft_cap": config.number("gate_soft_cap", default=15.0),
    }
    layer: dict[str, Any] = {
        "attention": {"mlstm": mixer | given(use_bias=biased) | state_precision(config, "inference_state_dtype")},
        "feed_forward": {"swiglu": {"intermediate_size": inner} | given(mlp_bias=biased)},
    }
    if biased:
        layer["norm"] = {"rmsnorm": {"bias": True}}
    made.define["layer"] = {"decoder": layer}
    stack = stacks(["layer"] * config.integer("num_hidden_layers", "num_blocks", default=32))
    for name, other in (("num_blocks", "num_hidden_layers"), ("embedding_dim", "hidden_size")):
        if name in config and other in config and config.raw(name) != config.raw(other):
            values = f"{name} {config.raw(name)} is not {other} {config.raw(other)}"
            config.complain(values, name, "keep one of the two")
    # The class of transformers follows neither of these two.
    if not config.flag("add_out_norm", default=True):
        config.warn("add_out_norm false is without effect: the class of transformers has the norm", "add_out_norm")
    never_tied(config, made)
    cap = config.number("output_logit_soft_cap", default=30.0)
    made.layers = ["embedding", *stack, "rmsnorm", {"output_head": {"final_logit_softcapping": cap}}]
    return made


def _share(config: Config, key: str, default: float, hidden: int) -> int:
    factor = config.number(key, default=default)
    return commented(whole(hidden * factor), f"{key} {factor:g} × hidden_size")


def _rounded(width: float, config: Config) -> int:
    """The last multiple that is not more than ``width + multiple - 1``, which is how the family rounds up."""
    multiple = config.integer("ffn_round_up_to_multiple_of", default=64)
    value = int((width + multiple - 1) // multiple * multiple)
    return commented(value, f"ffn_proj_factor × hidden_size, rounded up to a multiple of {multiple}")


def _rwkv(config: Config) -> Draft:
    made = _rwkv_head(config)
    width = config.integer("attention_hidden_size", default=made.hidden_size)
    inner = config.integer("intermediate_size", default=4 * made.hidden_size)
    return _rwkv_stack(config, made, {"rwkv4_time_mixing": {"attention_hidden_size": width}}, inner)


def _rwkv5(config: Config) -> Draft:
    made = _rwkv_head(config)
    # The family has two tables, as the paper's count 2 D V says, even where a file says tie_word_embeddings.
    made.tie_word_embeddings = False
    version = config.text("model_version", default="5_2")
    if version != "5_2":
        config.mark_incomplete(f"version {version} of RWKV-5")
    width = config.integer("attention_hidden_size", default=made.hidden_size)
    mixer = {"attention_hidden_size": width, "head_size": config.integer("head_size", default=64)}
    inner = config.optional_integer("intermediate_size") or commented(
        int(made.hidden_size * 3.5 // 32 * 32), "3.5 × hidden_size, rounded down to a multiple of 32"
    )
    return _rwkv_stack(config, made, {"rwkv5_time_mixing": mixer}, inner)


def _rwkv_head(config: Config) -> Draft:
    made = draft(config, vocab=50277)
    made.context_length = config.optional_integer("context_length", "max_position_embeddings")
    return made


def _rwkv_stack(config: Config, made: Draft, mixer: Block, inner: int) -> Draft:
    layer = {"norm": "layernorm", "attention": mixer, "feed_forward": {"rwkv_channel_mixing": inner}}
    made.define["layer"] = {"decoder": layer}
    first: Block = {"layernorm": {"label": "LayerNorm of the embedding"}}
    made.layers = ["embedding", first, *stacks(["layer"] * layer_count(config)), "layernorm", "output_head"]
    return made


_XLSTM = """
autocast_kernel_dtype chunk_size chunkwise_kernel eps max_inference_chunksize mode
norm_reduction_force_float32 return_last_states sequence_kernel step_kernel weight_mode embedding_dim num_blocks
"""
# weight_mode fuses matrices in one tensor and changes neither counts nor structure.

FAMILIES = (
    Family(
        ("recurrent_gemma",),
        _recurrent_gemma,
        ("RecurrentGemmaForCausalLM",),
        ("w_init_variance_scale", "final_w_init_variance_scale", "is_encoder_decoder"),
    ),
    Family(("xlstm",), _xlstm, ("xLSTMForCausalLM",), (*_XLSTM.split(), "is_encoder_decoder")),
    Family(("rwkv",), _rwkv, (), ("rescale_every",)),
    Family(("rwkv5",), _rwkv5, ("Rwkv5ForCausalLM",), ("rescale_every", "num_attention_heads")),
)
