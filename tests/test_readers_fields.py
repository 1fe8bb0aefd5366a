"""What readers write of a config, field by field, where no count shows it: windows, rotations, factors, placements.

A row is a default config of tests/data/families, or a short one, with other values; the field of the spec that follows
from them, and its values from the first layer up. Rows of the second table are the reasons for which a reading is
incomplete or refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import Reading
from archdraw.readers.config import Config
from archdraw.readers.reading import reading_of
from archdraw.source import parse, plain
from archdraw.spec import expand, parse_spec
from archdraw.tree.walks import layers, leaves

FAMILIES = Path(__file__).parent / "data" / "families"

SMALL: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 500,
    "max_position_embeddings": 128,
}


def config(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The default config of that name, or a small one of that type, with ``changes`` by their dotted keys."""
    file = FAMILIES / f"{name}.json"
    small = {"model_type": name} | ({} if "vision_config" in changes else SMALL)
    data: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else small
    for path, value in changes.items():
        *sections, key = path.split(".")
        part = data
        for section in sections:
            part = part.setdefault(section, {})
        part[key] = value
    return data


def read(name: str, changes: dict[str, Any]) -> Reading:
    data = config(name, changes)
    return reading_of(json.dumps(data, indent=1), data, "config.json", "model")


def fields(value: Any, key: str) -> Iterator[Any]:
    """Every value under ``key`` in a spec, in its order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from fields(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, key)


QWEN2, LLAVA, MISTRAL3 = {"use_sliding_window": True, "sliding_window": 16}, "llava", "mistral3"
TEXT = {"text_config": {**SMALL, "model_type": "llama"}}
TURNED = {"rope": {"rope_theta": 10000.0}}
SPARSE = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
EYES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "image_size": 28,
    "patch_size": 7,
}


@pytest.mark.parametrize(
    ("name", "changes", "field", "values"),
    [
        # Rotations, by keys of three generations.
        ("llama", {"rope_parameters": {"rope_theta": 777.0}}, "rope_theta", [777.0]),
        ("llama", {"rope_theta": 555.0, "rope_parameters": {"rope_theta": 777.0}}, "rope_theta", [777.0]),
        ("llama", {"rope_theta": 555.0}, "rope_theta", [555.0]),
        ("glm--GlmForCausalLM", {"rope_parameters": None}, "partial_rotary_factor", [0.5]),
        ("persimmon--PersimmonForCausalLM", {"rope_parameters": None}, "partial_rotary_factor", [0.5]),
        ("llama", {"rope_scaling": {"type": "su", "factor": 4.0}}, "rope_type", ["longrope"]),
        ("ernie4_5--Ernie4_5ForCausalLM", {"rope_parameters": None}, "rope_theta", [500000.0]),
        # Where others slide, layers that see everything do not rotate.
        ("exaone4", {"sliding_window": 16, "sliding_window_pattern": "LG"}, "position", [TURNED, "none"]),
        ("exaone4", {"sliding_window": None}, "position", [TURNED]),
        # Biases that a switch gives and another one takes.
        ("seed_oss--SeedOssForCausalLM", {"attention_out_bias": True}, "attention_out_bias", [True]),
        ("glm--GlmForCausalLM", {}, "attention_out_bias", [False]),
        ("helium--HeliumForCausalLM", {"attention_bias": True}, "attention_out_bias", [False]),
        ("nllb-moe--NllbMoeForConditionalGeneration", {"router_bias": True}, "router_bias", [True, True]),
        # Norms.
        ("glm4--Glm4ForCausalLM", {}, "placement", ["sandwich"]),
        ("bart--BartForConditionalGeneration", {}, "placement", ["post_add", "post_add"]),
        ("mbart--MBartForConditionalGeneration", {}, "placement", []),
        ("paddleocr_vl--PaddleOCRVLForConditionalGeneration", {}, "norms_merged", [False]),
        ("lfm2_vl--Lfm2VlForConditionalGeneration", {"projector_use_layernorm": False}, "norm", []),
        # Factors.
        ("plbart--PLBartForConditionalGeneration", {"scale_embedding": None}, "scale_embedding", [True, True]),
        ("hyperclovax--HyperCLOVAXForCausalLM", {"logits_scaling": 0.5}, "logit_scale", [0.5]),
        ("nanochat--NanoChatForCausalLM", {}, "final_logit_softcapping", [15.0]),
        ("nanochat--NanoChatForCausalLM", {"final_logit_softcapping": None}, "final_logit_softcapping", []),
        # Which layers of an encoder of images do what.
        ("qwen3_vl--Qwen3VLForConditionalGeneration", {}, "deepstack_visual_indexes", [[8, 16, 24]]),
        (
            "qwen3_vl--Qwen3VLForConditionalGeneration",
            {"vision_config.deepstack_visual_indexes": None},
            "deepstack_visual_indexes",
            [[8, 16, 24]],
        ),
        (
            "qwen2_5_vl--Qwen2_5_VLForConditionalGeneration",
            {"vision_config.fullatt_block_indexes": None},
            "fullatt_block_indexes",
            [[7, 15, 23, 31]],
        ),
        (
            "qwen2_5_vl--Qwen2_5_VLForConditionalGeneration",
            {"vision_config.window_size": None},
            "window_size",
            [112],
        ),
        ("kimi_k25--Kimi_K25ForConditionalGeneration", {"vision_config.attn_bias": False}, "attention_bias", [False]),
        (
            LLAVA,
            {**TEXT, "vision_config": {**EYES, "model_type": "clip_vision_model"}, "vision_feature_layer": 2},
            "vision_feature_layer",
            [-2],
        ),
        (
            LLAVA,
            {**TEXT, "vision_config": {**EYES, "model_type": "clip_vision_model"}, "multimodal_projector_bias": False},
            "projector",
            [{"mlp_projector": {"sizes": [64, 64]}}],
        ),
        # What a section leaves out is as its class has it.
        (
            LLAVA,
            {"text_config": {"model_type": "mistral"}, "vision_config": {**EYES, "model_type": "clip_vision_model"}},
            "num_key_value_heads",
            [8],
        ),
        (
            LLAVA,
            {
                "text_config": {**SMALL, "model_type": "qwen3"},
                "vision_config": {**EYES, "model_type": "clip_vision_model"},
            },
            "head_dim",
            [128],
        ),
        (
            MISTRAL3,
            {**TEXT, "vision_config": {**EYES, "model_type": "pixtral"}},
            "multimodal_projector_bias",
            [],
        ),
        (
            LLAVA,
            {**TEXT, "vision_config": {**EYES, "model_type": "pixtral"}, "vision_feature_layer": -1},
            "multimodal_projector_bias",
            [True],
        ),
    ],
)
def test_a_field_follows_from_the_config(name: str, changes: dict[str, Any], field: str, values: list[Any]) -> None:
    reading = read(name, changes)
    assert reading.incomplete == ()
    assert list(fields(plain(parse(reading.text).root), field)) == values


@pytest.mark.parametrize(
    ("name", "changes", "windows"),
    [
        ("qwen2", {**QWEN2, "max_window_layers": 2}, [None, None, 16]),
        ("qwen2", {**QWEN2, "max_window_layers": 0}, [16, 16, 16]),
        ("qwen2", {"use_sliding_window": True, "sliding_window": None, "max_window_layers": 1}, [None, None, None]),
        ("qwen2", {"use_sliding_window": False, "sliding_window": 16, "max_window_layers": 1}, [None, None, None]),
        ("qwen3_moe", {"use_sliding_window": False, "sliding_window": 16, **SPARSE}, [None, None, None]),
        ("qwen3_moe", {**QWEN2, **SPARSE}, [16, 16, 16]),
        ("cwm", {"sliding_window": 16, "num_hidden_layers": 5}, [None, 16, 16, 16, None]),
        ("exaone4", {"sliding_window": 16, "sliding_window_pattern": "LG"}, [16, None, 16]),
    ],
)
def test_each_layer_has_its_window(name: str, changes: dict[str, Any], windows: list[int | None]) -> None:
    found = []
    for layer in layers(expand(parse_spec(read(name, changes).text))):
        (cache,) = {leaf.cache for leaf in leaves(layer) if leaf.cache is not None}
        found.append(None if cache.window is None else cache.window.size)
    assert found == windows


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("llama", {"rope_scaling": {"rope_type": "ntk", "factor": 2.0}}, 'stretched by "ntk"'),
        ("llama", {"hidden_act": "tanh"}, "the activation tanh"),
        ("llama", {"own_bias": True}, "unrecognized key own_bias"),
        ("llama", {"use_qk_norm": True}, "unrecognized key use_qk_norm"),
        ("llama", {"pruned_heads": {"1": [0]}}, "pruned_heads"),
        ("bart--BartForConditionalGeneration", {"tie_encoder_decoder": True}, "tie_encoder_decoder"),
        ("bart--BartForConditionalGeneration", {"encoder_layers": 6, "num_hidden_layers": 5}, "contradicts"),
        ("bart--BartForConditionalGeneration", {"normalize_before": True}, "the key normalize_before"),
        ("bart--BartForConditionalGeneration", {"add_bias_logits": True}, "the key add_bias_logits"),
        ("bert--BertForMaskedLM", {"pruned_heads": {"1": [0]}}, "pruned heads"),
        ("bert--BertForMaskedLM", {"position_embedding_type": "relative_key"}, "positions of the type relative_key"),
        (
            MISTRAL3,
            {**TEXT, "vision_config": {**EYES, "model_type": "pixtral"}, "vision_feature_layer": -2},
            "another layer of the vision encoder",
        ),
        ("internvl--InternVLForConditionalGeneration", {"vision_feature_layer": -2}, "other layers of the vision"),
        (
            "aya_vision",
            {
                "text_config": {**SMALL, "model_type": "cohere2"},
                "vision_config": {**EYES, "model_type": "siglip_vision_model"},
                "vision_feature_layer": [-2, -1],
            },
            "features of several layers",
        ),
        ("cohere2_vision--Cohere2VisionForConditionalGeneration", {"vision_feature_layer": 0}, "which layers"),
    ],
)
def test_what_is_not_drawn_is_said(name: str, changes: dict[str, Any], reason: str) -> None:
    assert any(reason in one for one in read(name, changes).incomplete)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("bert--BertForMaskedLM", {"add_cross_attention": True}, "add_cross_attention without is_decoder"),
        (
            "nemotron_h_omni--NemotronH_Omni_Reasoning_V3",
            {"vision_config.patch_dim": 700},
            "patch_dim is not 768, the values of a patch",
        ),
        ("llama", {"num_hidden_layers": 10**9}, "num_hidden_layers 1,000,000,000 is not between"),
        ("llama", {"num_hidden_layers": True}, "num_hidden_layers must be a whole number, not true"),
        ("llama", {"rope_theta": 1e300}, "rope_theta must be a number"),
        ("exaone4", {"layer_types": ["full_attention"] * 4}, "4 entries for 3 layers"),
        ("exaone4", {"layer_types": ["full_attention", "quark", "full_attention"]}, 'unknown layer type "quark"'),
    ],
)
def test_what_cannot_be_is_refused(name: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        read(name, changes)
    assert message in str(refusal.value)


@pytest.mark.parametrize(("before", "tokens"), [(0, 513), (1, 512), (5, 508)])
def test_positions_after_padding_are_fewer(before: int, tokens: int) -> None:
    """RoBERTa counts from the row behind the padding token's on."""
    text = read("roberta--RobertaForMaskedLM", {"max_position_embeddings": 514, "pad_token_id": before}).text
    assert parse_spec(text).context_length == tokens


@pytest.mark.parametrize(
    ("step", "sparse"), [(2, [False, True, False, True]), (3, [False, False, True, False]), (0, [False] * 4)]
)
def test_every_few_layers_have_experts(step: int, sparse: list[bool]) -> None:
    """The last of every ``decoder_sparse_step`` layers; none where that is 0."""
    changes = {"decoder_layers": 4, "decoder_sparse_step": step, "encoder_sparse_step": 0}
    block = expand(parse_spec(read("nllb-moe--NllbMoeForConditionalGeneration", changes).text))
    found = [any(leaf.part == "experts" for leaf in leaves(layer)) for layer in layers(block)]
    assert found == sparse


def test_the_first_default_of_a_key_holds() -> None:
    """A model that holds another one has defaults of its own for it."""
    data = Config({})
    data.defaults(depth=3)
    data.defaults(depth=5, width=7)
    assert (data.integer("depth"), data.integer("width")) == (3, 7)
