"""Fast Conformers, the encoders of Parakeet and its relatives, from their section of a config."""

from __future__ import annotations

from archdraw.readers.audio_towers import act
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented

STRIDE, DEFAULT_FACTOR = 2, 8


def fast_conformer(
    encoder: Config, *, layers: int = 24, width: int = 1024, inner: int = 4096, bins: int = 80, scaled: bool = True
) -> tuple[int, Block]:
    """The width of the encoder in the section ``encoder`` and its blocks; the others are class defaults."""
    encoder.ignore(
        "layerdrop", "dropout_positions", "activation_dropout", "max_position_embeddings", "initializer_range"
    )
    hidden = encoder.integer("hidden_size", default=width)
    heads = encoder.integer("num_attention_heads", default=8)
    groups = encoder.optional_integer("num_key_value_heads") or heads
    factor = encoder.integer("subsampling_factor", default=DEFAULT_FACTOR)
    steps = factor.bit_length() - 1
    if factor < STRIDE:
        encoder.complain(f"subsampling_factor {factor} leaves all frames", "subsampling_factor")
    fields = {
        "intermediate_size": encoder.integer("intermediate_size", default=inner),
        "num_hidden_layers": encoder.integer("num_hidden_layers", default=layers),
        "num_attention_heads": heads,
        **given(num_key_value_heads=groups if groups != heads else None, head_dim=encoder.optional_integer("head_dim")),
        "num_mel_bins": encoder.integer("num_mel_bins", default=bins),
        **unless(
            subsampling_steps=(commented(max(1, steps), "the binary logarithm of subsampling_factor"), 3),
            subsampling_conv_channels=(encoder.integer("subsampling_conv_channels", default=256), 256),
            subsampling_conv_kernel_size=(encoder.integer("subsampling_conv_kernel_size", default=3), 3),
            subsampling_conv_stride=(encoder.integer("subsampling_conv_stride", default=STRIDE), STRIDE),
            conv_kernel_size=(encoder.integer("conv_kernel_size", default=9), 9),
            attention_bias=(encoder.flag("attention_bias", default=True), True),
            convolution_bias=(encoder.flag("convolution_bias", default=True), True),
            hidden_act=(act(encoder, "hidden_act", usual="silu"), "silu"),
            scale_input=(encoder.flag("scale_input", default=scaled), False),
        ),
    }
    return hidden, {"fast_conformer": fields}
