"""Text models whose layers attend to an image: Idefics, and the captioner of BLIP."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import CONTEXT, gated_feed_forward, given, rope, tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.image_models import built
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import vision_transformer
from archdraw.readers.vision_variants import VARIANTS

FREEZING = ("freeze_lm_head", "freeze_text_layers", "freeze_text_module_exceptions", "freeze_vision_layers")
READ: dict[str, Any] = {
    "joins": False,
    "projector": {"op": {"name": "features", "label": "image features"}},
    "notes": ["to all cross-attention layers"],
}
"""What is behind an encoder whose vectors cross-attention reads: nothing."""


def _idefics(config: Config) -> Draft:
    """Idefics: a Llama with a gated layer before each ``cross_layer_interval``-th that attends to the image."""
    config.ignore(*FREEZING, "freeze_vision_module_exceptions", "alphas_initializer_range", "alpha_initializer")
    further = config.integer("additional_vocab_size", default=0, least=0)
    vocab = config.integer("vocab_size", default=32_000)
    made = Draft(
        hidden_size=config.integer("hidden_size", default=4096),
        vocab_size=commented(vocab + further, "vocab_size + additional_vocab_size") if further else vocab,
        context_length=config.integer(*CONTEXT, default=2048),
        tie_word_embeddings=tied_embeddings(config, False),
    )
    perceiver = config.section("perceiver_config")
    if perceiver is not None:
        perceiver.ignore("resampler_depth", "resampler_head_dim", "resampler_n_heads", "resampler_n_latents")
        perceiver.ignore("qk_layer_norms_perceiver", "use_resampler")
    if config.flag("use_resampler", default=False):
        config.mark_incomplete("the resampler between encoder and layers")
    if config.flag("qk_layer_norms", default=False):
        config.mark_incomplete("the norms of queries and keys (qk_layer_norms)")
    if config.text("alpha_type", default="float") != "float":
        config.mark_incomplete("gates with a number for each feature (alpha_type)")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    heads = config.integer("num_attention_heads", default=32)
    feed_forward = gated_feed_forward(config, config.integer("intermediate_size", default=11_008))
    mixer = {"multi_head": {"num_attention_heads": heads, "position": rope(config)}}
    made.define["layer"] = {"decoder": {"attention": mixer, "feed_forward": feed_forward}}
    reading = {
        "num_attention_heads": heads,
        "encoder_hidden_size": vision.integer("embed_dim", "hidden_size", default=768),
    }
    made.define["image_layer"] = {
        "decoder": {
            "label": "Cross-attention layer",
            "cross_attention": {"cross_attention": reading},
            "feed_forward": feed_forward,
            "residual": "tanh_gated_residual",
        }
    }
    number = config.integer("num_hidden_layers", default=32)
    every = config.integer("cross_layer_interval", default=1)
    if number % every:
        config.complain(f"cross_layer_interval {every} does not divide {number} layers", "cross_layer_interval")
    names = [
        name for index in range(number) for name in (["image_layer", "layer"] if index % every == 0 else ["layer"])
    ]
    tower = vision_transformer(vision, VARIANTS["idefics_vision"], **READ)
    made.layers = ["embedding", tower, *stacks(names), "rmsnorm", "output_head"]
    return made


def _blip(config: Config) -> Draft:
    """BLIP's captioner: a causal BERT each of whose layers attends to the image."""
    name = built(config, "BlipForConditionalGeneration")
    if name != "BlipForConditionalGeneration":
        config.mark_incomplete(f"{name[:40]}, which is no captioner: drawn as one")
    config.ignore("image_text_hidden_size", "projection_dim", "logit_scale_init_value", "label_smoothing")
    text = config.section("text_config") or Config({}, ("text_config",), config)
    text.ignore("projection_dim", "label_smoothing")
    vision = config.section("vision_config") or Config({}, ("vision_config",), config)
    places = text.integer("max_position_embeddings", default=512)
    made = Draft(
        hidden_size=text.integer("hidden_size", default=768),
        vocab_size=text.integer("vocab_size", default=30_524),
        context_length=places,
        tie_word_embeddings=tied_embeddings(text, True, config),
    )
    heads = text.integer("num_attention_heads", default=8)
    # The class takes the width of its encoder, whatever encoder_hidden_size says.
    text.ignore("encoder_hidden_size")
    wide = vision.integer("hidden_size", default=768)
    act = text.text("hidden_act", default="gelu")
    inner = {"intermediate_size": text.integer("intermediate_size", default=3072)}
    made.layers = [
        {"embedding": {"max_position_embeddings": places}},
        "layernorm",
        vision_transformer(vision, VARIANTS["blip_vision_model"], **READ),
        {
            "decoder": {
                "times": text.integer("num_hidden_layers", default=12),
                "norm": "layernorm",
                "placement": "post_add",
                "attention": {"multi_head": {"num_attention_heads": heads, "attention_bias": True}},
                "cross_attention": {
                    "cross_attention": {
                        "num_attention_heads": heads,
                        "attention_bias": True,
                        **({} if wide == made.hidden_size else {"encoder_hidden_size": wide}),
                    }
                },
                "feed_forward": _feed_forward(inner, act),
            }
        },
        _head(config, act),
    ]
    return made


def _feed_forward(inner: dict[str, Any], act: str) -> Block:
    if act.startswith("gelu"):
        return {"gelu": {**inner, "mlp_bias": True}}
    return {"encoder_feed_forward": {**inner, "hidden_act": act}}


def _head(config: Config, act: str) -> Block:
    name = {"relu": "ReLU", "silu": "SiLU"}.get(act, "GELU" if act.startswith("gelu") else act[:20])
    fields = given(activation=name if name != "GELU" else None)
    return {"masked_language_model_head": fields} if fields else "masked_language_model_head"


FAMILIES = (
    Family(("idefics",), _idefics, ("IdeficsForVisionText2Text",), wraps=True),
    Family(("blip",), _blip, ("BlipForConditionalGeneration",), wraps=True, own_heads=True),
)
