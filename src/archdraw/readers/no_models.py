"""Files beside models that are taken for models: what each is, in one sentence, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archdraw.model_files import is_spec_data

if TYPE_CHECKING:
    from archdraw.weights.gguf_header import GgufHeader

Answer = tuple[str, str]
"""What a file is, and what to do."""

_GGUF_TYPES = {
    "mmproj": "the encoder of images or sounds that stands beside a language model (mmproj), not a model",
    "imatrix": "a list of which weights matter (imatrix), not a model",
    "vocab": "a vocabulary, not a model",
}
_GGUF_ARCHITECTURES = {"clip": "mmproj", "imatrix": "imatrix", "controlvector": "adapter"}


def no_model(header: GgufHeader) -> Answer | None:
    """What a GGUF file is that is no model; None for one that may be."""
    architecture = header.metadata.get("general.architecture")
    kind = header.metadata.get("general.type")
    if not isinstance(kind, str) or kind == "model":
        kind = _GGUF_ARCHITECTURES.get(str(architecture), "model")
    if kind == "model":
        return None
    if kind == "adapter":
        way = header.metadata.get("adapter.type")
        named = "a LoRA adapter" if way == "lora" else "an adapter"
        base = header.metadata.get("general.base_model.0.name")
        known = base if isinstance(base, str) and base.isprintable() and base else architecture
        return f"this is {named} of {str(known)[:60]}, not a model", "name the GGUF file of the model that it changes"
    what = _GGUF_TYPES.get(kind, f"of the type {kind[:40]!r}, not a model")
    return f"this GGUF file is {what}", "name the GGUF file of the model"


_STRUCTURE = re.compile(
    r"(?:model_type|architectures|.*_config|(?:.*_)?(?:hidden_size|embed_dim|embd|d_model|dim|n_layer|n_head|layers|depths?))"
)
"""Keys of which a model's config has at least one."""

_TOKENIZER = ("this is a tokenizer's config, not a model's", "name the model's config.json")
_GENERATION = ("this is a generation config, which says how tokens are chosen, not a model's", "name the config.json")
_PROCESSOR = ("this is the config of a processor of images or sounds, not a model's", "name the model's config.json")
_QUANTIZATION = ("this says how weights are quantized, and nothing of the model", "name the model's config.json")
_INDEX = (
    "this is an index of weights, without shapes",
    "its name must end with .index.json, and its files be beside it",
)

_BY_KEY: tuple[tuple[tuple[str, ...], Answer], ...] = (
    (("weight_map",), _INDEX),
    (("tokenizer_class", "added_tokens", "added_tokens_decoder", "merges", "chat_template", "bos_token"), _TOKENIZER),
    (("eos_token", "unk_token", "pad_token", "model_max_length", "additional_special_tokens"), _TOKENIZER),
    (("image_processor_type", "feature_extractor_type", "processor_class", "image_mean"), _PROCESSOR),
    (("image_processor", "feature_extractor", "video_processor_type"), _PROCESSOR),
    (("quant_method", "bits", "w_bit", "quantization_config"), _QUANTIZATION),
    (("_from_model_config", "do_sample", "temperature", "top_p", "max_new_tokens", "max_length"), _GENERATION),
    (("eos_token_id", "bos_token_id", "decoder_start_token_id"), _GENERATION),
    (("log_history", "best_metric"), ("this is the log of a training, not a model's config", "name the config.json")),
    (
        ("train_batch_size", "zero_optimization", "train_micro_batch_size_per_gpu", "learning_rate"),
        ("these are settings of a training, not a model's config", "name the config.json"),
    ),
)
"""Keys each of which says what a file is that has no key of a structure."""


def no_config(data: Mapping[str, Any]) -> Answer | None:
    """What a JSON file with the keys ``data`` is that is no model's config; None for one that may be."""
    if "peft_type" in data:
        return _adapter(data)
    if "_diffusers_version" in data or ("_class_name" in data and "model_type" not in data):
        return _diffusers(data)
    if is_spec_data(data):
        return "this is a spec already, written as JSON", "draw and count it as it is"
    if any(_STRUCTURE.fullmatch(key) for key in data if key not in _BESIDE):
        return None
    for keys, answer in _BY_KEY:
        if any(key in data for key in keys):
            return answer
    if len(data) > 100 and all(isinstance(value, int) for value in data.values()):
        return "this is a vocabulary, not a model's config", "name the model's config.json"
    return None


_BESIDE = ("quantization_config", "generation_config", "image_processor_config")


def _adapter(data: Mapping[str, Any]) -> Answer:
    kind, base = data.get("peft_type"), data.get("base_model_name_or_path")
    named = "a LoRA adapter" if kind == "LORA" else f"an adapter ({str(kind)[:20]})"
    known = base if isinstance(base, str) and base.isprintable() and base else ""
    of = f" of {known[:80]}" if known else ""
    return f"this is {named}{of}, not a model", f"read {known[:80] or 'the model that it changes'} instead"


def _diffusers(data: Mapping[str, Any]) -> Answer:
    name = str(data.get("_class_name"))[:60]
    parts = [key for key, value in data.items() if isinstance(value, list) and len(value) == 2]
    if parts and not any(key.startswith("block_out") for key in data):
        listed = ", ".join(key[:30] for key in parts[:6])
        return f"this is a pipeline of diffusers, {name}, of several models: {listed}", _OF_TEXT
    return f"this is {name} of diffusers, which archdraw does not read", _OF_TEXT


OTHERS = ("adapter_config.json", "model_index.json")
"""Files that say what a folder without a model's config holds: an adapter, a pipeline."""

_OF_TEXT = "text_encoder/config.json and the like are read"
