"""Configs of vision, dual and speech encoders, and of text models inside of others; counts of the classes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.glossary import text
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.blocks import Leaf, Module, Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import walk
from verify_families import FOLDER as FAMILIES
from verify_values import changed
from verify_vision import FOLDER, TABLE

UNKNOWN_PARTS = {"vit--ViTForMaskedImageModeling", "blip--BlipModel"}
"""Classes with parts that are not drawn: incomplete."""


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read(data: dict[str, Any], folder: Path) -> Reading:
    """The reading of ``data`` as a config.json."""
    file = folder / "config.json"
    file.write_text(json.dumps(data))
    return read_config(file)


def default(name: str) -> dict[str, Any]:
    return changed(name, {})


def tree(reading: Reading) -> Module:
    return expand(parse_spec(reading.text, "read"))


def counted(reading: Reading) -> int:
    return facts(tree(reading)).total_parameters


def labels(reading: Reading) -> list[str]:
    return [text(part.label) for _, part in walk(tree(reading)) if isinstance(part, Leaf | Module)]


@pytest.mark.parametrize("row", rows(TABLE), ids=lambda row: row["config"])
def test_default_configs_are_exact(row: dict[str, str]) -> None:
    reading = read_config(FOLDER / f"{row['config']}.json")
    if row["config"] in UNKNOWN_PARTS:
        assert reading.incomplete
    else:
        assert (counted(reading), reading.incomplete) == (int(row["total"]), ())


def test_labels_are_those_of_the_file(tmp_path: Path) -> None:
    """A classifier has a row, and a bias, for each label."""
    data = default("vit--ViTForImageClassification")
    ten = read({**data, "id2label": {str(index): f"kind {index}" for index in range(10)}}, tmp_path)
    assert counted(ten) - counted(read(data, tmp_path)) == 8 * 769


@pytest.mark.parametrize("name", ["vit--ViTModel", "convnext--ConvNextModel", "wav2vec2--Wav2Vec2Model"])
def test_a_model_that_reads_no_tokens_has_no_vocabulary(name: str) -> None:
    reading = read_config(FOLDER / f"{name}.json")
    spec = parse_spec(reading.text, name)
    assert (spec.vocab_size, spec.hidden_size, spec.context_length) == (None, None, None)
    assert "output_head" not in reading.text


def test_registers_come_behind_the_positions() -> None:
    name = "dinov2_with_registers--Dinov2WithRegistersModel"
    found = labels(read_config(FOLDER / f"{name}.json"))
    assert found.index("Class token") < found.index("+ position embedding")
    assert "Registers" in found


def test_two_encoders_stand_side_by_side() -> None:
    found = labels(read_config(FOLDER / "clip--CLIPModel.json"))
    assert {"Image encoder", "Text encoder", "Cosine similarity", "× temperature"} <= set(found)


@pytest.mark.parametrize(("name", "causal"), [("clip--CLIPModel", True), ("siglip--SiglipModel", False)])
def test_texts_of_clip_are_read_forwards(name: str, causal: bool) -> None:
    made = tree(read_config(FOLDER / f"{name}.json"))
    seen = [part.heads.causal for _, part in walk(made) if isinstance(part, Leaf) and part.heads is not None]
    assert seen == [False, causal]


def test_a_merger_that_does_not_fit_says_so(tmp_path: Path) -> None:
    data = default("qwen3_vl--Qwen3VLForConditionalGeneration")
    assert "does not fit the text model" in labels(read(data, tmp_path))
    data["vision_config"]["out_hidden_size"] = data["text_config"]["hidden_size"]
    assert "does not fit the text model" not in labels(read(data, tmp_path))


def test_a_pooling_head_that_nothing_reads_stands_beside_the_line() -> None:
    reading = read_config(FAMILIES / "shieldgemma2--Gemma3ForConditionalGeneration.json")
    sides = [part for _, part in walk(tree(reading)) if isinstance(part, Side) and part.direction == "out"]
    assert [text(side.body.label) for side in sides] == ["Unused pooling head"]


def test_encoders_that_share_a_projector_count_it_once() -> None:
    """The second encoder has none: its tokens pass the projector of the first."""
    reading = read_config(FAMILIES / "video_llava--VideoLlavaForConditionalGeneration.json")
    first, second = (part.body for _, part in walk(tree(reading)) if isinstance(part, Side) and part.direction == "in")
    projector = 1024 * 4096 + 4096 + 4096 * 4096 + 4096
    assert facts(first).total_parameters - facts(second).total_parameters == projector


TEXT: dict[str, Any] = {
    "model_type": "qwen2",
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
    "max_position_embeddings": 128,
}


@pytest.mark.parametrize("section", ["text_config", "llm_config", "language_config"])
def test_an_unknown_wrapper_hands_its_text_over(section: str, tmp_path: Path) -> None:
    """Qwen2 has biases, which a plain decoder has not: 64 + 2 × 32 in each layer."""
    data = {"model_type": "nobody", section: TEXT, "vision_config": {"depth": 3}, "adapter_config": {"width": 3}}
    reading = read(data, tmp_path)
    assert reading.incomplete == (
        "the encoder of vision_config is not drawn",
        "adapter_config is not drawn",
        'unknown model_type "nobody": its text model is read, and nothing else',
    )
    alone = read({**TEXT, "architectures": ["Qwen2ForCausalLM"]}, tmp_path)
    assert counted(reading) == counted(alone)
    plain = read({**data, section: {**TEXT, "model_type": "nothing"}}, tmp_path)
    assert counted(reading) - counted(plain) == 3 * (64 + 2 * 32)


def test_the_thinker_of_a_larger_model_is_read(tmp_path: Path) -> None:
    inner = {"model_type": "qwen2_5_omni_thinker", "text_config": {**TEXT, "model_type": "qwen2_5_omni_text"}}
    data = {"model_type": "qwen2_5_omni", "thinker_config": inner, "talker_config": {"hidden_size": 3}}
    reading = read(data, tmp_path)
    assert 'unknown model_type "qwen2_5_omni": read by its thinker_config alone' in reading.incomplete
    assert "talker_config is not drawn" in reading.incomplete
    assert facts(tree(reading)).text_parameters == counted(read({**TEXT}, tmp_path))


def test_parts_none_of_which_is_a_text_model_are_named(tmp_path: Path) -> None:
    data = {"model_type": "nobody", "front_config": {"hidden_size": 3}, "back_config": {"hidden_size": 3}}
    with pytest.raises(InputError) as caught:
        read(data, tmp_path)
    (problem,) = caught.value.problems
    assert (
        problem.message
        == 'unknown model_type "nobody", and none of its parts is a text model: front_config, back_config'
    )
    assert "thinker_config" in problem.hint


def test_a_section_has_the_class_defaults_of_its_family(tmp_path: Path) -> None:
    """Mistral has 8 heads of keys and values where a section says nothing of them."""
    data = {"model_type": "llava_next", "text_config": {"model_type": "mistral"}}
    whole = read(data, tmp_path)
    said = read({**data, "text_config": {"model_type": "mistral", "num_key_value_heads": 8}}, tmp_path)
    assert (
        counted(whole)
        == counted(said)
        < counted(read({**data, "text_config": {"model_type": "mistral", "num_key_value_heads": 32}}, tmp_path))
    )


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("convnext--ConvNextModel", "hidden_sizes", {}, "hidden_sizes must be a list of whole numbers, not {}"),
        ("swin--SwinModel", "num_heads", [3, 6], "num_heads has 2 entries for 4 stages"),
        ("vit--ViTModel", "patch_size", ["a", "b"], 'patch_size must be a list of whole numbers, not ["a", "b"]'),
        ("vit--ViTModel", "image_size", [0, 3], "image_size must be two numbers over 0"),
    ],
)
def test_values_that_are_none_are_refused_at_their_key(
    name: str, key: str, value: object, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read({**default(name), key: value}, tmp_path)
    assert message in [problem.message for problem in caught.value.problems]


def test_projections_that_do_not_fit_are_drawn_where_they_meet() -> None:
    """The defaults of Llama 4's encoder contradict each other at two places."""
    reading = read_config(FAMILIES / "llama4--Llama4ForConditionalGeneration.json")
    assert labels(reading).count("does not fit") == 2
