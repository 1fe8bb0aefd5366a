"""Numbers of tokens and of bytes as people write them."""

from __future__ import annotations

import re

import click

_TOKENS = re.compile(r"(-?\d+(?:\.\d+)?)\s*([kKmM]?)")
_TOKEN_UNITS = {"": 1, "k": 1024, "m": 1024**2}
_BYTES = re.compile(r"(-?\d+(?:\.\d+)?)\s*([kmgt]i?)?b?", re.IGNORECASE)
_BYTE_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def _plain(value: str) -> str:
    return value.strip().replace(",", "").replace("_", "")


def tokens(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A number of tokens: 8192, 128k (k is 1,024, as context lengths are counted), 1M (1,048,576)."""
    if value is None:
        return None
    found = _TOKENS.fullmatch(_plain(value))
    if not found:
        raise click.BadParameter(f"{value!r} is not a number of tokens (examples: 8192, 128k, 1M)")
    number = float(found[1]) * _TOKEN_UNITS[found[2].lower()]
    if number < 1:
        raise click.BadParameter(f"context must be at least 1, not {value}")
    if not number.is_integer():
        raise click.BadParameter(f"{value!r} is not a whole number of tokens")
    return int(number)


def memory(_: click.Context, __: click.Parameter, value: str) -> int:
    """A number of bytes: 24GB is 24,000,000,000, 24GiB is 25,769,803,776."""
    found = _BYTES.fullmatch(_plain(value))
    if not found:
        raise click.BadParameter(f"{value!r} is not an amount of memory (examples: 24GB, 80GiB, 512M)")
    amount = float(found[1]) * _BYTE_UNITS.get((found[2] or "").lower(), 1)
    if amount < 1:
        raise click.BadParameter(f"memory must be at least 1 byte, not {value}")
    return int(amount)
