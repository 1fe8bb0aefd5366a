"""Writes how many of the shipped models have a block of each kind: what a plate opens first goes by it.

To be run (``python tests/write_uptake.py``) after a spec was added, changed or taken away; ``test_uptake`` says so.
"""

from __future__ import annotations

from collections import Counter

import archdraw
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Module
from archdraw.tree.walks import walk
from archdraw.views.novelty import FILE


def counted() -> str:
    """The lines of the file: kinds with the number of models that have them, the most frequent first."""
    found: Counter[str] = Counter()
    for file in sorted(specs_folder().glob("*.yaml")):
        model = archdraw.load(file.stem)
        own = {part.kind for _, part in walk(model.block.body) if isinstance(part, Module) and part.level == "block"}
        # What a spec defines is a kind of its own, and of no other model.
        found.update(own - {""} - set(model.spec.define))
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join(f"{kind} {number}\n" for kind, number in ranked)


if __name__ == "__main__":
    FILE.write_text(counted(), "utf-8")
