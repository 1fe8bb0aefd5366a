"""A model on a page of a profile: as much of its plate as finds room there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, assert_never

from archdraw.errors import ArchdrawError
from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.layout.compact import beside, rightwards, slide, thumb, upright
from archdraw.layout.compact.model import Page
from archdraw.layout.compact.slide_words import MARGIN, TAKEN
from archdraw.layout.diagram.measures import SMALL, SPINE
from archdraw.layout.untitled import untitled
from archdraw.lengths import pixels
from archdraw.picture import Inset, Plate
from archdraw.profile import Profile
from archdraw.records import record
from archdraw.scene import Group, Rect, Scene
from archdraw.spec import Spec
from archdraw.theme import Theme
from archdraw.tree.blocks import Module
from archdraw.tree.facts import Facts, facts
from archdraw.views import unpublished
from archdraw.views.active import left_out_as_published
from archdraw.views.architecture import left_out, picture, sources_of
from archdraw.views.brief import not_shown, shortened
from archdraw.views.header import kind_of, layers_of, origin, size_of
from archdraw.views.layers_as_one import layers_as_one
from archdraw.views.quoted import quoted

NARROW_MARGIN = 10.0
WORDS_ONLY = 2
"""Rectangles of a panel that has nothing but words: its ground and the one of its letter."""
FOR_PANELS = frozenset({"spacing", "layers", "tags"})
"""Steps that leave out little: they are worth a panel."""


def draw(spec: Spec, block: Module, profile: Profile, theme: Theme, *, layers: bool = False) -> Scene:
    """The scene of a model on a page of ``profile``, in which its ``layers`` may have to be more than boxes.

    Raises :class:`ArchdrawError` where the page has no room for it.
    """
    profile = profile.towards(profile.direction)
    if not (spec.figure and spec.figure.notes):
        profile = profile.model_copy(update={"drop": tuple(step for step in profile.drop if step != "notes")})
    counted = facts(block)
    # Where facts stand out, the first of them is the size.
    size = "" if profile.facts else _size(spec, counted)
    subtitle = tuple(filter(None, (size, origin(spec), kind_of(block), text(layers_of(block)))))
    if spec.figure and spec.figure.subtitle:
        subtitle = (spec.figure.subtitle,)
    is_thumb = profile.layout == "thumb"
    plates = [
        replace(
            picture(spec, block, brief=brief, every_strip=is_thumb),
            facts=quoted(spec, block, counted, sizes=is_thumb),
            subtitle=subtitle,
        )
        for brief in (False, True)
    ]
    said = _Footer(spec, block, left_out_as_published(counted, spec.published, stated=not profile.facts))
    # A network is a single box only where its layers as boxes find no room either.
    last = len(profile.drop) - profile.drop.count("whole")
    # Its size may be said by its name rather than in a box of its own; a single box has no direction.
    bare = replace(plates[0], facts=(), subtitle=(_size(spec, counted), *subtitle))
    named = [plates[0], *([bare] if profile.facts else [])]
    # The box of what comes in goes last, where the first block does not say it; beside a tower it says which column is
    # whose.
    unnamed = () if plates[0].towers else tuple(replace(plate, inputs=()) for plate in named)
    ways = [(plate, last) for plate in (plates[1], *named[1:], *unnamed)]
    is_right = profile.direction == "right"
    if not is_right:
        ways.append((plates[0], len(profile.drop)))

    def in_order() -> Iterator[tuple[Plate, int]]:
        yield plates[0], last
        if layers:
            return
        if profile.layout == "page" and not is_right and (joint := layers_as_one(spec, block)) is not None:
            yield replace(joint, subtitle=subtitle), last
        yield from ways

    for plate, number in in_order():
        scene = _best(plate, said, profile.model_copy(update={"drop": profile.drop[:number]}), theme)
        if scene:
            return _printed(_titled(scene, spec, profile), profile, said)
    other = " as it flows to the right; take a wider page, or have it flow up" if is_right else ""
    raise ArchdrawError(f"{spec.name} finds no room on the page {profile.name}{other}")


def _titled(scene: Scene, spec: Spec, profile: Profile) -> Scene:
    """``scene`` without the name or the line below it where the figure of ``spec`` leaves them out."""
    if spec.figure is None or profile.layout == "thumb":
        return scene
    taken = _cut(spec, profile) if profile.layout == "slide" else None
    return untitled(scene, name=not spec.figure.has_name, numbers=not spec.figure.has_line, taken=taken)


def _cut(spec: Spec, profile: Profile) -> float:
    """By how many px a page of one size is drawn higher, since it has no header that would take them."""
    has_header = spec.figure is None or spec.figure.has_name or spec.figure.has_line
    return 0.0 if has_header or profile.layout != "slide" else TAKEN


def _size(spec: Spec, counted: Facts) -> str:
    """How many parameters there are, or what was published of it."""
    return unpublished.size(spec) if counted.unknown else text(size_of(spec, counted))


def _best(plate: Plate, said: _Footer, profile: Profile, theme: Theme) -> Scene | None:
    """The scene of ``plate`` after the fewest steps of ``profile``; None where it does not fit after all of them.

    Small steps are also taken to make room for a panel, where there would be none.
    """
    small = next((n for n, step in enumerate(profile.drop) if step not in FOR_PANELS), len(profile.drop))
    found = None
    for number in range(small + 1) if profile.panels and plate.insets else ():
        scene = _on(plate, said, (*profile.without, *profile.drop[:number]), profile, theme)
        if scene and _panels(scene, plate):
            found = _fullest(plate, said, profile, number, theme, panels=_panels(scene, plate)) or scene
            break
    if profile.panels and profile.drop[:1] == ("details",) and not (found and has_figures(found)):
        # Sizes are worth less than the figure of what few models have.
        scene = _on(plate, said, (*profile.without, *profile.drop[:1]), profile, theme)
        found = scene if scene and has_figures(scene) else found
    if found:
        return found
    for number in range(len(profile.drop) + 1):
        scene = _on(plate, said, (*profile.without, *profile.drop[:number]), profile, theme)
        if scene:
            return _fullest(plate, said, profile, number, theme, panels=_panels(scene, plate)) or scene
    return None


def has_figures(scene: Scene) -> bool:
    """Whether ``scene`` has panels, and each of them more than words."""
    parts = [one for one in scene.children if isinstance(one, Group) and one.role == "panel"]
    panels = [replace(scene, children=part.children) for part in parts]
    return bool(panels) and all(
        sum(isinstance(shape, Rect) for shape in panel.shapes()) > WORDS_ONLY for panel in panels
    )


def _panels(scene: Scene, plate: Plate) -> int:
    """How many panels of ``plate`` the ``scene`` has."""
    return len(plate.insets) - len(scene.left_out)


def _fullest(plate: Plate, said: _Footer, profile: Profile, number: int, theme: Theme, *, panels: int) -> Scene | None:
    """The scene after so many steps of the ``profile``, but for those that turn out not to be needed.

    None where all are: a step that is taken first leaves out least, and may be made up for by one that comes later.
    It has as many ``panels`` as it would have after all of them.
    """
    steps, best = list(profile.drop[:number]), None
    for step in profile.drop[: max(0, number - 1)]:
        fewer = [other for other in steps if other != step]
        scene = _on(plate, said, (*profile.without, *fewer), profile, theme)
        if scene and _panels(scene, plate) >= panels:
            steps, best = fewer, scene
    return best


def _on(plate: Plate, said: _Footer, steps: Sequence[str], profile: Profile, theme: Theme) -> Scene | None:
    """The scene of ``plate`` after ``steps`` on a page of ``profile``; None where it does not fit."""
    page, short = _page(profile, tight="spacing" in steps), shortened(plate, steps)
    page = replace(page, height=page.height + _cut(said.spec, profile))

    def footer(panels: Sequence[Inset]) -> Sequence[str]:
        return [line for lacking in not_shown(short, panels) for line in said.after(lacking)]

    opened, plate = short.opened, short.plate
    if profile.direction == "right":
        fixed = profile.layout == "slide"
        if not rightwards.fits(plate, opened, page, footer, fixed=fixed):
            return None
        return rightwards.draw(plate, opened, page, footer, theme, fixed=fixed)
    match profile.layout:
        case "thumb":
            return thumb.draw(plate, page, theme)
        case "slide":
            fitting = slide.fits(plate, opened, page, footer)
            return slide.draw(plate, opened, page, footer, theme) if fitting else None
        case "column":
            fitting = upright.fits(plate, opened, page, footer)
            return upright.draw(plate, opened, page, footer, theme) if fitting else None
        case "page":
            return beside.draw(plate, page, footer, theme) if beside.fits(plate, page, footer) else None
        case _:
            assert_never(profile.layout)


def _printed(scene: Scene, profile: Profile, said: _Footer) -> Scene:
    """``scene`` with the size of its page in print, and in words all its sources."""
    wide, high = (float(round(length)) for length in profile.size)
    if profile.layout not in ("slide", "thumb"):
        high = float(round(scene.height * wide / scene.width))
    is_thumb = profile.layout == "thumb"
    described = scene.description if is_thumb else _described(scene.description, said, scene.left_out)
    return replace(scene, printed=(wide, high), description=described)


def _described(description: str, said: _Footer, left_out: tuple[str, ...]) -> str:
    """``description`` with all sources, what an active count leaves out, and the titles of panels ``left_out``."""
    sources = sources_of(said.spec)
    source = text(words.SOURCES(sources=sources)) if sources else ""
    lacking = text(words.NOT_SHOWN(what=left_out)) if left_out else ""
    return " ".join((description, *(f"{one[:1].upper()}{one[1:]}." for one in (said.active, lacking, source) if one)))


@record
class _Footer:
    """What a page of few words says of a model below all, the most words first."""

    spec: Spec
    block: Module
    active: str = ""

    def after(self, lacking: str) -> tuple[str, ...]:
        """The words where the page lacks what ``lacking`` says: with all sources, short ones, the first of them."""
        sources = self.spec.sources
        every = list(sources.values() if isinstance(sources, dict) else sources)
        brief = [*dict.fromkeys(map(short_source, every))]
        named = [text(words.SOURCES(sources="; ".join(some))) for some in (every, brief)] if every else [""]
        if len(brief) > 1:
            named.append(text(words.SOURCE_AND_MORE(source=brief[0], number=len(brief) - 1)))
        reasons = tuple(self.spec.incomplete[:1])
        incomplete = text(words.INCOMPLETE(reasons=reasons)) if reasons else ""
        rest = (left_out(self.block), self.active, incomplete, lacking, "archdraw")
        return tuple(" | ".join(filter(None, (source, *rest))) for source in dict.fromkeys(named))


def short_source(source: str) -> str:
    """What a ``source`` is known by: its number in arXiv, a config without its place, a paper without its section.

    >>> short_source("config.json of openai/whisper-large-v3"), short_source("Vaswani et al. 2017, arXiv:1706.03762")
    ('config.json', 'arXiv:1706.03762')
    """
    if paper := re.search(r"arXiv:[\w./-]*\w", source):
        return paper[0]
    if re.fullmatch(r"config\.json of \S+/\S+(?: and its class defaults)?", source):
        return "config.json"
    return re.sub(r", (?:tables?|sections?|figures?) [\d.]+(?: and .*)?$", "", source)


@lru_cache(maxsize=16)
def _sized(width: float, height: float, least: float, *, fixed: bool) -> tuple[float, float]:
    """Width and height in design px of a page of ``width`` by ``height`` px whose ``least`` text is :data:`SMALL`.

    A page of one size has a whole number of px both ways.
    """
    across = int(width * SMALL / least)
    if fixed:
        exact = (x for x in range(across, across * 9 // 10, -1) if abs(x * height / width % 1 - 0.5) > 0.499)
        across = next(exact, across)
    return float(across), float(round(across * height / width))


def _page(profile: Profile, *, tight: bool) -> Page:
    """The page of ``profile`` in design px, its boxes with less air about them where it is to be ``tight``."""
    width, height = (round(length, 1) for length in profile.size)
    fixed = profile.layout == "slide"
    across, high = _sized(width, height, pixels(profile.least_text), fixed=fixed)
    own: dict[str, Any] = {**profile.spine, **(profile.tight if tight else {})}
    of_several: dict[str, Any] = dict(profile.columns)
    alone = replace(SPINE, column=None, **own)
    columns = replace(alone, **of_several)
    margin = MARGIN if fixed else NARROW_MARGIN
    return Page(across, high, margin, replace(alone, column=columns), columns, profile.panels, profile.facts)
