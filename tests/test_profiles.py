"""Profiles of pages: values that are read from files, with errors that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from archdraw.errors import ArchdrawError, InputError
from archdraw.profile import load_profile, parse_profile, profile_names


def problems(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_profile(text, "own.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_leaves_out_nothing_twice(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.description
    steps = (*profile.without, *profile.drop)
    assert len(steps) == len(set(steps))


def test_a_profile_like_another_says_only_what_differs() -> None:
    slide, own = load_profile("slide"), parse_profile("like: slide\nwidth: 10in\nspine: {gap: 12}\n", "own.yaml")
    assert own.name == "own"
    assert own.width == "10in"
    assert own.height == slide.height
    assert own.spine == {**slide.spine, "gap": 12}


def test_an_unknown_field_is_reported_with_the_nearest_one() -> None:
    said = problems("like: slide\npanel: 1\n")
    assert "a profile has no panel" in said
    assert "panels" in said


def test_a_bad_length_is_reported_with_examples() -> None:
    said = problems("like: slide\nwidth: wide\n")
    assert "width is not a length" in said
    assert "3.25in" in said


def test_an_unknown_profile_is_reported_with_the_nearest_one() -> None:
    said = problems("like: slid\n")
    assert "unknown profile 'slid'" in said
    assert "slide" in said


def test_what_is_missing_is_reported_with_the_way_out() -> None:
    said = problems("layout: slide\n")
    assert "width is missing" in said
    assert "like: slide" in said


def test_an_unknown_step_is_reported() -> None:
    assert "drop" in problems("like: slide\ndrop: [everything]\n")


def test_a_profile_is_a_mapping() -> None:
    assert "a profile is a mapping" in problems("- slide\n")


def test_a_file_is_a_profile_of_its_name(tmp_path: Path) -> None:
    file = tmp_path / "narrow.yaml"
    file.write_text("like: column\nwidth: 8cm\n")
    assert load_profile(file).name == "narrow"


def test_a_name_that_is_none_is_reported() -> None:
    with pytest.raises(ArchdrawError, match="slide"):
        load_profile("slides")


def test_a_slide_of_another_width_keeps_its_shape() -> None:
    wide, high = load_profile("slide").of_width("8in").size
    assert wide == 768
    assert high == pytest.approx(432, abs=0.1)
