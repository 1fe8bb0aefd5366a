"""What all readers share: a config that watches what is read, drafts, the text of a spec, places in a JSON file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archdraw.errors import InputError
from archdraw.readers.config import Config, UnreadableError
from archdraw.readers.draft import Block, inlined, stack, stacks
from archdraw.readers.places import place_of
from archdraw.readers.reading import parsed, reading_of
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented
from archdraw.readers.writing import scalar, spec_text
from archdraw.source import core_value, parse, plain

# ---- configs


def told(config: Config) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(complaint.message, complaint.path) for complaint in config.complaints]


def test_a_value_is_found_under_any_of_its_names() -> None:
    config = Config({"n_layer": 3, "num_layers": None})
    assert config.integer("num_hidden_layers", "num_layers", "n_layer") == 3
    assert not list(config.unread())
    assert config.integer("num_hidden_layers", "n_layer").comment == "n_layer"  # type: ignore[attr-defined]


def test_a_default_says_that_it_is_one() -> None:
    value = Config({}).integer("head_dim", default=256)
    assert (value, value.comment) == (256, "head_dim is not in the file: default of its class")  # type: ignore[attr-defined]
    assert not Config({}).flag("bias", default=False)
    assert Config({}).text("hidden_act", default="silu") == "silu"
    assert Config({}).optional_integer("head_dim") is None
    assert Config({"head_dim": None}).optional_number("head_dim") is None


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert Config({"hidden_size": 4096.0}).integer("hidden_size") == 4096
    assert Config({"rope_theta": 10000}).number("rope_theta") == 10000.0


@pytest.mark.parametrize(
    ("data", "ask", "message"),
    [
        ({}, lambda config: config.integer("hidden_size"), "hidden_size is missing"),
        ({"a": "x"}, lambda config: config.integer("a"), 'a must be a whole number, not "x"'),
        ({"a": True}, lambda config: config.integer("a"), "a must be a whole number, not true"),
        ({"a": 2.5}, lambda config: config.integer("a"), "a must be a whole number, not 2.5"),
        ({"a": 0}, lambda config: config.integer("a"), "a 0 is not between 1 and 1,000,000,000"),
        ({"a": 10**10}, lambda config: config.integer("a"), "a 10,000,000,000 is not between 1 and 1,000,000,000"),
        ({"a": True}, lambda config: config.number("a"), "a must be a number, not true"),
        ({"a": float("inf")}, lambda config: config.number("a"), "a must be a number, not Infinity"),
        ({"a": 1}, lambda config: config.flag("a"), "a must be true or false, not 1"),
        ({"a": 1}, lambda config: config.text("a"), "a must be a text, not 1"),
        ({"a": [1, True]}, lambda config: config.integers("a"), "a must be a list of whole numbers, not [1, true]"),
        ({"a": 1}, lambda config: config.numbers("a"), "a must be a list of numbers, not 1"),
        ({"a": [1]}, lambda config: config.texts("a"), "a must be a list of texts, not [1]"),
        ({"a": 1}, lambda config: config.section("a"), "a must be a mapping, not 1"),
    ],
)
def test_what_a_value_must_be(data: dict[str, Any], ask: Any, message: str) -> None:
    config = Config(data)
    ask(config)
    assert [found for found, _ in told(config)] == [message]


def test_a_missing_key_has_its_near_relative_as_a_hint() -> None:
    config = Config({"hiden_size": 1})
    config.integer("hidden_size")
    assert "hiden_size" in config.complaints[0].hint


def test_sections_are_watched_like_the_whole() -> None:
    config = Config({"text_config": {"hidden_size": 8, "odd": 1, "dtype": "x"}, "odd": 2})
    text = config.section("text_config")
    assert text is not None
    assert config.section("text_config") is text
    text.integer("hidden_size")
    text.ignore("dtype")
    assert list(config.unread()) == [("text_config", "odd"), ("odd",)]
    assert list(config.ignored()) == [("text_config", "dtype")]
    text.complain("no", "odd")
    text.mark_incomplete("something")
    text.mark_incomplete("something")
    assert told(config) == [("no", ("text_config", "odd"))]
    assert config.incomplete == ["something"]


def test_a_section_that_nobody_opens_is_unread() -> None:
    assert list(Config({"vision_config": {"a": 1}}).unread()) == [("vision_config",)]


def test_lists_by_layer_have_an_entry_for_each() -> None:
    config = Config({})
    assert config.per_layer([1, 2, 3], 3, "a") == [1, 2, 3]
    assert config.per_layer([1, 2, 3], 2, "a", longer="MTP layers") == [1, 2]
    assert not config.complaints
    assert config.per_layer([1, 2], 3, "a") == [1, 2, 2]
    with pytest.raises(UnreadableError):
        config.per_layer([], 3, "a")
    assert config.per_layer([1, 2], 1, "a") == [1]
    assert [message for message, _ in told(config)] == [
        "a has 2 entries for 3 layers",
        "a has 0 entries for 3 layers",
        "a has 2 entries for 1 layers",
    ]


@pytest.mark.parametrize("value", [3, 2.5, "words"])
def test_a_comment_changes_nothing_of_a_value(value: Any) -> None:
    made = commented(value, "why")
    assert made == value
    assert isinstance(made, type(value))
    assert made.comment == "why"


# ---- drafts


def written_out(block: Block) -> list[str]:
    """The names that a block of layers stands for, one by one."""
    if isinstance(block, str):
        return [block]
    if "like" in block:
        return [block["like"]] * block.get("times", 1)
    inner = block["stack"]
    once = [name for part in inner["pattern"] for name in written_out(part)]
    number = inner.get("num_hidden_layers", len(once))
    return [once[index % len(once)] for index in range(number)]


names = st.lists(st.sampled_from(["local", "global", "dense"]), min_size=1, max_size=24)
rounds = st.builds(
    lambda head, pattern, times, tail: head + pattern * times + tail,
    st.lists(st.sampled_from("ab"), max_size=3),
    st.lists(st.sampled_from("cde"), min_size=1, max_size=6),
    st.integers(min_value=1, max_value=8),
    st.lists(st.sampled_from("cf"), max_size=3),
)


@given(st.one_of(names, rounds))
def test_a_stack_stands_for_the_layers_that_it_was_made_of(layers: list[str]) -> None:
    assert written_out(stack(layers)) == layers
    assert [name for block in stacks(layers) for name in written_out(block)] == layers


@given(st.lists(st.sampled_from("cde"), min_size=1, max_size=6), st.integers(min_value=2, max_value=8))
def test_rounds_are_told_once(pattern: list[str], times: int) -> None:
    (block,) = stacks(pattern * times)
    mentioned = json.dumps(block).count('"c"') + json.dumps(block).count('"d"') + json.dumps(block).count('"e"')
    assert mentioned <= len(pattern)


@pytest.mark.parametrize(
    ("layers", "blocks"),
    [
        (["a"], ["a"]),
        (["a"] * 4, [{"like": "a", "times": 4}]),
        (["d", "s", "s", "s"], ["d", {"like": "s", "times": 3}]),
        (list("lllglllg"), [{"stack": {"num_hidden_layers": 8, "pattern": [{"like": "l", "times": 3}, "g"]}}]),
        (list("lglgl"), [{"stack": {"num_hidden_layers": 5, "pattern": ["l", "g"]}}]),
    ],
)
def test_stacks_are_written_as_a_person_would(layers: list[str], blocks: list[Block]) -> None:
    assert stacks(layers) == blocks


def test_definitions_that_are_used_once_are_written_where_they_are_used() -> None:
    ff: Block = {"swiglu": {"intermediate_size": 8}}
    define: dict[str, Block] = {"ff": ff, "layer": {"decoder": {"feed_forward": "ff"}}}
    assert inlined(define, [{"like": "layer", "times": 3}]) == (
        {},
        [{"decoder": {"times": 3, "feed_forward": {"swiglu": {"intermediate_size": 8}}}}],
    )


def test_definitions_that_are_used_twice_stay() -> None:
    define: dict[str, Block] = {"a": {"decoder": {"feed_forward": "ff"}}, "b": {"like": "a", "times": 2}}
    layers: list[Block] = ["embedding", "a", "b"]
    kept, written = inlined(define, layers)
    assert set(kept) == {"a"}
    assert written[1] == "a"


# ---- likeness

fields = st.dictionaries(
    st.sampled_from("abc"),
    st.one_of(
        st.integers(min_value=1, max_value=3),
        st.sampled_from(["none", "x"]),
        st.builds(lambda width: {"rope": {"theta": width}}, st.integers(min_value=1, max_value=3)),
        st.builds(lambda width: {"mla": {"rank": width}}, st.integers(min_value=1, max_value=3)),
        st.lists(st.integers(min_value=1, max_value=3), max_size=2),
    ),
    max_size=3,
)


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What ``like`` means: mappings and blocks of one kind are merged, else replaced; null takes a field away."""
    made = dict(base)
    for name, value in changes.items():
        before = made.get(name)
        if value is None:
            made.pop(name, None)
        elif isinstance(before, dict) and isinstance(value, dict) and before.keys() == value.keys():
            (keyword,) = value
            made[name] = {keyword: merged(before[keyword], value[keyword])}
        else:
            made[name] = value
    return made


