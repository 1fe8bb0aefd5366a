"""Schemas say what a spec may hold: all that is valid, and most of what is not, at its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from archdraw.app.schemas import schema as schema_of_a_kind
from archdraw.cli.schema import command
from archdraw.errors import InputError
from archdraw.kinds.registry import kinds
from archdraw.resources import starters_folder
from archdraw.schemas import FILE, MODELINES, NAMES, made, stored, text, written
from archdraw.source import plain, scan
from archdraw.spec import Spec, parse_spec

ROOT = Path(__file__).parent.parent
BROKEN = ROOT / "tests" / "broken"
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
EXAMPLES = [*(ROOT / "docs" / "examples").glob("*.yaml"), *starters_folder().glob("*.yaml")]


@cache
def schema(name: str) -> Any:
    return json.loads(text(name))


@cache
def validator(name: str) -> Any:
    jsonschema_rs.meta.validate(schema(name))
    return jsonschema_rs.Draft7Validator(schema(name))


def faults(name: str, source: str) -> list[tuple[str, str]]:
    """Where the schema finds something wrong, as a path, and what it says."""
    data = plain(scan(source, "<text>").root)
    return [("/".join(map(str, one.instance_path)), one.message) for one in validator(name).iter_errors(data)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_is_made(name: str) -> None:
    assert stored(name).read_text("utf-8") == written(made(name)), "python tests/write_schemas.py writes it"


def patterns(part: Any) -> Iterator[str]:
    """The regular expressions in a schema; what editors put in for an author is no part of one."""
    if isinstance(part, list):
        for item in part:
            yield from patterns(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key != "defaultSnippets":
                yield from value if key == "patternProperties" else ()
                yield from patterns(value)


def test_patterns_are_regular_expressions_for_strict_validators() -> None:
    """JSON Schema's are those of ECMA-262, with the flag u since draft 2019-09, which allows no needless escapes."""
    found = sorted({one for name in NAMES for one in patterns(schema(name))})
    found = sorted({*found, *(one for kind in kinds() for one in patterns(schema_of_a_kind(kind)))})
    assert any("https" in one for one in found)
    tried = "try { new RegExp(one, 'u') } catch (error) { console.log(error.message) }"
    code = f"for (const one of JSON.parse(process.argv[1])) {tried}"
    node = Path(sys.prefix) / "bin" / "node"
    said = subprocess.run([node, "-e", code, json.dumps(found)], capture_output=True, text=True, check=True)
    assert said.stdout == ""


@pytest.mark.parametrize("file", [*SPECS, *sorted(EXAMPLES)], ids=lambda file: file.stem)
def test_specs_are_valid(file: Path) -> None:
    assert not faults("spec", file.read_text("utf-8"))


def test_examples_of_the_documents_are_valid() -> None:
    tried = 0
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            if not re.search(r"^layers:", block, re.MULTILINE):
                continue
            named = block if re.search(r"^name:", block, re.MULTILINE) else f"name: Example\n{block}"
            try:
                parse_spec(named)
            except InputError:
                continue  # it shows what is wrong
            assert not faults("spec", named), (page.name, block)
            tried += 1
    assert tried > 3


def test_examples_of_kinds_are_valid() -> None:
    for name, kind in kinds().items():
        data = plain(
            scan(f"name: Example\nlayers:\n  - {kind.example.strip().replace(chr(10), chr(10) + '    ')}\n").root
        )
        found = [one.message for one in validator("spec").iter_errors(data)]
        assert not found, name


@pytest.mark.parametrize("name", ["theme", "profile"])
def test_other_files_are_valid(name: str) -> None:
    folder = ROOT / "themes" if name == "theme" else ROOT / "src" / "archdraw" / "profiles"
    for file in sorted(folder.glob("*.yaml")):
        assert not faults(name, file.read_text("utf-8")), file.name


TINY = """\
name: Tiny
hidden_size: 64
vocab_size: 100
{define}layers:
  - embedding
  - decoder:
      attention: {{grouped_query: {{num_attention_heads: 4, num_key_value_heads: 2}}}}
      feed_forward: {feed_forward}
  - output_head
"""
WITHOUT = ""
NAMED = "define: {mine: {swiglu: {intermediate_size: 8}}}\n"
CHANGED = """\
define:
  mine:
    decoder:
      feed_forward: {swiglu: {intermediate_size: 8}}
  other: {like: mine, times: 2, feed_forward: {swiglu: {mlp_bias: null}}}
"""


@pytest.mark.parametrize("define", [WITHOUT, NAMED, CHANGED])
@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("{swigloo: {intermediate_size: 8}}", ""),
        ("{swiglu: {intermediate_sise: 8}}", "swiglu"),
        ("{swiglu: {mlp_bias: true}}", "swiglu"),
        ("{swiglu: {intermediate_size: eight}}", "swiglu/intermediate_size"),
        ("{swiglu: {intermediate_size: 0}}", "swiglu/intermediate_size"),
        ("{rmsnorm: {}}", ""),
        ("[{linear: 8}, {swigloo: 8}]", "1"),
    ],
)
def test_what_is_wrong_is_found_at_its_place(define: str, written: str, place: str) -> None:
    text = TINY.format(define=define, feed_forward=written)
    here = "/".join(filter(None, ["layers/1/decoder/feed_forward", place]))
    assert here in [path for path, _ in faults("spec", text)]


