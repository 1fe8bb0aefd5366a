"""What the page of a model opens: every different block once, with its facts and the panel of what is in it.

It is a classic script of its own, which the page loads when a block is first opened: pages of a folder can load no data
in another way. Panels of blocks that are alike are in it once, drawn as ``--view inset:PATH`` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from archdraw.app.jobs import Made, Output
from archdraw.glossary import Phrase
from archdraw.kinds.registry import kinds
from archdraw.layout.plate import plate as layout
from archdraw.model import Model
from archdraw.scene import Scene
from archdraw.setters import setting_by
from archdraw.site.templating import script, words
from archdraw.theme import load_theme
from archdraw.tree.blocks import Leaf, Module, Weight
from archdraw.tree.description import describe
from archdraw.tree.facts import facts
from archdraw.tree.features import ends
from archdraw.tree.inventory import Stocked, inventory
from archdraw.tree.walks import leaves
from archdraw.typesetting import other_fonts
from archdraw.views.architecture import picture
from archdraw.views.glyphs import letters_of
from archdraw.views.insets import has_inside
from archdraw.views.single.inset import opened_panel
from archdraw.views.stack import Option
from archdraw.writers.svg import svg

LEAVES = ("rmsnorm", "layernorm", "embedding", "output_head")
"""Kinds whose block is a single leaf, which has no field for them: they are known by their terms."""
LEAST_SHARE = 1e-4
"""Smaller shares are said to be so, and are no zero."""
VARIABLE = "modelBlocks"
"""What the script sets."""
HEAD = re.compile(r"^<svg [^>]*?viewBox=\"([^\"]*)\"[^>]*>.*?</desc>(?:<metadata>.*?</metadata>)?", re.DOTALL)
"""The beginning of a picture, which is said once for all panels."""


def made(model: Model, output: Output) -> Made:
    """The blocks of ``model`` in the theme and with the fonts of ``output``, as a script, the same bytes every time."""
    stock = inventory(model.block)
    scenes = list(_panels(model, stock, output))
    data = {
        "name": model.name,
        "blocks": [_said(one, 0 if model.facts.unknown else model.facts.total_parameters) for one in stock],
        "panels": {place: _plain(scene, place) for place, scene in scenes},
        "kinds": _sources(stock),
    }
    own = not any(letters_of(scene) for _, scene in scenes)
    return Made(script(VARIABLE, data), model.name, own_letters=own)


def _panels(model: Model, stock: Sequence[Stocked], output: Output) -> Iterator[tuple[int, Scene]]:
    """The panels of all blocks that have an inside, each with the place of its block in ``stock``."""
    theme = load_theme(output.theme)
    with setting_by(other_fonts(output.fonts)):
        plate = layout.lettered(picture(model.spec, model.block), theme)
        for place, one in enumerate(stock):
            if (
                not isinstance(one.block, Module)
                or not place
                or one.block.level == "stack"
                or not has_inside(one.block)
            ):
                continue
            shown = opened_panel(plate, Option(one.block, one.path, ()), model.spec, model.block)
            scene = layout.draw_panel(replace(plate, insets=(shown,)), shown, theme)
            yield place, replace(scene, background=None)


def _plain(scene: Scene, place: int) -> str:
    """``scene`` as an element of a page that has the font, without what each picture says of itself."""
    return HEAD.sub(r'<svg viewBox="\1">', svg(scene, "plain", prefix=f"panel-{place}-"), count=1)


def _said(one: Stocked, total: int) -> dict[str, Any]:
    """What is said of a block; what there is nothing to say of is left out."""
    described, block = describe(one.block), one.block
    found = {
        "path": one.path,
        "label": described.title or described.label,
        "detail": described.detail,
        "facts": [[name, said] for name, said in _facts(one, total) if said],
        "kind": _kind(block),
        "inside": one.inside,
    }
    return {key: value for key, value in found.items() if value}


def _kind(block: Leaf | Module) -> str:
    """The keyword of the kind that made ``block``, where it is known."""
    if isinstance(block, Module):
        return block.kind
    term = block.label.term if isinstance(block.label, Phrase) else None
    return next((keyword for keyword in LEAVES if kinds()[keyword].term is term), "")


def _facts(one: Stocked, total: int) -> Iterator[tuple[str, str]]:
    """The facts of a block, each with its name: parameters, features of the lines at both ends, weights by name."""
    said, block = words()["model"]["block_facts"], one.block
    each = sum(weight.count for weight in block.weights) if isinstance(block, Leaf) else facts(block).total_parameters
    if each and total:
        part = each * one.number / total
        share = f"{part:.2%}" if part >= LEAST_SHARE or not part else said["tiny"]
        form = "several" if one.number > 1 else "one" if one.number else "beside"
        yield said["parameters"], said[form].format(each=f"{each:,}", number=f"{one.number:,}", share=share)
    first, last, _ = ends(block)
    if first or last:
        yield said["features"], " → ".join(f"{end:,}" if end else "…" for end in (first, last))
    if isinstance(block, Leaf) or not has_inside(block):
        yield said["weights"], "; ".join(_weight(leaf, weight) for leaf in leaves(block) for weight in leaf.weights)


def _weight(leaf: Leaf, weight: Weight) -> str:
    """A tensor of ``leaf``: its name, its shape as stored, and what is special about it."""
    name = weight.name if "." in weight.name else f"{leaf.name}.{weight.name}"
    about = "tied" if weight.tied else "buffer" if weight.buffer else "frozen" if weight.trainable is False else ""
    return f"{name} {' × '.join(f'{extent:,}' for extent in weight.shape)}{f' ({about})' if about else ''}"


def _sources(stock: Sequence[Stocked]) -> dict[str, list[str]]:
    """The kinds of the blocks by their keywords: what they are called, and where their formula comes from."""
    known = kinds()
    used = sorted({_kind(one.block) for one in stock} & known.keys())
    return {keyword: [known[keyword].term.text or keyword, known[keyword].source] for keyword in used}
