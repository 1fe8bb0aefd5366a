"""The older names of :mod:`archdraw.kinds.leaves`."""

from __future__ import annotations

from archdraw.kinds.leaves import counted_under, uncached, with_leaves

booked = counted_under

__all__ = ["booked", "uncached", "with_leaves"]
