"""The encoders of images and sounds of dots3-note, from their sections of a config."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given, rope, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.sparse_parts import sparse_by_type


def dots_vision(vision: Config, width: int) -> Block:
    """The encoder of images; ``width`` is that of the text model."""
    vision.ignore("rope_parameters", "spatial_merge_size", "router_scaling_factor")
    number = vision.integer("num_hidden_layers", default=42)
    usual = vision.integer("num_local_experts", default=64)
    each = vision.section("per_layer_config")
    counts = []
    for index, sparse in enumerate(sparse_by_type(vision, number, dense_first=25)):
        own = each.section(str(index)) if each is not None and str(index) in each else None
        own_count = usual if own is None else own.integer("num_local_experts", default=usual)
        counts.append(own_count if sparse else 0)
    hidden = vision.integer("hidden_size", default=1536)
    if vision.integer("adapter_in_dim", default=1536) != hidden:
        vision.complain("adapter_in_dim is not the hidden_size of the encoder", "adapter_in_dim")
    if vision.text("hidden_act", default="silu") != "silu":
        vision.mark_incomplete(f"the activation {vision.text('hidden_act')[:40]} of the vision encoder")
    fields: dict[str, Any] = {
        "hidden_size": hidden,
        "intermediate_size": vision.integer("intermediate_size", default=4224),
        "moe_intermediate_size": vision.integer("moe_intermediate_size", default=2112),
        "num_attention_heads": vision.integer("num_attention_heads", default=24),
        "patch_size": vision.integer("patch_size", default=14),
        "experts": counts,
        **unless(
            num_channels=(vision.integer("num_channels", default=3), 3),
            num_experts_per_tok=(vision.integer("num_experts_per_tok", default=2), 2),
            attention_bias=(vision.flag("attention_bias", default=False), False),
            mlp_bias=(vision.flag("mlp_bias", default=False), False),
            spatial_merge_size=(vision.integer("adapter_merge_size", default=2), 2),
            out_hidden_size=(vision.integer("adapter_out_dim", default=5120), width),
        ),
    }
    return {"dots_vision": fields}


def dots_audio(audio: Config, width: int) -> Block:
    """The encoder of sounds; ``width`` is that of the text model."""
    audio.ignore("hop_length", "sampling_rate", "samples_per_token", "max_position_embeddings", "dropout")
    hidden, heads = audio.integer("hidden_size", default=1280), audio.integer("num_attention_heads", default=20)
    biased = audio.flag("attention_bias", default=True)
    bands = audio.integer("feature_size", default=128)
    channels = audio.integer("downsample_hidden_size", default=480)
    if audio.integer("conv_output_size", default=7680) != channels * -(-bands // 8):
        audio.complain("conv_output_size is not downsample_hidden_size for each of the bands left", "conv_output_size")
    if audio.integer("adapter_input_size", default=1280) != hidden:
        audio.complain("adapter_input_size is not the hidden_size of the encoder", "adapter_input_size")
    if audio.integer("num_key_value_heads", default=heads) != heads:
        audio.mark_incomplete("grouped keys and values of the audio encoder")
    out = audio.integer("adapter_out_dim", default=5120)
    mixer = {
        "num_attention_heads": heads,
        "head_dim": audio.integer("head_dim", default=64),
        "is_causal": False,
        **({"attention_bias": True, "attention_key_bias": False} if biased else {}),
        "position": rope(audio, partial=0.5),
    }
    act = audio.text("hidden_act", default="silu")
    fields: dict[str, Any] = {
        "hidden_size": hidden,
        "intermediate_size": audio.integer("intermediate_size", default=5120),
        "num_hidden_layers": audio.integer("num_hidden_layers", default=32),
        "stem": {
            "spectrogram_convolutions": {
                "num_mel_bins": bands,
                "downsample_hidden_size": channels,
                "positions": False,
            }
        },
        "attention": {"multi_head": mixer},
        "frames": 8,
        "norm": "rmsnorm",
        "hidden_act": act,
        "gated": True,
        "projector": {"mlp_projector": {"norm": "layernorm", "sizes": [out, out], "bias": True}},
        **given(out_hidden_size=out if out != width else None),
    }
    return {"audio_transformer": fields}
