"""Changes values of configs and counts what the classes of transformers make of them, as people do who design a model.

    pip install -e .[verify]
    python tests/verify_changes.py            # two changed configs of each one in tests/data/families and configs
    python tests/verify_changes.py --seed 7 --each 10 -o /tmp/changes.jsonl llama gemma-4

Each changed config has two to four other values: numbers of layers with all lists by layer, widths, heads, experts,
ranks, kernels, activations, switches. The class is built on the meta device from the changed text, as a reader sees it;
changes that a class refuses are drawn again. A line of tests/data/changes.jsonl is the name of the file, the values by
their dotted keys, the class and its parameters; tests/test_changes.py compares archdraw's readers with them.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from changed_values import changed, fits, with_values
from verify_shapes import NOT_IN_THE_FILE, built, completed

DATA = Path(__file__).resolve().parent / "data"
FOLDERS = (DATA / "families", DATA / "configs")
OUTPUT = DATA / "changes.jsonl"

OTHER_MODELS = {
    # Checkpoints of Flan-T5 hold an output layer of their own; the class ties it by default.
    **dict.fromkeys(("flan-t5-base", "flan-t5-xxl"), "the class has no output layer of its own"),
    **dict.fromkeys(("ling-2-5-1t", "ling-2-6-1t"), "the class is that of Ling 3, with another linear attention"),
    **dict.fromkeys(
        ("longcat-flash-560b", "longcat_flash--LongcatFlashForCausalLM"),
        "the class stores a gate and an up projection for experts that return what they get; checkpoints have none",
    ),
    "deepseek_v2--DeepseekV2ForCausalLM": "its default config does not say how many experts a token passes",
    "qwen3_omni_moe_thinker--Qwen3OmniMoeThinkerForConditionalGeneration": "default heads have 73 features: no pairs",
}
"""Files that are left out, and why the class is not the model that the file describes."""

MOST_TRIES = 60


def lines(path: Path, each: int, seed: int) -> Iterator[dict[str, Any]]:
    """``each`` changed configs of one file, fewer where a class refuses most of what is tried."""
    data = json.loads(path.read_text("utf-8"))
    if path.parent.name == "configs":
        data = completed(data, NOT_IN_THE_FILE.get(path.stem, {}))
    draw, found, seen = random.Random(f"{seed} {path.stem}"), 0, set()
    for _ in range(MOST_TRIES):
        if found == each:
            return
        new = changed(data, draw)
        text = json.dumps(new, sort_keys=True)
        if not new or text in seen or not fits(data, new):
            continue
        seen.add(text)
        try:
            model = built(with_values(data, new))
        except Exception:  # whatever a class raises for values that do not fit each other
            continue
        found += 1
        total = sum(tensor.numel() for tensor in model.parameters())
        yield {"file": f"{path.parent.name}/{path.stem}", "class": type(model).__name__, "total": total, "values": new}


def main() -> int:
    """Writes the file; says how many there are of each config."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", help="parts of names of files; none: all")
    parser.add_argument("--each", type=int, default=2, help="changed configs of each file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    with given.output.open("w", encoding="utf-8", newline="\n") as stream:
        for folder in FOLDERS:
            for path in sorted(folder.glob("*.json")):
                if path.stem in OTHER_MODELS:
                    continue
                if given.words and not any(word in path.stem for word in given.words):
                    continue
                made = list(lines(path, given.each, given.seed))
                stream.writelines(json.dumps(line, sort_keys=True) + "\n" for line in made)
                print(f"{path.stem}: {len(made)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
