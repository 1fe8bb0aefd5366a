"""Counts the parameters of classes of transformers whose default configs have a few values changed.

    pip install -e .[verify]
    python tests/verify_values.py            # all of them
    python tests/verify_values.py llama t5   # some model types, printed only

A row of tests/data/values.tsv is the name of a config of tests/data/families or tests/data/vision, values by their
dotted keys, and keys that are left out. The classes are built on the meta device; this writes their parameters into
the rows, which tests/test_readers_values.py compares with what archdraw reads. To add a row, write it and run this.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
FOLDERS = (DATA / "families", DATA / "vision")
TABLE = DATA / "values.tsv"
COLUMNS = ("config", "changes", "without", "total", "state")


def rows() -> list[dict[str, str]]:
    """The rows of the table."""
    with TABLE.open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def changed(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The default config of that ``name`` with ``changes``, values by dotted keys; without a file these alone."""
    kind, _, architecture = name.partition("--")
    data: dict[str, Any] = {"model_type": kind, "architectures": [architecture]}
    for file in (folder / f"{name}.json" for folder in FOLDERS):
        data |= json.loads(file.read_text("utf-8")) if file.exists() else {}
    for path, value in changes.items():
        *sections, key = path.split(".")
        part = data
        for section in sections:
            part = part[section]
        part[key] = value
    return data


def config_of(row: dict[str, str]) -> dict[str, Any]:
    """The whole config of a row."""
    data = changed(row["config"], json.loads(row["changes"]))
    left_out = row["without"].split()
    return {key: value for key, value in data.items() if key not in left_out}


def counted(row: dict[str, str]) -> int:
    """The parameters of the class of a row, each tied one once."""
    import torch
    import transformers

    built = getattr(transformers, row["config"].partition("--")[2])
    config = built.config_class.from_dict(config_of(row))
    with torch.device("meta"):
        model = built._from_config(config)
    return sum(tensor.numel() for tensor in model.parameters())


def main(kinds: list[str]) -> int:
    """Writes the totals again; a run over some model types prints what differs only."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    heading = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("#")]
    lines = [*heading, "\t".join(COLUMNS)]
    for row in rows():
        if kinds and row["config"].partition("--")[0] not in kinds:
            continue
        made = {**row, "total": str(counted(row)), "state": row["state"] or "complete"}
        if made["total"] != row["total"]:
            print(f"{row['config']} {row['changes']}: {row['total']} -> {made['total']}", flush=True)
        lines.append("\t".join(made[column] for column in COLUMNS))
    if not kinds:
        TABLE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
