"""Pages whose examples are run: what a page says to write is written, what it says to call is called.

In a page, in this order of meaning:

- a fence ``yaml`` whose first line is ``# NAME.yaml`` is that file, to be written as it is;
- a fence ``diff`` is a change of the file before: each line with ``-`` is there once, and becomes that with ``+``;
- each line of a fence ``sh`` that begins with ``archdraw`` is called, and has to end with exit code 0;
- a fence ``console`` is a call, ``$ archdraw ...``, and all that it prints;
- ``<!-- picture: FILE -->`` is the picture that the last call with ``-o FILE`` has drawn.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archdraw.cli import run
from archdraw.doors import VIEWS_OF_SEVERAL
from docs.extension.fences import pictures

FENCE = re.compile(r"^(?P<marks>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=marks)$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"^<!-- picture: (?P<file>\S+) -->$", re.MULTILINE)
FILE = re.compile(r"# (?P<name>[\w-]+\.yaml)\n")
OF_A_SHELL = ("python3 ", "python ", ". ", "pip ", "cd ", "mkdir ", "git ")
"""How lines begin that a reader calls and a build does not."""
LOOKS = ("view", "width", "background", "direction", "title", "subtitle", "open", "fold", "highlight", "details")
"""Options of a call that are options of a picture in a document."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an example, at a line of its page, from 1."""

    line: int
    message: str


@dataclass
class Walk:
    """What came of a page: ``text`` with its pictures, all that was printed, the specs, and what is wrong."""

    text: str = ""
    printed: list[str] = field(default_factory=list)
    specs: list[Path] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def walk(text: str, folder: Path) -> Walk:
    """Does what the page ``text`` says, in ``folder``, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    done = Walk(text=text)
    steps = sorted([*FENCE.finditer(text), *PICTURE.finditer(text)], key=lambda found: found.start())
    drawn: dict[str, str] = {}
    kept: list[tuple[re.Match[str], str]] = []
    with contextlib.chdir(folder):
        for step in steps:
            line = text.count("\n", 0, step.start()) + 1
            try:
                if step.re is PICTURE:
                    kept.append((step, drawn[step["file"]]))
                else:
                    _do(step["language"], step["text"], done, drawn)
            except KeyError:
                done.wrong.append(Wrong(line, f"no call before has drawn {step['file']}"))
            except ValueError as error:
                done.wrong.append(Wrong(line, str(error)))
    for step, made in reversed(kept):
        done.text = done.text[: step.start()] + made + done.text[step.end() :]
    return done


def _do(language: str, text: str, done: Walk, drawn: dict[str, str]) -> None:
    """One fence. Raises :class:`ValueError` with what is wrong with it."""
    if language == "yaml" and (named := FILE.match(text)):
        Path(named["name"]).write_text(text, "utf-8")
        done.specs.append(Path(named["name"]).resolve())
    elif language == "diff":
        done.specs[-1].write_text(_changed(done.specs[-1].read_text("utf-8"), text), "utf-8")
    elif language == "sh":
        for line in filter(None, map(str.strip, text.splitlines())):
            if line.startswith((*OF_A_SHELL, "#")):
                continue
            code, printed = called(line)
            if code:
                raise ValueError(f"{line} ends with exit code {code}: {printed}")
            done.calls.append(line)
            done.printed.append(printed)
            drawn.update(_pictures(line))
    elif language == "console":
        first, _, expected = text.partition("\n")
        code, printed = called(first.removeprefix("$ "))
        if printed.strip() != expected.strip():
            raise ValueError(f"{first} ends with exit code {code} and prints otherwise:\n{printed}")
        done.calls.append(first.removeprefix("$ "))
        done.printed.append(printed)


def _changed(text: str, change: str) -> str:
    """``text`` with the lines of ``change``. Raises :class:`ValueError` where one of them is not there, or twice."""
    lines = change.splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        if old[:1] != "-" or new[:1] != "+" or text.splitlines().count(old[1:]) != 1:
            raise ValueError(f"{old[1:].strip()} is not one line of the file")
        text = text.replace(f"{old[1:]}\n", f"{new[1:]}\n")
    return text


def called(line: str) -> tuple[int, str]:
    """The exit code of a call of archdraw, and all that it prints. Raises :class:`ValueError` for another program."""
    words = shlex.split(line, comments=True)
    if words[:1] != ["archdraw"]:
        raise ValueError(f"{line} is no call of archdraw")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), _terminal_of(80):
        code = run(words[1:])
    return code, printed.getvalue()


@contextlib.contextmanager
def _terminal_of(columns: int) -> Iterator[None]:
    """What is printed does not depend on the window in which the site is built."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(columns)
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _pictures(line: str) -> Mapping[str, str]:
    """The picture that a call draws, by the name of its file, as the site shows it."""
    words = shlex.split(line, comments=True)
    command, sources, options = words[1], list[str](), dict[str, str]()
    rest = iter(words[2:])
    for word in rest:
        if word == "--details":
            options["details"] = "yes"
        elif word.startswith("-"):
            name, value = word.lstrip("-"), next(rest, "")
            options[name] = f"{options[name]},{value}" if name in options else value
        else:
            sources.append(word)
    file = options.get("o", "")
    several = command in VIEWS_OF_SEVERAL.names()
    shown = {name for name in options if name not in (*LOOKS, "o", "theme")}
    if not file or not (several or command == "render") or shown or (several and "view" in options):
        return {}  # a document has no option for it
    looks = {name: value for name, value in options.items() if name in LOOKS}
    if theme := options.get("theme"):
        looks["theme"] = str(Path(theme).resolve()) if Path(theme).is_file() else theme
    if several:
        found = (str(Path(one).resolve()) if Path(one).exists() else one for one in sources)
        return {file: pictures(shlex.join(found), {"view": command, **looks})}
    (source,) = sources
    here = Path(source)
    if here.is_file():
        looks.setdefault("view", "plate")
        return {file: pictures("", looks, here.read_text("utf-8"))}
    return {file: pictures(source, {"view": "plate", **looks})}
