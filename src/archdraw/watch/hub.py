"""What every open page is to show: pictures of its model in its look, the list of a folder, an editor's cursor."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from time import monotonic
from typing import Any

from archdraw.errors import ArchdrawError, Problem
from archdraw.model_files import names_of
from archdraw.records import record
from archdraw.watch.drawing import Counted, Drawing, Look, Reading, Shown
from archdraw.watch.replacing import replacements

PATIENCE = 0.2
"""Seconds in which a browser has its picture; nothing waits longer for one that does not read."""
OFTEN = 0.25
"""Seconds between two lists while a folder is read for the first time."""


@dataclass(eq=False)
class Viewer:
    """An open page, or a program that listens: its model (empty for the list), its look, and what waits for it.

    One that ``keeps`` its picture gets what differs from it, all others the whole next one.
    """

    name: str
    look: Look
    keeps: bool = False
    shown: Shown | None = None
    placed: Reading | None = None
    waiting: SimpleQueue[str] = field(default_factory=SimpleQueue)
    delivered: Event = field(default_factory=Event)

    def send(self, event: str, data: Mapping[str, Any]) -> None:
        """Puts an event into the queue, as it goes over the line."""
        self.delivered.clear()
        self.waiting.put(f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")


@record
class Line:
    """A place in a model's file; ``column`` is 0 where it is not known."""

    name: str
    line: int
    column: int = 0