def test_names_of_an_author_are_known_where_there_are_some() -> None:
    assert faults("spec", TINY.format(define=WITHOUT, feed_forward="mine"))
    assert not faults("spec", TINY.format(define=NAMED, feed_forward="mine"))


def test_changes_need_not_be_whole_and_have_known_keys() -> None:
    assert not faults("spec", TINY.format(define=CHANGED, feed_forward="{swiglu: 8}"))
    for right, wrong in (("times: 2", "tims: 2"), ("swiglu: {mlp", "swigloo: {mlp")):
        text = TINY.format(define=CHANGED.replace(right, wrong), feed_forward="{swiglu: 8}")
        assert next(path for path, _ in faults("spec", text)).startswith("define/other"), wrong


def test_templates_are_kinds_of_an_authors_own() -> None:
    define = "define: {mine: {parameters: {width: 8}, block: {linear: $width}}}\n"
    assert not faults("spec", TINY.format(define=define, feed_forward="{mine: {width: 8}}"))
    assert faults("spec", TINY.format(define=NAMED, feed_forward="{mine: {width: 8}}"))
    broken = define.replace("block:", "blok:")
    assert [path for path, _ in faults("spec", TINY.format(define=broken, feed_forward="{mine: {width: 8}}"))]


def test_every_field_is_described() -> None:
    definitions = schema("spec")["definitions"]

    def described(field: Any) -> bool:
        target = definitions[field["$ref"].rpartition("/")[2]] if "$ref" in field else field
        return bool(field.get("markdownDescription") or target.get("markdownDescription"))

    lacking = [
        f"{owner}.{name}"
        for owner, one in {"spec": schema("spec"), **definitions}.items()
        if owner.startswith(("spec", "kind.", "part."))
        for name, field in one.get("properties", {}).items()
        if not described(field)
    ]
    assert not lacking


def test_no_field_of_a_block_is_a_keyword() -> None:
    """Where a mapping is of fields or is a block, its keys say which."""
    for kind in kinds().values():
        if kind.main == "body":
            assert not set(kind.model_fields) & set(kinds()), kind.keyword


def test_metadata_is_a_spec_without_what_a_config_says() -> None:
    assert not faults("metadata", "developer: Meta\nreleased: 2024-04\nparents: [{model: llama-2-7b}]\n")
    assert faults("metadata", "hidden_size: 4096\n")
    assert faults("metadata", "released: April\n")


def test_a_theme_like_another_one_need_not_be_whole() -> None:
    assert not faults("theme", 'like: light\nroles: {norm: {fill: "#FFFFFF"}}\n')
    assert faults("theme", 'roles: {norm: {fill: "#FFFFFF"}}\n')
    assert faults("theme", "like: light\nink: black\n")
    assert not faults("profile", "like: slide\npanels: 1\n")
    assert faults("profile", "like: slide\nwidth: wide\n")
    assert not faults("gallery", "name: Ours\nbase_url: https://example.org/models\n")
    assert faults("gallery", "base_url: example.org\n")


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    printed = CliRunner().invoke(command, [])
    assert printed.output == text()
    file = tmp_path / FILE
    assert CliRunner().invoke(command, ["theme", "-o", str(file)]).output == f"{file}\n"
    assert json.loads(file.read_text("utf-8"))["title"] == "archdraw theme"
    assert CliRunner().invoke(command, ["specs"]).exit_code == 2
    assert [line for line in MODELINES.splitlines() if line.endswith(FILE)] == MODELINES.splitlines()


def broken() -> list[str]:
    return sorted(file.stem for file in BROKEN.glob("*.yaml"))


SEEN_ONLY_BY_CHECK = frozenset(
    {
        *("circle_of_many", "cyclic_definition", "deep_definitions", "definition_bomb"),
        *("heads_do_not_divide", "two_at_once", "widths_do_not_join", "layer_in_layer"),
        *("many_layers", "pattern_too_long", "pattern_without_layers"),
        *("duplicate_key", "given_to_a_template"),
    }
)
"""Names that mean each other, numbers that do not fit, sizes of the whole; a key that is there twice editors see."""


@pytest.mark.parametrize("name", broken())
def test_what_is_broken_is_mostly_found(name: str) -> None:
    """What needs the whole spec, or the text itself, is left to ``archdraw check``."""
    try:
        found = faults("spec", (BROKEN / f"{name}.yaml").read_text("utf-8"))
    except InputError:
        return  # no YAML
    assert bool(found) is not (name in SEEN_ONLY_BY_CHECK)


def test_fields_of_a_spec_are_those_of_its_class() -> None:
    assert list(schema("spec")["properties"]) == list(Spec.model_fields)
