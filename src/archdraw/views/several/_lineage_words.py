"""What a box of a lineage says, its tooltip, and the words on its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archdraw.analysis.descent import SAME, Relation, Relative
from archdraw.analysis.traits import Change


def words(model: Relative, own: Sequence[Relation]) -> tuple[tuple[str, ...], ...]:
    """The lines of a box, the most important first: the author's words, then what was computed and they do not say.

    Where a phrase of the author is too long, what was counted of the same says it in short. A model without parents
    says what it is made of.
    """
    if not own:
        return tuple((_bound(word),) for word in model.about)
    ordered = sorted(own, key=lambda relation: relation.relation == "influence")
    counted = list(ordered[0].changes)
    lines: list[tuple[str, ...]] = []
    if ordered[0].same and not any(SAME in phrase for relation in ordered for phrase in relation.words):
        lines.append((SAME,))
    for phrase in dict.fromkeys(phrase for relation in ordered for phrase in relation.words):
        same = [change for change in counted if _says(phrase, change)]
        counted = [change for change in counted if change not in same]
        short = [str(change) for change in same]
        if any(phrase.casefold() == name for change in same for name in _names(change)):
            lines.append((short[0],))
        else:
            lines.append(
                (_numbered(phrase), ", ".join(short), short[0]) if len(short) > 1 else (_numbered(phrase), *short)
            )
    lines += [(str(change),) for change in counted]
    return tuple(tuple(map(_bound, wordings)) for wordings in lines)


def _bound(text: str) -> str:
    """``text`` with pairs of numbers on one line: ``32 to 8``, ``8 of 256``."""
    return re.sub(r"(?<=\d) (to|of) (?=\d)", "\u00a0\\1\u00a0", text)


def _numbered(phrase: str) -> str:
    """``phrase`` with its large numbers written as they are in all pictures: ``250880`` as ``250,880``."""
    return re.sub(r"(?<![\d.,-])\d{5,}(?![\d.])", lambda found: f"{int(found[0]):,}", phrase)


def _names(change: Change) -> list[str]:
    """What an author may call the thing that changed."""
    return [change.words.casefold(), *([change.concept.name.casefold()] if change.concept else [])]


def _says(phrase: str, change: Change) -> bool:
    """Whether ``phrase`` refers to ``change``, by a name or by a number of it."""
    plain, text = change.words.replace(",", "").casefold(), phrase.replace(",", "").casefold()
    mentions = (*_names(change), *(mention.casefold() for mention in change.mentions))
    return any(name in text for name in mentions) or any(
        word in text.split() for word in plain.split() if word.isdigit() and int(word) > 1
    )


def tooltip(model: Relative, own: Sequence[Relation]) -> str:
    """The developer of ``model``, its date and its parents, in sentences."""
    lines = [f"{model.name}, {model.developer}" + (f", {model.released}" if model.released else "")]
    lines += [sentence(relation, model.name) for relation in own]
    if not own:
        lines.append("; ".join(model.about) or "not disclosed")
    return "\n".join(lines)


def sentence(relation: Relation, child: str) -> str:
    """A relation in a sentence: the author's words, then the computed ones."""
    text = f"{child} from {relation.name}, {relation.relation}: {'; '.join(relation.words)}"
    counted = f"; computed: {', '.join(map(str, relation.changes))}" if relation.changes else ""
    taken = f"; shared: {', '.join(concept.name for concept in relation.taken)}" if relation.taken else ""
    source = f"; source: {relation.source}" if relation.source else ""
    return (text + counted + taken + source).replace("\u00a0", " ")


def taken(relation: Relation) -> tuple[str, ...]:
    """What a line from another lane says: what both have, from all of it down to the one thing that is rarest."""
    if relation.same:
        return (SAME,)
    short = [concept.brief for concept in relation.taken]
    return tuple(", ".join(short[:number]) for number in range(len(short), 0, -1))
