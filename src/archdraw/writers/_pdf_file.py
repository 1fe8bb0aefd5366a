"""The file format of PDF (ISO 32000-1): objects, streams, strings and the table of where they stand."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping

Value = str
"""A value as it stands in the file: a number, a name, an array, a reference."""


class PdfFile:
    """Collects the objects of one file. Numbers are given out first, so that objects can refer to later ones."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """The number of an object that is still to come."""
        self._objects.append(b"")
        return len(self._objects)

    def put(self, number: int, **entries: Value) -> None:
        """The dictionary that is the object of this number."""
        self._objects[number - 1] = dictionary(entries).encode("latin-1")

    def add(self, **entries: Value) -> int:
        """A new dictionary; returns its number."""
        number = self.reserve()
        self.put(number, **entries)
        return number

    def stream(self, data: bytes, **entries: Value) -> int:
        """A new stream of ``data``, compressed; returns its number."""
        packed = zlib.compress(data, 9)
        head = dictionary({**entries, "Filter": "/FlateDecode", "Length": str(len(packed))})
        self._objects.append(head.encode("latin-1") + b"\nstream\n" + packed + b"\nendstream")
        return len(self._objects)

    def written(self, root: int, info: int) -> bytes:
        """The whole file, whose catalogue and whose facts have these numbers."""
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        places, length = [], len(parts[0])
        for number, data in enumerate(self._objects, 1):
            places.append(length)
            parts.append(b"%d 0 obj\n" % number + data + b"\nendobj\n")
            length += len(parts[-1])
        digest = hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()
        table = "".join(f"{place:010} 00000 n \n" for place in places)
        size = str(len(places) + 1)
        entries = {"Size": size, "Root": reference(root), "Info": reference(info), "ID": f"[<{digest}><{digest}>]"}
        parts.append(f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode())
        parts.append(f"trailer\n{dictionary(entries)}\nstartxref\n{length}\n%%EOF\n".encode())
        return b"".join(parts)


def dictionary(entries: Mapping[str, Value]) -> Value:
    return "<<" + "".join(f"/{key} {value}" for key, value in entries.items()) + ">>"


def reference(number: int) -> Value:
    return f"{number} 0 R"


def array(*values: Value) -> Value:
    return f"[{' '.join(values)}]"


def text(value: str) -> Value:
    """A text for readers, in any script."""
    return f"<FEFF{value.encode('utf-16-be', 'replace').hex().upper()}>"


def ascii_string(value: bytes) -> Value:
    """A string of bytes, of an address or a date."""
    return f"<{value.hex().upper()}>"
