"""Small decoders that try one idea each: DiffLlama, Doge, HRM-Text."""

from __future__ import annotations

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family


def _diffllama(config: Config) -> Draft:
    """DiffLlama: Llama with differential attention."""
    made = draft(config)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        differential=True,
        position=rope(config),
    )
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": gated_feed_forward(config, bias=None)}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _doge(config: Config) -> Draft:
    """Doge: heads that keep the keys of the best values, residual lines with learned weights."""
    made = draft(config)
    if config.flag("is_moe", default=False):
        config.mark_incomplete("experts of one row each, selected by product keys (is_moe)")
    config.raw("num_experts", "num_experts_per_tok", "norm_topk_prob")
    window = config.optional_integer("sliding_window")
    if window is not None:
        config.mark_incomplete("a window beside the keys that heads keep (sliding_window)")
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_head",
        keep_window_size=config.integer("keep_window_size", default=2048),
        position=rope(config),
    )
    layer = {
        "residual": "line_scaled_residual",
        "attention": mixer,
        "feed_forward": gated_feed_forward(config),
    }
    made.define["layer"] = {"decoder": layer}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), "rmsnorm", "output_head"]
    return made


def _hrm_text(config: Config) -> Draft:
    """HRM-Text: a fast stack, looped, within the loop of a slow one; norms without weights."""
    made = draft(config)
    number = config.integer("num_layers_per_stack", default=16)
    outer, inner = config.integer("H_cycles", default=2), config.integer("L_cycles", default=3)
    heads = config.integer("num_attention_heads")
    bias = config.flag("attention_bias", default=False)
    if bias:
        config.mark_incomplete("biases in the gates of attention (attention_bias)")
    # The number of layers with caches of their own, over all passes.
    config.raw("num_hidden_layers", "num_key_value_heads")
    mixer = whole_heads(
        heads,
        heads,
        config.optional_integer("head_dim"),
        attention_bias=bias,
        output_gate=True,
        gate_projection="gate_proj",
        position=rope(config),
    )
    norm: Block = {"rmsnorm": {"elementwise_affine": False}}
    made.define["layer"] = {"decoder": {"norm": norm, "attention": mixer, "feed_forward": gated_feed_forward(config)}}
    state: Block = {
        "weight": {
            "label": "+ state of the fast stack",
            "name": "z_L_init",
            "weights": [{"name": "weight", "shape": [made.hidden_size]}],
        }
    }
    stack = stacks(["layer"] * number)
    fast: Block = {"loop": {"num_loops": inner, "body": [state, *stack, norm]}}
    scale = config.number("embedding_scale", default=1.0)
    first: Block = {"embedding": {"embedding_multiplier": scale}} if scale != 1 else "embedding"
    made.layers = [
        first,
        {"loop": {"num_loops": outer, "body": [{"residual": [fast]}, *stack, norm]}},
        "output_head",
    ]
    return made


FAMILIES = (
    Family(("diffllama",), _diffllama, ("DiffLlamaForCausalLM",), ("lambda_std_dev",)),
    Family(("doge",), _doge, ("DogeForCausalLM",)),
    Family(("hrm_text",), _hrm_text, ("HrmTextForCausalLM",), ("L_bp_cycles", "prefix_lm")),
)
