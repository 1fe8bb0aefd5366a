"""The fact sheets of many models as one table: a row each, as Markdown, CSV, JSON or HTML.

What is counted is that of :mod:`archdraw.tree.facts`; how a model is built is read off its block tree and its concepts.
Programs get plain numbers, dates by ISO 8601 and null for what is not known; people get rounded numbers and words.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from archdraw.analysis.concepts import concepts, grouped
from archdraw.analysis.difference import sort_of
from archdraw.errors import ArchdrawError, nearest
from archdraw.glossary import text
from archdraw.glossary.concepts import Concept, Group
from archdraw.kinds.wording import data_size, parameters
from archdraw.model import Model, load
from archdraw.resources import shipped_spec, specs_folder
from archdraw.tree.blocks import Block, Experts, Module, children, layers, walk
from archdraw.tree.facts import report
from archdraw.views.architecture import kind_of
from archdraw.views.several import link_of

DEFAULT_CONTEXT = 8192
"""Tokens at which a model without a longest context is told."""
MULTI_TOKEN_PREDICTION = "multi-token prediction"
UNKNOWN, NONE = "not published", "–"

Row = dict[str, Any]
"""One model: values by the keys of :data:`COLUMNS`, in that order."""


@dataclass(frozen=True, eq=False)
class _Told:
    """One model at a length of context, with what the columns ask of it."""

    model: Model
    context: int

    @cached_property
    def report(self) -> Mapping[str, Any]:
        return report(self.model.facts, self.model.name, self.context)

    @cached_property
    def concepts(self) -> Mapping[Group, tuple[Concept, ...]]:
        return grouped(concepts(self.model.spec, self.model.block))

    @cached_property
    def experts(self) -> tuple[int, int] | None:
        """All routed experts of a layer, and those that a token passes; the most, where layers differ."""
        found = [(part.total, part.active) for _, part in walk(self.model.block) if isinstance(part, Experts)]
        return max(found, default=None)

    @property
    def unknown(self) -> bool:
        return self.model.facts.unknown

    def mixers(self) -> list[Row]:
        """What mixes tokens, in the order of the layers: each kind with its sizes and the number of its layers."""
        found: Counter[tuple[str, str]] = Counter()
        for layer in layers(self.model.block):
            found.update({(text(mixer.label), text(mixer.detail)) for mixer in _mixers(layer.body)})
        order = dict.fromkeys(
            (text(mixer.label), text(mixer.detail))
            for layer in layers(self.model.block)
            for mixer in _mixers(layer.body)
        )
        return [{"mixer": label, "sizes": detail, "layers": found[label, detail]} for label, detail in order]

    def about(self, *topics: Group) -> list[str] | None:
        """The concepts of these topics; None where too little is published to tell."""
        return None if self.unknown else [one.name for topic in topics for one in self.concepts[topic]]


def _mixers(block: Block) -> Iterator[Module]:
    if isinstance(block, Module) and sort_of(block) == "token mixer":
        yield block
        return
    for child in children(block):
        yield from _mixers(child)


def _grouped(value: int) -> str:
    return f"{value:,}"


def _mixed(value: list[Row]) -> str:
    return "; ".join(_mixer(mixer) for mixer in value)


def _mixer(mixer: Row) -> str:
    sizes = f" ({mixer['sizes']})" if mixer["sizes"] else ""
    return f"{mixer['layers']} × {mixer['mixer']}{sizes}"


@dataclass(frozen=True)
class Column:
    """One column: its ``title`` for people, the value of a model, and how people read it.

    ``counted`` columns hold numbers, which stand at the right. Of a model whose structure is not published the value
    is None, and so it is of one that does not have such a thing.
    """

    title: str
    value: Callable[[_Told], Any]
    shown: Callable[[Any], str] = str
    counted: bool = False


def _reported(key: str, title: str, shown: Callable[[Any], str]) -> Column:
    return Column(title, lambda told: told.report[key], shown, counted=True)


def _in_words(value: Sequence[str]) -> str:
    return ", ".join(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _norms(told: _Told) -> list[str] | None:
    if told.unknown:
        return None
    return [concept.name for concept in told.concepts["layer"] if concept.choice == "norm placement"]


def _beside(told: _Told, name: str) -> bool | None:
    names = told.about("model")
    return None if names is None else name in names


COLUMNS: Mapping[str, Column] = {
    "name": Column("model", lambda told: told.model.name),
    "developer": Column("developer", lambda told: told.model.spec.developer),
    "released": Column("released", lambda told: told.model.spec.released),
    "license": Column("licence", lambda told: told.model.spec.license),
    "family": Column("family", lambda told: told.model.spec.family),
    "kind": Column("kind", lambda told: kind_of(told.model.block) or None),
    "layers": _reported("layers", "layers", _grouped),
    "hidden_size": Column("hidden size", lambda told: told.model.spec.hidden_size, _grouped, counted=True),
    "vocab_size": Column("vocabulary", lambda told: told.model.spec.vocab_size, _grouped, counted=True),
    "context_length": Column("longest context", lambda told: told.model.spec.context_length, _grouped, counted=True),
    "total_parameters": _reported("total_parameters", "parameters", parameters),
    "active_parameters": _reported("active_parameters", "active", parameters),
    "active_parameters_without_input_embedding": _reported(
        "active_parameters_without_input_embedding", "active without input embedding", parameters
    ),
    "experts": Column("experts", lambda told: told.experts[0] if told.experts else None, _grouped, counted=True),
    "active_experts": Column(
        "experts a token passes", lambda told: told.experts[1] if told.experts else None, _grouped, counted=True
    ),
    "token_mixing": Column("token mixing", lambda told: None if told.unknown else told.mixers(), _mixed),
    "norm_placement": Column("norm placement", _norms, _in_words),
    "positions": Column("positions", lambda told: told.about("positions"), _in_words),
    "kv_cache_bytes_per_token": _reported("kv_cache_bytes_per_token", "KV cache a token, bf16", data_size),
    "context": Column("at tokens", lambda told: told.report["context"], _grouped, counted=True),
    "kv_cache_bytes": _reported("kv_cache_bytes", "KV cache, bf16", data_size),
    "recurrent_state_bytes": _reported("recurrent_state_bytes", "recurrent state, bf16", data_size),
    "flops_per_token": _reported("flops_per_token", "FLOPs a token", parameters),
    "tied_embeddings": Column("tied embeddings", lambda told: _beside(told, "tied embeddings"), _yes),
    "multi_token_prediction": Column(MULTI_TOKEN_PREDICTION, lambda told: _beside(told, MULTI_TOKEN_PREDICTION), _yes),
    "link": Column("link", lambda told: link_of(told.model.spec) or None),
}
"""All columns by their keys, in their order."""

ABOUT = frozenset({"developer", "released", "license", "family", "link", "context_length"})
"""What is told of a model, not counted: a gap there is no secret of its makers."""


def row(model: Model, context: int | None = None) -> Row:
    """The values of ``model`` by column, its cache after ``context`` tokens: by itself the most that it can have.

    Raises :class:`ArchdrawError` for a ``context`` below 1.
    """
    if context is not None and context < 1:
        raise ArchdrawError(f"a context of {context} tokens holds nothing; give 1 or more")
    told = _Told(model, context or model.spec.context_length or DEFAULT_CONTEXT)
    return {key: column.value(told) for key, column in COLUMNS.items()}


def known(keys: Sequence[str]) -> tuple[str, ...]:
    """``keys`` of columns, each once; all of them for none. Raises :class:`ArchdrawError` for one that there is not."""
    for key in keys:
        if key not in COLUMNS:
            hint = nearest(key, COLUMNS) or f"columns: {', '.join(COLUMNS)}"
            raise ArchdrawError(f"there is no column {key!r}; {hint}")
    return tuple(dict.fromkeys(keys)) or tuple(COLUMNS)


def ordered(rows: Sequence[Row], key: str, *, reverse: bool = False) -> list[Row]:
    """``rows`` by the values of one column, those without one last; equal ones by name."""
    (key,) = known((key,))
    having = [row for row in rows if row[key] is not None]
    having.sort(key=lambda row: _sortable(row["name"]))
    having.sort(key=lambda row: _sortable(row[key]), reverse=reverse)
    return [*having, *(row for row in rows if row[key] is None)]


def _sortable(value: Any) -> Any:
    if isinstance(value, list):
        return _plain(value).casefold()
    return value.casefold() if isinstance(value, str) else value


def table(*models: str | Path | Model, context: int | None = None, columns: str | Sequence[str] = ()) -> list[Row]:
    """The rows of ``models``: read already, files, or names of models that come with the program; of all for none.

    Raises as :func:`archdraw.load`, and :class:`ArchdrawError` for a column that there is not, or a ``context`` below
    1.
    """
    keys = known((columns,) if isinstance(columns, str) else columns)
    given: Sequence[str | Path | Model] = models or sorted(specs_folder().glob("*.yaml"))
    read = (model if isinstance(model, Model) else load(shipped_spec(model) or model) for model in given)
    return [{key: found[key] for key in keys} for found in (row(model, context) for model in read)]


def _plain(value: Any) -> str:
    """A value in one cell, for programs."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if value and isinstance(value[0], dict):
            return _mixed(value)
        case list():
            return "; ".join(value)
        case _:
            return str(value)


