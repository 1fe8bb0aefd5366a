"""Encoders that one model alone has, each from its section of a config to a block expression of the spec language."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import unless, without_effect
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented

_WINDOWED, _FULL = "window_attention", "full_attention"


def muse_tower(vision: Config | None, root: Config) -> list[Block]:
    """Muse Glimmer's encoder from ``vision_config``, its adapter from ``root``; nothing where there is none."""
    if vision is None:
        return []
    vision.ignore("rope_parameters", "max_position_embeddings")
    layers = vision.integer("num_hidden_layers", default=50)
    usual = [_WINDOWED if (index + 1) % 4 and index < layers - 1 else _FULL for index in range(layers)]
    types = vision.per_layer(vision.texts("layer_types", default=usual), layers, "layer_types")
    if set(types) - {_WINDOWED, _FULL}:
        vision.mark_incomplete("layers of the vision encoder of another type")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1536),
        "intermediate_size": vision.integer("intermediate_size", default=8960),
        "num_hidden_layers": layers,
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "projector_hidden_size": root.integer("projector_hidden_size", default=4096),
    }
    if _WINDOWED in types:
        fields["fullatt_block_indexes"] = [index for index, kind in enumerate(types) if kind == _FULL]
    merge = vision.integer("merge_size", default=2)
    if root.integer("out_hidden_size", default=6144) != fields["hidden_size"] * merge * merge:
        root.complain("out_hidden_size is not hidden_size of the encoder times merge_size squared", "out_hidden_size")
    fields |= unless(
        patch_size=(vision.integer("patch_size", default=14), 14),
        patch_temporal=(vision.integer("patch_temporal", default=2), 2),
        pos_emb_height=(vision.integer("pos_emb_height", default=32), 32),
        pos_emb_width=(vision.integer("pos_emb_width", default=32), 32),
        merge_size=(merge, 2),
        hidden_act=(vision.text("hidden_act", default="gelu"), "gelu"),
        projector_hidden_act=(root.text("projector_hidden_act", default="gelu"), "gelu"),
    )
    return [{"muse_vision": fields}]


def deepseek_tower(vision: Config | None) -> list[Block]:
    """DeepSeek V4.1's encoder from ``vision_config``; nothing where there is none or it has no layers."""
    if vision is None:
        return []
    vision.ignore("max_image_tokens", "max_wh_ratio", "min_pixels", "rope_theta", "rope_parameters")
    layers = vision.integer("num_hidden_layers", default=32, least=0)
    if not layers:
        return []
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size", default=1024),
        "intermediate_size": vision.integer("intermediate_size", default=2816),
        "num_hidden_layers": layers,
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "downsample_ratio": vision.integer("downsample_ratio", default=3),
    }
    fields |= unless(patch_size=(vision.integer("patch_size", default=14), 14))
    return [{"deepseek_vision": fields}]


def glm_tower(vision: Config | None, width: int, kind: str = "glm5_next_vision") -> list[Block]:
    """GLM's encoder from ``vision_config``; nothing where there is none.

    ``width`` is that of the text model, ``kind`` the type of a section that says none.
    """
    if vision is None:
        return []
    vision.ignore("image_size", "rope_parameters", "rope_theta")
    kind = vision.text("model_type", default=kind)
    first, reading = kind.startswith(("glm4v", "glm46v")), kind.startswith("glm_ocr")
    out = vision.integer("out_hidden_size", default=4096 if first else 1536)
    inner = vision.integer("intermediate_size", default=13_696 if first else 4096)
    hidden = vision.integer("hidden_size", default=1536 if first else 1024)
    channels = vision.integer("in_channels", default=3)
    patch = vision.integer("patch_size", default=14)
    biased = vision.flag("attention_bias", default=not first)
    fields: dict[str, Any] = {
        "hidden_size": hidden,
        "intermediate_size": commented(out, "out_hidden_size") if first else inner,
        "depth": vision.integer("depth", "num_hidden_layers", default=24),
        "num_heads": vision.integer("num_heads", "num_attention_heads", default=12 if first else 16),
    }
    if first:
        # What the layers have as their inner width is the merger's here.
        fields["projection_intermediate_size"] = commented(inner, "intermediate_size")
        places = vision.integer("image_size", default=336) // patch
        fields |= {"positions": commented(places * places, "one for each patch of image_size"), "patch_norm": True}
        fields |= {"qk_norm": False, "output_bias": False}
    elif reading:
        fields["projection_intermediate_size"] = commented(out * channels, "out_hidden_size × in_channels")
    else:
        fields["projection_intermediate_size"] = vision.integer("projection_intermediate_size", default=10240)
        fields["swiglu_limit"] = vision.number("swiglu_limit", default=10.0)
    if not first:
        fields |= unless(output_bias=(biased, True))
    fields |= unless(
        patch_size=(patch, 14),
        temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(vision.integer("spatial_merge_size", default=2), 2),
        in_channels=(channels, 3),
        attention_bias=(biased, True),
        hidden_act=(vision.text("hidden_act", default="silu"), "silu"),
        out_hidden_size=(out, width),
    )
    return [{"glm_vision": fields}]


