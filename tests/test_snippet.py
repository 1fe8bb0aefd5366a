"""What is pasted into documents, read back by what reads such documents."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from docutils import nodes
from docutils.core import publish_doctree

from archdraw.cache.replay import replayed
from archdraw.cli import run
from test_sphinx import SPEC

NAME = 'Tiny & "1" [a_b] 100% <x>'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small model.yaml").write_text(SPEC.replace("name: Tiny 1", f"name: '{NAME}'"), "utf-8")
    return tmp_path


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = dict(attrs)


def printed(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["snippet", "small model.yaml", "-o", "my pictures", "--view", "card", *words]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return out


def written() -> set[str]:
    return {file.name for file in Path("my pictures").iterdir()}


def test_a_readme_has_light_and_dark(capfd: pytest.CaptureFixture[str]) -> None:
    found = Elements(printed(capfd)).found
    assert found["source"]["media"] == "(prefers-color-scheme: dark)"
    assert found["img"]["alt"] == f"{NAME} architecture"
    files = [str(address).replace("%20", " ") for address in (found["img"]["src"], found["source"]["srcset"])]
    light, dark = (re.search(r'fill="(#\w+)"', Path(file).read_text("utf-8")) for file in files)
    assert light
    assert dark
    assert dark[1] < "#555555" < "#AAAAAA" < light[1]
    assert written() == {"small model-card-light.svg", "small model-card-dark.svg"}
    one = Elements(printed(capfd, "--theme", "print")).found
    assert list(one) == ["img"]
    assert "small model-card.svg" in written()


def test_html_and_markdown(capfd: pytest.CaptureFixture[str]) -> None:
    html = Elements(printed(capfd, "--as", "html")).found["img"]
    text = Path("my pictures/small model-card.svg").read_text("utf-8")
    assert all(f' {side}="{html[side]}"' in text.partition(">")[2].partition(">")[0] for side in ("width", "height"))
    made = markdown.markdown(printed(capfd, "--as", "markdown"))
    assert Elements(made).found["img"] == {"alt": html["alt"], "src": html["src"]}
    assert html["alt"] == f"{NAME} architecture"


def test_signs_that_end_an_address_are_written_by_number(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["snippet", "gpt-2", "--view", "thumb", "-o", "a#b?", "--as", "html"]) == 0
    assert Elements(capfd.readouterr().out).found["img"]["src"] == "a%23b%3F/gpt-2-thumb.svg"


def test_rst(capfd: pytest.CaptureFixture[str]) -> None:
    settings = {"halt_level": 2, "report_level": 5}
    (image,) = publish_doctree(printed(capfd, "--as", "rst"), settings_overrides=settings).findall(nodes.image)
    assert (image["alt"], image["uri"]) == (f"{NAME} architecture", "my pictures/small model-card.svg")


def test_latex(capfd: pytest.CaptureFixture[str]) -> None:
    text = printed(capfd, "--as", "latex")
    assert (
        r"\includegraphics[width=\textwidth,height=0.85\textheight,keepaspectratio]{my pictures/small model-card.pdf}"
        in text
    )
    assert r'\caption{Tiny \& "1" [a\_b] 100\% <x> architecture}' in text
    assert r"\label{fig:small-model}" in text
    assert Path("my pictures/small model-card.pdf").read_bytes().startswith(b"%PDF")
    assert run(["snippet", "gpt-2", "--as", "latex"]) == 0
    assert (
        r"[width=\columnwidth,height=0.85\textheight,keepaspectratio]{out/gpt-2-column.pdf}" in capfd.readouterr().out
    )
    assert run(["snippet", "gpt-2", "--as", "latex", "--view", "page"]) == 0
    assert re.match(r"\\begin\{figure\*}[^$]*\\textwidth,[^$]*]\{out/gpt-2-page.pdf}", capfd.readouterr().out)


def test_several_and_a_wrong_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["snippet", "gpt-2", "gpt-20", "gpt-1", "--as", "markdown", "--view", "thumb"]) == 1
    out, err = capfd.readouterr()
    assert re.findall(r"\((.*?)\)", out) == ["out/gpt-2-thumb.svg", "out/gpt-1-thumb.svg"]
    assert "did you mean gpt-2" in err
    assert run(["snippet", "gpt-2", "--theme", "drak"]) == 2


def test_the_same_again_is_from_the_cache(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARCHDRAW_CACHE_DIR", str(here / "cache"))
    words = ["snippet", "gpt-2", "--view", "thumb"]
    assert run(words) == 0
    first = capsys.readouterr().out
    Path("out/gpt-2-thumb-dark.svg").unlink()
    assert replayed(words) == []
    assert capsys.readouterr().out == first
    assert Path("out/gpt-2-thumb-dark.svg").is_file()
