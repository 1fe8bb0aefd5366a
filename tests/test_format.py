"""``archdraw format``: one order of keys and one spacing, with every comment, and nothing else changed."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.resources import specs_folder, starters_folder
from archdraw.source import parse, plain
from archdraw.source.commented import Collection, commented, comments
from archdraw.source.formatting import WIDTH, formatted
from archdraw.spec import Spec, expand, parse_spec
from archdraw.spec.order import KEYS, orders

Printed = pytest.CaptureFixture[str]
SPECS = sorted(specs_folder().glob("*.yaml"))


def form(text: str) -> str:
    document = parse(text)
    return formatted(document, orders(document))


def comments_in(text: str) -> list[str]:
    return comments(*commented(parse(text)))


BEFORE = """\
# Read from a config
layers:   # from the input up
- embedding

- decoder: {times: 2,   # layers
    # the heads
    attention: {multi_head: {num_attention_heads: 2}}, feed_forward: {relu: {intermediate_size: 8}}}
-   - rmsnorm
    - linear: 8 # last
    # end of the list
# sizes
hidden_size:    8

vocab_size: 16


name:   'Small' # so far
published: {source:  nobody,total_parameters:   1.0e3}
# end of the file
"""
AFTER = """\
name: 'Small' # so far
published: {total_parameters: 1.0e3, source: nobody}
# sizes
hidden_size: 8

vocab_size: 16
# Read from a config
layers: # from the input up
  - embedding

  - decoder:
      times: 2 # layers
      # the heads
      attention: {multi_head: {num_attention_heads: 2}}
      feed_forward: {relu: {intermediate_size: 8}}
  - - rmsnorm
    - linear: 8 # last
    # end of the list
