"""A config of an unknown family as one of a known family, where that reads its keys and has its tensors, all of them.

Most new families are known ones with another name and a small change. What the change is may be in neither keys nor
tensors, so that such a reading is incomplete; its counts are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from typing import Any

from archdraw.readers.agreement import comparison
from archdraw.readers.checked import checked
from archdraw.readers.family import families
from archdraw.readers.reading import Reading, reading_of
from archdraw.tree.facts import facts
from archdraw.weights.tensors import Tensor

MOST_TRIED = 40
"""Readings whose tensors are counted, those that leave the fewest keys unread first."""


def resembling(
    text: str,
    data: Mapping[str, Any],
    file: str,
    name: str,
    wanted: Sequence[Tensor],
    *,
    incomplete: Sequence[str],
    called: str,
    keys: Mapping[str, str] | None = None,
) -> Reading | None:
    """The reading of ``data`` by the known family with all tensors that are ``wanted``; None for none.

    Of several it is the one that leaves the fewest keys unread, then the one with the most similar name. ``called`` is
    what the reason calls the unknown family. The other arguments are those of
    :func:`archdraw.readers.reading.reading_of`.
    """
    total = sum(tensor.count for tensor in wanted)
    reason = f"read as KIND, whose keys and tensors {called} has; what else it computes is not known"
    readings: list[Reading] = []
    for kind in _by_similarity(str(data.get("model_type", ""))):
        reasons = [reason.replace("KIND", kind), *incomplete]
        config = {**data, "model_type": kind}
        # Not only refusals: a reader may fail in any way on a config that is of another family.
        with suppress(Exception):
            reading = reading_of(text, config, file, name, incomplete=reasons, keys=keys, verified=True)
            if len(reading.incomplete) == len(reasons):
                readings.append(reading)
    readings.sort(key=lambda reading: len(reading.unused))
    for reading in readings[:MOST_TRIED]:
        with suppress(Exception):
            if facts(checked(reading)[1]).total_parameters == total and _same(reading, wanted):
                return reading
    return None


def _same(reading: Reading, wanted: Sequence[Tensor]) -> bool:
    result = comparison(reading, wanted)
    return not result.differences and not result.renamed


def _by_similarity(kind: str) -> list[str]:
    """The model types of all families, those first whose names are most like ``kind``."""
    kinds = {one for family in families().values() for one in family.model_types}
    return sorted(kinds, key=lambda one: (-SequenceMatcher(None, kind, one, autojunk=False).ratio(), one))
