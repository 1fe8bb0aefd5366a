"""Configs of families that no reader knows: read as far as the known keys carry, and marked incomplete."""

from __future__ import annotations

from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family


def _unknown(config: Config) -> Draft:
    raise NotImplementedError


UNKNOWN = Family((), _unknown)
"""The family of everything else."""
