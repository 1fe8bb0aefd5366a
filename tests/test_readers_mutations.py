"""A law of every reader: whatever one value of a config is changed to, it is read or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archdraw.errors import InputError
from archdraw.readers.reading import reading_of
from archdraw.spec import expand, parse_spec

CONFIGS = Path(__file__).parent / "data" / "configs"
STRANGE: tuple[Any, ...] = ({}, [], "quark", -3, 0, 7, True, None, 1.5, ["quark"], [1, "a", None], {"a": 1}, 10**30)
NAMES = ("llama-3.1-8b", "gpt2", "deepseek-v3.2", "step-3.5-flash", "minicpm-2b", "llama-3.3-nemotron-super-49b")


def mutations(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``data`` without each of its keys, and with each of its values changed, with what was done."""
    for key, value in data.items():
        yield f"without {key}", {name: other for name, other in data.items() if name != key}
        if isinstance(value, dict):
            yield from ((f"{key}: {told}", data | {key: inner}) for told, inner in mutations(value))
        others = list(STRANGE)
        if isinstance(value, list) and value:
            others += [value[:-1], [*value, value[-1]]]
        elif isinstance(value, int):
            others += [value + 1, value * 2]
        yield from ((f"{key}: {other!r}"[:80], data | {key: other}) for other in others)


@pytest.mark.parametrize("name", NAMES)
def test_one_value_changed_is_read_or_refused(name: str) -> None:
    unfit = UNFIT.split("{")[0]
    for told, config in mutations(json.loads((CONFIGS / f"{name}.json").read_text("utf-8"))):
        try:
            reading = reading_of(json.dumps(config), config, "config.json", "mutant")
            spec = parse_spec(reading.text, "mutant")
            if "10000000000" not in told:
                expand(spec)
        except InputError as error:
            messages = [problem.message for problem in error.problems]
            assert messages, told
            assert not [message for message in messages if message.startswith(unfit)], told
