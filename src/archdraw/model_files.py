"""What the files of a model are called: which are specs, which stand for their folder, and the model's short name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from archdraw.errors import ArchdrawError

CHECKPOINT_SUFFIXES = (".json", ".gguf", ".safetensors")
"""What a model is published with. Any other file is read as a spec, whatever its name is."""

OF_A_CLASS = ("model_type", "architectures")
"""Keys that say which class a config is of."""


def is_spec(path: str | Path) -> bool:
    """Whether ``path`` is read as a spec: it ends in .yaml or .yml, is a spec in JSON, or of no other known kind."""
    file = Path(path)
    if file.suffix.lower() in (".yaml", ".yml"):
        return True
    if file.suffix.lower() == ".json":
        return _is_spec_in_json(file)
    return file.exists() and not file.is_dir() and file.suffix.lower() not in CHECKPOINT_SUFFIXES


def _is_spec_in_json(file: Path) -> bool:
    """Whether the JSON in ``file`` has the keys of a spec, which no config has: a list of layers, and no class."""
    from archdraw.source import LARGEST_FILE

    try:
        if file.stat().st_size > LARGEST_FILE:
            return False
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return is_spec_data(data)


def is_spec_data(data: object) -> bool:
    """Whether ``data`` of a JSON file have the keys of a spec."""
    return isinstance(data, dict) and isinstance(data.get("layers"), list) and not {*data} & {*OF_A_CLASS}


SUFFIXES = (".yaml", ".yml", ".json", ".gguf")
MODEL_FILES = (
    *("config.json", "params.json", "model.safetensors.index.json", "model.safetensors"),
    *("adapter_config.json", "model_index.json"),
)
"""A folder that holds one of these is one model, not a folder of specs."""

BESIDE_MODELS = (
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "added_tokens.json"),
    *("generation_config.json", "preprocessor_config.json", "processor_config.json", "quantize_config.json"),
    "archdraw.schema.json",
)
"""What is in a model's folder beside its config, and the schema beside specs."""

SITE_FILE = "gallery.yaml"
"""What a folder of specs says of the gallery that is made of them."""

_PART = re.compile(r"(?is)(?P<stem>.*)-(?P<number>\d{1,6})-of-(?P<total>\d{1,6}\.gguf)")


def models_in(names: Iterable[str]) -> list[str]:
    """Those of the file ``names`` of a folder that are models.

    Of a split GGUF file that is the first part; projectors and tokenizers' files are none where there are others.
    What a folder says of its gallery is none.
    """
    found = [name for name in names if name != SITE_FILE]
    kept = [name for name in found if _first_of(name) == name or _first_of(name) not in found]
    models = [name for name in kept if name not in BESIDE_MODELS and not _is_projector(name)]
    return models or kept


def _is_projector(name: str) -> bool:
    """Whether a GGUF file is, by its name, the encoder that stands beside a language model."""
    return name.lower().endswith(".gguf") and "mmproj" in name.lower()


def _first_of(name: str) -> str:
    """The name of the first part of what ``name`` is a part of; ``name`` for a file that is whole."""
    found = _PART.fullmatch(name)
    return f"{found['stem']}-{1:0{len(found['number'])}}-of-{found['total']}" if found else name


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


def names_of(files: Sequence[Path], taken: Collection[str] = ()) -> dict[Path, str]:
    """A name for what is made of each of ``files``: its slug, with folders before it where several have the same.

    A name that is ``taken`` (in small letters) for something else gets "-model" after it. Whether letters are capital
    makes no difference, as in the file systems of macOS and Windows. Raises :class:`ArchdrawError` for two that folders
    do not tell apart, as ``model.yaml`` and ``model.json`` in one.

    >>> list(names_of([Path("a/model.yaml"), Path("b/model.yaml"), Path("b/other.yaml")]).values())
    ['a-model', 'b-model', 'other']
    """
    names = {file: slug_of(file) for file in files}
    names = {file: f"{name}-model" if name.casefold() in taken else name for file, name in names.items()}
    for group in _alike(names):
        folders = {file: _folder_around(file) for file in group}
        common = os.path.commonpath(folders.values())
        for file, folder in folders.items():
            names[file] = "-".join((*folder.relative_to(common).parts, names[file]))
    for one, other, *_ in _alike(names):
        raise ArchdrawError(f"{one} and {other} would be written to the same file; write them to different folders")
    return names


def _alike(names: Mapping[Path, str]) -> list[list[Path]]:
    """The files that share their name with others, those of one name together."""
    shared: dict[str, list[Path]] = {}
    for file, name in names.items():
        shared.setdefault(name.casefold(), []).append(file)
    return [group for group in shared.values() if len(group) > 1]


def _folder_around(file: Path) -> Path:
    """The folder around what the slug of ``file`` is taken from."""
    real = file.resolve()
    return real.parent.parent if file.name in MODEL_FILES and not file.is_dir() else real.parent
