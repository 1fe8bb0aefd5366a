"""Configs with other values than the published ones: exact, or marked incomplete, or rejected; never silently wrong.

changes.jsonl was written by ``verify_changes.py``, which had the classes of transformers count what they make of them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.reading import reading_of
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from changed_values import with_values

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
CHANGES: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "changes.jsonl").read_text("utf-8").splitlines()]

STATES = ("exact", "exact, incomplete", "incomplete", "rejected")

INTRODUCTION = """\
# Changed configs

Configs of known classes with two to four other values (layers, widths, heads, experts, ranks, activations, switches),
as people write them who design a model: what the class itself counts (`tests/verify_changes.py`, extra `verify`), and
what archdraw makes of them. **exact** is the right number, called complete; **incomplete** another one with a warning
that says why; **rejected** an error at the key. None is silently wrong; `tests/test_changes.py` holds that.
"""


@cache
def _found(index: int) -> tuple[int | None, tuple[str, ...]]:
    """What archdraw counts of a changed config, None where it rejects it, and what it says of it."""
    change = CHANGES[index]
    data = with_values(json.loads((DATA / f"{change['file']}.json").read_text("utf-8")), change["values"])
    text = json.dumps(data, indent=1)
    try:
        reading = reading_of(text, data, "config.json", "changed")
        return facts(expand(parse_spec(reading.text, "changed"))).total_parameters, reading.incomplete
    except InputError as error:
        return None, (error.problems[0].message,)


def _state(index: int) -> str:
    total, reasons = _found(index)
    if total is None:
        return "rejected"
    if total != CHANGES[index]["total"]:
        return "incomplete"
    return "exact, incomplete" if reasons else "exact"


@pytest.mark.parametrize(
    "index", range(len(CHANGES)), ids=[f"{number}-{one['file']}" for number, one in enumerate(CHANGES)]
)
def test_complete_means_exact(index: int) -> None:
    total, reasons = _found(index)
    assert reasons or total == CHANGES[index]["total"], CHANGES[index]["values"]


def test_the_page_is_that_of_the_readers(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "changed-configs.md", _page())


def _page() -> str:
    by_class: dict[str, Counter[str]] = defaultdict(Counter)
    for index, change in enumerate(CHANGES):
        by_class[change["class"]][_state(index)] += 1
    total = sum(by_class.values(), Counter[str]())
    share = 100 * total["exact"] / sum(total.values())
    lines = [
        INTRODUCTION,
        f"{sum(total.values()):,} configs of {len(by_class)} classes; {share:.1f} % exact.",
        "",
        "| class | configs | " + " | ".join(STATES) + " |",
        "|---" * (2 + len(STATES)) + "|",
    ]
    for name, counts in [("all", total), *sorted(by_class.items())]:
        lines.append(
            f"| {name} | {sum(counts.values())} | " + " | ".join(str(counts[state]) for state in STATES) + " |"
        )
    return "\n".join(lines) + "\n"
