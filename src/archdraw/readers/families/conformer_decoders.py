"""A Fast Conformer that a decoder of text reads: Canary, Cohere ASR."""

from __future__ import annotations

from archdraw.readers.components import draft, given, tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.conformers import fast_conformer
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import encoder
from archdraw.readers.families.gpt import ungated_feed_forward
from archdraw.readers.family import Family

SIZES = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 8, "num_attention_heads": 8}


def _canary(config: Config) -> Draft:
    """Canary: sines as positions of the decoder, whose section is its own; the head is the token table."""
    text = config.section("decoder_config") or Config({}, ("decoder_config",), config)
    audio = config.section("encoder_config") or Config({}, ("encoder_config",), config)
    if config.raw("vocab_size") not in (None, text.raw("vocab_size")):
        config.complain("vocab_size is not that of decoder_config", "vocab_size", "one of the two is not this model's")
    if config.section("encoder_config") is None:
        hidden, conformer = fast_conformer(audio, layers=32, bins=128, scaled=False)
    else:  # what a section leaves out is as in Parakeet
        hidden, conformer = fast_conformer(audio)
    made = _begun(text)
    made.tie_word_embeddings = tied_embeddings(config, True)
    blocks = _source(conformer)
    if hidden != made.hidden_size:
        detail = f"{hidden:,} features, not {made.hidden_size:,}"
        blocks.append({"op": {"label": "does not fit the decoder", "detail": detail, "features": made.hidden_size}})
    source = encoder(blocks, label="Audio encoder", **_own(hidden, made))
    return _assembled(text, made, source, {"sinusoidal_positions": True})


def _cohere_asr(config: Config) -> Draft:
    """Cohere ASR: learned positions, one projection from the encoder to the decoder's width, a head of its own."""
    audio = config.section("encoder_config") or Config({}, ("encoder_config",), config)
    hidden, conformer = fast_conformer(audio, layers=48, width=1280, inner=5120, bins=128, scaled=False)
    made = _begun(config)
    made.tie_word_embeddings = tied_embeddings(config, False)
    widths = f"{hidden:,} → {made.hidden_size:,}"
    proj: Block = {"linear": {"name": "proj", "features": made.hidden_size, "bias": True, "label": widths}}
    source = encoder([*_source(conformer), proj], label="Audio encoder", **_own(hidden, made))
    rows = config.integer("max_position_embeddings", default=1024)
    return _assembled(config, made, source, {"max_position_embeddings": rows})


def _source(conformer: Block) -> list[Block]:
    return [{"input": "Log-mel spectrogram"}, conformer]


def _own(hidden: int, made: Draft) -> dict[str, int]:
    return {"hidden_size": hidden} if hidden != made.hidden_size else {}


def _begun(text: Config) -> Draft:
    text.defaults(**SIZES)
    made = draft(text, vocab=16_384)
    made.context_length = text.integer("max_position_embeddings", default=1024)
    return made


def _assembled(text: Config, made: Draft, source: Block, positions: dict[str, object]) -> Draft:
    """The decoder over ``source``: a norm of the embedding, norms before the sublayers, a bias of the head."""
    heads = text.integer("num_attention_heads")
    groups = text.optional_integer("num_key_value_heads") or heads
    shared: dict[str, object] = {
        "num_attention_heads": heads,
        **given(head_dim=text.optional_integer("head_dim"), attention_bias=text.flag("attention_bias", default=True)),
    }
    if groups != heads:
        shared["num_key_value_heads"] = groups
    layers = {
        "times": text.integer("num_hidden_layers"),
        "norm": "layernorm",
        "attention": {"multi_head" if groups == heads else "grouped_query": shared},
        "cross_attention": {"cross_attention": shared},
        "feed_forward": ungated_feed_forward(text, text.integer("intermediate_size"), act="relu"),
    }
    head: Block = {"output_head": {"bias": True}}
    made.layers = [{"embedding": positions}, "layernorm", source, {"decoder": layers}, "layernorm", head]
    return made


FAMILIES = (
    Family(("canary",), _canary, ("CanaryForConditionalGeneration",), ("is_encoder_decoder",)),
    Family(("cohere_asr",), _cohere_asr, ("CohereAsrForConditionalGeneration",), ("is_encoder_decoder",)),
)
