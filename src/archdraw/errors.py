"""Problems of an input, each with its place, its text and a way out; one exception carries all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from archdraw.records import record


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text: ``line`` and ``column`` count from 1, ``length`` is in characters (1 or more)."""

    file: str
    line: int
    column: int
    length: int = 1


@record
class Problem:
    """One thing that is wrong with an input. ``text`` is the whole source line that ``span`` points into."""

    message: str
    span: Span
    text: str = ""
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """``file:line:column: error: message``, the line with a caret under the place, and the hint.

        Each is one line, whatever stands in the names of the input: characters that do not print are escaped.
        """
        where = f"{escaped(self.span.file)}:{self.span.line}:{self.span.column}"
        lines = [f"{where}: {self.severity}: {escaped(self.message)}"]
        if self.text.strip():
            number = f"{self.span.line:>5}"
            shown, column = _window(self.text, self.span.column)
            length = max(1, min(self.span.length, len(shown) - column + 1))
            lines.append(f"{number} | {shown}")
            lines.append(f"{' ' * len(number)} | {' ' * (column - 1)}{'^' * length}")
        if self.hint:
            lines.append(f"  hint: {escaped(self.hint)}")
        return "\n".join(lines)


def as_plain(problem: Problem | str) -> Any:
    """``problem`` as plain tuples, texts and numbers, for a file; :func:`from_plain` is the way back."""
    if isinstance(problem, str):
        return str(problem)
    span = problem.span
    return (
        *(str(problem.message), str(span.file), int(span.line), int(span.column), int(span.length)),
        *(str(problem.text), str(problem.hint), str(problem.severity)),
    )


def from_plain(plain: Any) -> Problem | str:
    """The problem that :func:`as_plain` has made ``plain``."""
    if isinstance(plain, str):
        return plain
    message, file, line, column, length, text, hint, severity = plain
    return Problem(message, Span(file, line, column, length), text, hint, severity)


def escaped(text: str) -> str:
    r"""``text`` on one line: what does not print, such as a line break in a key, as ``\n`` or ``\x1b``.

    >>> print(escaped("one" + chr(10) + "two"))
    one\ntwo
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _window(text: str, column: int, width: int = 100) -> tuple[str, int]:
    """At most ``width`` characters of ``text`` around ``column``, and where the column falls in them.

    Control characters are shown as spaces, so that a hostile file cannot drive the terminal.
    """
    clean = "".join(character if character.isprintable() else " " for character in text)
    if len(clean) <= width:
        return clean.rstrip() if column <= len(clean.rstrip()) + 1 else clean, column
    start = max(0, min(column - 1 - width // 2, len(clean) - width))
    return clean[start : start + width], column - start


class ArchdrawError(Exception):
    """Any error that is the input's and not the program's."""

    def __reduce__(self) -> Any:
        # As Python does it, an error that comes from another process would be made again from its text alone, which
        # fails for those that are made from more, and breaks the pool of processes with them.
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[BaseException], args: tuple[Any, ...], state: dict[str, Any]) -> BaseException:
    """An exception as another process has raised it."""
    made = kind.__new__(kind, *args)
    made.__dict__.update(state)
    return made


class InputError(ArchdrawError):
    """Everything that is wrong with one input, in the order of the text."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.span))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FontWarning(UserWarning):
    """Letters of a picture that archdraw's own font lacks were taken from another, or drawn as boxes.

    ``problem`` says which, and where they were written.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    def __reduce__(self) -> Any:
        return _again, (type(self), self.args, self.__dict__)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that lists the known names nearest to ``name``, whatever their case; empty where none is near.

    One that differs by signs between its letters alone is meant.

    >>> nearest("llama3-8b", ["llada-8b", "llama-3-8b"])
    'did you mean llama-3-8b?'
    """
    from difflib import get_close_matches

    known = list(known)
    same = [one for one in known if one != name and folded(one).replace(".", "") == folded(name).replace(".", "")]
    if len(same) == 1:
        return f"did you mean {same[0]}?"
    small = {one.lower(): one for one in sorted(known)}
    matches = [small[match] for match in get_close_matches(name.lower(), small, n=3, cutoff=0.6)]
    return f"did you mean {' or '.join(matches)}?" if matches else ""


def folded(name: str) -> str:
    """``name`` for comparison: case, spaces, hyphens and underscores make no difference.

    >>> folded("Feed forward") == folded("feed-forward")
    True
    """
    return "".join(name.casefold().replace("-", " ").replace("_", " ").split())


def unknown_name(what: str, name: object, known: Iterable[str], *, hint: str = "") -> str:
    """The message for a ``name`` that is none of the ``known`` ones: the nearest of them, else all.

    >>> unknown_name("theme", "drak", ["dark", "light"])
    "unknown theme 'drak'; did you mean dark?"
    >>> unknown_name("theme", "sepia", ["dark", "light"])
    "unknown theme 'sepia' (choose from dark, light)"
    >>> unknown_name("precision", "fp16", ["fp32", "bf16"], hint="bf16 takes as many bits")
    "unknown precision 'fp16' (choose from fp32, bf16; bf16 takes as many bits)"
    """
    names = list(known)
    near = "" if hint else nearest(str(name), names)
    choices = f"choose from {', '.join(names)}"
    return f"unknown {what} {name!r}" + (f"; {near}" if near else f" ({'; '.join(filter(None, (choices, hint)))})")
