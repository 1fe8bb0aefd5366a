"""The encoders of models that wrap a text model, each from the whole config."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.projectors import Projector
from archdraw.readers.sam_towers import got_tower
from archdraw.readers.special_towers import glm_tower
from archdraw.readers.towers import pixtral_tower, qwen2_tower, qwen_tower
from archdraw.readers.vision_transformers import vision_transformer
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
    """Qwen2.5-VL's encoder with three matrices in attention, and one of sounds."""
    config.ignore("position_id_per_seconds", "seconds_per_chunk")
    _leave_out(config, "audio_config")
    return qwen2_tower(section(config), made.hidden_size, kind="qwen2_5_omni_vision_encoder")


def thinker3(config: Config, made: Draft) -> list[Block]:
    config.ignore("position_id_per_seconds", "audio_start_token_id", "audio_end_token_id")
    _leave_out(config, "audio_config")
    return qwen_tower(section(config), made.hidden_size, kind="qwen3_omni_moe_vision_encoder")


def _leave_out(config: Config, key: str) -> None:
    config.raw(key)
    config.mark_incomplete(f"the encoder of {key} is not drawn")


def glm(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm4v_vision")


def glm_ocr(config: Config, made: Draft) -> list[Block]:
    return glm_tower(section(config), made.hidden_size, "glm_ocr_vision")


def got(config: Config, made: Draft) -> list[Block]:
    return got_tower(section(config), made.hidden_size)
