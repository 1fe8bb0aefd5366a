"""The values of a comparison: changes, what stands for what, and what is equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from archdraw.glossary.numbers import number
from archdraw.records import record
from archdraw.tree.blocks import Setting

Sign = Literal["changed", "added", "removed"]
TURNED: dict[Sign, Sign] = {"changed": "changed", "added": "removed", "removed": "added"}

BLOCK, ORDER, TIMES, LOOP, WIRING, OCCURRENCES = "block", "order", "times", "loop", "wiring", "occurrences"
"""What changed where it is no setting: the block itself, the order of the layers, how often one comes, how often a
loop over the same weights is gone through, how the same blocks are joined, how many blocks of one name there are."""

Values = Setting | tuple[Setting, ...]
"""A value; several where blocks that share a row have several."""


Share = tuple[int, int] | None
"""Layers that have a value, and all; None where all that have such a block do."""


@record
class Change:
    """One change: one row of a table.

    ``sort`` is what is in the place (``token mixer``, ``norm`` ...), ``labels`` are those of the blocks in the
    first and in the second tree, empty where one lacks them. ``what`` is a setting by its name in config.json, or
    one of ``block``, ``order``, ``times``, ``loop``, ``wiring`` and ``occurrences``. ``subject`` names the blocks
    where others of the sort have the same setting; it is empty where name and sort say enough. ``paths`` are those
    of the blocks in both trees, the path of the block around them where a tree lacks them. ``around`` is the module
    beside the line that all of the blocks are in, of those whose layers are compared. ``layers`` say in how many layers
    of how many the value is, on either side, where such a block of other layers is without it.
    """

    sign: Sign
    sort: str
    labels: tuple[str, str]
    what: str
    before: Values
    after: Values
    paths: tuple[tuple[str, ...], tuple[str, ...]]
    subject: str = ""
    around: str = ""
    layers: tuple[Share, Share] = (None, None)

    @property
    def where(self) -> str:
        """The block by its label in the first tree; in the second where the first has none."""
        return self.labels[0] or self.labels[1]

    def turned(self) -> Change:
        """The change that leads back."""
        return replace(
            self,
            sign=TURNED[self.sign],
            labels=self.labels[::-1],
            before=self.after,
            after=self.before,
            paths=self.paths[::-1],
            layers=self.layers[::-1],
        )


@record
class Equal:
    """A setting that both models have with one value."""

    sort: str
    where: str
    what: str
    value: Setting


Pairing = tuple[Mapping[str, int], Mapping[str, int]]
"""For the paths of either tree a number; blocks of one number stand for each other."""


@record
class Difference:
    """What leads from one model to another, in the order of the flow, and which settings both share.

    ``moved`` are the labels of blocks that both have, in other places. ``pairing`` says which block stands for which.
    """

    changes: tuple[Change, ...]
    equal: tuple[Equal, ...] = ()
    moved: tuple[str, ...] = ()
    pairing: Pairing = field(default=({}, {}), compare=False, repr=False)

    def turned(self) -> Difference:
        """The difference the other way round."""
        changes = tuple(change.turned() for change in self.changes)
        return Difference(changes, self.equal, self.moved, self.pairing[::-1])

    def _repr_html_(self) -> str:
        """What a notebook shows: a row for each change, with both values."""
        from html import escape

        rows = [
            (one.sign, one.subject or one.where, one.what, _said(one.before), _said(one.after)) for one in self.changes
        ]
        cells = ["".join(f'<td style="text-align: left">{escape(cell)}</td>' for cell in row) for row in rows]
        head = "".join(f'<th scope="col" style="text-align: left">{name}</th>' for name in HEADINGS)
        caption = "1 difference" if len(rows) == 1 else f"{len(rows)} differences"
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


HEADINGS = ("", "block", "what", "before", "after")


def _said(value: Values) -> str:
    """A value in one cell."""
    match value:
        case tuple():
            return ", ".join(map(_said, value))
        case None:
            return ""
        case bool() | str():
            return str(value)
        case _:
            return number(value)
