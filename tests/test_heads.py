"""The head of each class: classifiers, bare layers, one half or the text part of a model, counted and drawn.

The totals in data/heads.tsv were written by ``tests/verify_heads.py``, which builds each class of transformers on the
meta device; no torch is needed here.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.lint.faults import faults
from archdraw.readers import Reading
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family
from archdraw.readers.heads import with_head
from archdraw.readers.reading import reading_of
from archdraw.spec import expand, parse_spec
from archdraw.theme import load_theme
from archdraw.tree.blocks import Parallel
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.walks import children, layers, leaves
from archdraw.views import draw

DATA = Path(__file__).parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


CLASSES: dict[str, list[tuple[str, int]]] = defaultdict(list)
for _row in _rows("heads.tsv"):
    CLASSES[_row["config"]].append((_row["class"], int(_row["total"])))
OWN = {row["config"]: int(row["total"]) for row in _rows("families.tsv") if row["total"]}


@cache
def config(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((DATA / "families" / f"{name}.json").read_text("utf-8"))
    return made


def read(name: str, architecture: str, **changes: Any) -> Reading:
    data = config(name) | {"architectures": [architecture]} | changes
    return reading_of(json.dumps(data), data, "config.json", "model")


def total(reading: Reading) -> int:
    return facts(expand(parse_spec(reading.text))).total_parameters


def boxes(reading: Reading) -> list[str]:
    """The boxes behind the last layer, from the input up, without the final norm."""
    parts = list(children(children(expand(parse_spec(reading.text)))[0]))
    last = max(index for index, part in enumerate(parts) if list(layers(part)))
    return [describe(leaf).full for part in parts[last + 1 :] for leaf in leaves(part) if leaf.part != "norm"]


def claimed(name: str, architecture: str) -> int | None:
    """The parameters of a class where its reading is complete; None where it is not, or refused."""
    try:
        reading = read(name, architecture)
        return None if reading.incomplete else total(reading)
    except InputError:
        return None


@pytest.mark.parametrize("name", CLASSES)
def test_what_is_complete_is_exact(name: str) -> None:
    if claimed(name, config(name)["architectures"][0]) not in (None, OWN.get(name)):
        return  # what is behind the last layer is not to blame where the layers are read wrongly
    found = {architecture: (claimed(name, architecture), expected) for architecture, expected in CLASSES[name]}
    assert {key: pair for key, pair in found.items() if pair[0] not in (None, pair[1])} == {}


LLAMA, BERT = "llama--LlamaForCausalLM", "bert--BertForMaskedLM"
BART, T5 = "bart--BartForConditionalGeneration", "t5--T5ForConditionalGeneration"
WELL_KNOWN = (
    *(LLAMA, BERT, T5, "bart--BartForCausalLM", "gpt2--GPT2LMHeadModel", "qwen3--Qwen3ForCausalLM"),
    *("albert--AlbertForMaskedLM", "distilbert--DistilBertForMaskedLM", "electra--ElectraForCausalLM"),
    *("deberta-v2--DebertaV2ForMaskedLM", "fnet--FNetForMaskedLM", "roberta--RobertaForCausalLM"),
    *("gemma3--Gemma3ForConditionalGeneration", "modernbert--ModernBertForMaskedLM"),
)


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_all_classes_of_a_well_known_family_are_exact(name: str) -> None:
    assert {architecture: claimed(name, architecture) for architecture, _ in CLASSES[name]} == dict(CLASSES[name])


@pytest.mark.parametrize(
    ("name", "architecture", "changes", "expected"),
    [
        (LLAMA, "LlamaModel", {}, []),
        (LLAMA, "LlamaForCausalLM", {}, ["LM head, 4,096 → vocab 32,000, untied"]),
        (LLAMA, "LlamaForSequenceClassification", {}, ["Last token", "Classifier, 4,096 → 2"]),
        (LLAMA, "LlamaForSequenceClassification", {"num_labels": 1}, ["Last token", "Classifier, 4,096 → 1"]),
        (
            LLAMA,
            "LlamaForSequenceClassification",
            {"id2label": None, "_num_labels": 5},
            ["Last token", "Classifier, 4,096 → 5"],
        ),
        (LLAMA, "LlamaForTokenClassification", {"id2label": {"0": "a", "1": "b", "2": "c"}}, ["Classifier, 4,096 → 3"]),
        (LLAMA, "LlamaForTokenClassification", {"token_classification_bias": False}, ["Classifier, 4,096 → 2"]),
        (LLAMA, "LlamaForQuestionAnswering", {"num_labels": 5}, ["Classifier, 4,096 → 2"]),
        (
            "qwen2--Qwen2ForCausalLM",
            "Qwen2ForProcessRewardModel",
            {},
            ["Projection, 4,096 → 4,096", "ReLU", "Classifier, 4,096 → 2"],
        ),
        (BERT, "BertModel", {}, ["First token", "Projection, 768 → 768", "tanh"]),
        (
            BERT,
            "BertForSequenceClassification",
            {"num_labels": 7},
            ["First token", "Projection, 768 → 768", "tanh", "Classifier, 768 → 7"],
        ),
        (BERT, "BertForTokenClassification", {}, ["Classifier, 768 → 2"]),
        (BERT, "BertForQuestionAnswering", {"num_labels": 5}, ["Classifier, 768 → 5"]),
        (
            BART,
            "BartForSequenceClassification",
            {"id2label": None},
            ["Last token", "Projection, 1,024 → 1,024", "tanh", "Classifier, 1,024 → 3"],
        ),
        (
            "modernbert--ModernBertForMaskedLM",
            "ModernBertForSequenceClassification",
            {"classifier_pooling": "mean"},
            ["Mean of tokens", "Projection, 768 → 768", "GELU", "Classifier, 768 → 2"],
        ),
    ],
)
def test_the_head_is_that_of_the_class(
    name: str, architecture: str, changes: dict[str, Any], expected: list[str]
) -> None:
    reading = read(name, architecture, **changes)
    assert reading.incomplete == ()
    assert boxes(reading) == expected


@pytest.mark.parametrize(
    ("name", "architecture"), [(BERT, "BertForPreTraining"), ("gpt2--GPT2LMHeadModel", "GPT2DoubleHeadsModel")]
)
def test_two_heads_stand_side_by_side(name: str, architecture: str) -> None:
    spec = parse_spec(read(name, architecture).text)
    block = expand(spec)
    *_, heads = children(children(block)[0])
    assert isinstance(heads, Parallel)
    assert heads.merge == "separate"
    assert faults(draw(spec, block, theme=load_theme("light"))) == []


@pytest.mark.parametrize("architecture", ["LlamaForDreaming", "Llama", "XForRewardModel"])
def test_an_unknown_class_is_incomplete(architecture: str) -> None:
    assert any(architecture in reason for reason in read(LLAMA, architecture).incomplete)


def test_a_family_that_ends_otherwise_has_no_classifier_by_guess() -> None:
    config = Config({"architectures": ["OwnForSequenceClassification"]})
    with_head(Draft(8, 8, None, layers=["embedding", "rmsnorm"]), config, Family(("own",), lambda _: Draft(8, 8, None)))
    assert config.incomplete == ["the head of OwnForSequenceClassification is not known"]


def test_a_pooler_of_another_width_is_said() -> None:
    """DeBERTa's class has it from as many features as to: no layer gives it so many."""
    name, classifier = "deberta-v2--DebertaV2ForMaskedLM", "DebertaV2ForSequenceClassification"
    assert read(name, classifier).incomplete == ()
    assert any("pooler_hidden_size" in reason for reason in read(name, classifier, pooler_hidden_size=512).incomplete)


