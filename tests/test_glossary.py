"""The glossary: phrases become English in one place, a term takes its own values, one thing has one name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import archdraw.glossary
import shipped
from archdraw.glossary import Phrase, Term, lines, text, within
from archdraw.glossary.concepts import GROUPS, SHIPPED
from archdraw.glossary.numbers import share, tokens
from archdraw.glossary.phrases import places
from archdraw.kinds.registry import kinds
from archdraw.resources import specs_folder
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import children

MODULES = [
    importlib.import_module(f"archdraw.glossary.{module.name}")
    for module in pkgutil.iter_modules(archdraw.glossary.__path__)
]
TERMS = [
    (f"{module.__name__.rpartition('.')[2]}.{name}", value)
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Term)
]


@pytest.mark.parametrize(
    ("template", "values", "english"),
    [
        ("{width}", {"width": 4096}, "4,096"),
        ("{scale}", {"scale": 0.0625}, "0.0625"),
        ("× {factor:root}", {"factor": 8192**0.5}, "× √8,192"),
        ("× {factor:root}", {"factor": 12}, "× 12"),
        ("× {factor:root}", {"factor": 0.5}, "× 0.5"),
        ("× {factor:root}", {"factor": 2.827}, "× 2.827"),
        ("{layers:layer|layers}", {"layers": 1}, "1 layer"),
        ("{layers:layer|layers}", {"layers": 1200}, "1,200 layers"),
        ("{size:bytes}", {"size": 4096}, "4 KiB"),
        ("{count:parameters}", {"count": 8_030_261_248}, "8.03B"),
        ("{sizes:parameters}", {"sizes": (423_000_000, 11_300_000_000)}, "0.423B"),
        ("no {name:within}", {"name": "Sliding attention"}, "no sliding attention"),
        ("bias on {names:and}", {"names": ("Q", "V", "output")}, "bias on Q, V and output"),
        ("bias on {names:and}", {"names": ("Q",)}, "bias on Q"),
        ("{a:+}", {"a": ("gate", "Q")}, "gate + Q"),
        ("{facts}", {"facts": ("a", "", "b")}, "a, b"),
    ],
)
def test_values_are_written_as_their_place_asks(template: str, values: dict[str, object], english: str) -> None:
    assert text(Term(template)(**values)) == english  # type: ignore[arg-type]


def test_phrases_stand_in_phrases() -> None:
    norm = Term("RMSNorm")()
    assert text(Term("Final {norm}")(norm=norm)) == "Final RMSNorm"
    assert text((norm, "", Term("{width} wide")(width=8))) == "RMSNorm, 8 wide"


def test_a_term_takes_the_values_that_its_text_names() -> None:
    with pytest.raises(TypeError, match=r"values of 'window \{size\}' are size; given: width"):
        Term("window {size}")(width=3)
    with pytest.raises(TypeError, match="given: none"):
        Term("window {size}")()
    with pytest.raises(ValueError, match="no values are written as 'feet'"):
        text(Term("{size:feet}")(size=3))


def test_equal_things_are_equal_phrases() -> None:
    window = Term("window {size}")
    assert window(size=4) == window(size=4) != window(size=5)
    assert {window(size=4): 1}[Phrase(window, (("size", 4),))] == 1


def test_facts_share_lines_while_they_fit() -> None:
    assert lines(["one", ("a" * 30, "b" * 20, "c" * 10), ""]) == ("one", f"{'a' * 30}; {'b' * 20}", "c" * 10)


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Sliding attention", "sliding attention"),
        ("Double-width GeGLU FFN", "double-width GeGLU FFN"),
        ("Re-indexed sparse attention", "re-indexed sparse attention"),
        ("Gated attention", "gated attention"),
        ("Gated DeltaNet", "Gated DeltaNet"),
        ("RMSNorm", "RMSNorm"),
        ("Kimi K2", "Kimi K2"),
        ("Mamba layer", "Mamba layer"),
        ("Pixtral vision encoder", "Pixtral vision encoder"),
        ("Gemma 4 audio encoder", "Gemma 4 audio encoder"),
        ("Llama 3.2 vision encoder", "Llama 3.2 vision encoder"),
        ("Muse vision encoder", "Muse vision encoder"),
        ("MoonViT", "MoonViT"),
        ("Step vision encoder", "Step vision encoder"),
        ("A", "A"),
        ("MoE", "MoE"),
    ],
)
def test_words_within_a_sentence(label: str, inside: str) -> None:
    assert within(label) == text(Term("{label:within}")(label=label)) == inside


def test_a_phrase_within_a_sentence_knows_whether_it_is_a_name() -> None:
    assert within(Term("Newton descent")()) == "newton descent"
    assert within(Term("Newton descent", proper=True)()) == "Newton descent"
    assert within(Term("{label} ×2")(label=Term("Newton descent", proper=True)())) == "Newton descent ×2"
    assert within(Term("{label} ×2")(label="Gated layer")) == "gated layer ×2"
    assert within(Term("SwiGLU FFN")()) == "SwiGLU FFN"


@pytest.mark.parametrize("file", sorted(specs_folder().glob("*.yaml")), ids=lambda file: file.stem)
def test_names_of_models_keep_their_capital(file: Path) -> None:
    name = re.search(r"^name: *(.+)$", file.read_text("utf-8"), re.MULTILINE)
    assert name
    assert within(name[1]) == name[1]


def test_shares_and_lengths_as_the_field_quotes_them() -> None:
    assert [share(49, 1000), share(37, 100), share(995, 10_000)] == ["4.9%", "37%", "10%"]
    assert [tokens(8192), tokens(1024**2), tokens(100_000), tokens(512)] == ["8K", "1M", "", ""]
    assert tokens(1_024_000) == ""  # not 1,000K


def test_terms_can_be_read() -> None:
    """One test for all: a test by itself takes longer than what it would look at."""
    assert len(TERMS) > 500
    assert [name for name, term in TERMS if not can_be_read(term.text)] == []


def can_be_read(text: str) -> bool:
    """Whether the ``text`` of a term is written as it is read, and each place in it has a name."""
    return text == " ".join(text.split(" ")).strip() and "  " not in text and all(map(str.isidentifier, places(text)))


@pytest.mark.parametrize("text", [" bias", "bias ", "two  spaces", "{4}"])
def test_a_term_that_cannot_be_read_is_found(text: str) -> None:
    assert not can_be_read(text)


def test_one_name_is_one_term() -> None:
    """Two entries of one text would drift apart: the second place takes the first one's term."""
    by_text = Counter({term: 1 for _, term in TERMS}.keys())
    texts = Counter(term.text for term in by_text)
    assert {name for name, number in texts.items() if number > 1} == set()


