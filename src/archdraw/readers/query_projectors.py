"""Projectors with attention: learned queries, or neighbourhoods, that read the tokens of a vision encoder."""

from __future__ import annotations

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.projectors import feature_layers, fitting, mlp
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import Fields


def part(config: Config, name: str) -> Config:
    """The section ``name``; an empty one, all of whose values are defaults, where there is none."""
    return config.section(name) or Config({}, (name,), config)


def idefics2(config: Config, made: Draft, vision: Config) -> Fields:
    """A gated projection, a resampler."""
    perceiver = part(config, "perceiver_config")
    text = part(config, "text_config")
    # Where the file says another width the class takes the text model's.
    perceiver.raw("hidden_size")
    inner = text.integer("intermediate_size", default=14_336)
    act = text.text("hidden_act", default="silu")
    gated = {"intermediate_size": inner, "features": made.hidden_size, "name": "modality_projection"}
    resampler = {
        "resampler_n_latents": perceiver.integer("resampler_n_latents", default=64),
        "resampler_depth": perceiver.integer("resampler_depth", default=3),
        "resampler_n_heads": perceiver.integer("resampler_n_heads", default=16),
        "resampler_head_dim": perceiver.integer("resampler_head_dim", default=96),
        "num_key_value_heads": perceiver.integer("num_key_value_heads", default=4),
        **unless(hidden_act=(perceiver.text("hidden_act", default="silu"), "silu")),
    }
    return {
        "projector": [
            {"gated_projector": gated | unless(hidden_act=(act, "silu"))},
            {"perceiver_resampler": resampler},
        ]
    }


def qformer(config: Config, made: Draft, vision: Config, *, reads_text: bool) -> Fields:
    """A Q-Former and one projection."""
    config.ignore("image_text_hidden_size", "image_token_index", "use_decoder_only_language_model")
    former = part(config, "qformer_config")
    # The class takes the width of its encoder, whatever encoder_hidden_size says.
    former.ignore("use_qformer_text_input", "encoder_hidden_size")
    width = former.integer("hidden_size", default=768)
    fields = {
        "num_query_tokens": config.integer("num_query_tokens", default=32),
        "hidden_size": width,
        "intermediate_size": former.integer("intermediate_size", default=3072),
        "num_hidden_layers": former.integer("num_hidden_layers", default=12),
        "num_attention_heads": former.integer("num_attention_heads", default=12),
        "encoder_hidden_size": vision.integer("hidden_size", default=1408),
        **unless(
            cross_attention_frequency=(former.integer("cross_attention_frequency", default=2), 2),
            hidden_act=(former.text("hidden_act", default="gelu"), "gelu"),
        ),
    }
    words = former.integer("vocab_size", default=30_522), former.integer("max_position_embeddings", default=512)
    if reads_text:
        fields |= {"vocab_size": words[0], **unless(max_position_embeddings=(words[1], 512))}
    return {"projector": [{"qformer": fields}, mlp(made.hidden_size, bias=True)["projector"]]}


def blip2(config: Config, made: Draft, vision: Config) -> Fields:
    """A Q-Former that reads images alone."""
    if part(config, "qformer_config").flag("use_qformer_text_input", default=False):
        config.mark_incomplete("a Q-Former that reads text (use_qformer_text_input)")
    return qformer(config, made, vision, reads_text=False)


def instructblip(config: Config, made: Draft, vision: Config) -> Fields:
    """A Q-Former that reads the instruction, too."""
    return qformer(config, made, vision, reads_text=True)


def aria(config: Config, made: Draft, vision: Config) -> Fields:
    """Learned queries, as many as the number of patches calls for."""
    fields, joined = feature_layers(config, vision, -1)
    if joined:
        config.mark_incomplete("features of several layers of the vision encoder")
    pairs = config.section("projector_patch_to_query_dict")
    counts = [pairs.integer(name) for name in pairs.data] if pairs is not None and pairs.data else [128, 256]
    config.raw("max_value_projector_patch_to_query_dict")
    made_of: Block = {
        "aria_projector": {
            "num_queries": commented(max(counts), "the most in projector_patch_to_query_dict"),
            "num_attention_heads": vision.integer("num_attention_heads", default=16),
            "features": made.hidden_size,
        }
    }
    return {**fields, "projector": made_of}


def kosmos2(config: Config, made: Draft, vision: Config) -> Fields:
    """One projection, then learned queries that attend to the image and to themselves."""
    return _latent(config, made, 64, 32)


