"""Which models have which concept, as a value: what a picture of it shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from archdraw.glossary.concepts import Concept, Group
from archdraw.records import record

By: TypeAlias = Literal["model", "quarter", "year"]


@record
class Dated:
    """One model by its release: ``released`` is as precise as the spec says it, ``day`` the first that it may mean."""

    slug: str
    name: str
    released: str
    day: date
    link: str


@record
class Adopter:
    """One model with its concepts, or with why it is not shown: in ``left_out``, which is empty for one that is."""

    name: str
    left_out: str = ""
    dated: Dated | None = None
    concepts: tuple[Concept, ...] = ()


@record
class Uptake:
    """One concept with its group and its colour, and the numbers of the models that have it, by release."""

    concept: str
    about: Group
    role: str
    models: tuple[int, ...]


@record
class Timeline:
    """What the picture shows: the models in the order of release, and each concept that one of them has.

    Concepts are grouped by what they are about, the earliest first; ``left_out`` are the names
    of models that are not shown, each with why.
    """

    models: tuple[Dated, ...]
    uptakes: tuple[Uptake, ...]
    absent: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]

    def firsts(self, uptake: Uptake) -> tuple[Dated, ...]:
        """The first of the models with a concept, and those of the same day."""
        having = [self.models[number] for number in uptake.models]
        return tuple(model for model in having if model.day == having[0].day)

    def years(self) -> range:
        """From the year of the first model to that of the last."""
        return range(self.models[0].day.year, self.models[-1].day.year + 1)
