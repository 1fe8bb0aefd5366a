"""The numbers of the drawing: sizes and distances in design px, one set for the spine and one for insets."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from archdraw.records import record


@record
class Measures:
    """Sizes of one kind of diagram.

    ``box_width`` is a box's width (0: as wide as its words need, at least ``least_width``); heights count by lines of
    text; ``gap`` is the length of an arrow between two boxes. ``widest_box`` is what a box may take before its words
    wrap (``widest_branch``: beside others), ``figure_scale`` the size of its figure. ``rail`` is the least distance of
    a residual line from its spine, ``frame_left`` and ``frame_right`` are the least extents of a frame about it: equal
    stacks line up by themselves. ``chip_width`` and ``chip_space`` are those of chips and of the arrows
    from them.
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

    @cached_property
    def slim(self) -> Measures:
        """Those of what stands side by side, whose words wrap earlier."""
        return replace(self, widest_box=self.widest_branch)


SPINE = Measures(
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

COLUMN = replace(
    SPINE,
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
)

EDGE = 2.0
BOX_STROKE = 1.5
SMALL = 15.5
"""The smallest text: 1.1 % of the shorter side of a usual plate."""
CORNER = 8.0
DOT = 3.5
