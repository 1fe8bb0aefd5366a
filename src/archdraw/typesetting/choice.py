"""Which font a run of letters is set in: the first that has all of them, given ones before those of this computer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from archdraw.errors import ArchdrawError
from archdraw.fonts import JOINERS
from archdraw.typesetting.faces import Offer, Stamp, face, offers, stamp
from archdraw.typesetting.folders import files_in, ranked

OTHER_FORMS = {"Hira": "JP", "Kana": "JP", "Hang": "KR", "Bopo": "TC"}
"""Scripts beside which Chinese characters have the forms of another country than China."""
USUAL_FORMS = "SC"


class Sources:
    """The fonts in the files ``given``, then those in ``folders``, which are listed once."""

    def __init__(self, given: tuple[Stamp, ...], folders: tuple[Path, ...]) -> None:
        self.given, self.folders = given, folders
        self.first_with = lru_cache(maxsize=8192)(self._first_with)
        self._files = lru_cache(maxsize=None)(self._ranked)

    def _first_with(self, text: str, weight: int, region: str) -> Offer | None:
        """The first font that has a shape for all of ``text``, best for ``weight`` and with the forms of ``region``."""
        letters = "".join(character for character in text if character not in JOINERS)
        offered = self._offers(weight, region)
        return next((one for one in offered if one.may_have(letters) and _has(one, letters, weight)), None)

    def _offers(self, weight: int, region: str) -> Iterator[Offer]:
        given = [offer for file in self.given for offer in offers(file)]
        yield from sorted(given, key=lambda offer: abs(offer.weight - weight))
        for file in self._files(weight, region):
            try:
                found = offers(stamp(file))
            except (ArchdrawError, OSError):
                continue  # it is nobody's wish to have this one
            yield from sorted(found, key=lambda offer: region not in offer.name.split())

    def _ranked(self, weight: int, region: str) -> list[Path]:
        return ranked(files_in(self.folders), weight, region)


def _has(offer: Offer, text: str, weight: int) -> bool:
    """Whether a font that lists ``text`` can draw it; one that is damaged cannot."""
    try:
        return face(offer, weight).has(text)
    except Exception:  # fontTools raises whatever the tables of a damaged file run into
        return False
