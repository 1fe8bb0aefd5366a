"""What the files of a model are called: which are specs, which stand for their folder, and the model's short name."""

from __future__ import annotations

from pathlib import Path

CHECKPOINT_SUFFIXES = (".json", ".gguf", ".safetensors")
"""What a model is published with. Any other file is read as a spec, whatever its name is."""


def is_spec(path: str | Path) -> bool:
    """Whether ``path`` is read as a spec: it ends in .yaml or .yml, or is a file of no other known kind."""
    file = Path(path)
    if file.suffix.lower() in (".yaml", ".yml"):
        return True
    return file.exists() and not file.is_dir() and file.suffix.lower() not in CHECKPOINT_SUFFIXES


SUFFIXES = (".yaml", ".yml", ".json", ".gguf")
MODEL_FILES = ("config.json", "params.json", "model.safetensors.index.json", "model.safetensors")
"""A folder that holds one of these is one model, not a folder of specs."""


def slug_of(path: str | Path) -> str:
    """What the model in the file at ``path`` is called in names of files, and by ``parents:`` of specs.

    A config.json says nothing, the folder around it does.
    """
    file = Path(path)
    if file.is_dir():
        return file.resolve().name
    if file.name in MODEL_FILES:
        return file.resolve().parent.name
    # A dot in the id of a repository begins no suffix.
    return file.stem if file.suffix.lower() in SUFFIXES or file.exists() else file.name
