"""Published figures against the count.

A figure stands for every number that rounds to it or, with two digits or more, is cut off to it, and for all within a
hundredth. Its digits are those that are written, without the zeros that end a whole number, of which two digits are
kept: ``80e9`` stands for 79.5 billion to (less than) 81, ``7e9`` for 6.5 to 7.5, ``8.03e9`` for a hundredth around it.
A whole number written out to more than six digits is no rounded figure: it must be equal. Where a figure was counted
in another way, ``differs`` in the spec says how.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from archdraw.errors import Problem
from archdraw.source import Document, MappingNode, ScalarNode
from archdraw.tree.facts import Facts


def _tables(facts: Facts) -> int:
    return facts.parts.get("embedding", 0) + facts.parts.get("head", 0)


def with_lookup_tables(facts: Facts) -> int:
    """Active parameters and those of all lookup tables, as some count: all but the experts that are not selected."""
    return facts.active_parameters + facts.lookup_parameters


def _active_without_vocabulary(facts: Facts) -> int:
    return with_lookup_tables(facts) - facts.active_encoders - _tables(facts)


def _multiplied(facts: Facts) -> int:
    """Without encoders and all tables that are only looked up: of one that is the output, too, every row is read."""
    looked_up = max(facts.parts.get("embedding", 0) - facts.tied_table, 0)
    return with_lookup_tables(facts) - facts.active_encoders - looked_up


def _total_without_tables(facts: Facts) -> int:
    """Of a model with n-gram tables the total without all tables, as some publishers have it; else the whole."""
    return facts.total_parameters - (_tables(facts) if facts.lookup_parameters else 0)


FIGURES: Mapping[str, tuple[Callable[[Facts], int], ...]] = {
    # Totals of models that see and hear are told with their towers or without.
    "total_parameters": (
        lambda facts: facts.total_parameters,
        lambda facts: facts.text_parameters,
        lambda facts: facts.total_parameters - facts.lookup_parameters,
        lambda facts: _total_without_tables(facts),
    ),
    # Few say whether the table of the input is in an active count; some leave out that of the output as well, some
    # encoders alone.
    "active_parameters": (
        lambda facts: facts.active_parameters,
        lambda facts: facts.active_parameters_without_input_embedding,
        lambda facts: _multiplied(facts),
        lambda facts: _active_without_vocabulary(facts),
        lambda facts: facts.active_parameters - facts.active_encoders,
        with_lookup_tables,
        lambda facts: with_lookup_tables(facts) - facts.active_encoders,
    ),
    "kv_cache_bytes_per_token": (lambda facts: facts.kv_cache_bytes_per_token(),),
}
"""The fields of ``published`` in a spec, and the counts that may be meant by it."""

_EXACT_DIGITS = 7
_THOUSANDS = {"e3": "k", "e6": "M", "e9": "B", "e12": "T"}
"""Powers of ten as people write them."""
_DECIMAL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def tolerance(text: str) -> Decimal:
    """How far a count may be from the figure written as ``text``: half a unit of its last digit; 0 if it is exact."""
    number = Decimal(text)
    written = text.lower()
    digits = "".join(map(str, number.as_tuple().digits))
    exponent = int(number.as_tuple().exponent)
    if "." in written:
        return Decimal(1).scaleb(exponent) / 2
    significant = max(len(digits.rstrip("0")), min(2, len(digits)))
    if "e" not in written and significant >= _EXACT_DIGITS:
        return Decimal(0)
    return Decimal(1).scaleb(exponent + len(digits) - significant) / 2


def in_thousands(figure: float) -> str:
    """``figure`` as a publisher writes it, in thousands, millions, billions or trillions, with the digits that it has.

    >>> in_thousands(40e9), in_thousands(7e9), in_thousands(1.5e12), in_thousands(350)
    ('40e9', '7e9', '1.5e12', '350')
    """
    power = max((3 * place for place in range(5) if abs(figure) >= 10 ** (3 * place)), default=0)
    return f"{figure / 10**power:g}e{power}" if power else f"{figure:g}"


def in_words(figure: int) -> str:
    """``figure`` with the digits that it has: 671e9 is 671B, 7e9 is 7B, a number that is written out is itself.

    >>> in_words(671_000_000_000), in_words(8_030_000_000), in_words(671_026_419_200)
    ('671B', '8.03B', '671,026,419,200')
    """
    short = in_thousands(figure)
    digits, mark, power = short.partition("e")
    if int(float(short)) != figure:
        return f"{figure:,}"
    return f"{digits}{_THOUSANDS[mark + power]}" if mark else digits


def rounds(count: int, text: str) -> bool:
    """Whether ``count`` rounds to the figure that is written as ``text``.

    >>> rounds(36_626_000_000, "37e9"), rounds(37_552_000_000, "37e9")
    (True, False)
    """
    return abs(count - Decimal(text)) <= tolerance(text)


def agrees(count: int, text: str) -> bool:
    """Whether the figure written as ``text`` stands for ``count``: rounded, cut off, or within a hundredth."""
    figure, half = Decimal(text), tolerance(text)
    if not half:
        return count == figure
    # A single digit is hardly ever cut off: 1.8 billion are no 1B.
    above = 2 * half if half < figure / 20 else half
    return -half <= count - figure < above or abs(count - figure) <= figure / 100


def fits(counted: Facts, field: str, text: str) -> bool:
    """Whether one of the counts that may be meant by the published ``field`` agrees with the figure as ``text``."""
    return any(agrees(count(counted), text) for count in FIGURES[field])


def disagreements(document: Document, counted: Facts) -> list[Problem]:
    """A problem for each figure under ``published`` that does not stand for the count of the block tree.

    There are none where ``differs`` says why; that it says so for nothing is a problem in its place. Nor are there any
    where parts of the model are unknown: there is no count then.
    """
    if counted.unknown:
        return []
    published = document.root.entry("published") if isinstance(document.root, MappingNode) else None
    if published is None or not isinstance(published.value, MappingNode):
        return []
    problems = []
    for entry in published.value.entries:
        node = entry.value
        if entry.key not in FIGURES or not isinstance(node, ScalarNode) or not isinstance(node.value, int | float):
            continue
        text = node.text if _DECIMAL.fullmatch(node.text) else str(node.value)
        if not math.isfinite(node.value) or fits(counted, entry.key, text):
            continue
        counts = [count(counted) for count in FIGURES[entry.key]]
        found = " or ".join(f"{count:,}" for count in dict.fromkeys(counts))
        hint = "the spec differs from the model, or its figure is counted otherwise (docs/facts.md has the rules)"
        message = f"published {entry.key} {node.text}, but the blocks have {found}"
        problems.append(document.problem(message, node.span, hint))
    reason = published.value.entry("differs")
    if reason is None:
        return problems
    if problems:
        return []
    message = "every published figure agrees with the blocks, so that nothing differs"
    return [document.problem(message, reason.span, "leave it out")]
