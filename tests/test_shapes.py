"""Weight names and shapes of the trees beside those of the classes that run them.

The files in data/shapes were written by ``tests/verify_shapes.py``, which builds each class of transformers on the
meta device; no torch is needed here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.readers import read_config
from archdraw.readers.agreement import comparison
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from archdraw.weights.shapes import shapes_of

DATA = Path(__file__).parent / "data"
SHAPES = sorted((DATA / "shapes").glob("*.tsv"))

# transformers 5.23 allocates rows of the first projection for the 256 experts that do nothing and have no weights.
TOO_MANY = {
    "longcat-flash-560b": [
        "layers.0-27.mlp.experts.gate_proj+up_proj.weight is [768, 4096, 6144], not [512, 4096, 6144]"
    ]
}

# The class counts those rows too; it ties the output layer of Flan-T5, which the checkpoints store by itself.
OTHER_TOTALS = {"longcat-flash-560b", "flan-t5-base", "flan-t5-xxl"}


def test_there_are_many_families() -> None:
    assert len(SHAPES) >= 150


@pytest.mark.parametrize("file", SHAPES, ids=[file.stem for file in SHAPES])
def test_names_and_shapes_agree(file: Path) -> None:
    stored = list(shapes_of(file.read_text("utf-8")))
    reading = read_config(DATA / "configs" / f"{file.stem}.json")
    found = comparison(reading, stored)
    assert list(found.lines()) == TOO_MANY.get(file.stem, [])
    assert list(found.renamed_lines()) == []
    if file.stem not in OTHER_TOTALS:
        counted = facts(expand(parse_spec(reading.text))).total_parameters
        assert sum(tensor.count for tensor in stored) == counted


def test_a_difference_is_told() -> None:
    stored = list(shapes_of((DATA / "shapes" / "llama-3.2-1b.tsv").read_text("utf-8")))
    config = DATA / "configs" / "llama-3.2-3b.json"
    assert list(comparison(read_config(config), stored).lines())
    without = [tensor for tensor in stored if "layers.3.self_attn.q_proj" not in tensor.name]
    told = list(comparison(read_config(DATA / "configs" / "llama-3.2-1b.json"), without).lines())
    assert told == ["layers.3.self_attn.q_proj.weight [2048, 2048] is missing"]
