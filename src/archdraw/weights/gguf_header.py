"""The header of a GGUF file: its metadata, and the names and shapes of its tensors. No tensor is read.

Own code and not a library's: a header is all that is needed, files may be cut off behind it, and a hostile count must
end at the end of the file and not after 2**60 steps. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from archdraw.records import record
from archdraw.weights.files import MAGIC
from archdraw.weights.refusal import a_name, refusal
from archdraw.weights.storage import GGML_TYPES
from archdraw.weights.tensors import Tensor

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_LONGEST_TEXT = 2**24
_MOST_KEPT = 100_000
_MOST_ITEMS = 2**26
_DEEPEST = 4


@record
class Omitted:
    """An array that is too long to be kept, as that of a vocabulary's tokens: its length."""

    length: int


@record
class GgufHeader:
    """``metadata`` by key; ``tensors`` with their shapes in PyTorch's order, the output features first."""

    metadata: Mapping[str, Any]
    tensors: tuple[Tensor, ...]


def read_gguf(path: str | Path) -> GgufHeader:
    """The header of the GGUF file at ``path``.

    Raises :class:`InputError` where it is none, is cut off, or contradicts itself.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            return _Header(stream, file.as_posix(), file.stat().st_size).read()
    except OSError as error:
        raise refusal(file, f"cannot read the file: {error.strerror or error}") from None


class _Header:
    def __init__(self, stream: BinaryIO, file: str, size: int) -> None:
        self.stream, self.file, self.size = stream, file, size
        self.at = 0

    def read(self) -> GgufHeader:
        if self._bytes(4) != MAGIC:
            raise refusal(self.file, "this is no GGUF file: it does not begin with GGUF")
        version = self._number("I")
        if version not in (2, 3):
            swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
            reason = "its numbers are big-endian" if swapped in (2, 3) else f"its version is {version}"
            raise refusal(self.file, f"unsupported GGUF file: {reason}", "supported: versions 2 and 3, little-endian")
        tensors, pairs = self._number("Q"), self._number("Q")
        metadata: dict[str, Any] = {}
        for _ in range(pairs):
            key = self._text()
            if key in metadata:
                raise refusal(self.file, f"the metadata have two values for {key[:60]!r}")
            metadata[key] = self._value(self._number("I"), 0)
        found: dict[str, Tensor] = {}
        for _ in range(tensors):
            name = a_name(self._text(), self.file)
            dimensions = self._number("I")
            if dimensions > 8:
                raise refusal(self.file, f"{name} has {dimensions:,} dimensions")
            sizes = [self._number("Q") for _ in range(dimensions)]
            kind = self._number("I")
            self._bytes(8)  # its place in the file
            if name in found:
                raise refusal(self.file, f"there are two tensors called {name}")
            found[name] = Tensor(name, tuple(reversed(sizes)), dtype=GGML_TYPES.get(kind, ("", 1, 0))[0])
        return GgufHeader(metadata, tuple(found.values()))

    def _bytes(self, length: int) -> bytes:
        if length > self.size - self.at:
            hint = "was it downloaded whole?" if self.at else ""
            raise refusal(self.file, f"the file ends in its header, at byte {self.size:,}", hint)
        self.at += length
        data = self.stream.read(length)
        if len(data) != length:
            raise refusal(self.file, "the file became shorter while it was read")
        return data

    def _number(self, kind: str) -> Any:
        return struct.unpack(f"<{kind}", self._bytes(struct.calcsize(f"<{kind}")))[0]

    def _text(self) -> str:
        length = self._number("Q")
        if length > _LONGEST_TEXT and length <= self.size - self.at:
            raise refusal(self.file, f"a text of {length:,} bytes in the header")
        try:
            return self._bytes(length).decode("utf-8")
        except UnicodeDecodeError:
            raise refusal(self.file, "a text in the header is no UTF-8") from None

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        if kind == _STRING:
            # Texts are shown to nobody and may be of any bytes: templates, names.
            length = self._number("Q")
            if length > _LONGEST_TEXT and length <= self.size - self.at:
                raise refusal(self.file, f"a text of {length:,} bytes in the header")
            return self._bytes(length).decode("utf-8", "replace")
        if kind != _ARRAY or depth >= _DEEPEST:
            raise refusal(self.file, f"the header has a value of an unknown type ({kind})")
        return self._array(depth)

    def _array(self, depth: int) -> Any:
        kind, length = self._number("I"), self._number("Q")
        if kind in _SCALARS:
            width = struct.calcsize(f"<{_SCALARS[kind]}")
            if length > _MOST_KEPT:
                self._skip(length * width)
                return Omitted(length)
            return list(struct.unpack(f"<{length}{_SCALARS[kind]}", self._bytes(length * width)))
        if length > _MOST_ITEMS and length * 8 <= self.size - self.at:
            raise refusal(self.file, f"an array of {length:,} values in the header")
        kept: list[Any] = []
        for _ in range(length):
            value = self._value(kind, depth + 1)
            if length <= _MOST_KEPT and kind != _STRING:
                kept.append(value)
        return kept if length <= _MOST_KEPT and kind != _STRING else Omitted(length)

    def _skip(self, length: int) -> None:
        if length > self.size - self.at:
            self._bytes(length)
        self.stream.seek(length, 1)
        self.at += length
