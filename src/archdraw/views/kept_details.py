"""What a box says besides its name where sizes are left out: an author's note, and that attention looks both ways."""

from __future__ import annotations

from collections.abc import Callable

from archdraw.glossary import attention, text
from archdraw.picture import Box, Plate
from archdraw.views.boxes import boxes


def kept_details(plate: Plate) -> Callable[[Box], str]:
    """The second line of each box of ``plate``: bidirectional attention says that it is that where other is not."""
    columns = (plate.column, *(tower.column for tower in plate.towers))
    mixing = [box for column in columns for box in boxes(column) if box.role == "attention"]
    both = text(attention.BIDIRECTIONAL())
    differ = len({both in box.detail for box in mixing}) > 1

    def kept(box: Box) -> str:
        said = both if differ and box.role == "attention" and both in box.detail else ""
        return ", ".join(filter(None, (said, box.mark.note)))

    return kept
