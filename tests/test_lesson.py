"""The lesson of a gallery: what it shows is there, and is what its words say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import archdraw
from archdraw.cli import run
from archdraw.lint.faults import faults
from archdraw.resources import shipped_spec
from archdraw.site.pages import lesson
from archdraw.site.pages.lesson import Picture

PICTURES = [picture for step in lesson.steps() for picture in step.pictures]


def test_there_are_ten_steps_each_with_a_picture_and_models_to_go_on_with() -> None:
    assert len(lesson.steps()) == 10
    for step in lesson.steps():
        assert step.title
        assert len(step.text) >= 2
        assert step.pictures
        assert [slug for slug in step.models if shipped_spec(slug) is None] == []
        assert {picture.model for picture in step.pictures} <= {*step.models}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.name)
def test_each_picture_is_drawn_without_fault(picture: Picture) -> None:
    model = archdraw.load(picture.spec)
    shown = model.figure(highlight=list(picture.highlight)) if picture.highlight else model
    assert faults(shown.scene(picture.view)) == []
    assert picture.drawn().own_letters


def test_a_highlight_is_seen() -> None:
    first = PICTURES[0]
    assert first.highlight
    assert first.drawn() != replace(first, highlight=()).drawn()


def test_the_lesson_leads_to_models_of_the_gallery_only(tmp_path: Path) -> None:
    assert run(["gallery", "gpt-2", "-o", str(tmp_path), "--no-cache"]) == 0
    text = (tmp_path / "lesson.html").read_text("utf-8")
    assert 'href="gpt-2.html"' in text
    assert 'href="llama-3-8b.html"' not in text
    assert text.count("<figure>") == text.count("<svg") == len(PICTURES)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len({*ids})
