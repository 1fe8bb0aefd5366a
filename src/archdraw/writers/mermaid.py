"""Diagrams as text of Mermaid, for places that draw only that: a flowchart of blocks, stacks and panels as subgraphs.

Mermaid lays it out by itself: what a scene says of places, and what is no block, is left out, and a comment in the text
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archdraw.errors import ArchdrawError
from archdraw.scene import Group, Point, Scene
from archdraw.writers import TextMode
from archdraw.writers._markup import Paints
from archdraw.writers._parts import NEAR, Part, Wire, parts_of
from archdraw.writers._values import clean, number, origin

IS_TEXT = True
LEFT_OUT = "notes, figures, layer maps, parameters and memory are not in this text; they are in SVG, PDF and PNG"
NO_BLOCKS = "this picture has no blocks with lines between them, and Mermaid takes nothing else; choose svg, png or pdf"
NO_FLOW = ("strip", "facts", "header", "footer", "zoom")
"""Sections of a picture in which nothing flows."""
SIGNS = {"add": "+", "multiply": "×"}
SUBGRAPHS = ("frame", "choice")
"""Roles of containers that are subgraphs, as panels are."""
WIDEST = 480
"""Px that a line of words takes before Mermaid breaks it."""
RESERVED = (
    "end",
    "graph",
    "flowchart",
    "subgraph",
    "style",
    "class",
    "classdef",
    "click",
    "call",
    "href",
    "default",
    "direction",
    "linkstyle",
)
"""Words that cannot be names of nodes, in small letters."""
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")
_ESCAPED = re.compile(r"[^\w\s(),.:=×→·²−+/%-]|^[-+](?=\s|$)|(?<=^\d)\.(?=\s)|_")
"""What Mermaid would take for markup: signs of HTML and of its Markdown, and what begins a list."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a flowchart in UTF-8. It has no size, and so no ``scale``, and its letters are the reader's.

    Raises :class:`ArchdrawError` where nothing flows in the picture, as in a chart.
    """
    return ("\n".join(_Flowchart(scene).lines()) + "\n").encode()


class _Flowchart:
    """One scene on its way to text."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.picture, self.paints = scene, parts_of(scene), Paints(scene)
        self.names: dict[Part, str] = {}
        self.taken: set[str] = set()
        blocks = [one for one in self.picture.parts if _is_node(one)]
        self.subgraphs = {around for one in blocks for around in _around(one) if _is_subgraph(around)}
        for part in self.picture.parts:
            if part in self.subgraphs or _is_node(part):
                self.names[part] = _name(part, self.taken)
        self.nodes = {part: name for part, name in self.names.items() if part not in self.subgraphs}
        self.inputs: dict[Point, tuple[str, Part | None]] = {}

    def lines(self) -> Iterator[str]:
        edges = list(dict.fromkeys(self.edges()))
        if not edges:
            raise ArchdrawError(NO_BLOCKS)
        title = _title(self.scene.title)
        yield from ("---", f"title: {title}", "config:", "  flowchart:", f"    wrappingWidth: {WIDEST}", "---")
        # Models are read upwards, what stands on an axis of time to the right.
        yield "flowchart BT" if any(part.group and part.group.role for part in self.nodes) else "flowchart LR"
        yield from (f"%% {clean(said)}" for said in (origin(self.scene), LEFT_OUT) if said)
        yield from self.inside(None, "  ")
        yield from (f"  {edge}" for edge in edges)
        yield from self.colours()

    def inside(self, around: Part | None, indent: str) -> Iterator[str]:
        """What is in the subgraph ``around``, in the order in which it is painted; the whole where it is None."""
        for name, place in self.inputs.values():
            if place is around:
                yield f"{indent}{name}([in])"
        for part in self.names:
            if next((one for one in _around(part) if one in self.subgraphs), None) is not around:
                continue
            if part in self.subgraphs:
                yield f'{indent}subgraph {self.names[part]}["{self.title(part)}"]'
                yield f"{indent}  direction BT"
                yield from self.inside(part, f"{indent}  ")
                yield f"{indent}end"
            else:
                yield indent + self.node(part)

    def title(self, part: Part) -> str:
        """What stands above a subgraph: the letter and title of a panel, else of a choice what is said in it."""
        group = part.group or Group(())
        said = [text.text for one in self.picture.parts if one.parent is part for text in one.texts if not one.path]
        title = group.title or ", ".join(said) or group.path
        return _label([f"{group.panel}: {title}" if len(group.panel) == 1 else title])

    def node(self, part: Part) -> str:
        group, name = part.group or Group(()), self.names[part]
        if group.role in SIGNS:
            return f'{name}(("{_label([SIGNS[group.role]])}"))'
        words = [text.text for text in part.texts if text.anchor == "middle"] or [text.text for text in part.texts]
        first, *others = words or [group.title]
        # A line to its panel would tear apart what Mermaid lays out.
        label = _label([f"{first} ({group.opens})" if self.is_letter(group.opens) else first, *others])
        return f'{name}(["{label}"])' if group.role == "input" else f'{name}["{label}"]'

    def is_letter(self, panel: str) -> bool:
        """Whether ``panel`` is the letter of a subgraph."""
        return len(panel) == 1 and any(part.group is not None and part.group.panel == panel for part in self.subgraphs)

    def edges(self) -> Iterator[str]:
        for wire in self.picture.wires:
            if wire.line.kind == "edge" and not (wire.target and wire.target.kind == "dot"):
                arrow = "-.->" if wire.line.dash else "-->"
                for target in self.targets(wire):
                    yield from (f"{source} {arrow} {target}" for source in self.sources(wire, frozenset()))

    def targets(self, wire: Wire) -> list[str]:
        return self.ends(wire.line.end, wire.target, wire, wire.points[-1])

    def sources(self, wire: Wire, seen: frozenset[Part]) -> list[str]:
        """The nodes that ``wire`` comes from: where it begins at a dot, those that lead to that."""
        dot = wire.source
        if dot is not None and dot.kind == "dot":
            leading = [one for one in self.picture.wires if one.target is dot and dot not in seen]
            return [name for one in leading for name in self.sources(one, seen | {dot})]
        found = self.ends(wire.line.start, dot, wire, wire.points[0])
        if found or wire.line.open_ends not in ("start", "both"):
            return found
        place = next((one for one in _around_wire(wire) if one in self.subgraphs), None)
        if wire.points[0] not in self.inputs:
            self.inputs[wire.points[0]] = _unique("in", self.taken), place
        return [self.inputs[wire.points[0]][0]]

    def ends(self, paths: str, touched: Part | None, wire: Wire, point: Point) -> list[str]:
        """The nodes at the end of ``wire`` at ``point``: the one that it touches, or those of ``paths`` near by.

        At the top and the bottom of a choice it is at all that stand there.
        """
        if touched in self.nodes and not _is_at_choice(touched, point):
            return [self.nodes[touched]]
        scope = _scope(touched) if touched else _scope_of(wire)
        named = {part: name for part, name in self.nodes.items() if part.path and part.path in paths.split()}
        here = [name for part, name in named.items() if _scope(part) is scope] or list(named.values())
        return here or ([self.nodes[touched]] if touched in self.nodes else [])

    def colours(self) -> Iterator[str]:
        """The colours of blocks by their roles; lines and grounds are those of the place that draws it."""
        styles: dict[str, list[Part]] = {}
        for part in self.nodes:
            if part.shape is not None and part.shape.fill:
                words = [text.fill for text in part.texts] or [part.shape.stroke or "ink"]
                stroke = self.paints[part.shape.stroke or part.shape.fill]
                style = f"fill:{self.paints[part.shape.fill]},stroke:{stroke},color:{self.paints[words[0]]}"
                styles.setdefault(f"{style},stroke-width:{number(part.shape.stroke_width)}px", []).append(part)
        taken: set[str] = set()
        for style, parts in styles.items():
            kind = _unique(parts[0].group.role if parts[0].group else "", taken)
            yield f"  classDef {kind} {style}"
            yield f"  class {','.join(self.names[part] for part in parts)} {kind}"


