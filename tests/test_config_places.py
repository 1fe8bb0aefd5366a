"""What is wrong with a config is reported at the key that the value comes from; a fault of a reader is none of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archdraw.cli import run
from archdraw.errors import InputError
from archdraw.model import load
from archdraw.readers import reading
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family
from archdraw.readers.traced import Origin, commented, origins_of, traced, whole

CONFIGS = Path(__file__).parent / "data" / "configs"


def config(name: str, **other: Any) -> str:
    return json.dumps(json.loads((CONFIGS / f"{name}.json").read_text("utf-8")) | other, indent=2)


def place(text: str, key: str) -> str:
    """Line and column of ``key`` in ``text``."""
    lines = text.splitlines()
    number = next(index for index, line in enumerate(lines) if f'"{key}":' in line)
    return f"{number + 1}:{lines[number].index(key)}"


def shown(text: str, key: str) -> str:
    """The line of ``key`` with a caret under it, as a message shows them."""
    lines = text.splitlines()
    number = next(index for index, line in enumerate(lines) if f'"{key}":' in line)
    before = len(lines[number]) - len(lines[number].lstrip())
    return f"{number + 1:>5} | {lines[number]}\n{' ' * 5} | {' ' * before}{'^' * (len(key) + 2)}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = {
    "a value": (
        "llama-3.1-8b",
        {"num_attention_heads": 30},
        "num_key_value_heads",
        "num_key_value_heads 8 does not divide num_attention_heads 30",
        "grouped-query attention needs a divisor of 30",
    ),
    "another name": (
        "gpt2",
        {"n_head": 7},
        "n_head",
        "n_head 7 does not divide n_embd 768",
        "add head_dim where a head is not n_embd / n_head wide",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_value_that_does_not_fit_is_reported_at_its_key(
    folder: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    name, other, key, message, hint = CASES[case]
    text = config(name, **other)
    (folder / "config.json").write_text(text, "utf-8")
    for command in ("check", "import"):
        assert run([command, "config.json"]) == 1
        assert f"config.json:{place(text, key)}: error: {message}\n{shown(text, key)}\n  hint: {hint}" in (
            capsys.readouterr().err
        )


def test_a_value_that_was_computed_names_the_keys_that_it_comes_from() -> None:
    width, heads = (traced(number, origins=[Origin((key,))], is_direct=True) for number, key in ((12, "d"), (5, "n")))
    made = -(width * 2 // heads) % 7 + 0.5
    assert (made, origins_of(made)) == (-(12 * 2 // 5) % 7 + 0.5, (Origin(("d",)), Origin(("n",))))
    assert origins_of(commented(whole(made), "why")) == origins_of(made)
    assert origins_of(commented(3, "why", heads)) == (Origin(("n",)),)
    assert [3] * traced(2) == [3, 3]


def test_a_default_that_does_not_fit_is_reported_at_the_key_that_decides(folder: Path) -> None:
    data = json.loads(config("gemma-2-2b", num_attention_heads=30))
    del data["num_key_value_heads"]
    text = json.dumps(data, indent=2)
    (folder / "config.json").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load("config.json")
    (problem,) = caught.value.problems
    assert str(problem) == (
        f"config.json:{place(text, 'num_attention_heads')}: error: "
        "num_key_value_heads 4 does not divide num_attention_heads 30\n"
        f"{shown(text, 'num_attention_heads')}\n  hint: grouped-query attention needs a divisor of 30; "
        "num_key_value_heads is not in the file: 4 is the default of this family"
    )


def test_metadata_of_an_import_have_places_of_their_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "about.yaml").write_text("\nname: X # a comment\nreleased: yesterday\n", "utf-8")
    (folder / "config.json").write_text(config("llama-3.1-8b", num_attention_heads=30), "utf-8")
    assert run(["import", "config.json", "--metadata", "about.yaml"]) == 1
    found = capsys.readouterr().err
    assert "about.yaml:3:11: error: released must be a year, a month or a day" in found
    (folder / "about.yaml").write_text("\nname: X # a comment\n", "utf-8")
    assert run(["import", "config.json", "--metadata", "about.yaml"]) == 1
    assert "config.json:" in capsys.readouterr().err


def raising(error: Exception, *, complains: bool) -> Callable[[Config], Draft]:
    def read(config: Config) -> Draft:
        if complains:
            config.complain("a complaint")
        raise error

    return read


@pytest.mark.parametrize(
    "error", [TypeError("odd"), AttributeError("odd"), LookupError("odd"), ValueError("odd")], ids=repr
)
@pytest.mark.parametrize("complains", [False, True])
def test_a_fault_of_a_reader_is_no_fault_of_the_config(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    complains: bool,
) -> None:
    family = Family(("llama",), raising(error, complains=complains))
    monkeypatch.setattr(reading, "family_of", lambda config: family)
    (folder / "config.json").write_text(config("llama-3.1-8b"), "utf-8")
    assert run(["check", "config.json"]) == 70
    assert f"archdraw: internal error: {type(error).__name__}: odd" in capsys.readouterr().err
    assert run(["--traceback", "check", "config.json"]) == 70
    trace = capsys.readouterr().err
    assert "in read" in trace
    assert ("a complaint" in trace) == complains


@pytest.mark.parametrize(
    ("name", "other", "key", "message", "hint"),
    [
        (
            "qwen3-next-80b-a3b",
            {"head_dim": 3},
            "partial_rotary_factor",
            "partial_rotary_factor 0.25 rotates 0 of 3 features",
            "the number of rotated features must be even and at least 2",
        ),
        (
            "rwkv-5-3b",
            {"hidden_size": 3},
            "hidden_size",
            "intermediate_size must be 1 or more, not 0",
            "rwkv_channel_mixing is 3.5 × hidden_size, rounded down to a multiple of 32",
        ),
    ],
)
def test_a_value_that_another_one_decides_is_reported_at_that(
    folder: Path, name: str, other: dict[str, int], key: str, message: str, hint: str
) -> None:
    text = config(name, **other)
    (folder / "config.json").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load("config.json")
    assert f"config.json:{place(text, key)}: error: {message}\n{shown(text, key)}\n  hint: {hint}" in str(caught.value)
