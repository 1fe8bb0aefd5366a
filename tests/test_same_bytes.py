"""The same spec gives the same bytes: whatever the hash seed, the locale, the time zone or the folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from archdraw.resources import specs_folder

NAMES = ("gemma-3-27b", "qwen3-next-80b-a3b", "deepseek-v3")
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "4711", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8"},
)


def drawn(folder: Path, environment: dict[str, str]) -> dict[str, bytes]:
    """Every file that rendering copies of the specs in ``folder`` makes, by name."""
    folder.mkdir(parents=True)
    for name in NAMES:
        shutil.copy(specs_folder() / f"{name}.yaml", folder)
    command = [sys.executable, "-m", "archdraw", "render", *(f"{name}.yaml" for name in NAMES)]
    command += ["--format", "svg,png,pdf,eps,ps", "-o", "made", "-j", "1"]
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True, capture_output=True)
    return {file.name: file.read_bytes() for file in sorted((folder / "made").iterdir())}


def test_bytes_do_not_depend_on_the_surroundings(tmp_path: Path) -> None:
    one = drawn(tmp_path / "a", ENVIRONMENTS[0])
    other = drawn(tmp_path / "another folder" / "b", ENVIRONMENTS[1])
    assert sorted(one) == sorted(f"{name}.{suffix}" for name in NAMES for suffix in ("svg", "png", "pdf", "eps", "ps"))
    assert [name for name in one if one[name] != other[name]] == []
