"""The fact sheet of one model: rows of a name, a number and a remark, made from :func:`archdraw.tree.counts.report`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from archdraw.glossary import text
from archdraw.glossary.common import (
    BIDIRECTIONAL_ATTENTION,
    CROSS_CACHE_AT,
    CROSS_CACHE_PER_POSITION,
    KV_CACHE,
    KV_CACHE_AT,
    KV_CACHE_PER_TOKEN,
    NONE,
    RECURRENT_STATE,
)
from archdraw.glossary.numbers import data_size

Row: TypeAlias = tuple[str, str, str]
"""A name, which is indented where it is a part of the one above, a number, and a remark."""


def rows(report: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of the fact sheet, numbers in full and sizes of memory in bytes; none where nothing is known."""
    total = report["total_parameters"]
    if total is None:
        return
    yield "total parameters", f"{total:,}", ""
    if "trained_parameters" in report:
        yield "trained parameters", f"{report['trained_parameters']:,}", "the others are frozen"
    yield "active parameters", f"{report['active_parameters']:,}", ""
    encoders = report["text_parameters"] != total
    multiplied = f"{report['active_parameters_without_input_embedding']:,}"
    yield "  excl. input embedding", multiplied, "and excl. encoders of other modalities" if encoders else ""
    if "lookup_parameters" in report:
        yield "lookup tables", f"{report['lookup_parameters']:,}", "not active: a token reads a few rows of them"
    if encoders:
        yield "text parameters", f"{report['text_parameters']:,}", "excl. encoders of other modalities"
    for label, count in report["auxiliary_parameters"].items():
        yield label, f"{count:,}", "not in total"
    if report["layers"]:
        yield report.get("layers_are", "layers"), f"{report['layers']:,}", ""
    for part, count in report["parts"].items():
        yield f"  {part.replace('_', ' ')}", f"{count:,}", f"{count / total:.1%}"
    at = f"{report['context']:,} tokens"
    if "flops_per_input" in report:
        of = " and ".join(report["input_shapes"])
        yield "FLOPs per input", f"{report['flops_per_input']:,}", f"of {of}" if of else ""
    if report["flops_per_token"] is not None:
        yield "FLOPs per token", f"{report['flops_per_token']:,}", f"at {at}"
    elif report["kv_cache_bytes"] is None:
        yield "FLOPs per token", "not known", "an attention does not say what it computes"
    if report["kv_cache_bytes"] is not None and report["bidirectional"] and not report["cache"]:
        yield text(KV_CACHE()), text(NONE()), text(BIDIRECTIONAL_ATTENTION())
    elif report["flops_per_token"] is not None or report["kv_cache_bytes"] is None:
        yield _bytes(text(KV_CACHE_PER_TOKEN()), report["kv_cache_bytes_per_token"], ", bf16")
        yield _bytes(text(KV_CACHE_AT(tokens=report["context"])), report["kv_cache_bytes"], ", bf16")
    each, positions = report["cross_cache_bytes_per_position"], report["source_positions"]
    if each:
        yield _bytes(text(CROSS_CACHE_PER_POSITION()), each, ", bf16")
    if each and positions:
        yield _bytes(text(CROSS_CACHE_AT(positions=positions)), each * positions, ", bf16")
    if report["recurrent_state_bytes"]:
        yield _bytes(
            text(RECURRENT_STATE()), report["recurrent_state_bytes"], f", {report['recurrent_state_precision']}"
        )
    for dtype, size in report["weight_memory_bytes"].items():
        yield _bytes(f"weights in {dtype}", size)
    if "stored_weight_bytes" in report:
        yield _bytes("weights as stored", report["stored_weight_bytes"])


def _bytes(name: str, size: int | None, remark: str = "") -> Row:
    if size is None:
        return name, "not known", "an attention does not say what it caches"
    return name, f"{size:,}", f"{data_size(size)}{remark}"


def html_table(caption: str, rows: Iterable[Row]) -> str:
    """``rows`` as a table of HTML, which a notebook shows."""
    from html import escape

    lines = [
        f'<tr><th scope="row" style="text-align: left">{"&emsp;" * name.startswith(" ")}{escape(name.strip())}</th>'
        f'<td style="text-align: right">{escape(number)}</td><td style="text-align: left">{escape(remark)}</td></tr>'
        for name, number, remark in rows
    ]
    return f"<table><caption>{escape(caption)}</caption><tbody>{''.join(lines)}</tbody></table>"
