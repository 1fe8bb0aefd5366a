"""What is found by an index and imported by need is what there is, and an index that is old costs time and no more."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from archdraw import by_need
from archdraw.by_need import INDEX, ByNeed, files_in, index_of
from archdraw.kinds import registry
from archdraw.kinds.registry import kinds
from archdraw.readers import family
from archdraw.readers.family import families
from write_indexes import NAMES, index_text

PACKAGES = pytest.mark.parametrize("package", NAMES)


def _folder(package: str) -> Path:
    return Path(importlib.import_module(package).__path__[0])


@PACKAGES
def test_an_index_is_that_of_the_files(package: str) -> None:
    text = (_folder(package) / INDEX).read_text("utf-8")
    assert text == index_text(package), "python tests/write_indexes.py writes it"
    names = [name for line in text.splitlines() for name in line.partition(": ")[2].split(", ") if name]
    assert sorted(names) == sorted(set(names))


def test_by_need_there_is_what_there_is_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    by_names, by_types = dict(kinds()), dict(families())
    for one in (registry, family):
        monkeypatch.setattr(one, "by_need", lambda *_: None)
    for cached in (kinds, families):
        cached.cache_clear()
    try:
        assert list(kinds().items()) == list(by_names.items())
        assert dict(families()) == by_types
    finally:
        for cached in (kinds, families):
            cached.cache_clear()


def test_an_index_that_lacks_a_file_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "kinds"
    shutil.copytree(_folder("archdraw.kinds"), folder)
    assert index_of(folder)["layers/norm.py"] == ("rmsnorm", "layernorm")
    (folder / "mixers" / "new_one.py").write_text("")
    assert index_of(folder) == {}
    (folder / "mixers" / "new_one.py").unlink()
    assert index_of(folder)
    (folder / "layers" / "norm.py").unlink()
    assert index_of(folder) == {}
    (folder / INDEX).unlink()
    assert index_of(folder) == {}


def test_files_of_caches_and_of_packages_themselves_are_none(tmp_path: Path) -> None:
    for name in ("__init__.py", "a.py", "deep/__init__.py", "deep/b.yaml", "deep/c.txt", "__pycache__/d.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert sorted(files_in(tmp_path)) == ["a.py", "deep/b.yaml"]


def test_a_thing_is_imported_when_it_is_asked_for() -> None:
    asked: list[str] = []

    def things(module: str) -> dict[str, int]:
        asked.append(module)
        return {"one": 1, "two": 2}

    found = ByNeed({"one": "numbers", "two": "numbers"}, things)
    assert (list(found), len(found), "one" in found, "three" in found) == (["one", "two"], 2, True, False)
    assert asked == []
    assert (found["one"], found["two"], found["one"]) == (1, 2, 1)
    assert asked == ["numbers"]
    with pytest.raises(KeyError):
        found["three"]
    assert found.get("three") is None


def test_a_door_that_a_package_adds_to_is_opened_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from archdraw.doors import KINDS

    assert by_need.by_need(KINDS, "archdraw.kinds", lambda _: {}) is not None
    monkeypatch.setattr(type(KINDS), "plugged", lambda _: ("anything",))
    assert by_need.by_need(KINDS, "archdraw.kinds", lambda _: {}) is None
    assert "archdraw.kinds.base" in sys.modules
