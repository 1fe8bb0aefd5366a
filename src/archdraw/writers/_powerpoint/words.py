"""The words of a picture as paragraphs in a shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archdraw.records import record
from archdraw.scene import Bounds, Text
from archdraw.writers._powerpoint.colours import Colours
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers._values import content, quoted

MIDDLE = 0.35
"""From a baseline up to the middle of a line, in sizes of its text; fonts differ by less than 0.02."""
SINGLE = 1.2
"""The height of a line, in sizes of its text."""
AIR = 1.12
"""How much wider words may be than in Inter: other fonts are up to a tenth wider."""
ROOM = 1.3
"""How much wider a box of words is than these, as nothing is in its way: the widest fonts are so much wider in bold."""
CLOSEST, FARTHEST = 0.9, 1.95
"""How far below each other lines of one box stand, in sizes of their text."""
BOLD = 600
LEAST = 100
"""The smallest text that there is, in hundredths of a point."""
NEAR = 0.6
"""Px by which things that are at one place may differ."""
ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}


@record
class Block:
    """Lines of words, one below the other, that start, end or stand in the middle at one ``x``."""

    lines: tuple[Text, ...]

    @property
    def middle(self) -> float:
        """How far down the middle of all is."""
        first, last = self.lines[0], self.lines[-1]
        top = first.y - MIDDLE * first.size - SINGLE * first.size / 2
        return (top + last.y - MIDDLE * last.size + SINGLE * last.size / 2) / 2

    @property
    def height(self) -> float:
        first, last = self.lines[0], self.lines[-1]
        return last.y - first.y + SINGLE * (first.size + last.size) / 2 - MIDDLE * (last.size - first.size)

    @property
    def bounds(self) -> Bounds:
        """The box of the words, without air."""
        half = self.height / 2
        left, right = min(line.left for line in self.lines), max(line.right for line in self.lines)
        return left, self.middle - half, right, self.middle + half

    def within(self, left: float, right: float) -> Bounds:
        """The box that the words have by themselves, with air for wider fonts, from ``left`` to ``right`` at most."""
        start, top, end, bottom = self.bounds
        wide, more = end - start, (end - start) * (ROOM - 1) + 2
        one = self.lines[0]
        if one.anchor == "start":
            end = max(end + 0.02 * wide, min(end + more, right))
        elif one.anchor == "end":
            start = min(start - 0.02 * wide, max(start - more, left))
        else:
            more = min(more / 2, max(0.0, start - left), max(0.0, right - end))
            start, end = start - more, end + more
        return start, top, end, bottom


def blocks(texts: Iterable[Text]) -> Iterator[Block]:
    """``texts`` in their order, those together that are lines of one text box."""
    lines: list[Text] = []
    for text in texts:
        if lines and not _goes_on(lines[-1], text):
            yield Block(tuple(lines))
            lines = []
        lines.append(text)
    if lines:
        yield Block(tuple(lines))


def _goes_on(above: Text, below: Text) -> bool:
    apart = below.y - above.y
    size = max(above.size, below.size)
    return abs(above.x - below.x) < NEAR and above.anchor == below.anchor and CLOSEST * size <= apart <= FARTHEST * size


def body(
    block: Block, fitting: Fitting, colours: Colours, language: str, within: Bounds | None = None, tag: str = "p:txBody"
) -> str:
    """The markup of ``block`` as the words of a shape: one at ``within``, else a text box of its own size."""
    insets = {"lIns": 0.0, "tIns": 0.0, "rIns": 0.0, "bIns": 0.0}
    if within:
        left, top, right, bottom = within
        # Words that are not in the middle of their shape are held where they are by what they keep away from.
        across = block.lines[0].x - (left + right) / 2
        down = block.middle - (top + bottom) / 2
        insets["lIns" if across > 0 else "rIns"] = 2 * abs(across) if abs(across) > NEAR else 0.0
        insets["tIns" if down > 0 else "bIns"] = 2 * abs(down) if abs(down) > NEAR else 0.0
    # Words in the middle never break: in a wide font they reach a little further. LibreOffice would shift others.
    wrap = "none" if block.lines[0].anchor == "middle" else "square"
    margins = "".join(f' {side}="{fitting.length(px)}"' for side, px in insets.items())
    paragraphs = "".join(_paragraphs(block, fitting, colours, language))
    return f'<{tag}><a:bodyPr wrap="{wrap}"{margins} anchor="ctr"><a:noAutofit/></a:bodyPr>{paragraphs}</{tag}>'


def _paragraphs(block: Block, fitting: Fitting, colours: Colours, language: str) -> Iterator[str]:
    """A paragraph for each phrase; where it is of several lines, with the breaks that it has in the picture."""
    last: Text | None = None
    for lines in _phrases(block.lines):
        first = lines[0]
        pitch = (lines[-1].y - first.y) / (len(lines) - 1) if len(lines) > 1 else SINGLE * first.size
        spaced = ""
        if last is None or first.y - last.y >= pitch:
            before = first.y - last.y - pitch if last else 0.0
            spaced = f'<a:spcBef><a:spcPts val="{fitting.points(before)}"/></a:spcBef>'
        elif len(lines) == 1:
            pitch = first.y - last.y
        aligned = f'<a:pPr algn="{ALIGNED[first.anchor]}"><a:lnSpc><a:spcPts val="{fitting.points(pitch)}"/>'
        runs = "<a:br/>".join(_run(line, fitting, colours, language) for line in lines)
        yield f"<a:p>{aligned}</a:lnSpc>{spaced}</a:pPr>{runs}</a:p>"
        last = lines[-1]


def _phrases(lines: Sequence[Text]) -> Iterator[list[Text]]:
    """``lines`` that say one phrase together, of one size and colour."""
    found: list[Text] = []
    for line in lines:
        if found and not (
            line.phrase
            and (line.phrase, line.size, line.fill) == (found[-1].phrase, found[-1].size, found[-1].fill)
            and line.text != line.phrase
        ):
            yield found
            found = []
        found.append(line)
    yield found


def _run(line: Text, fitting: Fitting, colours: Colours, language: str) -> str:
    bold = ' b="1"' if line.weight >= BOLD else ""
    return run(line.text, colours.ink(line.fill), f' sz="{max(LEAST, fitting.points(line.size))}"{bold}', language)


def run(text: str, fill: str = "", more: str = "", language: str = "") -> str:
    """``text`` as a run, which no spelling is checked of: its words are names of a field."""
    lang = f' lang="{quoted(language)}"' if language else ""
    return f'<a:r><a:rPr{lang}{more} noProof="1">{fill}</a:rPr><a:t>{content(text)}</a:t></a:r>'
