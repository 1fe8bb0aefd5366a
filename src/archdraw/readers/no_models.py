"""Files beside models that are taken for models: what each is, in one sentence, and what to do."""

from __future__ import annotations

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