# end of the file
"""


def test_an_example() -> None:
    assert form(BEFORE) == AFTER
    assert form(AFTER) == AFTER


def test_the_order_has_every_key() -> None:
    assert set(KEYS) == set(Spec.model_fields)
    assert len(KEYS) == len(set(KEYS))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n"),
        ("a:\n- 1\n # of a\nb: 2\n", "a:\n  - 1\n  # of a\nb: 2\n"),
        ("a: [1,2 , 3]\n", "a: [1, 2, 3]\n"),
        ("a: [x: 1, {y: 2}]\n", "a: [x: 1, {y: 2}]\n"),
        ("a: {x}\n", "a: {x: null}\n"),
        ("{a: 1,\n b: 2}\n", "{a: 1, b: 2}\n"),
        ("a: [] # none\nb: {}\nc:\nd: [\n# one\n]\n", "a: [] # none\nb: {}\nc:\nd: [] # one\n"),
        ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\n"),
        ("a: &x\n    b: 1\n", "a: &x\n  b: 1\n"),
        ("a: |   # text\n      one\n\n        two\n\nb: 1\n", "a: | # text\n  one\n\n    two\n\nb: 1\n"),
        ("a: >-\n   one\n   two\n", "a: >-\n  one\n  two\n"),
        ("a: |\n   one  \n  \nb: |+\n  two\n\n", "a: |\n  one  \n\nb: |+\n  two\n\n"),
        ("a: one\n     two\n", "a: one\n  two\n"),
        ("- 'a\n\n  b' # c\n", "- 'a\n\n  b' # c\n"),
        ("---\n# c\na: 1\n...\n", "# c\na: 1\n"),
        ("-\n  # one\n  - 1\n-   - 2\n", "-\n  # one\n  - 1\n- - 2\n"),
        ("? a\n: 1\n", "a: 1\n"),
        ("a: 'it''s # no comment' # one\n", "a: 'it''s # no comment' # one\n"),
        ("a: # one\n  # two\n  1 # three\n", "# one\n# two\na: 1 # three\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("\n\n# x\n\n\n\na: 1\n\n\n\nb: 2\n\n\n", "# x\n\na: 1\n\nb: 2\n"),
    ],
)
def test_spacing(text: str, made: str) -> None:
    assert form(text) == made
    assert form(made) == made


def test_a_long_line_leaves_its_brackets() -> None:
    pairs = ", ".join(f"number_{number}: {number}" for number in range(12))
    made = form(f"a: {{{pairs}}}\n")
    assert made.splitlines()[:2] == ["a:", "  number_0: 0"]
    names = ", ".join(f"name_{number}" for number in range(40))
    filled = form(f"a: [{names}]\n")
    assert filled.startswith("a: [\n  name_0, name_1")
    assert filled.endswith("\n]\n")
    assert max(map(len, filled.splitlines())) <= WIDTH
    for text in (made, filled):
        assert form(text) == text


def test_a_comment_that_is_long_is_no_reason() -> None:
    text = f"a: {{b: 1}} # {'word ' * 40}end\n"
    assert form(text) == text


def test_what_an_alias_stands_for_stays_before_it() -> None:
    text = "layers: &all [{linear: 8}]\nname: *all\n"
    assert form(text) == text


def test_what_is_no_spec_keeps_its_order() -> None:
    assert form("links: {a: b}\nname: Theme\n") == "links: {a: b}\nname: Theme\n"


def test_lines_for_editors_stay_first() -> None:
    lines = "# yaml-language-server: $schema=archdraw.schema.json\n# $schema: archdraw.schema.json\n"
    made = form(f"{lines}# of layers\nlayers: [embedding]\nname: One\n")
    assert made == f"{lines}name: One\n# of layers\nlayers: [embedding]\n"
    assert form(made) == made


def test_a_text_that_would_be_another_one_is_refused() -> None:
    """Where the indentation of a text is given, since its first line begins with spaces."""
    with pytest.raises(ArchdrawError, match="cannot be formatted without a change"):
        form("a: |1\n   one\n  two\n")


# What is shipped.


@pytest.mark.parametrize("file", SPECS, ids=lambda file: str(file.stem))
def test_a_spec_says_the_same(file: Path) -> None:
    text = file.read_text("utf-8")
    made = form(text)
    assert made == text, f"archdraw format {file.name}"
    # As another author would have written it.
    lines = [f"{line}   " if number % 2 else line for number, line in enumerate(text.splitlines())]
    text = "\n".join(line.replace(": {", ":   {  ") for line in lines) + "\n"
    made = form(text)
    assert form(made) == made
    assert comments_in(made) == comments_in(text)
    assert expand(parse_spec(made)) == expand(parse_spec(text))


@pytest.mark.parametrize("kind", sorted(file.stem for file in starters_folder().glob("*.yaml")))
def test_what_an_author_begins_with_is_formatted(kind: str, capsys: Printed) -> None:
    assert run(["format", "--check", str(starters_folder() / f"{kind}.yaml")]) == 0
    assert capsys.readouterr().out == ""


# Laws.


WORDS = st.sampled_from(["a", "b c", "1", "'q # r'", "true", '"x: y"', "1e6"])
KEPT = ("name", "developer", "hidden_size", "vocab_size", "links", "layers")


@st.composite
def shuffled(draw: st.DrawFn) -> str:
    """Keys of a spec in any order, each with comments that have its name."""
    text = ""
    for key in draw(st.permutations(KEPT)):
        text += "\n" * draw(st.integers(0, 2))
        text += "".join(f"{' ' * draw(st.integers(0, 1))}# above {key} {n}\n" for n in range(draw(st.integers(0, 2))))
        value = draw(st.sampled_from(["x", "{y: 1}", "\n  - z\n  - z", "[\n  z,\n  z]", "'x\n  y'"]))
        text += f"{key}: {value}{draw(st.sampled_from(['', f'  # beside {key}']))}\n"
    return text


@given(shuffled())
def test_a_comment_belongs_to_its_key(text: str) -> None:
    made = form(text)
    assert form(made) == made
    assert comments_in(made) == comments_in(text)
    assert plain(parse(made).root) == plain(parse(text).root)
    _, root = commented(parse(made))
    assert isinstance(root.value, Collection)
    assert [item.key for item in root.value.items] == sorted(KEPT, key=KEYS.index)
    found = re.findall(r"# (?:above|beside) (\w+)|^(\w+):", made, re.MULTILINE)
    # Above a key are its own comments, and below it those beside the last line of its value.
    last = ""
    waiting: list[str] = []
    for comment, key in found:
        if key:
            assert set(waiting) <= {key, last}
            waiting, last = [], key
        else:
            waiting.append(comment)
    assert set(waiting) <= {last}


@given(st.integers(0, 10**9))
@settings(max_examples=300)
def test_any_text_keeps_its_values_and_comments(seed: int) -> None:
    text = any_text(random.Random(seed))
    made = form(text)
    assert comments_in(made) == comments_in(text), text
    assert len(comments_in(text)) == text.count("#c"), text
    assert plain(parse(made).root) == plain(parse(text).root), text
    assert form(made) == made, text


def any_text(chance: random.Random) -> str:
    """YAML of any shape, with comments wherever they can be: each is ``#c`` and a number."""
    count = 0

    def note(least: float) -> str:
        nonlocal count
        if chance.random() > least:
            return ""
        count += 1
        return f" #c{count}"

    def above(indent: int) -> str:
        lines = [chance.choice(["\n", " " * (indent + chance.randrange(3)) + note(1).strip() + "\n"])
                 for _ in range(chance.choice([0, 0, 0, 1, 2]))]  # fmt: skip
        return "".join(lines)

    def scalar() -> str:
        return chance.choice(["a", "12", "'q'", '"x: #y"', "1.5e3", "true", "null", "b c"])

    def gap() -> str:
        return chance.choice(["", " ", "  ", note(0.3) + "\n   ", "\n   "])

    def flow(depth: int) -> str:
        if depth == 0 or chance.random() < 0.4:
            return scalar()
        inner = [flow(depth - 1) for _ in range(chance.randrange(4))]
        if chance.random() < 0.5:
            return "[" + gap() + ",".join(f"{gap()}{one}{gap()}" for one in inner) + "]"
        pairs = [f"{gap()}k{number}: {one}{gap()}" for number, one in enumerate(inner)]
        return "{" + gap() + ",".join(pairs) + "}"

    def block(indent: int, depth: int) -> str:
        pad, lines = " " * indent, ""
        mapping = chance.random() < 0.6 or indent == 0
        step = chance.choice([1, 2, 4])
        for number in range(chance.randrange(1, 4)):
            lines += above(indent)
            own = f"{pad}k{number}:" if mapping else f"{pad}-"
            if depth and chance.random() < 0.5:
                lines += own + note(0.3) + "\n" + block(indent + step, depth - 1)
            else:
                lines += f"{own} {flow(2)}{note(0.3)}\n"
        return lines

    return above(0) + block(0, 3) + above(0)
