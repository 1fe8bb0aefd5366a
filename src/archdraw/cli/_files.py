"""Results that go to files and to stdout, and what is said where they cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import click

from archdraw.doors import FORMATS
from archdraw.errors import ArchdrawError, InputError, Problem, Span
from archdraw.files import write_whole
from archdraw.model_files import names_of
from archdraw.writers import Writer


def names(files: Sequence[Path], taken: Collection[str] = ()) -> dict[Path, str]:
    """Names for what is made of ``files``, each another one and none that is ``taken``.

    Raises :class:`click.UsageError` where there are none.
    """
    try:
        stand_ins = {file: Path(stand_in(str(file))) for file in files}
        found = names_of(list(stand_ins.values()), taken)
        return {file: found[name] for file, name in stand_ins.items()}
    except ArchdrawError as error:
        raise click.UsageError(str(error)) from None


STDIN, FROM_STDIN = "-", "<stdin>"
"""The word for stdin in place of a file, and what messages call it."""


def stand_in(word: str) -> str:
    """``word`` for a model, or for one on stdin what names of files call it."""
    return "stdin" if word in (STDIN, FROM_STDIN) else word


def stdin_text() -> str:
    """The UTF-8 text on stdin. Raises :class:`archdraw.InputError` where it is too large or no such text."""
    from archdraw.source import LARGEST_FILE, decode

    if sys.stdin is None:
        raise ArchdrawError("stdin is closed: nothing can be read from it")
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        message = f"the text is larger than {LARGEST_FILE:,} bytes"
        raise InputError([Problem(message, Span(FROM_STDIN, 1, 1))])
    return decode(data, FROM_STDIN)


def write_file(path: Path, data: bytes) -> None:
    """Writes ``data`` to ``path`` at once. Raises :class:`ArchdrawError` where the file cannot be written."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise ArchdrawError(f"{path} cannot be written: {error.strerror or error}") from None


def check_stdout(format: str) -> None:
    """Whether a file of ``format`` can go to stdout.

    Raises :class:`ArchdrawError` where stdout is closed, :class:`click.UsageError` where it is a terminal and the
    format is not text.
    """
    if sys.stdout is None:
        raise ArchdrawError("stdout is closed: nothing can be written to it")
    if sys.stdout.isatty() and not Writer(format).is_text:
        raise click.UsageError(f"{format} is not text; redirect it to a file or a pipe")


def one_file(output: str, wanted: tuple[str, ...]) -> str:
    """The format of the one file that ``-o`` names by its suffix; empty for a folder, which may be missing yet.

    ``wanted`` are the formats that ``--format`` names. Raises :class:`click.UsageError` where the two contradict each
    other, and for a suffix that is no format.
    """
    path, suffix = Path(output), Path(output).suffix.removeprefix(".").lower()
    if path.is_dir() or output.endswith(("/", os.sep)):
        return ""
    if suffix in FORMATS.names():
        if wanted and wanted != (suffix,):
            raise click.UsageError(f"-o {output} is one {suffix} file, but --format is {', '.join(wanted)}")
        return suffix
    if suffix.isalpha():
        raise click.UsageError(f"{FORMATS.unknown(suffix)}; end the name of a folder with /")
    return ""
