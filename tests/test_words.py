"""Words: what the field has a word for is called by it, in specs, documents, options and pictures of several models."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import click
import pytest

import archdraw
import shipped
from archdraw.app.pictures import picture, subject
from archdraw.cli import program
from archdraw.scene import Scene, Text
from archdraw.source import parse, plain
from archdraw.views import several
from archdraw.views.several import Subject, _poster_legend

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
LIST = ROOT / "tests" / "data" / "words.yaml"
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]
PICTURES: dict[str, dict[str, Any]] = {
    "lineage": {},
    "scale": {},
    "scale-active": {"x": "active", "y": "active"},
    "scale-context": {"x": "context", "y": "kv-cache", "context": 32768},
    "scale-bars": {"view": "bars"},
    "timeline-few": {"concept": ("RoPE", "QK-norm")},
    "timeline-year": {"by": "year", "concept": ("RoPE", "QK-norm")},
}


@dataclass(frozen=True)
class Entry:
    """A phrase to be avoided and what to write instead."""

    said: re.Pattern[str]
    better: str


@cache
def entries(section: str) -> tuple[Entry, ...]:
    rows = plain(parse(LIST.read_text("utf-8"), LIST.name).root)[section]
    return tuple(Entry(re.compile(row["said"], 0 if row.get("case") else re.IGNORECASE), row["better"]) for row in rows)


def found(texts: Iterable[str], section: str = "texts") -> list[str]:
    """Every phrase of a section that is in one of ``texts``, with what to write instead."""
    return [
        f"{hit[0]!r} in {text!r}; better: {entry.better}"
        for text in texts
        for entry in entries(section)
        if (hit := entry.said.search(text))
    ]


def words(scene: Scene) -> Iterator[str]:
    """All texts of a picture: those that are seen, its title and its description."""
    yield from (shape.text for shape in scene.shapes() if isinstance(shape, Text))
    yield scene.title
    yield scene.description


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return [subject(shipped.model(name)) for name in shipped.NAMES[::4]]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_texts_of_specs(spec: Path) -> None:
    assert found(spec.read_text("utf-8").splitlines()) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents(document: Path) -> None:
    assert found(document.read_text("utf-8").splitlines()) == []


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_several_models(name: str, subjects: list[Subject]) -> None:
    assert found(words(picture(name.partition("-")[0], subjects, **PICTURES[name]).scene())) == []


@pytest.mark.parametrize("slugs", [("deepseek-v3", "kimi-k2"), ("gemma-2-27b", "gemma-3-27b"), ("gpt-2", "gpt-2")])
def test_comparisons(slugs: tuple[str, ...]) -> None:
    models = [subject(archdraw.load(ROOT / "specs" / f"{slug}.yaml")) for slug in slugs]
    assert found(words(picture("compare", models).scene())) == []


def test_the_legend_of_a_poster() -> None:
    tables = (_poster_legend.MIXERS, _poster_legend.OTHERS, _poster_legend.SIGNS)
    assert found(text for table in tables for text in table.values()) == []


def test_options_of_views_of_several_models() -> None:
    texts = []
    for name in several.names():
        view = several.view(name)
        texts.append(view.summary)
        for function in (view.gather, view.draw):
            hints = get_type_hints(function, include_extras=True)
            kinds = inspect.signature(function).parameters
            texts += [
                get_args(hint)[1] for option, hint in hints.items() if option in kinds and get_origin(hint) is Annotated
            ]
    assert len(texts) > 15
    assert found(texts) == []


@pytest.mark.parametrize("name", program.list_commands(click.Context(program)))
def test_help_of_commands(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert found(command.get_help(click.Context(command, info_name=name)).splitlines()) == []


def test_phrases_are_found() -> None:
    assert [
        hit.partition(" in ")[0]
        for hit in found(["Who came from whom", "4 of them a token", "the license", "seen by a token", "tells"])
    ] == ["'Who'", "'of them a token'", "'tells'"]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_plates(spec: Path) -> None:
    assert found(words(shipped.plate(spec.stem)), "plates") == []
