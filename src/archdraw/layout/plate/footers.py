"""The footer of a plate: its own words, and what of its panels and boxes the page does not show."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout.plate.arrange import Arrangement
from archdraw.picture import Closed, Inset, Plate


def footer_of(plate: Plate, arrangement: Arrangement | None = None) -> tuple[str, ...]:
    """The parts of the footer of ``plate`` where its panels have an ``arrangement``; None where all find room."""
    left_out, unexplained, closed, _ = plate.lacking
    panels = plate.insets
    missing: tuple[Inset, ...] = ()
    terse: list[str] = []
    if arrangement is not None:
        missing = arrangement.left_out
        panels = tuple(inset for inset in plate.insets if inset.title not in {one.title for one in missing})
        shortened = set(map(_opens, arrangement.shortened))
        kept = (inset for column in arrangement.columns for inset in column)
        terse = [inset.letter or inset.title for inset in kept if _opens(inset) in shortened]
    titles = {"", *(inset.title for inset in panels)}
    boxes = [one.names for one in plate.closed if one.panel in titles]
    lacking = (
        f"{left_out}: {', '.join(map(_name, missing))}" if missing else "",
        f"{closed}: {'; '.join(boxes)}" if boxes else "",
        f"{unexplained}: {', '.join(sorted(terse))}" if terse else "",
    )
    return (*plate.footer[:-1], *filter(None, lacking), *plate.footer[-1:])


def counted(plate: Plate) -> Plate:
    """``plate`` with the number of its closed boxes in place of their names, of which there are several."""
    number = sum(one.number for one in plate.closed)
    return replace(plate, closed=(Closed("", f"{number} {plate.lacking[3]}", number),)) if number > 1 else plate


def _name(inset: Inset) -> str:
    """The title of a panel, without the figures in it."""
    return inset.title.partition(" (")[0]


def _opens(inset: Inset) -> str:
    return inset.source or inset.beside or inset.title
