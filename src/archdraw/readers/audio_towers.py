"""Encoders of sounds with their projectors, each from its sections of a config to a block of the spec language."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given, rope, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.traced import commented

Fields = dict[str, Any]
Projector = Callable[[Config, Draft, Config, Fields], Fields]
"""From the whole config, the text model, the section of the tower and its fields to further fields of the tower."""

NAMES = {
    "hidden_size": "d_model",
    "num_hidden_layers": "encoder_layers",
    "num_attention_heads": "encoder_attention_heads",
    "intermediate_size": "encoder_ffn_dim",
}
"""Sizes of a tower by both of their names; which is the class's own and which the second differs."""


def sizes(audio: Config, defaults: Fields) -> Fields:
    """Width, depth and inner width of a tower; ``defaults`` of its class."""
    say_contradictions(audio, NAMES)
    audio.ignore("layerdrop", "encoder_layerdrop", "activation_dropout", "initializer_range", "vocab_size")
    audio.raw("scale_embedding")  # of the class that the tower was taken from; the tower does not read it
    return {
        name: audio.integer(name, NAMES[name], default=defaults[name])
        for name in ("hidden_size", "intermediate_size", "num_hidden_layers")
    }


def act(config: Config, *names: str, usual: str = "gelu") -> str:
    """The activation of a tower's feed forward or projector."""
    name = config.text(*names, default=usual)
    return "silu" if name == "swish" else name


WHISPER = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20}
"""Class defaults of the towers that are Whisper's encoder: the sizes of the large one."""

MEDIUM = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16}
"""Those of the towers that are the medium one, of Qwen3-ASR and of MOSS."""


def whisper_tower(
    config: Config,
    audio: Config,
    made: Draft,
    project: Projector,
    *,
    pooled: int = 1,
    stored: bool = True,
    usual: Fields = WHISPER,
    bands: int = 128,
) -> list[Block]:
    """Whisper's encoder from the section ``audio``, with the projector of ``project``.

    ``stored``: the checkpoint holds the sines of its positions. ``usual`` and ``bands`` are class defaults.
    """
    fields = sizes(audio, usual)
    heads = audio.integer("num_attention_heads", "encoder_attention_heads", default=usual["num_attention_heads"])
    stem = {
        "num_mel_bins": audio.integer("num_mel_bins", default=bands),
        "max_source_positions": audio.integer("max_source_positions", default=1500),
        **unless(stored=(stored, True)),
    }
    fields |= {
        "stem": {"audio_stem": stem},
        "attention": {"multi_head": _biased(heads) | {"attention_key_bias": False}},
        **unless(hidden_act=(act(audio, "activation_function"), "gelu"), pooled=(pooled, 1)),
    }
    return [{"audio_transformer": fields | project(config, made, audio, fields)}]


def glm_tower(config: Config, audio: Config, made: Draft, project: Projector) -> list[Block]:
    """The encoder of GLM-ASR: Whisper's convolutions, rotation of one half of each head in place of positions."""
    fields = sizes(audio, WHISPER)
    audio.ignore("max_position_embeddings")
    heads = audio.integer("num_attention_heads", default=20)
    groups = audio.optional_integer("num_key_value_heads") or heads
    position = rope(audio, partial=0.5)
    mixer = _biased(heads) | {"attention_key_bias": False, "position": position}
    kind = "multi_head"
    if groups != heads:
        kind, mixer = "grouped_query", mixer | {"num_key_value_heads": groups}
    mixer |= given(head_dim=audio.optional_integer("head_dim"))
    fields |= {
        "stem": {"audio_stem": {"num_mel_bins": audio.integer("num_mel_bins", default=128)}},
        "attention": {kind: mixer},
        **unless(hidden_act=(act(audio, "hidden_act"), "gelu")),
    }
    return [{"audio_transformer": fields | project(config, made, audio, fields)}]


