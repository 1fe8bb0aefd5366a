"""What colors mean in panels: pink is what is cached, teal what is recurrent, orange what is an expert."""

from __future__ import annotations

from pathlib import Path

import pytest

import shipped
from archdraw.kinds.base import Kind, Scope
from archdraw.kinds.encoders.encoder import CrossAttention
from archdraw.kinds.encoders.encoder_attention import EncoderAttention
from archdraw.kinds.feed_forward.feed_forward import ReLU
from archdraw.kinds.feed_forward.mixture_of_experts import MixtureOfExperts
from archdraw.kinds.mixers.attention import GroupedQuery, MultiHead
from archdraw.kinds.mixers.block_sparse_attention import BlockSparseAttention
from archdraw.picture import Box, HeadGroups
from archdraw.scene import Group, Rect
from archdraw.spec import expand, load_spec
from archdraw.tree.blocks import Module
from archdraw.tree.walks import leaves, walk
from archdraw.views.boxes import boxes
from archdraw.views.diagrams import opened

SCOPE = Scope(hidden_size=64, vocab_size=100)
ROOT = Path(__file__).parent.parent


def figures(kind: Kind) -> list[HeadGroups]:
    made = kind.expand(SCOPE)
    assert isinstance(made, Module)
    return [
        box.figure for box in boxes(opened(made, "x")) if isinstance(box, Box) and isinstance(box.figure, HeadGroups)
    ]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (MultiHead(num_attention_heads=4), True),
        (GroupedQuery(num_attention_heads=4, num_key_value_heads=2, sliding_window=8), True),
        (MultiHead(num_attention_heads=4, shares_kv=True), True),
        (MultiHead(num_attention_heads=4, is_causal=False), False),
        (MultiHead(num_attention_heads=4, use_cache=False), False),
        (EncoderAttention(num_attention_heads=4), False),
        (CrossAttention(num_attention_heads=4), True),
        (CrossAttention(num_attention_heads=4, use_cache=False), False),
    ],
)
def test_keys_and_values_have_the_color_of_the_cache_where_they_are_kept(kind: Kind, kept: bool) -> None:
    (figure,) = figures(kind)
    assert figure.kept is kept
    made = kind.expand(SCOPE)
    # Those of another layer are cached there.
    assert kept == any(leaf.cache or leaf.name == "shared_kv" for leaf in leaves(made))


def test_heads_without_a_cache_are_drawn_without_its_color() -> None:
    def fills(name: str) -> set[str]:
        found: set[str] = set()

        def look(elements: tuple[object, ...]) -> None:
            for element in elements:
                if isinstance(element, Rect) and element.kind == "mark" and element.stroke:
                    found.add(str(element.fill))
                if isinstance(element, Group):
                    look(element.children)

        look(shipped.model(name).scene("inset:self_attn").children)
        return found

    assert fills("llada-8b") != fills("llama-1-7b")


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_has_the_color_of_the_cache_is_cached(path: Path) -> None:
    """A module with a pink leaf leaves something in the cache, or takes what another layer left there."""
    modules = [
        part for _, part in walk(shipped.model(path.stem).block) if isinstance(part, Module) and part.level == "block"
    ]
    for module in modules:
        own = list(leaves(module))
        if any(leaf.role == "latent" and leaf.inputs for leaf in own):
            # What a window keeps is a buffer, and no entry of the cache.
            assert any(leaf.cache or leaf.state for leaf in own), module.name


def test_an_indexer_caches_its_keys_in_the_color_of_the_cache() -> None:
    made = BlockSparseAttention(
        num_attention_heads=8,
        num_key_value_heads=4,
        head_dim=8,
        index_n_heads=4,
        index_head_dim=8,
        index_topk_blocks=2,
        index_block_size=4,
        index_local_blocks=1,
    ).expand(SCOPE)
    assert [leaf.role for leaf in leaves(made) if leaf.cache and leaf.cache.index] == ["latent"]


def test_projections_around_experts_are_not_cached() -> None:
    made = MixtureOfExperts(
        num_experts=8, num_experts_per_tok=2, moe_latent_size=16, expert=ReLU(intermediate_size=32)
    ).expand(SCOPE)
    assert {leaf.role for leaf in leaves(made) if leaf.name.endswith("latent_proj")} == {"plain"}


@pytest.mark.parametrize(("name", "role"), [("evoformer", "linear"), ("mixture-of-depths", "experts")])
def test_examples_color_nothing_as_what_it_is_not(name: str, role: str) -> None:
    """Nothing of the Evoformer is recurrent, and a router alone is no expert."""
    model = expand(load_spec(ROOT / "docs" / "examples" / f"{name}.yaml"))
    assert not [block for _, block in walk(model) if getattr(block, "role", "") == role]


@pytest.mark.parametrize("path", sorted((ROOT / "specs").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_latent_that_is_not_cached_has_not_the_color_of_the_cache(path: Path) -> None:
    """Where a window keeps the heads' keys and values, what they are projected from is white."""
    latents = [leaf for leaf in leaves(shipped.model(path.stem).block) if leaf.name == "kv_a_proj_with_mqa"]
    assert all((leaf.cache is not None) == (leaf.role == "latent") for leaf in latents)
