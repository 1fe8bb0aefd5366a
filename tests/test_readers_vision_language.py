"""Invented configs of models that read images; the counts are those of the classes of transformers 5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.glossary import text
from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from archdraw.tree.walks import layers

TEXT: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
    "max_position_embeddings": 128,
}
VISION: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "image_size": 28,
    "patch_size": 7,
}
QWEN_VISION: dict[str, Any] = {
    "depth": 4,
    "hidden_size": 32,
    "out_hidden_size": 64,
    "intermediate_size": 50,
    "num_heads": 4,
    "patch_size": 7,
}
ALL_FEATURES = {"vision_feature_layer": -1, "vision_feature_select_strategy": "full"}

CASES: dict[str, tuple[dict[str, Any], int]] = {
    "qwen2_vl": (
        {
            "model_type": "qwen2_vl",
            **TEXT,
            "vision_config": {
                "depth": 3,
                "embed_dim": 32,
                "hidden_size": 64,
                "num_heads": 4,
                "mlp_ratio": 3,
                "patch_size": 7,
            },
        },
        223104,
    ),
    "qwen2_5_vl": (
        {
            "model_type": "qwen2_5_vl",
            "text_config": {**TEXT, "model_type": "qwen2_5_vl_text"},
            "vision_config": {**QWEN_VISION, "fullatt_block_indexes": [1, 3]},
        },
        228080,
    ),
    "qwen3_vl": (
        {
            "model_type": "qwen3_vl",
            "tie_word_embeddings": True,
            "text_config": {**TEXT, "model_type": "qwen3_vl_text", "head_dim": 16},
            "vision_config": {
                **QWEN_VISION,
                "model_type": "qwen3_vl",
                "num_position_embeddings": 64,
                "deepstack_visual_indexes": [0, 2],
            },
        },
        241608,
    ),
    "llava": (
        {
            "model_type": "llava",
            "text_config": {**TEXT, "model_type": "llama"},
            "vision_config": {**VISION, "model_type": "clip_vision_model"},
        },
        189240,
    ),
    "llava_siglip": (
        {
            "model_type": "llava",
            **ALL_FEATURES,
            "text_config": {**TEXT, "model_type": "qwen2", "tie_word_embeddings": True},
            "vision_config": {**VISION, "model_type": "siglip_vision_model", "vision_use_head": False},
        },
        157528,
    ),
    "pixtral": (
        {
            "model_type": "llava",
            **ALL_FEATURES,
            "text_config": {**TEXT, "model_type": "mistral"},
            "vision_config": {**VISION, "model_type": "pixtral"},
        },
        191616,
    ),
    "idefics3": (
        {
            "model_type": "idefics3",
            "scale_factor": 4,
            "text_config": {**TEXT, "model_type": "llama"},
            "vision_config": {**VISION, "image_size": 56},
        },
        217176,
    ),
    # Its file says of the text part what differs from a Llama of 7B, and nothing else.
    "llava_1_5": (
        {
            "model_type": "llava",
            "text_config": {"model_type": "llama", "vocab_size": 100},
            "vision_config": {**VISION, "model_type": "clip_vision_model"},
        },
        6494033656,
    ),
    "mllama": (
        {
            "model_type": "mllama",
            "text_config": {**TEXT, "model_type": "mllama_text_model", "cross_attention_layers": [1]},
            "vision_config": {
                **VISION,
                "num_global_layers": 2,
                "intermediate_layers_indices": [0, 2],
                "vision_output_dim": 96,
            },
        },
        224945,
    ),
    "mistral3": (
        {
            "model_type": "mistral3",
            "multimodal_projector_bias": True,
            "text_config": {**TEXT, "model_type": "mistral"},
            "vision_config": {**VISION, "model_type": "pixtral"},
        },
        195744,
    ),
}


def read(data: dict[str, Any], folder: Path) -> Reading:
    """The reading of ``data`` as a config.json."""
    file = folder / "config.json"
    file.write_text(json.dumps(data))
    return read_config(file)


def counted(reading: Reading) -> int:
    """The parameters of what was read."""
    return facts(expand(parse_spec(reading.text, "read"))).total_parameters


@pytest.mark.parametrize("name", CASES)
def test_counts_are_those_of_the_class(name: str, tmp_path: Path) -> None:
    data, count = CASES[name]
    reading = read(data, tmp_path)
    assert facts(expand(parse_spec(reading.text, name))).total_parameters == count
    assert (reading.unused, reading.incomplete) == ((), ())


def test_the_encoder_stands_behind_the_embedding(tmp_path: Path) -> None:
    lines = read(CASES["llava"][0], tmp_path).text.splitlines()
    layers = [line.strip("- :") for line in lines[lines.index("layers:") :] if line.startswith("  - ")]
    assert layers[:2] == ["embedding", "vision_transformer"]


def test_an_unknown_text_model_is_read_by_its_keys(tmp_path: Path) -> None:
    data = {**CASES["llava"][0], "text_config": {**TEXT, "model_type": "nobody"}}
    assert read(data, tmp_path).incomplete == (
        'the text model is of the unknown model_type "nobody": read by its keys alone',
    )


def test_an_unknown_encoder_is_not_drawn(tmp_path: Path) -> None:
    data = {**CASES["llava"][0], "vision_config": {**VISION, "model_type": "nobody"}}
    reading = read(data, tmp_path)
    assert reading.incomplete[0] == "the vision encoder nobody, which is not known"
    assert "vision_transformer" not in reading.text


def test_features_of_several_layers_are_joined(tmp_path: Path) -> None:
    # The first projection is as wide as both layers: 32 features more, each to the 64 of the text model.
    data = {**CASES["llava"][0], "vision_feature_layer": [-2, -1]}
    reading = read(data, tmp_path)
    assert reading.incomplete == ()
    assert counted(reading) == CASES["llava"][1] + 32 * 64


@pytest.mark.parametrize("layers", [[], [4], -4, "last", True])
def test_layers_that_the_encoder_does_not_have_are_refused(tmp_path: Path, layers: object) -> None:
    with pytest.raises(InputError, match="vision_feature_layer names no layers of the 3"):
        read({**CASES["llava"][0], "vision_feature_layer": layers}, tmp_path)


def mllama(changes: dict[str, Any], part: str) -> dict[str, Any]:
    data = CASES["mllama"][0]
    return {**data, part: {**data[part], **changes}}


def test_layers_that_read_the_image_stand_where_the_file_says(tmp_path: Path) -> None:
    model = expand(parse_spec(read(CASES["mllama"][0], tmp_path).text, "mllama"))
    assert [text(layer.label) for layer in layers(model)] == ["Decoder layer", "Cross-attention layer", "Decoder layer"]


@pytest.mark.parametrize(
    ("part", "changes", "message"),
    [
        ("text_config", {"cross_attention_layers": [3]}, "cross_attention_layers names a layer that is none of 3"),
        ("vision_config", {"vision_output_dim": 95}, "vision_output_dim is not 96: hidden_size for the last layer"),
        ("vision_config", {"supported_aspect_ratios": "all"}, "supported_aspect_ratios must be a list"),
    ],
)
def test_what_contradicts_itself_is_refused(part: str, changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read(mllama(changes, part), tmp_path)


def test_a_file_without_an_encoder_is_marked(tmp_path: Path) -> None:
    data = {key: value for key, value in CASES["mllama"][0].items() if key != "vision_config"}
    assert read(data, tmp_path).incomplete == ("the vision encoder: there is no vision_config",)
