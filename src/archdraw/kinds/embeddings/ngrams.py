"""Phrases that kinds with tables of n-grams share."""

from __future__ import annotations

from archdraw.glossary import Note, Phrase
from archdraw.glossary import embeddings as words


def orders(largest: int) -> Phrase:
    """How many tokens the n-grams have: from 2 to ``largest``."""
    return words.BIGRAMS() if largest == 2 else words.NGRAMS(largest=largest)


def table_notes(parameters: int, rows: int) -> Note:
    """Parameters of all tables together, and how many rows of them a token looks up."""
    return words.NGRAM_PARAMETERS(count=parameters), words.ROWS_PER_TOKEN(rows=rows)
