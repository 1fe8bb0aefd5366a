"""What is wrong with a model that could be read: its figures, its words, its parents, its picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from archdraw.analysis.claims import contradictions
from archdraw.errors import ArchdrawError, InputError, Problem, nearest
from archdraw.model import Model
from archdraw.resources import specs_folder
from archdraw.tree.published import disagreements


def problems_of(model: Model, folder: Path, fonts: Sequence[str] = ()) -> list[Problem]:
    """Everything that ``archdraw check`` says of ``model``, whose spec is in ``folder``, warnings among it.

    Raises :class:`InputError` where the picture cannot be drawn for what its spec says of it.
    """
    problems = [*model.warnings, *disagreements(model.spec.document, model.facts)]
    problems += contradictions(model.spec, model.block, model.facts)
    if model.reading is None:
        problems += _unknown_parents(model, folder)
    try:
        scene, letters = model.drawn(fonts=fonts)
        problems += letters
        problems += [model.spec.problem(f"{path} is not drawn", "layers") for path in scene.undrawn]
    except InputError:
        raise
    except ArchdrawError as error:
        problems.append(model.spec.problem(f"this cannot be drawn: {error}"))
    return problems


def _unknown_parents(model: Model, folder: Path) -> Iterator[Problem]:
    """A warning for each parent whose spec is neither in ``folder`` nor comes with the program."""
    if not model.spec.parents:
        return
    known = {file.stem for place in (folder, specs_folder()) for file in place.glob("*.yaml")}
    for index, parent in enumerate(model.spec.parents):
        if parent.model not in known:
            message = f"{parent.model}.yaml not found in this folder, and no such model comes with archdraw"
            hint = nearest(parent.model, known)
            yield model.spec.problem(message, "parents", index, "model", hint=hint, warning=True)
