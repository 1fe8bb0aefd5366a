"""How cells are joined: stacked with arrows, fanned out from one line, merged in a node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import leads
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import HIGHLIGHT, Measures
from archdraw.layout.diagram.taps import side_along, side_right
from archdraw.layout.joined import straightened
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Lanes, Rail, Tap

CAP_GAP = 3.0
"""Between a cap and the box that it sits on: too little for an arrow."""
BUS_LOW = 13.0
"""From where the line comes in up to the bus that copies it."""
NEAR = 48.0
"""A branch that is nearer to the middle than this takes the line that comes in straight."""
BUS_ARROW = 20.0
"""From the bus up to the branches: a corner and an arrow."""


def stacked(cells: list[Cell], items: Sequence[Diagram], measures: Measures) -> Cell:
    """``cells`` above each other, the lines between them with arrows where they end in a box.

    A tap has no place of its own: it is painted at the line between its neighbours, which becomes long enough for it.
    """
    solid: list[tuple[Cell, float, list[tuple[Cell, float]]]] = []
    length = 0.0
    taps: list[tuple[Cell, float]] = []
    leading: list[leads.Lead] = []
    below: tuple[Cell, Diagram] | None = None
    # How far up the box of the last module that reads the line stands beside it.
    reach = 0.0
    for cell, item in zip(cells, items, strict=True):
        if isinstance(item, Tap) and not item.aside:
            start = length + sum(tap.length for tap, _ in taps)
            if taps and item.direction == "out" and start < reach:
                # Its box cannot stand beside that of the tap before.
                taps[-1] = (replace(taps[-1][0], length=taps[-1][0].length + reach - start), taps[-1][1])
                start = reach
            taps.append((cell, start))
            if item.direction == "out":
                reach = start + cell.length + side_along(item.box, measures) + leads.room_above(item)
                leading = leads.beginning(leading, item, cell.inputs[0], measures)
            continue
        space = _space(below[1], item, below[0], cell, measures) if below else 0.0
        space = max(space, sum(tap.length for tap, _ in taps)) if taps else space
        if length + space < reach and cell.left - cell.inputs[0] < side_right(measures):
            # It needs the place where that box stands.
            space = reach - length
        led, more = leads.led(cell, item, leading, measures)
        space += more
        solid.append((led, space, taps))
        length += space + cell.length
        # What is not for this item is for one further up.
        taps, leading = [], leads.for_others(item, cell, leading)
        if cell.length or below is None:
            # Over an item that is nothing but lines, what follows keeps its distance from the one before.
            below = (cell, item)
    if not solid:
        raise ValueError("a tap stands at a line between items")
    # Nothing is above the last ones: their boxes need the room that an item would have given them.
    rest = max(sum(tap.length for tap, _ in taps), reach - leads.SIDE_ROOM - length, 0.0)
    length += rest

    def paint(canvas: Canvas, x: float, y: float) -> None:
        start = y
        for index, (cell, space, beside) in enumerate(solid):
            if space:
                lines = solid[index - 1][0].outputs if index else cell.inputs
                for low, high, arrow in zip(lines, cell.inputs, cell.arrows, strict=True):
                    _rise(canvas, x + low, x + high, y, space, arrow and space > CAP_GAP)
            for tap, height in beside:
                tap.paint(canvas, x, start - height)
            y -= space
            cell.paint(canvas, x, y)
            y -= cell.length
        for tap, height in taps:
            tap.paint(canvas, x, start - height)
        if rest > 0:
            for output in solid[-1][0].outputs:
                canvas.line((x + output, y), (x + output, y - rest))

    first, space, _ = solid[0]
    return Cell(
        min([cell.left for cell in cells] + [cell.left for cell, _, _ in solid]),
        max([cell.right for cell in cells]),
        length,
        cells[0].inputs,
        solid[-1][0].outputs,
        # Under an item at whose line something stands first, the line has its head above that.
        (False,) * len(first.arrows) if space else first.arrows,
        paint,
        solid[0][0].source,
    )


def _space(lower: Diagram, upper: Diagram, below: Cell, above: Cell, measures: Measures) -> float:
    if below.length == 0 or above.length == 0 or isinstance(upper, Rail | Lanes):
        return 0.0
    if isinstance(upper, Branches) and len(above.inputs) == 1:
        return 0.0
    if measures.cap and _sits(lower, upper) and len(above.inputs) == 1:
        return CAP_GAP + (HIGHLIGHT if _stands_out(lower) or _stands_out(upper) else 0.0)
    framed = [isinstance(item, Frame | Bar) for item in (lower, upper)]
    gap = 16.0 if all(framed) else measures.gap + (measures.frame_gap if any(framed) else 0.0)
    return max(gap, measures.named_gap) if _is_named(lower) and not measures.right else gap


def _sits(lower: Diagram, upper: Diagram) -> bool:
    """Whether one of both is a cap on the other, which is none."""
    caps = [isinstance(item, Box) and item.cap for item in (lower, upper)]
    return caps[0] != caps[1] and all(isinstance(item, Box | Choice | Bar) for item in (lower, upper))


def _stands_out(item: Diagram) -> bool:
    """Whether ``item`` is a box with a strong border, or alternatives with one."""
    options = item.options if isinstance(item, Choice) else (item,)
    return any(isinstance(option, Box) and option.mark.highlight for option in options)


def _is_named(item: Diagram) -> bool:
    """Whether names stand at the lines that leave ``item``: where a box splits its line."""
    match item:
        case Box():
            return len(item.outputs) != item.inputs and any(item.outputs)
        case Chain(items=items) if items:
            return _is_named(items[-1])
        case Branches(items=items, merge=None):
            return any(map(_is_named, items))
        case _:
            return False


def _rise(canvas: Canvas, start: float, end: float, y: float, space: float, arrow: bool) -> None:
    if abs(start - end) < 0.01:
        canvas.line((start, y), (end, y - space), arrow=arrow)
    else:
        middle = y - space / 2
        canvas.line((start, y), (start, middle), (end, middle), (end, y - space), arrow=arrow)


def in_row(cells: list[Cell], between: list[float], measures: Measures) -> list[Cell]:
    """``cells`` side by side, as near as their extents and the wanted distances of their outer lines allow."""
    row: list[Cell] = []
    for index, cell in enumerate(cells):
        if not row:
            row.append(cell)
            continue
        before = row[-1]
        dx = before.right + measures.branch_gap - cell.left
        dx = max(dx, before.inputs[-1] + measures.port_gap - cell.inputs[0])
        if between:
            dx = max(dx, before.outputs[-1] + between[index - 1] - cell.outputs[0])
        row.append(cell.moved(dx))
    return row


def with_sources(cells: list[Cell], between: list[float], measures: Measures) -> list[Cell]:
    """``cells`` whose lines have their places, with the sources among them moved to where they find room."""
    placed = list(cells)
    first = next(index for index, cell in enumerate(cells) if not cell.source)
    for index in [*range(first - 1, -1, -1), *range(first + 1, len(cells))]:
        cell = placed[index]
        if not cell.source:
            continue
        if index < first:
            after = placed[index + 1]
            dx = after.left - measures.branch_gap - cell.right
            if between:
                dx = min(dx, after.outputs[0] - between[index] - cell.outputs[-1])
        else:
            before = placed[index - 1]
            dx = before.right + measures.branch_gap - cell.left
            if between:
                dx = max(dx, before.outputs[-1] + between[index - 1] - cell.outputs[0])
        placed[index] = cell.moved(dx)
    return placed


def copied(cells: list[Cell], item: Branches, port: float, between: list[float], measures: Measures) -> Cell:
    """``cells`` of ``item`` fed from one line at ``port`` by a bus, and joined by its node or left apart."""
    row, merge = in_row(cells, between, measures), item.merge
    axis = _axis(row, merge) if item.main is None else row[item.main].outputs[0]
    if all(cell.source for cell in row):
        # Each begins a line of its own: nothing comes in.
        alone = dealt_out([cell.moved(port - axis) for cell in row], merge, measures)
        return replace(alone, inputs=(port,), arrows=(False,), source=True)
    entry = axis if merge else _entry(row)
    row = [cell.moved(port - entry) for cell in row]
    axis += port - entry
    foot = BUS_LOW + BUS_ARROW
    top = _top(row, merge, axis, measures)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        bus = y - BUS_LOW
        starts = [cell.inputs[0] for cell in row if not cell.source]
        if not (alone := len(starts) == 1):
            canvas.line((x + port, y), (x + port, bus))
        for cell in row:
            if not cell.source:
                start = cell.inputs[0]
                outer = start in (starts[0], starts[-1]) and abs(start - port) > 0.01
                # To one branch alone leads one line, which is round at both of its corners.
                before = [*([(x + port, y)] if alone else []), *([(x + port, bus)] if outer else [])]
                path = straightened([*before, (x + start, bus), (x + start, y - foot)])
                canvas.line(*path, arrow=cell.arrows[0])
                if not outer and not alone:
                    canvas.dot(x + start, bus)
            cell.paint(canvas, x, y - foot)
        if len(starts) > 1 and all(abs(start - port) > 0.01 for start in starts):
            canvas.dot(x + port, bus)
        _join(canvas, row, merge, x, y - foot, axis, measures)

    outputs = (axis,) if merge else tuple(output for cell in row for output in cell.outputs)
    return Cell(row[0].left, row[-1].right, foot + top, (port,), outputs, (False,), paint)


def _entry(row: list[Cell]) -> float:
    """Where the one line comes in: under the middle of the lines that leave, or straight under a branch near it."""
    middle = (row[0].outputs[0] + row[-1].outputs[-1]) / 2
    nearest = min((cell.inputs[0] for cell in row if not cell.source), key=lambda start: abs(start - middle))
    return nearest if abs(nearest - middle) < NEAR else middle


def dealt_out(cells: list[Cell], merge: str | None, measures: Measures) -> Cell:
    """``cells`` that take the lines of the item below, and joined by ``merge`` or left apart."""
    axis = _axis(cells, merge)
    top = _top(cells, merge, axis, measures)

    def paint(canvas: Canvas, x: float, y: float) -> None:
        for cell in cells:
            cell.paint(canvas, x, y)
        _join(canvas, cells, merge, x, y, axis, measures)

    outputs = (axis,) if merge else tuple(output for cell in cells for output in cell.outputs)
    return Cell(
        cells[0].left,
        cells[-1].right,
        top,
        tuple(port for cell in cells if not cell.source for port in cell.inputs),
        outputs,
        tuple(arrow for cell in cells if not cell.source for arrow in cell.arrows),
        paint,
    )


def _axis(row: list[Cell], merge: str | None) -> float:
    """Where the merged line leaves: between two branches of like breadth, else above the longest."""
    longest = max(cell.length for cell in row)
    breadths = [cell.width for cell in row]
    if merge and len(row) == 2 and max(breadths) < 2.2 * min(breadths):
        return (row[0].outputs[0] + row[1].outputs[0]) / 2
    return next(cell.outputs[0] for cell in row if cell.length == longest)


def _top(row: list[Cell], merge: str | None, axis: float, measures: Measures) -> float:
    longest = max(cell.length for cell in row)
    if merge is None:
        return longest
    through = any(abs(cell.outputs[0] - axis) < 0.01 for cell in row)
    rise = measures.gap if through else measures.node * 0.6
    return longest + rise + 2 * measures.node


def _join(
    canvas: Canvas, row: list[Cell], merge: str | None, x: float, y: float, axis: float, measures: Measures
) -> None:
    """The lines from the top of each cell of ``row``, whose bottoms are at ``y``, to where the row's lines leave."""
    top = y - _top(row, merge, axis, measures)
    if merge is None:
        for cell in row:
            if top < y - cell.length:
                for output in cell.outputs:
                    canvas.line((x + output, y - cell.length), (x + output, top))
        return
    radius = measures.node
    centre = top + radius
    leaving = [cell.outputs[0] for cell in row]
    for cell in row:
        output = cell.outputs[0]
        start = (x + output, y - cell.length)
        if abs(output - axis) < 0.01:
            canvas.line(start, (x + axis, centre + radius), arrow=True)
        elif any(min(axis, other) < output < max(axis, other) for other in leaving):
            # Of several lines from one side the outermost leads into the node, and the others join it.
            canvas.line(start, (x + output, centre))
            canvas.dot(x + output, centre)
        else:
            side = axis - radius if output < axis else axis + radius
            canvas.line(start, (x + output, centre), (x + side, centre), arrow=True)
    canvas.node(x + axis, centre, radius, "+" if merge == "+" else "×")
