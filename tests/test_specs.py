"""The models that come with archdraw: whole, from a source, descended from each other, equal to their configs."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from archdraw.glossary import text
from archdraw.model import load
from archdraw.tree.blocks import Module
from archdraw.tree.published import with_lookup_tables
from archdraw.tree.walks import layers, walk
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


@pytest.mark.parametrize("name", NAMES)
def test_a_class_default_is_not_given_out_as_published(name: str) -> None:
    """A config that a class makes is silent where the released one speaks: nothing follows from it for the context."""
    spec = model(name).spec
    sources = spec.sources.values() if isinstance(spec.sources, dict) else spec.sources
    if spec.context_length is None or not any(
        re.search("default config|defaults of the class", one) for one in sources
    ):
        return
    assert not any("which are those of the published checkpoint" in one for one in sources)
    assert any("context" in words.lower() for words in (*sources, *spec.notes)), "where is the context length from?"


@pytest.mark.parametrize(
    ("name", "context", "words"),
    [
        ("a-x-k1", 131_072, ["factor: 4.0, original_max_position_embeddings: 32768"]),
        ("laguna-xs-2", 131_072, ["factor: 32.0, original_max_position_embeddings: 4096", "rope_scaling: null"]),
        ("mistral-small-4", 262_144, ["pixtral_vision"]),
        ("lfm3-1-7b", 262_144, []),
        ("antares-1b", 131_072, ["rope_theta: 10000000.0"]),
    ],
)
def test_what_the_default_of_a_class_gets_wrong(name: str, context: int, words: list[str]) -> None:
    spec = model(name).spec
    assert spec.context_length == context
    assert all(any(word in line for line in spec.document.lines) for word in words)


def test_a_checkpoint_without_a_selection_bias_has_none() -> None:
    """The class of A.X K1 inherits the buffer; its released checkpoints lack it."""
    texts = [model("a-x-k1").spec.document.lines, load(DATA / "configs" / "a-x-k1.json").spec.document.lines]
    assert all("e_score_correction_bias" not in line for lines in texts for line in lines)


def test_the_text_model_of_mistral_small_4_is_that_of_its_class() -> None:
    found, read = model("mistral-small-4").facts, load(DATA / "configs" / "mistral-small-4.json").facts
    assert found.text_parameters == read.total_parameters
    assert round(found.total_parameters / 1e8) == 1194, "what Hugging Face shows for the repository"


@pytest.mark.parametrize("name", NAMES)
def test_attention_beside_windows_is_called_by_its_reach(name: str) -> None:
    """Both of ModernBERT's are multi-head attention: what distinguishes them is how far they reach."""
    layers_of_stack = list(layers(model(name).block))
    mixers = [part for layer in layers_of_stack for _, part in walk(layer.body) if isinstance(part, Module)]
    if not any(part.role == "sliding" for part in mixers):
        return
    called = {text(part.label) for part in mixers if part.role == "attention"}
    assert not called & {"Multi-head attention", "Grouped-query attention", "Multi-query attention"}


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
    # In the table only experts are inactive.
    assert with_lookup_tables(model(name).facts) == int(counted["active"])


@pytest.mark.parametrize("name", BY_CLASS)
def test_a_spec_by_hand_counts_what_its_class_counts(name: str) -> None:
    with (DATA / "families.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        counted = {row["config"]: row["total"] for row in rows}
    assert model(name).facts.total_parameters == int(counted[BY_CLASS[name]])
