"""``archdraw coverage``: models by concept, and what their diagrams leave out."""

from __future__ import annotations

import click

from archdraw.cli._cache import cache, no_cache_option
from archdraw.cli._specs import Work, spec_files


@click.command("coverage")
@click.argument("specs", metavar="[SPEC...]", nargs=-1)
@no_cache_option
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...]) -> int:
    """List models by architectural feature, as Markdown.

    For every feature (grouped-query attention, post-norm, shared experts ...) the models that have it, and for every
    model what its diagram leaves out. Without SPEC all models that come with archdraw are listed.

    \b
    archdraw coverage > coverage.md
    archdraw coverage my-models/
    """
    from archdraw.app.coverage import coverage, covered
    from archdraw.app.known import known
    from archdraw.resources import specs_folder

    work = Work(show_traceback=show_traceback)
    given = specs or (str(specs_folder()),)
    cache().reads(*given)
    cache().models(spec_files(given)[0])
    kept = cache().kept
    models = list(work.each(given, lambda file: known(kept, file, ("coverage",), covered).value))
    if models:
        cache().say(coverage(models).removesuffix("\n"))
    return cache().end(work.code)
