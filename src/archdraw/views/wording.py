"""How the views write numbers and names: one place, so that equal things look equal in every picture."""

from __future__ import annotations


def parameters(count: int) -> str:
    """``count`` parameters with three significant digits: ``671B``, ``27.4B``, ``1.03T``, ``270M``."""
    for size, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= size * 0.9995:
            value = count / size
            digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{digits}f}{unit}"
    return f"{count}"


def share(part: float, whole: float) -> str:
    """``part`` of ``whole`` in per cent, with one digit below ten: ``4.9 %``, ``37 %``."""
    value = 100 * part / whole
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"


def data(size: float) -> str:
    """``size`` bytes in binary units with at most one digit: ``128 KiB``, ``10.2 GiB``."""
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    text = f"{size:.1f}".removesuffix(".0") if size < 100 else f"{size:.0f}"
    return f"{text} {units[0]}"


def ordinal(number: int) -> str:
    """``2nd``, ``3rd``, ``4th``, ``11th``."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def within(label: str) -> str:
    """``label`` for the inside of a sentence: its first word small unless it is a name or an abbreviation."""
    first = label.split(" ", 1)[0]
    if any(letter.isupper() or letter.isdigit() for letter in first[1:]) or len(first) < 2:
        return label
    return label[0].lower() + label[1:]
