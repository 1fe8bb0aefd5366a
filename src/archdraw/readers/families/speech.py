"""Encoder-decoders from audio to text: Whisper, Speech2Text, Moonshine."""

from __future__ import annotations

from typing import Any

from archdraw.readers.audio_towers import waveform_stem
from archdraw.readers.components import GATED, draft, given, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import (
    IGNORED,
    SECOND_NAMES,
    counted_side,
    encoder,
    scaled_embedding,
)
from archdraw.readers.families.bart_relatives import Relative, begun, decoding, embedding_tables
from archdraw.readers.families.encoders import bidirectional, repeated
from archdraw.readers.families.gpt import UNGATED, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.traced import commented

SPECTROGRAM = {"input": "Log-mel spectrogram"}
LABEL = "Audio encoder"
TINY = {"d_model": 384} | {
    f"{half}_{name}": size
    for half in ("encoder", "decoder")
    for name, size in (("layers", 4), ("attention_heads", 6), ("ffn_dim", 1536))
}
"""Class defaults of Whisper: its smallest."""

LARGE_SPEECH = {"hidden_size": 768, "encoder_layers": 12, "decoder_layers": 6} | {
    key: size
    for half in ("encoder", "decoder")
    for key, size in ((f"{half}_attention_heads", 12), (f"{half}_ffn_dim", 3072))
}
"""Class defaults of SpeechT5."""

SPEECH2TEXT = Relative(
    10_000,
    "sines",
    is_pre_norm=True,
    is_scaled=True,
    act="relu",
    sizes={
        "d_model": 256,
        "encoder_layers": 12,
        "encoder_attention_heads": 4,
        "encoder_ffn_dim": 2048,
        "decoder_layers": 6,
        "decoder_attention_heads": 4,
        "decoder_ffn_dim": 2048,
    },
)


def _whisper(config: Config) -> Draft:
    """Whisper: an encoder of sound behind two convolutions, a decoder of text; keys have no bias."""
    config.defaults(**TINY)
    say_contradictions(config, SECOND_NAMES)
    made = draft(config, vocab=51865, tied=True)
    made.context_length = config.integer("max_target_positions", default=448)
    longest = config.integer("max_source_positions", default=1500)
    biases = {"attention_bias": True, "attention_key_bias": False}
    number, heads, width = counted_side(config, "encoder", "encoder")
    encoding = {
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, "is_causal": False, **biases}},
        "feed_forward": ungated_feed_forward(config, width),
    }
    stem = {"audio_stem": {"num_mel_bins": config.integer("num_mel_bins", default=80), "max_source_positions": longest}}
    source = encoder([SPECTROGRAM, stem, repeated(encoding, number), "layernorm"], label=LABEL)
    number, heads, width = counted_side(config, "decoder")
    crossing = {"num_attention_heads": heads, "max_source_positions": longest, **biases}
    layers = {
        "times": number,
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, **biases}},
        "cross_attention": {"cross_attention": crossing},
        "feed_forward": ungated_feed_forward(config, width),
    }
    tables = scaled_embedding(config) | {"max_position_embeddings": made.context_length}
    made.layers = [{"embedding": tables}, source, {"decoder": layers}, "layernorm", "output_head"]
    return made


