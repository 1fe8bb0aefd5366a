"""Decoders from GPT-2 to OPT: LayerNorm, feed forwards without a gate, learned or rotary positions."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, given, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

UNGATED = {
    "relu": "relu",
    "relu2": "relu_squared",
    "relu_squared": "relu_squared",
    "silu": "silu",
    "swish": "silu",
    "xielu": "xielu",
} | dict.fromkeys(
    ("gelu", "gelu_new", "gelu_fast", "gelu_python", "gelu_pytorch_tanh", "gelu_accurate", "quick_gelu"), "gelu"
)
"""Feed forwards without a gate by the activation that a config names."""

SUMMARY = ("summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj")
"""A head for classification that language models have not."""


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``: keys in a row, as a list of ignored ones."""
    return tuple(text.split())


def ungated_feed_forward(config: Config, width: int, *, act: str = "gelu", bias: bool = True) -> Block:
    """A feed forward of two projections; ``act`` is the class default of the activation."""
    name = config.text("activation_function", "hidden_act", "activation", default=act)
    if name not in UNGATED:
        config.mark_incomplete(f"the activation {name}")
    return {UNGATED.get(name, "gelu"): {"intermediate_size": width} | given(mlp_bias=bias)}


def four_times(config: Config, hidden: int, *names: str) -> int:
    """The inner width of a feed forward under one of ``names``, four times the hidden size where no key says it."""
    return config.optional_integer(*names) or commented(4 * hidden, "four times hidden_size")


def heads_of(config: Config) -> int:
    return config.integer("n_head", "num_attention_heads", "n_heads", "num_heads")


def layer_norm(*, bias: bool = True) -> Block:
    return "layernorm" if bias else {"layernorm": {"bias": False}}


def assembled(config: Config, made: Draft, layer: dict[str, Any], *, norm: Block, last: Block | None = None) -> Draft:
    """``made`` with a stack of equal layers between a plain embedding and a ``last`` norm, ``norm`` unless said."""
    made.define["layer"] = {"decoder": {"norm": norm, **layer}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), last or norm, "output_head"]
    return made


