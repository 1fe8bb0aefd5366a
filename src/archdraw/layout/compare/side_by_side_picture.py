"""What a picture of several models side by side shows, before anything has a place."""

from __future__ import annotations

from archdraw.cells import Strip
from archdraw.layout.compare.grid import GridItem
from archdraw.layout.compare.table import TableRow
from archdraw.picture import Inset, Terminal
from archdraw.records import record


@record
class ColumnHead:
    """One model: the words above its column, its accent, and where its name leads to."""

    name: str
    subtitle: tuple[str, ...]
    accent: int
    inputs: tuple[Terminal, ...]
    link: str
    slug: str


@record
class PanelRow:
    """The panels of one block: that of each model, None where it has no such block; the same where they are equal."""

    insets: tuple[Inset | None, ...]
    is_equal: bool
    letter: str


@record
class SideBySide:
    """A whole picture of several models.

    ``letters`` are pairs: the path of a box with a panel, and its letter. ``folded`` is the number of panels that there
    are and that are not shown.
    """

    title: str
    description: str
    models: tuple[ColumnHead, ...]
    items: tuple[GridItem, ...]
    rows: tuple[TableRow, ...]
    equal: str
    strips: tuple[Strip | None, ...]
    panels: tuple[PanelRow, ...]
    letters: tuple[tuple[str, str], ...]
    footer: tuple[str, ...]
    folded: int = 0

    @property
    def lettered(self) -> int:
        """How many blocks have a panel with a letter."""
        return len({letter for _, letter in self.letters})
