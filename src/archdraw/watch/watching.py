"""The loop of the live view: what was saved is read and said to all pages."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from threading import Event

from archdraw.watch.changes import changes
from archdraw.watch.hub import Hub, Line

_PLACE = re.compile(r"\s*(?:(?P<file>.+?):)?(?P<line>[0-9]{1,7})(?::(?P<column>[0-9]{1,7}))?\s*")


def follow(hub: Hub, end: Event, folder: Path | None = None, cursor: Path | None = None) -> None:
    """Follows what is saved until ``end`` is set: models and what they are drawn with, and the file ``cursor``.

    ``folder`` is that of the models, where there may be none yet.
    """
    threading.Thread(target=hub.keep_checking, args=(end,), daemon=True).start()
    more = {one.absolute() for one in (folder, cursor.parent if cursor else None) if one is not None}
    said = ""
    for names in changes(lambda: hub.folders() | more, end, (cursor.name,) if cursor else ()):
        if cursor is not None and (not names or cursor.name in names):
            text = _text(cursor)
            place = cursor_place(hub, text) if text != said else None
            said = text
            if place is not None:
                hub.point("cursor", place)
        if not names or names - {cursor.name if cursor else ""}:
            hub.changed()


def cursor_place(hub: Hub, text: str) -> Line | None:
    """The place that an editor has written: ``12``, ``12:5`` or ``FILE:12:5``; None where it is none of a model."""
    first = (text.splitlines() or [""])[0]
    found = re.fullmatch(r"\s*(?P<line>\d{1,7})(?::(?P<column>\d{1,7}))?\s*", first) or _PLACE.fullmatch(first)
    if found is None or not int(found["line"]):
        return None
    name = hub.name_of(found.groupdict().get("file") or "")
    return None if name is None else Line(name, int(found["line"]), int(found["column"] or 0))


def _text(file: Path) -> str:
    try:
        return file.read_bytes()[:5000].decode("utf-8", "replace")
    except OSError:
        return ""
