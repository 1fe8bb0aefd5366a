"""All diagrams on one sheet, grouped, with an index and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import groupby
from typing import Annotated, Any, Literal

from archdraw.errors import ArchdrawError
from archdraw.layout.plate import plate
from archdraw.layout.sheet import poster as layout
from archdraw.layout.sheet.sheet import ISO, Section, Sheet, Tile
from archdraw.layout.sheet.tiles import tiles
from archdraw.picture import Plate
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.architecture import picture
from archdraw.views.developers import accent_index
from archdraw.views.several import Several, Subject
from archdraw.views.several._poster_legend import plates_legend

Grouping = Literal["developer", "family", "date"]
Paper = Literal["A0", "A1", "A2", "A3", "A4"]
PAPER_MM = {"A0": (841, 1189), "A1": (594, 841), "A2": (420, 594), "A3": (297, 420), "A4": (210, 297)}
"""Width and height by ISO 216."""
PX_PER_MM = 96 / 25.4
LONGEST_PAGE = 14_400 / 0.75
"""Px; the most that viewers of PDF open."""
MOST_COLUMNS = 100
UNDATED = "no release date"


@record
class Entry:
    """One model on the poster; empty what its spec does not say. ``title`` are its main facts in one line."""

    slug: str
    name: str
    developer: str
    family: str
    released: str
    link: str
    title: str
    plate: Plate


@record
class Group:
    """Models under one heading, in the order of their release."""

    name: str
    accent: int | None
    entries: tuple[Entry, ...]


@record
class Poster:
    """All that the poster shows."""

    by: Grouping
    groups: tuple[Group, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


def about(one: Subject) -> Entry:
    """``one`` with its plate."""
    drawn = picture(one.spec, one.block)
    return Entry(
        one.slug,
        one.spec.name,
        one.spec.developer or "",
        one.spec.family or "",
        one.spec.released or "",
        one.link,
        ", ".join((one.spec.name, *drawn.subtitle)),
        replace(drawn, href=one.link),
    )


def gather(
    entries: Sequence[Entry],
    *,
    by: Annotated[
        Grouping, "How models are grouped; a model without a family is grouped by its developer."
    ] = "developer",
) -> Poster:
    """The models by group: developers and families by name, years in their order."""
    dated = sorted(entries, key=lambda one: (not one.released, one.released, one.name.casefold()))
    if by != "date":
        dated.sort(key=lambda one: (_group(one, by).casefold(), _group(one, by)))
    taken: dict[str, int] = {}
    groups = []
    for name, members in groupby(dated, key=lambda one: _group(one, by)):
        ones = list(members)
        accent = None if by == "date" else accent_index(ones[0].developer or ones[0].name)
        groups.append(Group(name, accent, tuple(_numbered(one, taken) for one in ones)))
    return Poster(by, tuple(groups))


def _group(one: Entry, by: Grouping) -> str:
    """The heading of the group of ``one``."""
    if by == "date":
        return one.released.partition("-")[0] or UNDATED
    return (one.family if by == "family" else "") or one.developer or one.name


def _numbered(one: Entry, taken: dict[str, int]) -> Entry:
    """``one``; of several with one slug all but the first get a number."""
    count = taken[one.slug] = taken.get(one.slug, 0) + 1
    return one if count == 1 else replace(one, slug=f"{one.slug}.{count}")


def data(poster: Poster) -> Any:
    """The poster as plain data: its groups with their models."""
    names = [field.name for field in fields(Entry) if field.name not in ("plate", "title", "family")]
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
        int | None, "Maximum number of columns.  [default: as many as suit the paper]", range(1, MOST_COLUMNS + 1)
    ] = None,
    paper: Annotated[Paper | None, "Paper size that SVG and PDF fill.  [default: the size of the diagrams]"] = None,
    landscape: Annotated[bool, "Landscape paper."] = False,
) -> Scene:
    """The sheet with the ``plates`` of its entries, in their order.

    Raises :class:`ArchdrawError` for less than one of the ``columns``.
    """
    if columns is not None and columns < 1:
        raise ArchdrawError(f"a poster needs at least 1 column, not {columns}")
    scenes = list(plates)
    following = iter(scenes)
    sections = tuple(
        Section(
            group.name,
            group.accent,
            tuple(Tile(entry.slug, entry.name, entry.title, next(following)) for entry in group.entries),
        )
        for group in poster.groups
    )
    count = "1 model" if len(poster.entries) == 1 else f"{len(poster.entries)} models"
    title = "1 model architecture" if len(poster.entries) == 1 else f"{len(poster.entries)} model architectures"
    group = {"developer": "developer", "family": "family", "date": "year"}[poster.by]
    order = f"by {group}, each in order of release" if poster.by != "date" else "by year, in order of release"
    sheet = Sheet(
        title,
        ", ".join(
            filter(None, (_when(poster), *((order, "all diagrams at the same scale") if len(scenes) > 1 else ())))
        ),
        sections,
        plates_legend(pieces(poster)),
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


VIEW = Several(
    summary="Draw many diagrams on one sheet, with a legend and an index.",
    about=about,
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
