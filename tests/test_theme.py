"""Themes: what they promise about contrast, how they are read, what their errors say."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from archdraw import load, resources
from archdraw.errors import ArchdrawError, InputError
from archdraw.lint.faults import faults
from archdraw.lint.themes import theme_contrasts
from archdraw.theme import Theme, contrast, load_theme, luminance, mix, parse_theme, theme_names
from archdraw.views.developers import accent_index, known_developers

NAMES = theme_names()


@pytest.fixture(params=NAMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(str(request.param))


def grounds(theme: Theme) -> set[str]:
    """Everything that a box can lie on."""
    return {theme.page, theme.container, theme.band, *(theme.tint(accent) for accent in theme.accents)}


def test_shipped_themes() -> None:
    assert {"light", "dark", "print"} <= set(NAMES)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1


def test_text_in_boxes(theme: Theme) -> None:
    weak = {role: contrast(paint.text, paint.fill) for role, paint in theme.roles.items()}
    weak["equal"] = contrast(theme.equal.text, theme.equal.fill)
    assert {role: ratio for role, ratio in weak.items() if ratio < 4.5} == {}


def test_text_on_grounds(theme: Theme) -> None:
    for ground in grounds(theme):
        assert contrast(theme.ink, ground) >= 4.5
        assert contrast(theme.muted, ground) >= 4.5
    for accent in theme.accents:
        assert contrast(accent, theme.page) >= 4.5
        assert contrast(accent, theme.container) >= 4.5
        assert contrast(accent, theme.tint(accent)) >= 4.5
        assert contrast(theme.accent_ink, accent) >= 4.5


def test_boxes_stand_out_from_grounds(theme: Theme) -> None:
    for role, paint in theme.roles.items():
        for ground in grounds(theme):
            # A dark box is seen by its inside, a light one by its border.
            assert max(contrast(paint.border, ground), contrast(paint.fill, ground)) >= 3, (role, ground)
    assert contrast(theme.equal.border, theme.page) >= 3
    assert contrast(theme.equal.border, theme.container) >= 3


def test_lines_stand_out_from_grounds(theme: Theme) -> None:
    for ground in grounds(theme):
        assert contrast(theme.edge, ground) >= 4.5
        assert contrast(theme.zoom, ground) >= 3
        assert contrast(theme.equal_edge, ground) >= 3
        assert contrast(theme.container_border, ground) >= 3
    for accent in theme.accents:
        assert contrast(accent, theme.tint(accent)) >= 3


def test_signs(theme: Theme) -> None:
    for colour in (theme.signs.changed, theme.signs.added, theme.signs.removed):
        assert contrast(colour, theme.page) >= 4.5
        assert contrast(colour, theme.container) >= 4.5
        assert contrast(theme.signs.ink, colour) >= 4.5


def test_active_experts_stand_out_from_idle_ones(theme: Theme) -> None:
    assert contrast(theme.paint("expert_active").fill, theme.paint("expert_idle").fill) >= 3


def test_full_attention_has_the_strongest_contrast_to_the_page(theme: Theme) -> None:
    ratios = {role: contrast(paint.fill, theme.page) for role, paint in theme.roles.items()}
    assert max(ratios, key=lambda role: ratios[role]) == "attention"


def test_print_differs_in_greys() -> None:
    theme = load_theme("print")
    lightness = {role: 116 * luminance(paint.fill) ** (1 / 3) for role, paint in theme.roles.items()}
    del lightness["expert_idle"]  # stands beside active experts only, see above
    del lightness["unknown"]  # told by its dashes
    del lightness["input"]  # shown by its place: no line leads to it
    near = [
        (first, second) for first, second in combinations(lightness, 2) if abs(lightness[first] - lightness[second]) < 2
    ]
    assert near == []


def test_every_theme_has_the_roles_of_light(theme: Theme) -> None:
    assert set(theme.roles) == set(load_theme("light").roles)
    assert set(theme.patterns) <= set(theme.roles)


def test_roles_cover_the_algebra() -> None:
    from typing import get_args

    from archdraw.tree.blocks import Role

    assert set(get_args(Role)) <= set(load_theme("light").roles)


def test_mix_and_tint() -> None:
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    light = load_theme("light")
    assert light.tint("#057836") == mix("#057836", "#FFFFFF", light.tint_share)
    assert light.accent(5) == "#057836" == light.accent(17)


def test_unknown_role() -> None:
    with pytest.raises(ArchdrawError, match="no colours for the role 'slidng'; did you mean sliding"):
        load_theme("light").paint("slidng")


def test_patterns() -> None:
    light = load_theme("light")
    assert (light.pattern("sliding"), light.pattern("attention")) == ("hatched", "solid")


def test_own_theme_says_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        'like: dark\npage: "#000000"\nroles:\n  norm: {fill: "#2a2a2a"}\n'
        '  mine: {fill: "#111111", border: "#FFFFFF", text: "#FFFFFF"}\n'
    )
    mine, dark = load_theme(file), load_theme("dark")
    assert (mine.page, mine.ink) == ("#000000", dark.ink)
    assert mine.paint("norm").fill == "#2A2A2A"
    assert mine.paint("norm").border == dark.paint("norm").border
    assert mine.paint("mine").text == "#FFFFFF"
    assert load_theme(str(file)) == mine


def test_unknown_names() -> None:
    with pytest.raises(ArchdrawError, match="unknown theme 'lihgt'; did you mean light"):
        load_theme("lihgt")
    with pytest.raises(ArchdrawError, match="file not found"):
        load_theme("/nowhere/mine.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("like: lihgt\n", "mine.yaml:1:7: error: unknown theme 'lihgt'"),
        ("like: light\npage: red\n", "mine.yaml:2:7: error: page is not a colour in the form '#1A2B3C'"),
        ("like: light\npaeg: '#FFFFFF'\n", "mine.yaml:2:1: error: a theme has no paeg"),
        ("like: light\naccents: ['#FFFFFF']\n", "mine.yaml:2:10: error: accents has 1 colours instead of 12"),
        ("like: light\nroles:\n  norm: {fil: '#FFFFFF'}\n", "mine.yaml:3:10: error: a theme has no fil"),
        ("[1]\n", "mine.yaml:1:1: error: a theme is a mapping of names to colours"),
    ],
)
def test_errors_have_a_place(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_theme(text, "mine.yaml")
    assert str(caught.value).splitlines()[0] == told


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_theme("like: light\npage: red\nink: '#12345'\nsigns: {add: '#FFFFFF'}\n", "mine.yaml")
    assert [problem.span.line for problem in caught.value.problems] == [2, 3, 4]
    assert "did you mean added?" in str(caught.value)


def test_developers() -> None:
    expected = {"Google": 5, "DeepSeek": 9, "Moonshot AI": 7, "Meta": 8, "Alibaba Cloud": 10, " alibaba  CLOUD ": 10}
    assert {name: accent_index(name) for name in expected} == expected
    assert accent_index("Nobody knows them") == accent_index("nobody knows them") in range(12)
    assert {accent_index(name) for name in known_developers()} == set(range(12))


def test_resources_of_a_checkout_and_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "src" / "archdraw"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    (tmp_path / "themes").mkdir()
    assert resources.themes_folder() == tmp_path / "themes"
    (package / "themes").mkdir()
    assert resources.themes_folder() == package / "themes"
    assert resources.specs_folder() == package / "specs", "where neither is, the place of an installed package is named"


def test_weak_contrast_is_a_warning_at_its_place(tmp_path: Path) -> None:
    file = tmp_path / "pale.yaml"
    file.write_text('like: light\nmuted: "#AAAAAA"\nroles:\n  norm: {text: "#EEEEEE", fill: "#FFFFFF"}\n')
    found = theme_contrasts(file)
    assert {problem.severity for problem in found} == {"warning"}
    assert [str(problem).splitlines()[0].removeprefix(tmp_path.as_posix()) for problem in found] == [
        "/pale.yaml:2:8: warning: muted #AAAAAA on page #FFFFFF has a contrast of 2.32:1",
        "/pale.yaml:2:8: warning: muted #AAAAAA on container #F3F4F6 has a contrast of 2.11:1",
        "/pale.yaml:2:8: warning: muted #AAAAAA on band #F3F4F6 has a contrast of 2.11:1",
        "/pale.yaml:4:16: warning: text of norm #EEEEEE on fill of norm #FFFFFF has a contrast of 1.16:1",
    ]


def test_faults_of_a_picture_in_a_pale_theme(tmp_path: Path) -> None:
    file = tmp_path / "pale.yaml"
    file.write_text('like: light\nroles:\n  attention: {fill: "#FFFFFF", text: "#EEEEEE", border: "#FFFFFF"}\n')
    found = faults(load("gpt-2").scene(theme=file))
    assert {fault.rule for fault in found} == {"contrast"}
    assert any("in #EEEEEE on #FFFFFF has 1.16:1" in fault.message for fault in found)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_themes_have_no_weak_contrast(name: str) -> None:
    assert theme_contrasts(name) == ()
