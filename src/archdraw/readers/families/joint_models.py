"""Encoder-decoders of two models of other families, each with a section of its own: of text, speech, images."""

from __future__ import annotations

from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family, families
from archdraw.readers.head_table import SUFFIXES
from archdraw.readers.joined import joined

CLASS_TOKEN = "Select class token"
"""What readers of images call the step from all tokens to the one that a pooler reads."""

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
    encoder = config.section("encoder")
    assert encoder is not None
    behind = _pooler(source, encoder.raw("model_type"))
    width = encoder.integer("hidden_size", "d_model", default=768)
    # The class of speech asks for the width behind an adapter, whether there is one or not.
    left = encoder.optional_integer("output_hidden_size") if kind == "speech-encoder-decoder" else None
    if (left or width) != target.hidden_size and decoder.optional_integer("cross_attention_hidden_size") is None:
        widths = f"{width:,} → {target.hidden_size:,}"
        projection = {"name": "enc_to_dec_proj", "features": target.hidden_size, "bias": True, "label": widths}
        behind.append({"linear": projection})
    elif width != target.hidden_size:
        detail = f"{width:,} features, not {target.hidden_size:,}"
        misfit = {"label": "does not fit the decoder", "detail": detail, "features": target.hidden_size}
        behind.append({"op": misfit})
    return joined(source, target, behind=behind, label=LABELS.get(kind, ""))


def _pooler(source: Draft, kind: object) -> list[Block]:
    """What the class of the encoder has behind its layers, beside the line: the decoder reads all tokens."""
    rows = SUFFIXES["Model"].rows
    pooled = next((head.pooled for types, head in rows if head and kind in types), None)
    body: list[Block] = [] if pooled is None else [{"pooler": dict(pooled)}]
    for index, block in enumerate(source.layers):
        if isinstance(block, dict) and block.get("op", {}).get("label") == CLASS_TOKEN:
            source.layers, body = source.layers[:index], source.layers[index:]
            break
    if not body:
        return []
    module = {"name": "pooler_not_read", "label": "Pooler, not read", "role": "auxiliary", "body": body}
    return [{"side": {"direction": "out", "body": {"module": module}}}]


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