def kosmos2_5(config: Config, made: Draft, vision: Config) -> Fields:
    """The same, with more queries and fewer heads."""
    return _latent(config, made, 2048, 16)


def _latent(config: Config, made: Draft, queries: int, heads: int) -> Fields:
    number = config.integer("latent_query_num", default=queries)
    text = part(config, "text_config")
    latents = {"name": "latent_query", "shape": [number, made.hidden_size]}
    return {
        "projector": [
            mlp(made.hidden_size, bias=True)["projector"],
            {
                "weight": {
                    "name": "latent_query",
                    "label": f"{number} learned queries",
                    "role": "embedding",
                    "weights": [latents],
                }
            },
            {
                "resampling_attention": {
                    "encoder_hidden_size": made.hidden_size,
                    "num_attention_heads": text.integer("attention_heads", default=heads),
                    "bias": True,
                    "joined": True,
                }
            },
        ]
    }


def ovis2(config: Config, made: Draft, vision: Config) -> Fields:
    """A word of a visual vocabulary for each token: the mean of the rows of a table, weighted by probabilities."""
    if vision.text("tokenize_function", default="softmax") != "softmax":
        vision.mark_incomplete("how the vision encoder chooses words (tokenize_function)")
    words = vision.integer("vocab_size", default=16_384)
    marks = vision.integer("num_visual_indicator_tokens", default=5)
    out = config.integer("hidden_size", default=1536)
    config.raw("visual_indicator_token_ids")
    table = {"name": "visual_embeddings_table.weight", "shape": [words, out]}
    head = mlp(commented(words - marks, "vocab_size less num_visual_indicator_tokens"), last_norm="layernorm")[
        "projector"
    ]
    stride = vision.integer("hidden_stride", default=1)
    head["mlp_projector"] |= given(merge_size=stride if stride > 1 else None, label="Visual head")
    words_chosen: list[Block] = [
        head,
        {"op": {"name": "softmax", "label": "softmax"}},
        {
            "weight": {
                "name": "words",
                "label": "visual words",
                "detail": "table, weighted mean",
                "role": "embedding",
                "features": out,
                "weights": [table],
            }
        },
    ]
    return fitting({"projector": words_chosen}, out, made)


def molmo2(config: Config, made: Draft, vision: Config) -> Fields:
    """Attention that pools neighbours, over the features of two layers, then a gated projection."""
    adapter = part(config, "adapter_config")
    layers = vision.integer("num_hidden_layers", default=25)
    read = [layer % layers for layer in adapter.integers("vision_feature_layer", "vit_layers", default=[24, 18])]
    last = max(read, default=0) - layers
    width = vision.integer("hidden_size", default=1152) * len(read)
    own = adapter.integer("hidden_size", default=1152)
    heads = adapter.integer("num_attention_heads", default=16)
    biased = adapter.flag("attention_bias", default=True)
    if last != -1:
        # The class leaves out the layers that nothing reads.
        config.mark_incomplete("an encoder whose last layers are left out")
    out = adapter.integer("text_hidden_size", default=3584)
    projector: list[Block] = [
        {
            "op": {
                "name": "joined",
                "label": f"outputs of {counted(len(read), 'layer', 'layers')} joined",
                "detail": ", ".join(map(str, read))[:60],
                "features": width,
            }
        },
        {
            "pooling_attention": {
                "hidden_size": own,
                "num_attention_heads": heads,
                "num_key_value_heads": adapter.integer("num_key_value_heads", default=heads),
                "head_dim": adapter.integer("head_dim", default=72),
                **unless(bias=(biased, True)),
            }
        },
        {
            "gated_projector": {
                "intermediate_size": adapter.integer("intermediate_size", default=18_944),
                "features": out,
                **unless(
                    hidden_act=(adapter.text("hidden_act", default="silu"), "silu"),
                    bias=(adapter.flag("mlp_bias", default=False), False),
                ),
            }
        },
    ]
    return fitting({"projector": projector}, out, made)


def janus(config: Config, made: Draft, vision: Config) -> Fields:
    """Projections to the width ``projection_dim``."""
    width = vision.integer("projection_dim", default=2048)
    depth = vision.integer("depth", default=2)
    act = vision.text("hidden_act", default="gelu")
    return fitting(mlp(*[width] * depth, bias=True, hidden_act=None if act == "gelu" else act), width, made)
