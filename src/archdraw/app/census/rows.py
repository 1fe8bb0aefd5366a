"""One row of the census: what a config says, what follows from it, or what is wrong with it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from archdraw.app.tables import COLUMNS as FACTS
from archdraw.app.tables import plain, row
from archdraw.errors import ArchdrawError, InputError
from archdraw.model import load

Row: TypeAlias = "dict[str, Any]"
Type = Literal["text", "whole number", "flag"]

CONTEXTS = (4_096, 131_072)
"""Tokens in the context of the KV caches of a row, and of its operations (the first)."""

MOST = 2**63 - 1
"""The largest whole number of a column."""

OF_A_CONTEXT = ("context", "kv_cache_bytes", "flops_per_token")
"""Facts that a row has at :data:`CONTEXTS` instead of at the model's own context."""

FLAGS = frozenset({"tied_embeddings", "multi_token_prediction"})

COLUMNS: Mapping[str, Type] = {
    "source": "text",
    "state": "text",
    "problem": "text",
    "problems": "whole number",
    "incomplete": "text",
    "model_type": "text",
    "architectures": "text",
    **{
        key: "whole number" if column.counted else "flag" if key in FLAGS else "text"
        for key, column in FACTS.items()
        if key not in OF_A_CONTEXT
    },
    **{f"kv_cache_bytes_at_{context}": "whole number" for context in CONTEXTS},
    f"flops_per_token_at_{CONTEXTS[0]}": "whole number",
}
"""The columns of the table and what their values are; any but ``source`` and ``state`` may be empty.

``state`` is one of "complete", "incomplete" (``incomplete`` says why), "rejected" (``problem`` is the first of so many
``problems``), "internal error" (a fault of archdraw) and "lost" (the worker ended on it, twice).
"""


def row_of(source: str) -> Row:
    """The row of the config, spec or checkpoint at ``source``; raises nothing, so that any executor can run it."""
    try:
        return _counted(source)
    except InputError as error:
        return failed(source, "rejected", str(error.problems[0]).splitlines()[0], len(error.problems))
    except ArchdrawError as error:
        return failed(source, "rejected", str(error))
    except Exception:
        return failed(source, "internal error", traceback.format_exc().strip())


def failed(source: str, state: str, problem: str, problems: int = 1) -> Row:
    """A row without facts."""
    return dict.fromkeys(COLUMNS) | {"source": source, "state": state, "problem": problem, "problems": problems}


def _counted(source: str) -> Row:
    model = load(source)
    counted = row(model, CONTEXTS[0])
    facts, reading = model.facts, model.reading
    incomplete = list(reading.incomplete if reading is not None else model.spec.incomplete)
    known = not facts.unknown and not facts.cache_unknown
    data = {} if reading is None else reading.data
    made: Row = {
        "source": source,
        "state": "incomplete" if incomplete else "complete",
        "incomplete": "; ".join(incomplete) or None,
        "problems": 0,
        "model_type": _text(data.get("model_type")),
        "architectures": _text(data.get("architectures")),
        **{key: _cell(key, value) for key, value in counted.items() if key not in OF_A_CONTEXT},
        **{f"kv_cache_bytes_at_{context}": facts.kv_cache_bytes(context) if known else None for context in CONTEXTS},
        f"flops_per_token_at_{CONTEXTS[0]}": counted["flops_per_token"],
    }
    large = [key for key, value in made.items() if isinstance(value, int) and value > MOST]
    if large:
        return failed(source, "rejected", f"{large[0]} {made[large[0]]:,} is more than a table can hold", len(large))
    return {key: made.get(key) for key in COLUMNS}


def _cell(key: str, value: Any) -> Any:
    return value if value is None or COLUMNS[key] != "text" else plain(value)


def _text(value: object) -> str | None:
    """A text of a config, or a list of texts joined; None for what is neither."""
    if isinstance(value, list):
        return "; ".join(word for word in value if isinstance(word, str)) or None
    return value if isinstance(value, str) else None
