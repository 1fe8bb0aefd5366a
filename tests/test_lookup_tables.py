"""Lookup tables beside the token embedding: in the total, not active, and so wherever models are compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archdraw.app.pictures import subject
from archdraw.app.tables import row
from archdraw.glossary import text
from archdraw.tree.blocks import Experts, Leaf, Repeat, Sequence, Weight
from archdraw.tree.facts import facts, report
from archdraw.views.active import active_parameters
from archdraw.views.header import subtitle
from archdraw.views.several.scale import about, gather
from shipped import model


def test_a_table_beside_the_token_embedding_is_looked_up_and_not_active() -> None:
    """Of a table for n-grams a token reads a few rows; of experts with one those that are not selected have theirs."""
    tokens = Leaf("a", "a", weights=(Weight("weight", (10, 2)),), part="embedding", inputs=0)
    table = Leaf("n", "n", weights=(Weight("weight", (50, 2)),), part="embedding", lookup="n-gram tables")
    linear = Leaf("l", "l", weights=(Weight("weight", (2, 2)),))
    head = Leaf("b", "b", weights=(Weight("weight", (10, 4)),), part="head")
    counted = facts(Sequence((tokens, table, head)))
    assert (counted.total_parameters, counted.lookup_parameters, counted.active_parameters) == (160, 100, 60)
    assert counted.active_parameters_without_input_embedding == 40
    assert report(counted, "", 1)["lookup_parameters"] == 100
    assert "lookup_parameters" not in report(facts(tokens), "", 1)
    chosen = facts(Experts(Sequence((table, linear)), 8, 2))
    assert (chosen.lookup_parameters, chosen.active_parameters) == (2 * 100, 2 * 4)
    assert facts(Repeat(table, 3)).lookup_parameters == 300


@pytest.mark.parametrize("name", ["deepseek-v4-1-flash", "gemma-4-e2b", "longcat-flash-lite-68-5b-a3b"])
def test_a_model_with_lookup_tables_is_compared_by_what_is_not_looked_up(name: str) -> None:
    """In the table, on the axes of the scale and in the facts one count, whatever its publisher counts."""
    found = model(name)
    counted = found.facts
    assert counted.active_parameters == counted.total_parameters - counted.inactive - counted.lookup_parameters
    assert row(found)["active_parameters"] == counted.active_parameters
    (shown,) = gather([about(subject(found))]).models
    assert shown.active == counted.active_parameters


def test_a_headline_calls_lookup_tables_what_they_are() -> None:
    """Per-layer embeddings of Gemma 4, n-gram tables of DeepSeek V4.1, which the published counts leave out."""
    gemma, deepseek = model("gemma-4-e2b"), model("deepseek-v4-1-flash")
    assert (
        "2.28B active (45%, excl. per-layer embeddings and encoders)"
        in subtitle(gemma.spec, gemma.block, gemma.facts)[0]
    )
    active = active_parameters(deepseek.facts, deepseek.spec.published)
    assert [text(part) for part in active.unsaid] == ["input embedding tables", "n-gram tables", "encoders"]
    # Where nothing is published and most is multiplied the headline has the count that models are compared by.
    large = replace(deepseek.facts, parts={**deepseek.facts.parts, "attention": 10**12})
    quoted = active_parameters(large)
    assert (quoted.count, quoted.excluded) == (large.active_parameters, ("n-gram tables",))
