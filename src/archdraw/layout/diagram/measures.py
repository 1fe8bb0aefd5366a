"""The numbers of the drawing: sizes and distances in design px, one set for the spine and one for insets."""

from __future__ import annotations

from functools import cached_property, lru_cache

from archdraw.records import record, replaced


@record
class Measures:
    """Sizes of one kind of diagram.

    ``box_width`` is a box's width (0: as wide as its words need, at least ``least_width``); heights count by lines of
    text; ``gap`` is the length of an arrow between two boxes. ``widest_box`` is what a box may take before its words
    wrap (``widest_branch``: beside others), ``figure_scale`` the size of its figure. ``rail`` is the least distance of
    a residual line from its spine, ``frame_left`` and ``frame_right`` are the least extents of a frame about it: equal
    stacks line up by themselves. ``chip_width``, ``chip_height`` and ``chip_space`` are those of chips and of the
    arrows from them. A residual line passes what it goes around ``rail_space`` px from it, a frame stands
    ``frame_space`` around what is in it; ``tap`` is from where a residual's line comes in up to its first box. Where
    ``cap`` is a height, caps are that high and sit on their boxes.
    ``frame_top`` and ``frame_bottom`` are what a frame leaves free above and below, ``frame_gap`` what an arrow to a
    frame is longer, ``gutter`` the room for what a bracket says, at most in ``times_size``. Folded runs are
    ``bar_height`` high and in a panel ``bar_width`` wide; modules beside the spine are ``side_width`` by
    ``side_height`` with labels of ``side_label``, ``side_gap`` from it, at lines ``tap_out`` or ``tap_in`` long.
    A model has ``container_pad`` within its container, several columns ``container_side`` at their sides; an arrow
    of ``leaving`` above it, and ``input_gap`` below it the boxes of its inputs, at least ``input_width`` by
    ``input_height``, with words of ``input_widest`` px. Modules that join it from there are ``joining_width`` by
    ``joining_height``, in rows of ``joining_row``. Boxes beside many others are at least ``least_beside`` wide; an
    arrow with a name beside it is ``named_gap`` long at least. Columns side by side have the measures ``column``.
    What flows to the ``right`` is laid out as what flows upwards, with the widths of its boxes along the flow and
    their heights across (:class:`archdraw.layout.turned.Turned`).
    """

    label_size: float
    least_label_size: float
    detail_size: float
    least_detail_size: float
    box_width: float
    least_width: float
    pad: float
    one_line: float
    two_lines: float
    gap: float
    branch_gap: float
    port_gap: float
    node: float
    radius: float = 8
    rail: float = 0
    frame_left: float = 0
    frame_right: float = 0
    widest_box: float = 404
    widest_branch: float = 404
    figure_scale: float = 1
    chip_width: float = 128
    chip_space: float = 16
    chip_height: float = 28
    rail_space: float = 24
    frame_space: float = 22
    tap: float = 36
    cap: float = 0
    frame_top: float = 24
    frame_bottom: float = 8
    frame_gap: float = 12
    gutter: float = 56
    times_size: float = 20
    bar_height: float = 40
    bar_width: float = 240
    side_width: float = 168
    side_height: float = 60
    side_label: float = 16
    side_gap: float = 24
    tap_out: float = 40
    tap_in: float = 36
    container_pad: float = 24
    container_side: float = 24
    input_width: float = 200
    input_widest: float = 280
    input_height: float = 40
    input_gap: float = 28
    leaving: float = 28
    joining_width: float = 208
    joining_height: float = 56
    joining_row: float = 80
    least_beside: float = 120
    named_gap: float = 32
    column: Measures | None = None
    right: bool = False

    @cached_property
    def slim(self) -> Measures:
        """Those of what stands side by side, whose words wrap earlier."""
        return replaced(self, widest_box=self.widest_branch)

    @cached_property
    def of_box(self) -> Measures:
        """Those that a box goes by, equal for all diagrams that only leave other space between their boxes."""
        return _one(replaced(self, gap=0, branch_gap=0, node=0, rail=0, frame_left=0, frame_right=0, widest_branch=0))


@lru_cache(maxsize=512)
def _one(measures: Measures) -> Measures:
    """The first of equal ``measures``: what is kept for them is found without comparing all of their numbers."""
    return measures


_ALONE = Measures(
    label_size=20,
    least_label_size=16,
    detail_size=16,
    least_detail_size=15.5,
    box_width=304,
    least_width=304,
    pad=10,
    one_line=40,
    two_lines=60,
    gap=24,
    branch_gap=24,
    port_gap=40,
    node=14,
    rail=320,
    frame_left=344,
    frame_right=176,
)

COLUMN = replaced(
    _ALONE,
    box_width=280,
    least_width=280,
    gap=20,
    rail=280,
    frame_left=304,
    frame_right=164,
    chip_width=112,
    chip_space=12,
)
"""The measures of one of several columns: a little smaller than a spine by itself."""

SPINE = replaced(_ALONE, column=COLUMN)
"""Those of the column of a model."""

INSET = Measures(
    label_size=16,
    least_label_size=15.5,
    detail_size=15.5,
    least_detail_size=15.5,
    box_width=0,
    least_width=56,
    pad=14,
    one_line=30,
    two_lines=48,
    gap=18,
    branch_gap=20,
    port_gap=40,
    node=13,
    cap=24,
)

EDGE = 2.0
BOX_STROKE = 1.5
HIGHLIGHT = 3.0
"""The border of a box that stands out."""
SMALL = 15.5
"""The smallest text: 1.1 % of the shorter side of a usual plate."""
CORNER = 8.0
DOT = 3.5
