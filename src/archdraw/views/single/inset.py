"""One block of a model, opened: ``inset:layers/self_attn``, or ``inset:self_attn`` where only one is named so."""

from __future__ import annotations

from archdraw.errors import ArchdrawError, nearest
from archdraw.layout.plate import plate as layout
from archdraw.picture import Plate
from archdraw.scene import Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.views.architecture import picture


def draw(spec: Spec, block: Module, argument: str, theme: Theme) -> Scene:
    """The inset of the block that ``argument`` names: by its path, the end of it, its title or the panel's letter.

    Raises :class:`archdraw.ArchdrawError` where there is none, and where several have that name.
    """
    plate = layout.lettered(picture(spec, block), theme)
    known, path = _paths(plate), _path(plate, argument)
    if path not in known and path not in {inset.letter for inset in plate.insets if inset.letter}:
        hint = nearest(argument, {*known, *(path.rpartition("/")[2] for path in known)})
        choice = f"; {hint}" if hint else f" (choose from {', '.join(known)})" if known else ""
        raise ArchdrawError(f"no expandable block named {argument} in {spec.name}{choice}")
    return layout.draw_inset(plate, path, theme)


def _paths(plate: Plate) -> dict[str, str]:
    """The paths of the blocks that are opened, with the titles of their panels."""
    return {path: inset.title for inset in plate.insets if (path := inset.source or inset.beside)}


def _path(plate: Plate, argument: str) -> str:
    """The path that ``argument`` stands for; ``argument`` itself where it may be a letter."""
    known = _paths(plate)
    if argument in known:
        return argument
    by_title = [path for path, title in known.items() if argument and title.casefold() == argument.casefold()]
    found = [path for path in known if argument and path.endswith(f"/{argument}")] or by_title
    if len(found) > 1:
        raise ArchdrawError(f"several expandable blocks are named {argument}: {', '.join(found)}")
    return found[0] if found else argument
