"""The figures of a model that stand out on small pages."""

from __future__ import annotations

import pytest

from archdraw import load
from archdraw.glossary.numbers import data_size
from archdraw.views.quoted import quoted


@pytest.mark.parametrize(
    ("name", "label", "other"),
    [("gemma-3-27b", "cache at 128K", "cache per token"), ("llama-3-8b", "cache per token", "cache at")],
)
def test_a_model_with_windows_quotes_its_cache_at_its_whole_context(name: str, label: str, other: str) -> None:
    model = load(name)
    facts = quoted(model.spec, model.block, model.facts)
    size = next(fact.value for fact in facts if label in fact.label)
    assert not any(other in fact.label for fact in facts)
    assert model.spec.context_length
    whole = model.facts.kv_cache_bytes(model.spec.context_length)
    assert size == data_size(whole if label == "cache at 128K" else model.facts.kv_cache_bytes_per_token())


@pytest.mark.parametrize(("name", "layers"), [("detr-r50", "6 + 6"), ("clip-vit-b-32", "12 + 12"), ("gpt-2", "12")])
def test_layers_are_quoted_as_the_header_says_them(name: str, layers: str) -> None:
    model = load(name)
    assert (layers, "layers") in {(fact.value, fact.label) for fact in quoted(model.spec, model.block, model.facts)}


@pytest.mark.parametrize("name", ["deepseek-v4-1-flash", "glm-5-3-flash"])
def test_the_cache_of_a_token_has_the_keys_of_indexers(name: str) -> None:
    model = load(name)
    index = model.facts.index_cache_bytes_per_token()
    assert index
    (size,) = [fact.value for fact in quoted(model.spec, model.block, model.facts) if fact.label == "cache per token"]
    assert size == data_size(model.facts.kv_cache_bytes_per_token() + index)
