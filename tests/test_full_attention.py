"""Attention without a window beside attention with one: it is called by its mask, which is what differs."""

from __future__ import annotations

import pytest

from archdraw.model import Model
from archdraw.picture import Plate
from archdraw.remarks import Masks
from archdraw.tree.walks import walk
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.full_attention import named_by_masks

TEXT = """
name: Local and global
hidden_size: 64
vocab_size: 100
define:
  far: {ATTENTION}
  near: {grouped_query: {num_attention_heads: 8, num_key_value_heads: 2, sliding_window: 4}}
  mlp: {swiglu: {intermediate_size: 256}}
  one: {decoder: {attention: far, feed_forward: mlp}}
  other: {decoder: {attention: OTHER, feed_forward: mlp}}
layers:
  - embedding
  - stack: {num_hidden_layers: 8, pattern: [other, other, other, one]}
  - output_head
"""
GROUPED = "grouped_query: {num_attention_heads: 8, num_key_value_heads: 2}"
LATENT = (
    "multi_head_latent: {num_attention_heads: 8, kv_lora_rank: 16, qk_nope_head_dim: 8, qk_rope_head_dim: 4, "
    "v_head_dim: 8}"
)


def made(attention: str, other: str = "near", more: str = "") -> Model:
    return Model.from_text((TEXT + more).replace("ATTENTION", attention).replace("OTHER", other))


def plate(model: Model) -> Plate:
    return picture(model.spec, model.block)


def labels(model: Model) -> set[str]:
    return {box.label for box in boxes(plate(model).column)}


@pytest.mark.parametrize(
    ("attention", "short"),
    [
        (GROUPED, "GQA"),
        ("multi_head: {num_attention_heads: 8}", "MHA"),
        ("multi_query: {num_attention_heads: 8}", "MQA"),
        (LATENT, "MLA"),
    ],
)
def test_what_has_no_window_is_full_attention_beside_what_has_one(attention: str, short: str) -> None:
    model = made(attention)
    found = plate(model)
    assert {f"Full attention ({short})", "Sliding-window attention"} <= labels(model)
    assert found.strip is not None
    assert found.strip.caption == "8 layers = (3 sliding + 1 full) × 2, each with SwiGLU FFN"
    (masks,) = [item for inset in found.insets for item in inset.items if isinstance(item, Masks)]
    assert [mask.label for mask in masks.masks] == ["sliding, window 4", "full"]
    assert "Attention masks (3 sliding : 1 full)" in [inset.title for inset in found.insets]


def test_its_kind_is_its_name_where_no_mask_differs() -> None:
    model = made(GROUPED, other="{multi_head: {num_attention_heads: 8}}")
    assert {"Grouped-query attention", "Multi-head attention"} <= labels(model)
    assert named_by_masks(model.block) is model.block


def test_an_authors_name_stays() -> None:
    model = made(GROUPED.replace("{num", "{label: Global attention, num"))
    assert "Global attention" in labels(model)
    assert named_by_masks(model.block) is model.block


def test_paths_and_names_are_those_of_before() -> None:
    model = made(GROUPED)
    named = named_by_masks(model.block)
    assert [path for path, _ in walk(named.body)] == [path for path, _ in walk(model.block.body)]
    # A layer that comes again is still the same one.
    assert len({id(part) for _, part in walk(named.body)}) == len({id(part) for _, part in walk(model.block.body)})
    for name in ("far", "Grouped-query attention", "grouped_query", "Full attention (GQA)"):
        marked = model.figure(highlight=[name])
        found = [box.label for box in boxes(plate(marked).column) if box.mark.highlight]
        assert "Full attention (GQA)" in found
    opened = made(GROUPED, more="insets: [far]\n")
    assert next(inset.title for inset in plate(opened).insets) == "Full attention (GQA)"


def test_a_comparison_names_attention_by_its_kind() -> None:
    # Beside another model its mask may be what both have.
    model = made(GROUPED)
    alone = picture(model.spec, model.block, towers=False)
    assert "Grouped-query attention" in {box.label for box in boxes(alone.column)}
