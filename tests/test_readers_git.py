"""GIT with other values than the published ones: counted as the class of transformers 5.24 counts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.readers import Reading, read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts

SMALL: dict[str, Any] = {
    "architectures": ["GitForCausalLM"],
    "model_type": "git",
    "hidden_size": 64,
    "vocab_size": 150,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 40,
    "vision_config": {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 32,
        "patch_size": 8,
    },
}


def reading(folder: Path, changes: dict[str, Any]) -> Reading:
    path = folder / "config.json"
    path.write_text(json.dumps(SMALL | changes))
    return read_config(path)


@pytest.mark.parametrize(("changes", "total"), [({}, 134_166), ({"tie_word_embeddings": True}, 124_566)])
def test_changed_values(changes: dict[str, Any], total: int, tmp_path: Path) -> None:
    read = reading(tmp_path, changes)
    assert list(read.incomplete) == ["tokens of an image that see each other in both directions"]
    assert facts(expand(parse_spec(read.text, "x"))).total_parameters == total


def test_vectors_of_the_images_of_a_video_are_named(tmp_path: Path) -> None:
    assert (
        "vectors that are added to each image of a video"
        in reading(tmp_path, {"num_image_with_embedding": 2}).incomplete
    )
