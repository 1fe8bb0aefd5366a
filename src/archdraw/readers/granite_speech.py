"""The encoder of Granite Speech with its Q-Former, from their sections of a config."""

from __future__ import annotations

from archdraw.glossary.numbers import counted
from archdraw.readers.audio_towers import Fields, act
from archdraw.readers.components import given, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.traced import commented

NAMES = {
    "hidden_size": "hidden_dim",
    "num_hidden_layers": "num_layers",
    "num_attention_heads": "num_heads",
    "num_mel_bins": "input_dim",
}


def granite_tower(config: Config, audio: Config, made: Draft, _: object) -> list[Block]:
    """Conformer layers in blocks, characters in the middle, a Q-Former over windows."""
    say_contradictions(audio, NAMES)
    config.ignore("has_lora_adapter")
    if audio.raw("cat_hidden_layers"):
        audio.mark_incomplete("features of several layers (cat_hidden_layers)")
    hidden = audio.integer("hidden_dim", "hidden_size", default=1024)
    layers = audio.integer("num_layers", "num_hidden_layers", default=10)
    heads = audio.integer("num_heads", "num_attention_heads", default=8)
    window, rate = config.integer("window_size", default=15), config.integer("downsample_rate", default=5)
    tokens = commented(window // rate, "window_size / downsample_rate")
    if not tokens:
        config.complain(f"downsample_rate {rate} leaves nothing of a window_size of {window}", "downsample_rate")
        return []
    if layers < 2:
        audio.mark_incomplete("an encoder of one layer, whose CTC head nothing reads")
        return []
    fields: Fields = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        **given(head_dim=audio.optional_integer("dim_head")),
        **unless(
            feedforward_mult=(audio.integer("feedforward_mult", default=4), 4),
            input_dim=(audio.integer("input_dim", "num_mel_bins", default=160), 160),
            output_dim=(audio.integer("output_dim", default=42), 42),
            context_size=(audio.integer("context_size", default=200), 200),
            max_pos_emb=(audio.integer("max_pos_emb", default=512), 512),
            conv_kernel_size=(audio.integer("conv_kernel_size", default=15), 15),
            conv_expansion_factor=(audio.integer("conv_expansion_factor", default=2), 2),
            window_size=(window, 15),
        ),
        "tokens": tokens,
        "projector": _projector(config, tokens, hidden),
    }
    return [{"granite_speech": fields}]


def _projector(config: Config, tokens: int, hidden: int) -> Block:
    former = config.section("projector_config") or Config({}, ("projector_config",), config)
    kind = former.text("model_type", default="blip_2_qformer")
    if kind != "blip_2_qformer":
        former.mark_incomplete(f"the projector {kind[:40]}")
    if former.flag("use_qformer_text_input", default=False):
        former.mark_incomplete("feed-forwards of words that no one writes (use_qformer_text_input)")
    width = former.integer("encoder_hidden_size", default=1408)
    fields = {
        "num_query_tokens": tokens,
        "hidden_size": former.integer("hidden_size", default=768),
        "intermediate_size": former.integer("intermediate_size", default=3072),
        "num_hidden_layers": former.integer("num_hidden_layers", default=12),
        "num_attention_heads": former.integer("num_attention_heads", default=12),
        "encoder_hidden_size": width,
        **unless(
            cross_attention_frequency=(former.integer("cross_attention_frequency", default=2), 2),
            hidden_act=(act(former, "hidden_act"), "gelu"),
        ),
    }
    former.ignore("attention_probs_dropout_prob", "max_position_embeddings", "vocab_size")
    block: Block = {"qformer": fields}
    if width == hidden:
        return block
    misfit = {
        "label": "does not fit the projector",
        "detail": f"{counted(hidden, 'feature', 'features')}, not {width:,}",
        "features": width,
    }
    return {"sequence": [{"op": misfit}, block]}
