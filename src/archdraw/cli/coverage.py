"""``archdraw coverage``: models by concept, and what their diagrams leave out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._pictures import jobs_option, workers
from archdraw.cli._specs import Work, spec_files
from archdraw.cli._terminal import with_progress

if TYPE_CHECKING:
    from archdraw.app.coverage import Covered


@click.command("coverage")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@jobs_option
@no_cache_option
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...], jobs: int | None) -> int:
    """List models by architectural feature, as Markdown.

    For every feature (grouped-query attention, post-norm, shared experts ...) the models that have it, and for every
    model what its diagram leaves out. Without SPEC all models that come with archdraw are listed.

    \b
    archdraw coverage > coverage.md
    archdraw coverage my-models/
    """
    from archdraw.app.coverage import coverage, covered
    from archdraw.app.known import Known, each_known
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)
    cache().reads(*given)
    files = spec_files(given)[0]
    cache().models(files)
    found = each_known(cache().kept, files, ("coverage",), covered, partial(workers, asked=jobs))

    def read(_: Path) -> Covered:
        one = next(found)
        if not isinstance(one, Known):
            raise one
        covered_model: Covered = one.value
        return covered_model

    models = list(with_progress(work.each(given, read), len(files), "drawing"))
    next(found, None)  # the workers end
    if models:
        cache().say(coverage(models).removesuffix("\n"))
    return cache().end(work.code)
