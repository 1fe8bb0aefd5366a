"""Rows to a file as they come, a thousand at a time: Parquet, CSV, or a JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import IO, Any, Protocol

from archdraw.app.census.rows import COLUMNS, Row
from archdraw.app.table_formats import inert
from archdraw.errors import ArchdrawError

AT_ONCE = 1_000
"""Rows that are written together, a row group of a Parquet file."""

FORMATS = ("parquet", "csv", "jsonl")


class Table(Protocol):
    """A table that is being written."""

    def write(self, rows: list[Row]) -> None: ...
    def close(self) -> None: ...


def table(format: str, stream: IO[bytes]) -> Table:
    """An empty table of ``format``, one of :data:`FORMATS`, that goes to ``stream``.

    Raises :class:`archdraw.ArchdrawError` where the library of a format is not installed.
    """
    writers: dict[str, Callable[[IO[bytes]], Table]] = {"parquet": _Parquet, "csv": _Csv, "jsonl": _JsonLines}
    return writers[format](stream)


def written(rows: Iterable[Row], format: str, stream: IO[bytes]) -> Iterator[Row]:
    """``rows``, each written to ``stream`` as ``format``; the table is whole when they are all taken."""
    left = iter(rows)
    with closing(table(format, stream)) as made:
        while group := list(islice(left, 1)):
            # The rows of a group are handed on as they come, for the progress, and written together.
            yield group[0]
            for row in islice(left, AT_ONCE - 1):
                group.append(row)
                yield row
            made.write(group)


class _Parquet:
    def __init__(self, stream: IO[bytes]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise ArchdrawError(
                "Parquet needs the library pyarrow: pip install 'archdraw-nn[census]', or write .csv or .jsonl"
            ) from None
        types = {"text": pyarrow.string(), "whole number": pyarrow.int64(), "flag": pyarrow.bool_()}
        self._schema = pyarrow.schema([(key, types[kind]) for key, kind in COLUMNS.items()])
        self._of_rows = pyarrow.Table.from_pylist
        self._writer = pyarrow.parquet.ParquetWriter(stream, self._schema)

    def write(self, rows: list[Row]) -> None:
        self._writer.write_table(self._of_rows(rows, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class _Csv:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._write([list(COLUMNS)])

    def _write(self, lines: Iterable[list[Any]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._stream.write(text.getvalue().encode())

    def write(self, rows: list[Row]) -> None:
        self._write([inert(row[key]) for key in COLUMNS] for row in rows)

    def close(self) -> None:
        """Nothing is left to write."""


class _JsonLines:
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, rows: list[Row]) -> None:
        self._stream.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())

    def close(self) -> None:
        """Nothing is left to write."""
