"""``archdraw facts``: what models amount to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from archdraw.cli._amounts import tokens
from archdraw.cli._specs import Work, specs_argument
from archdraw.cli._terminal import table
from archdraw.kinds.wording import data_size

DEFAULT_CONTEXT = 8192
"""Tokens at which a model without a longest context is told."""


@click.command("facts")
@specs_argument
@click.option("--json", "as_json", is_flag=True, help="JSON: an object for one spec, a list for more or for a folder.")
@click.option("--context", metavar="N", callback=tokens,
              help="Tokens in the cache, like 8192, 128k or 1M.  [default: the model's, else 8192]")  # fmt: skip
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...], as_json: bool, context: int | None) -> int:
    """Count parameters, cache, operations and memory of models.

    All numbers are counted from the block tree that is also drawn; bytes are those of bf16. k and M in --context are
    1,024 and 1,048,576.

    \b
    archdraw facts llama.yaml
    archdraw facts config.json
    archdraw facts specs/ --json
    archdraw facts llama.yaml --context 128k
    """
    work = Work(show_traceback=show_traceback)

    def counted(file: Path) -> dict[str, Any]:
        from archdraw.model import load
        from archdraw.tree.facts import report

        model = load(file)
        if model.reading is not None:
            work.warn(model.warnings)
        return report(
            model.facts,
            model.name,
            context or model.spec.context_length or DEFAULT_CONTEXT,
            incomplete=model.spec.incomplete,
            unused=model.reading.unused if model.reading else (),
        )

    reports = list(work.each(specs, counted))
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
        return f"{name}\nnothing can be counted: {', '.join(report['incomplete']) or 'its structure is not published'}"
    rows = [
        ("total parameters", f"{report['total_parameters']:,}", ""),
        ("active parameters", f"{report['active_parameters']:,}", ""),
        ("without input embedding", f"{report['active_parameters_without_input_embedding']:,}", "active, multiplied"),
    ]
    if report["text_parameters"] != report["total_parameters"]:
        rows.append(("text part", f"{report['text_parameters']:,}", "without encoders of other modalities"))
    rows += [
        (f"beside: {label}", f"{count:,}", "not in the total") for label, count in report["parameters_beside"].items()
    ]
    rows.append(("layers", f"{report['layers']:,}", ""))
    rows += [
        (f"  {part.replace('_', ' ')}", f"{count:,}", f"{count / report['total_parameters']:.1%}")
        for part, count in report["parts"].items()
    ]
    per_token = report["kv_cache_bytes_per_token"]
    sizes = {f"KV cache at {report['context']:,} tokens": report["kv_cache_bytes"]}
    if report["recurrent_state_bytes"]:
        sizes["recurrent state"] = report["recurrent_state_bytes"]
    sizes |= {f"weights in {dtype}": size for dtype, size in report["weight_memory_bytes"].items()}
    rows.append(
        ("operations per token", f"{report['flops_per_token']:,}", f"FLOPs, {report['context']:,} tokens before it")
    )
    rows.append(("KV cache per token", f"{per_token:,}", "bytes, bf16, all attention layers"))
    rows += [(name, f"{size:,}", data_size(size)) for name, size in sizes.items()]
    name = click.style(report["name"], bold=True)
    if not report["complete"]:
        name += f"\nincomplete: {', '.join(report['incomplete'])}"
    return f"{name}\n{table(rows, right=frozenset({1}))}"
