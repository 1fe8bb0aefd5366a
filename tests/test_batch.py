"""Many specs at once, and files that are written whole."""

from __future__ import annotations

import os
import stat
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archdraw.app.batch import render_all
from archdraw.app.jobs import Job, Output
from archdraw.app.running import in_order
from archdraw.errors import Problem
from archdraw.files import write_whole
from test_cli import BROKEN, SPEC


def job(folder: Path, name: str, text: str = SPEC) -> Job:
    spec = folder / f"{name}.yaml"
    spec.write_text(text, "utf-8")
    return Job(spec, (Output(folder / f"{name}.svg", "svg"),))


def test_any_executor_will_do(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a"), job(tmp_path, "b", BROKEN), job(tmp_path, "c")]
    with ThreadPoolExecutor(2) as executor:
        outcomes = list(render_all(jobs, executor))
    assert outcomes == list(render_all(jobs))
    assert [outcome.spec for outcome in outcomes] == [one.spec for one in jobs]
    assert [len(outcome.written) for outcome in outcomes] == [1, 0, 1]
    assert {type(problem) for problem in outcomes[1].problems} == {Problem}
    assert "Tiny" in outcomes[0].title
    assert outcomes[0].crash == ""


class Falling(Executor):
    """An executor whose workers fall over."""

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(MemoryError("no memory left"))
        return future


def test_a_worker_that_falls_is_a_problem_of_its_job(tmp_path: Path) -> None:
    outcomes = list(render_all([job(tmp_path, "a"), job(tmp_path, "b")], Falling()))
    said = "error: not drawn: the worker ended: MemoryError: no memory left"
    assert [[str(one).partition(" ")[2] for one in outcome.problems] for outcome in outcomes] == [[said], [said]]


class Waiting(Executor):
    """An executor that does the first of what it is given, and never comes to the rest."""

    def __init__(self) -> None:
        self.given: list[Future[Any]] = []

    def submit(self, function: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self.given:
            future.set_result(function(*arguments, **options))
        self.given.append(future)
        return future


def test_what_waits_is_cancelled_when_no_more_is_asked_for() -> None:
    executor = Waiting()
    made = in_order(abs, range(-9, 0), executor, lambda item, _: item, ahead=4)
    assert next(made) == 9
    assert not any(future.cancelled() for future in executor.given)
    made.close()  # type: ignore[attr-defined]  # it is a generator
    assert [future.cancelled() for future in executor.given] == [False, True, True, True]


def test_an_unknown_theme_is_a_problem(tmp_path: Path) -> None:
    one = job(tmp_path, "a")
    (outcome,) = render_all([Job(one.spec, (Output(tmp_path / "a.svg", "svg", theme="drak"),))])
    assert len(outcome.problems) == 1
    assert "drak" in str(outcome.problems[0])
    assert outcome.written == ()


def test_write_whole_replaces_and_keeps_the_mode(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    write_whole(file, b"one")
    file.chmod(0o640)
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [left.name for left in file.parent.iterdir()] == ["file"]


def test_write_whole_leaves_a_file_that_holds_the_same_and_gives_it_the_time_of_now(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_whole(file, b"one")
    os.utime(file, (1, 1))
    before = file.stat().st_ino
    write_whole(file, b"one")
    assert file.stat().st_ino == before
    assert file.stat().st_mtime > 1
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"


def test_write_whole_follows_links(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_write_whole_writes_to_devices() -> None:
    write_whole(os.devnull, b"nothing")
    assert not Path(os.devnull).is_file()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == ["file"]
