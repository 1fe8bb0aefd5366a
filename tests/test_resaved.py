"""Configs as transformers saves them again: other keys, the same model.

The files in data/resaved and their counts were written by ``tests/verify_resaved.py``, which lets each class save its
config and builds it on the meta device; no torch is needed here.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from archdraw.readers import read_config
from archdraw.readers.checked import checked
from archdraw.readers.reading import reading_of
from archdraw.tree.facts import facts
from archdraw.tree.walks import layers

DATA = Path(__file__).parent / "data"

# The class has rows for experts that do nothing and have no weights; test_shapes.py has the difference.
TOO_MANY = "longcat-flash-560b"

# Its files untie what the class ties whatever they say, and so its own are tied; docs/configs.md has more.
TIED_BY_ITS_CLASS = {"flan-t5-base", "flan-t5-xxl"}


def _rows() -> dict[str, int]:
    with (DATA / "resaved.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {row["config"]: int(row["total"]) for row in rows}


TOTALS = _rows()


def total(name: str, folder: str) -> int:
    return facts(checked(read_config(DATA / folder / f"{name}.json"))[1]).total_parameters


def test_most_configs_are_there() -> None:
    assert {file.stem for file in (DATA / "resaved").glob("*.json")} == set(TOTALS)
    assert len(TOTALS) >= 160


@pytest.mark.parametrize("name", TOTALS)
def test_the_saved_file_is_complete(name: str) -> None:
    assert read_config(DATA / "resaved" / f"{name}.json").incomplete == ()


@pytest.mark.parametrize("name", sorted(set(TOTALS) - {TOO_MANY}))
def test_the_saved_file_counts_as_its_class(name: str) -> None:
    assert total(name, "resaved") == TOTALS[name]


@pytest.mark.parametrize("name", sorted(set(TOTALS) - TIED_BY_ITS_CLASS))
def test_the_saved_file_is_the_same_model(name: str) -> None:
    assert total(name, "resaved") == total(name, "configs")


def test_saved_files_are_of_the_newest_version() -> None:
    versions = {
        json.loads(file.read_text("utf-8"))["transformers_version"] for file in (DATA / "resaved").glob("*.json")
    }
    assert len(versions) == 1


@pytest.mark.parametrize(
    ("name", "key", "kinds"),
    [
        ("mimo-v2-flash", "layer_types", "full_attention"),
        ("mimo-v2-flash", "mlp_layer_types", "sparse"),
        ("kimi-linear-48b-a3b", "layer_types", "full_attention"),
    ],
)
def test_a_list_that_contradicts_the_older_one_is_told(name: str, key: str, kinds: str) -> None:
    """The newer list counts, as in the class."""
    data = json.loads((DATA / "resaved" / f"{name}.json").read_text("utf-8"))
    data[key] = [kinds] * data["num_hidden_layers"]
    reading = reading_of(json.dumps(data), data, "config.json", name)
    assert any(reason.startswith(f"{key} and ") for reason in reading.incomplete)
    assert len({layer.body for layer in layers(checked(reading)[1])}) < len(
        {layer.body for layer in layers(checked(read_config(DATA / "resaved" / f"{name}.json"))[1])}
    )
