"""YAML text to values that know their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.errors import InputError, Problem, Span
from archdraw.source import (
    Document,
    MappingNode,
    ScalarNode,
    SequenceNode,
    child,
    core_value,
    decode,
    parse,
    plain,
    read_text,
    scan,
)

YAML_LIKE = st.text(alphabet="ab01:-,[]{}&*!<>|\"'#?%@\n\t .~éЖ\x00\u2028\ufeff", max_size=60)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("12:30", "12:30"),
        ("2024-04-18", "2024-04-18"),
        ("8_192", "8_192"),
        ("8,192", "8,192"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("+7", 7),
        ("1e6", 1_000_000),
        ("8.03e9", 8_030_000_000),
        ("1e-5", 1e-5),
        ("1.0", 1.0),
        (".5", 0.5),
        ("1e400", float("inf")),
        ("-.inf", float("-inf")),
        ("0b11", "0b11"),
        ("1e", "1e"),
        (".", "."),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    found = core_value(text)
    assert found == value
    assert type(found) is type(value)


def test_quotes_make_texts() -> None:
    assert plain(parse("a: '1'\nb: \"true\"\nc: |\n  1\nd: ''\ne:\n").root) == {
        "a": "1",
        "b": "true",
        "c": "1\n",
        "d": "",
        "e": None,
    }


def test_places_of_keys_and_values() -> None:
    document = parse("größe: {breit: 12, hoch: [3, vier]}\nzwei:\n  - eins\n", "x.yaml")
    root = document.root
    assert isinstance(root, MappingNode)
    assert root.entries[0].span == Span("x.yaml", 1, 1, 5)
    assert document.span("größe") == Span("x.yaml", 1, 8, 28)
    assert document.span("größe", "breit") == Span("x.yaml", 1, 16, 2)
    assert document.span("größe", "hoch", 1) == Span("x.yaml", 1, 30, 4)
    assert document.span("zwei", 0) == Span("x.yaml", 3, 5, 4)
    assert document.span("zwei", 7) == document.span("zwei")
    assert document.span("drei") == root.span


def test_lines_end_where_yaml_says() -> None:
    document = parse("a: 1\r\nb: 2\rc: 3\u2028d: 4\n")
    assert [document.span(key).line for key in "abcd"] == [1, 2, 3, 4]
    assert document.lines[3] == "d: 4"


def test_aliases_are_the_value_again() -> None:
    document = parse("a: &x {n: 1}\nb: *x\n")
    assert plain(document.root) == {"a": {"n": 1}, "b": {"n": 1}}
    assert document.span("b", "n") == document.span("a", "n")


def test_child_of_a_scalar_is_nothing() -> None:
    assert child(ScalarNode(1, Span("x", 1, 1)), "a") is None


def test_all_problems_that_do_not_stop_the_reading() -> None:
    document = scan("a: 1\na: 2\nb: !!int 3\n? [x]\n: y\n")
    assert [problem.message for problem in document.problems] == [
        "duplicate key a",
        "the tag !!int is not accepted",
        "a key must be a text, not a collection",
    ]
    assert document.problems[0].hint == "it is first given in line 1"
    with pytest.raises(InputError):
        parse("a: 1\na: 2\n")


def test_depth_counts_through_aliases() -> None:
    deep = "a: &a " + "[" * 40 + "]" * 40 + "\n"
    assert isinstance(parse(deep).root, MappingNode)
    with pytest.raises(InputError, match="nested deeper than 64"):
        parse(deep + "b: " + "[" * 40 + "*a" + "]" * 40)


def test_an_anchor_cannot_hold_itself() -> None:
    with pytest.raises(InputError, match="stands inside its own anchor"):
        parse("a: &a [*a]")


def test_a_byte_order_mark_is_no_character() -> None:
    assert decode(b"\xef\xbb\xbfa: 1") == "a: 1"
    assert parse("\ufeffa: 1").span("a").column == 4


def test_where_bytes_are_no_text() -> None:
    with pytest.raises(InputError) as caught:
        decode("één\nzwölf: ".encode() + b"\xff", "x.yaml")
    assert caught.value.problems[0].span == Span("x.yaml", 2, 8)


def test_read_text_reads(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: é\n", encoding="utf-8")
    assert read_text(file) == "a: é\n"


@given(st.one_of(st.text(max_size=80), YAML_LIKE))
def test_any_text_is_a_document_or_an_input_error(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(parse(text), Document)
    except InputError as error:
        problems = error.problems or (Problem("no problem told", Span("", 0, 0)),)
    for problem in problems:
        assert problem.span.line >= 1
        assert problem.span.column >= 1
        assert str(problem)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_text_or_an_input_error(data: bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(decode(data), str)
    except InputError as error:
        problems = error.problems
    assert len(problems) <= 1


@given(
    st.recursive(
        st.integers(-(2**40), 2**40) | st.booleans() | st.none() | st.sampled_from(["no", "a b", "12:30", "x"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
        max_leaves=12,
    )
)
def test_plain_gives_back_what_was_written(value: object) -> None:
    def written(part: object) -> str:
        if isinstance(part, dict):
            return "{" + ", ".join(f"{key}: {written(below)}" for key, below in part.items()) + "}"
        if isinstance(part, list):
            return "[" + ", ".join(written(below) for below in part) + "]"
        return {True: "true", False: "false", None: "null"}[part] if isinstance(part, bool | None) else str(part)

    found = plain(parse(f"value: {written(value)}\n").root)
    assert found == {"value": value}


@given(st.lists(st.integers(0, 999), min_size=1, max_size=20))
def test_every_span_points_at_what_it_names(numbers: list[int]) -> None:
    document = parse("key: [" + ", ".join(map(str, numbers)) + "]\n")
    node = child(document.root, "key")
    assert isinstance(node, SequenceNode)
    for number, item in zip(numbers, node.items, strict=True):
        line = document.lines[item.span.line - 1]
        assert line[item.span.column - 1 : item.span.column - 1 + item.span.length] == str(number)
