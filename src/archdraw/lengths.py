"""Lengths on paper and on screens, as they are written: ``3.25in``, ``8cm``, ``18pt``, ``1280px``."""

from __future__ import annotations

import re

UNITS = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72}
"""Px of 1/96 inch in each unit (CSS Values and Units 4)."""
PATTERN = r"^(\d+(?:\.\d+)?) ?(px|in|cm|mm|pt)$"


def pixels(length: str) -> float:
    """``length`` in px of 1/96 inch. Raises :class:`ValueError` where it is none, or nothing.

    >>> pixels("3.25in")
    312.0
    >>> pixels("18pt")
    24.0
    """
    found = re.match(PATTERN, length)
    if not found or not float(found[1]):
        raise ValueError(f"{length!r} is no length; say 3.25in, 8cm, 82mm, 18pt or 1280px")
    return float(found[1]) * UNITS[found[2]]
