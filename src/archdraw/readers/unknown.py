"""Configs of families without a reader: always marked incomplete.

What wraps a text model hands it over to that model's family; anything else is read by the keys that most configs share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family, family_of
from archdraw.readers.plain_decoder import HAND, plain_decoder
from archdraw.readers.text_parts import SECTIONS, own_family, text_part, tied_embeddings

WRAPPERS = ("thinker_config", "vlm_config")
"""Sections that hold a whole model of text and towers."""

BY_KEYS = ("unknown model_type", "no model_type")
"""How the reasons begin for which a config without a reader is incomplete."""

_NOT_IN_TENSORS = re.compile(
    r"window|layer_type|pattern|interval|chunk|sink|rope|rotary|position|scal|multiplier|shar|reuse|cache|top_?k|per_tok"
    r"|loop|recur|parallel|prenorm|pre_norm|post_norm|norm_first|act|causal|mask|clip|cap|temperature|group"
)
"""Parts of keys that say what names and shapes of tensors do not."""


def in_tensors(path: tuple[str, ...]) -> bool:
    """Whether what the key at ``path`` could say would be seen in the tensors of the model."""
    return not any(_NOT_IN_TENSORS.search(key.lower()) for key in path)


NO_PARTS = ("quantization_config", "generation_config", "rope_scaling_config")
"""Sections that describe no part of a model."""


def _unknown(config: Config) -> Draft:
    """A wrapper's text model by its own family, or the whole config as a plain decoder."""
    name = config.raw("model_type")
    unknown = f'unknown model_type "{str(name)[:40]}"' if isinstance(name, str) and name else "no model_type"
    inner = config.section(*WRAPPERS)
    if inner is not None:
        config.mark_incomplete(f"{unknown}: read by its {inner.path[-1]} alone")
        _leave_out(config, inner)
        whole = family_of(inner) or UNKNOWN
        inner.ignore(*whole.ignored)
        return whole.read(inner)
    text = text_part(config)
    if text is config:
        _refuse_parts(config, unknown)
        config.mark_incomplete(f"{unknown}: read by its keys alone")
        return plain_decoder(config, unknown, config)
    _leave_out(config, text)
    family = own_family(text)
    if family is None:
        config.mark_incomplete(f"{unknown}: read by its keys alone")
        return plain_decoder(text, unknown, config)
    config.mark_incomplete(f"{unknown}: its text model is read, and nothing else")
    text.ignore(*family.ignored)
    made = family.read(text)
    made.tie_word_embeddings = tied_embeddings(text, made.tie_word_embeddings, config)
    return made


def _leave_out(config: Config, read: Config) -> None:
    """Marks the parts of ``config`` other than ``read`` as not drawn; what is in them is not looked at."""
    for key in _parts(config):
        if key != read.path[-1]:
            config.raw(key)
            what = f"the encoder of {key}" if key in ("vision_config", "audio_config") else key
            config.mark_incomplete(f"{what} is not drawn")


def _refuse_parts(config: Config, unknown: str) -> None:
    """A config of parts none of which is known to be the text model: the parts are named."""
    parts = list(_parts(config))
    if parts and not any("hidden_size" in key or key in ("n_embd", "d_model") for key in config.data):
        known = ", ".join((*SECTIONS, *WRAPPERS))
        config.complain(f"{unknown}, and none of its parts is a text model: {', '.join(parts)[:120]}", parts[0], HAND)
        config.complaints[-1].hint = f"known are {known}; {HAND}"
        raise UnreadableError


def _parts(config: Config) -> Iterator[str]:
    for key, value in config.data.items():
        if key.endswith("_config") and isinstance(value, Mapping) and value and key not in NO_PARTS:
            yield key


UNKNOWN = Family((), _unknown)
"""The family of everything else."""
