"""Writes the default config of each model type of transformers as its class saves it, and the parameters of the class.

    pip install -e .[verify]
    python tests/verify_families.py               # every class that models language
    python tests/verify_families.py roberta bart  # some model types

The classes are built on the meta device: no weight is downloaded or allocated. Configs stand in tests/data/families,
parameters in tests/data/families.tsv, where tests/test_families.py compares archdraw with them. The classes are
those of the automatic mappings for causal, sequence-to-sequence, masked, image-text and speech models.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
FOLDER, TABLE = DATA / "families", DATA / "families.tsv"

MAPPINGS = {
    "causal": "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "sequence-to-sequence": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "masked": "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    "image-text": "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "speech": "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES",
}
HEADER = """\
# Default configs of transformers {version}, each class built on the meta device: its parameters, each tied one once.
# Empty: the class was not built, for the reason in the last column.
config\ttask\ttotal\twhy not
"""
NOT_ARCHITECTURE = ("_name_or_path", "dtype", "torch_dtype")
"""Keys that say where a file comes from or how its weights are stored."""


def classes() -> Iterator[tuple[str, str, str]]:
    """Task, model type and class name of each class, the first task alone where a class is in several mappings."""
    from transformers.models.auto import modeling_auto

    seen = set()
    for task, mapping in MAPPINGS.items():
        for kind, names in getattr(modeling_auto, mapping).items():
            for name in (names,) if isinstance(names, str) else names:
                if (kind, name) not in seen:
                    seen.add((kind, name))
                    yield task, kind, name


def saved(kind: str, name: str) -> tuple[dict[str, Any], Any]:
    """The default config of a model type as its class saves it, and the model itself on the meta device."""
    import torch
    import transformers

    config = transformers.AutoConfig.for_model(kind)
    config.architectures = [name]
    text = config.to_json_string(use_diff=True)
    try:
        # Built from the text, as a reader sees it, so that both know the same.
        known = type(config).from_dict(json.loads(text))
    except Exception:  # Some classes refuse what they have saved: pairs that JSON knows as lists.
        known = config
    with torch.device("meta"):
        model = getattr(transformers, name)._from_config(known)
    data = {key: value for key, value in json.loads(text).items() if key not in NOT_ARCHITECTURE}
    return data, model


def main(kinds: list[str]) -> int:
    """Writes configs and table; a run over some model types keeps the other rows."""
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows: dict[str, str] = {}
    if kinds and TABLE.exists():
        lines = TABLE.read_text("utf-8").splitlines()[HEADER.count("\n") :]
        rows = {line.split("\t")[0]: line for line in lines}
    for task, kind, name in classes():
        if kinds and kind not in kinds:
            continue
        slug = f"{kind}--{name}"
        try:
            data, model = saved(kind, name)
        except Exception as error:
            reason = (str(error).splitlines() or [""])[0]
            rows[slug] = f"{slug}\t{task}\t\t{type(error).__name__}: {reason}"[:200]
        else:
            total = sum(tensor.numel() for tensor in model.parameters())
            rows[slug] = f"{slug}\t{task}\t{total}\t"
            text = json.dumps(data, indent=1, sort_keys=True)
            (FOLDER / f"{slug}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        print(rows[slug], flush=True)
    body = "".join(f"{rows[slug]}\n" for slug in sorted(rows))
    TABLE.write_text(HEADER.format(version=transformers.__version__) + body, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kind", nargs="*", help="model types; none: all")
    sys.exit(main(parser.parse_args().kind))
