"""Pictures in what Pandoc and Quarto convert: a filter on the JSON of a document.

``archdraw.lua`` beside this module is the filter that users name. It has the document go through ``archdraw pandoc``,
which does all that follows.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from archdraw.documents.asking import DRAWING, USUAL, Block, asked, known_options
from archdraw.documents.drawing import Figure, drawn
from archdraw.documents.saying import MARK, found_in
from archdraw.errors import ArchdrawError, Problem
from archdraw.files import write_whole
from archdraw.records import record
from archdraw.writers import TextMode

LUA = Path(__file__).parent / "archdraw.lua"
"""The filter that users name."""

FOLDER = "archdraw-figures"
"""Where files are written, in the working folder; ``archdraw-folder`` in the metadata of a document is another."""
PLACE = ("alt", "caption", "format", "width")
"""Options of the place in the document."""
OF_PANDOC = ("height", "style", "title", "loading")
"""Attributes of pictures that stay as they are; so do those that begin as one of :data:`KEPT`."""
KEPT = ("fig-", "data-", "aria-", "lightbox")
FIGURES = (1, 23)
"""The version of Pandoc's document from which on it has figures."""

TEXT_WIDTH = 600
"""Px that surely have room in a line of text: less than A4 between usual margins."""

CAPTION = 80
"""Px of a caption on a slide."""

Node: TypeAlias = Any
"""A part of Pandoc's document: plain data."""


@record
class Target:
    """How a format of Pandoc's takes pictures: their ``format``, how letters are written, and the usual ``view``.

    ``fits``: Pandoc makes those smaller that are wider than the text; ``captions``: it sets any words below them.
    A slide that does not make pictures smaller has room for ``height`` px of one. ``before`` are blocks in front of a
    document with pictures.
    """

    format: str = "svg"
    text: TextMode = "embed"
    view: str = USUAL
    fits: bool = True
    captions: bool = False
    height: int = 0
    before: tuple[Node, ...] = ()


_PAPER = Target("pdf")
# Word shows an SVG only with a PNG beside it, which Pandoc cannot make by itself.
_PIXELS = Target("png")
# What reads these has no fonts of the file: letters are shapes there.
_SHAPES = Target(text="outline")
# Without it Typst cuts off at both ends what is higher than its page.
_WHOLE: Node = {"t": "RawBlock", "c": ["typst", '#set image(fit: "contain")']}
TARGETS: Mapping[str, Target] = {
    "revealjs": Target(view="slide", height=440),
    **dict.fromkeys(("slidy", "slideous", "s5", "dzslides"), Target(view="slide")),
    **dict.fromkeys(("latex", "context"), _PAPER),
    "beamer": Target("pdf", view="slide"),
    "pptx": Target("png", view="slide", captions=True),
    **dict.fromkeys(("docx", "rtf", "icml", "fb2", "ms"), _PIXELS),
    **dict.fromkeys(("odt", "opendocument"), Target(text="outline", fits=False)),
    "typst": Target(text="outline", before=(_WHOLE,)),
    **dict.fromkeys(("epub", "epub2", "epub3", "docbook", "docbook4", "docbook5", "jats", "tei"), _SHAPES),
}
"""Formats of Pandoc; all others are shown by browsers."""


