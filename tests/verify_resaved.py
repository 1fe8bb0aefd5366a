"""Writes every config of tests/data/configs as transformers saves it again, and the parameters of its class.

    pip install -e .[verify]
    python tests/verify_resaved.py             # every config whose class transformers has
    python tests/verify_resaved.py gpt2 opt-66b

Whoever loads a model and saves it gets a file with other keys than the published one, for the same model. What comes
out stands in tests/data/resaved, the parameters in tests/data/resaved.tsv; tests/test_resaved.py compares what archdraw
reads of them. The classes are built on the meta device, from the file that was saved.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from typing import Any

from verify_families import DATA
from verify_shapes import CONFIGS, NOT_IN_THE_FILE, NOT_ITS_CLASS, SAME_STRUCTURE, TEXT_ALONE, built, completed

FOLDER, TABLE = DATA / "resaved", DATA / "resaved.tsv"
HEADER = """\
# Configs of tests/data/configs, saved again by transformers {version}: the parameters of the class of what was saved,
# on the meta device, each tied one once.
config\ttotal
"""
NOT_KEPT = ("quantization_config", "auto_map", "_name_or_path")
"""Keys of how weights are stored and of the repository's own code."""

OTHER_CLASS = ("BailingMoeV2_5ForCausalLM",)
"""Classes of repositories' own code, whose model type is that of another class of transformers."""


def saved(slug: str) -> dict[str, Any]:
    """A config as its class saves it. Raises whatever the class raises."""
    import transformers

    data = json.loads((CONFIGS / f"{slug}.json").read_text("utf-8"))
    data = completed(data, NOT_IN_THE_FILE.get(slug, {}))
    if slug in TEXT_ALONE:
        data = {**data["text_config"], "architectures": [TEXT_ALONE[slug]]}
    data = {key: value for key, value in data.items() if key not in NOT_KEPT}
    kind = data["model_type"] = SAME_STRUCTURE.get(data.get("model_type", ""), data.get("model_type", ""))
    others = set(OTHER_CLASS) & set(data.get("architectures") or ())
    if kind not in transformers.CONFIG_MAPPING or kind in NOT_ITS_CLASS or others:
        raise LookupError(f"transformers has no class for {kind!r}")
    made: dict[str, Any] = json.loads(transformers.AutoConfig.for_model(**data).to_json_string())
    return made


def unwrapped(value: Any) -> Any:
    """``value`` with infinities as numbers: JSON cannot say them, and the classes do not read back what they write."""
    if isinstance(value, dict):
        return (
            float(value["__float__"]) if "__float__" in value else {key: unwrapped(one) for key, one in value.items()}
        )
    return [unwrapped(one) for one in value] if isinstance(value, list) else value


def main(slugs: list[str]) -> int:
    """Writes the files; a run over some configs keeps the other rows."""
    import transformers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows: dict[str, str] = {}
    if slugs and TABLE.exists():
        lines = TABLE.read_text("utf-8").splitlines()[HEADER.count("\n") :]
        rows = {line.split("\t")[0]: line for line in lines}
    for slug in slugs or sorted(file.stem for file in CONFIGS.glob("*.json")):
        try:
            data = saved(slug)
            total = sum(tensor.numel() for tensor in built(unwrapped(data)).parameters())
        except Exception as error:
            print(f"{slug}: {type(error).__name__}: {(str(error).splitlines() or [''])[0]}"[:200], flush=True)
            continue
        text = json.dumps(data, indent=1, sort_keys=True)
        (FOLDER / f"{slug}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        rows[slug] = f"{slug}\t{total}"
        print(rows[slug], flush=True)
    body = "".join(f"{rows[slug]}\n" for slug in sorted(rows))
    TABLE.write_text(HEADER.format(version=transformers.__version__) + body, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("slug", nargs="*", help="names of files in tests/data/configs; none: all")
    sys.exit(main(parser.parse_args().slug))
