"""Encoders that leave codes, latents or tiles, with other values than their defaults: complete means exact."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers import read_config
from archdraw.spec import expand, parse_spec
from archdraw.tree.facts import facts
from archdraw.tree.walks import layers

DATA = Path(__file__).parent / "data"


def _cases() -> list[tuple[str, dict[str, Any], int]]:
    with (DATA / "tower-changes.tsv").open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["config"], json.loads(row["changes"]), int(row["total"])) for row in rows]


CASES = _cases()


def written(folder: Path, name: str, changes: dict[str, Any]) -> Path:
    """A config.json: the default of ``name`` (a type, or a stem of tests/data/families) with ``changes``."""
    file = next((DATA / "families").glob(f"{name.split('--')[0]}--*.json"))
    data = json.loads(file.read_text("utf-8"))
    for path, value in changes.items():
        *sections, key = path.split(".")
        part = data
        for section in sections:
            part = part[section]
        part[key] = value
    made = folder / "config.json"
    made.write_text(json.dumps(data), encoding="utf-8")
    return made


@pytest.mark.parametrize(("name", "changes", "total"), CASES, ids=[f"{n}-{name}" for n, (name, *_) in enumerate(CASES)])
def test_what_is_read_is_exact(tmp_path: Path, name: str, changes: dict[str, Any], total: int) -> None:
    file = written(tmp_path, name, changes)
    reading = read_config(file)
    counted = facts(expand(parse_spec(reading.text, file.name))).total_parameters
    if "vq_config.double_latent" in changes:
        assert any("double_latent" in why for why in reading.incomplete)
        return
    assert (reading.incomplete, counted) == ((), total)


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("granite_docling", {"vision_config.out_hidden_size": 512}, "out_hidden_size 512 is not 1,024"),
        ("granite_docling", {"vision_config.scale_factor": 1}, "scale_factor 1 has no half"),
        (
            "granite_docling",
            {"vision_config.use_fine_route": False, "density_router_hidden_size": 64},
            "a router between two paths needs use_fine_route",
        ),
        ("apertus1p5", {"audio_config.norm_type": "layer"}, "norm_type layer is none of weight_norm, time_group_norm"),
        ("apertus1p5", {"audio_config.codebook_dim": 256}, "codebook_dim is not 512"),
        ("apertus1p5", {"vision_config.codebook_size": 65536}, "the codes of images end at 196,808"),
        ("apertus1p5", {"text_config.vocab_size": 262400}, "the codes of sounds end at 266,440 of 262,400 words"),
        (
            "vibevoice_asr",
            {"semantic_tokenizer_encoder_config.downsampling_ratios": [2, 2, 2, 2, 2, 2]},
            "one encoder leaves a token per 3,200 samples, the other per 64",
        ),
        ("vibevoice_asr", {"acoustic_tokenizer_chunk_size": 3201}, "is no multiple of 3,200"),
        ("vibevoice_asr", {"semantic_tokenizer_encoder_config.channels": 2}, "one encoder reads other channels"),
        ("vibevoice_asr", {"acoustic_tokenizer_encoder_config.depths": [3, 3]}, "2 depths, 6 downsampling_ratios"),
    ],
)
def test_what_the_class_refuses(tmp_path: Path, name: str, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError) as refused:
        expand(parse_spec(read_config(written(tmp_path, name, changes)).text, "spec.yaml"))
    assert why in str(refused.value)


@pytest.mark.parametrize("taps", [[7, 3], [3, 3], [3, 12]])
def test_taps_that_the_class_does_not_reach_are_said(tmp_path: Path, taps: list[int]) -> None:
    reading = read_config(written(tmp_path, "granite_docling", {"vision_config.deepstack_visual_indexes": taps}))
    assert any("deepstack_visual_indexes" in why for why in reading.incomplete)


def test_each_tap_has_a_merger_of_each_path(tmp_path: Path) -> None:
    text = read_config(written(tmp_path, "granite_docling", {})).text
    tree = expand(parse_spec(text, "spec.yaml"))
    shown = str(tree)
    assert [shown.count(f"Merger for text layer {place}") for place in range(4)] == [1, 1, 1, 0]
    assert [shown.count(f"Fine merger for text layer {place}") for place in range(4)] == [1, 1, 1, 0]
    assert len(layers(tree)) == 28


def test_a_text_model_without_its_factors_has_those_of_its_class(tmp_path: Path) -> None:
    file = written(tmp_path, "granite_docling", {})
    whole = read_config(file).text
    data = json.loads(file.read_text("utf-8"))
    for name in (
        "embedding_multiplier",
        "logits_scaling",
        "residual_multiplier",
        "attention_multiplier",
        "hidden_size",
    ):
        del data["text_config"][name]
    file.write_text(json.dumps(data), encoding="utf-8")
    assert expand(parse_spec(read_config(file).text, "spec.yaml")) == expand(parse_spec(whole, "spec.yaml"))


def test_the_encoder_of_an_encoder_decoder_sees_images(tmp_path: Path) -> None:
    changes = {"encoder.vision_config.image_size": 448, "encoder.vision_config.hidden_size": 384}
    reading = read_config(written(tmp_path, "t5gemma2", changes))
    assert facts(expand(parse_spec(reading.text, "spec.yaml"))).total_parameters == 4_693_097_216
    assert len(reading.incomplete) == 1
