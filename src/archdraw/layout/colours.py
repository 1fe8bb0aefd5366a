"""The colours of a theme by their names, which a layout paints with: what they look like is for the writer to say."""

from __future__ import annotations

from collections.abc import Mapping

from archdraw.records import record
from archdraw.theme import EQUAL, Pattern, Theme

NO_ACCENT = "muted"
"""The colour that stands for the accent in a picture that is about no developer."""
PARTS = ("fill", "border", "text")


@record
class Inks:
    """The names of the colours of a box: its inside, its border and the text in it."""

    fill: str
    border: str
    text: str


@record
class SignInks:
    """The names of the colours of the discs of a comparison; ``ink`` is the stroke on them."""

    changed: str = "signs.changed"
    added: str = "signs.added"
    removed: str = "signs.removed"
    ink: str = "signs.ink"


class Colours:
    """A theme as a layout sees it: names in place of colours, those of ``instead`` in place of others.

    ``palette`` is what each name stands for that has been asked for, in ``#RRGGBB``.
    """

    def __init__(self, theme: Theme, instead: Mapping[str, str] | None = None) -> None:
        self._theme, self._instead = theme, instead or {}
        self.palette: dict[str, str] = {}
        self._inks: dict[str, Inks] = {}
        self.page, self.container, self.container_border = map(self.named, ("page", "container", "container_border"))
        self.ink, self.muted, self.edge, self.zoom = map(self.named, ("ink", "muted", "edge", "zoom"))
        self.band, self.equal_edge, self.accent_ink = map(self.named, ("band", "equal_edge", "accent_ink"))

    def named(self, name: str) -> str:
        """The colour of that ``name``, or the one that is painted instead; it is in the palette from now on.

        Raises :class:`archdraw.errors.ArchdrawError` where the theme has none.
        """
        name = self._instead.get(name, name)
        if name not in self.palette:
            self.palette[name] = self._theme.colour(name)
        return name

    def paint(self, role: str) -> Inks:
        """The colours of ``role``; "equal" is what a comparison lets recede.

        Raises :class:`archdraw.errors.ArchdrawError` where the theme has none.
        """
        found = self._inks.get(role)
        if found is None:
            found = self._inks[role] = Inks(*(self.named(f"{role}.{part}") for part in PARTS))
        return found

    def accent(self, index: int | None) -> str:
        """The accent ``index`` (0 to 11, counted on from there); that of no developer for None."""
        return self.named(NO_ACCENT if index is None else f"accents.{index % len(self._theme.accents)}")

    def tint(self, name: str) -> str:
        """The ground of a block whose border has the colour of that ``name``."""
        return self.named(f"{name}.tint")

    def strong(self, role: str) -> str:
        """What stands out of a role: its fill, or its border where that is pale."""
        return self.named(f"{role}.strong")

    def faint(self, name: str, share: float) -> str:
        """A ``share`` (0 to 1) of the colour of that ``name`` on the page."""
        return self.named(f"{name}@{share:g}")

    @property
    def signs(self) -> SignInks:
        """The colours of the discs of a comparison."""
        return SignInks(*(self.named(f"signs.{part}") for part in ("changed", "added", "removed", "ink")))

    def pattern(self, role: str) -> Pattern:
        """How cells of ``role`` are filled."""
        return self._theme.pattern(role)


RECEDING: Mapping[str, str] = {
    "edge": "equal_edge",
    "plain.fill": "page",
    "plain.border": "equal_edge",
    "plain.text": f"{EQUAL}.text",
}
"""What is painted instead where a comparison lets a model recede: its lines, plain boxes and nodes."""