def test_a_name_stands_in_one_module() -> None:
    """The same entry written in two modules is written twice."""
    defined = Counter(term for _, term in {id(term): (name, term) for name, term in TERMS}.values())
    assert {term.text for term, number in defined.items() if number > 1} == set()


def test_the_glossary_has_every_concept_of_our_own_kinds() -> None:
    # So that concepts are listed without a kind being imported.
    assert {concept for kind in kinds().values() for concept in kind.every_concept()} <= {*SHIPPED}


def test_every_concept_has_a_group_and_a_name_of_its_own() -> None:
    assert {concept.about for concept in SHIPPED} == set(GROUPS)
    names = Counter(name.casefold() for concept in SHIPPED for name in {concept.name, concept.short} if name)
    assert max(names.values()) == 1


def english(block: Block) -> Iterator[str]:
    """The plain texts in the words of ``block`` and all in it; what stands beside the layers may be a template's."""
    if isinstance(block, Leaf | Module):
        more = (block.tag,) if isinstance(block, Leaf) else (block.title, *block.notes)
        for words in (block.label, block.detail, *more):
            yield from (one for one in (words if isinstance(words, tuple) else (words,)) if isinstance(one, str))
    if not isinstance(block, Side):
        for child in children(block):
            yield from english(child)


@pytest.mark.parametrize("spec", sorted(specs_folder().glob("*.yaml"))[::4], ids=lambda path: path.stem)
def test_trees_hold_no_english_but_their_author_s(spec: Path) -> None:
    written = spec.read_text("utf-8")
    body = shipped.model(spec.stem).block.body
    # A template of the spec's own may put numbers into its words.
    assert [word for word in english(body) if any(part not in written for part in re.split(r"\d+", word))] == []
