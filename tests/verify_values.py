"""Counts the parameters of classes of transformers whose default configs have a few values changed.

    pip install -e .[verify]
    python tests/verify_values.py

The changes stand in tests/data/values.json: the name of a config of tests/data/families and values by key. The classes
are built on the meta device; this writes their parameters beside the changes, for tests/test_readers_values.py.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"


def main() -> int:
    """Fills in the totals, each tied tensor once."""
    import torch
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    file = DATA / "values.json"
    rows = json.loads(file.read_text("utf-8"))
    for row in rows:
        kind, name = row["config"].split("--")
        default = DATA / "families" / f"{row['config']}.json"
        # Of a class that cannot be built with its defaults there is no file: the values are the whole config.
        config = json.loads(default.read_text("utf-8")) if default.exists() else {"model_type": kind}
        config |= {"architectures": [name], **row["values"]}
        for key in row.get("without", []):
            config.pop(key, None)
        built = getattr(transformers, name)
        with torch.device("meta"):
            model = built._from_config(built.config_class.from_dict(config))
        row["total"] = sum(tensor.numel() for tensor in model.parameters())
    body = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    file.write_text(f"[\n{body}\n]\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
