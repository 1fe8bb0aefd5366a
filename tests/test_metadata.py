"""A model is added by one command: its config, and a few lines of what the config does not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.cli import run
from archdraw.model import load

CONFIG = Path(__file__).parent / "data" / "configs" / "qwen3-30b-a3b.json"
METADATA = """name: Qwen3 30B-A3B
developer: Alibaba Cloud # the Qwen team
released: 2025-04-28
license: Apache License 2.0
context_length: 32768
links: {config: https://huggingface.co/Qwen/Qwen3-30B-A3B/blob/main/config.json}
sources: [config.json of Qwen/Qwen3-30B-A3B]
published: {total_parameters: 30.5e9, source: model page}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "about.yaml").write_text(METADATA, "utf-8")
    return tmp_path


def test_one_command_adds_a_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", str(CONFIG), "--metadata", "about.yaml", "-o", "new.yaml"]) == 0
    assert run(["check", "new.yaml"]) == 0
    text = (folder / "new.yaml").read_text("utf-8")
    assert METADATA in text
    assert (text.count("\nname:"), text.count("context_length:")) == (1, 1)
    made, bare = load("new.yaml"), load(CONFIG)
    assert (made.name, made.spec.context_length) == ("Qwen3 30B-A3B", 32768)
    assert made.facts.total_parameters == bare.facts.total_parameters


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("hidden_size: 4", "about.yaml:1:1: error: hidden_size follows from the config"),
        ("- name", "about.yaml:1:1: error: metadata is a mapping of keys to values, not a list"),
        ("developr: Qwen", "about.yaml:1:1: error: a spec has no field developr"),
        ("name: [", "about.yaml:1:"),
    ],
)
def test_metadata_are_checked(folder: Path, capsys: pytest.CaptureFixture[str], metadata: str, message: str) -> None:
    (folder / "about.yaml").write_text(metadata, "utf-8")
    assert run(["import", str(CONFIG), "--metadata", "about.yaml", "-o", "new.yaml"]) == 1
    assert message in capsys.readouterr().err
    assert not (folder / "new.yaml").exists()
