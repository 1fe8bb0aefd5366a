"""Tokenizers and encoders whose output is codes or latents, each from its section of a config to a block."""

from __future__ import annotations

from math import prod
from typing import Any

from archdraw.readers.audio_towers import act
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.text_parts import text_part
from archdraw.readers.traced import commented

RATIOS = [2, 2, 4, 5, 5, 8]
"""Class default of the strides of VibeVoice's encoders."""


def image_tokenizer(vision: Config) -> Block:
    """The encoder of a VQGAN with its codebook (Apertus 1.5); the class looks up its codes among the words."""
    vision.ignore("dropout", "spatial_scale_factor")
    factors = vision.integers("channel_multiplier", default=[1, 1, 2, 2, 4])
    resolution = vision.integer("resolution", default=256)
    attended = vision.integers("attn_resolutions", default=[16])
    return {
        "image_tokenizer": {
            "base_channels": vision.integer("base_channels", default=256),
            "channel_multiplier": factors,
            "num_res_blocks": vision.integer("num_res_blocks", default=4),
            "attention_stages": [stage for stage in range(len(factors)) if resolution // 2**stage in attended],
            "latent_channels": vision.integer("latent_channels", default=256),
            "embed_dim": vision.integer("embed_dim", default=256),
            "codebook_size": vision.integer("codebook_size", default=131_072),
            **unless(in_channels=(vision.integer("in_channels", default=3), 3)),
        }
    }


def sound_tokenizer(audio: Config) -> Block:
    """WavTokenizer's encoder with its codebook (Apertus 1.5); what is of its decoder is not built."""
    audio.ignore("pad_mode", "sampling_rate", "use_causal_conv", "norm_eps", "adanorm_num_embeddings")
    audio.ignore("decoder_attention_num_groups", "decoder_hidden_size", "decoder_intermediate_size")
    audio.ignore("decoder_num_layers")
    norms = {"weight_norm": "weight", "time_group_norm": "group"}
    norm = audio.text("norm_type", default="weight_norm")
    if norm not in norms:
        audio.complain(f"norm_type {norm[:40]} is none of {', '.join(norms)}", "norm_type")
    width = audio.integer("hidden_size", default=512)
    if audio.integer("codebook_dim", default=width) != width:
        audio.complain(f"codebook_dim is not {width:,}, the hidden_size of the encoder", "codebook_dim")
    ratios = audio.integers("upsampling_ratios", default=[6, 5, 5, 4])
    defaults = {
        "audio_channels": 1,
        "dilation_growth_rate": 2,
        "compress": 2,
        "kernel_size": 7,
        "last_kernel_size": 7,
        "residual_kernel_size": 3,
        "num_lstm_layers": 2,
    }
    return {
        "sound_tokenizer": {
            "hidden_size": width,
            "num_filters": audio.integer("num_filters", default=32),
            "ratios": ratios[::-1],
            "codebook_size": audio.integer("codebook_size", default=4096),
            **unless(
                num_residual_layers=(audio.integer("num_residual_layers", default=1, least=0), 1),
                conv_shortcut=(audio.flag("use_conv_shortcut", default=True), True),
                norm=(norms.get(norm, "weight"), "weight"),
                **{name: (audio.integer(name, default=usual), usual) for name, usual in defaults.items()},
            ),
        }
    }


def latents(audio: Config, usual: int) -> Block:
    """VibeVoice's encoder of samples to latents of a width whose class default is ``usual``."""
    audio.raw("model_type", "vae_std", "layer_scale_init_value", "initializer_range")
    return {
        "convolutional_latents": {
            "features": audio.integer("hidden_size", default=usual),
            "num_filters": audio.integer("num_filters", default=32),
            "depths": audio.integers("depths", default=[3, 3, 3, 3, 3, 3, 8]),
            "downsampling_ratios": audio.integers("downsampling_ratios", default=RATIOS),
            **unless(
                kernel_size=(audio.integer("kernel_size", default=7), 7),
                ffn_expansion=(audio.integer("ffn_expansion", default=4), 4),
                hidden_act=(audio.text("hidden_act", default="gelu"), "gelu"),
            ),
        }
    }


def paired_latents(config: Config, audio: Config, made: Draft) -> list[Block]:
    """VibeVoice ASR: two encoders of one waveform, whose latents are projected and added."""
    samples, fields = _pair(config, audio, "semantic_tokenizer_encoder_config")
    if config.integer("acoustic_tokenizer_chunk_size", default=1_440_000) % max(1, samples):
        config.complain(f"acoustic_tokenizer_chunk_size is no multiple of {samples:,}", "acoustic_tokenizer_chunk_size")
    return [{"paired_latents": fields}]


def _pair(config: Config, audio: Config, name: str) -> tuple[int, dict[str, Any]]:
    """How many samples a token stands for, and the fields of both encoders; that of the meaning from ``name``."""
    semantic = config.section(name) or Config({}, (name,), config)
    ratios, others = (part.integers("downsampling_ratios", default=RATIOS) for part in (audio, semantic))
    samples, other = prod(ratios), prod(others)
    if samples != other:
        config.complain(f"one encoder leaves a token per {samples:,} samples, the other per {other:,}", name)
    channels = audio.integer("channels", default=1)
    if semantic.integer("channels", default=1) != channels:
        config.complain("one encoder reads other channels than the other", name)
    return samples, {
        "samples": commented(samples, "the product of downsampling_ratios"),
        "acoustic": latents(audio, 64),
        "semantic": latents(semantic, 64 if config.section(name) else 128),
        **unless(channels=(channels, 1)),
    }


def spoken_latents(config: Config, audio: Config, made: Draft) -> list[Block]:
    """VibeVoice: two encoders, and before the head of words what makes sound of the line."""
    # The class takes these from the other sections, whatever stands there.
    made.tie_word_embeddings = text_part(config).flag("tie_word_embeddings", default=False)
    diffusion = config.section("diffusion_head_config") or Config({}, ("diffusion_head_config",), config)
    diffusion.raw("model_type", "hidden_size", "latent_size", "diffusion_max_period")
    _, pair = _pair(config, audio, "semantic_model_config")
    encoder = pair["acoustic"]["convolutional_latents"]
    head = {
        "intermediate_size": diffusion.integer("intermediate_size", default=4608),
        "num_hidden_layers": diffusion.integer("num_hidden_layers", default=4),
        "latent_size": encoder["features"],
        "num_filters": encoder["num_filters"],
        "depths": encoder["depths"][::-1],
        "upsampling_ratios": encoder["downsampling_ratios"][::-1],
        **{name: encoder[name] for name in ("kernel_size", "ffn_expansion") if name in encoder},
        **given(decoder_act=encoder.get("hidden_act"), channels=pair.get("channels")),
        **unless(
            frequency_embedding_size=(diffusion.integer("frequency_embedding_size", default=256), 256),
            hidden_act=(act(diffusion, "hidden_act", usual="silu"), "silu"),
            mlp_bias=(diffusion.flag("mlp_bias", default=False), False),
        ),
    }
    made.layers.insert(-1, {"diffused_latents": head})
    note = "a prompt is read by the first alone, what is generated by both"
    return [{"paired_latents": pair | {"scaled": True, "note": note}}]


def image_generation(vq: Config, made: Draft) -> Block:
    """What makes images of Janus's tokens: the head, the codes and the VQGAN of ``vq_config``."""
    vq.ignore("dropout", "initializer_range", "num_patches", "model_type")
    if vq.flag("double_latent", default=False):
        vq.mark_incomplete("double_latent: the channels behind the stages are not those that are read")
    width = vq.integer("image_token_embed_dim", default=2048)
    return {
        "image_generation": {
            "base_channels": vq.integer("base_channels", default=128),
            "channel_multiplier": vq.integers("channel_multiplier", default=[1, 1, 2, 2, 4]),
            "num_res_blocks": vq.integer("num_res_blocks", default=2),
            "latent_channels": vq.integer("latent_channels", default=256),
            "embed_dim": vq.integer("embed_dim", default=8),
            "num_embeddings": vq.integer("num_embeddings", default=16_384),
            "projection_dim": vq.integer("projection_dim", default=2048),
            **unless(
                num_hidden_layers=(vq.integer("num_hidden_layers", default=2), 2),
                hidden_act=(vq.text("hidden_act", default="gelu"), "gelu"),
                image_token_embed_dim=(width, made.hidden_size),
                in_channels=(vq.integer("in_channels", default=3), 3),
                out_channels=(vq.integer("out_channels", default=3), 3),
            ),
        }
    }
