"""Slides of models: each one's layers, what is in its blocks, its numbers and sources, and how several differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from archdraw.app.deck_of_several import listed, together
from archdraw.drawn_with import drawn_with
from archdraw.errors import ArchdrawError
from archdraw.model import Model
from archdraw.profile import Profile, load_profile
from archdraw.provenance import about, named, of_document
from archdraw.records import record
from archdraw.setters import setting_by
from archdraw.spec.presenting import titled
from archdraw.theme import Theme, load_theme
from archdraw.tree.counts import DEFAULT_CONTEXT, report
from archdraw.tree.sheet import Row as SheetRow
from archdraw.tree.sheet import rows
from archdraw.typesetting import other_fonts
from archdraw.views.on_slides import OnSlides, on_slides
from archdraw.writers.pptx import THEME_COLOURS, As, Point, Points, Slide, Table, free, slide_of, written
from archdraw.writers.pptx import Deck as Written

SIZES = {"16:9": "slide", "4:3": "slide-4-3"}
"""The profiles of pages by the shapes of slides."""
AROUND = 1.26
"""Inches of a page that its name and its last line take: in a template they are the title of a slide and its notes."""
LONG = 10
"""Rows of facts from which on they stand in two tables side by side."""
WITH_WORDS = (0.62, 0.38)
"""How a slide is shared between what is in a block and the words about it."""
SMALLER = (16, 14, 12)
"""Points of the smallest text where a template has little room for a picture, the larger first."""
WHOLE = ("rows", "inside", "whole")
"""Steps that a template with little room takes last: smaller words come before them, and of them the first first."""


@record(repr=False)
class Deck:
    """Slides: the bytes of a file of PowerPoint, and the ``remarks``, in words, of what is not in it."""

    data: bytes
    title: str
    remarks: tuple[str, ...]

    def save(self, path: str | Path) -> Path:
        """Writes the file to ``path`` (.pptx), at once, and returns the path.

        Raises :class:`archdraw.ArchdrawError` for another suffix, :class:`OSError` where the file cannot be written.
        """
        from archdraw.files import write_whole

        target = Path(path)
        if target.suffix.lower() != ".pptx":
            raise ArchdrawError(f"slides are written as .pptx, not as {target.suffix or 'a file without a suffix'}")
        write_whole(target, self.data)
        return target

    def __repr__(self) -> str:
        return f"<archdraw deck {self.title}>"


def deck(
    models: Sequence[Model],
    *,
    theme: str | Path | Theme = "light",
    template: str | Path | None = None,
    size: str = "16:9",
    pictures: As = "shapes",
    clicks: bool = False,
    fonts: Sequence[str | Path] = (),
    title: str = "",
    said: str = "",
    metadata: bool = True,
) -> Deck:
    """The slides of ``models``: of several also what distinguishes them, first of all.

    ``template`` is a presentation or template of PowerPoint in whose layouts, fonts, colours and size of slides all is
    set; without one they are those of ``theme``, and ``size`` is "16:9" or "4:3". ``pictures`` are "shapes", or a
    "picture" that cannot be edited. With ``clicks`` each model is built up by clicks.
    ``said`` is the command that the file names as its own; without ``metadata`` it does not say of what it was made.
    Raises :class:`ArchdrawError` for a size, a theme, a template or a font that there is not, and where python-pptx is
    not installed.
    """
    if size not in SIZES:
        raise ArchdrawError(f"slides of {size} are not made; say {' or '.join(SIZES)}")
    profile = load_profile(SIZES[size])
    profiles: tuple[Profile, ...] = (profile,)
    sides = (float(round(profile.size[0])), float(round(profile.size[1])))
    wide, high = sides[0] * 0.92, sides[1] * 0.8
    if template is not None:
        room = free(template)
        wide, high = room.width, room.height
        # Shapes have the colours of the template; a picture that has not is at least as dark.
        theme = "dark" if room.is_dark else theme
        size_of_page = {"width": f"{wide / 96:.4f}in", "height": f"{high / 96 + AROUND:.4f}in"}
        profiles = _smaller(profile.model_copy(update=size_of_page))
    chosen = load_theme(theme) if isinstance(theme, str | Path) else theme
    names = [titled(model.spec).name for model in models]
    whole = title or listed(names)
    remarks: list[str] = []
    with setting_by(other_fonts(list(fonts))):
        slides: list[Slide] = []
        if len(models) > 1:
            slides += together(models, chosen, (wide, high), remarks)
        for model in models:
            slides += _model(model, profiles, chosen, clicks=clicks)
    palette = {name: chosen.colour(name) for name in THEME_COLOURS}
    using = drawn_with("" if template else theme, SIZES[size], fonts, template or "")
    origin = _origin(models, using, said) if metadata else ""
    made = Written(whole, tuple(slides), sides, palette, template, "en", pictures, origin)
    return Deck(written(made), whole, tuple(remarks))


def _origin(models: Sequence[Model], using: Mapping[str, str], said: str) -> str:
    """What the file says of the ``models`` that it was made of, ``using`` themes and the like, and of the command."""
    documents = [(model.spec.document, model.reading is None) for model in models]
    specs = named({document.file: of_document(document, own=own) for document, own in documents})
    return json.dumps(about(specs, using, command=said), ensure_ascii=False, sort_keys=True)


def _smaller(profile: Profile) -> tuple[Profile, ...]:
    """``profile`` with smaller and smaller words, on which nothing in the whole may be one box; then as it is.

    Words that nobody could read are worth less than boxes that follow each other and are not one.
    """
    sizes = (profile.least_text, *(f"{least}pt" for least in SMALLER))
    drops = (tuple(step for step in profile.drop if step not in kept) for kept in (WHOLE, WHOLE[1:]))
    smaller = ({"least_text": size, "drop": drop} for drop, size in product(drops, sizes))
    return (*(profile.model_copy(update=update) for update in smaller), profile)


def _model(model: Model, profiles: Sequence[Profile], theme: Theme, *, clicks: bool) -> Iterator[Slide]:
    """The slides of one model."""
    name = titled(model.spec).name
    shown = on_slides(model.spec, model.block, profiles, theme)
    facts = list(_facts(model))
    notes = "\n".join((shown.whole.description, *(point.text for point in _sources(model))))
    first = slide_of(shown.whole)
    yield Slide(first.title, first.parts, first.subtitle, notes, steps=clicks, section=name)
    yield from _opened(shown, name)
    if shown.counted is not None:
        yield Slide(f"{name}: layers, parameters and memory", (shown.counted,), notes=shown.whole.description)
    yield from facts
    yield Slide(f"{name}: sources", (Points(tuple(_sources(model))),))


def _opened(shown: OnSlides, name: str) -> Iterator[Slide]:
    """A slide for each panel: what is in it at the left, its words at the right."""
    for one in shown.opened:
        words = Points(tuple(Point(line.text, strong=line.strong) for line in one.words))
        notes = "\n".join((f"{one.title} of {name}", *(line.text for line in one.words)))
        title = f"{name}: {one.title}"
        if one.figure is None:
            yield Slide(title, (words,), notes=notes)
        elif one.words:
            yield Slide(title, (one.figure, words), notes=notes, shares=WITH_WORDS)
        else:
            yield Slide(title, (one.figure,), notes=notes)


def _facts(model: Model) -> Iterator[Slide]:
    """What is counted of ``model``, in full."""
    counted = report(
        model.facts, model.name, model.spec.context_length or DEFAULT_CONTEXT, incomplete=model.spec.incomplete
    )
    sheet = tuple(rows(counted))
    title = f"{titled(model.spec).name}: facts"
    said = "\n".join(f"{name.strip()}: {value}" + (f" ({remark})" if remark else "") for name, value, remark in sheet)
    if not sheet:
        reasons = ", ".join(model.spec.incomplete) or "its structure is not disclosed"
        yield Slide(title, (Points((Point(f"not counted: {reasons}", strong=True),)),))
        return
    if len(sheet) <= LONG:
        yield Slide(title, (_sheet(sheet, title),), notes=said)
        return
    rest, parts = _apart(sheet)
    shares = (_letters(rest), _letters(parts))
    yield Slide(title, (_sheet(rest, title), _sheet(parts, title)), notes=said, shares=shares)


def _letters(sheet: Sequence[SheetRow]) -> float:
    """How wide the rows of ``sheet`` are, about: the letters of the longest cell of each column."""
    return float(sum(max(map(len, cells)) for cells in zip(*sheet, strict=True)))


def _apart(sheet: Sequence[SheetRow]) -> tuple[Sequence[SheetRow], Sequence[SheetRow]]:
    """The rows of ``sheet`` in two: what has most parts is by itself, with these."""
    starts = [index for index, row in enumerate(sheet) if not row[0].startswith(" ")]
    start, end = max(zip(starts, [*starts[1:], len(sheet)], strict=True), key=lambda one: one[1] - one[0])
    if end - start < 3:
        start, end = len(sheet) // 2, len(sheet)
    return (*sheet[:start], *sheet[end:]), sheet[start:end]


def _sheet(sheet: Sequence[SheetRow], title: str) -> Table:
    indented = tuple((name.replace("  ", "   "), value, remark) for name, value, remark in sheet)
    strong = frozenset(index for index, row in enumerate(sheet) if row[0] == "total parameters")
    return Table((), indented, right=frozenset({1}), strong=strong, title=title)


def _sources(model: Model) -> Iterator[Point]:
    """Where what is drawn is from."""
    spec = model.spec
    sources = spec.sources
    for source in sources.values() if isinstance(sources, dict) else sources:
        yield Point(str(source), strong=True)
    for name, link in spec.links.items():
        yield Point(f"{name}: {link}", link=str(link))
    if spec.license:
        yield Point(f"License: {spec.license}")
    if not sources and not spec.links:
        yield Point("no sources are named")
    yield Point("Drawn and counted by archdraw")