def _gpt2(config: Config) -> Draft:
    """GPT-2: learned positions, biases everywhere, the head is the token table."""
    made = draft(config, tied=True)
    crossing: dict[str, Any] = {}
    if config.flag("add_cross_attention", default=False):
        heads = {"num_attention_heads": heads_of(config), "attention_bias": True}
        crossing = {"cross_attention": {"cross_attention": heads}}
    if config.flag("scale_attn_by_inverse_layer_idx", default=False):
        config.mark_incomplete("scores divided by the number of the layer (scale_attn_by_inverse_layer_idx)")
    layer = {
        "attention": whole_heads(heads_of(config), heads_of(config), attention_bias=True),
        **crossing,
        "feed_forward": ungated_feed_forward(config, four_times(config, made.hidden_size, "n_inner"), act="gelu_new"),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": {"max_position_embeddings": config.integer("n_positions", "n_ctx", default=1024)}}
    return made


def _gpt_bigcode(config: Config) -> Draft:
    """GPT-BigCode (SantaCoder, StarCoder): GPT-2 with one head of keys and values."""
    made = draft(config, tied=True)
    if config.flag("add_cross_attention", default=False):
        config.mark_incomplete("cross-attention to an encoder (add_cross_attention)")
    heads = heads_of(config)
    groups = 1 if config.flag("multi_query", default=True) else heads
    config.raw("num_key_value_heads")  # The class derives it.
    inner = four_times(config, made.hidden_size, "n_inner")
    layer = {
        "attention": whole_heads(heads, groups, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, inner, act="gelu_pytorch_tanh"),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[0] = {"embedding": {"max_position_embeddings": config.integer("n_positions", default=1024)}}
    return made


def _gpt_neo(config: Config) -> Draft:
    """GPT-Neo: GPT-2 with windows in every other layer, no bias on queries, keys and values, unscaled scores."""
    made = draft(config, tied=True)
    number, heads = layer_count(config), heads_of(config)
    kinds = _gpt_neo_kinds(config, number)
    window = config.integer("window_size", default=256)
    feed_forward = ungated_feed_forward(
        config, four_times(config, made.hidden_size, "intermediate_size"), act="gelu_new"
    )
    names = {"global": "global_layer", "local": "local_layer"}
    for kind in dict.fromkeys(kinds):
        mixer = whole_heads(
            heads,
            heads,
            attention_out_bias=True,
            attention_multiplier=commented(1.0, "the scores are not scaled"),
            sliding_window=window if kind == "local" else None,
        )
        made.define[names[kind]] = {"decoder": {"norm": "layernorm", "attention": mixer, "feed_forward": feed_forward}}
    positions = {"embedding": {"max_position_embeddings": config.integer("max_position_embeddings", default=2048)}}
    made.layers = [positions, *stacks([names[kind] for kind in kinds]), "layernorm", "output_head"]
    return made


def _gpt_neo_kinds(config: Config, number: int) -> list[str]:
    """Global or local for each layer: ``attention_layers``, or ``attention_types`` as ``[[kinds, times], ...]``."""
    listed, types = config.raw("attention_layers"), config.raw("attention_types")
    if not isinstance(listed, list):
        listed = []
        for entry in types or [[["global", "local"], 12]]:
            listed += list(entry[0]) * int(entry[1])
    if any(kind not in ("global", "local") for kind in listed):
        config.complain(f"attention_types are global or local, not {listed}"[:120], "attention_types")
        return ["global"] * number
    return config.per_layer(listed, number, "attention_types")


def _gpt_neox(config: Config) -> Draft:
    """GPT-NeoX (Pythia, RedPajama): attention and feed forward side by side, a norm each, or one after the other."""
    made = draft(config)
    bias = config.flag("attention_bias", default=True)
    layer: dict[str, Any] = {}
    if config.flag("use_parallel_residual", default=True):
        layer |= {"feed_forward_norm": "layernorm", "placement": "parallel"}
    position = rope(config, partial=0.25)
    layer["attention"] = whole_heads(heads_of(config), heads_of(config), attention_bias=bias, position=position)
    layer["feed_forward"] = ungated_feed_forward(config, config.integer("intermediate_size"))
    return assembled(config, made, layer, norm="layernorm")


def _gptj(config: Config) -> Draft:
    """GPT-J: attention and feed forward side by side behind one norm; no biases in attention, one on the scores."""
    made = draft(config)
    heads = heads_of(config)
    if not config.flag("rotary", default=True):
        config.complain("GPT-J without rotary positions is not supported", "rotary")
    scaling = config.section("rope_scaling", "rope_parameters")
    if scaling is not None and scaling.text("rope_type", "type", default="default") not in ("default", "gptj"):
        config.mark_incomplete("stretched rotary positions (rope_scaling)")
    turning, width = config.integer("rotary_dim", default=64), made.hidden_size // heads
    turned: dict[str, Any] = {"rope_theta": commented(10000.0, "fixed in the class")}
    if turning < width:
        turned["partial_rotary_factor"] = commented(turning / width, f"rotary_dim {turning} of {width}")
    layer = {
        "placement": "parallel",
        "attention": whole_heads(heads, heads, position={"rope": turned}),
        "feed_forward": ungated_feed_forward(config, four_times(config, made.hidden_size, "n_inner"), act="gelu_new"),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers[-1] = {"output_head": {"bias": True}}
    return made


def _opt(config: Config) -> Draft:
    """OPT: learned positions with two rows to spare; the 350M model normalises after additions and projects twice."""
    made = draft(config, tied=True)
    bias = config.flag("enable_bias", default=True)
    before = config.flag("do_layer_norm_before", default=True)
    norm: Block = (
        "layernorm"
        if config.flag("layer_norm_elementwise_affine", default=True)
        else {"layernorm": {"elementwise_affine": False}}
    )
    heads = heads_of(config)
    layer = {
        **({} if before else {"placement": "post_add"}),
        "attention": whole_heads(heads, heads, attention_bias=bias),
        "feed_forward": ungated_feed_forward(config, config.integer("ffn_dim"), act="relu", bias=bias),
    }
    made = assembled(config, made, layer, norm=norm)
    rows = config.integer("max_position_embeddings", default=2048)
    embedding = {"max_position_embeddings": rows, "position_offset": 2}
    width = config.optional_integer("word_embed_proj_dim") or made.hidden_size
    if width != made.hidden_size:
        embedding = {"embedding_size": width} | embedding
        made.layers[-1] = {"output_head": {"embedding_size": width}}
    made.layers[0] = {"embedding": embedding}
    removed = config.flag("_remove_final_layer_norm", default=False)
    if removed or not before:
        del made.layers[-2]
    return made


FAMILIES = (
    Family(
        ("gpt2",),
        _gpt2,
        ("GPT2LMHeadModel",),
        (*SUMMARY, *words("n_ctx n_special predict_special_tokens scale_attn_weights reorder_and_upcast_attn")),
    ),
    Family(
        ("gpt_bigcode",),
        _gpt_bigcode,
        ("GPTBigCodeForCausalLM",),
        (
            *SUMMARY,
            *words(
                "n_ctx scale_attn_weights scale_attention_softmax_in_fp32 attention_softmax_in_fp32 "
                "inference_runner max_batch_size max_sequence_length pad_key_length pre_allocate_kv_cache "
                "validate_runner_input"
            ),
        ),
    ),
    Family(("gpt_neo",), _gpt_neo, ("GPTNeoForCausalLM",), (*SUMMARY, "classifier_dropout")),
    Family(("gpt_neox",), _gpt_neox, ("GPTNeoXForCausalLM",), ("classifier_dropout",)),
    Family(("gptj",), _gptj, ("GPTJForCausalLM",), (*SUMMARY, "n_ctx", "scale_attn_weights", "embd_pdrop")),
    Family(("opt",), _opt, ("OPTForCausalLM",), ("activation_dropout", "layerdrop")),
)
