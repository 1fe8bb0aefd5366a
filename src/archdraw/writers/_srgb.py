"""The colour space sRGB as an ICC profile, which a PDF for keeping has to hold.

Written from the numbers of the standards: the primaries of IEC 61966-2-1 adapted to D50 with the Bradford transform,
and its curve as a parametric one (ICC.1:2010, types ``XYZ``, ``para``, ``sf32`` and ``mluc``).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache

NAME = "sRGB IEC61966-2.1"
D50 = (0.9642, 1.0, 0.8249)
"""The white of the profile connection space."""
RED, GREEN, BLUE = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)
"""The primaries, adapted to that."""
FROM_D65 = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
"""The Bradford transform from the white of sRGB to D50, row by row."""
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Exponent, slope and offset above, slope below, and where they meet."""


@cache
def profile() -> bytes:
    """The profile, version 4.3; always the same bytes."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(CURVE)
    tags = (
        (b"desc", _text(NAME)),
        (b"cprt", _text("No copyright, use freely")),
        (b"wtpt", _place(D50)),
        (b"chad", b"sf32" + bytes(4) + _fixed(FROM_D65)),
        (b"rXYZ", _place(RED)),
        (b"gXYZ", _place(GREEN)),
        (b"bXYZ", _place(BLUE)),
        *((name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")),
    )
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, value in tags:
        table += struct.pack(">4sII", name, start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    size = start + len(data)
    made = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ") + made + b"acsp"
    header += bytes(28) + _fixed(D50)
    return header + bytes(128 - len(header)) + table + data


def _fixed(numbers: Sequence[float]) -> bytes:
    """Numbers with sixteen bits behind the point."""
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _place(numbers: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(numbers)


def _text(words: str) -> bytes:
    said = words.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(said), 28) + said
