"""The encoders of Phi-4 Multimodal: SigLIP with the mean of neighbours, and a Conformer with biases by distance."""

from __future__ import annotations

from archdraw.readers.audio_towers import act
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import Variant, vision_transformer

SIZES = {
    "vocab_size": 200_064,
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131_072,
}
"""Class defaults of the text model, which is a Phi-3."""

VISION = Variant(1152, 4304, 27, 16, 14, 448, fields={"pooling_head": True}, ignored=("crop_size", "image_token_id"))


def phi_towers(config: Config, made: Draft) -> list[Block]:
    """Both encoders, from ``vision_config`` and ``audio_config``."""
    config.ignore("embd_pdrop", "resid_pdrop", "original_max_position_embeddings")
    vision, audio = (config.section(name) or Config({}, (name,), config) for name in ("vision_config", "audio_config"))
    for part in (vision, audio):
        part.raw("model_type")
    return [_images(vision, made), _sounds(audio)]


def _images(vision: Config, made: Draft) -> Block:
    """SigLIP; a vector for the rows of each cut-out and one between cut-outs stand among the means."""
    layer = vision.raw("feature_layer")
    layer = -2 if layer is None else layer
    layers = vision.integer("num_hidden_layers", default=27)
    if isinstance(layer, bool) or not isinstance(layer, int) or not -layers <= layer < 0:
        vision.mark_incomplete("which layer of the vision encoder is read (feature_layer)")
        layer = -1
    width = vision.integer("hidden_size", default=1152)
    shapes = [{"name": f"{name}_img_feature_extensor", "shape": [width]} for name in ("global", "sub")]
    projector: list[Block] = [
        {"op": {"name": "image_token_compression", "label": "mean of 2 × 2 patches"}},
        {"weight": {"name": "marks", "label": "rows and parts marked", "role": "embedding", "weights": shapes}},
        {"mlp_projector": {"sizes": [made.hidden_size, made.hidden_size], "bias": True}},
    ]
    return vision_transformer(vision, VISION, projector=projector, **unless(vision_feature_layer=(layer, -1)))


def _sounds(audio: Config) -> Block:
    audio.ignore("audio_token_id", "dropout_rate", "initializer_range", "left_chunk")
    audio.raw("feature_layer")  # of the class before it; nothing reads it
    if audio.raw("chunk_size") not in (None, -1):
        audio.mark_incomplete("attention of the audio encoder to chunks (chunk_size)")
    if audio.integer("downsample_rate", default=1) != 1:
        audio.mark_incomplete("a projector of several frames at once (downsample_rate)")
    width = audio.integer("hidden_size", default=1024)
    for name in ("ext_pw_out_channel", "depthwise_separable_out_channel"):
        if audio.integer(name, default=1024) != width:
            audio.complain(f"{name} is not {width:,}, the hidden_size that the next convolution reads", name)
    reduction = audio.integer("time_reduction", default=8)
    if reduction % 2:
        audio.complain(f"time_reduction {reduction:,} is no multiple of 2", "time_reduction")
    halvings, frame = max(1, reduction.bit_length() - 1), audio.integer("input_size", default=80)
    left = -(-frame // 2**halvings)
    if audio.integer("nemo_final_size", default=left) != left:
        audio.complain(
            f"nemo_final_size is not {left:,}, what {halvings} convolutions leave of {frame:,}", "nemo_final_size"
        )
    distances = audio.integer("bias_max_distance", default=1000)
    both = not audio.flag("bias_symmetric", default=False)
    rows = commented(2 * distances, "2 × bias_max_distance: before and behind") if both else distances
    acts = {
        "nemo_activation": (act(audio, "nemo_activation", usual="relu"), "relu"),
        **{
            name: (act(audio, name, usual="silu"), "silu")
            for name in ("activation", "conv_activation", "conv_glu_type")
        },
    }
    fields = {
        "hidden_size": width,
        "intermediate_size": audio.integer("intermediate_size", default=1536),
        "num_blocks": audio.integer("num_blocks", default=24),
        "num_attention_heads": audio.integer("num_attention_heads", default=16),
        **given(head_dim=audio.optional_integer("head_dim")),
        "bias_rows": rows,
        **unless(
            input_size=(frame, 80),
            halvings=(commented(halvings, "log₂ time_reduction"), 3),
            nemo_conv_channels=(audio.integer("nemo_conv_channels", default=1024), 1024),
            kernel_size=(audio.integer("kernel_size", default=3), 3),
            depthwise_multiplier=(audio.integer("depthwise_multiplier", default=1), 1),
            **acts,
        ),
    }
    return {"phi_audio": fields}
