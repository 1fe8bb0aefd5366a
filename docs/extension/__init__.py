"""What the site has beyond the Markdown in ``docs``: generated reference pages, examples that are run, pictures."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from docs.extension import commands, examples, kinds, python

logger = logging.getLogger(__name__)

KINDS = "reference/kinds/"
GENERATED = {"reference/commands": commands.page, "reference/python": python.page}
TUTORIAL, COOKBOOK = "tutorial", "cookbook/"
INDEX = "index"
ALWAYS = (*GENERATED, TUTORIAL, INDEX)
UNSORTED = "plugins\n"
"""The entry of the index after which pages come that it does not name."""


def generated(app: Sphinx, docname: str, source: list[str]) -> None:
    """Adds to the text of a page what is generated."""
    if docname == INDEX:
        source[0] = with_all_pages(source[0], app.env.found_docs)
    elif docname in GENERATED:
        source[0] += "\n" + GENERATED[docname]()
    elif docname == TUTORIAL or docname.startswith(COOKBOOK):
        source[0] = run_through(app, docname, source[0])
    elif docname.startswith(KINDS) and docname != f"{KINDS}index":
        source[0] += "\n" + kinds.page(Path(docname).name)


def run_through(app: Sphinx, docname: str, text: str) -> str:
    """``text`` with the pictures of its examples; what is wrong with these is a warning at its line."""
    folder = Path(app.doctreedir, "examples", docname)
    shutil.rmtree(folder, ignore_errors=True)
    done = examples.walk(text, folder)
    for wrong in done.wrong:
        logger.warning(wrong.message, location=(docname, wrong.line), type="archdraw", subtype="examples")
    return done.text


def with_all_pages(text: str, found: set[str]) -> str:
    """The index with the pages of ``docs`` that it does not name, so that a new page is never lost."""
    known = set(text.split()) | {INDEX}
    others = sorted(name for name in found if "/" not in name and name not in known)
    return text.replace(UNSORTED, UNSORTED + "".join(f"{name}\n" for name in others), 1)


def outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Pages that are read in every build, since what they are made of is no file of ``docs``."""
    return [name for name in env.found_docs if name in ALWAYS or name.startswith((KINDS, COOKBOOK))]


SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


class Lazy(SphinxPostTransform):
    """Has pictures loaded when they come into sight: a page of kinds has many."""

    default_priority = 95

    def run(self, **kwargs: Any) -> None:
        for image in self.document.findall(nodes.image):
            image["loading"] = "lazy"
            file = Path(image["uri"])
            size = SIZE.search(file.read_text("utf-8")[:2000]) if file.is_absolute() and file.suffix == ".svg" else None
            if size and image.get("width", "").endswith("px"):
                # Its place is kept, so that a link into the page leads there before what is above has been loaded.
                image["height"] = f"{float(image['width'][:-2]) * float(size[2]) / float(size[1]):.0f}px"


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", generated)
    app.connect("env-get-outdated", outdated)
    app.add_post_transform(Lazy)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
