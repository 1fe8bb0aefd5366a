"""Names and shapes from the headers of files: safetensors, its index beside several files, lists in JSON, GGUF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archdraw.weights.files import INDEX_ENDING, MAGIC
from archdraw.weights.gguf_header import read_gguf
from archdraw.weights.refusal import a_name, a_shape, refusal, refuse_stand_in
from archdraw.weights.shapes import shapes_of
from archdraw.weights.tensors import Tensor

LARGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors library itself."""

PACKED_TYPES = ("U8", "I8", "I32", "I64", "U16", "U32", "F4", "F6_E2M3", "F6_E3M2")
"""Number types that quantised weights are packed in; a matrix of whole numbers holds several in each, or not."""

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_tensors(paths: Iterable[str | Path]) -> list[Tensor]:
    """The tensors of the files and folders at ``paths``, by name and shape.

    A file is a safetensors or GGUF file, an index (``model.safetensors.index.json``), a list in JSON or the text of
    :mod:`archdraw.weights.shapes` (``.tsv``). Raises :class:`InputError` where one is none of them, is damaged, or has
    a tensor that another has too.
    """
    found: dict[str, Tensor] = {}
    where: dict[str, str] = {}
    for path in paths:
        for file in _files(Path(path)):
            for tensor in read_file(file):
                if tensor.name in found:
                    raise refusal(file, f"{tensor.name} is in {where[tensor.name]} too", "name each file once")
                found[tensor.name], where[tensor.name] = tensor, file.as_posix()
    return list(found.values())


def _files(path: Path) -> list[Path]:
    """The files that hold the weights at ``path``: itself, or those of a folder, its index before its files."""
    if not path.is_dir():
        return [path]
    for pattern in ("*.safetensors" + INDEX_ENDING, "*.safetensors", "*.gguf"):
        found = sorted(file for file in path.glob(pattern) if file.is_file())
        if found:
            return found
    raise refusal(path, "there are no weights in this folder", "*.safetensors and *.gguf files are read")


def read_file(path: str | Path) -> list[Tensor]:
    """The tensors of one file. Raises :class:`InputError`."""
    file = Path(path)
    refuse_stand_in(file)
    try:
        with file.open("rb") as stream:
            start = stream.read(16)
    except IsADirectoryError:
        raise refusal(file, "this is a folder, not a file") from None
    except FileNotFoundError:
        raise refusal(file, "file not found") from None
    except (OSError, ValueError) as error:
        raise refusal(file, f"cannot read the file: {getattr(error, 'strerror', None) or error}") from None
    if start.startswith(MAGIC):
        return list(read_gguf(file).tensors)
    if start.startswith(_PICKLES):
        raise refusal(file, "this is a PyTorch file, which is a program of sorts and is not run", "use safetensors")
    if file.name.endswith(INDEX_ENDING):
        return _indexed(file)
    if file.suffix == ".tsv":
        return _listed(file)
    if start.lstrip()[:1] in (b"{", b"[") and file.suffix != ".safetensors":
        return tensors_of_json(_json(_content(file), file), file)
    return read_safetensors(file)


