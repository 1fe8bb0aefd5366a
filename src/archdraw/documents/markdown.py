"""Pictures in Markdown: a fence for pymdownx.superfences, as MkDocs, Material for MkDocs and Zensical use it.

A fence has no place to put files into, so the picture stands in the page: no file is left over, none is missing.
"""

from __future__ import annotations

import logging
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from archdraw.documents.asking import Asked, Block, asked, known_options
from archdraw.documents.drawing import Figure, drawn
from archdraw.documents.saying import found_in, split
from archdraw.errors import ArchdrawError, Problem

PLACE = ("alt", "align", "caption", "name", "class")
"""Options of the place in the document."""
BOTH = "auto"
"""A theme that is light or dark, as the reader's system is."""
ALIGN = ("left", "center", "right")
ONLY = ("only-light", "only-dark")
"""Classes by which themes show a picture in one of their color schemes; Material looks for them in the address."""
UNNAMED = "Markdown text"
LAST = "archdraw_last"
"""An attribute of the converter: the file and line of the fence before, as fences come in their order."""


def validator(language: str, inputs: dict[str, str], options: dict[str, str], attrs: dict[str, str], md: Any) -> bool:
    """Takes all ``inputs`` as ``options``: those that there are not are reported where the picture would be."""
    options.update({name: str(value) for name, value in inputs.items()})
    return True


def fence(source: str, language: str, css_class: str, options: dict[str, str], md: Any, **more: Any) -> str:
    """The HTML of the picture that the fence with the text ``source`` asks for, or of what is wrong with it.

    Raises ``SuperFencesException`` for a fault of archdraw's own: any other exception would be passed over.
    """
    try:
        return _picture(source, {**options, **_attributes(more)}, _block(source, md))
    except Exception as error:
        from pymdownx.superfences import SuperFencesException

        raise SuperFencesException(f"archdraw has failed at a fence: {error}") from error


def _attributes(more: Mapping[str, Any]) -> dict[str, str]:
    """What is in braces, ``{ .archdraw .wide #figure }``, as options."""
    found = {"class": " ".join(more.get("classes") or ()), "name": more.get("id_value") or ""}
    return {name: value for name, value in found.items() if value}


def _picture(source: str, options: Mapping[str, str], block: Block) -> str:
    folder = str(Path(block.file).parent) if block.file != UNNAMED else ""
    themes = ("light", "dark") if options.get("theme") == BOTH else (options.get("theme", ""),)
    try:
        known_options(options, PLACE)
        if options.get("align", ALIGN[0]) not in ALIGN:
            raise ArchdrawError(f"align is {', '.join(ALIGN[:-1])} or {ALIGN[-1]}, not {options['align']!r}")
        every = [asked(source, {**options, "theme": theme}, block, folder=folder) for theme in themes]
    except ArchdrawError as error:
        return _wrong([str(error)], block)
    figures = [drawn(one, "svg") for one in every]
    errors = list(dict.fromkeys(problem for figure in figures for problem in figure.errors))
    if errors:
        return _wrong(errors, block)
    for problem in dict.fromkeys(problem for figure in figures for problem in figure.problems):
        _log().warning("%s", problem)
    return _figure(figures, every[0], options)


def _figure(figures: Sequence[Figure], wanted: Asked, options: Mapping[str, str]) -> str:
    made = figures[0].made
    assert made is not None
    classes = options.get("class", "").split()
    scheme = "".join(f"#{name}" for name in ONLY if name in classes)
    width, height = round(made.width), round(made.height)
    wide = "width: 100%; " if options.get("width") else ""
    attributes = {
        "src": _address(figures[0]) + scheme,
        "alt": options.get("alt", made.title),
        "width": width,
        "height": height,
        "style": f"{wide}max-width: 100%; height: auto",
    }
    image = f"<img {_written(attributes)}>"
    if len(figures) > 1:
        dark = {"media": "(prefers-color-scheme: dark)", "srcset": _address(figures[1])}
        image = f"<picture><source {_written(dark)}>{image}</picture>"
    around = {"id": options.get("name", ""), "class": " ".join(["archdraw", *classes]), "style": _place(options)}
    caption = options.get("caption", "")
    inside = f"{image}<figcaption>{escape(caption)}</figcaption>" if caption else image
    return f"<figure {_written(around)}>{inside}</figure>"


def _place(options: Mapping[str, str]) -> str:
    """The style of a figure: how wide it is, and at which side of the page."""
    width, align = options.get("width", "").replace(" ", ""), options.get("align", "")
    said = []
    if width or align:
        # A number alone is in px.
        said.append(f"width: {f'{width}px' if width.replace('.', '', 1).isdigit() else width or 'fit-content'}")
    if align:
        left, right = (_MARGINS[align == side] for side in ("left", "right"))
        said.append(f"margin-left: {left}; margin-right: {right}; text-align: {align}")
    return "; ".join(said)


_MARGINS = ("auto", "0")


def _address(figure: Figure) -> str:
    assert figure.made is not None
    return f"data:image/svg+xml;base64,{b64encode(figure.made.data).decode()}"


def _written(attributes: Mapping[str, object]) -> str:
    return " ".join(f'{name}="{escape(str(value))}"' for name, value in attributes.items() if value != "")


def _wrong(problems: Sequence[Problem | str], block: Block) -> str:
    """What is wrong, in place of the picture; and in the log, with the line of the document."""
    shown: list[str] = []
    for problem in problems:
        message, more = split(problem, block.file) if isinstance(problem, Problem) else (problem, "")
        line = problem.span.line if isinstance(problem, Problem) and problem.span.file == block.file else block.line
        _log().error("%s:%d: archdraw: %s", block.file, line, "\n".join(filter(None, (message, more))))
        details = f"<pre>{escape(more)}</pre>" if more else ""
        title = f'<p class="admonition-title">archdraw: {escape(message)}</p>'
        shown.append(f'<div class="archdraw-error admonition danger">{title}{details}</div>')
    return "".join(shown)


def _log() -> logging.Logger:
    """The log that MkDocs counts warnings in, with ``--strict`` as errors; another program has our own."""
    return logging.getLogger("mkdocs.plugins.archdraw" if "mkdocs" in sys.modules else "archdraw")


def _block(source: str, md: Any) -> Block:
    """Where the fence with the text ``source`` stands: in the file of the page, where that can be found out."""
    file = _document(md)
    try:
        lines = file.read_text("utf-8-sig", "replace").splitlines() if file else list(md.lines)
    except OSError:  # a page that another plugin makes
        lines = list(md.lines)
    name = str(file or UNNAMED)
    known, after = getattr(md, LAST, ("", 0))
    block = found_in(lines, source, name, after if known == name else 0) or Block(name)
    setattr(md, LAST, (name, block.line))
    return block


def _document(md: Any) -> Path | None:
    """The file of the page, as MkDocs and Zensical leave it with a processor of theirs; None for any other program."""
    for processor in md.treeprocessors:
        if path := getattr(getattr(processor, "file", None), "abs_src_path", None):
            return Path(path)
    for processor in md.preprocessors:
        page, config = getattr(processor, "page", None), getattr(processor, "config", None)
        if isinstance(path := getattr(page, "path", None), str) and isinstance(config, dict):
            file = Path(config.get("docs_dir", ""), path)
            return file if file.is_file() else None
    return None
