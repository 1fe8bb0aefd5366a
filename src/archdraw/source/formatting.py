"""A document in one spacing and one order of keys, with all of its comments.

What is in brackets stays in brackets, unless its line is too long or has a comment inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from archdraw.errors import ArchdrawError
from archdraw.source.commented import Collection, Item, Written, commented, comments
from archdraw.source.document import Document, plain

WIDTH = 120
"""Columns of a line, without a comment at its end."""
STEP = 2
"""Spaces of a level."""
DASH = "-"
SHORT = 40
"""Letters of an item of a list that is filled into lines; longer ones have a line each."""

FOR_EDITORS = re.compile(r"#\s*(yaml-language-server:|\$schema:)")
"""A comment by which an editor finds a schema: it stays above all else."""

ANY = "*"
"""Any item of a list, in a path of an order."""

Orders = Mapping[tuple[str, ...], Sequence[str]]
"""The keys of mappings in their order, by the path to each from the root."""


def formatted(document: Document, orders: Orders) -> str:
    """The text of ``document``, which has no problems: keys in their ``orders``, unknown ones last.

    Raises :class:`ArchdrawError` where it would not say the same, or would lack a comment.
    """
    from archdraw.source import parse

    head, root = commented(document)
    if not any("&" in line for line in document.lines):  # what an alias stands for has to stay before it
        _sort(root, orders, ())
        head = _moved_with_its_key(head, root, document)
    value = root.value
    inline = _inline(value)
    fits = isinstance(value, Written) or (inline is not None and len(inline) <= WIDTH)
    below = _lines(root, "", 0) if fits or isinstance(value, Written) else [*root.beside, *_block(value, 0)]
    lines = [*head, *(line.removeprefix(" ") if fits else line for line in below)]
    text = "\n".join(lines).lstrip("\n") + "\n"
    again = parse(text, document.file)
    if _unordered(plain(again.root)) != _unordered(plain(document.root)) or _comments(again) != _comments(document):
        raise ArchdrawError(f"{document.file} cannot be formatted without a change to what it says")
    return text


def _comments(document: Document) -> list[str]:
    return comments(*commented(document))


def _unordered(value: object) -> object:
    """``value`` for comparison: 1 is not true, and not 1.0; the order of keys makes no difference."""
    if isinstance(value, dict):
        return {key: _unordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unordered(inner) for inner in value]
    return type(value).__name__, str(value)


def _sort(item: Item, orders: Orders, path: tuple[str, ...]) -> None:
    """Puts the keys of ``item``, and of all in it, into their order."""
    if not isinstance(item.value, Collection):
        return
    made = item.value
    if made.mapping and (order := orders.get(path)):
        places = {key: number for number, key in enumerate(order)}
        made.items.sort(key=lambda one: places.get(one.key or "", len(places)))
    for one in made.items:
        below = (*path, (one.key or "") if made.mapping else ANY)
        if any(known[: len(below)] == below for known in orders):
            _sort(one, orders, below)


def _moved_with_its_key(head: list[str], root: Item, document: Document) -> list[str]:
    """What is left of the comments above all else where those right above the first key have moved away with it."""
    first = getattr(document.root, "entries", ())[:1]
    items = root.value.items if isinstance(root.value, Collection) else []
    if not first or not items or items[0].key in (None, "") or _plain_key(items[0].key) == first[0].key:
        return head
    start = max((number + 1 for number, text in enumerate(head) if not text or FOR_EDITORS.match(text)), default=0)
    for item in items:
        if _plain_key(item.key) == first[0].key:
            item.above = [*head[start:], *item.above]
    # A first key that had no empty line above it has none now, and the one that took its place neither.
    return head[:start]


def _plain_key(key: str | None) -> str:
    return (key or "").strip("\"'")


def _lines(item: Item, own: str, indent: int) -> list[str]:
    """The lines of ``item`` behind ``indent`` spaces; ``own`` is its key with a colon, or its dash."""
    value = item.value
    *more, beside = item.beside or [""]
    if isinstance(value, Written) and value.block:  # behind which no comment can stand
        more, beside = item.beside, ""
    above = [_indented(text, indent) for text in (*item.above, *more)]
    start, end = " " * indent + own, f" {beside}" if beside else ""
    inline = _inline(value)
    if inline is not None:
        line = f"{start} {inline}" if inline else start
        if len(line) <= WIDTH or isinstance(value, Written) or not value.items:
            return [*above, line + end]
    if isinstance(value, Written):
        return [*above, *_text(value, start, indent + STEP, end)]
    if _fillable(value):
        return [*above, *_filled(value, start, indent, end)]
    below = _block(value, indent + STEP)
    if own == DASH and not end and not value.anchor and not _begins_with_comment(value):
        return [*above, f"{start} {below[0].lstrip()}", *below[1:]]
    return [*above, (f"{start} {value.anchor}" if value.anchor else start) + end, *below]


def _block(value: Collection, indent: int) -> list[str]:
    """The lines of a collection that its indentation holds together."""
    lines = []
    for item in value.items:
        lines += _lines(item, f"{item.key}:" if value.mapping else DASH, indent)
    return [*lines, *(_indented(text, indent) for text in value.end)]


def _begins_with_comment(value: Collection) -> bool:
    """Whether lines stand above the first item of ``value``, so that it cannot begin behind a dash."""
    first = value.items[0]
    return bool(first.above or first.beside[1:] or (_is_text(first.value) and first.beside))


def _is_text(value: Collection | Written) -> bool:
    return isinstance(value, Written) and value.block


def _indented(text: str, indent: int) -> str:
    return " " * indent + text if text else ""


def _text(value: Written, start: str, indent: int, end: str) -> Iterator[str]:
    """A text of several lines."""
    first, *rest = value.lines
    if value.block:
        header, sign, comment = first.partition("#")
        yield f"{start} {re.sub('[0-9]', str(STEP), header).rstrip()}" + (f" {sign}{comment}" if sign else "")
        old = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip(" ")), default=0)
        yield from (" " * indent + line[old:] if line.strip(" ") else "" for line in rest)
        return
    yield f"{start} {first.rstrip()}"
    yield from (_indented(line.strip(), indent) for line in rest[:-1])
    yield _indented(rest[-1].strip(), indent) + end


def _inline(value: Collection | Written) -> str | None:
    """``value`` on one line; None where it takes several."""
    if isinstance(value, Written):
        return value.lines[0] if len(value.lines) == 1 and not value.block else None
    if (not value.flow and value.items) or value.end:
        return None
    parts = []
    for item in value.items:
        inner = _inline(item.value)
        if inner is None or any(item.above) or item.beside:
            return None
        parts.append(inner if item.key is None else f"{item.key}: {inner or 'null'}")
    text = ", ".join(parts)
    if not value.bare:
        text = f"{{{text}}}" if value.mapping else f"[{text}]"
    return f"{value.anchor} {text}".strip()


def _fillable(value: Collection) -> bool:
    """Whether ``value`` is a list in brackets of short scalars, without comments."""
    return (
        value.flow
        and not value.mapping
        and not value.end
        and all(
            isinstance(item.value, Written) and not item.value.block and not item.beside and not any(item.above)
            and len(item.value.lines) == 1 and len(item.value.lines[0]) <= SHORT
            for item in value.items
        )
    )  # fmt: skip


def _filled(value: Collection, start: str, indent: int, end: str) -> Iterator[str]:
    """A long list in brackets, as many items to a line as fit."""
    yield f"{start} {value.anchor} [" if value.anchor else f"{start} ["
    row = " " * (indent + STEP)
    for number, item in enumerate(value.items):
        text = (_inline(item.value) or "") + ("," if number < len(value.items) - 1 else "")
        if row.strip() and len(row) + len(text) > WIDTH:
            yield row.rstrip()
            row = " " * (indent + STEP)
        row += f"{text} "
    yield row.rstrip()
    yield " " * indent + "]" + end