def _speech_to_text(config: Config) -> Draft:
    """Speech2Text: gated convolutions that keep a few of the frames, sines as positions, norms before the sublayers."""
    made = begun(config, SPEECH2TEXT)
    made.context_length = config.integer("max_target_positions", default=1024)
    config.raw("max_source_positions")
    kernels = config.integers("conv_kernel_sizes", default=[5, 5])
    number = config.integer("num_conv_layers", default=2)
    if number != len(kernels):
        config.complain(f"num_conv_layers {number} for {len(kernels)} conv_kernel_sizes", "num_conv_layers")
    bins = config.integer("input_feat_per_channel", default=80) * config.integer("input_channels", default=1)
    tables = embedding_tables(config, SPEECH2TEXT)
    stem = {
        "inputs": bins,
        "conv_channels": config.integer("conv_channels", default=1024),
        "conv_kernel_sizes": kernels,
    }
    stem |= given(scale=tables.get("scale_embedding"))
    number, heads, width = counted_side(config, "encoder", "encoder")
    encoding = {
        "norm": "layernorm",
        "attention": bidirectional(heads, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, width, act="relu"),
    }
    sines: Block = {"op": {"label": "+ positional encoding", "detail": "sinusoidal"}}
    below: list[Block] = [SPECTROGRAM, {"gated_convolutions": stem}, sines]
    made.layers = [
        {"embedding": tables},
        encoder([*below, repeated(encoding, number), "layernorm"], label=LABEL),
        {"decoder": decoding(config, SPEECH2TEXT)},
        "layernorm",
        "output_head",
    ]
    return made


