"""Writes the default configs of vision, dual and speech encoders of transformers, and their parameters.

    pip install -e .[verify]
    python tests/verify_vision.py

The classes are built on the meta device. Their default configs stand in tests/data/vision, the parameters in
tests/data/vision.tsv; tests/test_readers_vision.py compares both with what archdraw reads.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path

from verify_families import saved

DATA = Path(__file__).resolve().parent / "data"
FOLDER, TABLE = DATA / "vision", DATA / "vision.tsv"

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


def main() -> int:
    """Writes the configs and the table."""
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
