"""What is in a document where a picture is asked for: a model, and options of how it is to be drawn."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from archdraw.app.jobs import Job, Output
from archdraw.app.options import options as own_options
from archdraw.cache.store import digest
from archdraw.doors import VIEWS, VIEWS_OF_SEVERAL
from archdraw.errors import ArchdrawError, Problem, Span, unknown_name
from archdraw.lengths import PATTERN
from archdraw.model_files import slug_of
from archdraw.profile import check_direction
from archdraw.records import record
from archdraw.resources import shipped_spec
from archdraw.sizing import check_background, check_width
from archdraw.views import several

LOOKS = ("view", "theme", "width", "background", "direction")
"""Options that are fields of an output."""
WORDS = ("title", "subtitle")
"""Options of a figure that are one text."""
LISTS = ("open", "fold", "highlight")
"""Options of a figure that name blocks, separated by commas."""
FLAGS = ("details",)
"""Options of views of several models, which are said or not."""
USUAL = "page"
"""The view where nothing is said: a plate is for a screen, and too wide for a column of text."""
DRAWING = (*LOOKS, *WORDS, *LISTS, *FLAGS)
"""Options that change what is drawn; others are of the place in the document."""

_SHARE = re.compile(r"\d+(?:\.\d+)? ?(?:%|em|rem|ex|ch|vw|vh|pc)?")
"""Widths that only the document can resolve; a number alone is in px."""


YES, NO = ("", "yes", "true", "1"), ("no", "false", "0")
MOST_NAMED = 4
"""The file of a picture of several models is named after so many."""


@record
class Block:
    """A place of a document: ``line`` and ``column``, from 1, of the first character of its text in ``file``."""

    file: str
    line: int = 1
    column: int = 1

    def moved(self, problem: Problem) -> Problem:
        """``problem`` of the text at its place in the document."""
        span, before = problem.span, self.column - 1
        at = Span(self.file, span.line + self.line - 1, span.column + before, span.length)
        return replace(problem, span=at, text=" " * before + problem.text if problem.text else "")


@record
class Asked:
    """A picture that a document asks for.

    ``job`` has its model: a file, the name of one that comes with archdraw, or the text of a spec; that of a view of
    several models has all of them. ``look`` is how it
    is drawn, ``block`` where it is asked for, and ``name`` a name for its files.
    """

    job: Job
    look: Output
    block: Block
    name: str


def is_spec_text(content: str) -> bool:
    """Whether ``content`` is a spec and not the name or file of one: it has several lines, or a key."""
    words = content.strip()
    return "\n" in words or bool(re.match(r"[\w-]+:(\s|$)|\{", words))


def asked(content: str, options: Mapping[str, str], block: Block, *, folder: str = "", usual: str = USUAL) -> Asked:
    """What ``content`` asks for: a spec in YAML, or one line with a file or the name of a model.

    For a view of several models, such as "compare", it has their files and names, with spaces or ends of lines between
    them; one with a space in it is in quotation marks. Files are looked for in ``folder`` first. ``options`` are those
    of :data:`DRAWING`; ``usual`` is the view where neither they nor the model say one. Raises :class:`ArchdrawError`
    for what an option does not take.
    """
    if not content.strip():
        raise ArchdrawError("there is no model; write the name of one, the file of a spec, or a spec")
    if options.get("view", "") in VIEWS_OF_SEVERAL.names():
        return _of_several(content, options, block, folder)
    if flag := next((name for name in FLAGS if name in options), ""):
        raise ArchdrawError(f"{flag} is an option of a comparison; say view: compare")
    look = replace(_look(options, folder), usual=usual)
    said = [f"{name}={value}" for name, value in sorted(options.items()) if name in DRAWING]
    if is_spec_text(content):
        words = re.search(r"^name:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", content, re.MULTILINE)
        slug = "-".join(re.findall(r"[a-z0-9]+", words[1].lower())) if words else ""
        name = f"{slug or 'model'}-{digest(content, *said)[:8]}"
        return Asked(Job(Path(block.file), (), text=content), look, block, name)
    source = found(content.strip(), folder)
    if not source.exists() and len(names := models_in(content)) > 1 and all(map(Path.exists, _found(names, folder))):
        raise ArchdrawError(f"there are {len(names)} models for a picture of one; view: compare has them side by side")
    return Asked(Job(source, ()), look, block, f"{slug_of(source)}-{digest(str(source), *said)[:8]}")


def _of_several(content: str, options: Mapping[str, str], block: Block, folder: str) -> Asked:
    """A picture of the several models that ``content`` names. Raises as :func:`asked`."""
    view = options["view"]
    if re.search(r"^\s*[\w-]+:(\s|$)", content, re.MULTILINE):
        raise ArchdrawError(f"{view} takes names and files of models, not the text of a spec")
    for name in ("direction", *WORDS, *LISTS):
        if options.get(name):
            raise ArchdrawError(f"{name} is an option of pictures of one model, and this is {view}")
    flags: list[tuple[str, str | tuple[str, ...]]] = [(name, name) for name in FLAGS if _is_said(name, options)]
    chosen = several.view(view)
    known = {**own_options(chosen.gather), **own_options(chosen.draw)} if flags else {}
    if wrong := next((name for name, _ in flags if name not in known), ""):
        raise ArchdrawError(f"{view} has no option {wrong}")
    files = _found(models_in(content), folder)
    plain = {name: value for name, value in options.items() if name != "view"}
    look = replace(_look(plain, folder), view=view, width="", dpi=0, figure=tuple(flags))
    said = [f"{name}={value}" for name, value in sorted(options.items()) if name in DRAWING]
    slugs = [view, *map(slug_of, files[:MOST_NAMED])]
    name = f"{'-'.join(slugs)}-{digest(*map(str, files), *said)[:8]}"
    return Asked(Job(files[0], (), others=tuple(files[1:])), look, block, name)


def _is_said(flag: str, options: Mapping[str, str]) -> bool:
    """Whether ``flag`` is among ``options``, alone or as yes. Raises :class:`ArchdrawError` for another value."""
    value = options.get(flag, "no").strip().lower()
    if value not in (*YES, *NO):
        raise ArchdrawError(f"{flag} is yes or no, not {options[flag]!r}")
    return value in YES


def models_in(content: str) -> list[str]:
    """The files and names in ``content``. Raises :class:`ArchdrawError` where a quotation has no end."""
    try:
        return shlex.split(content)
    except ValueError as error:
        raise ArchdrawError(f"{content.strip()}: {str(error).lower()}") from None


def _found(names: Sequence[str], folder: str) -> list[Path]:
    return [found(name, folder) for name in names]


def found(source: str, folder: str = "") -> Path:
    """The file that ``source`` is, in ``folder`` or the working one, or that of the model which is called so."""
    beside = Path(folder, source)
    return beside if beside.exists() else shipped_spec(source) or Path(source)


def known_options(options: Mapping[str, str], of_the_place: tuple[str, ...]) -> None:
    """Raises :class:`ArchdrawError` where one of ``options`` is neither of a drawing nor ``of_the_place``."""
    known = (*DRAWING, *of_the_place)
    for name in options:
        if name not in known:
            raise ArchdrawError(unknown_name("option", name, known))


def _look(options: Mapping[str, str], folder: str) -> Output:
    """The output that ``options`` ask for, in no format yet."""
    view, theme = (_file(options.get(name, ""), folder) for name in ("view", "theme"))
    width = in_print(options.get("width", ""))
    if view.partition(":")[0] in VIEWS.names():
        width = ""  # only pages are laid out for it; other pictures are shown so wide, and open in their own size
    background = options.get("background", "")
    check_background(background)
    direction = options.get("direction", "")
    if direction:
        check_direction(direction)
    figure: list[tuple[str, str | tuple[str, ...]]] = [(name, options[name]) for name in WORDS if options.get(name)]
    for name in LISTS:
        blocks = tuple(one.strip() for one in options.get(name, "").split(",") if one.strip())
        if blocks:
            figure.append((name, blocks))
    return Output(
        *(Path("-"), "svg"),
        view=view,
        theme=theme or "light",
        width=width,
        background=background,
        direction=direction,
        dpi=None,
        figure=tuple(figure),
    )


def _file(name: str, folder: str) -> str:
    """``name``, or the file in ``folder`` that it is."""
    beside = Path(folder, name)
    return str(beside) if name and beside.is_file() else name


def in_print(width: str) -> str:
    """``width`` as far as pages are laid out for it: a length, and nothing for a share of the place.

    Raises :class:`ArchdrawError` where it is neither.
    """
    if re.match(PATTERN, width) or not _SHARE.fullmatch(width.strip()):
        check_width(width)
        return width
    return ""


def placed(problem: Problem | str, asked: Asked) -> Problem | str:
    """``problem`` at its place in the document, if it is one of a spec that stands there."""
    if isinstance(problem, str):
        return problem.removeprefix(f"{asked.job.spec}: error: ")
    if asked.job.text and problem.span.file == str(asked.job.spec):
        return asked.block.moved(problem)
    return problem