def _speecht5(config: Config) -> Draft:
    """SpeechT5, speech to text: wav2vec 2.0's convolutions below an encoder with one table of relative positions."""
    config.defaults(**LARGE_SPEECH)
    say_contradictions(
        config, {"num_hidden_layers": "encoder_layers", "num_attention_heads": "encoder_attention_heads"}
    )
    name = str(config.raw("architectures"))
    if "ForSpeechToText" not in name:
        config.mark_incomplete("what the class has besides speech to text")
    made = draft(config, vocab=81, tied=True)
    made.context_length = config.integer("max_text_positions", default=450)
    norm = config.text("feat_extract_norm", default="group")
    if norm not in ("group", "layer"):
        config.mark_incomplete(f"the norm {norm[:40]} of the convolutions")
    masked = config.number("mask_time_prob", default=0.05) > 0 or config.number("mask_feature_prob", default=0.0) > 0
    more = {"norm": "group"} if norm != "layer" else {}
    stem = waveform_stem(
        config, biased=False, act_key="feat_extract_activation", weight_norm=True, **more, **given(mask=masked)
    )
    number, heads, width = counted_side(config, "encoder", "encoder")
    reach = config.integer("encoder_max_relative_position", default=160)
    shape = [commented(2 * reach, "twice encoder_max_relative_position"), max(1, made.hidden_size // heads)]
    relative = {"name": "embed_positions", "label": "Relative positions", "role": "position"}
    encoding = {
        "norm": "layernorm",
        "placement": "post_add",
        "attention": bidirectional(heads, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, width),
    }
    below: list[Block] = [
        {"input": "Waveform"},
        stem,
        {"op": {"label": "+ positional encoding", "detail": "sinusoidal"}},
        "layernorm",
        {"weight": {**relative, "detail": "vectors that the keys of all layers meet", "weights": [{"shape": shape}]}},
    ]
    number_of, heads, width = counted_side(config, "decoder")
    mixer = {"num_attention_heads": heads, "attention_bias": True}
    layers = {
        "times": number_of,
        "norm": "layernorm",
        "placement": "post_add",
        "attention": {"multi_head": mixer},
        "cross_attention": {"cross_attention": mixer},
        "feed_forward": ungated_feed_forward(config, width),
    }
    tables = {**scaled_embedding(config), "sinusoidal_positions": True}
    source = encoder([*below, repeated(encoding, number)], label=LABEL)
    made.layers = [{"embedding": tables}, source, {"decoder": layers}, "output_head"]
    return made


def _moonshine(config: Config) -> Draft:
    """Moonshine: convolutions over the waveform itself, rotation in both halves, a gate in the decoder."""
    config.defaults(hidden_size=288, intermediate_size=1152)
    say_contradictions(
        config,
        {
            "num_hidden_layers": "decoder_num_hidden_layers",
            "num_attention_heads": "decoder_num_attention_heads",
            "num_key_value_heads": "decoder_num_key_value_heads",
        },
    )
    made = draft(config, vocab=32_768, tied=True)
    made.context_length = config.integer("max_position_embeddings", default=512)
    norm: Block = {"layernorm": {"bias": False}}
    position = rope(config, partial=0.9)
    biases = given(attention_bias=config.flag("attention_bias", default=False), attention_out_bias=False)
    biases = biases if "attention_bias" in biases else {}
    config.raw("pad_head_dim_to_multiple_of")  # heads are padded while they are computed, not stored so
    width = config.integer("intermediate_size")
    halves = {half: _moonshine_heads(config, half) for half in ("encoder", "decoder")}
    if halves["encoder"] != halves["decoder"]:
        # The class builds the decoder with the encoder's numbers, its second names being the decoder's.
        config.mark_incomplete("other heads in the decoder than in the encoder")
    query, groups, head = halves["encoder"]
    encoding = {
        "norm": norm,
        "attention": whole_heads(query, groups, head, is_causal=False, position=position, **biases),
        "feed_forward": _act(config, "encoder_hidden_act", "gelu", width, gated=False),
    }
    query, groups, head = halves["decoder"]
    crossing = {"num_attention_heads": query} | given(head_dim=head) | biases
    if groups != query:
        crossing["num_key_value_heads"] = groups
    layers = {
        "times": config.integer("decoder_num_hidden_layers", "num_hidden_layers", default=6),
        "norm": norm,
        "attention": whole_heads(query, groups, head, position=position, **biases),
        "cross_attention": {"cross_attention": crossing},
        "feed_forward": _act(config, "decoder_hidden_act", "silu", width, gated=True),
    }
    number = config.integer("encoder_num_hidden_layers", default=6)
    below: list[Block] = [{"input": "Waveform"}, "waveform_convolutions"]
    source = encoder([*below, repeated(encoding, number), norm], label=LABEL)
    made.layers = ["embedding", source, {"decoder": layers}, norm, "output_head"]
    return made


def _moonshine_heads(config: Config, half: str) -> tuple[int, int, int | None]:
    """Heads of queries, of keys and values, and their width."""
    query = config.integer(f"{half}_num_attention_heads", default=8)
    groups = config.optional_integer(f"{half}_num_key_value_heads") or query
    return query, groups, config.optional_integer("head_dim")


def _act(config: Config, key: str, usual: str, width: int, *, gated: bool) -> Block:
    name = config.text(key, default=usual)
    known: dict[str, str] = GATED if gated else UNGATED
    if name not in known:
        config.mark_incomplete(f"the activation {name[:40]}")
    return {known.get(name, "gelu"): {"intermediate_size": width, "mlp_bias": True}}


MASKS: Any = words(
    "apply_spec_augment mask_feature_length mask_feature_min_masks mask_feature_prob mask_time_length "
    "mask_time_min_masks mask_time_prob"
)
"""Keys of what is hidden from an encoder of sound while it is trained."""

FAMILIES = (
    Family(
        ("whisper",),
        _whisper,
        ("WhisperForConditionalGeneration",),
        (*IGNORED, *MASKS, *words("classifier_proj_size median_filter_width max_length use_weighted_layer_sum")),
    ),
    Family(("speech_to_text",), _speech_to_text, ("Speech2TextForConditionalGeneration",), IGNORED),
    Family(
        ("speecht5",),
        _speecht5,
        ("SpeechT5ForSpeechToText",),
        (
            *IGNORED,
            *MASKS,
            *words(
                "feat_proj_dropout guided_attention_loss_num_heads guided_attention_loss_scale "
                "guided_attention_loss_sigma hidden_dropout max_length max_speech_positions num_feat_extract_layers "
                "num_mel_bins positional_dropout reduction_factor speaker_embedding_dim speech_decoder_postnet_dropout "
                "speech_decoder_postnet_kernel speech_decoder_postnet_layers speech_decoder_postnet_units "
                "speech_decoder_prenet_dropout speech_decoder_prenet_layers speech_decoder_prenet_units "
                "use_guided_attention_loss"
            ),
        ),
    ),
    Family(("moonshine",), _moonshine, ("MoonshineForConditionalGeneration",), IGNORED),
)
