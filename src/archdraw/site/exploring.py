"""The diagram of one model as a page that needs no other file: what :meth:`archdraw.Model.explore` shows in a notebook.

It is that of the model's page in a gallery, with the same scripts: every block opens in place, words are found.
"""

from __future__ import annotations

import re
from pathlib import Path

from archdraw.app.jobs import Output
from archdraw.model import Model
from archdraw.notebook import Explored
from archdraw.site import blocks
from archdraw.site.entries import DECLARATION
from archdraw.site.templating import as_is, page, plainer, words
from archdraw.site.templating import script as variable
from archdraw.theme import load_theme

STATIC = Path(__file__).parent / "static"
STYLES = ("common.css", "model.css")
SCRIPTS = ("zoom.js", "opening.js", "finding.js", "exploring.js")
OWN = ".explore {{ padding: 0.75rem }} .explore .diagram {{ margin: 0 }} .explore #plate {{ background: {ground} }}"
"""What a frame has other than a page: little room, and the ground of its picture, which all of it recedes into."""
LETTERS = re.compile(r"@font-face \{[^}]*\}\n?")
"""Letters of pages are files; those of this page are in its picture."""
BRIGHT = 0x80
"""Above it a page is light."""


def explored(model: Model, theme: str | Path, fonts: tuple[str, ...], height: int) -> Explored:
    """``model`` to be explored in a frame of ``height`` px; raises as :meth:`archdraw.Model.scene`."""
    picture = model.svg(theme, "plate", fonts=fonts)
    data = blocks.made(model, Output(Path("-"), "js", "blocks", theme, fonts=fonts)).data
    title = f"{model.name} architecture"
    scripts = [
        data.decode(),
        variable("strings", words()["script"]["model"]).decode(),
        *(plainer((STATIC / name).read_text("utf-8")) for name in SCRIPTS),
    ]
    style = "".join((STATIC / name).read_text("utf-8") for name in STYLES)
    ground = load_theme(theme).page
    made = page(
        "explore.html.j2",
        title=title,
        blocks="",
        has_dark=False,
        picture=as_is(DECLARATION.sub("", picture)),
        scheme=_scheme(ground),
        style=as_is(LETTERS.sub("", style) + OWN.format(ground=ground)),
        scripts=[as_is(one) for one in scripts],
    )
    return Explored(made, title, height)


def _scheme(ground: str) -> str:
    """Whether what is around a picture on this ``ground``, ``#RRGGBB``, is light or dark."""
    return "light" if max(bytes.fromhex(ground[1:])) > BRIGHT else "dark"
