"""The colours of a picture as those of a deck's theme, so that another theme restyles all of it.

A theme of PowerPoint has two grounds, two inks and six accents. Pale insides of boxes are accents that the ground
shines through: they are pale on white and deep on black.
"""

from __future__ import annotations

from collections.abc import Mapping

from archdraw.contrast import contrast, mix
from archdraw.records import record
from archdraw.scene import Scene

WHOLE = 100_000
"""The whole of what is written as a share."""
GROUND, INK, SECOND_INK = "bg1", "tx1", "tx2"
HUES: Mapping[str, str] = {
    "accent1": "embedding.border",
    "accent2": "experts.border",
    "accent3": "norm.border",
    "accent4": "position.border",
    "accent5": "latent.border",
    "accent6": "auxiliary.border",
}
"""The accents of a deck without a template, by the colours of a picture that they are."""
INSTEAD: Mapping[str, tuple[str, ...]] = {
    "accent2": ("signs.changed", "expert_active.border"),
    "accent4": ("convolution.fill",),
    "accent5": ("signs.removed",),
    "accent6": ("signs.added", "linear.fill"),
}
"""What else these are of, in a picture that lacks the colours of :data:`HUES`."""
GROUNDS: Mapping[str, str] = {"bg1": "page", "tx1": "ink", "bg2": "container", "tx2": "attention.fill"}
"""Its grounds and inks, in the same way."""


@record
class Paint:
    """A ``slot`` of the theme, or ``#RRGGBB``, of which so much is seen as ``share`` says (0 to 1)."""

    slot: str
    share: float = 1.0

    def faint(self, share: float) -> Paint:
        """A ``share`` of it."""
        return Paint(self.slot, self.share * share)


_INK, _GROUND, _SECOND = Paint(INK), Paint(GROUND), Paint(SECOND_INK)
_NAMED: Mapping[str, Paint] = {
    "page": _GROUND,
    "ink": _INK,
    "edge": _INK,
    "muted": _INK.faint(0.75),
    "zoom": _INK.faint(0.75),
    "equal_edge": _INK.faint(0.7),
    "container": _INK.faint(0.04),
    "band": _INK.faint(0.04),
    "container_border": _INK.faint(0.6),
    "accent_ink": _GROUND,
    "signs.changed": Paint("accent2"),
    "signs.added": Paint("accent6"),
    "signs.removed": Paint("accent5"),
    "signs.ink": _GROUND,
}
_ROLES: Mapping[str, tuple[Paint, Paint]] = {
    "plain": (_GROUND, _INK),
    "input": (_GROUND, _INK),
    "unknown": (_GROUND, _INK.faint(0.75)),
    "equal": (_GROUND, _INK.faint(0.55)),
    "embedding": (Paint("accent1", 0.15), Paint("accent1")),
    "norm": (Paint("accent3", 0.17), Paint("accent3")),
    "attention": (_SECOND, _INK),
    "sliding": (_SECOND.faint(0.78), _INK),
    "linear": (Paint("accent6"), Paint("accent6")),
    "convolution": (Paint("accent4"), Paint("accent4")),
    "feed_forward": (_SECOND.faint(0.15), _SECOND),
    "experts": (Paint("accent2", 0.18), Paint("accent2")),
    "shared": (Paint("accent2", 0.38), Paint("accent2")),
    "expert_active": (Paint("accent2"), Paint("accent2")),
    "expert_idle": (Paint("accent2", 0.32), Paint("accent2")),
    "position": (Paint("accent4", 0.15), Paint("accent4")),
    "latent": (Paint("accent5", 0.15), Paint("accent5")),
    "auxiliary": (Paint("accent6", 0.15), Paint("accent6")),
}
"""The inside and the border of boxes, by their roles."""
_QUIET = frozenset({"unknown", "equal"})
"""Roles whose words recede."""
STANDS_OUT = 3.0
"""The contrast with the ground from which on a fill stands out by itself."""


class Colours:
    """What the names of a picture's colours are in a deck whose theme has the colours ``slots`` (``#RRGGBB``)."""

    def __init__(self, scene: Scene, slots: Mapping[str, str]) -> None:
        self._scene, self._slots = scene, slots
        self._found: dict[str, str] = {}

    def solid(self, name: str) -> str:
        """The fill of the colour called ``name``, as markup."""
        if name not in self._found:
            self._found[name] = filled(self.paint(name))
        return self._found[name]

    def ink(self, name: str) -> str:
        """The fill of words in the colour called ``name``, markup; what recedes is lighter, nothing shines through."""
        paint = self.paint(name)
        return filled(paint, see_through=not paint.slot.startswith("tx"))

    def paint(self, name: str) -> Paint:
        """The colour called ``name``; one that no theme of PowerPoint has a place for is itself."""
        if name in _NAMED:
            return _NAMED[name]
        whole, _, share = name.partition("@")
        if share:
            return self.paint(whole).faint(float(share))
        above, _, part = name.rpartition(".")
        if part == "tint":
            # Pale boxes stand on it: through them another colour would look like mud.
            return _GROUND
        if above == "accents":
            return Paint("accent1")
        if above in _ROLES:
            return self._of_role(above, part)
        return Paint(self._scene.colour(name))

    def _of_role(self, role: str, part: str) -> Paint:
        fill, border = _ROLES[role]
        if part == "border":
            return border
        if part == "strong":
            return fill if contrast(self._seen(fill), self._slots[GROUND]) >= STANDS_OUT else border
        if part == "text":
            # What is read on a theme's own colour depends on that theme.
            ink = max((INK, GROUND), key=lambda slot: contrast(self._slots[slot], self._seen(fill)))
            return Paint(ink, 0.75 if role in _QUIET else 1.0)
        return fill

    def _seen(self, paint: Paint) -> str:
        """``paint`` as it looks on the ground."""
        return mix(self._slots.get(paint.slot, paint.slot), self._slots[GROUND], paint.share)


def filled(paint: Paint, *, see_through: bool = True) -> str:
    """``paint`` as the markup of a fill; what is not ``see_through`` has its share of black or white in its stead."""
    share, number = "", round(paint.share * WHOLE)
    if paint.share < 1:
        lighter = f'<a:lumMod val="{number}"/><a:lumOff val="{WHOLE - number}"/>'
        share = f'<a:alpha val="{number}"/>' if see_through else lighter
    if paint.slot.startswith("#"):
        return f'<a:solidFill><a:srgbClr val="{paint.slot[1:]}">{share}</a:srgbClr></a:solidFill>'
    return f'<a:solidFill><a:schemeClr val="{paint.slot}">{share}</a:schemeClr></a:solidFill>'
