"""One block of a model, opened: ``inset:layers/self_attn``, or ``inset:self_attn`` where only one is named so."""

from __future__ import annotations

from dataclasses import replace

from archdraw.errors import ArchdrawError, nearest
from archdraw.layout.plate import plate as layout
from archdraw.picture import Inset, Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture
from archdraw.views.boxes import DIAGRAMS
from archdraw.views.opening import called, is_beside, openable_modules, panel
from archdraw.views.stack import Option


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The inset of the block that ``argument`` names, whether or not a plate opens it.

    A name is the letter or title of a panel, a path or the end of one, a label, a kind or a name of ``define:``. Raises
    :class:`archdraw.ArchdrawError` where there is none, and where several that are not the same have that name.
    """
    plate = layout.lettered(picture(spec, block), theme)
    shown = _shown(plate, argument)
    if shown is None:
        every = openable_modules(block)
        found = called(argument, every, spec) if argument else ()
        if len(found) > 1:
            # Of a draft module's copy of a layer the model's own is meant.
            own = [option for option in found if not is_beside(option.path, block)]
            found = tuple(own) or found
        if len(found) > 1:
            raise ArchdrawError(
                f"several expandable blocks are named {argument}: {', '.join(option.path for option in found)}"
            )
        if not found:
            known = {*(option.path for option in every), *(option.block.name for option in every), *spec.define}
            hint = nearest(argument, known)
            choice = f"; {hint}" if hint else f" (choose from {', '.join(sorted(known))})" if known else ""
            raise ArchdrawError(f"no expandable block named {argument} in {spec.name}{choice}")
        shown = _of_block(found[0], plate, spec, block)
    return layout.draw_panel(replace(plate, insets=(shown,)), shown, theme)


def opened_panel(plate: Plate, option: Option, spec: Spec, block: Module) -> Inset:
    """The panel of the module ``option`` of ``block`` with all that is in it, and what ``plate`` has to say of it.

    A plate may have another panel in its place, such as the keys that each token meets: that comes below.
    """
    there = [inset for inset in plate.insets if option.path in (inset.source, inset.beside)]
    for inset in there:
        if any(isinstance(item, DIAGRAMS) for item in inset.items):
            return inset
    own = _of_block(option, plate, spec, block)
    return replace(own, items=(*own.items, *(item for inset in there for item in inset.items)))


def _of_block(option: Option, plate: Plate, spec: Spec, block: Module) -> Inset:
    shown = panel(option)
    if spec.figure is not None:
        from archdraw.views.figure import figured_panel

        shown = figured_panel(shown, plate, spec, block)
    return shown


def _shown(plate: Plate, argument: str) -> Inset | None:
    """The panel of ``plate`` that ``argument`` names by its letter, its path or its title; None where none or several.

    A panel of a plate has more than the inside of its block: charts, and the block's share of the model.
    """
    for inset in plate.insets:
        if argument and argument in (inset.letter, inset.source, inset.beside):
            return inset
    named = [
        inset
        for inset in plate.insets
        if argument
        and ((inset.source or inset.beside).endswith(f"/{argument}") or inset.title.casefold() == argument.casefold())
    ]
    return named[0] if len(named) == 1 else None
