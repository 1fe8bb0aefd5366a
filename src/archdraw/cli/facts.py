"""``archdraw facts``: what models amount to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from archdraw.cli._specs import Work, specs_argument
from archdraw.cli._terminal import table
from archdraw.kinds.wording import data_size

_TOKENS = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmM]?)")
_UNITS = {"": 1, "k": 1024, "m": 1024**2}


def tokens(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A number of tokens: 8192, 128k (k is 1,024, as context lengths are counted), 1M (1,048,576)."""
    if value is None:
        return None
    found = _TOKENS.fullmatch(value.strip().replace(",", "").replace("_", ""))
    if not found:
        raise click.BadParameter(f"{value!r} is no number of tokens, like 8192, 128k or 1M")
    number = float(found[1]) * _UNITS[found[2].lower()]
    if not number.is_integer() or number < 1:
        raise click.BadParameter(f"{value!r} is no whole number of tokens")
    return int(number)


@click.command("facts")
@specs_argument
@click.option("--json", "as_json", is_flag=True, help="JSON: an object for one spec, a list for more or for a folder.")
@click.option("--context", metavar="N", callback=tokens,
              help="Tokens in the cache, like 8192, 128k or 1M.  [default: the model's context length]")  # fmt: skip
@click.pass_obj
def command(show_traceback: bool, specs: tuple[str, ...], as_json: bool, context: int | None) -> int:
    """Count parameters, cache and memory of models.

    All numbers are counted from the block tree that is also drawn; bytes are those of bf16. k and M in --context are
    1,024 and 1,048,576.

    \b
    archdraw facts llama.yaml
    archdraw facts specs/ --json
    archdraw facts llama.yaml --context 128k
    """
    work = Work(show_traceback=show_traceback)

    def counted(file: Path) -> dict[str, Any]:
        from archdraw.facts import report
        from archdraw.model import load

        model = load(file)
        return report(model.facts, model.name, context or model.spec.context_length)

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
    rows.append(("KV cache per token", f"{per_token:,}", "bytes, bf16, all attention layers"))
    rows += [(name, f"{size:,}", data_size(size)) for name, size in sizes.items()]
    return f"{click.style(report['name'], bold=True)}\n{table(rows, right=frozenset({1}))}"
