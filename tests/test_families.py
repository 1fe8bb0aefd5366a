"""The default config of each language model class of transformers: complete means exact; the page says which are."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from archdraw.errors import InputError
from archdraw.readers import read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import Facts, facts

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"

SURPLUS = {
    # 28 layers of 256 experts that return what they get: the class stores a gate and an up projection of
    # 2,048 × 6,144 for each, which no checkpoint of LongCat's has (their names end with the 512th expert).
    "longcat_flash--LongcatFlashForCausalLM": 28 * 256 * 2 * 2048 * 6144,
}
"""Parameters that a class has more than the model it stands for."""

STATES = ("exact", "exact, incomplete", "incomplete", "rejected")

INTRODUCTION = """\
# Families of transformers

The default config of each causal, sequence-to-sequence, masked, image-text and speech class of transformers 5.24, read
by archdraw and compared with the parameters of the class (`tests/verify_families.py`, extra `verify`). **exact**: the
number is that of the class, and archdraw calls the model complete. **exact, incomplete**: the number is right and a
warning says what is not known. **incomplete**: the number is another one, and a warning says why. **rejected**: nothing
is drawn. No config is read silently as something else; `tests/test_families.py` holds that. Active parameters and bytes
of the KV cache (bf16) are those that archdraw counts; `tests/verify_figures.py` checks such figures independently.
"""


def _rows() -> list[dict[str, str]]:
    with (DATA / "families.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


ROWS = [row for row in _rows() if row["total"]]


@cache
def _read(name: str) -> tuple[Facts | None, tuple[str, ...]]:
    """What archdraw counts, None where it rejects the config, and what it says of it."""
    try:
        reading = read_config(DATA / "families" / f"{name}.json")
        return facts(expand(parse_spec(reading.text, name))), reading.incomplete
    except InputError as error:
        return None, (error.problems[0].message,)


def _found(name: str) -> tuple[int | None, tuple[str, ...]]:
    """The total that archdraw counts, None where it rejects the config, and what it says of it."""
    counted, reasons = _read(name)
    return None if counted is None else counted.total_parameters, reasons


def _expected(row: dict[str, str]) -> int:
    return int(row["total"]) - SURPLUS.get(row["config"], 0)


def _state(row: dict[str, str]) -> str:
    total, reasons = _found(row["config"])
    if total is None:
        return "rejected"
    if total != _expected(row):
        return "incomplete"
    return "exact, incomplete" if reasons else "exact"


@pytest.mark.parametrize("row", ROWS, ids=[row["config"] for row in ROWS])
def test_complete_means_exact(row: dict[str, str]) -> None:
    total, reasons = _found(row["config"])
    assert reasons or total == _expected(row)


def test_the_page_is_that_of_the_readers(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "families.md", _page())


HEADS = ("class", "parameters", "active", "KV cache per token", "archdraw", "why")


def _more(name: str) -> tuple[str, str]:
    """Active parameters where some are idle, bytes of the cache where one grows; empty where the count is not known."""
    counted, _ = _read(name)
    if counted is None or counted.cache_unknown:
        return "", ""
    active, cache = counted.active_parameters, counted.kv_cache_bytes_per_token()
    return (f"{active:,}" if active != counted.total_parameters else "all"), f"{cache:,}" if cache else "none"


def test_nearly_all_classes_are_exact() -> None:
    exact = sum(_state(row) == "exact" for row in ROWS)
    assert exact >= 0.95 * len(ROWS)


def _page() -> str:
    tasks = list(dict.fromkeys(row["task"] for row in ROWS))
    counts = Counter((row["task"], _state(row)) for row in ROWS)
    lines = [INTRODUCTION, "| task | classes | " + " | ".join(STATES) + " |", "|---" * (2 + len(STATES)) + "|"]
    for task in tasks:
        numbers = [counts[task, state] for state in STATES]
        lines.append(f"| {task} | {sum(numbers)} | " + " | ".join(map(str, numbers)) + " |")
    numbers = [sum(counts[task, state] for task in tasks) for state in STATES]
    lines.append(f"| all | {sum(numbers)} | " + " | ".join(map(str, numbers)) + " |")
    for task in tasks:
        lines += ["", f"## {task.capitalize()}", "", f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
        for row in ROWS:
            if row["task"] == task:
                state, (_, reasons) = _state(row), _found(row["config"])
                why = "" if state == "exact" else "; ".join(reasons[:1]).replace("|", "\\|")
                cells = (row["config"].partition("--")[2], f"{_expected(row):,}", *_more(row["config"]), state, why)
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
