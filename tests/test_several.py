"""Views of several models: found by their file, the same as a command and as a function."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import archdraw
from archdraw import several as shell
from archdraw.cli import run
from archdraw.faults import faults
from archdraw.theme import theme_names
from archdraw.views import several

ROOT = Path(__file__).parent.parent


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The view that ``docs/views.md`` shows, in the folder of a user who has written it; its name."""
    text = (ROOT / "docs" / "views.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "layers.py").write_text(code[1], "utf-8")
    monkeypatch.setattr(several, "__path__", [*several.__path__, str(folder)])
    monkeypatch.chdir(tmp_path)
    return "layers"


def test_the_view_in_the_docs_is_a_command(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([example, "llama-3-8b", "gpt-2-xl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"GPT-2 XL": 48, "Llama 3 8B": 32}
    assert run([example, "--most", "3", "-o", "layers.svg"]) == 0
    assert "How deep models are" in Path("layers.svg").read_text("utf-8")
    assert run([example, "--help"]) == 0
    assert "How many models are shown at most." in capsys.readouterr().out


def test_the_view_in_the_docs_is_a_function(example: str) -> None:
    drawn = archdraw.layers("llama-3-8b", archdraw.load(ROOT / "specs" / "gpt-2-xl.yaml"), most=1)
    assert drawn.data() == {"GPT-2 XL": 48}
    assert drawn.svg().startswith("<?xml")


@pytest.mark.parametrize("theme", theme_names())
def test_the_view_in_the_docs_has_no_fault(example: str, theme: str) -> None:
    assert faults(shell.function(example)(most=200).scene(theme)) == []
