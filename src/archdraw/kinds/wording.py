"""How numbers are written in labels, details and notes: one place, so that equal numbers look equal everywhere."""

from __future__ import annotations

from collections.abc import Iterable

NOTE_WIDTH = 56
"""Characters that fit one line under an opened module."""


def number(value: float) -> str:
    """``4,096``; a number that is not whole keeps at most four digits after the point (``0.0625``)."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def parameters(count: int) -> str:
    """``671.0B``, ``0.42B``, ``44.0M``, ``512``: a count of parameters in the field's short form.

    Billions have one decimal, below one billion two, as long as two digits remain (``0.42B``, then ``44.0M``).
    """
    for unit, letter in ((10**12, "T"), (10**9, "B")):
        if round(count / unit, 1) >= 1:
            return f"{count / unit:,.{2 if unit == 10**12 else 1}f}{letter}"
    if count >= 10**8:
        return f"{count / 10**9:.2f}B"
    if count >= 10**6:
        return f"{count / 10**6:.1f}M"
    return f"{count:,}"


def data_size(size: float) -> str:
    """``4 KiB``, ``1.125 KiB``, ``36 MiB``: ``size`` in bytes, in the binary unit that leaves it below 1,024."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:,.4g} {unit}"
        size /= 1024
    return f"{size:,.4g} TiB"


def notes(*sentences: str | Iterable[str], width: int = NOTE_WIDTH) -> tuple[str, ...]:
    """The lines that stand under an opened module.

    A string is a line. An iterable is a list of short facts, joined by semicolons into as few lines of ``width``
    characters as their order allows. Empty ones are left out.
    """
    lines: list[str] = []
    for sentence in sentences:
        if isinstance(sentence, str):
            lines += [sentence] if sentence else []
            continue
        line = ""
        for piece in filter(None, sentence):
            joined = f"{line}; {piece}" if line else piece
            if line and len(joined) > width:
                lines.append(line)
                line = piece
            else:
                line = joined
        lines += [line] if line else []
    return tuple(lines)
