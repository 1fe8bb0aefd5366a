"""Writes what the classes of transformers count for default configs with other values in one to three keys.

    pip install -e .[verify]
    python tests/verify_speech_changes.py                # every encoder-decoder and every model of speech
    python tests/verify_speech_changes.py --each 20 t5   # more changes of some model types, printed only

The changes are drawn by a seed, the same in every run. What comes out stands in tests/data/speech-changes.tsv, where
tests/test_readers_changes.py compares archdraw's readers with it. The classes are built on the meta device.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from verify_families import DATA, FOLDER, classes

TABLE = DATA / "speech-changes.tsv"
HEADER = """\
# Default configs of tests/data/families with other values, and the parameters of their classes of transformers
# {version}, built on the meta device, each tied one once. Empty: the class was not built.
config\tchanges\ttotal
"""
TASKS = ("sequence-to-sequence", "speech")
NOT_CHANGED = (
    *("token_id", "token_index", "transformers_version", "model_type", "architectures", "dropout", "layerdrop", "init"),
    *("label", "eps", "use_cache", "is_decoder", "is_encoder_decoder", "add_cross", "_loss", "rope_type", "chunk_size"),
)
"""Parts of keys without bearing on the structure, or that make another model of it."""

ACTIVATIONS = ("gelu", "relu", "silu", "gelu_new")


def values(data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Keys with numbers, switches and activations, as dotted paths."""
    for key, value in data.items():
        if any(part in key for part in NOT_CHANGED):
            continue
        if isinstance(value, Mapping):
            yield from values(value, f"{path}{key}.")
        elif isinstance(value, int) or (isinstance(value, str) and value in ACTIVATIONS):
            yield path + key, value


def changed(value: Any, key: str, draw: random.Random) -> Any:
    """Another value: a switch the other way round, another activation, a few layers, half or twice the size."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return draw.choice([name for name in ACTIVATIONS if name != value])
    return draw.choice((1, 2, 3, 5)) if "layers" in key else max(1, draw.choice((value // 2, value * 2, value * 3)))


def with_changes(data: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``data`` with the values at these dotted paths."""
    made: dict[str, Any] = json.loads(json.dumps(data))
    for path, value in changes.items():
        *sections, key = path.split(".")
        part = made
        for section in sections:
            part = part[section]
        part[key] = value
    return made


def parameters(kind: str, name: str, data: dict[str, Any]) -> int | None:
    """What the class counts, None where it cannot be built."""
    import torch
    import transformers

    try:
        config = type(transformers.AutoConfig.for_model(kind)).from_dict(json.loads(json.dumps(data)))
        with torch.device("meta"):
            model = getattr(transformers, name)._from_config(config)
    except Exception:  # Whatever a class does not take.
        return None
    total: int = sum(tensor.numel() for tensor in model.parameters())
    return total


def main(kinds: list[str], each: int) -> int:
    """Writes the table; a run over some model types prints only."""
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    rows = []
    for task, kind, name in sorted(classes()):
        file = FOLDER / f"{kind}--{name}.json"
        if (task not in TASKS and not kinds) or (kinds and kind not in kinds) or not file.exists():
            continue
        data = json.loads(file.read_text("utf-8"))
        draw = random.Random(file.stem)
        known = list(values(data))
        for _ in range(each):
            drawn = draw.sample(known, min(len(known), draw.choice((1, 2, 3))))
            changes = {path: changed(value, path, draw) for path, value in drawn}
            total = parameters(kind, name, with_changes(data, changes))
            rows.append(f"{file.stem}\t{json.dumps(changes)}\t{'' if total is None else total}")
            print(rows[-1], flush=True)
    if not kinds:
        text = HEADER.format(version=transformers.__version__) + "".join(f"{row}\n" for row in rows)
        TABLE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kind", nargs="*", help="model types; none: all")
    parser.add_argument("--each", type=int, default=5, help="changed configs of each class")
    arguments = parser.parse_args()
    sys.exit(main(arguments.kind, arguments.each))
