"""Numbers and names on plates say what they count: patches, positions, contexts, active experts, first tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archdraw.glossary import text
from archdraw.glossary.numbers import tokens
from archdraw.kinds.base import Line, Scope
from archdraw.kinds.embeddings.embedding import Embedding
from archdraw.kinds.encoders.patch_embedding import PatchEmbedding
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.layers.heads import Heads, made_heads
from archdraw.kinds.layers.primitives import Linear
from archdraw.kinds.shapes.convolution import Convolution
from archdraw.model import load
from archdraw.picture import Box, Chain, Frame, Split
from archdraw.spec import expand, load_spec, parse_spec
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.facts import facts
from archdraw.tree.masks import Mask, mask_of
from archdraw.tree.walks import leaves, walk
from archdraw.views.active import active_parameters
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.diagrams import opened
from archdraw.views.header import subtitle
from described import describe

SCOPE = Scope(hidden_size=32, vocab_size=100)
MODEL = {"name": "X", "hidden_size": 32, "vocab_size": 100}
SPECS = Path(__file__).parent.parent / "specs"


def header(name: str) -> tuple[str, ...]:
    spec = load_spec(SPECS / f"{name}.yaml")
    model = expand(spec)
    return subtitle(spec, model, facts(model))


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"kernel_size": 16, "stride": 16, "label": "Patch embedding"}, "3 → 8, 16 × 16 patches, grid 14 × 14"),
        ({"kernel_size": 3, "stride": 2, "padding": 1, "label": "Stem"}, "3 → 8, 112 × 112"),
        ({"kernel_size": 16, "stride": 16}, "3 → 8, 14 × 14"),
    ],
)
def test_a_patch_embedding_says_the_patch_and_the_grid(fields: dict[str, object], detail: str) -> None:
    image = Scope(hidden_size=3, vocab_size=0).at(Line(3, (224, 224)))
    made = Convolution.model_validate({"features": 8, **fields}).expand(image)
    assert describe(made).detail == detail


def test_patches_of_an_encoder_are_said_to_be_patches() -> None:
    made = PatchEmbedding(features=8, patch_size=14).expand(SCOPE)
    assert describe(made).detail == "14 × 14 patches"


def test_rows_that_no_position_uses_are_counted_and_no_positions() -> None:
    made = Embedding(max_position_embeddings=1024, position_offset=2).expand(SCOPE)
    table = next(leaf for leaf in leaves(made) if leaf.name == "embed_positions")
    assert describe(table).detail == "learned, 1,024 positions, 2 unused rows"
    assert table.weights[0].shape == (1026, 32)


@pytest.mark.parametrize(("length", "said"), [(1_000_000, "1M"), (1_048_576, "1M"), (10_000_000, "10M"), (8192, "8K")])
def test_lengths_of_millions(length: int, said: str) -> None:
    assert tokens(length) == said


def test_contexts_are_those_that_are_published() -> None:
    assert "context 1,000,000 (1M)" in header("minimax-m1")
    assert "no fixed context limit" in header("transformer-2017")
    assert not any("context" in part for part in header("vit-b-16"))


def test_experts_that_do_nothing_make_the_active_ones_a_bound() -> None:
    fields = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
    some = MixtureOfExperts(**fields, zero_expert_num=4).expand(SCOPE)  # type: ignore[arg-type]
    every = MixtureOfExperts(**fields).expand(SCOPE)  # type: ignore[arg-type]
    assert facts(some).active_at_most
    assert not facts(every).active_at_most
    for made, label in ((some, "8 experts, ≤ 2 active"), (every, "8 experts, 2 active")):
        assert isinstance(made, Module)
        assert label in [box.label for box in boxes(opened(made, "x")) if isinstance(box, Box)]
    assert header("longcat-flash-560b")[0] == "561B total, ≤ 31.4B active (5.6%)"
    assert header("deepseek-v3")[0].startswith("671B total, 36.6B")


def test_a_router_that_may_skip_makes_the_active_ones_a_bound() -> None:
    fields = {"num_experts": 8, "num_experts_per_tok": 1, "moe_intermediate_size": 16}
    router = {"num_experts": 8, "router_hidden_size": 16}
    for skip, number in ((True, "≤ 1"), (False, "1")):
        routed = {**fields, "router": {"mlp_router": {**router, "skip": skip}}}
        made = expand(parse_spec(json.dumps(MODEL | {"layers": ["embedding", {"mixture_of_experts": routed}]})))
        assert facts(made).active_at_most is skip
        (mixture,) = (part for _, part in walk(made) if isinstance(part, Module) and part.name == "mlp")
        assert describe(mixture).detail.startswith(f"{number} of 8")
        assert f"8 experts, {number} active" in [
            box.label for box in boxes(opened(mixture, "x")) if isinstance(box, Box)
        ]
    assert header("zaya1-8b")[0].startswith("8.84B total, ≤ 754M active")


def test_idle_experts_of_an_encoder_are_taken_off_once() -> None:
    """Of a model with experts in its encoder and in itself, counted by hand."""
    expert, per_token = 3 * 32 * 16, 2
    moe = {"mixture_of_experts": {"num_experts": 8, "num_experts_per_tok": per_token, "moe_intermediate_size": 16}}
    tower = {"module": {"label": "Tower", "role": "auxiliary", "body": [{"linear": 32}, moe]}}
    beside = {"side": {"direction": "in", "body": tower}}
    counted = facts(expand(parse_spec(json.dumps(MODEL | {"layers": ["embedding", beside, moe, "output_head"]}))))
    passed, tables = per_token * expert + 8 * 32, 100 * 32
    assert counted.encoders == 32 * 32 + 8 * expert + 8 * 32
    assert counted.active_encoders == 32 * 32 + passed
    assert counted.active_parameters == 2 * tables + 32 * 32 + 2 * passed
    assert counted.active_parameters_without_input_embedding == passed + tables
    quoted = active_parameters(counted)
    assert [quoted.count, *(count for count, _ in quoted.others)] == [passed + tables, counted.active_parameters]
    assert "287B total, 18.4B active (6.4%)" in header("dots3-note")[0]


def test_a_count_that_leaves_out_tables_and_encoders_says_both() -> None:
    tower = {"module": {"label": "Tower", "role": "auxiliary", "body": [{"linear": 32}]}}
    layers = [{"embedding": {"max_position_embeddings": 5000}}, {"side": {"direction": "in", "body": tower}}]
    counted = facts(expand(parse_spec(json.dumps(MODEL | {"layers": [*layers, {"linear": 32}, "output_head"]}))))
    quoted = active_parameters(counted)
    assert quoted.count == 32 * 32 + 100 * 32
    assert [text(part) for part in quoted.excluded] == ["embedding tables", "encoders"]


def test_what_enters_a_prediction_network_are_ids() -> None:
    (source,) = (
        leaf for leaf in leaves(expand(load_spec(SPECS / "conformer-l.yaml"))) if "Previous" in text(leaf.label)
    )
    assert "IDs" in describe(source).detail
    assert "features" not in describe(source).detail


def test_a_projection_beside_a_table_is_multiplied() -> None:
    """Of the per-layer embeddings of Gemma 4 the table is looked up, the projection is not."""
    model = load(SPECS / "gemma-4-e2b.yaml")
    counted, tables = model.facts, 262_144 * 35 * 256
    quoted = active_parameters(counted, model.spec.published).count
    assert quoted == counted.total_parameters - counted.encoders - tables == 2_279_759_104


def test_convolutions_of_an_audio_stem_are_no_embedding() -> None:
    parts = load(SPECS / "whisper-large-v3.yaml").facts.parts
    assert parts["embedding"] == (51_866 + 448 + 1500) * 1280


@pytest.mark.parametrize(("name", "part"), [("resnet-50", "classifier 8.0%"), ("conformer-l", "output 0.5%")])
def test_a_projection_beside_the_layers_is_named_in_the_breakdown(name: str, part: str) -> None:
    spec = load_spec(SPECS / f"{name}.yaml")
    splits = [item for inset in picture(spec, expand(spec)).insets for item in inset.items if isinstance(item, Split)]
    assert part in [segment.label for split in splits for segment in split.segments]


def test_tokens_at_the_beginning_are_met_by_all() -> None:
    heads = made_heads(Heads(num_attention_heads=4, head_dim=8, reach=3, first=2))
    assert heads is not None
    mask = mask_of(heads)
    assert mask == Mask("window", 3, True, 2)
    assert [key for key in range(8) if mask.sees(6, key, 8)] == [0, 1, 4, 5, 6]
    assert [key for key in range(8) if mask.sees(1, key, 8)] == [0, 1]
    assert mask.most == 5
    drawn = load(SPECS / "hymba-1-5b.yaml").facts
    assert {reach for reach, _ in drawn.attended} == {None, 1024 + 128}


def test_a_quick_gelu_is_no_gelu() -> None:
    spec = load_spec(SPECS / "clip-vit-b-32.yaml")
    found = {text(leaf.label) for leaf in leaves(expand(spec)) if isinstance(leaf, Leaf) and leaf.name == "act_fn"}
    assert found == {"quick GELU"}


def test_a_model_of_two_encoders_keeps_no_cache() -> None:
    assert not load(SPECS / "clip-vit-b-32.yaml").facts.cache


def test_a_layer_whose_mixer_is_one_leaf_has_its_color_in_the_strip() -> None:
    strip = load(SPECS.parent / "docs" / "examples" / "gnmt.yaml").scene("strip")
    assert strip.children
    made = parse_spec((SPECS.parent / "docs" / "examples" / "gnmt.yaml").read_text(encoding="utf-8"))
    from archdraw.views.columns import columns
    from archdraw.views.strip import strip as cells

    found = cells(columns(expand(made)).stack)
    assert found is not None
    assert [(cell.upper, cell.lower) for cell in found.cells] == [("linear", "")] * 4


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"label": "Classifier"}, "32 → 10"),
        ({"label": "Q 10"}, ""),
        ({}, ""),
        ({"label": "Router", "detail": "a weight per token"}, "a weight per token"),
    ],
)
def test_a_projection_that_is_named_without_a_number_says_its_widths(fields: dict[str, str], detail: str) -> None:
    made = Linear.model_validate({"features": 10, **fields}).expand(SCOPE)
    assert isinstance(made, Leaf)
    assert describe(made).detail == detail


def test_the_class_token_of_an_encoder_is_dropped_where_it_is_not_read() -> None:
    said = [text(leaf.label) for leaf in leaves(expand(load_spec(SPECS / "llava-1-5-7b.yaml")))]
    assert "Drop class token" in said


def test_each_half_of_a_model_says_what_a_token_passes_in_it() -> None:
    """8 billion for a token of the prompt of DeepSeek V4.1, which passes the causal encoder alone, 16 for an output."""
    model = load(SPECS / "deepseek-v4-1-flash.yaml")
    column = picture(model.spec, model.block).column
    assert isinstance(column, Chain)
    captions = [item.caption for item in column.items if isinstance(item, Frame)]
    assert captions == [
        "Causal encoder: reads the whole prompt, 7.89B active",
        "Decoder: runs on the prompt's end; layer 20 caches K, V of all of it, 7.58B active",
    ]
    assert round(7.89 + 7.58 + model.facts.parts["head"] / 1e9, 1) == 16.1
    assert active_parameters(model.facts, model.spec.published).count == pytest.approx(16.1e9, rel=0.003)
