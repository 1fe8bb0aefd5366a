"""Pages whose examples are run, and the reference that is generated: what they are made of."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import archdraw
from archdraw.cli import program
from archdraw.kinds.registry import kinds
from archdraw.lint.faults import faults
from archdraw.model import load
from archdraw.resources import themes_folder
from archdraw.spec import parse_spec
from docs.extension import commands, python
from docs.extension.examples import Walk, walk
from docs.extension.kinds import anchor, by_folder, section, spec_of
from test_kinds_complete import model_of

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted((DOCS / "cookbook").glob("*.md"))
THEMES = sorted(path.stem for path in themes_folder().glob("*.yaml"))
SMALL = """```yaml
# small.yaml
name: Small
hidden_size: 64
vocab_size: 100
layers: [embedding, {linear: 64}]
```

"""
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)? ?(?:GiB|MiB|KiB)|\d+(?:\.\d+)?[MB]\b")
NOT_SPECS = ("gallery", "harbour")


def walked(page: str, folder: Path) -> Walk:
    return walk((DOCS / page).read_text("utf-8"), folder)


@pytest.mark.parametrize("page", ["tutorial.md", *(f"cookbook/{file.name}" for file in PAGES)])
def test_examples_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    """Commands and transcripts; specs without warnings and, in every theme, without a fault; numbers of the text."""
    done = walked(page, tmp_path)
    assert done.wrong == []
    assert bool(done.calls) == (page != "cookbook/index.md")
    for file in {*done.specs}:
        if file.stem in NOT_SPECS:
            continue
        model = load(file)
        assert not model.warnings
        for theme in THEMES:
            assert faults(model.scene(theme=theme)) == []
    prose = re.sub(r"^```.*?^```|`[^`]*`", "", done.text, flags=re.MULTILINE | re.DOTALL)
    known = [*done.printed, *(file.read_text("utf-8") for file in done.specs)]
    shown = "\n".join(known) + "".join(f"{int(one):,}" for text in known for one in re.findall(r"\d{4,}", text))
    assert [number for number in NUMBER.findall(prose) if number not in shown] == []


def test_every_page_of_the_cookbook_is_listed() -> None:
    listed = (DOCS / "cookbook" / "index.md").read_text("utf-8")
    for file in PAGES:
        assert file.stem == "index" or f"({file.name})" in listed


WRONG = [
    ("```sh\narchdraw check smal.yaml\n```\n", 9, "ends with exit code 1"),
    ("```sh\nls\n```\n", 9, "no call of archdraw"),
    ("```console\n$ archdraw check small.yaml\nsmall.yaml: fine\n```\n", 9, "prints otherwise:\nsmall.yaml: OK"),
    ("```diff\n-hiden_size: 64\n+hidden_size: 32\n```\n", 9, "not one line of the file"),
    ("<!-- picture: small.svg -->\n", 9, "no call before has drawn small.svg"),
    ("```sh\narchdraw scale small.yaml --view bars -o a.svg\n```\n\n<!-- picture: a.svg -->\n", 13, "no call before"),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG)
def test_an_example_that_is_wrong_is_said_to_be_so(text: str, line: int, message: str, tmp_path: Path) -> None:
    (found,) = walk(SMALL + text, tmp_path).wrong
    assert message in found.message
    assert found.line == line


def test_a_picture_is_of_the_file_at_its_place(tmp_path: Path) -> None:
    change = "```diff\n-name: Small\n+name: Smaller\n```\n"
    call = "```sh\narchdraw render small.yaml --view card -o a.svg\n```\n\n<!-- picture: a.svg -->\n"
    done = walk(SMALL + call + change + call, tmp_path)
    assert done.wrong == []
    names = re.findall(r":theme: (\w+)\n:class: only-(\w+)\n\n# small.yaml\nname: (\w+)", done.text)
    assert names == [(one, one, name) for name in ("Small", "Smaller") for one in ("light", "dark")]
    assert done.text.count(":view: card") == 4


def test_every_kind_is_in_the_reference() -> None:
    pages = by_folder()
    assert sorted(kind.keyword for listed in pages.values() for kind in listed) == sorted(kinds())
    there = {file.stem for file in (DOCS / "reference" / "kinds").glob("*.md")} - {"index"}
    assert there == set(pages)
    index = (DOCS / "reference" / "kinds" / "index.md").read_text("utf-8")
    assert all(f"\n{name}\n" in index for name in pages)


def test_a_kind_has_its_fields_example_picture_and_source() -> None:
    kind = kinds()["grouped_query"]
    text = section(kind)
    assert f"({anchor(kind)})=\n## grouped_query\n" in text
    assert f"```yaml\n{kind.example}\n```" in text
    assert all(f"| `{name}` |" in text for name in kind.model_fields)
    assert "| `sliding_window` | whole number (1 or more) |  | Number of tokens" in text
    assert text.count(":view: inset:self_attn") == 2
    assert "[arXiv:2305.13245](https://arxiv.org/abs/2305.13245)" in text


def test_the_example_of_a_kind_is_drawn_in_the_model_of_its_test() -> None:
    for kind in kinds().values():
        assert parse_spec(spec_of(kind)).layers == model_of(kind).layers


def test_every_command_and_option_is_in_the_reference() -> None:
    text = commands.page()
    assert isinstance(program, click.Group)
    for name in program.list_commands(click.Context(program)):
        assert f"\n## {name}\n" in text
    assert "| `-o, --output DIR|FILE` |".replace("|F", "\\|F") in text
    assert "archdraw compare deepseek-v3 kimi-k2" in text


def test_every_stable_name_is_in_the_reference() -> None:
    listed = [name for names in python.groups().values() for name in names]
    assert sorted(listed) == sorted({*archdraw.__all__} - {"__version__"})
    assert "Others" not in python.groups()
