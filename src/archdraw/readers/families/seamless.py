"""SeamlessM4T: a decoder of text that reads an encoder of text or one of speech."""

from __future__ import annotations

from functools import partial
from typing import Any

from archdraw.readers.audio_towers import act
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import IGNORED, encoder, one_table
from archdraw.readers.families.bart_relatives import Relative, begun, decoding, embedding_tables, whole
from archdraw.readers.families.gpt import words
from archdraw.readers.family import Family

SIZES = {"hidden_size": 1024} | {
    f"{half}_{name}": size
    for half in ("encoder", "decoder")
    for name, size in (("layers", 24), ("attention_heads", 16), ("ffn_dim", 8192))
}
ROWS = {
    "seamless_m4t": Relative(256_102, "sines", is_pre_norm=True, is_scaled=True, act="relu", sizes=SIZES),
    "seamless_m4t_v2": Relative(
        256_102,
        "sines",
        is_pre_norm=True,
        is_scaled=True,
        act="relu",
        sizes={**SIZES, "max_position_embeddings": 4096},
    ),
}
DISTANCES = {"seamless_m4t": "relative", "seamless_m4t_v2": "relative_key"}
"""Class defaults of ``position_embeddings_type``."""


def _read(kind: str, config: Config) -> Draft:
    """Text to text or speech to text, by the class; the parts that make speech are of other classes."""
    relative = ROWS[kind]
    made = begun(config, relative)
    name = str(config.raw("architectures"))
    if "ForSpeechToText" not in name:
        if "ForTextToText" not in name:
            config.mark_incomplete("the encoder of speech and what makes speech of text: no class says which are there")
        for key in SPEECH:
            config.raw(key)
        return whole(config, relative, made, is_shared=one_table(config, made))
    tables = embedding_tables(config, relative)
    one_table(config, made)
    config.raw("encoder_layers", "encoder_attention_heads", "encoder_ffn_dim")
    made.layers = [
        {"embedding": tables},
        encoder(_speech(config, kind), label="Audio encoder"),
        {"decoder": decoding(config, relative)},
        "layernorm",
        *made.layers,
        "output_head",
    ]
    return made


def _speech(config: Config, kind: str) -> list[Block]:
    """The encoder of speech: Conformer layers, half a feed-forward, layers that make one vector of several."""
    bins = config.integer("feature_projection_input_dim", default=160)
    heads = config.integer("speech_encoder_attention_heads", default=16)
    inner = config.integer("speech_encoder_intermediate_size", default=4096)
    layers: dict[str, Any] = {
        "intermediate_size": inner,
        "num_hidden_layers": config.integer("speech_encoder_layers", default=24),
        "num_attention_heads": heads,
        "convolution_bias": False,
        **unless(
            conv_kernel_size=(config.integer("conv_depthwise_kernel_size", default=31), 31),
            hidden_act=(act(config, "speech_encoder_hidden_act", usual="silu"), "silu"),
        ),
        **_positions(config, kind),
        **given(norm="layernorm" if kind == "seamless_m4t_v2" else None),
    }
    projection = {"inputs": bins, "features": config.integer("hidden_size"), "bias": True, "name": "projection"}
    below: list[Block] = [
        {"input": {"label": "Log-mel spectrogram", "features": bins}},
        {"layernorm": {"name": "feature_norm"}},
        {"linear": projection | {"label": f"{bins:,} → {config.integer('hidden_size'):,}"}},
        {"conformer_layers": layers},
        {"layernorm": {"name": "encoder_norm"}},
    ]
    half = {"encoder_feed_forward": {"name": "intermediate_ffn", "intermediate_size": inner, "hidden_act": "relu"}}
    above: list[Block] = [{"residual": [half, {"op": {"label": "× ½"}}]}]
    adapter = {
        "intermediate_size": inner,
        "num_attention_heads": heads,
        **unless(
            kernel_size=(config.integer("adaptor_kernel_size", default=8), 8),
            stride=(config.integer("adaptor_stride", default=8), 8),
            num_layers=(config.integer("num_adapter_layers", default=1, least=0), 1),
        ),
    }
    if config.flag("add_adapter", default=True) and adapter.get("num_layers", 1):
        above.append({"speech_adapter": adapter})
    return [*below, *above, {"layernorm": {"name": "inner_layer_norm"}}]


def _positions(config: Config, kind: str) -> dict[str, Any]:
    """How the layers know positions, as a field of ``conformer_layers``."""
    name = config.raw("position_embeddings_type") if "position_embeddings_type" in config.data else DISTANCES[kind]
    if name is None:
        return {"positions": "none"}
    left = config.integer("left_max_position_embeddings", default=64, least=0)
    right = config.integer("right_max_position_embeddings", default=8, least=0)
    if name == "relative_key" and kind == "seamless_m4t_v2":
        return {"positions": name, "distances": left + right + 1}
    if name in ("relative", "rotary") and kind == "seamless_m4t":
        return unless(positions=(name, "relative"))
    config.mark_incomplete(f"positions of the type {str(name)[:40]}")
    return {"positions": "none"}


SPEECH = words(
    "add_adapter adaptor_kernel_size adaptor_stride conv_depthwise_kernel_size feature_projection_input_dim "
    "left_max_position_embeddings right_max_position_embeddings num_adapter_layers position_embeddings_type "
    "speech_encoder_attention_heads speech_encoder_hidden_act speech_encoder_intermediate_size speech_encoder_layers"
)
"""Keys of the encoder of speech, which a class of text alone has not."""

VOICE = words(
    "adaptor_dropout lang_embed_dim leaky_relu_slope max_new_tokens max_source_positions num_conv_pos_embedding_groups "
    "num_conv_pos_embeddings resblock_dilation_sizes resblock_kernel_sizes rotary_embedding_base sampling_rate "
    "speech_encoder_layerdrop speech_encoder_chunk_size speech_encoder_left_chunk_num spkr_embed_dim unit_embed_dim "
    "unit_hifi_gan_vocab_size upsample_initial_channel upsample_kernel_sizes upsample_rates var_pred_dropout "
    "variance_predictor_kernel_size vocoder_num_langs vocoder_num_spkrs vocoder_offset char_vocab_size "
    "t2u_decoder_attention_heads t2u_decoder_ffn_dim t2u_decoder_layers t2u_decoder_start_token_id "
    "t2u_encoder_attention_heads t2u_encoder_ffn_dim t2u_encoder_layers t2u_max_new_tokens "
    "t2u_max_position_embeddings t2u_vocab_size t2u_variance_pred_dropout t2u_variance_predictor_embed_dim "
    "t2u_variance_predictor_hidden_dim t2u_variance_predictor_kernel_size"
)
"""Keys of what makes speech of text, and of training."""

FAMILIES = tuple(
    Family((kind,), partial(_read, kind), (f"{name}ForTextToText", f"{name}ForSpeechToText"), (*IGNORED, *VOICE))
    for kind, name in (("seamless_m4t", "SeamlessM4T"), ("seamless_m4t_v2", "SeamlessM4Tv2"))
)
