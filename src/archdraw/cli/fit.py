"""``archdraw fit``: whether models fit in memory."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archdraw.cli._amounts import memory, tokens
from archdraw.cli._specs import Work, loaded, specs_argument
from archdraw.cli._terminal import table
from archdraw.errors import ArchdrawError
from archdraw.glossary.numbers import data_size


@click.command("fit")
@specs_argument
@click.option("--memory", "available", required=True, metavar="SIZE", callback=memory,
              help="Memory: 24GB (10^9 bytes each), 80GiB (2^30 bytes each).")  # fmt: skip
@click.option("--context", metavar="N", callback=tokens, help="Context that must fit, in tokens (8192, 128k, 1M).")
@click.option("--cache-bits", type=click.Choice(["16", "8", "4"]), default="16", show_default=True,
              help="Bits per value of the KV cache and of recurrent states.")  # fmt: skip
@click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Sequences at once, each with a cache and states of its own.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="JSON: a list with an object for each model.")
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    available: int,
    context: int | None,
    cache_bits: str,
    batch: int,
    as_json: bool,
) -> int:
    """Estimate whether models fit in memory.

    For weights in fp32, bf16, fp8 and int4 it prints the size and the longest context that fits with them; of a file
    of weights (GGUF) also for weights as stored. Weights, KV cache and recurrent states are counted; activations and
    the runtime's own memory are not. With --context the exit code is 1 where a model fits in none of these precisions.

    \b
    archdraw fit llama.yaml --memory 24GB
    archdraw fit config.json --memory 80GiB --context 128k
    archdraw fit specs/ --memory 8GB --json
    """
    work = Work(show_traceback=show_traceback)

    def fitted(file: Path) -> dict[str, Any]:
        from archdraw.tree.fitting import fits

        model = loaded(file)
        if model.reading is not None:
            work.warn(model.warnings)
        if model.facts.unknown:
            raise ArchdrawError(f"the structure of {model.name} is not disclosed: its memory cannot be estimated")
        if model.facts.cache_unknown:
            raise ArchdrawError(
                f"the KV cache of {model.name} is not known, an attention does not say it: write cache: ... there"
            )
        stored = None if model.reading is None else model.reading.stored_bytes
        ways = [
            asdict(way) | {"fits": way.context is None or way.context >= (context or 1)}
            for way in fits(model.facts, available, int(cache_bits), stored, batch)
        ]
        about = {"name": model.name, "memory": available, "context": context, "batch": batch}
        return about | {"complete": not model.spec.incomplete, "ways": ways}

    reports = list(work.each(specs, fitted, stdin=True))
    if as_json:
        click.echo(json.dumps(reports, indent=2, ensure_ascii=False))
    elif reports:
        click.echo("\n\n".join(map(_written, reports)))
    if context is not None and not all(any(way["fits"] for way in report["ways"]) for report in reports):
        work.code = max(work.code, 1)
    return work.code


def _written(report: dict[str, Any]) -> str:
    """One report as an aligned table under the model's name."""
    wanted = f" and {report['context']:,} tokens" if report["context"] else ""
    if report["batch"] > 1:
        wanted += f" in each of {report['batch']:,} sequences"
    head = f"{click.style(report['name'], bold=True)}: {data_size(report['memory'])} for weights{wanted}"
    rows = []
    for way in report["ways"]:
        longest = "any context" if way["context"] is None else f"{way['context']:,} tokens"
        if way["left"] < 0:
            longest = f"{data_size(-way['left'])} short"
        rows.append((way["dtype"], data_size(way["weights"]), longest, "fits" if way["fits"] else "does not fit"))
    return f"{head}\n{table(rows, right=frozenset({1, 2}))}"
