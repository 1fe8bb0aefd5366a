"""Writes what the classes of some configs of tests/data/families answer: names and shapes, built by transformers.

    pip install -e .[verify]
    python tests/verify_classes.py          # those that are there
    python tests/verify_classes.py --count  # reads every config of tests/data/families as one of an unknown family

With ``--count`` nothing is written: each class is built, and archdraw's count by its tensors compared with its own.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from unittest.mock import patch

from archdraw.errors import InputError
from archdraw.model import described
from archdraw.readers import tensors_beside
from archdraw.readers.class_tensors import ClassTensors
from archdraw.weights.building import OFFLINE, answer
from archdraw.weights.shapes import shapes_of

DATA = Path(__file__).resolve().parent / "data"
FOLDER = DATA / "classes"


def count(file: Path) -> str:
    """What comes of the config in ``file`` where no reader knows its family: exact, or what is wrong."""
    text = file.read_text("utf-8")
    found = json.loads(answer(text))
    if "error" in found:
        return str(found["error"])
    whole = ClassTensors(found["class"], found["version"], tuple(shapes_of(found["tensors"])))
    config = json.loads(text) | {"model_type": "zz_new", "architectures": ["ZzNewForConditionalGeneration"]}
    path = file.with_name("config.json")
    try:
        with patch.object(tensors_beside, "class_tensors", lambda data, file: whole):
            reading = tensors_beside.by_its_class(json.dumps(config), config, path.as_posix(), file.stem)
        total = described(reading, path).facts.total_parameters
    except InputError as error:
        return str(error)
    wanted = sum(tensor.count for tensor in whole.tensors)
    return "exact" if total == wanted else f"{total:,}, not {wanted:,}"


def main(counted: bool) -> int:
    """Writes the answers, or counts all; the exit code is 1 where a count is not exact."""
    os.environ.update(OFFLINE)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    wrong = 0
    for file in sorted((DATA / "families").glob("*.json")):
        if counted:
            said = count(file)
            wrong += said != "exact"
            print(f"{file.stem}: {said}", flush=True)
        elif (FOLDER / file.name).exists():
            (FOLDER / file.name).write_text(answer(file.read_text("utf-8")) + "\n", encoding="utf-8", newline="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", action="store_true", help="count every config of tests/data/families")
    sys.exit(main(parser.parse_args().count))
