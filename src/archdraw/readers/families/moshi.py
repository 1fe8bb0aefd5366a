"""Moshi and Kyutai's speech to text: Llamas with a fused gate whose tokens are text and codes of sound."""

from __future__ import annotations

from archdraw.readers.components import GATED, attention, draft, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

MOSHI = {
    "hidden_size": 4096,
    "ffn_dim": 22_528,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32_000,
    "sliding_window": 3000,
}
KYUTAI = {
    "hidden_size": 2048,
    "ffn_dim": 11_264,
    "num_hidden_layers": 48,
    "num_attention_heads": 32,
    "vocab_size": 4001,
    "sliding_window": 375,
}


def _layers(config: Config, made: Draft, rows: int) -> Draft:
    """The layers over a table of ``rows`` vectors, more than the head has."""
    both = config.integer("ffn_dim")
    if both % 2:
        config.complain(f"ffn_dim {both:,} has no two halves", "ffn_dim")
    act = config.text("hidden_act", default="silu")
    if act not in GATED:
        config.mark_incomplete(f"the activation {act[:40]}")
    half = commented(max(1, both // 2), "half of ffn_dim")
    window = config.integer("sliding_window")
    made.define["layer"] = {
        "decoder": {
            "attention": attention(config, sliding_window=window, position=rope(config)),
            "feed_forward": {GATED.get(act, "swiglu"): {"intermediate_size": half}},
        }
    }
    table: Block = {"embedding": {"num_embeddings": rows}}
    names = ["layer"] * config.integer("num_hidden_layers")
    made.layers = [table, *stacks(names), "rmsnorm", "output_head"]
    return made


def _begun(config: Config, sizes: dict[str, int], context: int) -> Draft:
    config.defaults(**sizes)
    made = draft(config)
    made.context_length = config.integer("max_position_embeddings", default=context)
    if made.tie_word_embeddings:
        config.mark_incomplete("a tied head over a table of more rows (tie_word_embeddings)")
        made.tie_word_embeddings = False
    return made


def _moshi(config: Config) -> Draft:
    """Moshi's text model alone is read; codec and the model of its codes are other classes' parts."""
    made = _begun(config, MOSHI, 3000)
    for key in ("audio_encoder_config", "depth_decoder_config", "num_codebooks", "audio_vocab_size"):
        config.raw(key)
    if "ForCausalLM" not in str(config.raw("architectures")):
        config.mark_incomplete("the codec (audio_encoder_config) and the model of its codes (depth_decoder_config)")
    return _layers(config, made, commented(made.vocab_size + 1, "vocab_size and one that pads"))


def _kyutai(config: Config) -> Draft:
    """Kyutai's speech to text: one table holds text and the codes of all codebooks; the codec has no reader."""
    made = _begun(config, KYUTAI, 750)
    config.raw("codec_config", "frame_size")
    config.mark_incomplete("the codec that makes codes of sound (codec_config)")
    books = config.integer("num_codebooks", default=32)
    codes = config.integer("codebook_vocab_size", default=2049)
    rows = commented(
        made.vocab_size + books * codes + 1, f"vocab_size, {books} codebooks of {codes:,} codes, and one that pads"
    )
    return _layers(config, made, rows)


FAMILIES = (
    Family(("moshi",), _moshi, ("MoshiForCausalLM",)),
    Family(("kyutai_speech_to_text",), _kyutai, ("KyutaiSpeechToTextForConditionalGeneration",)),
)
