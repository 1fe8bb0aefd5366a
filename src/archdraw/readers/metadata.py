"""What a config does not have of its model (developer, release, parents), put in front of the spec that was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archdraw.errors import InputError, Problem
from archdraw.readers.provenance import Metadata
from archdraw.readers.reading import Reading
from archdraw.source import MappingNode, scan
from archdraw.spec.validation import shown

STRUCTURE = ("hidden_size", "vocab_size", "tie_word_embeddings", "define", "layers")
"""Keys of a spec that follow from the config."""


def with_metadata(reading: Reading, metadata: str, file: str) -> Reading:
    """``reading`` with the keys of the YAML mapping ``metadata`` in place of its spec's own.

    ``metadata`` is in the spec's text as it was written, comments and all. Raises :class:`InputError` where it is no
    mapping or has keys that follow from the config; ``file`` is its name in messages.
    """
    document = scan(metadata, file)
    root = document.root
    problems: list[Problem] = list(document.problems)
    given: set[str] = set()
    if isinstance(root, MappingNode):
        given = {entry.key for entry in root.entries}
        problems += [
            document.problem(f"{entry.key} follows from the config", entry.span, "leave it out here")
            for entry in root.entries
            if entry.key in STRUCTURE
        ]
    else:
        problems.append(document.problem(f"metadata is a mapping of keys to values, not {shown(root)}", root.span))
    if problems:
        raise InputError(problems)
    lines = reading.text.splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    rest = "\n".join(_without(lines[start:], given))
    whole = "\n".join([*lines[:start], metadata.strip("\n"), rest]) + "\n"
    skipped = len(metadata) - len(metadata.lstrip("\n"))
    placed = replace(reading.provenance, metadata=Metadata(file, metadata, start, skipped))
    return replace(reading, text=whole, provenance=placed)


def _without(lines: list[str], keys: set[str]) -> Iterator[str]:
    """``lines`` of a block mapping without the entries of ``keys``."""
    leaving = False
    for line in lines:
        if line[:1] not in (" ", "#", ""):
            leaving = line.partition(":")[0] in keys
        if not leaving:
            yield line
