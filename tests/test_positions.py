"""Multimodal RoPE: sections of time, height and width, from a config to the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archdraw.kinds.base import KindError
from archdraw.kinds.mixers.position import Rope
from archdraw.model import load
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Leaf
from archdraw.tree.description import describe
from archdraw.tree.walks import leaves

CONFIGS = Path(__file__).parent / "data" / "configs"


def rotation(width: int, **fields: object) -> str:
    made = Rope(**fields).rotation(width, ("Q", "K"))  # type: ignore[arg-type]
    assert isinstance(made, Leaf)
    return describe(made).full.replace("\u00a0", " ")


def test_sections_are_said_with_the_base() -> None:
    assert rotation(128) == "RoPE, θ = 10,000"
    assert rotation(128, mrope_section=(16, 24, 24)) == "M-RoPE, θ = 10,000, sections 16/24/24"
    assert (
        rotation(256, partial_rotary_factor=0.25, mrope_section=(11, 11, 10), mrope_interleaved=True)
        == "partial M-RoPE (64/256), θ = 10,000, interleaved 11/11/10"
    )


def test_sections_are_all_pairs_that_turn() -> None:
    with pytest.raises(KindError, match="mrope_section has 63 pairs, but 128 features are rotated"):
        rotation(128, mrope_section=(16, 24, 23))
    with pytest.raises(KindError, match="mrope_interleaved without mrope_section"):
        rotation(128, mrope_interleaved=True)


@pytest.mark.parametrize("name", ["qwen3-vl-8b", "qwen3-6-27b", "qwen3-8-flash-next-125b-a6b"])
def test_models_that_see_are_drawn_with_it(name: str) -> None:
    model = load(specs_folder() / f"{name}.yaml")
    tags = {describe(leaf).tag for leaf in leaves(model.block) if leaf.role == "position" and leaf.name == "rotary_emb"}
    assert {tag for tag in tags if "2D" not in tag} <= {"M-RoPE", "partial M-RoPE (64/256)"}
    assert len(tags) > 0


@pytest.mark.parametrize(
    ("config", "section", "interleaved"),
    [("qwen3-vl-32b", (24, 20, 20), True), ("qwen3-vl-8b", (24, 20, 20), True), ("qwen3.6-27b", (11, 11, 10), True)],
)
def test_sections_are_read_or_those_of_the_class(config: str, section: tuple[int, ...], interleaved: bool) -> None:
    model = load(CONFIGS / f"{config}.json")
    settings = [dict(block.settings) for _, block in model.walk()]
    found = {
        (one["position.mrope_section"], one["position.mrope_interleaved"])
        for one in settings
        if "position.mrope_section" in one
    }
    assert found == {(", ".join(map(str, section)), interleaved)}


def test_qwen2_vl_has_its_sections_in_blocks(tmp_path: Path) -> None:
    """The text part of Qwen2-VL 7B is a Qwen2 of its size; its keys stand at the top of the file."""
    config = json.loads((CONFIGS / "qwen2-7b.json").read_text(encoding="utf-8"))
    config |= {
        "model_type": "qwen2_vl",
        "architectures": ["Qwen2VLForConditionalGeneration"],
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "vision_config": {"model_type": "qwen2_vl", "depth": 2, "embed_dim": 64, "num_heads": 4, "hidden_size": 3584},
    }
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    model = load(file)
    rotary = {describe(leaf).full for leaf in leaves(model.block) if describe(leaf).tag == "M-RoPE"}
    assert {words.replace("\u00a0", " ") for words in rotary} == {"M-RoPE, θ = 1,000,000, sections 16/24/24"}
