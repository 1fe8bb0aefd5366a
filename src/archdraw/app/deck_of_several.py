"""Slides of what several models have in common and apart: a table of all, layers side by side, what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.app.pictures import subject
from archdraw.errors import ArchdrawError
from archdraw.glossary.numbers import parameters
from archdraw.model import Model
from archdraw.profile import Step, load_profile
from archdraw.scene import Scene
from archdraw.spec.presenting import titled
from archdraw.theme import Theme
from archdraw.views import paged
from archdraw.views.active import active_parameters
from archdraw.views.header import kind_of, origin
from archdraw.views.several import compare
from archdraw.writers.pptx import Point, Points, Slide, Table

BESIDE = (14, 13, 12, 11, 10, 9)
"""Points of the smallest text of models side by side."""
WIDEST = 3
"""So many stand side by side at most."""
WITHOUT: tuple[Step, ...] = ("tags", "spacing", "notes", "alternatives", "pairs", "runs", "modules")
"""What such a page does without: not what is in a layer, since that is what is compared."""
UNSEEN = 0.25
"""Inches of such a page that are not on the slide: its last line, which is said with it."""
FEW = 4
"""What is equal has a slide of its own where it is so much."""
SIGN_WORDS = {"added": "+", "removed": "−", "changed": "≠"}


def listed(names: Sequence[str]) -> str:
    """``names`` as a sentence has them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def together(models: Sequence[Model], theme: Theme, room: tuple[float, float], remarks: list[str]) -> Iterator[Slide]:
    """What several models have in common and apart: a table of all, then a comparison of up to four."""
    names = [titled(model.spec).name for model in models]
    section = "Overview"
    table = Table(
        ("model", "developer, release", "kind", "parameters", "active", "layers", "context"),
        tuple(_row(model) for model in models),
        right=frozenset({3, 4, 5, 6}),
        title="Models",
    )
    yield Slide(listed(names), (table,), section=section)
    unknown = [name for name, model in zip(names, models, strict=True) if model.facts.unknown]
    if len(models) > compare.MOST:
        remarks.append(f"no comparison: it takes at most {compare.MOST} models, not {len(models)}")
        return
    if unknown:
        remarks.append(f"no comparison: the structure of {listed(unknown)} is not disclosed")
        return
    # Four would be too narrow: they stand two and two.
    for some in (models[:2], models[2:]) if len(models) > WIDEST else (models,):
        scenes = _beside(some, theme, room)
        title = f"{listed([titled(model.spec).name for model in some])} side by side"
        yield Slide(title, tuple(scenes), notes="\n".join(scene.description for scene in scenes))
    value = compare.gather([subject(model) for model in models])
    differences, equal = compare.table(value)
    if differences:
        rows = tuple((row.name, *_values(row.values, row.signs)) for row in differences)
        yield Slide("What differs", (Table(("", *names), rows, title="What differs"),), notes=equal)
    else:
        yield Slide("What differs", (Points((Point("nothing: structure, settings and counts are the same"),)),))
    if len(_lines(equal)) >= FEW:
        yield Slide("What is equal", (Points(tuple(Point(line) for line in _lines(equal))),))


def _beside(models: Sequence[Model], theme: Theme, room: tuple[float, float]) -> list[Scene]:
    """The layers of ``models`` for columns side by side, with the largest words with which what is in them has room."""
    wide, high = room
    half = load_profile("slide-half")
    size = {"width": f"{wide / len(models) * 0.97 / 96:.4f}in", "height": f"{high / 96 + UNSEEN:.4f}in", "facts": 0}
    spine = {**half.spine, **(half.columns if len(models) > 2 else {})}
    for least, drop in (*((least, WITHOUT) for least in BESIDE), (BESIDE[-1], half.drop)):
        changes = {**size, "spine": spine, "least_text": f"{least}pt", "drop": drop}
        profile = half.model_copy(update=changes)
        try:
            whole = drop is WITHOUT
            return [paged.draw(titled(one.spec), one.block, profile, theme, layers=whole) for one in models]
        except ArchdrawError:
            if drop is not WITHOUT:
                raise
    raise AssertionError("a page of all steps is drawn or raises")


def _values(values: Sequence[str], signs: Sequence[str | None]) -> Iterator[str]:
    """The values of a row, those that are unlike the one before them with a sign."""
    yield values[0]
    for value, sign in zip(values[1:], signs, strict=True):
        yield f"{SIGN_WORDS[sign]} {value}" if sign else value


def _lines(equal: str) -> list[str]:
    return [part.strip() for part in equal.removeprefix("Equal: ").rstrip(".").split(", ")]


def _row(model: Model) -> tuple[str, ...]:
    spec, counted = titled(model.spec), model.facts
    quoted = active_parameters(counted, spec.published)
    size = "not disclosed" if counted.unknown else parameters(quoted.total)
    active = "" if counted.unknown else parameters(quoted.count)
    context = f"{spec.context_length:,}" if spec.context_length else ""
    layers = "" if counted.unknown else f"{counted.layers:,}"
    return spec.name, origin(spec), kind_of(model.block), size, active, layers, context
