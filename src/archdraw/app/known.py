"""What is kept of each model beside its pictures, so that it need not be read again: rows, counts, traits, drawings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from archdraw.app.kept import Kept
from archdraw.app.packed import packed
from archdraw.app.pictures import Each, Single, single, subject
from archdraw.errors import Problem
from archdraw.model import Model, load
from archdraw.records import record
from archdraw.views import several
from archdraw.views.glyphs import Written, letters_of


@record
class Known:
    """``value`` is what was asked of a model, ``problems`` are the warnings of its config."""

    value: Any
    problems: tuple[Problem, ...] = ()


def known(kept: Kept | None, spec: Path, what: Sequence[str], make: Callable[[Model], Any]) -> Known:
    """What ``make`` makes of the model at ``spec``, plain values and records, which is kept under the words ``what``.

    Raises as :func:`archdraw.load` and ``make``.
    """
    key = kept.value_key(spec, *what) if kept else ""
    if kept and isinstance(found := kept.value(key), Known):
        return found
    model = load(spec)
    # Warnings of a spec are for its author, who runs check; those of a config say how complete all else is.
    made = Known(make(model), model.warnings if model.reading is not None else ())
    if kept and key and kept.value_key(spec, *what) == key:  # the files are still those that it was made from
        kept.put_value(key, made)
    return made


def single_of(kept: Kept | None, spec: Path, name: str, link: str) -> tuple[Single, tuple[Problem, ...]]:
    """The model at ``spec`` as the view ``name`` is given it, and the warnings of its config.

    ``link`` as in :func:`archdraw.app.pictures.subject`. Raises as :func:`archdraw.load`.
    """
    view = several.view(name)
    read: list[Single] = []

    def about(model: Model) -> Any:
        read.append(single(view, subject(model, link)))
        return read[0].about

    found = known(kept if view.about is not None else None, spec, ("view", name, link), about)
    return read[0] if read else Single(found.value, partial(_written, spec)), found.problems


def _written(spec: Path) -> Written:
    model = load(spec)
    return Written(model.spec.document, model.reading is None)


def each_kept(
    kept: Kept | None, each: Each, name: str, theme: str, fonts: Sequence[str], function: Callable[[Any], Any],
    parts: Sequence[Any],
) -> Iterator[Any]:  # fmt: skip
    """The scenes that ``function`` draws of the ``parts`` of the view ``name``: those not kept by ``each``."""
    if kept is None:
        yield from each(function, parts)
        return
    keys = [_key(kept, name, part, theme, fonts) for part in parts]
    found = [kept.value(key) for key in keys]
    drawn = iter(each(function, [part for part, scene in zip(parts, found, strict=True) if scene is None]))
    for key, scene in zip(keys, found, strict=True):
        if scene is None:
            made = next(drawn)
            if key:
                kept.put_value(key, made, own_letters=not letters_of(made))
            yield made
        else:
            yield scene


def _key(kept: Kept, name: str, part: Any, theme: str, fonts: Sequence[str]) -> str:
    """The key of one part; empty for what is of no records."""
    try:
        return kept.part_key(name, packed(part), theme, fonts)
    except TypeError:
        return ""
