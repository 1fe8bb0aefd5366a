"""From whatever holds a model's structure to its spec: a config, a GGUF file, weights alone, a folder, a repository."""

from __future__ import annotations

from pathlib import Path

from archdraw.model_files import models_in
from archdraw.readers import hub
from archdraw.readers.beside import CONFIGS, read_with_tensors
from archdraw.readers.no_models import OTHERS
from archdraw.readers.reading import Reading, model_name, read_config
from archdraw.weights.files import INDEX_ENDING, is_gguf
from archdraw.weights.refusal import refusal, refuse_stand_in


def read_model(path_or_id: str, *, with_transformers: bool = False) -> Reading:
    """The model that ``path_or_id`` stands for.

    It is the path of a config.json or params.json, of a GGUF file, of a safetensors file or its index (a config beside
    it is read instead), or of a folder with one of those; or the id of a Hugging Face repository, ``owner/name`` or
    ``owner/name@revision``, which needs the extra ``hub``. ``with_transformers``: a config of an unknown family without
    weights is completed by its class in transformers, which needs the extra ``verify``; nothing of the network, and no
    code that comes with a model, is used for it. Raises :class:`archdraw.InputError` with everything that is wrong.
    """
    path = Path(path_or_id)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder = is_there = False  # a name too long for a file, or with a null character
    if is_folder:
        return _read_folder(path, with_transformers)
    if is_there:
        return _read_file(path, with_transformers)
    if hub.is_id(path_or_id):
        name = path_or_id.partition("@")[0].rpartition("/")[2]
        return read_with_tensors(hub.config_file(path_or_id), name=name, with_transformers=with_transformers)
    raise refusal(path_or_id, "file not found")


def _read_file(path: Path, with_transformers: bool) -> Reading:
    if path.is_file():
        refuse_stand_in(path)
        if is_gguf(path):
            return _read_gguf(path)
        if path.suffix == ".safetensors" or path.name.endswith(INDEX_ENDING):
            config = _config_in(path.parent) or _file_beside(path.parent)
            if config is None:
                return _read_weights(path, _name(path))
            path = config
    return read_with_tensors(path, with_transformers=with_transformers)


def _read_folder(path: Path, with_transformers: bool) -> Reading:
    """A config before weights: it has more. A split GGUF file is one; projectors beside a model are passed over."""
    config = _config_in(path)
    if config is not None:
        return read_with_tensors(config, with_transformers=with_transformers)
    other = _file_beside(path)
    if other is not None:
        return read_config(other)
    found = [path / name for name in models_in(file.name for file in path.glob("*.gguf") if file.is_file())]
    if len(found) == 1:
        return _read_gguf(found[0])
    if found:
        raise refusal(path, f"there are {len(found)} GGUF files in this folder", "name one of them")
    if any(path.glob("*.safetensors")) or any(path.glob(f"*{INDEX_ENDING}")):
        return _read_weights(path, path.resolve().name[:80] or "model")
    raise refusal(path, "there is no model in this folder", f"looked for: {', '.join(CONFIGS)}, *.gguf, *.safetensors")


def _read_gguf(path: Path) -> Reading:
    from archdraw.readers.gguf import read_gguf_model

    return read_gguf_model(path)


def _read_weights(path: Path, name: str) -> Reading:
    from archdraw.readers.weights_only import read_weights_only
    from archdraw.weights.headers import read_tensors

    return read_weights_only(read_tensors([path]), path, name)


def _config_in(folder: Path) -> Path | None:
    return next((folder / name for name in CONFIGS if (folder / name).is_file()), None)


def _file_beside(folder: Path) -> Path | None:
    """The file that says what a folder without a model's config holds."""
    return next((folder / name for name in OTHERS if (folder / name).is_file()), None)


def _name(path: Path) -> str:
    """A model's name from its weights: the folder's where all such files are called alike."""
    stem = path.name.removesuffix(INDEX_ENDING).removesuffix(".safetensors")
    return (path.resolve().parent.name if stem.startswith(("model", "consolidated")) else model_name(Path(stem)))[
        :80
    ] or "model"
