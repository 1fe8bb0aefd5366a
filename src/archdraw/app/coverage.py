"""Models by architectural feature, and what each diagram leaves out, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.analysis.concepts import concepts, grouped, known_concepts
from archdraw.glossary import text
from archdraw.model import Model
from archdraw.scene import Text
from archdraw.tree.blocks import Block, Side
from archdraw.tree.description import describe
from archdraw.tree.walks import children
from archdraw.views.architecture import picture

TITLE = 600
"""The weight of the titles of panels."""
SHORTEST_LINE = 12
"""A title that is broken over lines is known by the first of them, if that has so many characters."""


def coverage(models: Sequence[Model]) -> str:
    """A page about ``models``: every feature with the models that have it, every model with its features."""
    ordered = sorted(models, key=lambda model: model.name.casefold())
    found = [(model, concepts(model.spec, model.block)) for model in ordered]
    lines = [
        "# Coverage",
        "",
        f"{len(models)} models by architectural feature, and what their diagrams leave out. `archdraw coverage` makes",
        "this page from the specs: a feature is found in the blocks of a model, not in its description.",
    ]
    for about, every in grouped(known_concepts()).items():
        lines += ["", f"## {about.capitalize()}", "", "| feature | models | which |", "|---|---:|---|"]
        for concept in every:
            having = [model.name for model, own in found if concept in own]
            lines.append(f"| {concept.name} | {len(having)} | {', '.join(having)} |")
    lines += ["", "## Models", "", "| model | features | not in the diagram |", "|---|---|---|"]
    for model, own in found:
        listed = "; ".join(", ".join(one.name for one in group) for group in grouped(own).values() if group)
        lines.append(f"| {model.name} | {listed} | {'; '.join(left_out(model))} |")
    return "\n".join(lines) + "\n"


def left_out(model: Model) -> list[str]:
    """What the diagram of ``model`` does not show: what its spec lacks, what is not expanded, panels without room."""
    missing = [str(reason) for reason in model.spec.incomplete]
    # A title and the box that it opens may have the same words; they differ in weight.
    drawn = {shape.text for shape in model.scene().shapes() if isinstance(shape, Text) and shape.weight == TITLE}

    def is_drawn(title: str) -> bool:
        lines = (line for line in drawn if len(line) >= SHORTEST_LINE and title.startswith(line))
        return title in drawn or next(lines, None) is not None

    panels = [inset.title for inset in picture(model.spec, model.block).insets]
    missing += _folded(model.block, [title for title in panels if is_drawn(title)])
    missing += [f"panel {title}" for title in panels if not is_drawn(title) and f"inside of {title}" not in missing]
    return list(dict.fromkeys(missing))


def _folded(block: Block, opened: list[str]) -> Iterator[str]:
    """The side modules that are not expanded; those of an expanded one are not in its panel."""
    if isinstance(block, Side):
        body = block.body
        if body.level != "unused" and describe(body).title not in opened:
            yield f"inside of {text(body.label)}"
            return
    for child in children(block):
        yield from _folded(child, opened)
