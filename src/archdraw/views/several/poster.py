"""All plates on one sheet, grouped, with an index and a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import groupby
from typing import Annotated, Any, Literal

from archdraw.developers import accent_index
from archdraw.errors import ArchdrawError
from archdraw.layout.plate import plate
from archdraw.layout.sheet import legend
from archdraw.layout.sheet import poster as layout
from archdraw.layout.sheet.sheet import ISO, Section, Sheet, Tile
from archdraw.layout.sheet.tiles import tiles
from archdraw.picture import (
    Bar,
    Box,
    Branches,
    Chip,
    ExpertGrid,
    Frame,
    Graph,
    Inset,
    LegendEntry,
    Mask,
    OrderCell,
    Plate,
    Rail,
    Segment,
    Share,
    Strip,
    StripCell,
    Tap,
)
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.architecture import picture
from archdraw.views.several import Several, Subject

Grouping = Literal["developer", "family", "date"]
Paper = Literal["A0", "A1", "A2", "A3", "A4"]
PAPER_MM = {"A0": (841, 1189), "A1": (594, 841), "A2": (420, 594), "A3": (297, 420), "A4": (210, 297)}
"""Width and height by ISO 216."""
PX_PER_MM = 96 / 25.4
LONGEST_PAGE = 14_400 / 0.75
"""Px; the most that viewers of PDF open."""
MOST_COLUMNS = 100
UNDATED = "without a date"

MIXERS = {
    "attention": "full attention",
    "sliding": "sliding-window or chunked attention",
    "linear": "linear attention, state space, recurrent",
    "convolution": "convolution",
}
OTHERS = {
    "embedding": "embedding, output",
    "norm": "norm",
    "feed_forward": "dense feed forward",
    "experts": "mixture of experts",
    "shared": "shared expert",
    "position": "positions",
    "latent": "kept in the cache, or compressed",
    "auxiliary": "beside the layers: encoders, extra heads",
    "plain": "projection or operation",
}
SIGNS = {
    "sum": "lines are added",
    "product": "lines are multiplied",
    "tap": "a line is copied",
    "bracket": "repeated so many times",
    "chip": "what modifies the box beside it",
    "letter": "opened in the panel of that letter",
    "folded": "beside the line, not opened",
    "grid": "experts; filled: as many as a token passes",
    "layers": "a cell a layer; full attention stands highest",
    "dashed": "not published",
}
"""What the legend says of each role and each sign, in its order."""


@dataclass(frozen=True)
class Entry:
    """One model on the poster. ``title`` are its main facts in one line."""

    slug: str
    name: str
    developer: str
    released: str
    link: str
    title: str
    plate: Plate


@dataclass(frozen=True)
class Group:
    """Models under one heading, in the order of their release."""

    name: str
    accent: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Poster:
    """All that the poster tells."""

    by: Grouping
    groups: tuple[Group, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


def gather(
    subjects: Sequence[Subject],
    *,
    by: Annotated[
        Grouping, "What stands together; a model without a family stands with its developer's."
    ] = "developer",
) -> Poster:
    """The models by group: developers and families by name, years in their order."""
    dated = sorted(subjects, key=lambda one: (one.released is None, str(one.spec.released), one.spec.name.casefold()))
    if by != "date":
        dated.sort(key=lambda one: (_group(one, by).casefold(), _group(one, by)))
    taken: dict[str, int] = {}
    groups = []
    for name, members in groupby(dated, key=lambda one: _group(one, by)):
        ones = list(members)
        accent = None if by == "date" else accent_index(ones[0].spec.developer or ones[0].spec.name)
        groups.append(Group(name, accent, tuple(_entry(one, taken) for one in ones)))
    return Poster(by, tuple(groups))


def _group(one: Subject, by: Grouping) -> str:
    """What ``one`` stands under."""
    if by == "date":
        return str(one.released.year) if one.released else UNDATED
    return (one.spec.family if by == "family" else None) or one.spec.developer or one.spec.name


def _entry(one: Subject, taken: dict[str, int]) -> Entry:
    """``one`` with its plate; of several with one slug all but the first get a number."""
    count = taken[one.slug] = taken.get(one.slug, 0) + 1
    drawn = picture(one.spec, one.block)
    return Entry(
        one.slug if count == 1 else f"{one.slug}.{count}",
        one.spec.name,
        one.spec.developer or "",
        one.spec.released or "",
        one.link,
        ", ".join((one.spec.name, *drawn.subtitle)),
        replace(drawn, href=one.link),
    )


def data(poster: Poster) -> Any:
    """The poster as plain data: its groups with their models."""
    names = [field.name for field in fields(Entry) if field.name not in ("plate", "title")]
    return {
        "by": poster.by,
        "groups": [
            {
                "name": group.name,
                "models": [
                    {name: getattr(entry, name) or None for name in names} | {"facts": list(entry.plate.subtitle)}
                    for entry in group.entries
                ],
            }
            for group in poster.groups
        ],
    }


def pieces(poster: Poster) -> tuple[Plate, ...]:
    """What is drawn one by one: the plates."""
    return tuple(entry.plate for entry in poster.entries)


def draw(
    poster: Poster,
    theme: Theme,
    plates: Sequence[Scene],
    *,
    columns: Annotated[
        int | None, "Columns of plates at most.  [default: as many as suit the paper]", range(1, MOST_COLUMNS + 1)
    ] = None,
    paper: Annotated[Paper | None, "Paper that SVG and PDF are to fill.  [default: as large as the plates are]"] = None,
    landscape: Annotated[bool, "Paper that is wider than high."] = False,
) -> Scene:
    """The sheet with the ``plates`` of its entries, in their order.

    Raises :class:`ArchdrawError` for less than one of the ``columns``.
    """
    if columns is not None and columns < 1:
        raise ArchdrawError(f"a poster has 1 column at least, not {columns}")
    scenes = list(plates)
    waiting = iter(scenes)
    sections = tuple(
        Section(
            group.name,
            group.accent,
            tuple(Tile(entry.slug, entry.name, entry.title, next(waiting)) for entry in group.entries),
        )
        for group in poster.groups
    )
    count = "1 model" if len(poster.entries) == 1 else f"{len(poster.entries)} models"
    title = "1 model architecture" if len(poster.entries) == 1 else f"{len(poster.entries)} model architectures"
    told = {"developer": "developer", "family": "family", "date": "year"}[poster.by]
    order = f"by {told}, each in order of release" if poster.by != "date" else "by year, in order of release"
    sheet = Sheet(
        title,
        ", ".join(filter(None, (_when(poster), *((order, "all plates to one scale") if len(scenes) > 1 else ())))),
        sections,
        _legend(poster),
        "Counted from the specs | archdraw",
        f"A sheet of {count} {order}. "
        + " ".join(f"{group.name}: {', '.join(entry.name for entry in group.entries)}." for group in poster.groups),
    )
    ratio = 1 / ISO if landscape else ISO
    printed = None
    if paper:
        sides = [side * PX_PER_MM for side in PAPER_MM[paper]]
        printed = (sides[1], sides[0]) if landscape else (sides[0], sides[1])
    scene = layout.draw(sheet, theme, columns=columns, ratio=ratio, printed=printed)
    longest = max(scene.width, scene.height)
    if not paper and longest > LONGEST_PAGE:
        share = LONGEST_PAGE / longest
        scene = replace(scene, printed=(scene.width * share, scene.height * share))
    return scene


def _when(poster: Poster) -> str:
    """The years that the models are from."""
    years = sorted({entry.released[:4] for entry in poster.entries if entry.released})
    if not years:
        return ""
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _legend(poster: Poster) -> tuple[legend.Group, ...]:
    """What the plates use, in words."""
    roles, signs = set[str](), set[str]()
    for part in _parts(pieces(poster)):
        found = _kept(part)
        roles |= found[0]
        signs |= found[1]
    told = (
        legend.Group(
            "Boxes that mix tokens", tuple(legend.Entry(words, role) for role, words in MIXERS.items() if role in roles)
        ),
        legend.Group(
            "Other boxes", tuple(legend.Entry(words, role) for role, words in OTHERS.items() if role in roles)
        ),
        legend.Group("Signs", tuple(legend.Entry(words, sign=sign) for sign, words in SIGNS.items() if sign in signs)),
    )
    return tuple(group for group in told if group.entries)


def _parts(value: Any) -> Iterator[Any]:
    """Every part of a picture, itself included."""
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in fields(value):
            yield from _parts(getattr(value, field.name))


def _kept(part: Any) -> tuple[set[str], set[str]]:
    """The roles and the signs of one part of a picture."""
    match part:
        case Box(label="+" | "×" as sign):
            return set(), {"sum" if sign == "+" else "product"}
        case Box(role=role) | Chip(role=role) | Mask(role=role) | Share(role=role) | Segment(role=role):
            signs = {"dashed"} if role == "unknown" else set()
            return {role}, signs | ({"chip"} if isinstance(part, Chip) else set())
        case OrderCell(role=role) | LegendEntry(role=role):
            return {role}, set()
        case StripCell(upper=upper, lower=lower):
            return {upper, lower} - {""}, set()
        case Branches(items=items, merge=merge):
            joined = {"+": {"sum"}, "×": {"product"}, None: set[str]()}[merge]
            return set(), joined | ({"tap"} if len(items) > 1 else set())
        case Graph(edges=edges):
            starts = [start for start, _ in edges]
            return set(), {"tap"} if len(set(starts)) < len(starts) else set()
        case Rail():
            return set(), {"sum", "tap"}
        case Frame(times=times) | Bar(times=times) if times:
            return set(), {"bracket"}
        case Tap(direction=direction, joins=joins):
            return set(), {"folded"} | ({"tap"} if direction == "out" else {"sum"} if joins else set())
        case ExpertGrid():
            return set(), {"grid"}
        case Strip():
            return set(), {"layers"}
        case Inset(source=source) if source:
            return set(), {"letter"}
    return set(), set()


VIEW = Several(
    summary="Draw many diagrams on one sheet, with a legend and an index.",
    gather=gather,
    draw=draw,
    data=data,
    pieces=pieces,
    piece=plate.draw,
    parts=tiles,
    examples="""archdraw poster -o poster.pdf --paper A0
archdraw poster llama-3-8b qwen3-8b gemma-3-27b --columns 3 -o three.svg
archdraw poster --by date --theme dark --format svg,pdf,png""",
)
