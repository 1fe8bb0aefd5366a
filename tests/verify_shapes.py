"""Writes the names and shapes of all tensors of each config's transformers class, built without memory for them.

    pip install -e .[verify]
    python tests/verify_shapes.py             # every config of tests/data/configs
    python tests/verify_shapes.py gpt2 opt-66b

The classes are built on the meta device: no weight is downloaded or allocated. What comes out stands in
tests/data/shapes, one file for each config, where tests/test_shapes.py compares it with the block tree of the config.
A line is a name with ``*`` for each index, the indices, the shape and a mark, separated by tabs; runs of layers whose
tensors are equal are one line. The mark is ``tied`` for another tensor's second name and ``buffer`` for what is stored
and not trained.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

from archdraw.weights.building import NoClassError, model_of, tensors_of
from archdraw.weights.shapes import shapes_text

ROOT = Path(__file__).resolve().parent.parent
CONFIGS, SHAPES = ROOT / "tests" / "data" / "configs", ROOT / "tests" / "data" / "shapes"

SAME_STRUCTURE = {
    # A class of the repository's own code: a class of transformers with the same tensors.
    "kimi_k2": "deepseek_v3",
    "intellect_3": "glm4_moe",
}
NOT_ITS_CLASS = {"git"}
"""Types that a config has by mistake: Grok 2's file names an image captioner's."""

NOT_IN_THE_FILE: dict[str, dict[str, Any]] = {
    # The checkpoint has an output layer of its own (24,011,361,280 parameters); the class ties it unless told.
    "mistral-small-3.1-24b": {"tie_word_embeddings": False},
    # The file has its text part's type at the top.
    "ministral-3-3b": {"model_type": "mistral3"},
    # The files say null for the audio tower that the checkpoints have, and that the model's card tells of.
    "gemma-4-e2b": {"audio_config": {}},
    "gemma-4-e4b": {"audio_config": {}},
    # The class asks for a number that has no bearing on shapes.
    "qwen3-8-flash-next-125b-a6b": {"text_config": {"eos_token_id": 0}},
}
"""What a file must be told before its class builds what the checkpoint holds."""

TEXT_ALONE = {"gemma-3n-e4b": "Gemma3nForCausalLM"}
"""Files that describe the text part alone, and its class; the whole one's encoders need libraries of their own."""


def completed(data: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """``data`` with ``more`` in it, mappings merged."""
    made = dict(data)
    for key, value in more.items():
        made[key] = completed(made.get(key) or {}, value) if isinstance(value, dict) else value
    return made


def built(data: dict[str, Any]) -> Any:
    """The model of a config on the meta device. Raises :class:`NoClassError`, or whatever the class raises."""
    kind = data.get("model_type", "")
    if kind in NOT_ITS_CLASS:
        raise NoClassError(f"its model_type {kind!r} is not its own")
    return model_of(data | {"model_type": SAME_STRUCTURE.get(kind, kind)})


def main(slugs: list[str]) -> int:
    """Writes the files and tells what could not be built."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    missing = 0
    SHAPES.mkdir(parents=True, exist_ok=True)
    for slug in slugs or sorted(file.stem for file in CONFIGS.glob("*.json")):
        data = json.loads((CONFIGS / f"{slug}.json").read_text("utf-8"))
        data = completed(data, NOT_IN_THE_FILE.get(slug, {}))
        if slug in TEXT_ALONE:
            data = {**data["text_config"], "architectures": [TEXT_ALONE[slug]]}
        try:
            found = list(tensors_of(built(data)))
        except Exception as error:
            missing += 1
            print(f"{slug}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200])
            continue
        (SHAPES / f"{slug}.tsv").write_text(shapes_text(found), encoding="utf-8", newline="\n")
        total = sum(tensor.count for tensor in found)
        print(f"{slug}: {len(found):,} tensors, {total:,} parameters", flush=True)
    return 1 if missing and slugs else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slug", nargs="*", help="names of files in tests/data/configs; none: all")
    sys.exit(main(parser.parse_args().slug))
