"""Specs that an author begins with: one of each kind of model, or what another model is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from archdraw.errors import ArchdrawError, escaped
from archdraw.readers.writing import scalar
from archdraw.resources import starters_folder
from archdraw.source import Document, MappingNode, child, parse

if TYPE_CHECKING:
    from archdraw.model import Model

OF_THE_BASE = frozenset(
    {
        "name",
        "developer",
        "released",
        "license",
        "family",
        "links",
        "sources",
        "parents",
        "published",
        "key_points",
        "notes",
    }
)
"""What a spec says of its own model, and what is not true of another one that is made like it."""

VARIANTS = (
    "A variant of a definition is {{like: {name}, ...}}: what follows is merged into it, null takes a field away."
)
NAMED = "To vary a layer, give it a name under define:, and write {{like: NAME, ...}} where it differs (docs/spec.md)."


def starters() -> tuple[str, ...]:
    """The kinds of models that there is a starter for, in alphabetical order."""
    return tuple(sorted(file.stem for file in starters_folder().glob("*.yaml")))


def starter(kind: str, name: str) -> str:
    """The text of a spec for a model of this ``kind``, one of :func:`starters`, called ``name``.

    Raises :class:`OSError` where there is none.
    """
    text = (starters_folder() / f"{kind}.yaml").read_text("utf-8")
    lines = text.splitlines(keepends=True)
    span = parse(text).span("name")
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + scalar(name) + line[span.column - 1 + span.length :]
    return "".join(lines)


def made_like(base: Model, name: str, *, parent: bool) -> str:
    """The text of a spec for a model called ``name`` that is made of what ``base`` is made of.

    What is true of ``base`` alone, such as its developer and its published figures, is left out; the base is named in
    the first line and, as a ``parent``, under ``parents``. Raises :class:`ArchdrawError` where the keys of its spec do
    not begin lines.
    """
    text = base.reading.text if base.reading else "\n".join(base.spec.document.lines)
    document = parse(text, base.spec.document.file)
    head = [
        f"# As {escaped(base.name)} ({escaped(base.slug)}) until something below is changed. Blocks: archdraw kinds."
    ]
    head += [
        f"# What differs: archdraw compare {escaped(base.slug)} FILE" if parent else "# Say here what is different."
    ]
    head += [f"name: {scalar(name)}"]
    if parent:
        head += [
            "parents:",
            f"  - model: {scalar(base.slug)}",
            "    # changes: [what is different, in a few words each]",
        ]
    for key, lines in _entries(document):
        if key == "define":
            first = _first_definition(document)
            lines.insert(1, f"  # {VARIANTS.format(name=first)}")
        elif key == "layers" and document.root.entry("define") is None:  # type: ignore[union-attr]
            head.append(f"# {NAMED.format()}")
        if key not in OF_THE_BASE:
            head += lines
    return "\n".join(head) + "\n"


def _entries(document: Document) -> Iterator[tuple[str, list[str]]]:
    """Each key of the root and its lines, without the comments that stand between the keys."""
    root = document.root
    if not isinstance(root, MappingNode) or any(entry.span.column > 1 for entry in root.entries):
        raise ArchdrawError(f"{document.file}: each key of a spec that another is made like begins a line of its own")
    starts = [entry.span.line - 1 for entry in root.entries]
    for entry, (start, end) in zip(root.entries, pairwise((*starts, len(document.lines))), strict=True):
        lines = list(document.lines[start:end])
        while not lines[-1].strip() or lines[-1].startswith("#"):
            del lines[-1]
        yield entry.key, lines


def _first_definition(document: Document) -> str:
    named = child(document.root, "define")
    entries = named.entries if isinstance(named, MappingNode) else ()
    plain = [one.key for one in entries if not (isinstance(one.value, MappingNode) and one.value.entry("parameters"))]
    return next(iter(plain), "NAME")
