"""What is installed, and by which name: the package index has another project that is called archdraw."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archdraw.resources import DISTRIBUTION, install_command

ROOT = Path(__file__).parent.parent

INSTALLERS = r"(?:pip3?|pipx|uv|uvx|conda|poetry|pdm)\b[^\n`]*?\b(?:install|add|run|tool|inject)\b|\buvx\b"
BARE = re.compile(rf"(?:{INSTALLERS})[^\n`]*?(?<![\w./-])archdraw(?![\w./-])|(?<![\w./-])archdraw\[[a-z]")
"""Whatever installs ``archdraw``, and ``archdraw[extra]`` wherever it stands."""


def texts() -> Iterator[Path]:
    """Everything in the project that a person or an installer reads."""
    for folder in ("src", "docs", "specs", "themes", "tests", ".ci"):
        yield from (ROOT / folder).rglob("*")
    yield from ROOT.glob("*.*")
    yield ROOT / "LICENSE"


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("pip install archdraw", True),
        ("python -m pip install -U 'archdraw[hub]'", True),
        ("uv tool install archdraw", True),
        ("uvx archdraw render", True),
        ("pipx run archdraw", True),
        ("the extra archdraw[hub]", True),
        ('pip install "archdraw-nn[hub]"', False),
        ("pip install ./archdraw", False),
        ("sh .ci/install && .venv/bin/archdraw gallery", False),
        ("archdraw_nn-0.1.0.whl", False),
    ],
)
def test_a_bare_name_is_found(text: str, is_bare: bool) -> None:
    assert bool(BARE.search(text)) == is_bare


def test_nothing_tells_to_install_the_other_project() -> None:
    wrong = []
    for file in texts():
        if not file.is_file() or file == Path(__file__) or file.suffix in (".svg", ".png", ".woff2", ".gz", ".pyc"):
            continue
        lines = file.read_text("utf-8", errors="replace").splitlines()
        wrong += [f"{file}:{number}: {line}" for number, line in enumerate(lines, 1) if BARE.search(line)]
    assert not wrong


def test_one_name_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["scripts"] == {"archdraw": "archdraw.__main__:main"}
    assert install_command("hub") in (ROOT / "README.md").read_text("utf-8")
    assert "hub" in project["optional-dependencies"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a wheel and an sdist, built as an installer would."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def shipped() -> set[str]:
    """The files that a user needs beside the Python, by their place in the package."""
    source = ROOT / "src" / "archdraw"
    found = {f"{folder}/{file.name}" for folder in ("specs", "themes") for file in (ROOT / folder).glob("*.yaml")}
    found |= {file.relative_to(source).as_posix() for kind in ("j2", "lua") for file in source.rglob(f"*.{kind}")}
    return found | {file.relative_to(source).as_posix() for file in (source / "fontdata").glob("*.*") if file.is_file()}


def test_the_wheel_holds_all_that_is_used(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.startswith("archdraw_nn-")
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {f"archdraw/{name}" for name in shipped()} | {"archdraw/py.typed"}
    assert needed - names == {"archdraw/fontdata/generate.py"}
    assert {name.split("/")[0] for name in names} == {"archdraw", wheel.name.split("-py3")[0] + ".dist-info"}
    licenses = {name.split("/licenses/")[1] for name in names if "/licenses/" in name}
    assert licenses == {"LICENSE", "src/archdraw/fontdata/OFL.txt"}


def test_the_sdist_holds_all_that_is_built_and_tested(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", ".ci/run"} <= names
    assert {file.relative_to(ROOT).as_posix() for file in (ROOT / "specs").glob("*.yaml")} <= names
    assert {file.relative_to(ROOT).as_posix() for file in (ROOT / "tests").glob("*.py")} <= names
