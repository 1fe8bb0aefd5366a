"""A reading, checked: the spec that was written must be a model, and what does not fit is the config's."""

from __future__ import annotations

from archdraw.errors import InputError
from archdraw.readers.reading import Reading
from archdraw.spec import Spec, expand, parse_spec
from archdraw.tree.blocks import Module


def checked(reading: Reading) -> tuple[Spec, Module]:
    """The spec that a ``reading`` wrote, and its block tree.

    Raises :class:`InputError` where values of the config do not fit each other, each problem at the key of the config
    that the value comes from.
    """
    try:
        spec = parse_spec(reading.text, reading.provenance.config.file)
        return spec, expand(spec)
    except InputError as error:
        raise InputError(reading.provenance.problems(error.problems, reading.text)) from None