def mimo_towers(root: Config) -> list[Block]:
    """The encoders of images and sounds of MiMo V2.5, from their sections of ``root``; nothing where it has none."""
    root.ignore("processor_config")
    made: list[Block] = []
    vision, audio = root.section("vision_config"), root.section("audio_config")
    if vision is not None:
        made.append(_mimo_vision(vision, root))
    if audio is not None:
        made.append(_mimo_audio(audio))
    return made


def _mimo_vision(vision: Config, root: Config) -> Block:
    vision.ignore("spatial_patch_size", "tokens_per_second", "window_size", "num_query_groups", "kv_channels")
    vision.raw("out_hidden_size")
    if root.text("vision_model_type", default="mimovl") != "mimovl":
        root.mark_incomplete("the vision encoder")
    depth = vision.integer("depth", default=28)
    types = vision.per_layer(
        vision.integers("vit_window_attn_types", default=[-1] * depth), depth, "vit_window_attn_types"
    )
    whole = set(vision.integers("fullatt_block_indexes", default=[]))
    if any((kind == -1) != (index in whole) for index, kind in enumerate(types)):
        vision.complain("fullatt_block_indexes are not the layers of type -1", "fullatt_block_indexes")
    heads = vision.integer("num_heads")
    fields: dict[str, Any] = {
        "hidden_size": vision.integer("hidden_size"),
        "intermediate_size": vision.integer("intermediate_size"),
        "num_heads": heads,
        "num_key_value_heads": vision.optional_integer("num_key_value_heads") or heads,
        "vit_window_attn_types": types,
        "visual_token_window_size": vision.integer("visual_token_window_size", default=64),
    }
    fields |= unless(
        head_dim=(vision.integer("qk_channels", default=64), 64),
        use_sink=(vision.flag("use_sink", default=False), True),
        patch_size=(vision.integer("patch_size", default=16), 16),
        temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
        spatial_merge_size=(vision.integer("spatial_merge_size", default=2), 2),
        in_channels=(vision.integer("in_chans", "in_channels", default=3), 3),
        hidden_act=(vision.text("hidden_act", default="silu"), "silu"),
    )
    return {"mimo_vision": fields}


def _mimo_audio(audio: Config) -> Block:
    audio.ignore("audio_segment_size", "input_local_hidden_dropout", "rope_theta", "speech_zeroemb_idx")
    audio.raw("out_hidden_size")
    sizes = str(audio.raw("speech_vocab_size")).split("-")
    if len(set(sizes)) > 1 or not sizes[0].isdecimal():
        # Earlier models of the line had tables of several sizes.
        audio.mark_incomplete("tables of several sizes in the audio encoder")
        sizes = [max((size for size in sizes if size.isdecimal()), key=int, default="1")]
    if audio.number("partial_rotary_factor", default=1.0) != 1.0:
        audio.mark_incomplete("partial rotation in the audio encoder")
    fields: dict[str, Any] = {
        "input_local_dim": audio.integer("input_local_dim"),
        "input_local_intermediate_size": audio.integer("input_local_intermediate_size"),
        "input_local_layers": audio.integer("input_local_layers"),
        "input_local_attn_heads": audio.integer("input_local_attn_heads"),
        "input_local_head_dim": audio.integer("input_local_head_dim"),
        "audio_channels": audio.integer("audio_channels"),
        "group_size": audio.integer("group_size"),
        "speech_vocab_size": int(sizes[0]),
    }
    fields |= unless(
        input_full_attention=(audio.flag("input_full_attention", default=True), True),
        add_post_norm=(audio.flag("add_post_norm", default=True), True),
        projection_layers=(audio.integer("projection_layers", default=2), 2),
    )
    return {"mimo_audio": fields}


def inkling_towers(root: Config) -> list[Block]:
    """The encoders of images and sounds of Inkling, from their sections of ``root``; nothing where it has none."""
    made: list[Block] = []
    vision, audio = root.section("vision_config"), root.section("audio_config")
    if vision is not None:
        vision.raw("decoder_dmodel", "text_hidden_size")
        vision.ignore("hidden_size", "num_attention_heads", "initializer_range")
        if vision.text("vision_encoder_type", default="hmlp") != "hmlp":
            vision.mark_incomplete("the vision encoder")
        if not vision.flag("use_vision_norm", default=True):
            vision.mark_incomplete("a vision encoder without norm at its end")
        fields: dict[str, Any] = {
            "patch_size": vision.integer("patch_size", default=40),
            "n_layers": vision.integer("n_layers", "num_hidden_layers", default=24),
        }
        fields |= unless(
            temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
            n_channels=(vision.integer("n_channels", "num_channels", default=3), 3),
        )
        made.append({"folding_vision": fields})
    if audio is not None:
        audio.raw("decoder_dmodel", "text_hidden_size")
        audio.ignore("dmel_max_value", "dmel_min_value", "initializer_range")
        if audio.text("audio_mode", default="dmel") != "dmel":
            audio.mark_incomplete("the audio encoder")
        without_effect(audio, "bias")
        if not audio.flag("use_audio_norm", default=True):
            audio.warn("use_audio_norm false is without effect: the class has the norm", "use_audio_norm")
        bins = audio.integer("n_mel_bins", "num_codebooks", default=80)
        steps = audio.integer("mel_vocab_size", "codebook_size", default=256)
        made.append({"binned_audio": {"n_mel_bins": bins, "mel_vocab_size": steps}})
    return made
