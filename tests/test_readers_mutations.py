"""Laws of every reader: whatever a config's values are changed to, it is read, or rejected at a place in the config."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.checked import checked
from archdraw.readers.config import Config
from archdraw.readers.family import Family, family_of
from archdraw.readers.reading import reading_of

CONFIGS = Path(__file__).parent / "data" / "configs"
STRANGE: tuple[Any, ...] = ({}, [], "quark", -3, 0, 7, True, None, 1.5, ["quark"], [1, "a", None], {"a": 1}, 10**30)
NAMES = ("llama-3.1-8b", "gpt2", "deepseek-v3.2", "step-3.5-flash", "minicpm-2b", "llama-3.3-nemotron-super-49b")

KEYS = 40
"""So many are changed in one test at most: the largest configs have hundreds."""

Keys = tuple[str, ...]
Mutation = tuple[str, dict[str, Any]]


def content(name: str) -> dict[str, Any]:
    found = json.loads((CONFIGS / f"{name}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def short(name: str) -> dict[str, Any]:
    """The config of ``name``; of layers that are written out each in turn, 14 of 80 that differ like all do."""
    found = content(name)
    blocks = found.get("block_configs", [])
    return found | {"block_configs": blocks[::6], "num_hidden_layers": len(blocks[::6])} if blocks else found


def strange(value: Any) -> Iterator[Any]:
    """What ``value`` is changed to."""
    yield from STRANGE
    if isinstance(value, list) and value:
        yield from (value[:-1], [*value, value[-1]])
        yield from ([odd] * len(value) for odd in ("quark", 0, -3, None, 10**30, 0.5))
    elif isinstance(value, int):
        yield from (value + 1, value * 2)


def paths(data: dict[str, Any], above: Keys = ()) -> Iterator[Keys]:
    """Every key of ``data``, those of mappings in it after their own."""
    for key, value in data.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def mutations(data: dict[str, Any], path: Keys) -> Iterator[Mutation]:
    """``data`` without the key at ``path``, and with its value changed, each with what was done."""
    key, *rest = path
    if rest:
        yield from ((f"{key}: {done}", data | {key: inner}) for done, inner in mutations(data[key], tuple(rest)))
        return
    yield f"without {key}", {name: other for name, other in data.items() if name != key}
    yield from ((f"{key}: {other!r}"[:80], data | {key: other}) for other in strange(data[key]))


def read_paths(data: dict[str, Any]) -> list[Keys]:
    """Every key of ``data`` that its reader reads, and those of the mappings that they are in."""
    read = reading_of("", data, "config.json", "model").provenance.read
    used = {path[:length] for path in read for length in range(1, len(path) + 1)}
    return [path for path in paths(data) if path in used]


@cache
def keys_by_family() -> dict[Family, dict[str, list[Keys]]]:
    """For each reader the configs that it reads, with the keys that it reads in none of them before."""
    found: dict[Family, dict[str, list[Keys]]] = {}
    for file in sorted(CONFIGS.glob("*.json")):
        data = content(file.stem)
        family = family_of(Config(data))
        assert family is not None
        configs = found.setdefault(family, {})
        covered = {path for keys in configs.values() for path in keys}
        configs[file.stem] = [path for path in read_paths(data) if path not in covered]
    return found


FAMILIES = {(*family.model_types, *family.architectures)[0]: family for family in keys_by_family()}


def keys_of(name: str) -> list[tuple[str, Keys]]:
    """The keys of the configs of a family, each with the name of its config."""
    return [(stem, path) for stem, keys in keys_by_family()[FAMILIES[name]].items() for path in keys]


PARTS = [(name, part) for name in FAMILIES for part in range(-(-len(keys_of(name)) // KEYS))]


def read_or_rejected(done: str, config: dict[str, Any]) -> None:
    """Whatever else is raised is a fault of the reader."""
    try:
        reading_of("", config, "config.json", "mutant")
    except InputError:
        return
    except Exception as error:
        pytest.fail(f"{done}: {error!r}")


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_no_change_of_one_value_breaks_a_reader(name: str, part: int) -> None:
    for stem, path in keys_of(name)[part * KEYS : (part + 1) * KEYS]:
        for done, config in mutations(content(stem), path):
            read_or_rejected(f"{stem} {done}", config)


def test_no_change_of_two_values_breaks_a_reader() -> None:
    """What stands for a value that is wrong must not break the reading of the next one."""
    for configs in keys_by_family().values():
        for stem in configs:
            data, chance = content(stem), random.Random(stem)
            for _ in range(12):
                done, once = chance.choice(list(mutations(data, chance.choice([(key,) for key in data]))))
                again, twice = chance.choice(list(mutations(once, chance.choice([(key,) for key in once]))))
                read_or_rejected(f"{stem} {done}, {again}", twice)


@pytest.mark.parametrize(("name", "part"), [(name, part) for name in NAMES for part in range(4)])
def test_what_is_rejected_is_rejected_at_a_place_of_the_config(name: str, part: int) -> None:
    data = short(name)
    fine: set[str] = set()
    for path in read_paths(data)[part::4]:
        for done, config in mutations(data, path):
            text = json.dumps(config, indent=1)
            lines = text.splitlines()
            try:
                made = reading_of(text, config, "config.json", "mutant")
                if made.text not in fine:
                    checked(made)
                    fine.add(made.text)
            except InputError as error:
                for problem in error.problems:
                    assert problem.span.file == "config.json", done
                    assert problem.text == lines[problem.span.line - 1], done
                    assert problem.span.column + problem.span.length - 1 <= len(problem.text), done
