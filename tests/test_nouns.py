"""A number and its noun agree in whatever a template or a term says: one token, two tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from archdraw import glossary, kinds
from archdraw.errors import InputError
from archdraw.glossary import text
from archdraw.glossary.phrases import Term
from archdraw.lint.faults import faults
from archdraw.model import Model
from archdraw.source import MappingNode, Node, ScalarNode, SequenceNode, parse
from archdraw.spec import expand, parse_spec
from archdraw.spec.substitution import shown_value
from archdraw.spec.values import Expression, ExpressionError, pieces
from archdraw.tree.walks import leaves

TEMPLATES = sorted(Path(kinds.__file__).parent.rglob("*.yaml"))
PLURAL = re.compile(r"(?<![.\\d])\\b1 (?:[a-z]+ed |KV |query )?(?!is\\b|has\\b|does\\b)[a-z]+(?<![su])s\\b")
"""One of several; a verb is no noun."""
SIZES = re.compile(r"× 1 \w+|twice 1 \w+")
"""What follows a product or a multiple is of all that it comes to."""


def texts(node: Node) -> Iterator[str]:
    """What is written in ``node``."""
    match node:
        case ScalarNode(value=str(value)):
            yield value
        case SequenceNode(items=items):
            for item in items:
                yield from texts(item)
        case MappingNode(entries=entries):
            for entry in entries:
                yield from texts(entry.value)


def of_one(written: str) -> str:
    """``written`` in a template, where each value in it is 1."""
    try:
        found = pieces(written)
    except ExpressionError:
        return ""
    return "".join(
        f"1 {piece.nouns[0]}" if isinstance(piece, Expression) and piece.nouns
        else shown_value(1) if isinstance(piece, Expression)
        else piece
        for piece in found
    )  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_says_one_of_several(path: Path) -> None:
    said = [of_one(one) for one in texts(parse(path.read_text("utf-8"), path.name).root) if "$" in one]
    assert [one for one in said if PLURAL.search(SIZES.sub("", one))] == []


NUMBERED = re.compile(r"(?<![×+]\u00a0)(?<![×+/-] )(?<![×+/-])\{\w+\}[ \u00a0](?!patches|is\b|has\b)[a-z]+s\b")


def terms() -> dict[str, str]:
    modules = [import_module(f"{glossary.__name__}.{one.name}") for one in iter_modules(glossary.__path__)]
    return {name: value.text for module in modules for name, value in vars(module).items() if isinstance(value, Term)}


def test_no_term_says_a_number_with_a_plural() -> None:
    """Of one number there is a singular; what is in front of ``patches`` is a size, ``14 × 14``."""
    assert {name for name, said in terms().items() if NUMBERED.search(said)} == set()


DEFINE = """
name: T
hidden_size: 8
vocab_size: 9
define:
  t:
    parameters: {n: 2, many: [1, 2]}
    block: {op: {label: '%s'}}
layers: [{t: {n: %s}}]
"""


@pytest.mark.parametrize(
    ("written", "number", "said"),
    [
        ("$(n:head|heads)", "1", "1 head"),
        ("$(n:head|heads)", "2048", "2,048 heads"),
        ("up to $(2 * n:KV head|KV heads), causal", "1", "up to 2 KV heads, causal"),
        ("$(n:token leaves|tokens leave)", "1", "1 token leaves"),
        ("$(many:frame|frames)", "1", "1, 2 frames"),
    ],
)
def test_a_number_takes_one_of_two_nouns(written: str, number: str, said: str) -> None:
    model = expand(parse_spec(DEFINE % (written, number)))
    (leaf,) = leaves(model)
    assert text(leaf.label) == said


@pytest.mark.parametrize("written", ["$(n:head)", "$(n:|heads)", "$(n:head|)", "$(:head|heads)", "$(n: head | heads"])
def test_half_a_pair_of_nouns_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        expand(parse_spec(DEFINE % (written, "1")))


TINY = """
name: x
hidden_size: 1
vocab_size: 1
layers:
  - decoder: {feed_forward: {altup_merge: {altup_num_inputs: 2}}}
  - vision_encoder:
      {hidden_size: 8, intermediate_size: 1, num_hidden_layers: 3, num_attention_heads: 8, image_size: 1, patch_size: 1}
"""


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1 expert"), (2000, "2,000 experts"), ("1", "1 expert"), ("1K", "1K experts")]
)
def test_a_number_may_be_written_already(value: int | str, said: str) -> None:
    assert text(Term("{total:expert|experts}")(total=value)) == said


def test_a_picture_of_one_token_has_no_fault() -> None:
    """An image of one pixel is one patch, one position and one token."""
    spec = parse_spec(TINY)
    model = Model(spec, expand(spec))
    assert [fault for view in ("plate", "card") for fault in faults(model.scene(view=view))] == []
