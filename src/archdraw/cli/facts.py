"""``archdraw facts``: parameters, cache, operations and memory of models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from archdraw.cli._amounts import tokens
from archdraw.cli._specs import Work, loaded, specs_argument, transformers_option
from archdraw.cli._terminal import table
from archdraw.tree.sheet import rows


@click.command("facts")
@specs_argument
@click.option("--json", "as_json", is_flag=True, help="JSON: an object for one spec, a list for more or for a folder.")
@click.option("--context", metavar="N", callback=tokens,
              help="Context of the KV cache in tokens: 8192, 128k, 1M.  [default: the model's, or 8192]")  # fmt: skip
@transformers_option
@click.pass_obj
def command(
    show_traceback: bool, specs: tuple[str, ...], as_json: bool, context: int | None, with_transformers: bool
) -> int:
    """Count parameters, cache, operations and memory of models.

    All counts come from the block tree that is also drawn; caches and states are in bf16. k and M in --context are
    1,024 and 1,048,576.

    \b
    archdraw facts llama.yaml
    archdraw facts config.json
    archdraw facts specs/ --json
    archdraw facts - < llama.yaml
    archdraw facts llama.yaml --context 128k
    """
    work = Work(show_traceback=show_traceback)

    def counted(file: Path) -> dict[str, Any]:
        from archdraw.tree.counts import DEFAULT_CONTEXT, report

        model = loaded(file, with_transformers=with_transformers)
        if model.reading is not None:
            work.warn(model.warnings)
        stored = None if model.reading is None else model.reading.stored_bytes
        as_stored = {} if stored is None else {"stored_weight_bytes": stored}
        return as_stored | report(
            model.facts,
            model.name,
            context or model.spec.context_length or DEFAULT_CONTEXT,
            incomplete=model.spec.incomplete,
            unused=model.reading.unused if model.reading else (),
        )

    reports = list(work.each(specs, counted, stdin=True))
    if as_json:
        single = len(specs) == 1 and not Path(specs[0]).is_dir()
        if reports or not single:
            click.echo(json.dumps(reports[0] if single else reports, indent=2, ensure_ascii=False))
    elif reports:
        click.echo("\n\n".join(_written(report) for report in reports))
    return work.code


def _written(report: dict[str, Any]) -> str:
    """One report as an aligned table under the model's name."""
    if report["total_parameters"] is None:
        name = click.style(report["name"], bold=True)
        return f"{name}\nnot counted: {', '.join(report['incomplete']) or 'its structure is not disclosed'}"
    name = click.style(report["name"], bold=True)
    if not report["complete"]:
        name += f"\nincomplete: {', '.join(report['incomplete'])}"
    return f"{name}\n{table(list(rows(report)), right=frozenset({1}))}"
