"""Whatever ends, whenever it does: files are whole, somebody is told, and the rest is done."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO, Any

import pytest

from archdraw import files
from archdraw.app.batch import render_all
from archdraw.app.jobs import Drawn, Job, Output, draw
from archdraw.app.processes import Processes
from archdraw.files import PART, whole_file, write_whole
from many_kills import LONGEST, Gallery, contents, faults, kill_at, two_at_once
from test_cli import SPEC, Run, archdraw  # noqa: F401  a fixture

NAMES = ("one", "two", "three", "four")
linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks /proc for processes")


def specs_in(folder: Path) -> Path:
    specs = folder / "specs"
    specs.mkdir()
    for name in NAMES:
        (specs / f"{name}.yaml").write_text(SPEC.replace("Tiny", name.title()), "utf-8")
    return specs


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder of four small specs."""
    return specs_in(tmp_path)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a gallery of them."""
    folder = tmp_path_factory.mktemp("wanted")
    assert Gallery(specs_in(folder), folder / "whole").end()[0] == 0
    return contents(folder / "whole")


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_gallery_leaves_whole_files(
    by: signal.Signals, specs: Path, tmp_path: Path, wanted: dict[str, bytes]
) -> None:
    for count, moment in enumerate((0.2, 0.8)):
        kill_at(moment, by, specs, tmp_path / f"killed-{count}", wanted)


def test_two_galleries_at_once(specs: Path, tmp_path: Path, wanted: dict[str, bytes]) -> None:
    two_at_once(specs, tmp_path, wanted)


def deadly(job: Job) -> Drawn:
    """Draws, but for a spec that has its process killed, as the system does when memory runs out."""
    if job.spec.stem == "two" and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return draw(job)


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> None:
    if multiprocessing.get_start_method() != "fork":
        pytest.skip("workers that are forked have what is patched here")
    monkeypatch.setattr("archdraw.app.batch.draw", deadly)


@pytest.mark.usefixtures("killing")
def test_a_killed_worker_costs_its_spec(archdraw: Run, specs: Path) -> None:  # noqa: F811
    ran = archdraw("gallery", str(specs), "-o", "out", "-j", "2", "-v")
    assert ran.code == 1
    assert ran.err.count("error:") == 1
    assert f"{specs / 'two.yaml'}: error: not drawn: the worker ended" in ran.err
    parts = (".png", ".svg", ".json", "-thumb-light.svg", "-thumb-dark.svg", "-plain.svg", ".html")
    made = [f"{name}{part}" for name in sorted({*NAMES} - {"two"}) for part in parts]
    beside = [path.name for path in Path("out").iterdir() if path.name not in made]
    assert {"index.html", "common.css", "home.js", "search-words.js"} <= {*beside}
    assert {*made} <= {*contents(Path("out"))}
    assert not [name for name in beside if name.startswith("two")]
    assert [*faults(Path("out"), parts=False)] == []


@pytest.mark.usefixtures("killing")
def test_a_pool_of_the_standard_library_does_what_it_can(specs: Path, tmp_path: Path) -> None:
    """It gives up when a worker ends: each of the others says so, none is lost silently."""
    jobs = [Job(file, (Output(tmp_path / f"{file.stem}.svg", "svg"),)) for file in sorted(specs.iterdir())]
    with ProcessPoolExecutor(1) as executor:
        outcomes = list(render_all(jobs, executor))
    assert [outcome.spec for outcome in outcomes] == [job.spec for job in jobs]
    assert all(bool(outcome.written) != bool(outcome.problems) for outcome in outcomes)
    assert any("the worker ended: BrokenProcessPool" in str(outcome.problems) for outcome in outcomes)


@linux
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(by: signal.Signals, specs: Path, tmp_path: Path) -> None:
    for number in range(40):
        (specs / f"more-{number}.yaml").write_text(SPEC, "utf-8")
    gallery = Gallery(specs, tmp_path / "out")
    began = time.monotonic()
    while len(workers := gallery.workers()) < 2 and time.monotonic() - began < LONGEST:
        time.sleep(0.01)
    code, _, err = gallery.end(0, by)  # waits for the pipe, which the workers have as well
    assert code == (143 if by == signal.SIGTERM else -by)
    assert err == ""
    began = time.monotonic()
    while any(_runs(worker) for worker in workers) and time.monotonic() - began < LONGEST:
        time.sleep(0.01)
    assert [worker for worker in workers if _runs(worker)] == []


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_part_that_nobody_writes_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl")
    monkeypatch.setattr(files, "_swept", set())
    left = tmp_path / PART.format("0123456789abcdef")
    left.write_bytes(b"half")
    other = tmp_path / "archdraw.part"
    other.write_bytes(b"somebody's")
    with whole_file(tmp_path / "held") as stream:
        assert not left.exists()
        monkeypatch.setattr(files, "_swept", set())  # as another run would
        write_whole(tmp_path / "file", b"whole")
        stream.write(b"held")
    assert contents(tmp_path) == {"archdraw.part": b"somebody's", "held": b"held", "file": b"whole"}


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def closed(part: Callable[..., tuple[str, IO[bytes]]], name: str) -> Callable[..., tuple[str, IO[bytes]]]:
    """Parts in the folder ``name`` cannot be made, as in one that is read-only; root may write to any such folder."""

    def made(folder: str) -> tuple[str, IO[bytes]]:
        if Path(folder).name == name:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), folder)
        return part(folder)

    return made


def test_a_read_only_folder(archdraw: Run, specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(files, "_part_in", closed(files._part_in, "out"))
    ran = archdraw("render", str(specs), "-o", "out")
    assert (ran.code, ran.out) == (1, "")
    assert [line.partition(":")[2] for line in ran.err.splitlines()] == [
        " error: cannot be written: Read-only file system"
    ] * len(NAMES)
    assert archdraw("render", str(specs), "-o", "open").code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
def test_a_full_disk(archdraw: Run, specs: Path) -> None:  # noqa: F811
    Path("out").mkdir()
    Path("out/two.svg").symlink_to("/dev/full")
    ran = archdraw("render", str(specs), "-o", "out")
    assert ran.code == 1
    assert ran.err == "out/two.svg: error: cannot be written: No space left on device\n"
    assert ran.out.split() == ["out/four.svg", "out/one.svg", "out/three.svg"]
    Path("out/two.svg").unlink()
    assert [*faults(Path("out"), parts=False)] == []


@pytest.mark.parametrize("where", ["os.replace", "os.dup"])
def test_a_full_disk_leaves_no_part(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(tmp_path / "file", b"new")
    assert contents(tmp_path) == {"file": b"old"}


def test_a_full_cache_costs_nothing(
    archdraw: Run,  # noqa: F811
    specs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "_part_in", closed(files._part_in, "cache"))
    ran = archdraw("render", str(specs), "-o", "out")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.split()) == len(NAMES)


def test_one_that_ends_its_process_is_lost_alone() -> None:
    from archdraw.app.running import in_order

    with Processes(2) as executor:
        done = list(in_order(_maybe, range(30), executor, lambda item, _: -item))
    assert done == [-item if item % 10 == 3 else item for item in range(30)]


def _maybe(item: int) -> int:
    if item % 10 == 3:
        os._exit(1)
    return item
