"""The encoders of images and sounds: counts by hand, lines, and what is refused."""

from __future__ import annotations

import pytest

from archdraw.kinds.base import Kind, KindError, Scope
from archdraw.kinds.encoders.folding_vision import FoldingVision
from archdraw.tree.blocks import Graph, Leaf, Module, Side
from archdraw.tree.facts import facts
from archdraw.tree.walks import leaves, walk
from archdraw.views.diagrams import opened
from described import describe
from samples import beside, template
from test_wiring import leaving

OWN = 64
"""Width of the text model."""
SCOPE = Scope(hidden_size=OWN, vocab_size=100)
D, F, P = 16, 24, 4
"""Width and feed forward of the encoders, pixels of a patch."""

FOUR = 4 * D * D + 4 * D
"""Four projections of attention with biases."""
LAYER = FOUR + 2 * 2 * D + 2 * D * F + F + D
"""With two LayerNorms and a feed forward with biases."""
GATED = 3 * D * F
"""A gated feed forward without biases."""
WIDE = 4 * D
"""Four patches side by side."""

MLLAMA_COUNT = (
    (3 * P * P * D + D) + 2 * (1 + 4 * 2 * D) + (1 + 10 * D + 4 * 2 * 10 * D) + 7 * (LAYER - 4 * D) + 2 * 2 + 2 * 2 * D
)
"""Patches and class token, two tables of tiles, those of places, seven layers without biases in their attention, the
gates of two, two norms."""

QWEN = template(
    "qwen_vision", hidden_size=D, intermediate_size=F, depth=3, num_heads=4, patch_size=P, num_position_embeddings=9
)
MOON = template("moonvit", hidden_size=D, intermediate_size=F, num_hidden_layers=2, num_attention_heads=4, patch_size=P)
PIXTRAL = template(
    "pixtral_vision", hidden_size=D, intermediate_size=F, num_hidden_layers=2, num_attention_heads=4, patch_size=P
)
MINIMAX = template(
    "minimax_vision",
    hidden_size=D,
    intermediate_size=F,
    num_hidden_layers=2,
    num_attention_heads=4,
    projector_hidden_size=32,
    patch_size=P,
)
GLM = template(
    "glm_vision",
    hidden_size=D,
    intermediate_size=F,
    depth=2,
    num_heads=4,
    projection_intermediate_size=40,
    patch_size=P,
)
MUSE = template(
    "muse_vision",
    hidden_size=D,
    intermediate_size=F,
    num_attention_heads=4,
    num_hidden_layers=5,
    projector_hidden_size=32,
    fullatt_block_indexes=(1, 3, 4),
    patch_size=P,
    pos_emb_height=3,
    pos_emb_width=3,
)
MLLAMA = template(
    "mllama_vision",
    hidden_size=D,
    intermediate_size=F,
    num_hidden_layers=5,
    num_global_layers=2,
    num_attention_heads=4,
    image_size=3 * P,
    patch_size=P,
    max_num_tiles=2,
    max_aspect_ratio_id=3,
)
DEEPSEEK = template(
    "deepseek_vision", hidden_size=D, intermediate_size=F, num_hidden_layers=2, num_attention_heads=4, patch_size=P
)
MIMO = template(
    "mimo_vision",
    hidden_size=D,
    intermediate_size=F,
    num_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    vit_window_attn_types=(-1, 0, 1, -1),
    patch_size=P,
)
MIMO_AUDIO = template(
    "mimo_audio",
    input_local_dim=D,
    input_local_intermediate_size=F,
    input_local_layers=2,
    input_local_attn_heads=4,
    audio_channels=3,
    group_size=4,
    speech_vocab_size=10,
)
FOLDING = FoldingVision(patch_size=6, temporal_patch_size=2, n_layers=3)
CLIP = template(
    "vision_encoder",
    hidden_size=D,
    intermediate_size=F,
    num_hidden_layers=3,
    num_attention_heads=4,
    image_size=8,
    patch_size=P,
    patch_bias=False,
    class_token=True,
    pre_layernorm=True,
    projector_hidden_sizes=(OWN,),
    projector_bias=True,
    vision_feature_layer=-2,
    hidden_act="quick_gelu",
)