def _for_people(found: Row, key: str) -> str:
    """A value in one cell, for people; of a model of which nothing can be counted, what is not published is said."""
    value = found[key]
    if value is None:
        return UNKNOWN if found["total_parameters"] is None and key not in ABOUT else NONE
    if value in (0, []) and not isinstance(value, bool):
        return NONE
    return COLUMNS[key].shown(value)


def write_csv(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """Lines with commas (RFC 4180), the first of them the keys; cells for several things join them by semicolons."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_plain(found[key]) for key in keys] for found in rows)
    return stream.getvalue()


def write_json(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A list of objects."""
    return json.dumps([{key: found[key] for key in keys} for found in rows], indent=2, ensure_ascii=False) + "\n"


def _for_readers(rows: Sequence[Row], keys: Sequence[str]) -> tuple[Sequence[str], bool]:
    """The columns that people are shown, and whether names are links.

    Where all columns are asked for, links are those of the names, and a column without a single value is left out.
    """
    if tuple(keys) == tuple(COLUMNS):
        keys = [key for key in keys if key != "link" and any(found[key] is not None for found in rows)]
    return keys, "link" not in keys


def write_md(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A table of GitHub's Markdown, names linked where the links are not a column of their own."""
    keys, linked = _for_readers(rows, keys)
    lines = [[COLUMNS[key].title for key in keys], ["---:" if COLUMNS[key].counted else "---" for key in keys]]
    for found in rows:
        cells = [_for_people(found, key).replace("\\", "\\\\").replace("|", "\\|") for key in keys]
        if linked and "name" in keys and found["link"]:
            place = keys.index("name")
            cells[place] = f"[{cells[place]}]({found['link']})"
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; font: 1rem/1.4 Inter, system-ui, sans-serif }
[role="region"] { box-sizing: border-box; max-height: 100vh; overflow: auto; padding: 0 1.5rem 1.5rem }
table { border-collapse: collapse; width: max-content; font-variant-numeric: tabular-nums }
caption { text-align: left; font-size: 1.3rem; font-weight: 600; padding: 1.5rem 0 0.75rem }
th, td { padding: 0.4rem 0.7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #6B7280 }
thead th { position: sticky; top: 0; z-index: 1; background: Canvas; vertical-align: bottom }
tbody th { position: sticky; left: -1.5rem; background: Canvas; white-space: nowrap }
td { max-width: 24rem }
.number { text-align: right; white-space: nowrap }
thead .number { white-space: normal; max-width: 8rem }
"""


def write_html(rows: Sequence[Row], keys: Sequence[str]) -> str:
    """A page with the table and nothing from elsewhere; for light and for dark screens."""
    keys, linked = _for_readers(rows, keys)
    count = "1 model" if len(rows) == 1 else f"{len(rows)} models"
    head = "".join(f'<th scope="col"{_numeric(key)}>{escape(COLUMNS[key].title)}</th>' for key in keys)
    body = "\n".join(f"<tr>{''.join(_cell(found, key, linked) for key in keys)}</tr>" for found in rows)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Facts of {count}</title>
<style>{_STYLE}</style>
</head>
<body>
<div role="region" aria-label="Facts of {count}" tabindex="0">
<table>
<caption>Facts of {count}, counted from their specs by archdraw</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>
</body>
</html>
"""


def _numeric(key: str) -> str:
    return ' class="number"' if COLUMNS[key].counted else ""


def _cell(found: Row, key: str, linked: bool) -> str:
    text = escape(_for_people(found, key))
    if key == "name":
        if linked and found["link"]:
            text = f'<a href="{escape(found["link"])}">{text}</a>'
        return f'<th scope="row">{text}</th>'
    if key == "link" and found[key]:
        text = f'<a href="{escape(found[key])}">{text}</a>'
    # The whole number is told where a rounded one is shown.
    whole = f' title="{found[key]:,}"' if COLUMNS[key].counted and found[key] else ""
    return f"<td{_numeric(key)}{whole}>{text}</td>"


FORMATS: Mapping[str, Callable[[Sequence[Row], Sequence[str]], str]] = {
    "md": write_md,
    "csv": write_csv,
    "json": write_json,
    "html": write_html,
}
"""What writes whole rows, of which it shows those keys, in each format."""
