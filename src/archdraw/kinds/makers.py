"""Which kind made which block, for those who ask: an editor leads from a block to its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from archdraw.checked import Checked
from archdraw.tree.blocks import Block


class Makers:
    """The kinds that were expanded within :func:`recorded`, what each made, and for which kinds it was expanded.

    ``made`` has them in the order in which their blocks were finished: what is in a block comes before it. ``alike``
    are pairs of layers that are written alike, of which only the first was expanded. ``body`` is the whole model's.
    """

    def __init__(self) -> None:
        self.made: list[tuple[Checked, Block]] = []
        self.alike: list[tuple[Checked, Checked]] = []
        self.body: Block | None = None
        self._around: dict[int, dict[int, Checked]] = {}
        self._open: list[Checked] = []

    def begins(self, kind: Checked) -> None:
        """The expansion of ``kind`` begins."""
        if self._open and self._open[-1] is not kind:
            outer = self._open[-1]
            self._around.setdefault(id(kind), {})[id(outer)] = outer
        self._open.append(kind)

    def ends(self, kind: Checked, block: Block | None) -> None:
        """The expansion of ``kind`` ends, with ``block`` or, where it failed, None."""
        self._open.pop()
        if block is not None:
            self.made.append((kind, block))

    def around(self, kind: Checked) -> Iterator[Checked]:
        """``kind`` and all kinds around it, the innermost first; one with a name may have been expanded for several."""
        waiting, seen = [kind], {id(kind)}
        for inner in waiting:
            yield inner
            for key, outer in self._around.get(id(inner), {}).items():
                if key not in seen:
                    seen.add(key)
                    waiting.append(outer)


_makers: ContextVar[Makers | None] = ContextVar("makers", default=None)


@contextmanager
def recorded() -> Iterator[Makers]:
    """Within, every expansion of a kind is recorded."""
    makers = Makers()
    token = _makers.set(makers)
    try:
        yield makers
    finally:
        _makers.reset(token)


def makers() -> Makers | None:
    """The record of expansions, where somebody asked for one."""
    return _makers.get()
