"""Writes which classes tie the LM head to the token embedding where the two levels of their config contradict.

    pip install -e .[verify]
    python tests/verify_tying.py

Configs of models that read images hold that of their text part, and either may say ``tie_word_embeddings``. Each class
is built on the meta device with both pairs of contradicting values; the table is tests/data/tying.tsv, one column for
each major version of transformers. With another version than the one that wrote the table, its column is added.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from typing import Any

from verify_families import DATA, FOLDER

TABLE = DATA / "tying.tsv"
HEADER = "# Whether the LM head is tied, by the flags of the whole config and of text_config: as the class is built.\n"


def configs() -> dict[str, dict[str, Any]]:
    """The default configs with a text part, each type once."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(FOLDER.glob("*ForConditionalGeneration.json")):
        data = json.loads(file.read_text("utf-8"))
        if isinstance(data.get("text_config"), dict):
            found.setdefault(file.stem, data)
    return found


def is_tied(data: dict[str, Any]) -> bool:
    """Whether the class of ``data`` has one table for both ends, built with few layers."""
    import torch
    import transformers

    (name,) = data["architectures"]
    config = transformers.CONFIG_MAPPING[data["model_type"]].from_dict(data)
    with torch.device("meta"):
        model = getattr(transformers, name)._from_config(config)
    model.tie_weights()
    return model.get_output_embeddings().weight is model.get_input_embeddings().weight


def main() -> int:
    """Writes the table."""
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    version = transformers.__version__.split(".")[0]
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    if TABLE.exists():
        lines = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
        for values in lines[1:]:
            rows[values[0], values[1], values[2]] = dict(zip(lines[0][3:], values[3:], strict=True))
    for slug, data in configs().items():
        for top in (True, False):
            text = {**data["text_config"], "tie_word_embeddings": not top}
            try:
                tied = is_tied({**data, "tie_word_embeddings": top, "text_config": text})
            except Exception as error:
                print(f"{slug}: {type(error).__name__}: {error}"[:160].replace("\n", " "), flush=True)
                continue
            rows.setdefault((slug, str(top).lower(), str(not top).lower()), {})[version] = str(tied).lower()
            print(slug, top, tied, flush=True)
    head = "config\ttop\ttext\t4\t5\n"
    body = "".join("\t".join([*key, row.get("4", ""), row.get("5", "")]) + "\n" for key, row in sorted(rows.items()))
    TABLE.write_text(HEADER + head + body, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
