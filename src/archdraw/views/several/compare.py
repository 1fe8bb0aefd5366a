"""Models side by side: what is equal is gray, what differs has a sign, and a table has both values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any, TypeGuard

from archdraw.analysis.difference import Difference, Pairing, difference, report
from archdraw.errors import ArchdrawError
from archdraw.glossary import Phrase, comparison, text
from archdraw.glossary.comparison import FIELD, SOURCES_OF
from archdraw.layout.compare import grid, pages, side_by_side
from archdraw.layout.compare.side_by_side_picture import ColumnHead, PanelRow, SideBySide
from archdraw.layout.compare.table import TableRow
from archdraw.layout.diagram.forks import is_forked
from archdraw.layout.plate import letters
from archdraw.layout.plate.plate import LAST_RESORT as LARGEST
from archdraw.picture import Chain, Diagram, Inset, Plate, Share, Tap, Words
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme
from archdraw.views.architecture import lacking, left_out, picture, sources_of
from archdraw.views.header import origin, size_of
from archdraw.views.lanes import without_lanes
from archdraw.views.several import Several, Subject
from archdraw.views.several import _boxes as boxes
from archdraw.views.several import _grid as aligning
from archdraw.views.several import _words as words
from archdraw.views.several._rows import rows as table_rows
from archdraw.views.terminals import in_one

MOST = 4


@record
class Compared:
    """Models and the differences of each two neighbours, from the first to the last."""

    subjects: tuple[Subject, ...]
    differences: tuple[Difference, ...]


def gather(subjects: Sequence[Subject]) -> Compared:
    """The differences of ``subjects``, each from the one before it.

    Raises :class:`ArchdrawError` for a model whose structure is not disclosed.
    """
    unknown = next((one.spec.name for one in subjects if one.facts.unknown), None)
    if unknown is not None:
        raise ArchdrawError(f"the structure of {unknown} is not disclosed: it cannot be compared")
    return Compared(tuple(subjects), tuple(difference(one.block, other.block) for one, other in pairwise(subjects)))


def data(value: Compared) -> dict[str, Any]:
    """The differences with both values, as plain data; what a spec does not hold of its model is no difference."""
    pairs = zip(pairwise(value.subjects), value.differences, strict=True)
    return {
        "models": [
            {"slug": one.slug, "name": one.spec.name, "incomplete": list(one.spec.incomplete)} for one in value.subjects
        ],
        "differences": [report(found, one.slug, other.slug) for (one, other), found in pairs],
    }


def draw(
    value: Compared,
    theme: Theme,
    *,
    details: Annotated[bool, "Everything: panels of what is in the blocks, and layer maps, however tall."] = False,
) -> Scene:
    """The picture of ``value``, made for one screen; with ``details`` it has all that is known of the models.

    Layers of models whose columns are too wide to be read are boxes. The footer says what is left out.
    """
    picture = compared(value, details=details)
    place = pages.page_of(picture, whole=details)
    if min(place.width, place.height) > LARGEST:
        brief = compared(value, details=details, brief=True)
        shorter = pages.page_of(brief, whole=details)
        if shorter.on_screen > place.on_screen:
            picture, place = brief, shorter
    return side_by_side.draw(replace(picture, footer=_with_left_out(picture, place)), place, theme)


def _with_left_out(picture: SideBySide, place: pages.Page) -> tuple[str, ...]:
    """The footer, with what the page leaves out."""
    parts: list[str | Phrase] = []
    if picture.folded:
        parts.append(comparison.PANELS(number=picture.folded))
    if any(picture.strips) and not place.maps:
        parts.append(comparison.LAYER_MAPS())
    if not parts:
        return picture.footer
    return (*picture.footer[:-1], text(comparison.NOT_SHOWN(parts=tuple(parts))), picture.footer[-1])


def _alike(columns: list[Chain]) -> list[Chain]:
    """``columns`` in which modules join the line from below, or all of them from beside it where one has to."""
    if not any(isinstance(item, Tap) and item.aside for column in columns for item in column.items):
        return columns
    return [
        Chain(tuple(replace(item, aside=True) if _joins(item) else item for item in column.items)) for column in columns
    ]


def _with_notes(column: Chain) -> Chain:
    """``column`` with what modules that join from below say beside their lines in their boxes: columns are narrow."""

    def noted(item: Diagram) -> Diagram:
        if not _joins(item) or not item.note:
            return item
        detail = ", ".join(filter(None, (item.box.detail, item.note)))
        return replace(item, note="", box=replace(item.box, detail=detail))

    return Chain(tuple(map(noted, column.items)))


def _joins(item: Diagram) -> TypeGuard[Tap]:
    return isinstance(item, Tap) and item.direction == "in" and item.joins


def compared(value: Compared, *, details: bool = False, brief: bool = False) -> SideBySide:
    """The picture of ``value``, before anything has a place; in ``brief`` layers in columns side by side are boxes."""
    subjects = value.subjects
    plates = [picture(one.spec, one.block, every_strip=True, towers=False) for one in subjects]
    if brief:
        plates = [
            picture(one.spec, one.block, every_strip=True, towers=False, brief=True)
            if is_forked(plate.column)
            else plate
            for one, plate in zip(subjects, plates, strict=True)
        ]
    slugs = _slugs(subjects)
    columns = _alike([_with_notes(Chain(tuple(map(without_lanes, plate.column.items)))) for plate in plates])
    items = aligning.grid(columns, value.differences, slugs)
    pairings = [one.pairing for one in value.differences]
    opened, lettered = _panels(plates, slugs, grid.slots(items), pairings)
    rows, equal = table(value)
    names = [one.spec.name for one in subjects]
    together = f"{', '.join(names[:-1])} and {names[-1]}"
    sentences = words.sentences(rows, names) or "No differences."
    return SideBySide(
        title=f"{together} compared",
        description=f"{together} side by side. {sentences} {equal}".strip(),
        models=tuple(
            ColumnHead(plate.name, _subtitle(one), plate.accent, (in_one(plate.inputs),), one.link, slug)
            for plate, one, slug in zip(plates, subjects, slugs, strict=True)
        ),
        items=items,
        rows=rows,
        equal=equal,
        strips=tuple(plate.strip for plate in plates) if _have_layer_maps(plates) else (None,) * len(plates),
        panels=opened if details else (),
        letters=lettered if details else (),
        folded=0 if details else len({id(inset) for row in opened for inset in row.insets if inset}),
        footer=_footer(subjects),
    )


def table(value: Compared) -> tuple[tuple[TableRow, ...], str]:
    """What differs, a row each, and what is equal or stands elsewhere, in words."""
    equal = " ".join(filter(None, (words.moved(value.differences), words.equal(value.differences, value.subjects))))
    return tuple(table_rows(value.differences, value.subjects)), equal


def _subtitle(subject: Subject) -> tuple[str, ...]:
    """Size, developer and release: the rest is in the table where it differs."""
    return tuple(filter(None, (text(size_of(subject.spec, subject.facts)), origin(subject.spec))))


def _slugs(subjects: Sequence[Subject]) -> list[str]:
    """The slugs of ``subjects``, those of one name distinct."""
    found: list[str] = []
    for subject in subjects:
        slug, number = subject.slug or "model", 1
        while slug in found:
            number += 1
            slug = f"{subject.slug}.{number}"
        found.append(slug)
    return found


def _have_layer_maps(plates: Sequence[Plate]) -> bool:
    """Whether layers of one of the models differ: strips of nothing but equal cells say no more than their number."""
    return any(plate.strip and len({(cell.upper, cell.lower) for cell in plate.strip.cells}) > 1 for plate in plates)


def _panels(
    plates: Sequence[Plate], slugs: Sequence[str], slots: Sequence[grid.Slot], pairings: Sequence[Pairing]
) -> tuple[tuple[PanelRow, ...], tuple[tuple[str, str], ...]]:
    """What is opened, from the top down, and the letters of the boxes that are."""
    known = [{inset.source: inset for inset in plate.insets if inset.source} for plate in plates]
    rows: list[PanelRow] = []
    lettered: list[tuple[str, str]] = []
    number = 0
    columns: list[list[str]] = [[] for _ in plates]
    slot_of: dict[tuple[int, str], grid.Slot] = {}
    for slot in reversed(slots):
        for index, (item, slug) in enumerate(zip(slot.items, slugs, strict=True)):
            own = [] if item is None else [path.removeprefix(f"{slug}/") for path in boxes.paths(item)]
            # What is repeated in a pattern is drawn several times, and opened once.
            columns[index] += [path for path in dict.fromkeys(own) if path in known[index].keys() - columns[index]]
            slot_of |= {(index, path): slot for path in own}
    for paths in _partners(columns, pairings):
        at = [slot_of[index, path] for index, path in enumerate(paths) if path]
        insets = tuple(insets.get(path) for path, insets in zip(paths, known, strict=True))
        there = [inset for inset in insets if inset is not None]
        is_equal = len(there) == len(plates) and _look_alike(
            there, is_slot_equal=not any(any(slot.signs) for slot in at)
        )
        if is_equal:
            insets = (_in_common(there),) * len(plates)
        # A module beside the line is known by its name; its letter would find no room.
        letter = "" if any(isinstance(item, Tap) for slot in at for item in slot.items) else letters.letter(number)
        if letter:
            number += 1
            lettered += [(f"{slug}/{path}", letter) for slug, path in zip(slugs, paths, strict=True) if path]
        rows.append(PanelRow(insets, is_equal, letter))
    return tuple(rows), tuple(lettered)


def _partners(columns: Sequence[Sequence[str]], pairings: Sequence[Pairing]) -> list[list[str]]:
    """Rows of paths of blocks that stand for each other, one of each column; empty where a column has none."""
    rows = [[path] for path in columns[0]]
    for index, (mine, theirs) in enumerate(pairings):
        left = list(columns[index + 1])
        for row in rows:
            number = mine.get(row[-1])
            partner = next((path for path in left if number is not None and theirs.get(path) == number), "")
            row.append(partner)
            if partner:
                left.remove(partner)
        for path in left:
            # Behind what stands above it in its own model.
            above = columns[index + 1][: columns[index + 1].index(path)]
            place = max((number for number, row in enumerate(rows, 1) if row[-1] in above), default=0)
            rows.insert(place, [""] * (index + 1) + [path])
    return rows


def _look_alike(insets: Sequence[Inset], *, is_slot_equal: bool) -> bool:
    """Whether one panel shows all: they are equal, or but for words and shares of whole models."""
    bare = [_plain(inset) for inset in insets]
    if is_slot_equal:
        bare = [
            replace(one, items=tuple(item for item in one.items if not isinstance(item, Words | Share))) for one in bare
        ]
    return len(set(bare)) == 1


def _in_common(insets: Sequence[Inset]) -> Inset:
    """The panel that shows all ``insets``: what is in each of them."""
    bare = [_plain(inset).items for inset in insets]
    pairs = zip(insets[0].items, bare[0], strict=True)
    return replace(insets[0], items=tuple(item for item, plain in pairs if all(plain in other for other in bare)))


def _plain(inset: Inset) -> Inset:
    """``inset`` as it is drawn, wherever it is from."""
    items = tuple(boxes.plain(item) if isinstance(item, aligning.DIAGRAMS) else item for item in inset.items)
    return replace(inset, source="", beside="", priority=None, items=items)


def _footer(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Where the facts of each model are from, what its total leaves out and its spec lacks; with sources first."""
    parts = [(sources_of(one.spec), left_out(one.block), lacking(one.spec), one.spec.name) for one in subjects]
    lines = [
        text(FIELD(name=name, value="; ".join(filter(None, said))))
        for *said, name in sorted(parts, key=lambda part: not part[0])
        if any(said)
    ]
    if any(sources for sources, *_ in parts):
        lines[0] = text(SOURCES_OF(sources=lines[0]))
    return (*lines, "archdraw")


VIEW = Several(
    summary="Draw models side by side, with their differences.",
    gather=gather,
    draw=draw,
    data=data,
    examples="""
archdraw compare deepseek-v3 kimi-k2
archdraw compare llama-3-8b my-model/config.json -o both.svg --theme dark
archdraw compare gemma-2-27b gemma-3-27b --json
""",
    least=2,
    most=MOST,
)
