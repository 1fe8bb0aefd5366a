"""The README does what it says: its commands run, its example counts, its transcript is what the program prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import archdraw
from archdraw.cli import Commands, program, run
from archdraw.resources import specs_folder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


SPEC = blocks("yaml")[0]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the README's spec in it, as the current one."""
    (tmp_path / "small.yaml").write_text(SPEC, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_is_as_short_as_it_says() -> None:
    assert (len(SPEC.splitlines()), "in twelve lines" in README) == (12, True)


def test_shell_commands_of_the_example_run(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("archdraw ")]
    assert len(commands) == 3
    for command in commands:
        assert run(shlex.split(command)[1:]) == 0, capsys.readouterr().err
    assert (small / "small.svg").read_text("utf-8").startswith("<?xml")
    assert "KV cache at 4,096 tokens" in capsys.readouterr().out


def test_the_python_example_runs(small: Path) -> None:
    for source in blocks("python"):
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert re.fullmatch(r"[\d,]+ parameters in 12 layers\n", done.stdout)
    assert (small / "small.png").read_bytes().startswith(b"\x89PNG")


def test_the_transcript_is_what_the_program_prints(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (transcript,) = blocks("console")
    first, *rest = transcript.splitlines()
    broken = SPEC.replace("num_key_value_heads: 4", "num_key_value_heads: 5")
    (small / "broken.yaml").write_text(broken, "utf-8")
    assert run(shlex.split(first.removeprefix("$ "))[1:]) == 1
    assert capsys.readouterr().err.splitlines() == rest


def test_the_install_commands_are_those_of_the_checks() -> None:
    promised = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("sh .ci/install")]
    assert len(promised) == 2
    assert promised[1] in (ROOT / ".ci" / "run").read_text("utf-8")
    assert promised[0].endswith("archdraw gallery")


def test_the_checks_give_the_same_answer_twice() -> None:
    """Property tests have fixed examples where ``CI`` is set: the script sets it before it runs them."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert 0 < script.index("export CI=1") < script.index("pytest")


def test_every_command_and_option_is_named() -> None:
    assert isinstance(program, Commands)
    context = click.Context(program)
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `archdraw "))
    for name in program.list_commands(context):
        assert f"`archdraw {name}" in table
    for option in re.findall(r"--[a-z]+(?:-[a-z]+)*", table):
        assert any(
            option in parameter.opts
            for name in program.list_commands(context)
            for parameter in (program.get_command(context, name) or program).params
        ), f"the README names {option}, which no command has"


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_what_is_drawn_now(theme: str, golden: Callable[[Path, str], None]) -> None:
    name = "qwen3-next-80b-a3b"
    assert f"docs/images/{name}-{theme}.svg" in README
    drawn = archdraw.load(specs_folder() / f"{name}.yaml").svg(theme=theme)
    golden(ROOT / "docs" / "images" / f"{name}-{theme}.svg", drawn)