MERGER = 2 * D + WIDE * WIDE + WIDE + WIDE * OWN + OWN
COUNTS: list[tuple[Kind, int]] = [
    (QWEN, 3 * 2 * P * P * D + D + 9 * D + 3 * LAYER + MERGER),
    (
        QWEN.model_copy(update={"deepstack_visual_indexes": (0, 2)}),
        3 * 2 * P * P * D + D + 9 * D + 3 * LAYER + 3 * MERGER + 2 * 2 * (WIDE - D),
    ),
    (
        # Qwen2.5-VL: RMSNorm, a gated feed forward with biases, windows, no learned places.
        QWEN.model_copy(
            update={
                "num_position_embeddings": None,
                "norm": "rmsnorm",
                "gated": True,
                "hidden_act": "silu",
                "fullatt_block_indexes": (1,),
                "patch_bias": False,
            }
        ),
        3 * 2 * P * P * D + 3 * (FOUR + 2 * D + GATED + 2 * F + D) + MERGER - D,
    ),
    (MOON, 3 * P * P * D + D + 64 * 64 * D + 2 * LAYER + 2 * D + MERGER),
    (
        MOON.model_copy(
            update={
                "qkv_hidden_size": 32,
                "norm": "rmsnorm",
                "attention_bias": False,
                "mlp_bias": False,
                "patch_bias": False,
                "mm_projector_type": "patchmergerv2",
            }
        ),
        3 * P * P * D + 64 * 64 * D + 2 * (4 * 32 * D + 2 * D + 2 * D * F) + D + WIDE * WIDE + WIDE * OWN + OWN,
    ),
    (PIXTRAL, 3 * P * P * D + D + 2 * (4 * D * D + 2 * D + GATED) + D * OWN + OWN * OWN),
    (
        PIXTRAL.model_copy(update={"spatial_merge_size": 2, "multimodal_projector_bias": True}),
        3 * P * P * D + D + 2 * (4 * D * D + 2 * D + GATED) + D + WIDE * D + D * OWN + OWN + OWN * OWN + OWN,
    ),
    (
        MINIMAX,
        3 * 2 * P * P * D + 2 * D + 2 * LAYER + (D * 32 + 32 + 32 * OWN + OWN) + (4 * OWN * 32 + 32 + 32 * OWN + OWN),
    ),
    (
        GLM,
        3 * 2 * P * P * D
        + D
        + 2 * (FOUR + 2 * D + 2 * (D // 4) + GATED + 2 * F + D)
        + D
        + (4 * D * OWN + OWN)
        + (OWN * OWN + 2 * OWN + 3 * OWN * 40),
    ),
    (
        MUSE,
        3 * 2 * P * P * D + 9 * D + 2 * D + 5 * LAYER + 2 * D + WIDE * 32 + 32 * 32 + 32 * OWN,
    ),
    (MLLAMA, MLLAMA_COUNT + D * OWN + OWN),
    # Nine patches and a class token; what comes in, and what leaves layers 2 and 3 of five, is read as well.
    (
        MLLAMA.model_copy(update={"intermediate_layers_indices": (0, 2, 3)}),
        MLLAMA_COUNT + 4 * D * OWN + OWN,
    ),
    (
        DEEPSEEK,
        3 * P * P * D + D + 2 * (FOUR + 2 * D + GATED) + D + 9 * D * OWN + OWN + OWN * OWN + OWN + 3 * OWN,
    ),
    (
        MIMO,
        3 * 2 * P * P * D
        + 4 * (D * (32 + 2 * 16) + 32 + 2 * 16 + 32 * D + D + 2 * D + GATED + 2 * F + D)
        + 2 * 4
        + D
        + WIDE * WIDE
        + WIDE * OWN,
    ),
    (
        MIMO_AUDIO,
        3 * 10 * D + 2 * (4 * D * D + 3 * D + 2 * D + GATED) + D + WIDE * 4 * WIDE + 4 * WIDE * OWN,
    ),
    (template("binned_audio", n_mel_bins=5, mel_vocab_size=7), 35 * OWN + OWN),
    (
        # 1 pixel of 3 features, 3 × 3 of 64 (27 rounded up), 6 × 6 of 128 (108), then two frames.
        FOLDING,
        (9 * 3 * 64 + 64) + (4 * 64 * 128 + 128) + 2 * 128 * OWN + OWN,
    ),
    (
        CLIP,
        3 * P * P * D + D + 5 * D + 2 * D + 3 * LAYER + 2 * D + D * OWN + OWN + OWN * OWN + OWN,
    ),
]
NAMES = [f"{kind.keyword}-{index}" for index, (kind, _) in enumerate(COUNTS)]


@pytest.mark.parametrize(("kind", "count"), COUNTS, ids=NAMES)
def test_towers_have_the_parameters_of_their_parts(kind: Kind, count: int) -> None:
    made = kind.expand(SCOPE)
    counted = facts(made)
    assert counted.total_parameters == counted.encoders == counted.parts["encoder"] == count
    assert not counted.cache
    assert counted.state == 0


@pytest.mark.parametrize(("kind", "count"), COUNTS, ids=NAMES)
def test_towers_can_be_opened_and_their_lines_fit(kind: Kind, count: int) -> None:
    made = kind.expand(SCOPE)
    assert isinstance(made, Side)
    assert made.direction == "in"
    assert leaving(made, 1) == 1
    for path, part in walk(made):
        if isinstance(part, Module):
            opened(part, path)


def test_qwen_mergers_stand_behind_the_layers_that_feed_the_text_model() -> None:
    made = beside(QWEN.model_copy(update={"deepstack_visual_indexes": (0, 2)}), SCOPE)
    mergers = [part.body.label for _, part in walk(made.body) if isinstance(part, Side)]
    assert mergers == ["Merger for text layer 0", "Merger for text layer 1"]
    assert made.body.notes[-1] == (
        "DeepStack: outputs of layers 0, 2, each through a merger of its own, are added after text layers 0 to 1"
    )


def test_the_line_of_a_tower_says_what_a_token_is() -> None:
    assert beside(QWEN, SCOPE).body.notes[0] == "one token per 8×8 px"
    assert beside(DEEPSEEK, SCOPE).body.notes[0] == "one token per 12×12 px"
    assert beside(MIMO_AUDIO, SCOPE).body.notes[0] == "one token per 4 moments"
    made = beside(CLIP, SCOPE)
    assert made.body.notes[-1] == "reads the output of layer 1 (layers 0–2); what is unused is in the total"
    # What comes behind is counted and stands beside the line.
    (unused,) = [part for _, part in walk(made.body.body) if isinstance(part, Side)]
    assert (unused.body.label, unused.counted) == ("1 unused layer", True)


def test_an_encoder_that_is_read_does_not_join_the_line() -> None:
    made = beside(MLLAMA, SCOPE)
    assert (made.joins, describe(made.body).detail) == (False, f"7 layers, {facts(made).total_parameters / 1000:.1f}k")
    assert made.body.notes[0] == "to all cross-attention layers"
    read = MLLAMA.model_copy(update={"intermediate_layers_indices": (0, 2, 3)}).expand(SCOPE)
    graph = next(part for _, part in walk(read) if isinstance(part, Graph))
    joined = [start for start, end in graph.edges if end == "joined"]
    # The line itself, then what comes into layers 0, 2 and 3.
    assert joined == ["global", "input", "layers_0", "layers_2"]


def test_sinks_are_learned_where_there_is_a_window() -> None:
    made = MIMO.expand(SCOPE)
    mixers = [part for _, part in walk(made) if isinstance(part, Module) and part.name == "attn"]
    assert [describe(mixer).label for mixer in mixers] == [
        "Attention",
        "Row window attention",
        "Column window attention",
        "Attention",
    ]
    sinks = [any(weight.name == "sinks" for leaf in leaves(mixer) for weight in leaf.weights) for mixer in mixers]
    assert sinks == [False, True, True, False]


def test_folding_goes_from_pixels_to_the_patch() -> None:
    made = FoldingVision(patch_size=40, temporal_patch_size=2, n_layers=4).expand(Scope(6144, 100))
    folds = [describe(leaf).label for leaf in leaves(made) if leaf.name == "fold"]
    assert folds == ["fold 5 × 5", "fold 2 × 2", "fold 4 × 4", "fold 2 frames"]
    assert facts(made).total_parameters == 83_743_232


def test_more_steps_than_factors_repeat_scales() -> None:
    made = FoldingVision(patch_size=2, temporal_patch_size=1, n_layers=3).expand(SCOPE)
    projections = [leaf for leaf in leaves(made) if isinstance(leaf, Leaf) and leaf.name.endswith("projection")]
    assert len(projections) == 3
    assert sum(leaf.name == "fold" for leaf in leaves(made)) == 1


def change(kind: Kind, **fields: object) -> Kind:
    return kind.model_copy(update=fields)


@pytest.mark.parametrize(
    ("kind", "field", "message"),
    [
        (change(QWEN, num_heads=5), "num_heads", "5 heads do not divide 16 features"),
        (
            change(MLLAMA, intermediate_layers_indices=(5,)),
            "intermediate_layers_indices",
            "layer 5 is read, but num_hidden_layers is 5",
        ),
        (
            change(MLLAMA, intermediate_layers_indices=(2, 1)),
            "intermediate_layers_indices",
            "indices of layers come in order, each once",
        ),
        (change(MLLAMA, image_size=3), "image_size", "image_size 3 is less than patch_size 4"),
        (change(QWEN, hidden_act="sine"), "hidden_act", "sine is no activation that is known"),
        (
            change(QWEN, deepstack_visual_indexes=(3,)),
            "deepstack_visual_indexes",
            "deepstack_visual_indexes names layer 3, but depth is 3",
        ),
        (change(MOON, qkv_hidden_size=30), "qkv_hidden_size", "4 heads do not divide 30 features"),
        (change(MUSE, fullatt_block_indexes=(5,)), "fullatt_block_indexes", "fullatt_block_indexes names layer 5 of 5"),
        (change(MIMO, num_key_value_heads=3), "num_key_value_heads", "3 key and value heads do not divide 4 heads"),
        (change(CLIP, vision_feature_layer=-4), "vision_feature_layer", "vision_feature_layer -4 of 3 layers"),
    ],
)
def test_what_does_not_fit_is_refused(kind: Kind, field: str, message: str) -> None:
    with pytest.raises(KindError) as error:
        kind.expand(SCOPE)
    assert (error.value.field, error.value.message) == (field, message)
