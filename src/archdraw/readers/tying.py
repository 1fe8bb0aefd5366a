"""Whether the LM head is tied where a config says so on two levels, and they contradict each other.

A file of a model that reads images has ``tie_word_embeddings`` of the whole and of its text part. Which of them counts
is up to the class that is built: up to version 4 transformers asks the text part, from 5 on the whole, with exceptions.
"""

from __future__ import annotations

from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import families
from archdraw.readers.heads import has_language_head

KEY = "tie_word_embeddings"
SECTIONS = ("text_config", "llm_config", "language_config")

EITHER = (
    *("fast_vlm", "glm4v", "glm4v_moe", "glm_ocr", "hunyuan_vl", "kosmos-2", "llava", "llava_next_video"),
    *("llava_onevision", "minimax_m3_vl", "paddleocr_vl", "qwen2_5_vl", "qwen2_vl", "shieldgemma2", "video_llama_3"),
)
"""Model types whose classes of transformers 5 take over what the text part says, where that ties."""

NEWEST = 5
"""The major version of transformers that a file without one is read for."""

BY_TEXT = ("blip-2", "instructblip", "instructblipvideo", "kosmos-2.5", "llama4", "nemotron_h_omni", "vibevoice")
"""Model types whose text part is a language model of its own, head and all."""

NOT_BY_ONE = (
    *("audioflamingo3", "cosmos3_edge", "inkling2", "inkling2_loop", "inkling_mm_model", "mllama", "molmo2"),
    *("muse_spark", "musicflamingo", "omniasr", "qwen2_audio", "vibevoice_asr", "voxtral"),
)
"""Model types whose classes of transformers 5 do not tie where one of the two levels says no."""

BY_DEFAULT = (
    *("aya_vision", "cohere2_vision", "deepseek_vl", "deepseek_vl_hybrid", "ernie4_5_vl_moe", "florence2"),
    *("fun_asr_nano", "gemma3", "gemma3n", "gemma4", "gemma4_unified", "glmasr", "got_ocr2", "granite_docling"),
    *("granite_speech", "granite_speech_plus", "hunyuan_vl", "hyperclovax_vision_v2", "internvl", "janus", "kimi_k25"),
    *("kosmos-2", "kosmos-2.5", "lfm2_vl", "lfm3_vl", "lighton_ocr", "minicpm_ocr", "ministral3", "mistral3"),
    *("moss_transcribe_diarize", "ovis2", "paddleocr_vl", "paligemma", "pp_chart2table", "qwen3_asr", "shieldgemma2"),
    "voxtral_realtime",
)
"""Model types whose classes of transformers 5 tie where the whole says nothing; all others do not.

``ministral3`` is that of the text part, which some files of Mistral's have at the top.
"""

NEVER = ("mllama",)
"""Model types whose tables have rows that the head has not."""

BY_WHOLE = ("fuyu", "pix2struct")
"""Model types whose classes have always taken the word of the whole."""


def settle_tying(made: Draft, config: Config) -> None:
    """Ties ``made`` or not, as the class of ``config`` does, with a warning; leaves it where nothing contradicts.

    Without a head over the vocabulary the flags mean nothing.
    """
    name = next((name for name in SECTIONS if isinstance(config.data.get(name), dict)), "")
    whole, part = config.data.get(KEY), config.data[name].get(KEY) if name else None
    if not name:
        return
    kind, version = str(config.data.get("model_type")), _version(config, name)
    if whole is None and "transformers_version" in config.data and version >= NEWEST and kind in families():
        whole = kind in BY_DEFAULT
    if not isinstance(whole, bool) or not isinstance(part, bool) or whole == part or not has_language_head(made):
        return
    if kind in NEVER:
        tied, by = False, "its table has rows that the head has not"
    elif _is_text_alone(config) and kind not in BY_WHOLE:
        tied, by = part, "the class of the text part is built"
    elif version < NEWEST and kind not in BY_WHOLE:
        tied, by = part, f"transformers {version} reads it"
    else:
        tied = part if kind in BY_TEXT else kind not in NOT_BY_ONE and (whole or kind in EITHER)
        by = f"transformers {version} builds {str(kind)[:40]}"
    made.tie_word_embeddings = tied
    place, default = (KEY, "") if KEY in config else (name, " by default")
    says = f"{KEY} is {str(whole).lower()}{default}, in {name} {str(part).lower()}"
    config.warn(f"{says}: read as {'tied' if tied else 'untied'}, as {by}", place)


def _is_text_alone(config: Config) -> bool:
    names = config.data.get("architectures")
    first = names[0] if isinstance(names, list) and names else ""
    return str(first).endswith("ForCausalLM") and "auto_map" not in config


def _version(config: Config, section: str) -> int:
    """The major version of transformers that the file is of; the newest where it does not say."""
    for data in (config.data, config.data[section]):
        major = str(data.get("transformers_version", "")).partition(".")[0]
        if major.isdecimal():
            return int(major)
    return NEWEST
