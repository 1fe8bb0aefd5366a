"""Many specs to many files, on one core or on many; a spec that fails does not stop the others."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archdraw.errors import ArchdrawError, InputError, Problem
from archdraw.files import write_whole
from archdraw.model import Model, load
from archdraw.records import record
from archdraw.writers import Renderer, TextMode

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future


@record
class Output:
    """One file to be made: ``format`` by name, ``theme`` by name or file, ``scale`` in pixels per px (PNG only).

    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws pixels.
    """

    path: Path
    format: str
    view: str = "plate"
    theme: str | Path = "light"
    text: TextMode = "embed"
    scale: float = 1.0
    fonts: tuple[str, ...] = ()
    renderer: Renderer = "resvg"


@record
class Job:
    """One spec and all files that are to be made from it; ``with_transformers`` as in :func:`archdraw.load`."""

    spec: Path
    outputs: tuple[Output, ...]
    with_transformers: bool = False


@record
class Outcome:
    """What came of a job.

    ``written`` are the files that were made, ``problems`` is what is wrong with the spec or with a place to write to,
    ``crash`` the traceback of an error that is the program's own. ``title``, ``description``, ``width`` and ``height``
    are those of the first picture.
    """

    spec: Path
    written: tuple[Path, ...] = ()
    problems: tuple[Problem | str, ...] = ()
    crash: str = ""
    title: str = ""
    description: str = ""
    width: float = 0
    height: float = 0


def render(job: Job) -> Outcome:
    """Does one job; raises nothing, so that it can be sent to any executor."""
    written: list[Path] = []
    problems: list[Problem | str] = []
    about = ("", "", 0.0, 0.0)
    try:
        model = load(job.spec, with_transformers=job.with_transformers)
        if model.reading is not None:
            # Warnings of a spec are for its author, who runs check; those of a config say how complete the diagram is.
            problems += model.warnings
        for output in job.outputs:
            scene, found = model.drawn(output.view, output.theme, output.fonts)
            problems += (problem for problem in found if problem not in problems)
            if not written:
                about = (scene.title, scene.description, scene.width, scene.height)
            data = Model.write(scene, output.format, text=output.text, scale=output.scale, renderer=output.renderer)
            try:
                write_whole(output.path, data)
            except OSError as error:
                problems.append(f"{output.path}: error: cannot be written: {error.strerror or error}")
            else:
                written.append(output.path)
    except InputError as error:
        problems += error.problems
    except ArchdrawError as error:
        problems.append(f"{job.spec}: error: {error}")
    except Exception:
        return Outcome(job.spec, tuple(written), tuple(problems), traceback.format_exc(), *about)
    return Outcome(job.spec, tuple(written), tuple(problems), "", *about)


def render_all(jobs: Sequence[Job], executor: Executor | None = None) -> Iterator[Outcome]:
    """The outcomes of ``jobs`` in their order, each as soon as it and those before it are there.

    ``executor`` is any executor of :mod:`concurrent.futures`' interface, threads or processes, here or elsewhere;
    without one the jobs are done here, one after the other.
    """
    if executor is None:
        yield from map(render, jobs)
        return
    waiting: list[Future[Outcome]] = [executor.submit(render, job) for job in jobs]
    try:
        for job, future in zip(jobs, waiting, strict=True):
            try:
                yield future.result()
            except Exception:
                # The worker itself has ended (out of memory, killed), and with it all that it had to do.
                yield Outcome(job.spec, crash=traceback.format_exc())
    finally:
        for future in waiting:
            future.cancel()
