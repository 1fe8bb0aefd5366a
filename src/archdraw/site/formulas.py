"""Formulas as MathML, which browsers show without a script or a library."""

from __future__ import annotations

from latex2mathml.converter import convert


def mathml(formula: str) -> str:
    """The markup of a ``formula`` that is written as in LaTeX. Raises what the converter raises for what is none."""
    return convert(formula.strip(), display="block")
