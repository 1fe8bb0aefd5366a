"""Models by concept, and what each plate leaves out, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.analysis.concepts import concepts, grouped, known_concepts
from archdraw.glossary import text
from archdraw.model import Model
from archdraw.scene import Text
from archdraw.tree.blocks import Block, Side, children
from archdraw.tree.description import describe
from archdraw.views.architecture import picture

TITLE = 600
"""The weight of the titles of panels."""
SHORTEST_LINE = 12
"""A title that is broken over lines is known by the first of them, if that has so many characters."""


def coverage(models: Sequence[Model]) -> str:
    """A page about ``models``: every concept with the models that have it, every model with what it takes up."""
    ordered = sorted(models, key=lambda model: model.name.casefold())
    found = [(model, concepts(model.spec, model.block)) for model in ordered]
    lines = [
        "# Coverage",
        "",
        f"{len(models)} models by concept, and what their plates leave out. `archdraw coverage` writes this page from",
        "the specs: a concept is found in the blocks that a model is made of, not in its texts.",
    ]
    for about, every in grouped(known_concepts()).items():
        lines += ["", f"## {about.capitalize()}", "", "| concept | models | which |", "|---|---:|---|"]
        for concept in every:
            having = [model.name for model, own in found if concept in own]
            lines.append(f"| {concept.name} | {len(having)} | {', '.join(having)} |")
    lines += ["", "## Models", "", "| model | concepts | not in the plate |", "|---|---|---|"]
    for model, own in found:
        listed = "; ".join(", ".join(one.name for one in group) for group in grouped(own).values() if group)
        lines.append(f"| {model.name} | {listed} | {'; '.join(left_out(model))} |")
    return "\n".join(lines) + "\n"


def left_out(model: Model) -> list[str]:
    """What the plate of ``model`` does not show: what its spec lacks, what stays folded, panels without room."""
    missing = [str(reason) for reason in model.spec.incomplete]
    # A title is told from the box that it opens, which may have the same words, by its weight.
    drawn = {shape.text for shape in model.scene().shapes() if isinstance(shape, Text) and shape.weight == TITLE}

    def is_drawn(title: str) -> bool:
        lines = (line for line in drawn if len(line) >= SHORTEST_LINE and title.startswith(line))
        return title in drawn or next(lines, None) is not None

    panels = [inset.title for inset in picture(model.spec, model.block).insets]
    missing += _folded(model.block, [title for title in panels if is_drawn(title)])
    missing += [f"panel {title}" for title in panels if not is_drawn(title) and f"inside of {title}" not in missing]
    return list(dict.fromkeys(missing))


def _folded(block: Block, opened: list[str]) -> Iterator[str]:
    """The modules beside the spine that stay folded; what is beside an opened one is not in its panel."""
    if isinstance(block, Side):
        body = block.body
        if body.kind != "unused_layers" and describe(body).title not in opened:
            yield f"inside of {text(body.label)}"
            return
    for child in children(block):
        yield from _folded(child, opened)
