"""Encoders that read images with the text: ModernVBERT, UltraVBERT."""

from __future__ import annotations

from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.families.wrappers import Wrapper
from archdraw.readers.projectors import Projector, mlp
from archdraw.readers.vision_transformers import Fields
from archdraw.readers.wrapped_towers import transformer
from archdraw.records import record


@record
class EncoderWrapper(Wrapper):
    """A wrapper of an encoder, whose head is tied where the whole config says so, whatever the text part says."""

    def read(self, config: Config) -> Draft:
        """The text model with its towers."""
        made = super().read(config)
        made.tie_word_embeddings = config.flag("tie_word_embeddings", default=False)
        return made


def _shuffled(*, normed: bool) -> Projector:
    """Pixels that are shuffled, and one projection, with a norm behind it or without."""

    def project(config: Config, made: Draft, vision: Config) -> Fields:
        factor = config.integer("pixel_shuffle_factor", default=4)
        norm = {"last_norm": "rmsnorm"} if normed else {}
        return mlp(made.hidden_size, merge_size=factor, merged="pixel shuffle", **norm)

    return project


_IGNORED = ("classifier_bias", "classifier_dropout", "classifier_pooling", "initializer_cutoff_factor")

WRAPPERS = (
    EncoderWrapper(
        ("modernvbert",),
        "modernbert",
        transformer("siglip_vision_model", _shuffled(normed=False)),
        ("ModernVBertForMaskedLM",),
        _IGNORED,
    ),
    EncoderWrapper(
        ("ultravbert",),
        "ultrabert",
        transformer("siglip_vision_model", _shuffled(normed=True)),
        ("UltraVBertForMaskedLM",),
        _IGNORED,
    ),
)

FAMILIES = tuple(wrapper.family() for wrapper in WRAPPERS)
