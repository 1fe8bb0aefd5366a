"""Words on a plate that an expert would read as something else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from archdraw.glossary import text
from archdraw.model import Model, load
from archdraw.resources import specs_folder
from archdraw.scene import Text
from archdraw.tree.blocks import Leaf
from archdraw.tree.description import describe
from archdraw.tree.walks import leaves, walk
from archdraw.views.architecture import picture

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"


@cache
def shipped(name: str) -> Model:
    path = specs_folder() / f"{name}.yaml"
    return load(path if path.exists() else EXAMPLES / f"{name}.yaml")


def labels(name: str) -> set[str]:
    return {text(leaf.label) for leaf in leaves(shipped(name).block)}


def words(name: str) -> str:
    return " ".join(shape.text for shape in shipped(name).scene().shapes() if isinstance(shape, Text))


def test_a_layer_that_shares_a_selection_says_that_it_is_sparse() -> None:
    """It attends to the entries that an earlier layer selected, not to all: its box says so beside one that selects."""
    said = words("deepseek-v4-1-flash")
    assert said.count("shared top-512") == 2
    assert said.count("top-512\u00a0entries") > said.count("shared top-512")


@pytest.mark.parametrize("name", ["deepseek-v4-pro", "deepseek-v4-flash", "deepseek-v4-1-flash"])
def test_every_line_that_is_rotated_in_part_says_so(name: str) -> None:
    rotations = {label for label in labels(name) if "RoPE" in label}
    assert "RoPE" not in rotations
    assert {"partial RoPE (64/512)", "RoPE (64)", "Inverse RoPE (64)"} <= rotations


def test_rows_of_several_tables_are_those_of_all() -> None:
    tables = [leaf for leaf in leaves(shipped("deepseek-v4-1-flash").block) if leaf.part == "embedding"]
    assert "384,016,682 rows in all, dim 256" in {describe(leaf).detail for leaf in tables}


@pytest.mark.parametrize("name", ["kimi-k3", "mamba-2-8b", "minimax-m1", "qwen3-next-80b-a3b", "rwkv-5-3b"])
def test_a_recurrent_state_is_that_of_a_layer(name: str) -> None:
    notes = [note for _, part in walk(shipped(name).block) if not isinstance(part, Leaf) for note in _notes(part)]
    states = [note for note in notes if note.startswith("recurrent state")]
    assert states
    assert all(note.startswith("recurrent state per layer:") for note in states)


def _notes(part: object) -> list[str]:
    return [text(note) for note in getattr(part, "notes", ())]


def titles(name: str) -> set[str]:
    return {inset.title for inset in picture(shipped(name).spec, shipped(name).block).insets}


def test_panels_of_columns_side_by_side_say_which_they_are_of() -> None:
    """Two encoders have attention and FFNs of the same names and other sizes; so have two paths of a U-Net."""
    assert {
        "Image encoder: multi-head attention",
        "Text encoder: multi-head attention",
        "Image encoder: quick GELU FFN",
    } <= titles("clip-vit-b-32")
    assert {"Contracting: 2 convolutions, 512 channels", "Expanding: 2 convolutions, 512 channels"} <= titles("u-net")


def test_the_stored_scale_of_clip_is_the_logarithm_of_a_factor() -> None:
    said = words("clip-vit-b-32")
    assert "× exp(logit scale)" in said
    assert "× temperature" not in said


def test_all_layers_of_the_encoder_of_llama_attend_over_all_tiles() -> None:
    said = words("llama-3-2-11b-vision")
    assert "per tile" not in said
    assert "attend over all tiles" in said
