"""One model as the live view shows it: its picture or what is wrong with it, its text, and where its blocks stand."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from time import perf_counter, thread_time
from typing import Any

from archdraw.cache.keys import inputs, signature
from archdraw.errors import ArchdrawError, InputError, Problem
from archdraw.model import Model, load
from archdraw.model_files import is_spec, slug_of
from archdraw.records import record
from archdraw.source import read_text
from archdraw.spec import parse_spec
from archdraw.spec.places import Places, expanded
from archdraw.spec.presenting import page_of
from archdraw.tree.blocks import Module
from archdraw.tree.settling import settled
from archdraw.writers.svg import svg

MOST_KEPT = 16
"""Models that are kept as they were read, and pictures as they were drawn last."""
LONGEST_TEXT = 400_000
"""Characters of a file that is shown beside its picture."""

NO_PLACES = Places({}, ())


@record
class Look:
    """How a model is drawn: a theme and a view or page, as ``archdraw render`` takes them; no view is the spec's."""

    theme: str
    view: str


@record
class Reading:
    """What was read from a model's file: its ``text``, its ``model`` unless it has errors, and all ``problems``."""

    text: str
    model: Model | None
    problems: tuple[Problem | str, ...]
    places: Callable[[], Places]


@record
class Shown:
    """What a page shows: the last picture that could be drawn, and what is wrong now.

    ``number`` is another one for each picture. ``current`` says whether the picture is that of the ``text``; the one of
    a file with errors is the last without. ``seconds`` is how long reading and drawing took,
    ``cpu`` of that this thread.
    """

    svg: str
    number: int
    current: bool
    problems: tuple[Problem | str, ...]
    reading: Reading
    seconds: float
    cpu: float


@record
class Counted:
    """A model in a list: its name, that of before where it has errors, and how many problems it has."""

    title: str
    errors: int
    warnings: int


class Drawing:
    """Reads and draws models. One is read once, and drawn once in each look, until what it is made from changes."""

    def __init__(self, fonts: Sequence[str] = ()) -> None:
        self._fonts = tuple(fonts)
        self._lock = RLock()  # what archdraw remembers is for one thread
        self._readings: OrderedDict[Path, tuple[object, Reading]] = OrderedDict()
        self._blocks: OrderedDict[Path, Module] = OrderedDict()  # those of the last readings without errors
        self._shown: OrderedDict[tuple[Path, Look], tuple[object, Shown]] = OrderedDict()
        self._number = 0
        self._counted: dict[Path, tuple[object, Counted]] = {}

    def counted(self, file: Path) -> Counted:
        """What the list of a folder says of ``file``; that of a file that has not changed is not read again."""
        with self._lock:
            state = _state(inputs(str(file)))
            known = self._counted.get(file)
            if known is not None and known[0] == state:
                return known[1]
            reading = self.reading(file)
            title = reading.model.name if reading.model is not None else known[1].title if known is not None else ""
            warnings = sum(isinstance(one, Problem) and one.severity == "warning" for one in reading.problems)
            made = Counted(title, len(reading.problems) - warnings, warnings)
            self._counted[file] = state, made
            return made

    def reading(self, file: Path) -> Reading:
        """What is in ``file`` now."""
        with self._lock:
            state = _state(inputs(str(file)))
            known = self._readings.get(file)
            if known is not None and known[0] == state:
                return known[1]
            made = _read(file, self._blocks.get(file))
            _keep(self._readings, file, (state, made))
            if made.model is not None:
                _keep(self._blocks, file, made.model.block)
            return made

    def shown(self, file: Path, look: Look) -> Shown:
        """The picture of ``file`` in ``look`` with what is wrong with it."""
        with self._lock:
            begin, cpu = perf_counter(), thread_time()
            reading = self.reading(file)
            state = (reading, _state(self._drawn_with(reading, look)))
            known = self._shown.get((file, look))
            if known is not None and known[0] == state:
                return known[1]
            before = known[1] if known is not None else None
            text, problems = self._draw(reading, look)
            if text is None:
                last, number = (before.svg, before.number) if before is not None else ("", 0)
            elif before is not None and before.svg == text:
                last, number = text, before.number
            else:
                self._number += 1
                last, number = text, self._number
            made = Shown(last, number, text is not None, problems, reading, perf_counter() - begin, thread_time() - cpu)
            _keep(self._shown, (file, look), (state, made))
            if self._number == 1:
                # All that was imported stays: the collector need not look at it again.
                gc.collect()
                gc.freeze()
            return made

    def folders(self, file: Path, look: Look) -> Iterator[Path]:
        """The folders in which something is that the picture of ``file`` is made from, links followed."""
        with self._lock:
            known = self._readings.get(file)
            files = [*inputs(str(file)), *(self._drawn_with(known[1], look) if known else ())]
        for name in files:
            for path in (Path(name).absolute(), Path(name).resolve()):
                yield path if path.is_dir() else path.parent

    def _drawn_with(self, reading: Reading, look: Look) -> tuple[str, ...]:
        """The files beside the model's own that its picture is made from: a theme, a page, fonts."""
        view = look.view or (page_of(reading.model.spec) if reading.model is not None else "")
        return tuple(name for name in (look.theme, view, *self._fonts) if Path(name).suffix)

    def _draw(self, reading: Reading, look: Look) -> tuple[str | None, tuple[Problem | str, ...]]:
        """The picture as SVG, None where it cannot be drawn; and all that is wrong."""
        model = reading.model
        if model is None:
            return None, reading.problems
        try:
            # Another one each time: a model keeps its last picture, which a page that was changed would not change.
            fresh = Model(model.spec, model.block, model.reading, model.slug)
            scene, remarks = fresh.drawn(look.view, look.theme, self._fonts)
            return svg(scene, "plain"), (*reading.problems, *remarks)
        except Exception as error:
            return None, (*reading.problems, *_problems(error, "the picture"))


def _read(file: Path, before: Module | None = None) -> Reading:
    """What is in ``file``; what is equal in the model that it held ``before`` is the same object again."""
    text = ""
    warnings: tuple[Problem, ...] = ()
    try:
        if file.is_file() and (is_spec(file) or file.suffix.lower() == ".json"):
            text = read_text(file)
        if not is_spec(file):
            model = load(file)
            return Reading(text[:LONGEST_TEXT], model, model.warnings, lambda: NO_PLACES)
        spec = parse_spec(text or read_text(file), file.as_posix())
        warnings = spec.warnings
        block, places = expanded(spec)
        block = settled(block, before) if before is not None else block
        return Reading(text[:LONGEST_TEXT], Model(spec, block, slug=slug_of(file)), spec.warnings, places)
    except Exception as error:
        return Reading(text[:LONGEST_TEXT], None, (*warnings, *_problems(error, str(file))), lambda: NO_PLACES)


def _problems(error: Exception, what: str) -> tuple[Problem | str, ...]:
    """``error`` as it is shown. One of the program itself is said too, and never ends the view."""
    match error:
        case InputError(problems=problems):
            return tuple(problems)
        case ArchdrawError():
            return (f"{what}: error: {error}",)
        case _:
            kind = f"{type(error).__name__}: {error}".splitlines()[0]
            return (f"{what}: error: internal error of archdraw: {kind}\n  archdraw --traceback render shows more",)


def _state(paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((path, signature(path)) for path in paths)


def _keep(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    """Adds ``value`` under ``key``; what was not used longest is forgotten."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
