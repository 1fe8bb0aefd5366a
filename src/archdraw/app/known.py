"""What is kept of each model beside its pictures, so that it need not be read again: rows, counts, traits, drawings."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from archdraw.app.kept import Kept
from archdraw.app.packed import packed
from archdraw.app.pictures import Each, Single, single, subject
from archdraw.app.running import in_order, worker_ended
from archdraw.errors import ArchdrawError, Problem
from archdraw.model import Model, load
from archdraw.records import record
from archdraw.views import several
from archdraw.views.glyphs import Written, letters_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

Read: TypeAlias = Callable[[Path], Model]


@record
class Known:
    """``value`` is what was asked of a model, ``problems`` are the warnings of its config."""

    value: Any
    problems: tuple[Problem, ...] = ()


def known(
    kept: Kept | None, spec: Path, what: Sequence[str], make: Callable[[Model], Any], read: Read | None = None
) -> Known:
    """What ``make`` makes of the model at ``spec``, plain values and records, which is kept under the words ``what``.

    Another way to ``read`` it is for what is no file, and goes without ``kept``. Raises as :func:`archdraw.load` and
    ``make``.
    """
    key, found = _found(kept, spec, what)
    if found is None:
        found = _made(make, spec, read)
        _keep(kept, spec, what, key, found)
    return found


def each_known(
    kept: Kept | None,
    specs: Sequence[Path],
    what: Sequence[str],
    make: Callable[[Model], Any],
    workers: Callable[[int], AbstractContextManager[Executor | None]],
) -> Iterator[Known | Exception]:
    """As :func:`known` of each of ``specs``, in their order, or what it raises.

    What is not kept is made by ``workers``, which are given how many that are; ``make`` and what it makes are sent to
    other processes.
    """
    return _each(kept, [(spec, what) for spec in specs], partial(_without_words, make), workers)


def each_asked(
    kept: Kept | None,
    asked: Sequence[tuple[Path, Sequence[str]]],
    make: Callable[..., Any],
    workers: Callable[[int], AbstractContextManager[Executor | None]],
) -> Iterator[Known | Exception]:
    """As :func:`each_known`, where each model is asked something of its own: ``make`` is given it and its words.

    They are kept under the words and the name of ``make``.
    """
    return _each(kept, asked, make, workers, (make.__module__, make.__qualname__))


def _each(
    kept: Kept | None,
    asked: Sequence[tuple[Path, Sequence[str]]],
    make: Callable[..., Any],
    workers: Callable[[int], AbstractContextManager[Executor | None]],
    names: Sequence[str] = (),
) -> Iterator[Known | Exception]:
    found = [_found(kept, spec, (*names, *what)) for spec, what in asked]
    left = [one for one, (_, made) in zip(asked, found, strict=True) if made is None]
    with workers(len(left)) as executor:
        fresh = in_order(partial(_tried, make), left, executor, _lost)
        for (spec, what), (key, one) in zip(asked, found, strict=True):
            if one is None:
                made = next(fresh)
                if isinstance(made, Known):
                    _keep(kept, spec, (*names, *what), key, made)
                yield made
            else:
                yield one


def _without_words(make: Callable[[Model], Any], model: Model, *_: str) -> Any:
    return make(model)


def _found(kept: Kept | None, spec: Path, what: Sequence[str]) -> tuple[str, Known | None]:
    """The key of ``what`` is asked of the model at ``spec``, and what is kept under it."""
    key = kept.value_key(spec, *what) if kept else ""
    found = kept.value(key) if kept else None
    return key, found if isinstance(found, Known) else None


def _keep(kept: Kept | None, spec: Path, what: Sequence[str], key: str, made: Known) -> None:
    """Keeps ``made`` under ``key`` if the files are still those that it was made from."""
    if kept and key and kept.value_key(spec, *what) == key:
        kept.put_value(key, made)


def _made(make: Callable[[Model], Any], spec: Path, read: Read | None = None) -> Known:
    model = (read or load)(spec)
    # Warnings of a spec are for its author, who runs check; those of a config say how complete all else is.
    return Known(make(model), model.warnings if model.reading is not None else ())


def _tried(make: Callable[..., Any], asked: tuple[Path, Sequence[str]]) -> Known | Exception:
    """What ``make`` makes of a model and of the words with it, or what that raises.

    Of an exception from another process only its words are left.
    """
    spec, what = asked
    try:
        return _made(lambda model: make(model, *what), spec)
    except Exception as error:
        if not isinstance(error, ArchdrawError):
            error.add_note(traceback.format_exc())
        return error


def _lost(_: tuple[Path, Sequence[str]], error: Exception) -> Exception:
    return ArchdrawError(worker_ended(error))


def single_of(
    kept: Kept | None, spec: Path, name: str, link: str, read: Read | None = None
) -> tuple[Single, tuple[Problem, ...]]:
    """The model at ``spec`` as the view ``name`` is given it, and the warnings of its config.

    ``link`` as in :func:`archdraw.app.pictures.subject`, ``read`` as in :func:`known`. Raises as :func:`archdraw.load`.
    """
    view = several.view(name)
    made: list[Single] = []

    def about(model: Model) -> Any:
        made.append(single(view, subject(model, link)))
        return made[0].about

    found = known(kept if view.about is not None else None, spec, ("view", name, link), about, read)
    return made[0] if made else Single(found.value, partial(_written, spec)), found.problems


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
