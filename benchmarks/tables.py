"""Tables of figures, for the terminal and for a page in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words under ``columns``, of which the first says what was measured; ``notes`` stand below."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: Sequence[str] = ()


def plain(table: Table) -> str:
    """``table`` for a terminal."""
    lines = [table.columns, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.columns))]
    text = [
        "  ".join(
            word.rjust(width) if column else word.ljust(width)
            for column, (word, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([table.title, *text, *table.notes])


def markdown(table: Table) -> str:
    """``table`` in Markdown."""
    lines = [table.columns, ("---", *("---:" for _ in table.columns[1:])), *table.rows]
    text = [f"| {' | '.join(line)} |" for line in lines]
    return "\n\n".join([f"### {table.title}", "\n".join(text), *table.notes])


def renewed(page: str, section: str, tables: Iterable[str]) -> str:
    """``page`` with ``tables`` in place of what stands between the comments of ``section``.

    Raises ValueError where the page has no such comments.
    """
    begin, end = f"<!-- {section} -->", f"<!-- end of {section} -->"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not place.search(page):
        raise ValueError(f"the page has no lines {begin} and {end}")
    text = "\n\n".join([begin, *tables, end])
    return place.sub(lambda _: text, page)


def renew(file: Path, section: str, tables: Iterable[str]) -> None:
    """Writes ``tables`` into the page ``file``. Raises ValueError where it has no place for ``section``."""
    file.write_text(renewed(file.read_text("utf-8"), section, tables), "utf-8")


def milliseconds(seconds: float) -> str:
    """``seconds`` in ms, with as many digits as mean something."""
    return times(1000 * seconds)


def megabytes(count: float) -> str:
    """``count`` bytes in MB."""
    return f"{count / 1e6:.0f}"


def times(value: float) -> str:
    """A ratio, with as many digits as mean something."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
