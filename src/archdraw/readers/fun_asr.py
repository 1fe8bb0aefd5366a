"""The encoder of Fun-ASR-Nano with its adapter, from their sections of a config."""

from __future__ import annotations

from archdraw.readers.audio_towers import Fields, act
from archdraw.readers.components import unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.traced import commented


def fun_asr_tower(config: Config, audio: Config, made: Draft, _: object) -> list[Block]:
    """Layers of SAN-M over stacked frames, two projections, layers of the text model's width."""
    adaptor = config.section("adaptor_config") or Config({}, ("adaptor_config",), config)
    for part in (audio, adaptor):
        part.ignore("hidden_dropout", "layer_norm_eps", "max_position_embeddings", "model_type")
    width = adaptor.integer("hidden_size", default=1024)
    if width != made.hidden_size:
        adaptor.complain(
            f"hidden_size {width:,} is not that of the text model, {made.hidden_size:,}",
            "hidden_size",
            "one of the two is not this model's",
        )
    bins = audio.integer("num_mel_bins", default=80)
    frames = audio.integer("num_stacked_frames", default=7)
    fields: Fields = {
        "hidden_size": audio.integer("hidden_size", default=512),
        "intermediate_size": audio.integer("intermediate_size", default=2048),
        "num_hidden_layers": audio.integer("num_hidden_layers", default=70),
        "num_timestamp_prediction_layers": audio.integer("num_timestamp_prediction_layers", default=20),
        "num_attention_heads": audio.integer("num_attention_heads", default=4),
        "input_size": commented(bins * frames, "num_mel_bins × num_stacked_frames"),
        "projector_hidden_size": adaptor.integer("projector_hidden_size", default=2048),
        "adaptor_attention_heads": adaptor.integer("num_attention_heads", default=8),
        "adaptor_intermediate_size": adaptor.integer("intermediate_size", default=256),
        **unless(
            fsmn_kernel_size=(audio.integer("fsmn_kernel_size", default=11), 11),
            hidden_act=(act(audio, "hidden_act", usual="relu"), "relu"),
            projector_hidden_act=(act(adaptor, "projector_hidden_act", usual="relu"), "relu"),
            adaptor_layers=(adaptor.integer("num_hidden_layers", default=2, least=0), 2),
            adaptor_act=(act(adaptor, "hidden_act", usual="relu"), "relu"),
        ),
    }
    return [{"san_m_audio": fields}]
