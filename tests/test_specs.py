"""The models that come with archdraw: whole, from a source, descended from each other, equal to their configs."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from archdraw.model import load
from shipped import NAMES, SPECS, model

DATA = Path(__file__).parent / "data"
READ_FROM = re.compile(r"# Read from (\S+)\.json")


def config(path: Path) -> str:
    """The config that a spec was imported from; empty for one that was written by hand."""
    found = READ_FROM.match(path.read_text("utf-8"))
    return found[1] if found else ""


IMPORTED = {path.stem: name for path in SPECS if (name := config(path))}
BY_HAND = {
    "deepseek-r1": "deepseek-r1",
    "deepseek-v3": "deepseek-v3",
    "gemma-2-27b": "gemma-2-27b",
    "gemma-3-27b": "gemma-3-27b",
    "gpt-oss-20b": "gpt-oss-20b",
    "llama-3-8b": "llama-3-8b",
    "llama-4-maverick": "llama-4-maverick",
    "olmo-2-7b": "olmo-2-7b",
    "qwen3-235b-a22b": "qwen3-235b-a22b",
    "qwen3-4b": "qwen3-4b",
    "qwen3-next-80b-a3b": "qwen3-next-80b-a3b",
}
"""Specs that were written by hand, and their configs."""
BY_CLASS = {
    "inkling-2-mini": "inkling2_loop--Inkling2LoopForConditionalGeneration",
    "inkling-2-small": "inkling2--Inkling2ForConditionalGeneration",
}
"""Specs that were written by hand from a class of transformers, and the default configs of these classes."""


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_says_what_a_gallery_shows(name: str) -> None:
    spec = model(name).spec
    assert spec.developer
    assert spec.released
    assert spec.key_points
    assert spec.links
    assert spec.sources
    assert spec.published
    assert spec.published.source
    assert all(len(point) <= 120 for point in spec.key_points)


@pytest.mark.parametrize("name", NAMES)
def test_parents_are_models_that_came_before(name: str) -> None:
    spec = model(name).spec
    for parent in spec.parents:
        before = model(parent.model).spec
        shorter = min(len(str(before.released)), len(str(spec.released)))
        assert str(before.released)[:shorter] <= str(spec.released)[:shorter], parent.model
        assert parent.changes


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_obvious_has_a_source(name: str) -> None:
    spec = model(name).spec
    for parent in spec.parents:
        foreign = model(parent.model).spec.developer != spec.developer
        if parent.relation == "influence" or (parent.relation == "same architecture" and foreign):
            assert parent.source, parent.model


def test_nobody_is_an_ancestor_of_itself() -> None:
    def ancestors(name: str, below: tuple[str, ...]) -> None:
        assert name not in below, below
        for parent in model(name).spec.parents:
            ancestors(parent.model, (*below, name))

    for name in NAMES:
        ancestors(name, ())


@pytest.mark.parametrize("name", IMPORTED)
def test_an_imported_spec_is_the_model_of_its_config(name: str) -> None:
    read = load(DATA / "configs" / f"{IMPORTED[name]}.json")
    # Blocks that know the context length may say it; all else is the config's.
    assert model(name).facts.parts == read.facts.parts
    assert model(name).facts.layers == read.facts.layers
    assert model(name).facts.kv_cache_bytes_per_token() == read.facts.kv_cache_bytes_per_token()


@pytest.mark.parametrize("name", BY_HAND)
def test_a_spec_by_hand_counts_what_its_config_counts(name: str) -> None:
    with (DATA / "config-counts.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
    counted = {row["config"]: row for row in rows}[BY_HAND[name]]
    assert model(name).facts.total_parameters == int(counted["total"])
    assert model(name).facts.active_parameters == int(counted["active"])


@pytest.mark.parametrize("name", BY_CLASS)
def test_a_spec_by_hand_counts_what_its_class_counts(name: str) -> None:
    with (DATA / "families.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        counted = {row["config"]: row["total"] for row in rows}
    assert model(name).facts.total_parameters == int(counted[BY_CLASS[name]])
