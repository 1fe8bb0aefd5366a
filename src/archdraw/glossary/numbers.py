"""How numbers are written, in one place, so that equal numbers look equal everywhere."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isclose

NBSP = "\u00a0"
"""A space at which no line is broken."""


def number(value: float) -> str:
    """``4,096``; a number that is not whole keeps at most four digits after the point, below 1 four that count."""
    if float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) < 1:
        return f"{Decimal(f'{value:.4g}'):f}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def factor(value: float) -> str:
    """``value`` as :func:`number` writes it, a root of a whole number as that: ``√2``, ``√8,192``, but ``12``."""
    square = value * value
    is_root = value > 0 and not float(value).is_integer() and isclose(square, round(square), rel_tol=1e-12)
    return f"√{round(square):,}" if is_root else number(value)


def counted(count: float, one: str, several: str) -> str:
    """A number with its noun, which is the word for ``one`` or for ``several``: ``1 token``, ``4,096 tokens``."""
    return f"{number(count)} {one if count == 1 else several}"


def parameters(count: int, unit_of: int | None = None) -> str:
    """A count of parameters with three significant digits: ``671B``, ``27.4B``, ``1.03T``, ``423M``, ``512``.

    ``unit_of`` is a larger count that stands beside it: the unit is that one's (``0.423B`` beside ``11.3B``), unless
    this count is less than a tenth of the unit (``35.7M`` beside ``1.61B``).
    """
    size, letter = _unit(count)
    if unit_of is not None:
        larger, its_letter = _unit(unit_of)
        if count * 20000 >= larger * 1999:
            size, letter = larger, its_letter
    return f"{_three_digits(Decimal(count) / size)}{letter}" if letter else f"{count}"


def _unit(count: int) -> tuple[int, str]:
    """The largest unit that ``count`` reaches when it is rounded: 999.5M is 1.00B."""
    units = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
    return next((unit for unit in units if count * 2000 >= unit[0] * 1999), (1, ""))


def data_size(size: float) -> str:
    """``4 KiB``, ``1.13 KiB``, ``36 MiB``: ``size`` in bytes, in the largest binary unit that leaves 1 or more.

    At most three significant digits, or the whole number where it has four (``1,000 KiB``).
    """
    value, units = Decimal(size), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while value >= Decimal("1023.5") and len(units) > 1:
        value /= 1024
        units.pop(0)
    text = _three_digits(value)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {units[0]}"


def _three_digits(value: Decimal) -> str:
    """``value`` with three significant digits, or as a whole number where it has more; halves are rounded up."""
    places = max(0, 2 - value.adjusted())
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded.adjusted() > value.adjusted() and places:
        rounded = value.quantize(Decimal(1).scaleb(1 - places), ROUND_HALF_UP)
    return f"{rounded:,f}"


def tokens(length: int) -> str:
    """A length in tokens as people quote it: ``8K`` for 8,192, ``1M`` for 1,048,576 or 1,000,000; else nothing.

    Of 1,024,000, which is a thousand times 1,024, neither is said.
    """
    for unit, letter in ((1024**2, "M"), (10**6, "M"), (1024, "K")):
        if length >= unit and length % unit == 0 and length // unit < 1000:
            return f"{length // unit:,}{letter}"
    return ""


def share(part: float, whole: float) -> str:
    """``part`` of ``whole`` in per cent, with one digit below ten: ``4.9%``, ``37%``."""
    value = 100 * part / whole
    return f"{value:.1f}%" if value < 9.95 else f"{value:.0f}%"
