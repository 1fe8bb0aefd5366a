"""Galleries that are killed at random moments: ``python tests/many_kills.py [NUMBER [SEED]]``, of which 40 is usual.

Whatever moment it is, by whatever signal: each file in the folder is whole, no process lives on, and the next run makes
what is missing and leaves nothing else. Then a worker is killed, two run at once, and a disk is full.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SPECS = Path(__file__).parent.parent / "specs"
NAMES = ("gpt-2", "gpt-2-xl", "llama-1-7b", "llama-2-7b", "llama-3-8b", "llama-3-2-1b", "qwen3-8b", "mistral-7b")
LONGEST = 120
"""Seconds after which a gallery that does not end is one that hangs."""
BESIDE = (".css", ".js", ".woff2", ".csv", ".yaml")
"""What is beside the pages and the pictures, by its kind."""


class Gallery:
    """One run of ``archdraw gallery`` on ``specs`` into ``out``, in a session of its own, with a pipe to its output."""

    def __init__(self, specs: Path, out: Path, *, cache: Path | None = None, jobs: int = 2) -> None:
        words = ("gallery", str(specs), "-o", str(out), "-v", "-j", str(jobs))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "archdraw", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "ARCHDRAW_CACHE_DIR": str(cache or "")},
        )

    def end(self, after: float | None = None, by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """The exit code and the two outputs, when its pipes are closed: by it, and by all that it has started."""
        if after is not None:
            time.sleep(after)
            self.process.send_signal(by)
        try:
            out, err = self.process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        return self.process.returncode, out, err

    def workers(self) -> list[int]:
        """The processes that it has started; on Linux."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in found.read_text().split()] if found.exists() else []


def faults(out: Path, *, parts: bool) -> Iterator[str]:
    """What is wrong with the files in ``out``: what is not whole, and a part of one where there may be no ``parts``."""
    for file in sorted(out.iterdir()) if out.is_dir() else ():
        data = file.read_bytes()
        if file.suffix == ".part":
            if not parts:
                yield f"{file.name} is left"
        elif file.suffix == ".svg":
            try:
                ElementTree.fromstring(data)
            except ElementTree.ParseError as error:
                yield f"{file.name}: {error}"
        elif file.suffix == ".png":
            if not (data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82")):
                yield f"{file.name} is cut"
        elif file.suffix == ".pdf":
            if not (data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF")):
                yield f"{file.name} is cut"
        elif file.suffix == ".json":
            try:
                json.loads(data)
            except ValueError as error:
                yield f"{file.name}: {error}"
        elif file.suffix == ".html":
            if not data.rstrip().endswith(b"</html>"):
                yield f"{file.name} is cut"
        elif file.suffix not in BESIDE:
            yield f"{file.name} is no file of a gallery"


def contents(out: Path) -> dict[str, bytes]:
    """All files in ``out`` by name."""
    return {file.name: file.read_bytes() for file in out.iterdir()}


def kill_at(moment: float, by: signal.Signals, specs: Path, folder: Path, wanted: dict[str, bytes]) -> None:
    """Kills a gallery ``moment`` seconds after its start, and then has it done."""
    out, cache = folder / "out", folder / "cache"
    code, _, err = Gallery(specs, out, cache=cache).end(moment, by)
    ended = 143 if by == signal.SIGTERM else -by
    # Before Python has begun to run the program, SIGTERM ends it as any other process.
    assert code in (0, ended, -by), (code, err)
    assert "Traceback" not in err, err
    assert [*faults(out, parts=by == signal.SIGKILL)] == []
    left = contents(out) if out.is_dir() else {}
    assert [name for name in left if left[name] != wanted.get(name) and not name.endswith(".part")] == []
    code, _, err = Gallery(specs, out, cache=cache).end()
    assert (code, err) == (0, "")
    assert contents(out) == wanted
    assert not list(cache.glob("*.part"))


def kill_a_worker(specs: Path, folder: Path, wanted: dict[str, bytes]) -> None:
    """Kills one worker of a gallery while it draws; what it had is drawn again."""
    gallery = Gallery(specs, folder / "out")
    began = time.monotonic()
    while not gallery.workers() and gallery.process.poll() is None and time.monotonic() - began < LONGEST:
        time.sleep(0.01)
    time.sleep(0.2)
    for worker in gallery.workers()[:1]:
        os.kill(worker, signal.SIGKILL)
    code, _, err = gallery.end()
    assert (code, err) == (0, "")
    assert contents(folder / "out") == wanted


def two_at_once(specs: Path, folder: Path, wanted: dict[str, bytes]) -> None:
    """Two galleries in one folder, with one cache."""
    both = [Gallery(specs, folder / "out", cache=folder / "cache") for _ in range(2)]
    assert [gallery.end()[::2] for gallery in both] == [(0, ""), (0, "")]
    assert contents(folder / "out") == wanted


def full_disk(specs: Path, folder: Path, wanted: dict[str, bytes]) -> None:
    """A disk that has room for half of the files, where one may be made: each is whole, each other one is named."""
    disk = folder / "disk"
    disk.mkdir()
    size = sum(map(len, wanted.values())) // 2
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(disk)], check=False).returncode:
        print("no small disk can be made here", file=sys.stderr)
        return
    try:
        code, out, err = Gallery(specs, disk / "out", cache=disk / "cache").end()
        assert code == 1, err
        assert "Traceback" not in err, err
        assert [*faults(disk / "out", parts=False)] == []
        there = contents(disk / "out")
        assert all(
            wanted[name] == data for name, data in there.items() if name != "index.html"
        )  # it lists what there is
        assert {Path(line).name for line in out.split()} == set(there)
        missing = {name for name in wanted if name not in there and name != "index.html"}
        said = {Path(line.partition(":")[0]).name for line in err.splitlines() if "No space left" in line}
        assert missing <= said, (missing, err)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def specs_in(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    """A folder with the specs of these ``names``."""
    specs = folder / "specs"
    specs.mkdir()
    for name in names:
        shutil.copy(SPECS / f"{name}.yaml", specs)
    return specs


def main(number: int = 40, seed: int | None = None) -> None:
    seed = random.randrange(10**6) if seed is None else seed
    print(f"{number} moments of seed {seed}")
    chosen = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        specs = specs_in(folder)
        began = time.monotonic()
        assert Gallery(specs, folder / "whole").end()[0] == 0
        length = time.monotonic() - began
        wanted = contents(folder / "whole")
        print(f"{len(wanted)} files in {length:.1f} s")
        for count in range(number):
            moment = chosen.uniform(0, length)
            by = (signal.SIGKILL, signal.SIGTERM)[count % 2]
            apart = folder / f"killed-{count}"
            kill_at(moment, by, specs, apart, wanted)
            shutil.rmtree(apart)
            print(f"{by.name} after {moment:.2f} s: good", flush=True)
        for more in (kill_a_worker, two_at_once, full_disk):
            apart = folder / more.__name__
            apart.mkdir()
            more(specs, apart, wanted)
            print(f"{more.__name__}: good", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