def _is_node(part: Part) -> bool:
    """Whether ``part`` is a block of the model, and no letter, figure or part of a table."""
    group = part.group
    return part.kind == "block" and part.section not in NO_FLOW and _is_named(group)


def _is_named(group: Group | None) -> bool:
    return group is not None and bool(group.path or group.role) and group.role != "letter"


def _is_subgraph(part: Part) -> bool:
    return part.group is not None and (part.group.role in SUBGRAPHS or bool(part.group.panel))


def _is_at_choice(part: Part, point: Point) -> bool:
    """Whether ``part`` is one of several in one place, and ``point`` is where a line enters or leaves that place."""
    around = part.parent
    if around is None or around.group is None or around.group.role != "choice":
        return False
    return min(abs(point[1] - around.place[1]), abs(point[1] - around.place[3])) <= NEAR


def _around(part: Part) -> Iterator[Part]:
    """The containers around ``part``, from inside outwards."""
    while part.parent is not None:
        part = part.parent
        yield part


def _around_wire(wire: Wire) -> Iterator[Part]:
    if wire.parent is not None:
        yield wire.parent
        yield from _around(wire.parent)


def _scope(part: Part) -> Part | None:
    """The panel that ``part`` is in."""
    return next((one for one in _around(part) if one.group and one.group.panel), None)


def _scope_of(wire: Wire) -> Part | None:
    return next((one for one in _around_wire(wire) if one.group and one.group.panel), None)


def _name(part: Part, taken: set[str]) -> str:
    group = part.group or Group(())
    last = (group.path or group.panel).rpartition("/")[2]
    word = _NOT_NAME.sub("_", last or group.role or part.kind).strip("_") or part.kind
    return _unique(word, taken)


def _unique(word: str, taken: set[str]) -> str:
    """``word`` as a name that is no word of the language, begins with a letter, and is not ``taken``; now it is."""
    base = word if word[:1].isalpha() and word.lower() not in RESERVED else f"b_{word}"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    taken.add(name)
    return name


def _label(lines: Iterable[str]) -> str:
    """``lines`` of a label, between quotes."""
    return "<br>".join(
        _ESCAPED.sub(lambda found: f"#{ord(found[0])};", clean(line).replace("\xa0", " ")) for line in lines
    )


def _title(text: str) -> str:
    """``text`` as a value of YAML."""
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
