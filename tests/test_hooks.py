"""The hooks for pre-commit: what they run is there, and fails where it should.

``tests/verify_hooks.py`` has pre-commit itself install and run them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from archdraw.cli import run
from archdraw.doors import FORMATS
from test_provenance import TINY

ROOT = Path(__file__).parent.parent
HOOKS: dict[str, dict[str, Any]] = {
    one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/tiny.yaml").write_text(TINY, "utf-8")
    return tmp_path


def hook(name: str, *files: str) -> int:
    """The hook ``name`` as pre-commit runs it when ``files`` are committed; what it ends with."""
    one = HOOKS[name]
    meant = [file for file in files if re.search(one["files"], file)]
    assert meant, f"{name} is for none of {files}"
    program, *words = one["entry"].split()
    assert program == "archdraw"
    return run([*words, *one.get("args", []), *(meant if one.get("pass_filenames", True) else [])])


def test_a_spec_is_checked(folder: Path) -> None:
    assert hook("archdraw-check", "specs/tiny.yaml") == 0
    Path("specs/tiny.yaml").write_text(TINY.replace("hidden_size", "hiden_size"), "utf-8")
    assert hook("archdraw-check", "specs/tiny.yaml") == 1


def test_a_spec_is_formatted(folder: Path) -> None:
    """The hook mends the file, which is what makes pre-commit stop."""
    Path("specs/tiny.yaml").write_text(TINY.replace("hidden_size: ", "hidden_size:    "), "utf-8")
    assert hook("archdraw-format", "specs/tiny.yaml") == 0
    made = Path("specs/tiny.yaml").read_text("utf-8")
    assert "hidden_size: " in made
    assert "hidden_size:  " not in made


def test_a_spec_is_drawn_and_a_changed_one_is_seen(folder: Path) -> None:
    assert hook("archdraw-render", "specs/tiny.yaml") == 0
    assert Path("pictures/tiny.svg").exists()
    # A virtual environment may have pictures that are nobody's here.
    Path(".venv").mkdir()
    Path(".venv/old.svg").write_text(
        '<svg><metadata>{"archdraw": "0", "specs": {"none.yaml": ""}}</metadata></svg>', "utf-8"
    )
    assert hook("archdraw-stale", "pictures/tiny.svg") == 0
    Path("specs/tiny.yaml").write_text(TINY.replace("Tiny", "Other"), "utf-8")
    assert hook("archdraw-stale", "specs/tiny.yaml") == 1
    assert hook("archdraw-render", "specs/tiny.yaml") == 0
    assert hook("archdraw-stale", "specs/tiny.yaml") == 0


def test_which_files_are_specs_and_pictures() -> None:
    for name in ("archdraw-check", "archdraw-format", "archdraw-render"):
        files = re.compile(HOOKS[name]["files"])
        assert all(map(files.search, ("specs/a.yaml", "docs/specs/a.yml", "a.archdraw.yaml", "x/b.archdraw.yml")))
        assert not any(
            map(files.search, (".github/workflows/ci.yaml", "mkdocs.yml", "specs/a/b.yaml", "myspecs/a.yaml"))
        )
    named = set(re.findall(r"[a-z]+", HOOKS["archdraw-stale"]["files"].partition("(")[2]))
    assert set(FORMATS.names()) - {"eps", "ps"} <= named


def test_the_documents_name_every_hook() -> None:
    text = (ROOT / "docs" / "exports.md").read_text("utf-8")
    assert set(re.findall(r"id: (archdraw-[a-z]+)", text)) == set(HOOKS)
