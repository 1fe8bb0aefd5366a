"""What bars and the layer map say of layers that differ: that, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.cells import Strip
from archdraw.model import Model, load
from archdraw.picture import Bar, Branches, Chain, Choice, Diagram, Frame, Rail
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Leaf, Weight
from archdraw.tree.sharing import alike
from archdraw.views.architecture import picture
from shipped import model as shipped

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"

FRAME = """
name: X
hidden_size: 64
vocab_size: 256
define:
  plain: {decoder: {attention: {multi_head: {num_attention_heads: 4}}, feed_forward: {gelu: {intermediate_size: 64}}}}
  other: {like: plain, CHANGE}
layers:
  - embedding
  - STACK
  - output_head
"""


def bars(item: Diagram) -> list[str]:
    match item:
        case Bar(label=label):
            return [label]
        case Chain(items=items):
            return [label for part in items for label in bars(part)]
        case _:
            return []


def drawn(model: Model) -> list[str]:
    return bars(picture(model.spec, model.block).column)


def strip(model: Model) -> Strip:
    found = picture(model.spec, model.block, every_strip=True).strip
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ("[ATTENTION, MIX, FEED]", "layer 0: without Mix before attention"),
        ("[MIX, ATTENTION, FEED]", "layer 0: without Mix before the FFN"),
        ("[ATTENTION, FEED]", "layer 0: without Mix"),
    ],
)
def test_a_bar_says_where_a_layer_lacks_what_it_has_elsewhere(own: str, line: str) -> None:
    blocks = {
        "MIX": "{weight: {name: mix, label: Mix, weights: [{shape: [64]}]}}",
        "ATTENTION": "{residual: [rmsnorm, {multi_head: {num_attention_heads: 4}}]}",
        "FEED": "{residual: [rmsnorm, {gelu: {intermediate_size: 64}}]}",
    }
    first, layer = own, "[MIX, ATTENTION, MIX, FEED]"
    for name, block in blocks.items():
        first, layer = first.replace(name, block), layer.replace(name, block)
    text = FRAME.split("define:")[0] + (
        f"define:\n  first: {{layer: {first}}}\n  plain: {{layer: {layer}}}\n"
        "layers: [embedding, {stack: {pattern: [first, {like: plain, times: 5}]}}, output_head]\n"
    )
    assert drawn(Model.from_text(text)) == [line]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a-x-k1", "layer 0: SwiGLU FFN, 7,168 → 18,432 → 7,168, without post-FFN RMSNorm"),
        ("deepseek-v3", "layers 0–2: multi-head latent attention, SwiGLU FFN, 7,168 → 18,432 → 7,168"),
        ("glm-5-2", "layers 0–2: MLA with DSA, SwiGLU FFN, 6,144 → 12,288 → 6,144"),
        ("laguna-xs-2", "layer 0: gated global attention, SwiGLU FFN, 2,048 → 8,192 → 2,048"),
        (
            "deepseek-v4-pro",
            "layers 0–1: heavily compressed attention, hash-routed MoE, 6 of 384 + 1 shared, width 3,072",
        ),
        ("zaya1-8b", "First layer (layer 0): router without depth averaging"),
        ("modernbert-base", "layer 0: global attention, without pre-attention LayerNorm"),
        ("inkling", "layers 0–1: sliding-window attention, SwiGLU FFN, 6,144 → 24,576 → 6,144, × learned scale"),
        # What it lacks of the layer that is most alike, and nothing of it twice; where, as it has another elsewhere.
        ("inkling-2-small", "layer 0: new block, sliding-window attention, reads the embedding alone"),
    ],
)
def test_a_bar_says_what_no_drawn_layer_has(name: str, line: str) -> None:
    assert drawn(shipped(name))[0] == line


def test_bars_of_layers_with_other_alternatives_differ() -> None:
    assert drawn(shipped("deepseek-v4-pro"))[1] == (
        "layer 2: compressed sparse attention, hash-routed MoE, 6 of 384 + 1 shared, width 3,072"
    )
    for name in ("deepseek-v4-flash", "deepseek-v4-pro", "deepseek-v4-1-flash"):
        lines = [line.partition(": ")[2] for line in drawn(shipped(name))]
        assert len(set(lines)) == len(lines)


def test_what_a_layer_has_of_alternatives_is_named_once() -> None:
    """One that puts the blocks of a drawn one together in another way has nothing of its own, and lacks nothing."""
    text = """
name: X
hidden_size: 64
vocab_size: 256
define:
  full: {multi_head: {num_attention_heads: 4}}
  near: {multi_head: {num_attention_heads: 4, sliding_window: 8}}
  ffn: {gelu: {intermediate_size: 64}}
  one: {layer: [{residual: [rmsnorm, full]}, {residual: [rmsnorm, ffn]}]}
  two: {layer: [{residual: [rmsnorm, near]}, {residual: [rmsnorm, ffn]}]}
  first: {layer: [{residual: [rmsnorm, full, rmsnorm, ffn]}]}
layers:
  - embedding
  - stack: {pattern: [first, one, two, one, two, one, two]}
  - output_head
"""
    assert drawn(Model.from_text(text)) == ["layer 0: full attention (MHA), GELU FFN"]


@pytest.mark.parametrize(
    ("bare", "line"),
    [
        ("[{residual: [attention]}, {residual: [rmsnorm, feed_forward]}]", "layer 0: without pre-attention RMSNorm"),
        ("[{residual: [rmsnorm, attention]}, {residual: [feed_forward]}]", "layer 0: without pre-FFN RMSNorm"),
    ],
)
def test_a_norm_that_is_lacking_is_called_by_its_place(bare: str, line: str) -> None:
    text = """