@given(fields, fields)
def test_likeness_is_what_like_undoes(base: dict[str, Any], other: dict[str, Any]) -> None:
    told_as = like("base", {"decoder": base}, {"decoder": other})
    assert isinstance(told_as, dict)
    changes = {name: value for name, value in told_as.items() if name != "like"}
    assert told_as["like"] == "base"
    assert merged(base, changes) == other


def test_blocks_of_other_kinds_are_written_whole() -> None:
    assert like("base", {"decoder": {"a": 1}}, {"layer": {"a": 1}}) == {"layer": {"a": 1}}
    assert like("base", "rmsnorm", {"layer": {"a": 1}}) == {"layer": {"a": 1}}


# ---- the text of a spec

keys = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True).filter(lambda key: core_value(key) == key)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**15), max_value=10**15),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14),
    texts,
    st.builds(commented, st.integers(min_value=0, max_value=10**9), st.sampled_from(["num_layers", "half of x", ""])),
    st.builds(commented, texts, st.sampled_from(["key", "why"])),
)
data = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=6), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=20,
)


@given(st.dictionaries(keys, data, min_size=1, max_size=6))
def test_what_is_written_reads_back(spec: dict[str, Any]) -> None:
    text = spec_text(spec, ["Read from a file"], ["", "the end"])
    assert plain(parse(text).root) == spec
    assert all(line == line.rstrip() for line in text.splitlines())


