"""Broken specs: the whole text of what is said about each. ``tests/broken`` holds them, and what they give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archdraw.errors import InputError
from archdraw.spec import expand, load_spec

FOLDER = Path(__file__).parent / "broken"
CASES = sorted(FOLDER.glob("*.yaml"))

MADE: dict[str, bytes] = {
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "zeros": b"name: x\nlayers:\x00\x00\n",
    "latin_1": "name: Modèle\n".encode("latin-1"),
    "utf_16": "name: Model\n".encode("utf-16"),
    "too_large": b"# " + b"x" * 2_000_000,
    "escape": b"name: \x1b[31mred\n",
    "line_in_a_key": b'{"name": "x", "a\\n/etc/x:1:1: error: forged": 1}\n',
    "brackets": b"layers: " + b"[" * 100_000,
    "hyphens": b"- " * 100_000,
    "long_number": b"hidden_size: " + b"9" * 5_000 + b"\nname: x\n",
    "long_line": b"name: x\nlayers: [" + b"rmsnorm, " * 10_000 + b"rmsnrom]\n",
}
"""Files that are better made than kept."""


def transcript(file: str) -> str:
    """What is said about ``file`` in the current folder."""
    with pytest.raises(InputError) as caught:
        expand(load_spec(file))
    return f"{caught.value}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_broken_spec(case: Path, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    golden(case.with_suffix(".txt"), transcript(case.name))


@pytest.mark.parametrize("name", MADE)
def test_made_file(
    name: str, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / f"{name}.yaml").write_bytes(MADE[name])
    monkeypatch.chdir(tmp_path)
    golden(FOLDER / "made" / f"{name}.txt", transcript(f"{name}.yaml"))


def test_folder_and_missing_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    assert transcript("folder.yaml") == "folder.yaml:1:1: error: this is a directory, not a file\n"
    assert transcript("missing.yaml") == "missing.yaml:1:1: error: file not found\n"


def test_every_transcript_has_its_case() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {case.stem for case in CASES}
    assert {file.stem for file in (FOLDER / "made").glob("*.txt")} == set(MADE)
    assert len(CASES) >= 20
