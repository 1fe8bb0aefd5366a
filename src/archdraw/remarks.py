"""What a picture has besides diagrams: words, attention masks, bars, and names of what it does not open."""

from __future__ import annotations

from archdraw.records import record


@record
class Words:
    """A line of text under a diagram, wrapped where it is too long; ``strong`` in ink, else muted."""

    text: str
    strong: bool = False


@record
class Mark:
    """What an author says of one box: a ``note`` in its second line, a ``colour`` (``#RRGGBB``, or that of a role).

    One to ``highlight`` has a strong border.
    """

    note: str = ""
    colour: str = ""
    highlight: bool = False


UNMARKED = Mark()


@record
class Mask:
    """One attention mask: for each query from the top down, the keys that it sees; with two lines of words below."""

    role: str
    rows: tuple[tuple[int, ...], ...]
    label: str
    detail: str


@record
class Masks:
    """Masks side by side: which keys each query sees."""

    masks: tuple[Mask, ...]


@record
class Share:
    """A bar filled to ``part`` of ``whole``, with words above it at the left and right."""

    left: str
    right: str
    part: float
    whole: float
    role: str


@record
class Segment:
    """One part of a split bar."""

    label: str
    value: float
    role: str


@record
class Split:
    """A bar cut into named segments, with a legend of their shares below."""

    segments: tuple[Segment, ...]


@record
class Fact:
    """A figure that stands out on a page of few words, and what it is the figure of, in one line and in ``short``."""

    value: str
    label: str
    short: str = ""


@record
class Closed:
    """Boxes that are not opened in the columns, or in the ``panel`` of that title: ``names`` of some, and how many."""

    panel: str
    names: str
    number: int