name: X
hidden_size: 64
vocab_size: 256
define:
  attention: {multi_head: {num_attention_heads: 4}}
  feed_forward: {gelu: {intermediate_size: 64}}
layers:
  - embedding
  - layer: BARE
  - layer: {times: 7, body: [{residual: [rmsnorm, attention]}, {residual: [rmsnorm, feed_forward]}]}
  - output_head
"""
    assert drawn(Model.from_text(text.replace("BARE", bare))) == [line]


@pytest.mark.parametrize("name", ["glm-5-2", "inkling", "gemma-3-27b", "jamba-v0-1"])
def test_a_band_names_what_comes_in_some_layers(name: str) -> None:
    """Every "or" has a subject, however long its name is in full."""
    model = shipped(name)
    bands = found_bands(picture(model.spec, model.block).column)
    assert bands
    for band in bands:
        assert not band.startswith("or: in "), band


def found_bands(item: Diagram) -> list[str]:
    match item:
        case Choice(options=options, bands=bands):
            return [*bands, *(band for option in options for band in found_bands(option))]
        case Chain(items=items) | Branches(items=items):
            return [band for part in items for band in found_bands(part)]
        case Frame(body=body) | Rail(body=body):
            return found_bands(body)
        case _:
            return []


@pytest.mark.parametrize(("name", "layers"), [("t5-11b", 24), ("flan-t5-xxl", 24), ("switch-base-128", 12)])
def test_a_shared_table_splits_no_run(name: str, layers: int) -> None:
    model = shipped(name)
    assert drawn(model) == []
    frames = [item for item in picture(model.spec, model.block).column.items if isinstance(item, Frame)]
    assert [frame.title for frame in frames] == [f"{layers} layers"]
    assert "table" not in strip(model).caption


def test_alike_is_the_same_for_the_owner_of_a_table_and_for_those_that_read_it() -> None:
    owner = Leaf("attention", "A", weights=(Weight("bias", (2, 3)),), settings=(("position.shared", False), ("n", 2)))
    reader = Leaf(
        "attention", "A", weights=(Weight("bias", (2, 3), tied=True),), settings=(("position.shared", True), ("n", 2))
    )
    assert alike(owner) == alike(reader)
    assert alike(owner) != alike(Leaf("attention", "A", weights=(Weight("bias", (2, 4)),)))


def test_the_map_of_layers_that_differ_elsewhere_does_not_call_them_identical() -> None:
    text = FRAME.replace("CHANGE", "norm: layernorm").replace(
        "STACK", "stack: {num_hidden_layers: 6, pattern: [plain, other]}"
    )
    assert strip(Model.from_text(text)).caption == "6 layers = (1 RMSNorm + 1 LayerNorm) × 3"


def test_layers_with_a_block_more_are_told_apart_by_it() -> None:
    text = FRAME.replace("CHANGE", "then: [{residual: {linear: 64}}]").replace(
        "STACK", "stack: {num_hidden_layers: 4, pattern: [plain, other]}"
    )
    caption = strip(Model.from_text(text)).caption
    assert "identical" not in caption
    assert "× 2" in caption


def test_a_map_without_a_colour_is_none() -> None:
    text = FRAME.replace("CHANGE", "norm: layernorm").replace("STACK", "layer: {times: 3, blocks: [{linear: 64}]}")
    text = text.replace("layer: {times: 3, blocks: [{linear: 64}]}", "layer: [{linear: 64}]")
    model = Model.from_text(text)
    assert picture(model.spec, model.block, every_strip=True).strip is None


def test_one_layer_of_another_kind_is_no_rhythm() -> None:
    text = FRAME.replace("CHANGE", "attention: {multi_head: {num_attention_heads: 8}}").replace(
        "STACK", "stack: {pattern: [{like: plain, times: 13}, other]}"
    )
    found = str(picture(Model.from_text(text).spec, Model.from_text(text).block).column)
    assert "14th" not in found


def test_layers_that_differ_in_the_tokens_that_pass_them_go_by_their_names() -> None:
    found = strip(load(EXAMPLES / "mixture-of-depths.yaml"))
    assert found.caption == "24 layers = (1 plain + 1 routed) × 12"
    labels = [entry.label for entry in found.legend]
    assert len(set(labels)) == len(labels)
    assert "multi-head (routed)" in labels


def test_layers_of_one_name_are_told_apart_by_the_share_of_tokens() -> None:
    text = (EXAMPLES / "mixture-of-depths.yaml").read_text(encoding="utf-8").replace("Routed layer", "Layer")
    assert strip(Model.from_text(text)).caption == "24 layers = (1 all tokens + 1 12.5% of tokens) × 12"


@pytest.mark.parametrize(
    ("path", "caption"),
    [
        (specs_folder() / "switch-base-128.yaml", "encoder and decoder, each: 12 layers = (1 dense ReLU + 1 MoE) × 6"),
        (EXAMPLES / "gnmt.yaml", "decoder: 4 layers = 1 attention + 1 plain + 2 residual"),
    ],
)
def test_the_map_of_a_decoder_says_that_it_is_one(path: Path, caption: str) -> None:
    """The header counts the layers of both halves; modules are not named beside layers without any.

    An encoder with the same order is in the map, too.
    """
    assert strip(load(path)).caption == caption
