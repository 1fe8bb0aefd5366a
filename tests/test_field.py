"""Configs as they are met in the field: other heads, keys of other tools, positions stretched in other ways."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from archdraw.readers import read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

DATA = Path(__file__).parent / "data"


def _rows() -> list[dict[str, str]]:
    with (DATA / "field.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


ROWS = _rows()


@pytest.mark.parametrize("row", ROWS, ids=[row["config"] for row in ROWS])
def test_counted_or_incomplete(row: dict[str, str]) -> None:
    reading = read_config(DATA / "field" / f"{row['config']}.json")
    assert facts(expand(parse_spec(reading.text))).total_parameters == int(row["total"])
    assert bool(reading.incomplete) == bool(row["incomplete"])
    assert row["incomplete"] in "; ".join(reading.incomplete)
