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
import copy
import json
import logging
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verify_shapes import NOT_IN_THE_FILE, built, completed

DATA = Path(__file__).resolve().parent / "data"
FOLDERS = (DATA / "families", DATA / "configs")
OUTPUT = DATA / "changes.jsonl"

LAYERS = (
    "num_hidden_layers",
    "n_layer",
    "n_layers",
    "num_layers",
    "encoder_layers",
    "decoder_layers",
    "depth",
    "num_blocks",
)
HARMLESS = (
    *(
        "use_cache",
        "output_",
        "return_dict",
        "is_decoder",
        "is_encoder_decoder",
        "add_cross_attention",
        "gradient",
        "dropout",
    ),
    *(
        "_token",
        "torchscript",
        "do_sample",
        "fp32",
        "use_flash",
        "tie_encoder",
        "chunk_size_feed_forward",
        "problem_type",
    ),
    *("norm_topk_prob", "router_", "apply_spec", "deterministic", "cross_attention_hidden_size", "use_mamba_kernels"),
)
"""Parts of names of switches that change nothing that is stored, or what a model is used for."""
WORDS = ("silu", "gelu", "relu")
MOST_TRIES = 60


def numbers(value: int, draw: random.Random) -> int:
    """Another size that most constraints bear: a multiple or a fraction by two or three."""
    return draw.choice([size for size in (value * 2, value // 2, value * 3, value * 3 // 2) if size > 0])


def places(data: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every key with its value, those of sections behind their names."""
    for key, value in data.items():
        if isinstance(value, dict) and key.endswith("_config"):
            yield from places(value, (*path, key))
        else:
            yield (*path, key), value


def is_size(key: str, value: Any) -> bool:
    """Whether a number is one of the structure: no id, no length of a text, no seed, no share."""
    structural = (
        *(
            "size",
            "heads",
            "dim",
            "layers",
            "layer",
            "experts",
            "rank",
            "kernel",
            "hidden",
            "width",
            "inner",
            "channels",
        ),
        *("groups", "depth", "n_embd", "d_model", "ffn", "state", "d_kv", "d_ff", "buckets", "window", "per_tok"),
    )
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and value > 0
        and any(word in key for word in structural)
        and not any(word in key for word in ("token_id", "_id", "max_", "index_topk", "image_size"))
    )


def changed(data: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """New values of two to four keys, by their dotted paths."""
    known = list(places(data))
    layers = [path for path, value in known if path[-1] in LAYERS and isinstance(value, int)]
    sizes = [path for path, value in known if is_size(path[-1], value) and path[-1] not in LAYERS]
    switches = [
        path for path, value in known if isinstance(value, bool) and not any(word in path[-1] for word in HARMLESS)
    ]
    words = [path for path, value in known if path[-1] in ("hidden_act", "hidden_activation", "activation_function")]
    at, new = dict(known), dict[str, Any]()
    pools = [pool for pool in (layers, sizes, sizes, switches, words) if pool]
    for _ in range(draw.randint(2, 4) if pools else 0):
        kind = draw.choice(pools)
        path = draw.choice(kind)
        value, key = at[path], ".".join(path)
        if kind is layers:
            number = draw.choice([count for count in (2, 3, 4, 5, 6, 8, 9, 12) if count != value])
            new |= {".".join(other): each for other, each in _of_layers(known, path, value, number)}
        elif kind is switches:
            new[key] = not value
        elif kind is words:
            new[key] = draw.choice([word for word in WORDS if word != value])
        else:
            new[key] = numbers(value, draw)
    return new


def _of_layers(known: list[tuple[tuple[str, ...], Any]], path: tuple[str, ...], old: int, number: int) -> Iterator[Any]:
    """What counts layers or has an entry for each, beside the key at ``path``."""
    for other, value in known:
        if other[:-1] != path[:-1]:
            continue
        if other == path or (other[-1] in ("num_hidden_layers", "num_blocks") and value == old):
            yield other, number
        elif isinstance(value, list) and len(value) == old and old > 1:
            yield other, (value * number)[:number]
        elif isinstance(value, str) and other[-1].endswith("_pattern") and len(value) == old:
            yield other, (value * number)[:number]


PAIRS = (
    *(("num_attention_heads", "num_key_value_heads"), ("n_head", "n_head_kv"), ("num_heads", "num_kv_heads")),
    *(
        ("hidden_size", "num_attention_heads"),
        ("hidden_size", "num_heads"),
        ("d_model", "n_heads"),
        ("n_embd", "n_head"),
    ),
    *(
        ("decoder_num_attention_heads", "decoder_num_key_value_heads"),
        ("linear_num_value_heads", "linear_num_key_heads"),
    ),
    *(("encoder_num_attention_heads", "encoder_num_key_value_heads"), ("num_heads", "n_groups")),
    *(("swa_num_attention_heads", "swa_num_key_value_heads"), ("mamba_num_heads", "n_groups")),
)
"""Keys of which the second divides the first."""
FIXED_WITH = {"head_dim": "mrope_section", "intermediate_size": "expand"}
"""Sizes that others of their section are computed for."""


def fits(data: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the values could be those of a model that runs: a class does not ask that when it is built."""
    for section in (
        data,
        *(value for key, value in data.items() if isinstance(value, dict) and key.endswith("_config")),
    ):
        for whole, part in PAIRS:
            if part in ("num_attention_heads", "num_heads", "n_heads", "n_head") and section.get("head_dim"):
                continue
            first, second = section.get(whole), section.get(part)
            if isinstance(first, int) and isinstance(second, int) and second and first % second:
                return False
        experts = section.get("num_experts") or section.get("num_local_experts") or section.get("n_routed_experts")
        if isinstance(experts, int) and (section.get("num_experts_per_tok") or 0) > experts:
            return False
        layers = next((section[key] for key in LAYERS if isinstance(section.get(key), int)), None)
        for value in section.values():
            is_indices = isinstance(value, list) and value and all(type(one) is int for one in value)
            if is_indices and layers and len(value) < layers <= max(value) < 200:
                return False
    text = json.dumps(data)
    return not any(key.rpartition(".")[2] in FIXED_WITH and FIXED_WITH[key.rpartition(".")[2]] in text for key in new)


def with_values(data: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``data`` with the values of dotted keys in it."""
    made = copy.deepcopy(data)
    for key, value in new.items():
        *sections, last = key.split(".")
        place = made
        for section in sections:
            place = place[section]
        place[last] = value
    return made


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
        if not new or text in seen or not fits(with_values(data, new), new):
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
                if given.words and not any(word in path.stem for word in given.words):
                    continue
                made = list(lines(path, given.each, given.seed))
                stream.writelines(json.dumps(line, sort_keys=True) + "\n" for line in made)
                print(f"{path.stem}: {len(made)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
