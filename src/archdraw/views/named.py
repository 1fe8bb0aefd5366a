"""What names in ``figure:`` stand for in a picture, and what is wrong with those that stand for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from archdraw.errors import ArchdrawError, InputError, nearest
from archdraw.picture import Bar, Box, Inset, Plate
from archdraw.spec import Spec
from archdraw.spec.figure import written
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.walks import walk
from archdraw.views.insets import has_inside, names_of
from archdraw.views.opening import called
from archdraw.views.stack import Option

NOTHING = "nothing in the picture is called {name}"
NOT_TO_BE_OPENED = "nothing that could be opened is called {name}"


class Names:
    """The blocks of a ``model`` by what the figure of ``spec`` may call them; keeps what is wrong with names."""

    def __init__(self, spec: Spec, model: Module) -> None:
        self.spec = spec
        every = ((path, block) for path, block in walk(model.body) if isinstance(block, Leaf | Module))
        self.options = tuple(Option(block, path, ()) for path, block in every)
        self._found: dict[str, tuple[Option, ...]] = {}
        self._wrong: list[tuple[str, str, str, str]] = []

    def blocks(self, name: str) -> tuple[Option, ...]:
        """What ``name`` stands for in the model, whether it is drawn or not."""
        if name not in self._found:
            self._found[name] = called(name, self.options, self.spec)
        return self._found[name]

    def among(self, name: str, paths: Collection[str]) -> set[str]:
        """Those of ``paths`` that are called ``name``; of blocks that have none there, those of equal blocks."""
        found = self.blocks(name)
        own = {option.path for option in found} & set(paths)
        if own:
            return own
        drawn = (option for option in self.options if option.path in paths)
        return {option.path for option in drawn if any(same(option, other) for other in found)}

    def panels(self, name: str, insets: Iterable[Inset]) -> list[Inset]:
        """Those of ``insets`` that open the blocks called ``name``, or have that title."""
        every = list(insets)
        paths = self.among(name, {path for inset in every for path in opens(inset)})
        return [inset for inset in every if (paths | {name}) & {*opens(inset)} or _is_called(inset, name)]

    def without(self, name: str, inset: Inset) -> tuple[Inset, ...]:
        """``inset`` for the other boxes that it opens than those called ``name``; nothing where there are none."""
        left = [path for path in opens(inset) if path not in self.among(name, opens(inset))]
        if not left or inset.beside or _is_called(inset, name):
            return ()
        return (replace(inset, source=left[0], also=tuple(left[1:])),)

    def boxes(self, field: str, name: str, every: Mapping[str, Box | Bar], plate: Plate) -> set[str]:
        """The paths of those boxes of a ``plate``, ``every`` one by its path, that are called ``name`` in ``field``.

        It is wrong where there are none, but for what is in a block that the figure folds.
        """
        found = self.among(name, every)
        if not found:
            wanted = name.casefold()
            found = {
                path for path, box in every.items() if f"/{path}".endswith(f"/{name}") or box.label.casefold() == wanted
            }
        if not found and self.blocks(name):
            if not self._is_folded(name):
                self.wrong(field, name, f"{name} has no box of its own in the picture", self._shown_by(name))
        elif not found:
            self.unknown(field, name, plate, more=(box.label for box in every.values()))
        return found

    def _is_folded(self, name: str) -> bool:
        """Whether all blocks called ``name`` are inside of blocks that the figure folds."""
        fold = self.spec.figure.fold if self.spec.figure else ()
        folded = tuple(f"{option.path}/" for one in fold for option in self.blocks(one))
        return all(option.path.startswith(folded) for option in self.blocks(name))

    def _shown_by(self, name: str) -> str:
        """A hint: what has to be opened for the block called ``name`` to have a box."""
        path = self.blocks(name)[0].path
        outer = (one for one in self.options if path.startswith(f"{one.path}/") and can_be_opened(one.block))
        inner = max(outer, key=lambda one: len(one.path), default=None)
        return f"open: [{inner.block.name}] shows what is in it" if inner else ""

    def wrong(self, field: str, name: str, message: str, hint: str = "") -> None:
        """Keeps that what ``field`` says of ``name`` is wrong."""
        if (field, name, message, hint) not in self._wrong:
            self._wrong.append((field, name, message, hint))

    def unknown(self, field: str, name: str, plate: Plate, message: str = NOTHING, more: Iterable[str] = ()) -> None:
        """Keeps that nothing has the ``name``; ``more`` are others that could have been meant."""
        titles = (inset.title.partition(" (")[0] for inset in plate.insets)
        known = {*self.spec.define, *titles, *more, *(one for option in self.options for one in names_of(option))}
        self.wrong(field, name, message.format(name=name), nearest(name, known))

    def check(self) -> None:
        """Raises all that is wrong at once: :class:`InputError` for what stands in the text of the spec."""
        document = self.spec.document
        places = [(written(document, field, name), said, hint) for field, name, said, hint in self._wrong]
        if found := [document.problem(said, span, hint) for span, said, hint in places if span]:
            raise InputError(found)
        if self._wrong:
            raise ArchdrawError(
                "\n".join(f"{field}: {said}" + (f"; {hint}" if hint else "") for field, _, said, hint in self._wrong)
            )


def same(one: Option, other: Option) -> bool:
    """Whether two blocks are equal, wherever they stand."""
    return one.block is other.block or one.block == other.block


def can_be_opened(block: Block) -> bool:
    """Whether ``block`` is a module with more inside than its box says."""
    return isinstance(block, Module) and block.level != "stack" and has_inside(block)


def opens(inset: Inset) -> tuple[str, ...]:
    """The paths of the boxes that ``inset`` opens; nothing for one that opens none."""
    return tuple(filter(None, (inset.source or inset.beside, *inset.also)))


def _is_called(inset: Inset, name: str) -> bool:
    """Whether ``name`` is the title of a panel; of one that opens no box its first words will do."""
    title, wanted = inset.title.casefold(), name.casefold()
    return wanted in (title, title.partition(" (")[0]) or (not opens(inset) and title.startswith(f"{wanted} "))
