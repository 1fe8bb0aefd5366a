"""Language models from the time of BERT that are no encoders by name: XLM, XLNet, CPM-Ant."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, layer_count, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import SUMMARY, heads_of, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.traced import commented


def _xlm(config: Config) -> Draft:
    """XLM: BERT's layers, a norm of the embedding; a table of languages where there are several."""
    made = Draft(
        config.integer("emb_dim", "hidden_size"),
        config.integer("vocab_size", "n_words"),
        config.integer("max_position_embeddings", default=512),
        config.flag("tie_word_embeddings", default=True),
    )
    if config.flag("asm", default=False):
        config.mark_incomplete("an adaptive softmax (asm)")
    if not config.flag("is_encoder", default=True):
        config.mark_incomplete("a decoder of XLM, which the class of transformers does not have")
    causal = config.flag("causal", default=False)
    heads = heads_of(config)
    inner = commented(4 * made.hidden_size, "four times emb_dim")
    gelu = config.flag("gelu_activation", default=True)
    layer = {
        "norm": "layernorm",
        "placement": "post_add",
        "attention": whole_heads(heads, heads, attention_bias=True, is_causal=None if causal else False),
        "feed_forward": {"gelu" if gelu else "relu": {"intermediate_size": inner, "mlp_bias": True}},
    }
    made.define["layer"] = {"decoder": layer}
    rows = commented(config.integer("max_position_embeddings", default=512), "max_position_embeddings")
    embedding: dict[str, Any] = {"max_position_embeddings": rows}
    languages = config.integer("n_langs", default=1)
    if languages > 1 and config.flag("use_lang_emb", default=True):
        embedding["type_vocab_size"] = commented(languages, "n_langs: a table of languages")
    config.raw("use_lang_emb", "sinusoidal_embeddings")
    stack = stacks(["layer"] * layer_count(config))
    made.layers = [{"embedding": embedding}, "layernorm", *stack, {"output_head": {"bias": True}}]
    return made


def _xlnet(config: Config) -> Draft:
    """XLNet: relative positions of Transformer-XL in each layer, bidirectional, a start of the query stream."""
    made = draft(config, tied=True)
    heads = heads_of(config)
    width = config.integer("d_head", default=made.hidden_size // heads)
    if width * heads != made.hidden_size:
        config.complain(f"{heads} heads of {width} features are not d_model {made.hidden_size}", "d_head")
    position = {"transformer_xl_position": {"d_model": made.hidden_size, "d_head": width}}
    both = config.text("attn_type", default="bi") == "bi"
    name = config.text("ff_activation", default="gelu")
    if name not in ("gelu", "relu"):
        config.mark_incomplete(f"the activation {name}")
    inner = {"intermediate_size": config.integer("d_inner"), "mlp_bias": True}
    layer = {
        "norm": "layernorm",
        "placement": "post_add",
        "attention": whole_heads(heads, heads, is_causal=False if both else None, position=position),
        "feed_forward": {name if name == "relu" else "gelu": inner},
    }
    made.define["layer"] = {"decoder": layer}
    start: Block = {
        "weight": {
            "label": "Start of the query stream",
            "detail": "read in pretraining alone",
            "name": "mask_emb",
            "part": "embedding",
            "weights": [{"name": "weight", "shape": [1, 1, made.hidden_size]}],
        }
    }
    made.layers = ["embedding", start, *stacks(["layer"] * layer_count(config)), {"output_head": {"bias": True}}]
    return made


def _cpmant(config: Config) -> Draft:
    """CPM-Ant: T5's bias on the logits by distance and segments, tables for prompts and segments, a head of its own."""
    made = draft(config)
    made.tie_word_embeddings = False  # The class ties nothing, whatever the file says.
    heads = config.integer("num_attention_heads")
    segments = config.integer("segment_types", default=32)
    buckets = config.integer("position_bias_num_buckets", default=512)
    bias: dict[str, Any] = {
        "relative_attention_num_buckets": commented(segments**2 + buckets, "segment_types² + position_bias_num_buckets"),
        "relative_attention_max_distance": config.integer("position_bias_max_distance", default=2048),
    }

    def layer(**more: Any) -> Block:
        mixer = whole_heads(
            heads, heads, config.integer("dim_head", default=128), position={"relative_bias": bias | more}
        )
        return {"decoder": {"attention": mixer, "feed_forward": {"geglu": {"intermediate_size": config.integer("dim_ff")}}}}

    made.define["first_layer"] = layer()
    made.define["layer"] = layer(shared=True)
    number = layer_count(config)
    prompts = config.integer("prompt_types", default=32) * config.integer("prompt_length", default=32)
    rows = commented(made.vocab_size + prompts, "vocab_size + prompt_types × prompt_length")
    embedding: Block = {"embedding": {"num_embeddings": rows, "type_vocab_size": segments}}
    stack = stacks(["first_layer"] + ["layer"] * (number - 1))
    if number == 1:
        del made.define["layer"]
    made.layers = [embedding, *stack, "rmsnorm", "output_head"]
    return made


FAMILIES = (
    Family(
        ("xlm",),
        _xlm,
        ("XLMWithLMHeadModel",),
        (*SUMMARY, *words("embed_init_std start_n_top end_n_top lang_id mask_index unk_index bos_index eos_index pad_index")),
    ),
    Family(
        ("xlnet",),
        _xlnet,
        ("XLNetLMHeadModel",),
        (
            *SUMMARY,
            *words("start_n_top end_n_top summary_last_dropout mem_len reuse_len use_mems_eval use_mems_train bi_data"),
            *words("clamp_len same_length untie_r"),
        ),
    ),
    Family(("cpmant",), _cpmant, ("CpmAntForCausalLM",), words("dropout_p eps init_std")),
)
