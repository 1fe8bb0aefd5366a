"""The table of facts as Markdown and HTML for people, as CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from archdraw.app.tables import COLUMNS, Row, plain
from archdraw.records import record
from archdraw.site.templating import as_is, page, undirected

NOT_DISCLOSED, NONE = "not disclosed", "–"

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run by a spreadsheet that opens it; after an apostrophe it is shown."""

MARKDOWN = re.compile(r"[\\|`<>\[\]]")
"""Signs that mean something in a cell of a table of GitHub's Markdown."""

ABOUT = frozenset({"developer", "released", "license", "family", "link", "context_length"})
"""What a spec says of a model and no count: a gap there is no secret of its developer's."""


@record
class Cell:
    """One cell as people read it. ``number`` is the full one where ``text`` is rounded, ``link`` where a text leads."""

    text: str
    counted: bool = False
    number: str = ""
    link: str = ""


def write_csv(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """Lines with commas (RFC 4180), the first of them the keys; cells for several things join them by semicolons.

    An apostrophe stands before a text that a spreadsheet would run as a formula; numbers stay as they are.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([inert(found[key]) for key in keys] for found in rows)
    return stream.getvalue()


def inert(value: object) -> str:
    """``value`` for a cell of a CSV file that a spreadsheet may open."""
    shown = undirected(plain(value))
    is_text = isinstance(value, str | list) and shown.startswith(FORMULA)
    return f"'{shown}" if is_text else shown


def write_json(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A list of objects."""
    return json.dumps([{key: found[key] for key in keys} for found in rows], indent=2, ensure_ascii=False) + "\n"


def write_md(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A table of GitHub's Markdown, names linked where the links are not a column of their own."""
    keys, linked = _for_readers(rows, keys)
    lines = [[COLUMNS[key].title for key in keys], ["---:" if COLUMNS[key].counted else "---" for key in keys]]
    for found in rows:
        cells = [_inert_in_markdown(for_people(found, key)) for key in keys]
        if linked and "name" in keys and found["link"]:
            place = keys.index("name")
            cells[place] = f"[{cells[place]}]({found['link']})"
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _inert_in_markdown(shown: str) -> str:
    """``shown`` as a cell of a table in which nothing is markup, a link, or a direction for what comes after it."""
    return MARKDOWN.sub(r"\\\g<0>", undirected(" ".join(shown.split())))


def write_html(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A page with the table and nothing from elsewhere; for light and for dark screens."""
    return page("table.html.j2", **_values(rows, keys))


def part_of_a_page(rows: Sequence[Row], keys: Sequence[str], more: int) -> str:
    """The table alone, for a page of another program; ``more`` rows are left out, which its caption says."""
    values = _values(rows, keys)
    if more:
        values["caption"] = f"The first {len(rows)} of {len(rows) + more} models; write them to a file for all"
    # Notebooks would have all cells end at the right.
    return page("rows.html.j2", **{**values, "left": as_is(' style="text-align: left"')})


def _values(rows: Sequence[Row], keys: Sequence[str]) -> dict[str, Any]:
    """What the templates of a table are given."""
    keys, linked = _for_readers(rows, keys)
    count = "1 model" if len(rows) == 1 else f"{len(rows)} models"
    return {
        "count": count,
        "caption": f"Facts of {count}, counted from their specs by archdraw",
        "left": "",
        "head": [Cell(COLUMNS[key].title, COLUMNS[key].counted) for key in keys],
        "rows": [[_cell(found, key, linked) for key in keys] for found in rows],
        "heading": keys.index("name") if "name" in keys else None,
    }


def _for_readers(rows: Sequence[Row], keys: Sequence[str]) -> tuple[Sequence[str], bool]:
    """The columns that people are shown, and whether names are links.

    Where all columns are asked for, links are those of the names, and a column without a single value is left out.
    """
    if tuple(keys) == tuple(COLUMNS):
        keys = [key for key in keys if key != "link" and any(found[key] is not None for found in rows)]
    return keys, "link" not in keys


def for_people(found: Row, key: str) -> str:
    """A value in one cell, for people; of a model of which nothing can be counted, what is not disclosed is said."""
    value = found[key]
    if value is None:
        return NOT_DISCLOSED if found["total_parameters"] is None and key not in ABOUT else NONE
    if value in (0, []) and not isinstance(value, bool):
        return NONE
    return COLUMNS[key].shown(value)


def _cell(found: Row, key: str, linked: bool) -> Cell:
    counted, value = COLUMNS[key].counted, found[key]
    leads = key == "link" or (key == "name" and linked)
    return Cell(
        for_people(found, key),
        counted,
        number=f"{value:,}" if counted and value else "",
        link=(found["link"] or "") if leads else "",
    )


MOST = 60
"""Rows that a notebook shows, as those of pandas."""


class Table(list[dict[str, Any]]):
    """Rows with the values of ``keys``, which a notebook shows as a table."""

    def __init__(self, whole: Sequence[Row], keys: Sequence[str]) -> None:
        super().__init__({key: found[key] for key in keys} for found in whole)
        self._whole, self._keys = tuple(whole), tuple(keys)

    def _repr_html_(self) -> str:
        """What a notebook shows: the first :data:`MOST` rows, as ``archdraw table --format html`` writes them."""
        return part_of_a_page(self._whole[:MOST], self._keys, max(0, len(self._whole) - MOST))


FORMATS: Mapping[str, Callable[[Sequence[Row], Sequence[str]], str]] = {
    "md": write_md,
    "csv": write_csv,
    "json": write_json,
    "html": write_html,
}
"""The writer of each format: it takes whole rows, and the keys of the columns to show."""