@given(scalars)
def test_a_scalar_reads_back(value: object) -> None:
    found = plain(parse(f"value: {scalar(value)}").root)
    assert found == {"value": value}
    assert type(found["value"]) is type(value) or isinstance(value, type(found["value"]))


def test_comments_stand_behind_what_they_are_about() -> None:
    spec = {
        "hidden_size": commented(8, "hidden_size"),
        "context_length": commented(4, "n_positions"),
        "layers": [{"decoder": {"a": commented(1, "x"), "b": commented(2, "y"), "c": commented(3, "x")}}],
    }
    assert spec_text(spec, [], []).splitlines() == [
        "hidden_size: 8",
        "context_length: 4 # n_positions",
        "layers:",
        "  - decoder:",
        "      a: 1 # x",
        "      b: 2 # y",
        "      c: 3 # x",
    ]


# ---- places

CONFIG = '{\n  "a": 1,\n  "text_config": {\n    "hidden_size": 8\n  }\n}'


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1, 1)),
        (("a",), (2, 3)),
        (("text_config", "hidden_size"), (4, 5)),
        (("text_config", "missing"), (3, 3)),
        (("a", "deeper"), (2, 3)),
        (("nowhere",), (1, 1, 1)),
    ],
)
def test_a_key_is_found_in_the_text(path: tuple[str, ...], place: tuple[int, ...]) -> None:
    found = place_of(CONFIG, path)
    assert found[: len(place)] == place
    if path and found != (1, 1, 1):
        name = path[-1] if path[-1] in ("a", "hidden_size") else {"missing": "text_config", "deeper": "a"}[path[-1]]
        line, column, length = found
        assert name in CONFIG.splitlines()[line - 1][column - 1 : column - 1 + length]


def test_a_text_that_is_no_yaml_has_no_places() -> None:
    assert place_of('{"a": \t1,}}', ("a",)) == (1, 1, 1)


# ---- reading

LLAMA = {
    "model_type": "llama",
    "hidden_size": 64,
    "vocab_size": 100,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 96,
    "max_position_embeddings": 128,
}


def read(config: dict[str, Any]) -> Any:
    text = json.dumps(config)
    return reading_of(text, parsed(text, "config.json"), "config.json", "model")


def test_a_key_that_nobody_knows_makes_the_spec_incomplete() -> None:
    reading = read(LLAMA | {"quantum_layers": 3, "dropout": 0.1})
    assert reading.unused == ("quantum_layers",)
    (reason,) = reading.incomplete
    assert "quantum_layers" in reason
    assert "dropout" in reading.ignored
    assert "incomplete:" in reading.text


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_a_key_that_says_nothing_does_not(value: object) -> None:
    assert read(LLAMA | {"quantum_layers": value}).incomplete == ()


def test_all_faults_are_told_at_their_places() -> None:
    with pytest.raises(InputError) as caught:
        read({name: value for name, value in LLAMA.items() if name != "vocab_size"} | {"hidden_size": "wide"})
    assert {problem.message for problem in caught.value.problems} == {
        "vocab_size is missing",
        'hidden_size must be a whole number, not "wide"',
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "a config is a mapping of keys to values, not a list"),
        ("null", "a config is a mapping of keys to values, not null"),
        ('{"a": 1', "this is no JSON"),
        ('{"a": 1, "a": 2}', 'two different values for "a"'),
    ],
)
def test_files_that_are_no_configs(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(text, "config.json")
    assert message in caught.value.problems[0].message
