"""The site of a gallery: what is drawn of each model, and the pages that are made of that.

The site needs no server and no request beyond its folder: what a script reads is a script, too, and pictures, style and
letters are files beside the pages. Without scripts its home is a list of all models. A kind of page is a module in
``pages/``, listed in :data:`PAGES`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from archdraw.app.batch import Outcome
from archdraw.app.jobs import Job, Output
from archdraw.fonts import Weight, web_font
from archdraw.site import web
from archdraw.site.entries import Site, site_of
from archdraw.site.figures import style
from archdraw.site.pages import compare, concepts, findings, home, lesson, lineage, models, scale, timeline
from archdraw.site.settings import Settings
from archdraw.site.templating import plainer, script, words
from archdraw.site.web import History
from archdraw.site.workshop import Workshop
from archdraw.writers import Renderer

PNG_SCALE = 2.0
PNG_WITHIN = (3840, 2160)
"""Pixels of the screens that a PNG is sharp on; more would be scaled down wherever it is shown."""
THUMBS = ("light", "dark")
"""The themes of thumbnails: a page shows those of its own."""
CARD = "-card.png"
CARD_WIDTH = "1200px"
"""What social networks show without scaling it up."""
LARGE = ("png", "pdf")
"""Files of a model that are large, and that no page shows."""
WEIGHTS: tuple[Weight, ...] = (400, 500, 600, 700)
PREFIX = "plate-"
"""Begins all ids of a picture that is in a page."""
STATIC = Path(__file__).parent / "static"
COMMON = ("common.css", "common.js", "icon.svg")
"""The style, the script and the icon of all pages."""
FILES = ("icon", "logo", "facts")
"""Files with endings that those of models have, too."""


class Page(Protocol):
    """A module that makes one kind of page."""

    STATIC: tuple[str, ...]
    """The files in ``static/`` that its pages use, besides :data:`COMMON`."""

    NAMES: tuple[str, ...]
    """Its pages without ".html", but for those that are called like models."""

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Names and contents of its pages, and of data that these read."""


PAGES: tuple[Page, ...] = (home, models, compare, lineage, scale, timeline, concepts, findings, lesson)


def jobs(
    specs: Mapping[Path, str],
    folder: Path,
    theme: str | Path = "light",
    fonts: tuple[str, ...] = (),
    renderer: Renderer = "resvg",
    *,
    cards: bool = False,
    slides: bool = False,
    without: Collection[str] = (),
) -> list[Job]:
    """What is to be made of each of ``specs`` in ``folder``, under its name there: SVG, PNG, thumbnails and its card.

    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws the PNG. ``cards``: each gets
    the picture that social networks show of it, too; ``slides``: a slide of PowerPoint. ``without``: those of
    :data:`LARGE` that are left out.
    """
    plate = Output(folder, "svg", theme=theme, fonts=fonts)
    pixels = replace(plate, format="png", scale=PNG_SCALE, within=PNG_WITHIN, renderer=renderer)
    large = [one for one in (replace(plate, format="pdf"), pixels) if one.format not in without]
    # What is only in a page need not say of what it was drawn.
    thumb, plain = replace(plate, view="thumb", text="outline", metadata=False), replace(plate, metadata=False)
    card = Output(folder, "png", "slide", theme, fonts=fonts, renderer=renderer, width=CARD_WIDTH, dpi=96)
    return [
        Job(
            spec,
            (
                replace(plate, path=folder / f"{name}.svg"),
                # What is drawn of the scene that was laid out last comes in a row.
                replace(plain, path=folder / f"{name}-plain.svg", text="plain", prefix=PREFIX),
                *(replace(one, path=folder / f"{name}.{one.format}") for one in large),
                replace(plate, path=folder / f"{name}-blocks.js", format="js", view="blocks"),
                *([replace(plate, path=folder / f"{name}-dark.svg", theme="dark")] if theme == "light" else []),
                *(replace(thumb, path=folder / f"{name}-thumb-{one}.svg", theme=one) for one in THUMBS),
                Output(folder / f"{name}.json", "json", "facts"),
                Output(folder / f"{name}-compare.js", "js", "compare"),
                Output(folder / f"{name}-about.json", "json", "about"),
                Output(folder / f"{name}.yaml", "yaml", "spec"),
                *([replace(card, path=folder / f"{name}{CARD}")] if cards else []),
                *([replace(plate, path=folder / f"{name}.pptx", format="pptx", view="slide")] if slides else []),
            ),
        )
        for spec, name in specs.items()
    ]


def taken() -> frozenset[str]:
    """Names, in small letters, that no model may have in files, as pages and files of their own have them."""
    return frozenset((*FILES, *(name.casefold() for one in PAGES for name in one.NAMES)))


def files(
    outcomes: Sequence[Outcome], names: Mapping[Path, str], settings: Settings, folder: Path, workshop: Workshop
) -> Iterator[tuple[str, bytes]]:
    """The files beside the pictures of ``outcomes``: pages, style, scripts and letters.

    ``folder`` is that of the settings: where the logo is; ``workshop`` draws the pictures of pages. Raises
    :class:`OSError` where the logo cannot be read.
    """
    site = site_of(outcomes, names, settings, workshop)
    addresses = []
    for one in PAGES:
        for name, data in one.files(site):
            if name.endswith(".html"):
                addresses.append(name)
            yield name, data
    for name in dict.fromkeys((*COMMON, *(name for one in PAGES for name in one.STATIC))):
        data = (STATIC / name).read_bytes()
        yield name, plainer(data.decode()).encode() if name.endswith(".js") else data
    yield "figures.css", style(site.colours)
    yield "strings.js", script("strings", words()["script"])
    for weight in WEIGHTS:
        yield f"inter-{weight}.woff2", web_font(weight)
    if settings.logo is not None:
        yield site.logo, (folder / settings.logo).read_bytes()
    if settings.base_url is not None:
        changed = History.of([*names]).changed
        yield from web.files(site, addresses, {names[spec]: date for spec, date in changed.items()})
