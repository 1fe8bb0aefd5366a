"""Lines that bend are one path, whose corners are all round."""

from __future__ import annotations

import pytest

import shipped
from archdraw.scene import Circle, Line


@pytest.mark.parametrize("name", ["vit-b-16", "clip-vit-b-32", "dit-xl-2"])
def test_no_line_bends_where_it_ends_and_one_other_begins(name: str) -> None:
    """A class token beside the patches begins a line of its own: the image goes to one branch alone."""
    shapes = list(shipped.plate(name).shapes())
    edges = [one for one in shapes if isinstance(one, Line) and one.kind == "edge"]
    marked = [(one.x, one.y) for one in shapes if isinstance(one, Circle)]
    assert len(edges) > 20
    for before in edges:
        (x, _), end = before.points[-2:]
        after = [one for one in edges if one.points[0] == end]
        if before.head or len(after) != 1 or end in marked:
            continue
        assert (x == end[0]) == (after[0].points[1][0] == end[0]), end
