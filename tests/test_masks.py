"""Attention masks: one rule for what is counted and what is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.model import Model, load
from archdraw.picture import Mask as Figure
from archdraw.picture import Masks
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Module
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.masks import Mask
from archdraw.tree.roles import Pattern
from archdraw.tree.walks import leaves, walk
from archdraw.views.architecture import picture

patterns = st.sampled_from(("window", "chunk", "prefix", "selection"))
masks = st.builds(Mask, patterns, st.none() | st.integers(1, 9), st.booleans())

MODEL = """
name: Small
hidden_size: 64
vocab_size: 100
context_length: 64
define:
  near: {{decoder: {{attention: {near}, feed_forward: {{gelu: {{intermediate_size: 64}}}}}}}}
  far: {{decoder: {{attention: {far}, feed_forward: {{gelu: {{intermediate_size: 64}}}}}}}}
layers:
  - embedding
  - stack: {{num_hidden_layers: 4, pattern: [near, far]}}
  - output_head
"""


def rows(mask: Mask, length: int) -> list[list[int]]:
    return [[key for key in range(length) if mask.sees(query, key, length)] for query in range(length)]


def figures(model: Model) -> dict[str, Figure]:
    found = [item for inset in picture(model.spec, model.block).insets for item in inset.items]
    return {mask.label: mask for item in found if isinstance(item, Masks) for mask in item.masks}


@given(masks, st.integers(1, 14))
def test_no_query_sees_more_keys_than_are_counted(mask: Mask, length: int) -> None:
    seen = [len(keys) for keys in rows(mask, length)]
    if mask.most is None:
        assert max(seen) == length
    else:
        assert max(seen) == min(mask.most, length)


@given(masks, st.integers(1, 14))
def test_every_query_sees_itself_unless_others_were_selected(mask: Mask, length: int) -> None:
    if mask.pattern != "selection":
        assert all(query in keys for query, keys in enumerate(rows(mask, length)))


@given(masks, st.integers(1, 14))
def test_a_causal_mask_hides_what_comes_later_but_a_prefix(mask: Mask, length: int) -> None:
    late = {key for query, keys in enumerate(rows(mask, length)) for key in keys if key > query}
    if mask.pattern == "prefix":
        assert late <= set(range(mask.size or 0))
    elif mask.causal:
        assert not late


@given(st.integers(1, 9), st.integers(1, 14))
def test_a_bidirectional_window_is_symmetric(size: int, length: int) -> None:
    mask = Mask("window", size, causal=False)
    for query in range(length):
        for key in range(length):
            assert mask.sees(query, key, length) == mask.sees(key, query, length)


def test_a_selection_scatters_its_keys() -> None:
    found = rows(Mask("selection", 4), 12)
    assert len({tuple(query - key for key in keys) for query, keys in enumerate(found)}) == 12


@pytest.mark.parametrize(
    ("pattern", "size", "causal", "row"),
    [
        ("window", None, True, [0, 1, 2, 3, 4, 5]),
        ("window", None, False, [0, 1, 2, 3, 4, 5, 6, 7]),
        ("window", 3, True, [3, 4, 5]),
        ("window", 4, False, [3, 4, 5, 6, 7]),
        ("chunk", 4, True, [4, 5]),
        ("chunk", 4, False, [4, 5, 6, 7]),
        ("prefix", 7, True, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_the_keys_of_the_sixth_token(pattern: Pattern, size: int | None, causal: bool, row: list[int]) -> None:
    assert rows(Mask(pattern, size, causal), 8)[5] == row


def test_a_symmetric_window_is_drawn_and_counted_to_both_sides() -> None:
    """ModernBERT, 2 layers of 3: ``local_attention: 128`` are 64 tokens before and 64 after, itself between them."""
    model = load(specs_folder() / "modernbert-base.yaml")
    drawn = figures(model)
    near, far = drawn["sliding, window 128 (±64)"].rows, drawn["global"].rows
    assert all((key in near[query]) == (query in near[key]) for query in range(12) for key in range(12))
    assert far == (tuple(range(12)),) * 12
    assert {reach for reach, _ in model.facts.attended} == {None, 129}
    assert all("bidirectional" in mask.detail for mask in drawn.values())
    (local, *_) = [part for _, part in walk(model.block) if isinstance(part, Module) and part.role == "sliding"]
    assert "window 128 (±64)" in describe(local).detail
    assert "bidirectional, window 128 tokens (±64)" in " ".join(describe(local).notes)


def test_a_causal_mask_is_drawn_causal() -> None:
    drawn = figures(load(specs_folder() / "gemma-2-27b.yaml"))
    for mask in drawn.values():
        assert max(key - query for query, keys in enumerate(mask.rows) for key in keys) == 0
        assert "bidirectional" not in mask.detail


@pytest.mark.parametrize(("name", "wide"), [("gemma-4-31b", False), ("gemma-4-12b", False), ("gemma-3-27b", True)])
def test_tokens_of_an_image_see_each_other_in_the_layers_whose_mask_says_so(name: str, wide: bool) -> None:
    drawn = figures(load(specs_folder() / f"{name}.yaml"))
    assert len(drawn) == 2
    for label, mask in drawn.items():
        images = wide or label.startswith("sliding")
        later = {(query, key) for query, keys in enumerate(mask.rows) for key in keys if key > query}
        assert later == {(query, key) for query in range(5, 9) for key in range(query + 1, 9) if images}
        assert ("bidirectional within an image" in mask.detail) is images


def test_selected_keys_are_scattered() -> None:
    drawn = figures(load(specs_folder() / "naive-n0-5-flash.yaml"))
    sparse = drawn["sparse, top 2,048"].rows
    assert {len(keys) for keys in sparse[4:]} == {4}
    assert any(keys != tuple(range(keys[0], keys[0] + 4)) for keys in sparse)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.booleans(), st.integers(1, 14))
def test_selected_keys_come_in_whole_blocks_up_to_the_query(
    block: int, number: int, local: int, causal: bool, length: int
) -> None:
    mask = Mask("selection", number * block, causal, block=block, local=min(local, number))
    for query, keys in enumerate(rows(mask, length)):
        reached = range(query + 1 if causal else length)
        blocks = {key // block for key in keys}
        assert keys == [key for key in reached if key // block in blocks]
        assert len(keys) <= (mask.most or 0)
        assert query in keys or (not local and (block == 1 or not causal or (query + 1) % block == 0))
        if causal and mask.local == 2:
            assert set(range(max(query // block - 1, 0) * block, query + 1)) <= set(keys)


def test_block_sparse_attention_is_drawn_in_blocks_with_the_own_one_of_each_query() -> None:
    """MiniMax M3: ``index_block_size: 128``, ``index_topk_blocks: 16``, ``index_local_blocks: 1``."""
    drawn = figures(load(specs_folder() / "minimax-m3-428b.yaml"))
    for query, keys in enumerate(drawn["block-sparse, top 16 blocks"].rows):
        blocks = {key // 2 for key in keys}
        assert query in keys
        assert keys == tuple(key for key in range(query + 1) if key // 2 in blocks)
        assert len(blocks) == min(2, query // 2 + 1)


def test_one_selection_in_all_layers_and_compressed_keys_have_no_figure() -> None:
    for name in ("deepseek-v3-2", "deepseek-v4-flash"):
        assert not figures(load(specs_folder() / f"{name}.yaml")), name


def test_layers_are_counted_once_however_many_attentions_they_have() -> None:
    two = "{multi_head: {num_attention_heads: 4, sliding_window: 8, position: rope}}"
    text = MODEL.format(near=two, far="{multi_head: {num_attention_heads: 4, position: rope}}")
    pair = "{sequence: [" + two + ", " + two + "]}"
    assert text.count(two) == 1
    model = Model.from_text(text.replace(two, pair))
    assert figures(model)["sliding, window 8"].detail.startswith("2 layers")


def test_masks_of_heads_come_from_the_mixers() -> None:
    text = MODEL.format(
        near="{multi_head: {num_attention_heads: 4, is_causal: false, sliding_window: 8, position: rope}}",
        far="{multi_head: {num_attention_heads: 4, is_causal: false, position: rope}}",
    )
    model = Model.from_text(text)
    assert all(not leaf.heads.causal for leaf in leaves(model.block) if leaf.heads)
    assert {reach for reach, _ in facts(model.block).attended} == {9, None}
