"""Errors about files of weights, and what every name and shape in one must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archdraw.errors import InputError, Problem, Span

LONGEST_NAME = 512
LARGEST_SIZE = 2**48


def refusal(file: str | Path, message: str, hint: str = "") -> InputError:
    """The error that ``file`` is refused with. A binary file has no lines: the place is its beginning."""
    return InputError([Problem(message, Span(Path(file).as_posix(), 1, 1), hint=hint)])


_STAND_INS = (
    (b"version https://git-lfs.github.com/spec/", "this is a Git LFS pointer, not the file", "run: git lfs pull"),
    (b"/annex/objects/", "this is a git-annex pointer, not the file", "run: git annex get"),
    (b"<!doctype html", "this is a web page, not the file", "was it downloaded without a login?"),
    (b"<html", "this is a web page, not the file", "was it downloaded without a login?"),
)
"""Beginnings of files that stand where another one should: what each is, and what to do."""


def refuse_stand_in(path: str | Path) -> None:
    """Refuses the file at ``path`` where it only stands for another; one that cannot be read is left to its reader.

    Raises :class:`InputError`.
    """
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(64).lstrip().lower()
    except (OSError, ValueError):
        return
    for beginning, message, hint in _STAND_INS:
        if start.startswith(beginning):
            raise refusal(path, message, hint)


def a_name(value: Any, file: str | Path) -> str:
    """``value`` as the name of a tensor. Raises :class:`InputError` where it is none."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_NAME or not value.isprintable():
        raise refusal(file, f"{str(value)[:60]!r} is no name of a tensor")
    return value


def a_shape(value: Any, name: str, file: str | Path) -> tuple[int, ...]:
    """``value`` as the shape of the tensor ``name``. Raises :class:`InputError` where it is none."""
    if (
        not isinstance(value, list)
        or len(value) > 16
        or not all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size < LARGEST_SIZE for size in value)
    ):
        raise refusal(file, f"the shape of {name} is {str(value)[:60]}, not a list of sizes")
    return tuple(value)
