"""What is to be drawn, before anything has a place: boxes, lines and frames, and nothing of neural networks.

Diagrams flow upwards: every item takes lines at its bottom and hands on lines at its top. Roles are names of colours.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from archdraw.cells import Strip
from archdraw.edges import Edge
from archdraw.figures import ExpertGrid as ExpertGrid
from archdraw.figures import Figure as Figure
from archdraw.figures import HeadGroups as HeadGroups
from archdraw.records import record
from archdraw.remarks import UNMARKED, Mark
from archdraw.remarks import Closed as Closed
from archdraw.remarks import Fact as Fact
from archdraw.remarks import Mask as Mask
from archdraw.remarks import Masks as Masks
from archdraw.remarks import Segment as Segment
from archdraw.remarks import Share as Share
from archdraw.remarks import Split as Split
from archdraw.remarks import Words as Words


@record
class Chip:
    """A small box at the left of a box: a property that modifies it."""

    label: str
    role: str


@record
class Box:
    """A box with a label and a second line. It takes ``inputs`` lines and hands on one for each name in ``outputs``.

    One with 0 inputs is a source: it stands beside branches that are fed from one line, and is not. It is
    ``least_height`` px high at least, whatever its words need; of its two lines those that are ``strong`` stand out.
    One that is ``wired`` is reached by a line from a tower; a ``cap`` may sit on the box next to it without an arrow;
    one of some layers has their numbers in ``layers``; ``short`` is the abbreviation of what it is called."""

    path: str
    label: str
    detail: str = ""
    role: str = "plain"
    title: str = ""
    chips: tuple[Chip, ...] = ()
    inputs: int = 1
    outputs: tuple[str, ...] = ("",)
    figure: Figure | None = None
    least_height: float = 0
    strong: frozenset[Literal["label", "detail"]] = frozenset()
    wired: bool = False
    cap: bool = False
    layers: tuple[int, ...] = ()
    mark: Mark = UNMARKED
    short: str = ""


@record
class Chain:
    """Items one above the other, the first at the bottom. An empty chain is a plain line."""

    items: tuple[Diagram, ...] = ()


@record
class Branches:
    """Items side by side. A single incoming line is copied to all, several are dealt out.

    ``merge``: the sign of the node that joins them, or None where all go on. ``main`` is the index of the one that
    the others only add to: it keeps its size and its place.
    """

    items: tuple[Diagram, ...]
    merge: Literal["+", "×"] | None = "+"
    main: int | None = None


@record
class Graph:
    """Diagrams by key, joined by edges, for what chains and branches cannot say.

    "input" stands for the ``inputs`` lines that come in, "output" for one line out for each edge to it, named by
    ``outputs`` where several are. Edges lead to a node in the order of its lines, and in no circle but by one that
    leads back, beside which ``delay`` stands. A box whose whole label is "+" or "×" is drawn as the node of that sign.
    """

    nodes: tuple[tuple[str, Diagram], ...]
    edges: tuple[Edge, ...]
    inputs: int = 1
    outputs: tuple[str, ...] = ("",)
    delay: str = ""

    @property
    def items(self) -> tuple[Diagram, ...]:
        """The diagrams of all nodes."""
        return tuple(item for _, item in self.nodes)


@record
class Rail:
    """``body`` with a line around it at the left that joins its output in a plus."""

    body: Diagram


@record
class Port:
    """A box on lines, which it reads or writes: it has only its ``label`` and, at the right, in how many ``layers``."""

    box: Box
    label: str
    layers: str = ""


@record
class Joint:
    """``body`` beside lanes: what it takes leaves them at the last of ``read``, what it leaves enters at ``write``.

    The lanes pass ``between`` on their way. Without a port to ``write`` to, the last lane has a plus there.
    """

    body: Diagram
    read: tuple[Port, ...]
    between: tuple[Port, ...] = ()
    write: tuple[Port, ...] = ()

    @property
    def ports(self) -> tuple[Port, ...]:
        """All ports, the lowest first."""
        return (*self.read, *self.between, *self.write)


@record
class Lanes:
    """``number`` lines at the left, called ``label``, with what is joined to them one after the other.

    A single one is a residual line with ports on it. ``path`` is that of the label; ``plain`` has boxes for ports.
    """

    joints: tuple[Joint, ...]
    number: int
    label: str
    path: str
    plain: Diagram

    @property
    def items(self) -> tuple[Diagram, ...]:
        """The diagrams beside the lanes."""
        return tuple(joint.body for joint in self.joints)


@record
class Choice:
    """Alternatives in one slot, the first on top. ``bands`` say above each when it comes, after the ``conjunction``
    above all but the first; so many ``layers`` have each. With ``headings`` they are boxes of one line as rows of a
    table: one is above their labels, one above the ``counts`` at their right that it completes, else the bands."""

    options: tuple[Diagram, ...]
    bands: tuple[str, ...]
    conjunction: str = ""
    headings: tuple[str, str] | None = None
    counts: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()


@record
class Frame:
    """A tinted frame around ``body`` with a bracket at its left that says ``times`` (empty: no bracket).

    A ``caption`` stands in it at its top, the ``short`` one without figures. What is gone through again, a loop, has
    a line ``back``. Where it ``adds``, a line from outside is added to that of ``body``. It has a ``number`` of layers.
    """

    body: Diagram
    times: str
    path: str
    title: str
    caption: str = ""
    back: bool = False
    short: str = ""
    layers: tuple[int, ...] = ()
    adds: bool = False
    number: int = 0


@record
class Bar:
    """A frame folded to a bar of one line (``short``: without figures) that ``lines`` pass; it has its own bracket."""

    label: str
    times: str
    path: str
    title: str
    lines: int = 1
    short: str = ""
    layers: tuple[int, ...] = ()
    mark: Mark = UNMARKED


@record
class Tap:
    """A folded box beside the line: it reads the line ("out") or joins it ("in"); ``note`` stands at its line.

    One that does not join has its note in its box, and no line but one from the frame at ``goal``, which it reads.
    One that joins comes from below, or from ``aside`` where a frame is in the way, with a second line to the frame or
    bar at ``goal``, and words on what is ``added`` there. One that reads the line has its only one there; where it
    stands aside a :class:`Wire` begins.
    """

    box: Box
    direction: Literal["in", "out"]
    note: str = ""
    joins: bool = True
    aside: bool = False
    goal: str = ""
    added: str = ""


Diagram: TypeAlias = Box | Chain | Branches | Graph | Rail | Lanes | Choice | Frame | Bar | Tap


@record
class Terminal:
    """Where a line comes into a model: the box below it that says what comes in."""

    label: str
    path: str
    detail: str = ""


@record
class Tower:
    """A column beside the model's, with inputs of its own. What leaves it is led to the model's boxes at ``goals``."""

    column: Chain
    inputs: tuple[Terminal, ...]
    path: str
    goals: tuple[str, ...]


@record
class Wire:
    """A line from the top of the box at ``source``, beside the model's, to the boxes at ``goals`` above it."""

    source: str
    goals: tuple[str, ...]