class Hub:
    """The models, who looks at them, and what is known of each."""

    def __init__(
        self, files: Callable[[], Sequence[Path]], look: Look, fonts: Sequence[str] = (), *, is_single: bool = False
    ) -> None:
        """``files`` are those of the models, asked for again after each change; ``look`` is that of the command.

        ``is_single``: there is one model, and no list.
        """
        self.look, self.is_single = look, is_single
        self._files = files
        self._drawing = Drawing(fonts)
        self._viewers: list[Viewer] = []
        self._lock, self._saying, self._listing = Lock(), Lock(), Lock()
        self.saved = Event()
        self._states: dict[str, Counted] = {}
        self._named: dict[str, Path] = {}
        self.find()

    def find(self) -> None:
        """Looks again which models there are."""
        files = list(self._files())
        try:
            self._named = {name: file for file, name in names_of(files).items()}
        except ArchdrawError:  # two names that only their suffixes tell apart
            self._named = {file.name: file for file in files}

    @property
    def named(self) -> Mapping[str, Path]:
        """The files of the models by the names that pages have for them."""
        return self._named

    def opened(self, name: str, look: Look, *, keeps: bool = False) -> Viewer:
        """A new viewer of the model ``name`` in ``look``; it gets everything once."""
        viewer = Viewer(name, look, keeps)
        with self._lock:
            self._viewers.append(viewer)
        self._list(viewer)
        with self._saying, _uninterrupted():
            self._show(viewer)
            self._place(viewer)
        return viewer

    def closed(self, viewer: Viewer) -> None:
        """``viewer`` has gone."""
        with self._lock:
            if viewer in self._viewers:
                self._viewers.remove(viewer)

    def changed(self) -> None:
        """Something was saved: shows what has become another picture, then where its blocks stand, then the list."""
        before = self._named
        self.find()
        viewers = self._now()
        with self._saying, _uninterrupted():
            for viewer in viewers:
                self._show(viewer, before.get(viewer.name))
            # What comes next would take the interpreter from the threads that hand the pictures out.
            for viewer in viewers:
                viewer.delivered.wait(PATIENCE)
            for viewer in viewers:
                self._place(viewer)
        gc.collect()
        self.saved.set()

    def keep_checking(self, end: Event) -> None:
        """Reads all models when something was saved, until ``end`` is set."""
        while not end.is_set():
            self.saved.wait()
            self.saved.clear()
            self.check(end)

    def check(self, end: Event | None = None) -> None:
        """Reads every model that has changed, and says to all which have errors, until ``end`` is set."""
        said, known = monotonic(), dict(self._states)
        for name, file in list(self._named.items()):
            if end is not None and end.is_set():
                return
            self._states[name] = self._drawing.counted(file)
            if monotonic() - said > OFTEN:
                said, known = monotonic(), dict(self._states)
                self._tell()
        for name in self._states.keys() - self._named.keys():
            del self._states[name]
        if self._states != known:
            self._tell()

    def folders(self) -> set[Path]:
        """The folders to watch for what is looked at, and for all models."""
        found: set[Path] = set()
        looked = [(viewer.name, viewer.look) for viewer in self._now()]
        for name, look in [*looked, *((name, self.look) for name in self._named)]:
            if name in self._named:
                found.update(self._drawing.folders(self._named[name], look))
        return found

    def point(self, event: str, place: Line) -> None:
        """Says to all viewers of a model that an editor's cursor, or a click, is at ``place``."""
        for viewer in self._now():
            if viewer.name == place.name:
                viewer.send(event, {"line": place.line, "column": place.column})

    def name_of(self, path: str) -> str | None:
        """The name of the model in the file at ``path``; that of the only one for an empty path; None for none."""
        if not path:
            return next(iter(self._named)) if len(self._named) == 1 else None
        if path in self._named:
            return path
        try:
            wanted = Path(path).resolve()
        except (OSError, ValueError, RuntimeError):  # no path, or links in a circle
            return None
        return next((name for name, file in self._named.items() if file.resolve() == wanted), None)

    def _now(self) -> list[Viewer]:
        with self._lock:
            return list(self._viewers)

    def _models(self) -> dict[str, Any]:
        """The list: models that were not read yet have no numbers."""
        states = {name: self._states.get(name) for name in self._named}
        return {"models": [{"name": name, **(asdict(state) if state else {})} for name, state in states.items()]}

    def _tell(self) -> None:
        self._list(*self._now())

    def _list(self, *viewers: Viewer) -> None:
        """Sends the list: a newer one after an older one, whoever asks for it."""
        with self._listing:
            for viewer in viewers:
                viewer.send("models", self._models())

    def _show(self, viewer: Viewer, gone: Path | None = None) -> None:
        file = self._named.get(viewer.name, gone)
        if file is None:
            return
        shown, before = self._drawing.shown(file, viewer.look), viewer.shown
        if shown is before:
            return
        viewer.shown = shown
        data: dict[str, Any] = {
            "number": shown.number,
            "current": shown.current,
            "file": file.as_posix(),
            "text": shown.reading.text,
            "problems": list(_as_data(shown.problems, file)),
            "milliseconds": round(shown.seconds * 1000),
            "cpu": round(shown.cpu * 1000, 1),
        }
        if before is None or shown.number != before.number:
            data |= _picture(before if viewer.keeps else None, shown)
        viewer.send("picture", data)

    def _place(self, viewer: Viewer) -> None:
        """Sends where blocks stand: after the picture, which would wait for it."""
        file = self._named.get(viewer.name)
        if file is None:
            return
        reading = self._drawing.reading(file)
        if reading.model is None or reading is viewer.placed:
            return
        viewer.placed = reading
        places = reading.places()
        viewer.send(
            "places",
            {
                "spans": {path: [span.line, span.column] for path, span in places.spans.items()},
                "written": [[one.span.line, one.span.column, one.last, one.paths] for one in places.written],
            },
        )


def _picture(before: Shown | None, shown: Shown) -> dict[str, Any]:
    """The picture that is shown: as SVG, or where ``before`` was, and only parts of it differ, by these."""
    found = replacements(before.svg, shown.svg) if before is not None and before.svg else None
    return {"svg": shown.svg} if found is None else {"replace": [one.as_data() for one in found]}


def _as_data(problems: Sequence[Problem | str], file: Path) -> Iterator[dict[str, Any]]:
    """Problems as the terminal shows them, and their places where these are in ``file``."""
    for one in problems:
        if isinstance(one, str):
            yield {"text": one, "severity": "error", "line": 0, "column": 0}
            continue
        here = one.span.file == file.as_posix()
        place = {"line": one.span.line, "column": one.span.column} if here else {"line": 0, "column": 0}
        yield {"text": str(one), "severity": one.severity, **place}


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Within, the collector of circles does not run: it takes a quarter of the time of a picture, which would wait."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