def qwen3_tower(config: Config, audio: Config, made: Draft, project: Projector, usual: Fields = MEDIUM) -> list[Block]:
    """The encoder of Qwen3-ASR: convolutions over both axes of chunks of a spectrogram, windows of several chunks.

    ``usual`` are the class defaults of its sizes.
    """
    fields = sizes(audio, usual)
    audio.raw("max_position_embeddings")
    chunk = 2 * audio.integer("n_window", default=50)
    stem = {
        "num_mel_bins": audio.integer("num_mel_bins", default=128),
        "downsample_hidden_size": audio.integer("downsample_hidden_size", default=480),
    }
    fields |= {
        "stem": {"spectrogram_convolutions": stem},
        "attention": {
            "multi_head": _biased(
                audio.integer("num_attention_heads", NAMES["num_attention_heads"], default=usual["num_attention_heads"])
            )
        },
        "frames": 8,
        "notes": [
            f"chunks of {counted(chunk, 'frame', 'frames')}, "
            f"attention within {audio.integer('n_window_infer', default=800):,}"
        ],
        **unless(hidden_act=(act(audio, "activation_function"), "gelu")),
    }
    return [{"audio_transformer": fields | project(config, made, audio, fields)}]


WAVE = {"conv_dim": [512] * 7, "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "conv_stride": [5, 2, 2, 2, 2, 2, 2]}
"""The convolutions of wav2vec 2.0, class defaults of all that read waveforms as it does."""


def waveform_stem(audio: Config, *, biased: bool, act_key: str = "hidden_act", **fields: Any) -> Block:
    """Convolutions over samples of sound.

    ``biased`` is the class default of ``conv_bias``, ``act_key`` names their activation; ``fields`` are further ones.
    """
    lists = {name: audio.integers(name, default=usual) for name, usual in WAVE.items()}
    stem = {
        **lists,
        **unless(
            conv_bias=(audio.flag("conv_bias", default=biased), True),
            num_conv_pos_embeddings=(audio.integer("num_conv_pos_embeddings", default=128), 128),
            num_conv_pos_embedding_groups=(audio.integer("num_conv_pos_embedding_groups", default=16), 16),
            hidden_act=(act(audio, act_key), "gelu"),
        ),
        **fields,
    }
    return {"waveform_features": stem}


def wave_tower(config: Config, audio: Config, made: Draft, project: Projector) -> list[Block]:
    """The encoder of OmniASR: wav2vec 2.0 with norms before the sublayers, over a waveform."""
    fields = sizes(audio, {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24})
    audio.ignore("hidden_dropout", "layer_norm_eps")
    samples = commented(prod(audio.integers("conv_stride", default=WAVE["conv_stride"])), "the product of conv_stride")
    fields |= {
        "stem": waveform_stem(audio, biased=True),
        "attention": {"multi_head": _biased(audio.integer("num_attention_heads", default=16))},
        "frames": samples,
        "unit": "samples",
        **unless(hidden_act=(act(audio, "hidden_act"), "gelu")),
    }
    return [{"audio_transformer": fields | project(config, made, audio, fields)}]


def realtime_tower(config: Config, audio: Config, made: Draft, project: Projector) -> list[Block]:
    """The encoder of Voxtral Realtime: causal within a window, rotation, RMSNorm and SwiGLU."""
    fields = sizes(audio, WHISPER)
    audio.ignore("max_position_embeddings", "activation_function")
    heads = audio.integer("num_attention_heads", default=32)
    say_contradictions(audio, {"num_key_value_heads": "num_attention_heads"})
    mixer = {
        "num_attention_heads": heads,
        "head_dim": audio.integer("head_dim", default=64),
        "attention_bias": True,
        "attention_key_bias": False,
        **given(sliding_window=audio.optional_integer("sliding_window")),
        "position": rope(audio),
    }
    fields |= {
        "stem": {"audio_stem": {"num_mel_bins": audio.integer("num_mel_bins", default=128)}},
        "attention": {"multi_head": mixer},
        "norm": "rmsnorm",
        "gated": True,
        "mlp_bias": False,
        "down_bias": True,
        "hidden_act": act(audio, "hidden_act", usual="silu"),
        "notes": ["causal: audio is read while text is generated"],
    }
    return [{"audio_transformer": fields | project(config, made, audio, fields)}]


def joined_frames(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """Two projections without biases behind as many neighbours as ``downsample_factor`` joined (Voxtral Realtime)."""
    merged = config.integer("downsample_factor", default=4)
    name = act(config, "projector_hidden_act")
    mlp = {"sizes": [made.hidden_size, made.hidden_size]} | unless(hidden_act=(name, "gelu"))
    return {"projector": {"mlp_projector": mlp}} | unless(merged=(merged, 1))


def _biased(heads: int) -> Fields:
    return {"num_attention_heads": heads, "is_causal": False, "attention_bias": True}


def one(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """One projection, with a bias."""
    return {}


def two(*, biased: bool | None, merged: bool = False, twice: bool = False) -> Projector:
    """Two projections; ``biased`` None: as ``projector_bias`` says, else they are or not.

    ``merged``: as many neighbours are joined as make ``intermediate_size`` features of the tower. ``twice``: the first
    projection is twice as wide as the text model.
    """

    def project(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
        more: Fields = {}
        if merged:
            wide, width = fields["intermediate_size"], fields["hidden_size"]
            if wide % width:
                audio.complain(
                    f"intermediate_size {wide:,} is no multiple of hidden_size {width:,}: neighbours make it",
                    "intermediate_size",
                )
            more = unless(merged=(commented(max(1, wide // width), "intermediate_size / hidden_size"), 1))
        width = 2 * made.hidden_size if twice else made.hidden_size
        bias = config.flag("projector_bias", default=True) if biased is None else biased
        name = act(config, "projector_hidden_act")
        mlp = {"sizes": [width, made.hidden_size]} | given(bias=bias) | unless(hidden_act=(name, "gelu"))
        return more | {"projector": {"mlp_projector": mlp}}

    return project


def joined_two(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """Two projections of ``audio_merge_size`` neighbours joined, and a norm behind them (MOSS)."""
    config.ignore("audio_chunk_size")
    merged = config.integer("audio_merge_size", default=4)
    mlp = {"sizes": [made.hidden_size] * 2, "last_norm": "layernorm"}
    mlp |= given(bias=config.flag("projector_bias", default=True))
    mlp |= unless(hidden_act=(act(config, "projector_hidden_act", usual="silu"), "gelu"))
    return {"projector": {"mlp_projector": mlp}} | unless(merged=(merged, 1))


def timed(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """Two projections behind a rotation of the tower's features by their time (Music Flamingo)."""
    config.raw("rope_parameters", "audio_frame_step", "head_dim", "max_position_embeddings")
    usual = two(biased=None)(config, made, audio, fields)
    rotation = {"op": {"name": "pos_emb", "label": "rotation by the time", "detail": "of a share of the features"}}
    return {"projector": {"sequence": [rotation, usual["projector"]]}}


def qwen3(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """Two projections, the first of the tower's own width, the second to the width that the tower says."""
    out = audio.integer("output_dim", default=3584)
    name = fields.get("hidden_act", "gelu")
    mlp = {"sizes": [fields["hidden_size"], out], "bias": True} | unless(hidden_act=(name, "gelu"))
    return {"projector": {"mlp_projector": mlp}} | ({} if out == made.hidden_size else {"out_hidden_size": out})


def omni(config: Config, made: Draft, audio: Config, fields: Fields) -> Fields:
    """One projection to the width that the tower says; two learned vectors mark the start and the end of a sound."""
    out = audio.integer("output_dim", default=3584)
    marks = [{"name": "audio_bos_eos_token.weight", "shape": [2, out]}]
    steps: list[Block] = [
        {"linear": {"name": "proj", "label": "Projector", "features": out, "bias": True}},
        {"weight": {"name": "marks", "label": "start and end marked", "role": "embedding", "weights": marks}},
    ]
    return {"projector": steps} | ({} if out == made.hidden_size else {"out_hidden_size": out})