Item: TypeAlias = Diagram | Words | Masks | Share | Split


@record
class Inset:
    """A panel that opens the box at ``source``; ``letter``, which the layout gives, stands at both ends of their line.

    An inset without a source is by itself; one with ``beside`` opens a part of another inset (its path) and is
    joined to that. ``optional`` panels are left out where there is no room for them; where there is still none, those
    of the least ``priority``, as long as that is a number. Boxes at ``also`` are opened too; ``first`` ones come first.
    """

    title: str
    items: tuple[Item, ...]
    source: str = ""
    letter: str = ""
    beside: str = ""
    optional: bool = False
    priority: int | None = None
    also: tuple[str, ...] = ()
    first: bool = False


@record
class Plate:
    """A whole picture of one model: ``column`` is its spine from the input up, ``accent`` one of the theme's.

    Its lines begin at ``inputs``, ``towers`` stand at its left, ``wires`` run there; with ``href`` its name is a link.
    ``lacking`` are the footer's words before panels without room, those without remarks, and ``closed`` boxes, which
    are named or, with the last word, counted. Small pages have ``facts``; no box shows what is at ``undrawn`` paths.
    """

    name: str
    subtitle: tuple[str, ...]
    accent: int
    column: Chain
    inputs: tuple[Terminal, ...]
    insets: tuple[Inset, ...]
    strip: Strip | None
    footer: tuple[str, ...]
    description: str
    href: str = ""
    towers: tuple[Tower, ...] = ()
    wires: tuple[Wire, ...] = ()
    lacking: tuple[str, str, str, str] = ("panels left out", "some notes left out", "not opened", "boxes")
    facts: tuple[Fact, ...] = ()
    undrawn: tuple[str, ...] = ()
    closed: tuple[Closed, ...] = ()
