"""How colours mix, and how far one stands out from another. Colours are ``#RRGGBB``."""

from __future__ import annotations

from functools import lru_cache


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, ground: str, share: float) -> str:
    """``share`` (0 to 1) of ``colour`` on ``ground``, as a translucent layer would look."""
    mixed = (
        share * above + (1 - share) * below for above, below in zip(_channels(colour), _channels(ground), strict=True)
    )
    return "#" + "".join(f"{round(channel):02X}" for channel in mixed)


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2.2, with the threshold of IEC 61966-2-1)."""
    linear = (
        value / 12.92 if (value := channel / 255) <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    )
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
