"""What a shell is told that could be written, over click's own protocol."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from archdraw.catalog import list_formats, list_kinds, list_models, list_profiles, list_themes, list_views
from archdraw.cli import COMPLETING, run
from archdraw.front import summaries
from test_cold import ENVIRONMENT

Printed = pytest.CaptureFixture[str]


def completed(line: str, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What bash is told at the end of ``line``."""
    words = line.split(" ")
    monkeypatch.setenv(COMPLETING, "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    assert run([]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gpt-mine.yaml").write_text("", "utf-8")


EVERY: dict[str, Callable[[], Iterable[str]]] = {
    "archdraw ": lambda: sorted(summaries()),
    "archdraw render --theme ": list_themes,
    "archdraw render --view ": lambda: (*list_views(), *list_profiles()),
    "archdraw render --format ": list_formats,
    "archdraw compare --format ": list_formats,
    "archdraw kinds ": lambda: sorted(list_kinds()),
    "archdraw facts ": lambda: (*list_models(), "gpt-mine.yaml"),
    "archdraw lineage ": lambda: (*list_models(), "gpt-mine.yaml"),
    "archdraw new x --like ": lambda: (*list_models(), "gpt-mine.yaml"),
}


@pytest.mark.parametrize("line", EVERY)
def test_every_name_is_offered(line: str, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(line, capsys, monkeypatch) == [f"plain,{name}" for name in EVERY[line]()]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("archdraw kin", ["plain,kinds"]),
        ("archdraw --ver", ["plain,--version"]),
        ("archdraw render --them", ["plain,--theme"]),
        ("archdraw compare gpt-2 gpt-m", ["plain,gpt-mine.yaml"]),
        ("archdraw render llama-3-8", ["plain,llama-3-8b"]),
        ("archdraw render --format svg,pd", ["plain,svg,pdf"]),
        ("archdraw new x --kind v", ["plain,vit"]),
        ("archdraw show x --stage sc", ["plain,scene"]),
        ("archdraw render ./gpt", ["file,./gpt"]),
        ("archdraw render --theme ./m", ["file,./m"]),
    ],
)
def test_what_begins_so_is_offered(
    line: str, told: list[str], capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert completed(line, capsys, monkeypatch) == told


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETING, f"{shell}_source")
    assert run([]) == 0
    script = capsys.readouterr().out
    assert f"{COMPLETING}={shell}_complete" in script
    assert "archdraw" in script


@pytest.mark.parametrize("line", ["archdraw kinds gr", "archdraw render --theme d", "archdraw facts ll", "archdraw k"])
def test_names_are_listed_without_what_they_name(line: str) -> None:
    code = "import sys\nfrom archdraw.cli import run\nrun([])\nsys.stderr.write(' '.join(sys.modules))"
    words = {COMPLETING: "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**ENVIRONMENT, **words}
    )
    assert done.stdout
    loaded = set(done.stderr.split())
    assert not loaded & {
        "pydantic",
        "rich",
        "archdraw.spec",
        "archdraw.kinds.registry",
        "archdraw.kinds.mixers.attention",
    }
    assert "archdraw.site.building" not in loaded
