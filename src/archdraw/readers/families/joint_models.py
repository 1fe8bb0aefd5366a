"""Encoder-decoders of two models of other families, each with a section of its own: of text, speech, images."""

from __future__ import annotations

from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family, families
from archdraw.readers.head_table import SUFFIXES
from archdraw.readers.joined import joined

LABELS = {"speech-encoder-decoder": "Audio encoder", "vision-encoder-decoder": "Vision encoder"}


def _joint(config: Config) -> Draft:
    """Each half read by its own family; the encoder keeps its pooler, which nothing reads, and loses its head."""
    source, target = _half(config, "encoder"), _half(config, "decoder")
    kind = config.text("model_type", default="encoder-decoder")
    decoder = config.section("decoder")
    assert decoder is not None
    if not decoder.flag("add_cross_attention", default=False) and "cross_attention" not in str(
        [*target.layers, *target.define.values()]
    ):
        decoder.mark_incomplete("a decoder without cross-attention (add_cross_attention)")
    behind: list[Block] = []
    encoder = config.section("encoder")
    assert encoder is not None
    rows = SUFFIXES["Model"].rows
    pooled = next((head.pooled for types, head in rows if head and encoder.raw("model_type") in types), None)
    if pooled is not None:
        pooler = {"name": "pooler_not_read", "label": "Pooler, not read", "role": "auxiliary"}
        behind.append({"side": {"direction": "out", "body": {"module": {**pooler, "body": {"pooler": dict(pooled)}}}}})
    width = encoder.integer("hidden_size", "d_model", default=target.hidden_size)
    if width != target.hidden_size and decoder.optional_integer("cross_attention_hidden_size") is None:
        widths = f"{width:,} → {target.hidden_size:,}"
        projection = {"name": "enc_to_dec_proj", "features": target.hidden_size, "bias": True, "label": widths}
        behind.append({"linear": projection})
    return joined(source, target, behind=behind, label=LABELS.get(kind, ""))


def _half(config: Config, name: str) -> Draft:
    """The model in the section ``name``, read by the family of its type. A type without a reader ends the reading."""
    section = config.section(name)
    kind = None if section is None else section.raw("model_type")
    family = families().get(kind) if isinstance(kind, str) else None
    if section is None or family is None or family.wraps:
        what = "there is no section for it" if section is None else f"there is no reader for {str(kind)[:40]}"
        (section or config).complain(f"the {name} of this model cannot be read: {what}", "" if section else name)
        raise UnreadableError
    section.ignore(*family.ignored)
    section.raw("cross_attention_hidden_size")
    return family.read(section)


FAMILIES = (
    Family(
        ("encoder-decoder", "speech-encoder-decoder", "vision-encoder-decoder"),
        _joint,
        ("EncoderDecoderModel", "SpeechEncoderDecoderModel", "VisionEncoderDecoderModel"),
        ("is_encoder_decoder", "processor_class"),
        wraps=True,
    ),
)
