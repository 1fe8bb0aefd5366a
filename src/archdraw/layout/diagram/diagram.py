"""String diagrams: items above each other and side by side, with every line as straight as it can be.

Two functions over the items of a picture. ``gaps`` asks downwards: how far apart must the lines that come in be, so
that the item and all above it find room? ``place`` answers upwards: given where the lines come in, where does
everything stand? Boxes that take several lines grow over them, so only branches ever bend a line.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import assert_never

from archdraw.layout.diagram import boxes, choices, frames, joints, lanes, lettering, rails, tables, taps
from archdraw.layout.diagram.cell import Cell, line_cell
from archdraw.layout.diagram.forks import has_frame
from archdraw.layout.diagram.measures import Measures
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Lanes, Rail, Tap

Gaps = tuple[float, ...]
"""Distances between neighbouring lines, one less than there are lines."""


def inputs_of(item: Diagram) -> int:
    """How many lines ``item`` takes when several are dealt out."""
    match item:
        case Box(inputs=inputs):
            return inputs
        case Chain(items=items):
            return inputs_of(items[0]) if items else 1
        case Branches(items=items):
            dealt = [inputs_of(branch) for branch in items]
            return sum(dealt) if any(number > 1 for number in dealt) else min(1, sum(dealt))
        case Graph(inputs=inputs):
            return inputs
        case Frame(body=body):
            return inputs_of(body)
        case Choice(options=options):
            return inputs_of(options[0])
        case Bar(lines=number):
            return number
        case Rail() | Lanes() | Tap():
            return 1
        case _:
            assert_never(item)


def outputs_of(item: Diagram, inputs: int = 1) -> int:
    """How many lines leave ``item`` when ``inputs`` come in."""
    match item:
        case Box(outputs=outputs):
            return len(outputs)
        case Chain():
            return lines_through(item, inputs)[-1]
        case Branches(items=items, merge=None):
            return sum(outputs_of(branch, taken) for branch, taken in zip(items, dealt(items, inputs), strict=True))
        case Graph(outputs=outputs):
            return len(outputs)
        case Frame(body=body):
            return outputs_of(body, inputs)
        case Choice(options=options):
            return outputs_of(options[0], inputs)
        case Bar(lines=number):
            return number
        case Branches() | Rail() | Lanes() | Tap():
            return 1
        case _:
            assert_never(item)


def dealt(items: tuple[Diagram, ...], inputs: int) -> tuple[int, ...]:
    """How many of ``inputs`` lines each branch takes, of one that is copied all that take any.

    Raises ValueError where the numbers don't agree.
    """
    if inputs == 1:
        return (1,) * len(items)
    shares = tuple(inputs_of(item) for item in items)
    if sum(shares) != inputs:
        raise ValueError(f"{inputs} lines come in, the branches take {sum(shares)}")
    return shares


def slices(gaps: Gaps, counts: tuple[int, ...]) -> tuple[list[Gaps], list[float]]:
    """``gaps`` cut by branches of ``counts`` lines: those within each branch, and those between neighbours."""
    within: list[Gaps] = []
    between: list[float] = []
    start = 0
    for number in counts:
        within.append(gaps[start : start + number - 1])
        end = start + number - 1
        if end < len(gaps):
            between.append(gaps[end])
        start += number
    return within, between


def gaps(item: Diagram, out: Gaps, inputs: int, measures: Measures) -> Gaps:
    """How far apart ``inputs`` lines must come into ``item``, when those that leave must be ``out`` apart at least."""
    if inputs == 1:
        return ()
    match item:
        case Box():
            return boxes.gaps(item, out, measures)
        case Chain():
            return _wanted(item, out, inputs, measures)[0]
        case Branches(items=items):
            shares = dealt(items, inputs)
            leaving = tuple(outputs_of(branch, taken) for branch, taken in zip(items, shares, strict=True))
            within, between = slices(out, leaving) if item.merge is None else ([()] * len(items), [])
            cells: list[Cell] = []
            for index, (branch, taken) in enumerate(zip(items, shares, strict=True)):
                wanted = within[index] if leaving[index] > 1 else ()
                inner = gaps(branch, wanted, taken, measures.slim) if taken else ()
                cells.append(place(branch, _ports(inner), wanted, measures.slim))
            taking = [cell.inputs for cell in joints.in_row(cells, between, measures) if not cell.source]
            return tuple(after - before for before, after in pairwise([port for ports in taking for port in ports]))
        case Graph():
            from archdraw.layout.diagram import graphs

            return graphs.natural_gaps(
                item, measures, lambda part, ports, leaving: place(part, ports, leaving, measures)
            )
        case Frame(body=body):
            return gaps(body, out, inputs, lettering.of_one_size(body, measures, beside))
        case Choice(options=options):
            wide = [gaps(option, out, inputs, measures) for option in options]
            return tuple(map(max, zip(*wide, strict=True)))
        case Bar():
            return frames.bar_gaps(out, inputs, measures)
        case Rail() | Lanes() | Tap():
            return ()
        case _:
            assert_never(item)


def _ports(distances: Gaps) -> tuple[float, ...]:
    ports = [0.0]
    for distance in distances:
        ports.append(ports[-1] + distance)
    return tuple(ports)


def natural_ports(item: Diagram, measures: Measures) -> tuple[float, ...]:
    """Where the lines come into ``item`` that is by itself, the first at 0."""
    return _ports(gaps(item, (), inputs_of(item), measures))


def place(item: Diagram, ports: tuple[float, ...], out: Gaps, measures: Measures) -> Cell:
    """``item`` with its lines coming in at ``ports``; lines that leave are at least ``out`` apart."""

    def again(part: Diagram, part_ports: tuple[float, ...], part_out: Gaps = ()) -> Cell:
        return place(part, part_ports, part_out, measures)

    match item:
        case Box():
            return boxes.place(item, ports, out, measures)
        case Chain():
            return _chain(item, ports, out, measures)
        case Branches(items=items):
            shares = dealt(items, len(ports))
            leaving = tuple(outputs_of(branch, taken) for branch, taken in zip(items, shares, strict=True))
            within, between = slices(out, leaving) if item.merge is None else ([()] * len(items), [])
            if len(ports) == 1:
                cells = [
                    place(branch, (0.0,), within[index], beside(measures, item, index))
                    for index, branch in enumerate(items)
                ]
                return joints.copied(cells, item, ports[0], between, measures)
            starts = [sum(shares[:index]) for index in range(len(shares))]
            cells = [
                place(branch, ports[start : start + taken] or (0.0,), within[index], measures.slim)
                for index, (branch, start, taken) in enumerate(zip(items, starts, shares, strict=True))
            ]
            return joints.dealt_out(joints.with_sources(cells, between, measures), item.merge, measures)
        case Graph():
            from archdraw.layout.diagram import graphs

            return graphs.place(item, ports, out, measures, again)
        case Rail(body=body):
            return rails.rail(again(body, (0.0,)), ports[0], measures)
        case Lanes(items=items):
            if measures.right:
                return again(item.plain, ports, out)
            wide = lanes.beside(item, measures)
            return lanes.place(item, [place(body, (0.0,), (), wide) for body in items], ports[0], measures)
        case Choice(headings=(_, _)) if not measures.right:
            return tables.table(item, ports[0], measures)
        case Choice(options=options, bands=bands):
            alike = boxes.as_wide_as_the_widest(options, measures)
            joined = tuple(f"{item.conjunction} {band}".strip() if index else band for index, band in enumerate(bands))
            if measures.right:
                long = min(measures.widest_box, choices.length(joined))
                alike = replace(alike, least_width=max(alike.least_width, long))
                cells = [place(option, (0.0,), out, alike) for option in options]
                # Boxes are as long as the frame; a whole block has its border in it.
                alike = replace(alike, least_width=choices.along(cells, options))
                cells = [
                    place(option, (0.0,), out, alike) if isinstance(option, Box) else cell
                    for option, cell in zip(options, cells, strict=True)
                ]
                return choices.choice_right(cells, options, joined, ports[0])
            cells = [place(option, ports, out, alike) for option in options]
            return choices.choice(cells, options, joined, ports, measures)
        case Frame(body=body):
            lettered = lettering.of_one_size(body, measures, beside)
            inner = place(body, tuple(x - ports[0] for x in ports), out, lettered)
            return frames.frame(inner, item, ports[0], measures)
        case Bar():
            return frames.bar(item, ports, measures)
        case Tap():
            return taps.tap(item, ports[0], measures)
        case _:
            assert_never(item)


@lru_cache(maxsize=4096)
def flat(chain: Chain) -> tuple[Diagram, ...]:
    """The items of ``chain`` with those of chains in it: composition is associative."""
    return tuple(part for item in chain.items for part in (flat(item) if isinstance(item, Chain) else (item,)))


@lru_cache(maxsize=4096)
def lines_through(chain: Chain, inputs: int) -> tuple[int, ...]:
    """How many lines come into each of the items of ``chain``, and leave the last, where ``inputs`` come into it."""
    counts = [inputs]
    for part in flat(chain):
        counts.append(outputs_of(part, counts[-1]))
    return tuple(counts)


def _wanted(chain: Chain, out: Gaps, inputs: int, measures: Measures) -> list[Gaps]:
    """How far apart the lines must be below each of the items of ``chain`` and above the last."""
    wanted: list[Gaps] = [out]
    for part, number in zip(reversed(flat(chain)), reversed(lines_through(chain, inputs)[:-1]), strict=True):
        wanted.append(gaps(part, wanted[-1], number, measures) if number != 1 else ())
    return wanted[::-1]


def beside(measures: Measures, item: Branches, index: int) -> Measures:
    """The measures of one of several branches: side by side on the spine, boxes are narrower, but those of columns."""
    if measures.right:
        return measures.slim
    if measures.box_width and any(map(has_frame, item.items)):
        return replace(measures.column or measures, gap=measures.gap)
    # Words beside a figure need not be narrower than that.
    widest = max([measures.widest_branch, *(boxes.natural_width(box, measures) for box in _figures(item.items[index]))])
    slim = measures.slim if widest == measures.widest_branch else replace(measures, widest_box=widest)
    if not measures.box_width or item.main == index:
        return slim
    if item.main is not None:
        width = measures.frame_left - measures.box_width / 2 - measures.branch_gap
    else:
        # They share the breadth that one box has with its chips.
        width = (1.5 * measures.box_width - measures.branch_gap * (len(item.items) - 1)) / len(item.items)
        width = max(width, measures.least_beside)
    return replace(slim, box_width=width, least_width=width)


@lru_cache(maxsize=4096)
def _figures(item: Diagram) -> tuple[Box, ...]:
    """The boxes with figures on the chain that is ``item``."""
    parts = flat(item) if isinstance(item, Chain) else (item,)
    return tuple(part for part in parts if isinstance(part, Box) and part.figure)


def _chain(chain: Chain, ports: tuple[float, ...], out: Gaps, measures: Measures) -> Cell:
    items = flat(chain)
    if not items:
        return line_cell(ports)
    wanted = _wanted(chain, out, len(ports), measures)
    cells: list[Cell] = []
    for part, leaving in zip(items, wanted[1:], strict=True):
        cells.append(place(part, cells[-1].outputs if cells else ports, leaving, measures))
    return joints.stacked(cells, items, measures)
