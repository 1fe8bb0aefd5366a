"""Words of a spec that its tree contradicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archdraw.analysis.claims import CLAIMS, contradictions
from archdraw.model import Model, load
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Cache, Leaf, Module
from archdraw.tree.facts import facts

SPECS = sorted(specs_folder().glob("*.yaml"))

SPEC = """
name: X
key_points: [{words}]
hidden_size: 64
vocab_size: 256
layers:
  - embedding
  - decoder:
      attention: {{multi_head: {{num_attention_heads: 4, is_causal: {causal}}}}}
      feed_forward: {{gelu: {{intermediate_size: 64}}}}
  - output_head
"""


def said(words: str, *, causal: bool = True) -> list[str]:
    model = Model.from_text(SPEC.format(words=words, causal=str(causal).lower()))
    return [problem.message for problem in contradictions(model.spec, model.block, model.facts)]


def test_words_against_the_tree_are_warnings_at_their_place() -> None:
    text = SPEC.format(words="an idea, truly bidirectional attention, no KV cache", causal="true")
    model = Model.from_text(text)
    first, second = contradictions(model.spec, model.block, model.facts)
    line = text.splitlines()[2]
    assert (first.severity, first.span.line, first.span.column) == ("warning", 3, line.index("bidirectional") + 1)
    assert (first.span.length, second.span.column) == (len("bidirectional"), line.index("KV cache") + 1)
    assert first.message == "this claims 'bidirectional', but the layers have no bidirectional attention"
    assert second.message == "this claims no 'KV cache', but the layers have it"


@pytest.mark.parametrize(
    "words",
    [
        "sliding-window attention",
        "fine-grained MoE",
        "a shared expert",
        "cross-attention to images",
        "encoder-decoder",
        "tied embeddings",
        "linear attention",
        "without a KV cache",
        "image input",
        "image, video and audio input",
    ],
)
def test_what_a_plain_decoder_is_not(words: str) -> None:
    assert len(said(words)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "causal attention",
        "no sliding-window attention",
        "without MoE",
        "dense FFN instead of MoE",
        "full attention rather than sliding windows",
        "unlike an encoder-decoder",
        "a KV cache",
    ],
)
def test_what_a_plain_decoder_is(words: str) -> None:
    assert said(words) == []


def test_what_is_said_to_be_lacking_is_no_contradiction() -> None:
    text = SPEC.format(words="image input", causal="true")
    model = Model.from_text(text + "incomplete: [the vision encoder is not described]\n")
    assert not list(contradictions(model.spec, model.block, model.facts))


def test_bidirectional_layers_have_no_cache() -> None:
    assert said("bidirectional attention, no KV cache", causal=False) == []
    assert len(said("causal attention", causal=False)) == 1


def test_no_shipped_spec_contradicts_itself() -> None:
    found = []
    for path in SPECS:
        model = load(path)
        found += list(contradictions(model.spec, model.block, model.facts))
    assert found == []


def test_each_claim_holds_for_some_shipped_model_and_not_for_another() -> None:
    """A word that is always or never right would warn of nothing, or of everything."""
    models = [
        load(specs_folder() / f"{name}.yaml")
        for name in (
            "llada-8b",
            "llama-3-8b",
            "t5-11b",
            "gemma-2-27b",
            "deepseek-v3",
            "qwen3-next-80b-a3b",
            "mistral-small-4",
        )
    ]
    for claim in CLAIMS:
        assert {claim.holds(model.block, model.facts) for model in models} == {True, False}, claim.what


CROSSING = """
name: X
key_points: [{words}]
hidden_size: 64
vocab_size: 256
layers:
  - embedding
  - decoder:
      attention: {{multi_head: {{num_attention_heads: 4}}}}
      cross_attention: {{cross_attention: {{num_attention_heads: 4}}}}
      feed_forward: {{gelu: {{intermediate_size: 64}}}}
"""


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("non-causal attention", False),
        ("bidirectional attention", False),
        ("cross-attention", True),
        ("encoder-decoder", True),
        ("KV cache", True),
        ("causal instead of bidirectional attention", True),
    ],
)
def test_words_of_a_decoder_that_reads_an_encoder(words: str, right: bool) -> None:
    model = Model.from_text(CROSSING.format(words=words))
    assert (not list(contradictions(model.spec, model.block, model.facts))) is right


@pytest.mark.parametrize("crosses", [True, False])
def test_the_keys_of_an_encoder_are_no_cache_of_tokens(crosses: bool) -> None:
    claim = next(one for one in CLAIMS if one.pattern == "KV cache")
    block = Module("model", "Model", Leaf("keys", "keys", cache=Cache(8, cross=crosses)))
    assert claim.holds(block, facts(block)) is not crosses


def test_of_a_model_that_is_not_known_nothing_is_contradicted() -> None:
    text = SPEC.format(words="a shared expert", causal="true")
    model = Model.from_text(text)
    assert list(contradictions(model.spec, model.block, model.facts))
    assert not list(contradictions(model.spec, model.block, replace(model.facts, unknown=True)))
