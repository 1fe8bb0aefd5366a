"""The strip of a model's layers, one cell each, before anything has a place."""

from __future__ import annotations

from typing import Literal

from archdraw.records import record


@record
class StripCell:
    """One layer of the strip: its mixer's and its feed forward's role, and its title.

    Layers that follow each other and are alike have one title, in which the numbers of all of them stand.
    Blocks of one role that are not the same have ``upper_variant`` and ``lower_variant`` from 0 on.
    """

    upper: str
    lower: str
    title: str
    group: int
    tick: str = ""
    upper_variant: int = 0
    lower_variant: int = 0


@record
class LegendEntry:
    """A swatch with its words; ``row`` "upper" or "lower" like the cells that it explains."""

    label: str
    role: str
    row: Literal["upper", "lower"]
    variant: int = 0


@record
class OrderCell:
    """Some layers of one kind in an order: its words, with their number where they are several in a row."""

    label: str
    role: str
    layers: int = 1


@record
class OrderGroup:
    """Layers that come ``times`` in a row."""

    times: int
    items: tuple[OrderCell | OrderGroup, ...]


@record
class StripLink:
    """The layers from ``first`` to ``last``, which read what layer ``owner`` makes: ``label``, or in ``short``."""

    first: int
    last: int
    owner: int
    label: str
    short: str


@record
class Strip:
    """One cell a layer, cells of one ``group`` close together; above them ``order``, the same in factors (or none).

    ``links`` stand between: which layers read what another one makes.
    """

    caption: str
    cells: tuple[StripCell, ...]
    legend: tuple[LegendEntry, ...]
    order: tuple[OrderCell | OrderGroup, ...] = ()
    links: tuple[StripLink, ...] = ()
