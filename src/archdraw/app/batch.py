"""Many specs to many files, on one core or on many; a spec that fails does not stop the others.

Workers only draw. The files, and what is kept of them, are read and written by the process that asks: a worker that is
killed leaves nothing behind, and one on another machine needs no common folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from archdraw.app.jobs import Drawn, Job, Made, Output, draw
from archdraw.app.running import in_order, worker_ended
from archdraw.errors import Problem
from archdraw.files import write_whole
from archdraw.records import record

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from archdraw.app.kept import Kept


@record
class Outcome:
    """What came of a job.

    ``written`` are the files that were made, ``problems`` is what is wrong with the spec or with a place to write to,
    ``crash`` the traceback of an error that is the program's own. ``title``, ``description``, ``width`` and ``height``
    are those of the first picture. ``kept`` are the keys of the files in the cache, in their order, empty for one that
    is not in it; ``again`` of them were in it before.
    """

    spec: Path
    written: tuple[Path, ...] = ()
    problems: tuple[Problem | str, ...] = ()
    crash: str = ""
    title: str = ""
    description: str = ""
    width: float = 0
    height: float = 0
    kept: tuple[str, ...] = ()
    again: int = 0


def render_all(jobs: Sequence[Job], executor: Executor | None = None, kept: Kept | None = None) -> Iterator[Outcome]:
    """The outcomes of ``jobs`` in their order, each as soon as it and those before it are there.

    ``executor`` is any executor of :mod:`concurrent.futures`' interface, threads or processes, here or elsewhere;
    without one the jobs are done here, one after the other. A job whose worker ends twice has that as its problem, and
    the others are done. What is ``kept`` is not drawn, and what is drawn is kept.
    """
    yield from Build(jobs, kept).outcomes(executor)


@record
class _Written:
    """What came of one output: its key in the cache, whether it was ``again`` taken from there, and what went wrong."""

    made: Made
    key: str = ""
    again: bool = False
    problem: str = ""


class Build:
    """``jobs`` of which what is ``kept`` has been written already; ``left`` of them are to be drawn."""

    def __init__(self, jobs: Sequence[Job], kept: Kept | None = None) -> None:
        self._jobs, self._kept = jobs, kept
        self._keys = kept.keys(jobs) if kept else [[""] * len(job.outputs) for job in jobs]
        self._begun = [
            [self._again(output, key) for output, key in zip(job.outputs, keys, strict=True)]
            for job, keys in zip(jobs, self._keys, strict=True)
        ]
        self.left = [
            replace(job, outputs=tuple(output for output, one in zip(job.outputs, begun, strict=True) if one is None))
            for job, begun in zip(jobs, self._begun, strict=True)
            if None in begun
        ]

    def outcomes(self, executor: Executor | None = None) -> Iterator[Outcome]:
        """The outcome of each job, in their order, drawn by ``executor`` or here. Call it once."""
        drawn = in_order(draw, self.left, executor, _lost)
        for job, keys, begun in zip(self._jobs, self._keys, self._begun, strict=True):
            result = next(drawn) if None in begun else Drawn()
            fresh = iter(result.made)
            written: list[tuple[Output, _Written]] = []
            for output, key, one in zip(job.outputs, keys, begun, strict=True):
                if one is not None:
                    written.append((output, one))
                elif made := next(fresh, None):
                    written.append((output, self._write(job, output, key, made)))
            yield _outcome(job, written, result)

    def _again(self, output: Output, key: str) -> _Written | None:
        """Writes ``output`` from the cache; None where it is not in it."""
        made = self._kept.get(key) if self._kept and key else None
        return None if made is None else _written(output, made, key, again=True)

    def _write(self, job: Job, output: Output, key: str, made: Made) -> _Written:
        """Writes what was drawn, and keeps it."""
        if self._kept is None or not self._kept.put(key, made, job, output):
            key = ""
        return _written(output, made, key)


def _written(output: Output, made: Made, key: str, *, again: bool = False) -> _Written:
    problem = ""
    try:
        write_whole(output.path, made.data)
    except OSError as error:
        problem = f"{output.path}: error: cannot be written: {error.strerror or error}"
    return _Written(replace(made, data=b""), key, again, problem)


def _outcome(job: Job, written: Sequence[tuple[Output, _Written]], result: Drawn) -> Outcome:
    problems: dict[Problem | str, None] = {}
    for _, one in written:
        problems.update(dict.fromkeys((*one.made.problems, *filter(None, [one.problem]))))
    whole = [(output, one) for output, one in written if not one.problem]
    first = whole[0][1].made if whole else Made(b"")
    return Outcome(
        job.spec,
        tuple(output.path for output, _ in whole),
        (*problems, *result.problems),
        result.crash,
        *(first.title, first.description, first.width, first.height),
        kept=tuple(one.key for _, one in whole),
        again=sum(one.again for _, one in whole),
    )


def _lost(job: Job, error: Exception) -> Drawn:
    return Drawn(problems=(f"{job.spec}: error: not drawn: {worker_ended(error)}",))
