"""Gemma and Llama 4: specs like those written by hand, and small configs counted as their transformers classes do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.glossary import text
from archdraw.readers import Reading, read_config
from archdraw.readers.reading import parsed, reading_of
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Leaf, Module, Window
from archdraw.tree.description import describe
from archdraw.tree.facts import Facts, facts
from archdraw.tree.walks import leaves, walk

ROOT = Path(__file__).parent.parent
CONFIGS = ROOT / "tests" / "data" / "configs"


def read(config: dict[str, Any]) -> Reading:
    text = json.dumps(config)
    return reading_of(text, parsed(text, "config.json"), "config.json", "model")


def counted(config: dict[str, Any]) -> Facts:
    reading = read(config)
    assert reading.unused == ()
    return facts(expand(parse_spec(reading.text)))


def tree(config: dict[str, Any]) -> Module:
    return expand(parse_spec(read(config).text))


@pytest.mark.parametrize("name", ["gemma-2-27b", "gemma-3-27b", "llama-4-maverick"])
def test_what_is_read_says_as_much_as_what_was_written_by_hand(name: str) -> None:
    by_hand = expand(load_spec(ROOT / "specs" / f"{name}.yaml"))
    from_config = expand(parse_spec(read_config(CONFIGS / f"{name}.json").text))
    assert facts(from_config) == facts(by_hand)
    insides = [
        [(path, part.label, part.detail) for path, part in walk(block) if isinstance(part, Leaf)]
        for block in (by_hand, from_config)
    ]
    assert insides[0] == insides[1]


SMALL = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 6, "vocab_size": 100}
TABLE = {"vocab_size_per_layer_input": 100}

# Each total is that of the class of transformers 5.23, built on the meta device.
COUNTS: list[tuple[str, dict[str, Any], int]] = [
    ("gemma", {}, 6_409_280),
    ("gemma", {"attention_bias": True, "tie_word_embeddings": False}, 6_489_792),
    ("gemma2", {}, 2_477_888),
    ("gemma2", {"head_dim": 16, "num_key_value_heads": 2}, 241_472),
    ("gemma3_text", {}, 2_480_960),
    ("gemma3_text", {"attention_bias": True}, 2_505_920),
    ("gemma4_text", {}, 3_323_840),
    ("gemma4_text", {"hidden_size_per_layer_input": 0}, 2_874_688),
    ("gemma4_text", {"attention_k_eq_v": True, "num_global_key_value_heads": 1, "global_head_dim": 128}, 2_675_904),
    (
        "gemma4_text",
        {"num_hidden_layers": 12, "num_kv_shared_layers": 6, "use_double_wide_mlp": True, "attention_bias": True},
        5_876_032,
    ),
    (
        "gemma4_text",
        {"enable_moe_block": True, "num_experts": 8, "top_k_experts": 2, "moe_intermediate_size": 32},
        3_623_408,
    ),
    ("gemma3n_text", {"num_kv_shared_layers": 0}, 2_613_792),
    (
        "gemma3n_text",
        {"num_hidden_layers": 15, "num_kv_shared_layers": 5, "altup_num_inputs": 2, "laurel_rank": 8},
        6_031_732,
    ),
    ("llama4_text", {}, 6_618_432),
    ("llama4_text", {"interleave_moe_layer_step": 2, "use_qk_norm": False, "intermediate_size_mlp": 80}, 5_721_408),
    ("llama4_text", {"moe_layers": [1, 4], "attention_bias": True}, 17_987_264),
]


def small(kind: str, **changes: Any) -> dict[str, Any]:
    return SMALL | {"model_type": kind} | (TABLE if kind in ("gemma3n_text", "gemma4_text") else {}) | changes


@pytest.mark.parametrize(("kind", "changes", "total"), COUNTS)
def test_counts(kind: str, changes: dict[str, Any], total: int) -> None:
    assert counted(small(kind, **changes)).total_parameters == total


def test_layers_that_share_keys_and_values_cache_nothing() -> None:
    config = small("gemma4_text", num_hidden_layers=12, num_kv_shared_layers=6, sliding_window=32)
    cache = counted(config).cache
    # Two entries (keys and values) of 4 heads, 256 wide in five layers with a window, 512 in the one that sees all.
    assert {(entry.elements, entry.window, number) for entry, number in cache.items()} == {
        (1024, Window(32), 10),
        (2048, None, 2),
    }
    labels = {text(leaf.detail) for leaf in leaves(tree(config)) if leaf.name == "shared_kv"}
    assert labels == {"of layer 4", "of layer 5"}


def test_values_made_by_the_key_projection_are_cached_besides_the_keys() -> None:
    config = small("gemma4_text", attention_k_eq_v=True, num_global_key_value_heads=1, sliding_window=32)
    entries = {(entry.elements, number) for entry, number in counted(config).cache.items() if entry.window is None}
    assert entries == {(1024, 1)}


def test_every_sixth_layer_of_gemma_3_sees_all() -> None:
    windows = {
        entry.window: number for entry, number in counted(small("gemma3_text", num_hidden_layers=13)).cache.items()
    }
    assert windows == {Window(4096): 22, None: 4}
    listed = small("gemma3_text", layer_types=["full_attention"] * 5 + ["sliding_attention"], sliding_window=8)
    assert {entry.window: number for entry, number in counted(listed).cache.items()} == {Window(8): 2, None: 10}


def test_attention_in_both_directions_has_half_a_window_to_each_side() -> None:
    config = small("gemma3_text", use_bidirectional_attention=True, sliding_window=512)
    assert "sliding_window: 512" in read(config).text
    assert counted(config).cache == {}


def _in_images(config: dict[str, Any]) -> set[str]:
    """The labels of the attention that is bidirectional within an image."""
    parts = [describe(part) for _, part in walk(tree(config)) if isinstance(part, Module)]
    return {part.label for part in parts if "bidirectional within an image" in " ".join(part.notes)}


def test_tokens_of_an_image_attend_to_each_other() -> None:
    text = small("gemma4_text", hidden_size_per_layer_input=0, use_bidirectional_attention="vision")
    vision: dict[str, Any] = {"vision_config": {"model_type": "gemma4_vision"}, "audio_config": None}
    whole = {"model_type": "gemma4", **vision, "text_config": text}
    assert _in_images(whole) == {"Sliding-window attention"}
    # Without images, or where the file says null, as those of E2B and E4B do, all is causal.
    assert _in_images(whole | {"text_config": text | {"use_bidirectional_attention": None}}) == set()
    assert _in_images(whole | {"vision_config": None}) == set()
    assert _in_images(text) == set()
    # Gemma 3 does so in layers of both types whatever its file says, unless text sees later tokens, too.
    siglip = {"model_type": "siglip_vision_model", "patch_size": 14, "image_size": 56, "vision_use_head": False}
    third = {"model_type": "gemma3", "text_config": small("gemma3_text", use_bidirectional_attention=False)}
    seeing = third | {"vision_config": siglip, "mm_tokens_per_image": 4}
    assert _in_images(seeing) == {"Sliding-window attention", "Global attention"}
    assert _in_images(seeing | {"text_config": small("gemma3_text", use_bidirectional_attention=True)}) == set()
    assert _in_images(small("gemma3_text")) == set()


def test_llama_4_rotates_three_layers_of_four() -> None:
    labels = [describe(part).detail for _, part in walk(tree(small("llama4_text"))) if isinstance(part, Module)]
    assert sum("NoPE" in label for label in labels) == 1
    config = small("llama4_text", no_rope_layers=[0] * 6)
    assert all(
        "NoPE" in describe(part).detail
        for _, part in walk(tree(config))
        if isinstance(part, Module) and "KV" in describe(part).detail
    )


def test_scaled_rotation_is_of_global_layers_only() -> None:
    text = read(
        small("gemma3_text", rope_scaling={"rope_type": "linear", "factor": 8.0}, rope_local_base_freq=5000)
    ).text
    assert text.count("rope_scaling") == 1
    assert "rope_theta: 5000.0" in text


def test_encoders_that_a_file_does_not_describe() -> None:
    whole = {"model_type": "gemma3", "text_config": SMALL}
    assert read(whole).incomplete == ("the vision encoder: there is no vision_config",)
    vision = {"model_type": "siglip_vision_model", "patch_size": 14, "image_size": 56, "vision_use_head": False}
    seeing = read(whole | {"vision_config": vision, "mm_tokens_per_image": 4})
    assert seeing.incomplete == ()
    assert facts(expand(parse_spec(seeing.text))).encoders > 0
    nothing: dict[str, Any] = {"model_type": "gemma4", "audio_config": None, "vision_config": None}
    text = read(nothing | {"text_config": small("gemma4_text", hidden_size_per_layer_input=0)}).text
    assert "gemma_audio" not in text
    assert "gemma_vision" not in text
    # Small models that take images take audio, too, whatever their file says; without both it is a text model.
    small_text = {"text_config": small("gemma4_text")}
    assert "gemma_audio" in read(nothing | small_text | {"vision_config": {"model_type": "gemma4_vision"}}).text
    assert "gemma_audio" not in read(nothing | small_text).text


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (small("gemma2", layer_types=["linear_attention"] * 6), 'unknown layer type "linear_attention"'),
        (small("gemma2", layer_types=["full_attention"]), "layer_types has 1 entries for 6 layers"),
        (small("gemma4_text", num_kv_shared_layers=6), "num_kv_shared_layers 6 leaves no layer of its own keys"),
        (small("gemma4_text", num_kv_shared_layers=3), "no layer before 3 leaves keys for layer 5"),
        (small("gemma3n_text", num_kv_shared_layers=9), "num_kv_shared_layers 9 leaves no layer of its own keys"),
        (small("gemma4_text", enable_moe_block=True), "num_experts is missing"),
        (small("llama4_text", layer_types=["sliding_attention"] * 6), 'unknown layer type "sliding_attention"'),
    ],
)
def test_what_no_gemma_and_no_llama_has(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(config)
    assert any(message in problem.message for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (small("gemma3n_text", altup_active_idx=1, num_kv_shared_layers=0), "an AltUp stream other than the first"),
        (small("gemma4_text", hidden_activation="tanh"), "the activation tanh"),
        (small("gemma3_text", use_bidirectional_attention="some"), "use_bidirectional_attention"),
        (small("llama4_text", hidden_act="xyz"), "the activation xyz"),
    ],
)
def test_what_cannot_be_drawn_is_said(config: dict[str, Any], reason: str) -> None:
    assert reason in " ".join(read(config).incomplete)
