"""Writes the default configs of vision, dual and speech encoders of transformers, and counts changed configs.

    pip install -e .[verify]
    python tests/verify_vision.py

The classes are built on the meta device. Their default configs stand in tests/data/vision, the parameters in
tests/data/vision.tsv. tests/data/changed.tsv has configs that differ from a default, of tests/data/vision or
tests/data/families, in a few values; their parameters are counted again. tests/test_readers_vision.py compares both
with what archdraw reads.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from verify_families import FOLDER as FAMILIES
from verify_families import saved

DATA = Path(__file__).resolve().parent / "data"
FOLDER, TABLE, CHANGED = DATA / "vision", DATA / "vision.tsv", DATA / "changed.tsv"

CLASSES = {
    "vit": ("ViTModel", "ViTForImageClassification", "ViTForMaskedImageModeling"),
    "deit": ("DeiTModel", "DeiTForImageClassification", "DeiTForImageClassificationWithTeacher"),
    "dinov2": ("Dinov2Model", "Dinov2ForImageClassification", "Dinov2Backbone"),
    "dinov2_with_registers": ("Dinov2WithRegistersModel", "Dinov2WithRegistersForImageClassification"),
    "dinov3_vit": ("DINOv3ViTModel",),
    "swin": ("SwinModel", "SwinForImageClassification"),
    "convnext": ("ConvNextModel", "ConvNextForImageClassification"),
    "convnextv2": ("ConvNextV2Model", "ConvNextV2ForImageClassification"),
    "wav2vec2": ("Wav2Vec2Model", "Wav2Vec2ForCTC", "Wav2Vec2ForSequenceClassification"),
    "hubert": ("HubertModel", "HubertForCTC"),
    "clip": ("CLIPModel",),
    "metaclip_2": ("MetaClip2Model",),
    "clip_vision_model": ("CLIPVisionModel", "CLIPVisionModelWithProjection"),
    "clip_text_model": ("CLIPTextModel", "CLIPTextModelWithProjection"),
    "siglip": ("SiglipModel",),
    "siglip2": ("Siglip2Model",),
    "siglip_vision_model": ("SiglipVisionModel",),
    "siglip_text_model": ("SiglipTextModel",),
    "blip": ("BlipModel",),
}


def changed(config: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The default config of that name with ``changes``, values by their dotted keys."""
    file = next(folder / f"{config}.json" for folder in (FOLDER, FAMILIES) if (folder / f"{config}.json").exists())
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    for key, value in changes.items():
        *path, last = key.split(".")
        part = data
        for step in path:
            part = part[step]
        part[last] = value
    return data


def counted(data: dict[str, Any]) -> int:
    """The parameters of the class that ``data`` names."""
    import torch
    import transformers

    config = type(transformers.AutoConfig.for_model(data["model_type"])).from_dict(data)
    with torch.device("meta"):
        model = getattr(transformers, data["architectures"][0])._from_config(config)
    return sum(tensor.numel() for tensor in model.parameters())


def main() -> int:
    """Writes the configs and both tables."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = ["config\ttotal"]
    for kind, names in CLASSES.items():
        for name in names:
            data, model = saved(kind, name)
            rows.append(f"{kind}--{name}\t{sum(tensor.numel() for tensor in model.parameters())}")
            text = json.dumps(data, indent=1, sort_keys=True)
            (FOLDER / f"{kind}--{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
            print(rows[-1], flush=True)
    TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    with CHANGED.open(encoding="utf-8") as file:
        old = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    again = ["config\tchanges\ttotal"]
    for row in old:
        total = counted(changed(row["config"], json.loads(row["changes"])))
        again.append(f"{row['config']}\t{row['changes']}\t{total}")
        print(again[-1], flush=True)
    CHANGED.write_text("\n".join(again) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
