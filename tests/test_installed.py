"""Whether a package adds to a group is found out as the library for it does, and left to the library where need be."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path

import pytest

from archdraw.installed import adds_to


@pytest.fixture
def own_finders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Python's: another test may have imported a package with a finder of its own."""
    others = [finder for finder in sys.meta_path if not hasattr(finder, "find_distributions") or finder is PathFinder]
    monkeypatch.setattr(sys, "meta_path", others)


def _package(folder: Path, about: str, text: str) -> str:
    (folder / about).mkdir(parents=True)
    (folder / about / "entry_points.txt").write_text(text, "utf-8")
    return str(folder)


@pytest.mark.usefixtures("own_finders")
@pytest.mark.parametrize("about", ["one-1.0.dist-info", "one.egg-info", "One-1.0.DIST-INFO"])
def test_a_group_is_found(tmp_path: Path, about: str) -> None:
    place = _package(tmp_path, about, "[console_scripts]\narchdraw.x = archdraw.cli:main\n\n[archdraw.kinds]\na = b\n")
    assert adds_to("archdraw.", [place])
    assert adds_to("archdraw.", ["/nowhere", place])
    assert not adds_to("other.", [place])
    assert not adds_to("archdraw.", ["/nowhere"])


@pytest.mark.usefixtures("own_finders")
def test_a_name_is_no_group(tmp_path: Path) -> None:
    assert not adds_to("archdraw.", [_package(tmp_path, "one-1.0.dist-info", "[console_scripts]\narchdraw.x = a:b\n")])
    assert not adds_to("archdraw.", [_package(tmp_path / "deep", "one-1.0", "[archdraw.kinds]\na = b\n")])


def test_an_egg_says_itself(tmp_path: Path) -> None:
    assert adds_to("archdraw.", [_package(tmp_path / "one-1.0.egg", "EGG-INFO", "[archdraw.kinds]\na = b\n")])


def test_an_archive_is_left_to_the_library(tmp_path: Path) -> None:
    (tmp_path / "packages.zip").write_bytes(b"PK")
    assert adds_to("archdraw.", [str(tmp_path / "packages.zip")])


@pytest.mark.usefixtures("own_finders")
def test_another_finder_is_left_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_distributions(self, context: object = None) -> list[object]:
            return []

    assert not adds_to("archdraw.", [])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert adds_to("archdraw.", [])


def test_it_agrees_with_the_library_on_what_is_installed_here() -> None:
    groups = {point.group for one in distributions() for point in one.entry_points}
    assert groups
    assert all(adds_to(group) for group in groups)
