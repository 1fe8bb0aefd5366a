"""What a block is called: the one step that makes English of a block's phrases."""

from __future__ import annotations

from archdraw.glossary import lines, text
from archdraw.records import record
from archdraw.tree.blocks import Leaf, Module


@record
class Description:
    """A block in English: the two lines of its box, the tag that it adds to a folded module, its heading and notes.

    ``title`` is the heading of the opened module, its label where it has none of its own.
    """

    label: str
    detail: str
    tag: str
    title: str
    notes: tuple[str, ...]

    @property
    def full(self) -> str:
        """Both lines of the box in one."""
        return f"{self.label}, {self.detail}" if self.detail else self.label


def describe(block: Leaf | Module) -> Description:
    """``block`` in the words of the glossary."""
    label, detail = text(block.label), text(block.detail)
    match block:
        case Leaf(tag=tag):
            return Description(label, detail, text(tag), label, ())
        case Module(title=title, notes=notes):
            return Description(label, detail, "", text(title) or label, lines(notes))
