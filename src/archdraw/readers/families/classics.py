"""Further decoders of the time of GPT: CodeGen, BioGPT, XGLM, CTRL, GPT-1, GPT-NeoX Japanese."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import SUMMARY, assembled, four_times, heads_of, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.traced import commented


def _codegen(config: Config) -> Draft:
    """CodeGen: GPT-J, its Q, K and V in one tensor."""
    made = draft(config)
    heads = heads_of(config)
    turning, width = config.optional_integer("rotary_dim"), made.hidden_size // heads
    turned: dict[str, Any] = {"rope_theta": commented(10000.0, "fixed in the class")}
    if turning is not None and turning < width:
        turned["partial_rotary_factor"] = commented(turning / width, f"rotary_dim {turning} of {width}")
    inner = four_times(config, made.hidden_size, "n_inner")
    layer = {
        "placement": "parallel",
        "attention": whole_heads(heads, heads, position={"rope": turned}),
        "feed_forward": ungated_feed_forward(config, inner, act="gelu_new"),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[-1] = {"output_head": {"bias": True}}
    return made


def _biogpt(config: Config) -> Draft:
    """BioGPT: the decoder of BART, norms before the sublayers; learned positions with two rows to spare."""
    made = draft(config, tied=True)
    rows = config.integer("max_position_embeddings", default=1024)
    positions = {"max_position_embeddings": commented(rows + 2, f"{rows:,} and 2 rows in front")}
    scaled = {"scale_embedding": True} if config.flag("scale_embedding", default=True) else {}
    layer = {
        "attention": whole_heads(heads_of(config), heads_of(config), attention_bias=True),
        "feed_forward": ungated_feed_forward(config, config.integer("intermediate_size")),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": scaled | positions}
    return made


def _xglm(config: Config) -> Draft:
    """XGLM: as BioGPT, with sines and cosines for positions."""
    made = draft(config, tied=True)
    if config.flag("add_cross_attention", default=False):
        config.mark_incomplete("cross-attention to an encoder (add_cross_attention)")
    heads = config.integer("attention_heads", "num_attention_heads")
    scaled = {"scale_embedding": True} if config.flag("scale_embedding", default=True) else {}
    layer = {
        "attention": whole_heads(heads, heads, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, config.integer("ffn_dim")),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": scaled | {"sinusoidal_positions": True}}
    return made


def _ctrl(config: Config) -> Draft:
    """CTRL: sines and cosines for positions, ReLU, a bias on the logits."""
    made = draft(config, tied=True)
    layer = {
        "attention": whole_heads(heads_of(config), heads_of(config), attention_bias=True),
        "feed_forward": {"relu": {"intermediate_size": config.integer("dff"), "mlp_bias": True}},
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": {"scale_embedding": True, "sinusoidal_positions": True}}
    made.layers[-1] = {"output_head": {"bias": True}}
    return made


def _gpt1(config: Config) -> Draft:
    """GPT-1: norms after the additions, none behind the last layer, learned positions."""
    made = draft(config, tied=True)
    name = config.text("afn", default="gelu")
    if name not in ("gelu", "relu"):
        config.mark_incomplete(f"the activation {name}")
    inner = commented(4 * made.hidden_size, "four times n_embd")
    layer = {
        "placement": "post_add",
        "attention": whole_heads(heads_of(config), heads_of(config), attention_bias=True),
        "feed_forward": {name if name == "relu" else "gelu": {"intermediate_size": inner, "mlp_bias": True}},
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": {"max_position_embeddings": config.integer("n_positions", default=512)}}
    del made.layers[-2]
    return made


def _gpt_neox_japanese(config: Config) -> Draft:
    """GPT-NeoX Japanese: no biases but that of the output projection in the last layer."""
    made, number = draft(config, tied=True), layer_count(config)
    heads = heads_of(config)
    times = config.integer("intermediate_multiple_size", default=4)
    inner = commented(times * made.hidden_size, f"intermediate_multiple_size {times} × hidden_size")
    position = rope(config)

    def layer(**fields: Any) -> Block:
        mixer = whole_heads(heads, heads, position=position, **fields)
        feed_forward = ungated_feed_forward(config, inner, bias=False)
        return {"decoder": {"norm": "layernorm", "attention": mixer, "feed_forward": feed_forward}}

    made.define["layer"] = layer()
    made.define["last_layer"] = layer(attention_out_bias=True)
    made.layers = ["embedding", *stacks(["layer"] * (number - 1) + ["last_layer"]), "layernorm", "output_head"]
    return made


FAMILIES = (
    Family(("codegen",), _codegen, ("CodeGenForCausalLM",), (*SUMMARY, "n_ctx", "scale_attn_weights")),
    Family(
        ("biogpt",),
        _biogpt,
        ("BioGptForCausalLM",),
        words("attention_probs_dropout_prob layerdrop activation_dropout"),
    ),
    Family(("xglm",), _xglm, ("XGLMForCausalLM",), words("activation_dropout layerdrop init_std")),
    Family(("ctrl",), _ctrl, ("CTRLLMHeadModel",), words("n_ctx from_tf")),
    Family(("openai-gpt",), _gpt1, ("OpenAIGPTLMHeadModel",), (*SUMMARY, "n_ctx", "n_special")),
    Family(("gpt_neox_japanese",), _gpt_neox_japanese, ("GPTNeoXJapaneseForCausalLM",)),
)