class Filter:
    """Draws what a document asks for that becomes ``to``; ``files`` are what Pandoc has read it from."""

    def __init__(self, document: Node, to: str, files: Sequence[str] = ()) -> None:
        self.document = document
        self.target = TARGETS.get(to.partition("+")[0].partition("-")[0], Target())
        self.problems: list[Problem | str] = []
        """What is wrong, at its places."""
        self.failed = False
        self._on_top = False
        meta = document.get("meta", {})
        self._folder = _text(meta.get("archdraw-folder")) or FOLDER
        self._theme = _text(meta.get("archdraw-theme"))
        self._version = tuple(document.get("pandoc-api-version", FIGURES))
        self._files = {name: _lines(name) for name in files}
        self._after: Counter[str] = Counter()
        """The line of the last block in each file: they come in the order of the document."""

    def run(self) -> Node:
        """The document with its pictures; :attr:`problems` has what could not be drawn."""
        blocks = []
        for block in self.document["blocks"]:
            self._on_top = block.get("t") == "CodeBlock"
            blocks.append(self._each(block))
        before = self.target.before if blocks != self.document["blocks"] else ()
        return {**self.document, "blocks": [*before, *blocks]}

    def _each(self, node: Node) -> Node:
        match node:
            case {"t": "CodeBlock", "c": [[name, classes, pairs], text]} if MARK in classes:
                return self._block(name, classes, dict(pairs), text) or node
            case {"t": "Image", "c": [[name, classes, pairs], words, [source, title]]} if MARK in classes:
                file, kept = self._file(source, dict(pairs), self._line_of(source)) or (source, dict(pairs))
                return _image(name, classes, kept, words, file, title)
            case dict():
                return {key: self._each(value) for key, value in node.items()}
            case list():
                return [self._each(value) for value in node]
            case _:
                return node

    def _block(self, name: str, classes: Sequence[str], options: Mapping[str, str], text: str) -> Node | None:
        places = (found_in(lines, text, file, self._after[file]) for file, lines in self._files.items())
        block = next(filter(None, places), Block(next(iter(self._files), "document")))
        self._after[block.file] = block.line
        made = self._file(text, options, block)
        if made is None:
            return None
        file, kept = made
        alt = options.get("alt", "") or self._title
        words = _words(alt)
        caption = _words(options.get("caption", ""))
        title = ""
        if self.target.captions:
            words, title = caption, alt
        if self.target.height:
            classes, kept = self._on_a_slide(classes, kept, alone=not caption)
        if not caption:
            return {"t": "Para", "c": [_image(name, classes, kept, words, file, title)]}
        if self._version < FIGURES:
            # As Pandoc marked a figure before it had figures.
            return {"t": "Para", "c": [_image(name, classes, kept, caption, file, "fig:")]}
        inside = [{"t": "Plain", "c": [_image("", classes, kept, words, file, title)]}]
        return {"t": "Figure", "c": [[name, [], []], [None, [{"t": "Plain", "c": caption}]], inside]}

    def _on_a_slide(
        self, classes: Sequence[str], kept: dict[str, str], *, alone: bool
    ) -> tuple[Sequence[str], dict[str, str]]:
        """Classes and attributes of a picture that is not to be higher than its slide."""
        if {"height", "style", "width"} & {*kept}:
            return classes, kept
        if alone and self._on_top:
            return [*classes, "r-stretch"], kept  # reveal.js gives it what the rest of its slide leaves
        room = self.target.height - (0 if alone else CAPTION)
        return classes, {**kept, "style": f"max-height: {room}px"}

    def _file(self, content: str, options: Mapping[str, str], block: Block) -> tuple[str, dict[str, str]] | None:
        """Draws, and returns the file and the attributes that stay; None with problems where it cannot be."""
        kept = {name: value for name, value in options.items() if name in OF_PANDOC or name.startswith(KEPT)}
        said = {name: value for name, value in options.items() if name not in kept}
        try:
            known_options(said, PLACE)
            if said.get("width"):
                kept["width"] = said["width"]
            look = {name: value for name, value in said.items() if name in DRAWING}
            if self._theme:
                look.setdefault("theme", self._theme)
            folder = os.path.dirname(block.file)  # noqa: PTH120 - empty for a file of the working folder
            wanted = asked(content, look, block, folder=folder, usual=self.target.view)
            format = said.get("format", self.target.format)
            figure = drawn(wanted, format, text=self.target.text)
        except ArchdrawError as error:
            figure = Figure(None, (str(error),))
        at = f"{block.file}:{block.line}: "
        self.problems += [one if isinstance(one, Problem) else f"{at}error: {one}" for one in figure.problems]
        if figure.made is None:
            if any(isinstance(one, Problem) and one.span.file != block.file for one in figure.errors):
                self.problems.append(f"{at}error: this model cannot be drawn")
            self.failed = True
            return None
        self._title = figure.made.title
        if not self.target.fits and figure.made.width > TEXT_WIDTH:
            kept.setdefault("width", "100%")
        letters = "" if self.target.text == "embed" else f"-{self.target.text}"
        path = f"{self._folder}/{wanted.name}{letters}.{format}"
        if not Path(path).is_file() or Path(path).read_bytes() != figure.made.data:
            write_whole(path, figure.made.data)
        return path, kept

    def _line_of(self, source: str) -> Block:
        """Where the picture ``source`` is asked for."""
        for file, lines in self._files.items():
            for number, line in enumerate(lines, 1):
                if f"]({source}" in line and MARK in line:
                    return Block(file, number)
        return Block(next(iter(self._files), "document"))


def _lines(file: str) -> list[str]:
    """The lines of ``file``, for a message only: none of one that cannot be read, as stdin."""
    try:
        return Path(file).read_text("utf-8-sig", "replace").splitlines()
    except OSError:
        return []


def _text(value: Node) -> str:
    """A value of the metadata as text."""
    match value:
        case {"t": "MetaString", "c": str(text)}:
            return text
        case {"t": "MetaInlines", "c": list(inlines)}:
            return "".join(_plain(inlines))
        case _:
            return ""


def _plain(inlines: Sequence[Node]) -> Iterator[str]:
    for one in inlines:
        match one:
            case {"t": "Str" | "Code", "c": content}:
                yield content if isinstance(content, str) else content[-1]
            case {"t": "Space" | "SoftBreak"}:
                yield " "


def _words(text: str) -> list[Node]:
    """``text`` as Pandoc has it, word by word."""
    parts = [part for word in text.split() for part in ({"t": "Space"}, {"t": "Str", "c": word})]
    return cast(list[Node], parts[1:])


def _image(
    name: str, classes: Sequence[str], kept: Mapping[str, str], words: list[Node], file: str, title: str = ""
) -> Node:
    left = [one for one in classes if one != MARK]
    return {"t": "Image", "c": [[name, left, [[key, value] for key, value in kept.items()]], words, [file, title]]}
