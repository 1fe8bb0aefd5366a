"""Encoder-decoders and models of speech with other values than their defaults: complete means exact, the rest is said.

tests/verify_speech_changes.py has drawn the changes and counted them by the classes themselves.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Literal

import pytest

from archdraw.errors import InputError
from archdraw.readers import read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

DATA = Path(__file__).parent / "data"
State = Literal["exact", "wrong", "incomplete", "refused"]

NOT_DRAWN = " is not drawn"
SAID = (
    " contradicts ",
    " beside vocab_size ",
    "use_prompt",
    "other heads in the decoder",
    "the codec that makes codes",
    "use_qformer_text_input",
    "the keys and values of the encoder",
)
"""Why a changed config may be incomplete: values that contradict each other, and parts that no reader knows."""

REFUSED = ("does not divide", "rotates", "predict timestamps", "must be 2 or more")
"""What no model can have."""


def _cases() -> list[tuple[str, dict[str, Any], int | None]]:
    with (DATA / "speech-changes.tsv").open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["config"], json.loads(row["changes"]), int(row["total"]) if row["total"] else None) for row in rows]


CASES = _cases()


def written(folder: Path, name: str, changes: dict[str, Any]) -> Path:
    data = json.loads((DATA / "families" / f"{name}.json").read_text("utf-8"))
    for path, value in changes.items():
        *sections, key = path.split(".")
        part = data
        for section in sections:
            part = part[section]
        part[key] = value
    file = folder / "config.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def state(file: Path, total: int | None) -> tuple[State, tuple[str, ...]]:
    """What becomes of a config whose class has ``total`` parameters, and the reasons where it is incomplete."""
    try:
        reading = read_config(file)
        counted = facts(expand(parse_spec(reading.text, file.name))).total_parameters
    except InputError as error:
        return "refused", (str(error),)
    if reading.incomplete:
        return "incomplete", reading.incomplete
    return ("exact" if total is None or counted == total else "wrong"), ()


@pytest.mark.parametrize(("name", "changes", "total"), CASES, ids=[f"{n}-{name}" for n, (name, *_) in enumerate(CASES)])
def test_complete_means_exact(tmp_path: Path, name: str, changes: dict[str, Any], total: int | None) -> None:
    found, why = state(written(tmp_path, name, changes), total)
    assert found != "wrong", why
    if total is None or found == "exact":
        return
    if found == "incomplete":
        assert any(NOT_DRAWN in reason for reason in why) or all(any(words in one for words in SAID) for one in why)
    else:
        assert any(words in why[0] for words in REFUSED), why[0]


def test_most_are_read_whole(tmp_path: Path) -> None:
    """Of families with a reader nine in ten: the others are values that contradict each other."""
    states = [state(written(tmp_path, name, changes), total) for name, changes, total in CASES if total is not None]
    read = [found for found, why in states if not any(NOT_DRAWN in reason or "codec" in reason for reason in why)]
    read = [found for found in read if found != "refused"]
    assert read.count("exact") >= 0.85 * len(read)
    assert len(read) >= 170
