"""Errors come from other processes as they were raised, with all that they hold."""

from __future__ import annotations

import pickle

import pytest

from archdraw import load
from archdraw.errors import ArchdrawError, FontWarning, InputError, Problem, Span
from archdraw.fonts import MissingGlyph
from archdraw.kinds.scope import KindError, MissingSizeError
from archdraw.spec.substitution import SubstitutionError
from archdraw.spec.template_basics import TemplateError
from archdraw.spec.values import ExpressionError

PROBLEM = Problem("is wrong", Span("a.yaml", 2, 3), "text", "hint")
ERRORS = (
    ArchdrawError("wrong"),
    InputError([PROBLEM, Problem("is wrong, too", Span("a.yaml", 1, 1))]),
    FontWarning(PROBLEM),
    MissingGlyph(frozenset("\u4e2d"), "a \u4e2d"),
    KindError("wrong", "field", "hint"),
    MissingSizeError("hidden_size", "hint"),
    SubstitutionError("wrong", Span("a.yaml", 1, 1), "hint"),
    ExpressionError("wrong", "hint"),
    TemplateError("wrong", Span("a.yaml", 1, 1), "hint"),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_between_processes(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_every_class_of_errors_is_tried() -> None:
    def below(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    load("llama-3-8b")
    made = {type(error) for error in ERRORS}
    # Those that add nothing of their own are made as their base is.
    assert {kind for kind in below(ArchdrawError) - made if "__init__" in vars(kind)} == set()