def read_safetensors(path: str | Path) -> list[Tensor]:
    """The tensors of a safetensors file; one that ends behind its header is as good.

    Raises :class:`InputError` where the file is none, is cut off, or contradicts itself.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8:
                raise refusal(file, f"this is no safetensors file: it has only {size} bytes")
            if length > LARGEST_HEADER:
                raise refusal(
                    file,
                    f"this is no safetensors file: its header would have {length:,} bytes",
                    f"the format allows {LARGEST_HEADER:,}",
                )
            if length > size - 8:
                raise refusal(
                    file, f"the file ends in its header: {size:,} of {length + 8:,} bytes", "was it downloaded whole?"
                )
            text = stream.read(length)
    except OSError as error:
        raise refusal(file, f"cannot read the file: {error.strerror or error}") from None
    header = _json(text, file, "this is no safetensors file: its header is no JSON")
    if not isinstance(header, Mapping):
        raise refusal(file, "this is no safetensors file: its header is no mapping")
    last = 0
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        ends = entry.get("data_offsets") if isinstance(entry, Mapping) else None
        if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(end, int) for end in ends):
            raise refusal(file, f"the header has no place for {a_name(name, file)}")
        last = max(last, *ends)
    if 8 + length < size < 8 + length + last:
        raise refusal(file, f"the file is cut off: {size:,} of {8 + length + last:,} bytes", "was it downloaded whole?")
    return tensors_of_json(header, file)


def tensors_of_json(data: Any, file: str | Path) -> list[Tensor]:
    """The tensors of a list in JSON: ``{name: shape}``, ``{name: {"shape": shape}}`` (a safetensors header), or a list
    of ``[name, shape]`` or ``{"name": name, "shape": shape}``.

    Raises :class:`InputError` for anything else.
    """
    if isinstance(data, Mapping) and isinstance(data.get("weight_map"), Mapping):
        raise refusal(file, f"this is an index without shapes; its name must end with {INDEX_ENDING}")
    if isinstance(data, Mapping):
        pairs = [(name, value) for name, value in data.items() if name != "__metadata__"]
    elif isinstance(data, list):
        pairs = [_pair(item, file) for item in data]
    else:
        raise refusal(file, "this is no list of tensors")
    found: dict[str, Tensor] = {}
    for key, value in pairs:
        name = a_name(key, file)
        if name in found:
            raise refusal(file, f"there are two tensors called {name}")
        shape = value.get("shape") if isinstance(value, Mapping) else value
        kind = value.get("dtype") if isinstance(value, Mapping) else None
        written = kind if isinstance(kind, str) else ""
        found[name] = Tensor(name, a_shape(shape, name, file), packed=written in PACKED_TYPES, dtype=written)
    if not found:
        raise refusal(file, "there are no tensors in this file")
    return list(found.values())


def _pair(item: Any, file: str | Path) -> tuple[Any, Any]:
    if isinstance(item, list) and len(item) == 2:
        return item[0], item[1]
    if isinstance(item, Mapping):
        return item.get("name"), item.get("shape")
    raise refusal(file, f"{str(item)[:60]} is no name and shape")


def _indexed(file: Path) -> list[Tensor]:
    """The tensors of all files that an index names; they stand beside it."""
    data = _json(_content(file), file)
    places = data.get("weight_map") if isinstance(data, Mapping) else None
    if not isinstance(places, Mapping) or not places:
        raise refusal(file, "this index has no weight_map")
    names = list(dict.fromkeys(places.values()))
    for name in names:
        if not isinstance(name, str) or not name or Path(name).name != name:
            raise refusal(file, f"the index names {str(name)[:60]!r}, which is no file in its folder")
    missing = [name for name in names if not (file.parent / name).is_file()]
    if missing:
        more = f" and {len(missing) - 1} more are" if len(missing) > 1 else " is"
        raise refusal(file, f"{missing[0]}{more} not in the folder of the index", "the shapes are in those files")
    found = {tensor.name: tensor for name in names for tensor in read_file(file.parent / name)}
    lost = [name for name in places if name not in found]
    if lost:
        raise refusal(file, f"{a_name(lost[0], file)} is in none of the files of the index")
    return list(found.values())


def _listed(file: Path) -> list[Tensor]:
    try:
        return list(shapes_of(_content(file).decode("utf-8")))
    except (ValueError, MemoryError) as error:
        raise refusal(file, f"this is no list of shapes: {error}") from None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_HEADER + 1)
    except OSError as error:
        raise refusal(file, f"cannot read the file: {error.strerror or error}") from None
    if len(data) > LARGEST_HEADER:
        raise refusal(file, f"the file is larger than {LARGEST_HEADER:,} bytes")
    return data


def _json(text: bytes, file: Path, otherwise: str = "this is no JSON") -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it nests too deeply" if isinstance(error, RecursionError) else str(error)
        raise refusal(file, f"{otherwise}: {reason[:120]}") from None
