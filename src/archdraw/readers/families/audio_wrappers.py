"""Models of a text model and an encoder of sounds: which encoder each has, which projector, which text family.

A model that differs from a known one in these, and in the defaults of its keys, is a row of :data:`WRAPPERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from archdraw.readers.audio_towers import (
    MEDIUM,
    glm_tower,
    joined_frames,
    joined_two,
    one,
    qwen3,
    qwen3_tower,
    realtime_tower,
    timed,
    two,
    wave_tower,
    whisper_tower,
)
from archdraw.readers.code_towers import paired_latents, spoken_latents
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import saved_by_version
from archdraw.readers.family import Family
from archdraw.readers.fun_asr import fun_asr_tower
from archdraw.readers.granite_speech import granite_tower
from archdraw.readers.text_parts import text_model, text_part, with_towers
from archdraw.records import record

Tower = Callable[[Config, Config, Draft], list[Block]]
"""From the whole config, the section of the tower and the text model to the encoders."""

SOUNDS = (
    "audio_token_id",
    "audio_token_index",
    "hidden_size",
    "vocab_size",
    "processor_class",
    "feature_extractor_type",
)
"""Keys that say which token stands for a sound, or again what the text part says."""


@record
class Wrapper:
    """Models that differ in no more than values: their types and classes, and what they are made of.

    ``text`` is the family of a text model that does not say its own, ``tied`` whether the class ties the head of a file
    that does not say it above the sections: transformers 5 does not look into them. The tower's section is ``section``,
    ``sizes`` are defaults of the text model that are not those of its own class, which fill a section's gaps where
    ``fills_gaps``, else stand for a section that is missing.
    """

    model_types: tuple[str, ...]
    text: str
    tower: Tower
    architectures: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    tied: bool = False
    section: str = "audio_config"
    sizes: Mapping[str, int] = field(default_factory=dict)
    fills_gaps: bool = False

    def family(self) -> Family:
        """The family of configs."""
        return Family(self.model_types, self.read, self.architectures, (*SOUNDS, *self.ignored), wraps=True)

    def read(self, config: Config) -> Draft:
        """The text model with its tower."""
        if self.fills_gaps or not isinstance(config.data.get("text_config"), Mapping):
            text_part(config).defaults(**self.sizes)
        made = text_model(config, self.text)
        if "tie_word_embeddings" in config or (saved_by_version(config) or 4) >= 5:
            made.tie_word_embeddings = config.flag("tie_word_embeddings", default=self.tied)
        audio = config.section(self.section) or Config({}, (self.section,), config)
        audio.raw("model_type")
        return with_towers(made, self.tower(config, audio, made))


def _tower(read: Callable[..., list[Block]], project: Callable[..., dict[str, object]], **fields: Any) -> Tower:
    def tower(config: Config, audio: Config, made: Draft) -> list[Block]:
        return read(config, audio, made, project, **fields)

    return tower


VOXTRAL = {
    "vocab_size": 131_072,
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 30,
    "num_key_value_heads": 8,
    "max_position_embeddings": 131_072,
    "head_dim": 128,
}
REALTIME = {**VOXTRAL, "intermediate_size": 9216, "num_hidden_layers": 26, "sliding_window": 8192}
GLM_ASR = {
    "vocab_size": 59_264,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
    "max_position_embeddings": 8192,
}
QWEN3_ASR = {
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 65_536,
}
OMNI_ASR = {
    "vocab_size": 11_984,
    "hidden_size": 4096,
    "intermediate_size": 2816,
    "num_hidden_layers": 12,
    "num_attention_heads": 8,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
}
FUN_ASR = {
    "hidden_size": 1024,
    "intermediate_size": 3072,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "max_position_embeddings": 40_960,
}

WRAPPERS = (
    Wrapper(("qwen2_audio",), "qwen2", _tower(whisper_tower, one, pooled=2), ("Qwen2AudioForConditionalGeneration",)),
    Wrapper(
        ("audioflamingo3",),
        "qwen2",
        _tower(whisper_tower, two(biased=None), pooled=2),
        ("AudioFlamingo3ForConditionalGeneration",),
    ),
    Wrapper(
        ("musicflamingo",),
        "qwen2",
        _tower(whisper_tower, timed, pooled=2),
        ("MusicFlamingoForConditionalGeneration",),
        ("audio_bos_token_id", "audio_eos_token_id"),
    ),
    Wrapper(
        ("voxtral",),
        "llama",
        _tower(whisper_tower, two(biased=False, merged=True)),
        ("VoxtralForConditionalGeneration",),
        sizes=VOXTRAL,
        fills_gaps=True,
    ),
    Wrapper(
        ("glmasr",),
        "llama",
        _tower(glm_tower, two(biased=True, merged=True, twice=True)),
        ("GlmAsrForConditionalGeneration",),
        tied=True,
        sizes=GLM_ASR,
        fills_gaps=True,
    ),
    Wrapper(
        ("granite_speech", "granite_speech_plus"),
        "granite",
        _tower(granite_tower, one),
        ("GraniteSpeechForConditionalGeneration", "GraniteSpeechPlusForConditionalGeneration"),
        tied=True,
        section="encoder_config",
    ),
    Wrapper(
        ("fun_asr_nano",),
        "qwen3",
        _tower(fun_asr_tower, one),
        ("FunAsrNanoForConditionalGeneration",),
        tied=True,
        sizes=FUN_ASR,
    ),
    Wrapper(
        ("moss_transcribe_diarize",),
        "qwen3",
        _tower(whisper_tower, joined_two, usual=MEDIUM, bands=80),
        ("MossTranscribeDiarizeForConditionalGeneration",),
        tied=True,
    ),
    Wrapper(("omniasr",), "llama", _tower(wave_tower, one), ("OmniASRForConditionalGeneration",), sizes=OMNI_ASR),
    Wrapper(
        ("voxtral_realtime",),
        "voxtral_realtime_text",
        _tower(realtime_tower, joined_frames),
        ("VoxtralRealtimeForConditionalGeneration",),
        ("audio_length_per_tok", "default_num_delay_tokens"),
        tied=True,
        sizes=REALTIME,
        fills_gaps=True,
    ),
    Wrapper(
        ("vibevoice",),
        "qwen2",
        spoken_latents,
        ("VibeVoiceForConditionalGeneration",),
        ("audio_bos_token_id", "audio_eos_token_id", "diffusion_loss_weight"),
    ),
    Wrapper(
        ("vibevoice_asr",),
        "qwen2",
        paired_latents,
        ("VibeVoiceAsrForConditionalGeneration",),
        ("audio_bos_token_id", "audio_eos_token_id", "max_position_embeddings"),
        section="acoustic_tokenizer_encoder_config",
    ),
    Wrapper(
        ("qwen3_asr",),
        "qwen3",
        _tower(qwen3_tower, qwen3),
        ("Qwen3ASRForConditionalGeneration",),
        ("timestamp_token_id", "token_classification_bias"),
        tied=True,
        sizes=QWEN3_ASR,
    ),
)

FAMILIES = tuple(wrapper.family() for wrapper in WRAPPERS)
