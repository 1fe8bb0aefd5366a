"""Whether the LM head is tied where a config and its text part contradict each other, beside the classes themselves.

The table in data/tying.tsv was written by ``tests/verify_tying.py``, which builds each class of two major versions of
transformers on the meta device; no torch is needed here.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.readers import Reading
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.reading import reading_of
from archdraw.readers.tying import settle_tying
from archdraw.spec import parse_spec

DATA = Path(__file__).parent / "data"


def _rows() -> list[dict[str, str]]:
    with (DATA / "tying.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


ROWS = _rows()
VERSIONS = {"4": "4.57.6", "5": "5.24.0"}


def data_of(row: dict[str, str], version: str) -> dict[str, Any]:
    """The default config of a type, with the flags of a row, as a file of a ``version``."""
    found: dict[str, Any] = json.loads((DATA / "families" / f"{row['config']}.json").read_text("utf-8"))
    text = {**found["text_config"], "tie_word_embeddings": row["text"] == "true"}
    said = {"tie_word_embeddings": row["top"] == "true", "transformers_version": version}
    return {**found, **said, "text_config": text}


def test_many_classes_were_asked() -> None:
    assert len([row for row in ROWS if row["5"]]) > 150
    assert len([row for row in ROWS if row["4"]]) > 70


@pytest.mark.parametrize("version", ["4", "5"])
def test_the_rule_is_that_of_the_classes(version: str) -> None:
    wrong = []
    for row in ROWS:
        config = Config(data_of(row, VERSIONS[version]))
        made = Draft(8, 8, None, layers=["output_head"])
        settle_tying(made, config)
        assert len(config.warnings) == 1
        if row[version] and str(made.tie_word_embeddings).lower() != row[version]:
            wrong.append(f"{row['config']} with {row['top']}, {row['text']} in its text part")
    assert wrong == []


def read(**changes: Any) -> Reading:
    data: dict[str, Any] = json.loads(
        (DATA / "families" / "qwen3_vl--Qwen3VLForConditionalGeneration.json").read_text("utf-8")
    )
    text = {**data["text_config"], "tie_word_embeddings": changes.pop("text"), **changes.pop("section", {})}
    data |= {"text_config": text, "transformers_version": "5.24.0", **changes}
    return reading_of(json.dumps(data, indent=1), data, "config.json", "model")


@pytest.mark.parametrize(
    ("changes", "tied", "by"),
    [
        ({"tie_word_embeddings": False}, False, "transformers 5 builds qwen3_vl"),
        ({"tie_word_embeddings": False, "transformers_version": "4.57.1"}, True, "transformers 4 reads it"),
        ({"tie_word_embeddings": False, "transformers_version": None}, False, "transformers 5 builds qwen3_vl"),
        (
            {"tie_word_embeddings": False, "architectures": ["Qwen3VLForCausalLM"]},
            True,
            "the class of the text part is built",
        ),
        (
            {"tie_word_embeddings": False, "architectures": ["Qwen3VLForCausalLM"], "auto_map": {"AutoModel": "a.B"}},
            False,
            "transformers 5 builds qwen3_vl",
        ),
        (
            {
                "tie_word_embeddings": False,
                "transformers_version": None,
                "section": {"transformers_version": "4.57.1"},
            },
            True,
            "transformers 4 reads it",
        ),
        ({"tie_word_embeddings": True}, True, ""),
    ],
)
def test_a_contradiction_is_said(changes: dict[str, Any], tied: bool, by: str) -> None:
    reading = read(text=True, **changes)
    assert parse_spec(reading.text).tie_word_embeddings is tied
    said = [problem for problem in reading.warnings if "tie_word_embeddings" in problem.message]
    assert [problem.message.endswith(by) for problem in said] == [True] * bool(by)
    assert all(problem.severity == "warning" and problem.span.line > 1 for problem in said)


def test_without_a_head_nothing_is_said() -> None:
    reading = read(text=True, tie_word_embeddings=False, architectures=["Qwen3VLModel"])
    assert not any("tie_word_embeddings" in problem.message for problem in reading.warnings)
