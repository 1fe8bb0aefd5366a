"""What differs between two pictures makes of the one the other, and is no more than that."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from xml.etree.ElementTree import Element, canonicalize, fromstring, tostring

import pytest

from archdraw.model import Model
from archdraw.resources import specs_folder
from archdraw.watch.drawing import Drawing, Look, Shown
from archdraw.watch.hub import Hub, Viewer
from archdraw.watch.replacing import Replacement, replacements
from archdraw.writers.svg import svg
from watching import SMALL

LINKS = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"'
OTHERS = {
    "name": ("name: Small", "name: Large"),
    "a size": ("intermediate_size: 256", "intermediate_size: 512"),
    "another block": ("swiglu", "geglu"),
    "a block more": ("  - rmsnorm", "  - rmsnorm\n  - linear: 96"),
    "layers": ("times: 4", "times: 40"),
    "nothing": ("name: Small", "name: Small # small"),
}


def drawn(text: str) -> str:
    return svg(Model.from_text(text).scene(), "plain")


def replaced(before: str, parts: tuple[Replacement, ...]) -> Element:
    """``before`` with its ``parts`` replaced, as the page does it."""
    root = fromstring(before)
    places = []
    for part in parts:
        around = root
        for index in part.path:
            around = around[index]
        places.append((around, list(around)[part.first : part.first + part.removed], part))
    shifted: dict[int, int] = {}
    for around, removed, part in places:
        added = list(fromstring(f"<svg {LINKS}>{part.markup}</svg>"))
        for one in removed:
            around.remove(one)
        first = part.first + shifted.get(id(around), 0)
        around[first:first] = added
        shifted[id(around)] = shifted.get(id(around), 0) + len(added) - len(removed)
    return root


def same(one: Element, other: str) -> bool:
    return canonicalize(tostring(one)) == canonicalize(tostring(fromstring(other)))


@pytest.mark.parametrize("edit", OTHERS)
@pytest.mark.parametrize("back", [False, True])
def test_what_differs_makes_of_one_picture_the_other(edit: str, back: bool) -> None:
    before, after = drawn(SMALL), drawn(SMALL.replace(*OTHERS[edit]))
    if back:
        before, after = after, before
    parts = replacements(before, after)
    if parts is None:  # another size
        assert before.split(">")[0] != after.split(">")[0]
        return
    assert same(replaced(before, parts), after)
    assert bool(parts) is (before != after)


def test_of_a_large_picture_only_the_parts_with_a_changed_size_are_replaced() -> None:
    text = (specs_folder() / "kimi-k3.yaml").read_text("utf-8")
    before = drawn(text)
    after = drawn(text.replace("intermediate_size: 3072", "intermediate_size: 3200", 1))
    parts = replacements(before, after)
    assert parts is not None
    assert same(replaced(before, parts), after)
    assert 0 < sum(len(part.markup) for part in parts) < len(after) / 10
    assert all(part.markup not in before for part in parts)


def test_where_most_of_a_group_differs_it_is_replaced_as_one() -> None:
    before = f"<svg {LINKS}><g><rect /><g><a /><b /><c /></g></g><g><a /><b /><c /></g></svg>"
    after = f"<svg {LINKS}><g><rect /><g><x /><y /><c /></g></g><g><x /><b /><c /></g></svg>"
    assert replacements(before, after) == (
        Replacement((0,), 1, 1, "<g><x /><y /><c /></g>"),
        Replacement((1,), 0, 1, "<x />"),
    )
    longer = f"<svg {LINKS}><g><rect /><g><a /><b /><c /></g></g><g><a /><b /><d><e /></d>more</g></svg>"
    assert replacements(before, longer.replace("more", "<c />")) == (Replacement((1,), 2, 0, "<d><e /></d>"),)


def said(viewer: Viewer) -> list[dict[str, object]]:
    """The pictures that wait for ``viewer``."""
    found = []
    while not viewer.waiting.empty():
        event, data = viewer.waiting.get().split("\n")[:2]
        if event == "event: picture":
            found.append(json.loads(data.removeprefix("data: ")))
    return found


def test_who_keeps_a_picture_gets_what_differs_and_others_the_whole(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    hub = Hub(lambda: [file], Look("light", ""), is_single=True)
    plain, keeping = hub.opened("small", Look("light", "")), hub.opened("small", Look("light", ""), keeps=True)
    (first,), (begun,) = said(plain), said(keeping)
    assert begun["svg"] == first["svg"]
    for viewer in (plain, keeping):
        viewer.delivered.set()
    file.write_text(SMALL.replace("name: Small", "name: Large"))
    hub.changed()
    (whole,), (part,) = said(plain), said(keeping)
    assert "replace" not in whole
    assert "svg" not in part
    parts = tuple(Replacement(**one) for one in part["replace"])  # type: ignore[attr-defined]
    assert same(replaced(str(first["svg"]), parts), str(whole["svg"]))


def test_no_collection_of_circles_comes_before_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    hub = Hub(lambda: [file], Look("light", ""), is_single=True)
    viewer = hub.opened("small", Look("light", ""))
    collections: list[str] = []
    counts: list[int] = []
    shown, send = Drawing.shown, Viewer.send

    def drawn(self: Drawing, file: Path, look: Look) -> Shown:
        counts.append(len(collections))
        return shown(self, file, look)

    def sent(self: Viewer, event: str, data: dict[str, object]) -> None:
        counts.append(len(collections))
        send(self, event, data)
        self.delivered.set()

    def counted(phase: str, _: object) -> None:
        collections.append(phase)

    monkeypatch.setattr(Drawing, "shown", drawn)
    monkeypatch.setattr(Viewer, "send", sent)
    threshold = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(counted)
    try:
        file.write_text(SMALL.replace("name: Small", "name: Large"))
        hub.changed()
    finally:
        gc.callbacks.remove(counted)
        gc.set_threshold(*threshold)
    begun, picture, places = counts
    assert begun == picture == places < len(collections)
    assert len(said(viewer)) == 2