def test_an_encoder_has_no_head_by_guess() -> None:
    """What decoders have is not what an encoder has whose head is not known."""
    assert read("modernbert--ModernBertForMaskedLM", "ModernBertForNextSentencePrediction").incomplete


def test_multi_token_prediction_needs_the_head() -> None:
    name = "deepseek_v3--DeepseekV3ForCausalLM"
    assert "multi_token_prediction" in read(name, "DeepseekV3ForCausalLM").text
    assert "multi_token_prediction" not in read(name, "DeepseekV3Model").text


def test_a_text_class_of_a_whole_file_has_no_encoder() -> None:
    whole, part = (read("mllama--MllamaForConditionalGeneration", f"Mllama{end}") for end in ("Model", "TextModel"))
    assert facts(expand(parse_spec(whole.text))).encoders
    assert not facts(expand(parse_spec(part.text))).encoders
    own_code = read("mllama--MllamaForConditionalGeneration", "MllamaForCausalLM", auto_map={"AutoModel": "m.M"})
    assert facts(expand(parse_spec(own_code.text))).encoders


def test_halves_of_an_encoder_decoder() -> None:
    encoder = expand(parse_spec(read(T5, "T5EncoderModel").text))
    assert not any(leaf.heads is not None and leaf.heads.causal for leaf in leaves(encoder))
    decoder = expand(parse_spec(read(BART, "BartForCausalLM").text))
    assert any(leaf.heads is not None and leaf.heads.cross for leaf in leaves(decoder))
    assert all(leaf.heads.causal or leaf.heads.cross for leaf in leaves(decoder) if leaf.heads is not None)


def test_no_word_of_a_head_is_in_a_picture_without_one() -> None:
    spec = parse_spec(read("gpt2--GPT2LMHeadModel", "GPT2Model").text)
    svg = str(draw(spec, expand(spec), theme=load_theme("light")))
    assert "LM head" not in svg
    assert "embedding, head" not in svg
    assert "Final LayerNorm" in svg


@pytest.mark.parametrize("changes", [{}, {"token_classification_bias": False}])
def test_the_bias_of_a_classifier_is_counted(changes: dict[str, Any]) -> None:
    labels = total(read(LLAMA, "LlamaForTokenClassification", **changes)) - total(read(LLAMA, "LlamaModel"))
    assert labels == 2 * 4096 + (0 if changes else 2)


def test_without_a_head_no_table_is_tied() -> None:
    assert parse_spec(read("gpt2--GPT2LMHeadModel", "GPT2LMHeadModel").text).tie_word_embeddings
    assert not parse_spec(read("gpt2--GPT2LMHeadModel", "GPT2Model").text).tie_word_embeddings
