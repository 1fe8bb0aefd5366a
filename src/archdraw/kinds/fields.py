"""Types of fields that many kinds share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from archdraw.checked import Field
from archdraw.tree.runs import MOST_LAYERS

LARGEST_SIZE = 1_000_000_000

Size: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_SIZE)]
"""A number of features, heads, experts or tokens. The bound keeps every product of sizes printable."""

Factor: TypeAlias = Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
"""A positive real number: a base, a scale, a cap."""

Label: TypeAlias = Annotated[str, Field(min_length=1, max_length=60)]
"""A label that an author gives in place of the kind's own."""

OwnLabel: TypeAlias = Annotated[Label | None, Field(description="Label of the box in place of the kind's own.")]
"""The field ``label`` of most kinds, None for the kind's own words."""

ReadsSide: TypeAlias = Annotated[
    Label | None,
    Field(
        description="Label or name of the module beside the model that is read; left out, every one that joins no line."
    ),
]
"""The field ``reads`` of what begins with the output of a module beside the model."""

Times: TypeAlias = Annotated[
    int,
    Field(ge=1, le=MOST_LAYERS, description="How many such layers follow each other, each with weights of its own."),
]
"""The field ``times`` of a layer."""
