"""The encoders of models that wrap a text model, each from the whole config."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.readers import audio_towers as sounds
from archdraw.readers import query_projectors as queries
from archdraw.readers.code_towers import image_generation, image_tokenizer, sound_tokenizer
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.dots_towers import dots_audio, dots_vision
from archdraw.readers.draft import Block, Draft
from archdraw.readers.projectors import Projector
from archdraw.readers.sam_towers import got_tower, hybrid_tower
from archdraw.readers.special_towers import glm_tower, muse_tower
from archdraw.readers.stepped_audio import stepped_audio
from archdraw.readers.text_parts import text_part
from archdraw.readers.towers import pixtral_tower, qwen2_tower, qwen_tower
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import sides, vision_transformer
from archdraw.readers.vision_variants import VARIANTS

Towers = Callable[[Config, Draft], list[Block]]
"""The encoders of a whole config, beside the text model that is read already."""


def section(config: Config, name: str = "vision_config") -> Config:
    """The section ``name``; an empty one, all of whose values are defaults, where there is none."""
    return config.section(name) or Config({}, (name,), config)


def transformer(tower: str, project: Projector, *, label: str = "", second: str = "", merges: bool = True) -> Towers:
    """A vision transformer of the class ``tower``, unless its section names another, with the projector of ``project``.

    ``label`` is what it is called where that is not the usual, ``second`` the same of another one like it, which shares
    the projector. ``merges``: the projector of Pixtral's encoder joins patches.
    """

    def read(config: Config, made: Draft) -> list[Block]:
        vision = section(config)
        kind = vision.text("model_type", default=tower)
        if kind == "pixtral":
            return pixtral_tower(vision, config, merges=merges)
        variant = VARIANTS.get(kind) or (VARIANTS.get(tower) if kind == config.data.get("model_type") else None)
        if variant is None:
            config.mark_incomplete(f"the vision encoder {kind[:40]}, which is not known")
            return []
        fields = project(config, made, vision)
        towers: list[Block] = [vision_transformer(vision, variant, **fields, **given(label=label or None))]
        if second:
            shared = {"op": {"name": "shared", "label": "the same projector", "features": made.hidden_size}}
            towers.append(vision_transformer(vision, variant, **fields | {"projector": shared}, label=second))
        return towers

    return read


def qwen2(config: Config, made: Draft) -> list[Block]:
    return qwen2_tower(config.section("vision_config"), made.hidden_size)


def qwen3(config: Config, made: Draft) -> list[Block]:
    return qwen_tower(config.section("vision_config"), made.hidden_size)


def exaone(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-VL's encoder with fewer heads of keys and values."""
    return qwen2_tower(section(config), made.hidden_size, kind="exaone4_5_vision")


