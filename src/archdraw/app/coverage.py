"""Models by architectural feature, and what each diagram leaves out, as Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from archdraw.analysis.concepts import concepts, grouped, known_concepts
from archdraw.glossary import text
from archdraw.glossary.concepts import Concept
from archdraw.model import Model
from archdraw.records import record
from archdraw.theme import load_theme
from archdraw.tree.blocks import Module, Side
from archdraw.tree.walks import walk
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.drawn import paths_of_scene, undrawn
from archdraw.views.insets import has_inside


@record
class Covered:
    """One model with its features, and what its diagram leaves out."""

    name: str
    concepts: tuple[Concept, ...]
    left_out: tuple[str, ...]


def covered(model: Model) -> Covered:
    """``model`` on the page; its diagram is drawn for that."""
    return Covered(model.name, tuple(concepts(model.spec, model.block)), tuple(left_out(model)))


def coverage(models: Sequence[Covered]) -> str:
    """A page about ``models``: every feature with the models that have it, every model with its features."""
    ordered = sorted(models, key=lambda model: model.name.casefold())
    lines = [
        "# Coverage",
        "",
        f"{len(models)} models by architectural feature, and what their diagrams leave out. `archdraw coverage` makes",
        "this page from the specs: a feature is found in the blocks of a model, not in its description.",
    ]
    for about, every in grouped(known_concepts()).items():
        lines += ["", f"## {about.capitalize()}", "", "| feature | models | which |", "|---|---:|---|"]
        for concept in every:
            having = [model.name for model in ordered if concept in model.concepts]
            lines.append(f"| {concept.name} | {len(having)} | {', '.join(having)} |")
    lines += ["", "## Models", "", "| model | features | not in the diagram |", "|---|---|---|"]
    for model in ordered:
        listed = "; ".join(", ".join(one.name for one in group) for group in grouped(model.concepts).values() if group)
        lines.append(f"| {model.name} | {listed} | {'; '.join(model.left_out)} |")
    return "\n".join(lines) + "\n"


def left_out(model: Model) -> list[str]:
    """What the diagram of ``model`` does not show: what its spec lacks, blocks without a box, panels without room.

    Taken from what was laid out: the boxes of the scene by their paths, and what the layout found no room for.
    """
    scene = draw(model.spec, model.block, theme=load_theme("light"))
    missing = [str(reason) for reason in model.spec.incomplete]
    missing += [f"block {text(block.label)}" for _, block in undrawn(model.block, paths_of_scene(scene))]
    plate = picture(model.spec, model.block)
    without_room = list(scene.left_out)
    opened = {tower.path for tower in plate.towers}
    for inset in plate.insets:
        if inset.title in without_room:
            without_room.remove(inset.title)
        else:
            opened.add(inset.source)
    missing += _folded(model.block, opened)
    missing += [f"panel {title}" for title in scene.left_out if f"inside of {title}" not in missing]
    return list(dict.fromkeys(missing))


def _folded(model: Module, opened: Collection[str]) -> Iterator[str]:
    """The side modules of ``model`` that are not opened; those in an opened one are not in its panel."""
    every = [(path, block) for path, block in walk(model.body) if isinstance(block, Module)]
    sides = {id(block.body): block.body for _, block in walk(model.body) if isinstance(block, Side)}
    closed: list[str] = []
    for path, block in every:
        inside = any(path.startswith(f"{place}/") for place in closed)
        is_side = id(block) in sides and block.level != "unused" and has_inside(block)
        if is_side and path not in opened and not inside:
            closed.append(path)
            yield f"inside of {text(block.label)}"
