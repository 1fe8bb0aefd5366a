"""Active parameters: all but the routed experts that a token does not pass; publishers count in further ways."""

from __future__ import annotations

from typing import TypeAlias

from archdraw.glossary import Phrase, Words, plate, text
from archdraw.glossary.embeddings import IN_TABLES, LM_HEAD
from archdraw.glossary.numbers import share
from archdraw.records import record
from archdraw.spec import Published
from archdraw.tree.facts import Facts
from archdraw.tree.published import agrees, in_thousands, rounds, with_lookup_tables

MOSTLY_TABLES = 0.6
"""Where less of the active parameters is multiplied, the rest being tables that are looked up, that part is quoted."""


NEAR = 0.1
"""A count that is no farther from a published figure than this share of it is what the figure was meant to be."""

Way: TypeAlias = tuple[int, tuple[Words, ...], int]
"""A way to count active parameters: the count, what it leaves out, and how many of that are in tables."""


@record
class Active:
    """A count of active parameters, what a headline says that it leaves out, and the same model counted otherwise.

    ``total`` are all parameters as they are quoted beside it, less those of the tables that are ``left_out``; ``whole``
    those that the count is a share of: without what the headline says that the count leaves out. A
    count is ``at_most`` that of a token. What a published count leaves out and the headline does not say is ``unsaid``:
    a footer says it.
    """

    count: int
    excluded: tuple[Words, ...]
    others: tuple[tuple[int, Phrase], ...] = ()
    total: int = 0
    left_out: tuple[Words, ...] = ()
    at_most: bool = False
    unsaid: tuple[Words, ...] = ()
    whole: int = 0


def active_parameters(counted: Facts, published: Published | None = None) -> Active:
    """The active parameters as the publisher of the model counts them, else all of them.

    Nobody counts them alike: with all tables (Mixtral), without encoders (Llama 4), without the table of the input
    embedding, too (DeepSeek, gpt-oss), or without the LM head as well (GLM-4.5). The published figure is taken for the
    first of these counts that rounds to it, so that the one that leaves out least comes first; where none does, for the
    first that it may stand for otherwise, such as cut off; else for the nearest. What is quoted says what it leaves
    out. Where none is near, tables that are only looked up are left out if they make up most of them.
    """
    whole = with_lookup_tables(counted)
    # Of a table that is also the output layer every row is multiplied; of others beside it none is.
    looked_up = max(counted.parts.get("embedding", 0) - counted.tied_table, 0)
    multiplied = whole - counted.active_encoders - looked_up
    tables = counted.parts.get("embedding", 0) + counted.parts.get("head", 0)
    encoders = (plate.ENCODERS(),) if counted.encoders else ()
    # Where the table of the tokens is the output, too, it is in that count, and only the others are not.
    lookup = tuple(counted.lookup)
    looked_up_in = plate.FURTHER_TABLES() if counted.head_is_tied else plate.INPUT_EMBEDDING()
    input_embedding = (*((looked_up_in,) if looked_up > counted.lookup_parameters else ()), *lookup)
    ways: list[Way] = [
        (whole, (), 0),
        (whole - counted.active_encoders, encoders, 0),
        (multiplied, (*input_embedding, *encoders), looked_up),
        (whole - counted.active_encoders - tables, (plate.EMBEDDING_TABLES(), LM_HEAD(), *encoders), tables),
    ]
    # What active means where nothing is published: docs/facts.md.
    usual: Way = (counted.active_parameters, lookup, counted.lookup_parameters)
    ways += [usual] if lookup else []
    figure = published.active_parameters if published is not None else None
    agreeing = [way for way in ways if figure is not None and agrees(way[0], in_thousands(figure))]
    agreeing.sort(key=lambda way: figure is None or not rounds(way[0], in_thousands(figure)))
    if agreeing:
        quoted = agreeing[0]
    elif figure is not None and (near := [way for way in ways if abs(way[0] - figure) <= NEAR * figure]):
        quoted = min(near, key=lambda way: abs(way[0] - figure))
    elif 0 < multiplied < MOSTLY_TABLES * whole:  # of encoders alone nothing would be left
        quoted = (multiplied, (plate.EMBEDDING_TABLES(), *encoders), looked_up)
    else:
        quoted = usual
    total, left_out = total_parameters(counted, published)
    # A share is of what its count leaves nothing out of: the same tables and encoders are in neither.
    like = counted.total_parameters - max(quoted[2], counted.total_parameters - total)
    like -= counted.encoders if quoted[0] < whole - quoted[2] else 0
    if not counted.inactive:
        like = total
    # What a count as published leaves out is said in the footer, not in the headline, unless the share shows it. Of a
    # dense model all is active that is no table and no encoder: without a word it would read as a sparse one.
    below = bool(agreeing and counted.inactive) and share(quoted[0], like) == share(quoted[0], total)
    return Active(
        quoted[0],
        () if below else quoted[1],
        tuple(_others(quoted, ways)),
        total,
        left_out,
        counted.active_at_most,
        quoted[1] if below else (),
        total if below or not quoted[1] else like,
    )


def left_out_as_published(counted: Facts, published: Published | None, *, stated: bool = True) -> str:
    """What a published count of active parameters leaves out and the headline does not say; empty for nothing.

    Where the headline is not ``stated``, also what that would say.
    """
    if counted.unknown:
        return ""
    active = active_parameters(counted, published)
    if active.excluded and not stated and active.count < active.total:
        return text(plate.ACTIVE_EXCLUDING(parts=active.excluded))
    return text(plate.ACTIVE_AS_PUBLISHED(parts=active.unsaid)) if active.unsaid else ""


def total_parameters(counted: Facts, published: Published | None = None) -> tuple[int, tuple[Words, ...]]:
    """The total as the publisher counts it, and what that leaves out: nothing where a count with all tables agrees.

    Tables that are only looked up are not everywhere taken for parameters of a model (n-grams in memory).
    """
    whole, tables = counted.total_parameters, counted.parts.get("embedding", 0) + counted.parts.get("head", 0)
    figure = published.total_parameters if published is not None else None
    if figure is None or not counted.lookup_parameters:
        return whole, ()
    written = in_thousands(figure)
    if agrees(whole, written) or agrees(counted.text_parameters, written):
        return whole, ()
    ways = [
        (whole - counted.lookup_parameters, (IN_TABLES(count=counted.lookup_parameters),)),
        (whole - tables, (plate.ALL_TABLES(count=tables),)),
    ]
    nearest = min(ways, key=lambda way: abs(way[0] - figure))
    return nearest if agrees(nearest[0], written) else (whole, ())


def _others(quoted: Way, ways: list[Way]) -> list[tuple[int, Phrase]]:
    """The count with everything where less is quoted, else the one without what is only looked up."""
    if quoted[0] < ways[0][0]:
        return [(ways[0][0], plate.WITH_PARTS(parts=quoted[1]))]
    return [(count, plate.WITHOUT_PARTS(parts=parts)) for count, parts, _ in ways[2:3] if parts and count < quoted[0]]