def hyperclova(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-VL's encoder with one projection more."""
    return qwen2_tower(section(config), made.hidden_size, kind="qwen2_5_vl_vision", projected=True)


def thinker(config: Config, made: Draft) -> list[Block]:
    """Qwen2.5-Omni: Qwen2.5-VL's encoder with three matrices in attention, Whisper's with the mean of pairs."""
    config.ignore("position_id_per_seconds", "seconds_per_chunk", "audio_start_token_id", "audio_end_token_id")
    audio = section(config, "audio_config")
    audio.ignore("n_window")
    images = qwen2_tower(section(config), made.hidden_size, kind="qwen2_5_omni_vision_encoder")
    return [*images, *sounds.whisper_tower(config, audio, made, sounds.omni, pooled=2, stored=False)]


def thinker3(config: Config, made: Draft) -> list[Block]:
    """Qwen3-Omni: the encoders of Qwen3-VL and Qwen3-ASR."""
    config.ignore("position_id_per_seconds", "audio_start_token_id", "audio_end_token_id")
    audio = section(config, "audio_config")
    audio.ignore("max_source_positions", "conv_chunksize")
    images = qwen_tower(section(config), made.hidden_size, kind="qwen3_omni_moe_vision_encoder")
    return [*images, *sounds.qwen3_tower(config, audio, made, sounds.qwen3, sounds.WHISPER)]


def glm(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm4v_vision")


def glm_ocr(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm_ocr_vision")


def got(config: Config, made: Draft) -> list[Block]:
    return got_tower(section(config), made.hidden_size)


def minicpm(config: Config, made: Draft) -> list[Block]:
    """MiniCPM-V 4.6 and later: neighbours are merged within the layers, and once more behind them."""
    config.ignore("image_size", "drop_vision_last_layer", "downsample_mode", "patch_size")
    vision = section(config)
    sizes = [
        *vision.integers("window_kernel_size", default=[2, 2]),
        *config.integers("merge_kernel_size", default=[2, 2]),
    ]
    if len(sizes) != 4 or sizes[0] != sizes[1] or sizes[2:] != [2, 2]:
        vision.mark_incomplete("windows that are no squares, or other than 2 by 2 behind the last layer")
    # The class gives the number at the top to the section, whatever stands there.
    vision.ignore("insert_layer_id")
    (patch, _), (height, width) = sides(vision, "patch_size", 16), sides(vision, "image_size", 224)
    places = commented((height // patch) * (width // patch), "one for each patch of image_size")
    fields = {
        "hidden_size": vision.integer("hidden_size", default=768),
        "intermediate_size": vision.integer("intermediate_size", default=3072),
        "num_hidden_layers": vision.integer("num_hidden_layers", default=12),
        "num_attention_heads": vision.integer("num_attention_heads", default=12),
        "patch_size": patch,
        "positions": places,
        "insert_layer_id": config.integer("insert_layer_id", default=6, least=0),
        **unless(
            window_kernel_size=(sizes[0] if sizes else 2, 2),
            merger_times=(config.integer("merger_times", default=1), 1),
            num_channels=(vision.integer("num_channels", default=3), 3),
            hidden_act=(vision.text("hidden_act", default="gelu_pytorch_tanh"), "gelu_pytorch_tanh"),
        ),
    }
    return [{"minicpm_vision": fields}]


def lfm3(config: Config, made: Draft) -> list[Block]:
    """LFM3-VL: convolutions over the grid, attention in a few layers."""
    vision = section(config)
    vision.ignore("rope_parameters")
    number = vision.integer("num_hidden_layers", default=14)
    usual = ["conv" if index < 2 or index % 2 else "full_attention" for index in range(number)]
    kinds = vision.per_layer(vision.texts("layer_types", default=usual), number, "layer_types")
    act = config.text("projector_hidden_act", default="gelu")
    projector = {
        "merge_size": vision.integer("spatial_merge_size", default=2),
        "norm": "layernorm",
        "norms_merged": False,
        "sizes": [config.integer("projector_hidden_size", default=4096), made.hidden_size],
        **given(bias=config.flag("projector_bias", default=True), hidden_act=act if act != "gelu" else None),
    }
    fields = {
        "hidden_size": vision.integer("hidden_size", default=1024),
        "intermediate_size": vision.integer("intermediate_size", default=2560),
        "num_hidden_layers": number,
        "num_attention_heads": vision.integer("num_attention_heads", default=16),
        "num_key_value_heads": vision.integer("num_key_value_heads", default=8),
        "patch_size": sides(vision, "patch_size", 16)[0],
        "attention_layers": [index for index, kind in enumerate(kinds) if kind != "conv"],
        **unless(
            temporal_patch_size=(vision.integer("temporal_patch_size", default=2), 2),
            in_channels=(vision.integer("in_channels", default=3), 3),
            conv_kernel_size=(vision.integer("conv_kernel_size", default=3), 3),
        ),
        "projector": {"mlp_projector": projector},
    }
    return [{"lfm_vision": fields}]


def muse_spark(config: Config, made: Draft) -> list[Block]:
    """Muse Spark: the encoder of Muse Glimmer, and one of sounds."""
    audio = section(config, "audio_config")
    return [*muse_tower(section(config), config), *stepped_audio(audio, made.hidden_size)]


def dots3(config: Config, made: Draft) -> list[Block]:
    """dots3-note: an encoder of images with experts, one of sounds."""
    width = made.hidden_size
    return [dots_vision(section(config), width), dots_audio(section(config, "audio_config"), width)]


def apertus(config: Config, made: Draft) -> list[Block]:
    """Apertus 1.5: codes of images and of sounds, which are words behind those of the text."""
    vision, audio = section(config), section(config, "audio_config")
    towers = [image_tokenizer(vision), sound_tokenizer(audio)]
    images, sounds_from = (
        config.integer(f"{name}_token_offset", default=usual)
        for name, usual in (("image", 131_272), ("audio", 262_344))
    )
    end = images + vision.integer("codebook_size", default=131_072)
    if end != sounds_from:
        config.complain(f"the codes of images end at {end:,}, those of sounds begin elsewhere", "audio_token_offset")
    last = sounds_from + audio.integer("codebook_size", default=4096)
    # The head may be narrower than the table (output_vocab_size), in which the codes stand.
    words = text_part(config).integer("vocab_size", default=266_752)
    if last > words:
        config.complain(f"the codes of sounds end at {last:,} of {words:,} words", "audio_token_offset")
    return towers


def janus(config: Config, made: Draft) -> list[Block]:
    """Janus: an encoder of images that it reads; what makes images stands before the head."""
    made.layers.insert(-1, image_generation(section(config, "vq_config"), made))
    return transformer("janus_vision_model", queries.janus)(config, made)


def deepseek_hybrid(config: Config, made: Draft) -> list[Block]:
    """DeepSeek-VL 7B: two encoders of images of two sizes."""
    return hybrid_tower(section(config), section(config, "high_res_vision_config"), made.hidden_size)
