"""The pictures that documents ask for: from the cache, or drawn and kept there."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from archdraw.app.jobs import Job, Made, Output, draw
from archdraw.app.together import draw_together
from archdraw.cache.store import Store, usual_folder, usual_size
from archdraw.documents.asking import Asked, placed
from archdraw.doors import VIEWS_OF_SEVERAL
from archdraw.errors import Problem
from archdraw.records import record

if TYPE_CHECKING:
    from archdraw.app.kept import Kept
    from archdraw.writers import TextMode


@record
class Figure:
    """What came of a picture that was asked for: ``made`` if it could be, and ``problems`` at their places."""

    made: Made | None
    problems: tuple[Problem | str, ...] = ()

    @property
    def errors(self) -> tuple[Problem | str, ...]:
        """The problems for which there is no picture; empty where there is one."""
        if self.made is not None:
            return ()
        return tuple(one for one in self.problems if isinstance(one, str) or one.severity == "error")


def drawn(asked: Asked, format: str, *, text: TextMode = "embed", prefix: str = "") -> Figure:
    """The picture that is ``asked`` for as a file of ``format``; one that is in the cache is not drawn.

    ``text`` and ``prefix`` as in :meth:`archdraw.Model.svg`. What is wrong with the input is in the result; raises
    :class:`RuntimeError` for a fault of archdraw's own.
    """
    output = replace(asked.look, format=format, text=text, prefix=prefix)
    job = replace(asked.job, outputs=(output,))
    kept = _kept(usual_folder(), usual_size())
    key = kept.key(job, output) if kept else ""
    made = kept.get(key) if kept and key else None
    if made is not None:
        return Figure(made, tuple(placed(one, asked) for one in made.problems))
    return _anew(asked, job, output, kept, key)


def _anew(asked: Asked, job: Job, output: Output, kept: Kept | None, key: str) -> Figure:
    result = draw_together(job) if asked.look.view in VIEWS_OF_SEVERAL.names() else draw(job)
    if result.crash:
        raise RuntimeError(f"archdraw has failed to draw {job.spec}; this is a fault of archdraw\n{result.crash}")
    made = result.made[0] if result.made else None
    if kept and made:
        kept.put(key, made, job, output)
        kept.store.trim()
    problems = (*(made.problems if made else ()), *result.problems)
    return Figure(made, tuple(placed(one, asked) for one in problems))


@lru_cache(maxsize=1)
def _kept(folder: str, size: int) -> Kept | None:
    """The cache in ``folder``; None where there is none."""
    if not folder:
        return None
    from archdraw.app.kept import Kept

    try:
        return Kept(Store(folder, size))
    except OSError:
        return None
