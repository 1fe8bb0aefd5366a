"""Caches, states and operations of every config: as another program counts them from the tensors of its class.

``verify_figures.py`` is that program, and figures.tsv what it found. Configs that it has no rule for, and figures that
it does not count, are in figures-of-all.tsv as archdraw counts them, so that no change goes unnoticed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from archdraw.readers import read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

DATA = Path(__file__).parent / "data"
CONFIGS = sorted(path.stem for path in (DATA / "configs").glob("*.json"))
CONTEXT, LONG = 4_096, 131_072

COLUMNS: dict[str, Callable[[Facts], int]] = {
    "layers": lambda one: one.layers,
    "total": lambda one: one.total_parameters,
    "active": lambda one: one.active_parameters,
    "kv_bytes_per_token": lambda one: one.kv_cache_bytes_per_token(),
    "kv_bytes_at_4096": lambda one: one.kv_cache_bytes(CONTEXT),
    "kv_bytes_at_131072": lambda one: one.kv_cache_bytes(LONG),
    "kv_bytes_at_1001": lambda one: one.kv_cache_bytes(1_001),
    "index_bytes_per_token": lambda one: one.index_cache_bytes_per_token(),
    "cross_bytes_per_position": lambda one: one.cross_cache_bytes(1),
    # As verify_figures.py does, at 2 bytes for each value: it counts values, and their precision is tested elsewhere.
    "state_bytes": lambda one: 2 * one.state,
    "flops_at_4096": lambda one: one.flops_per_token(CONTEXT),
    "flops_at_131072": lambda one: one.flops_per_token(LONG),
}


@cache
def _facts(name: str) -> Facts:
    return facts(expand(parse_spec(read_config(DATA / "configs" / f"{name}.json").text, name)))


def _rows() -> list[dict[str, str]]:
    with (DATA / "figures.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


ROWS = _rows()


def test_most_configs_are_counted_independently() -> None:
    assert len(ROWS) > 145
    assert {row["config"] for row in ROWS} <= set(CONFIGS)


@pytest.mark.parametrize("row", ROWS, ids=[row["config"] for row in ROWS])
def test_figures_are_those_of_the_tensors(row: dict[str, str]) -> None:
    found = {key: str(COLUMNS[key](_facts(row["config"]))) for key in row if key != "config"}
    assert found == {key: value for key, value in row.items() if key != "config"}


def test_no_figure_changes_unnoticed(golden: Callable[[Path, str], None]) -> None:
    lines = ["\t".join(("config", *COLUMNS))]
    lines += ["\t".join((name, *(str(count(_facts(name))) for count in COLUMNS.values()))) for name in CONFIGS]
    golden(DATA / "figures-of-all.tsv", "\n".join(lines) + "\n")
