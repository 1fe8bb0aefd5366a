"""Which specs a command works on, and loading them one by one."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archdraw.app.batch import Outcome
from archdraw.cli._cache import cache
from archdraw.cli._codes import INTERNAL, OK, PROBLEMS
from archdraw.cli._files import FROM_STDIN, STDIN, stdin_text
from archdraw.cli._terminal import is_quiet, report, report_crash
from archdraw.errors import ArchdrawError, InputError, Problem, Span
from archdraw.model_files import MODEL_FILES, SUFFIXES, models_in
from archdraw.resources import shipped_spec

if TYPE_CHECKING:
    from archdraw.model import Model

transformers_option = click.option(
    "--with-transformers", is_flag=True,
    help="Complete a config whose model_type has no reader by its class in transformers, built without memory, network "
    'or code of the model. Needs: pip install "archdraw-nn[verify]".')  # fmt: skip

specs_argument = click.argument("specs", metavar="SPEC...", nargs=-1, required=True)


def spec_files(paths: Iterable[str], *, stdin: bool = False) -> tuple[list[Path], list[Problem]]:
    """The files that ``paths`` name, folders of specs and configs opened, each once.

    With ``stdin`` the word ``-`` stands for a spec there: the path of it is for messages and for :func:`loaded`.

    A folder that a model was published in, with its config.json, stands for that model; the name of a model that comes
    with the program for its spec.
    """
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    for word in paths:
        try:
            inside = [Path(FROM_STDIN)] if stdin and word == STDIN else _files_of(shipped_spec(word) or Path(word))
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror or error}", Span(word, 1, 1)))
            continue
        if not inside:
            problems.append(Problem("no specs (*.yaml) and no configs (*.json) in this folder", Span(word, 1, 1)))
        files.update(dict.fromkeys(inside))
    return list(files), problems


def _files_of(path: Path) -> list[Path]:
    """The file ``path`` itself, or the specs and configs in a folder. Raises :class:`OSError`."""
    if not path.is_dir() or any((path / name).is_file() for name in MODEL_FILES):
        return [path]
    names = models_in(file.name for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not names and any(path.glob("*.safetensors")):
        return [path]
    return sorted(path / name for name in names)


def is_stdin(file: Path) -> bool:
    """Whether ``file`` is what :func:`spec_files` names a spec on stdin."""
    return str(file) == FROM_STDIN


def loaded(file: Path, *, with_transformers: bool = False) -> Model:
    """The model in ``file``, or in the spec on stdin; raises as :func:`archdraw.load`."""
    from archdraw.model import Model, load

    if is_stdin(file):
        return Model.from_text(stdin_text(), file=FROM_STDIN, slug="stdin")
    return load(file, with_transformers=with_transformers)


class Work:
    """Goes through specs and keeps the exit code: one that fails is reported and the others go on."""

    def __init__(self, *, show_traceback: bool) -> None:
        self.code = OK
        self._show_traceback = show_traceback

    def problems(self, problems: Iterable[Problem | str]) -> None:
        """Reports ``problems``; errors make the exit code 1."""
        found = list(problems)
        report(found)
        if any(isinstance(problem, str) or problem.severity == "error" for problem in found):
            self.code = max(self.code, PROBLEMS)

    def warn(self, problems: Iterable[Problem | str]) -> None:
        """Reports warnings; the exit code stays."""
        report(list(problems))

    def crash(self, trace: str) -> None:
        """Reports an error of the program itself."""
        report_crash(trace, whole=self._show_traceback)
        self.code = max(self.code, INTERNAL)

    def outcome(self, outcome: Outcome, *, quiet: bool = False) -> None:
        """Prints the files that a job has made unless ``quiet``, and reports what went wrong with it."""
        for file, key in zip(outcome.written, outcome.kept, strict=True):
            cache().recording.wrote(file, key)
            if not quiet and not is_quiet():
                cache().say(str(file))
        self.problems(outcome.problems)
        if outcome.crash:
            self.crash(outcome.crash)

    def each(self, paths: Iterable[str], act: Callable[[Path], Any], *, stdin: bool = False) -> Iterator[Any]:
        """``act`` on every spec of ``paths``; yields what it returns for those without problems.

        ``stdin`` as in :func:`spec_files`.
        """
        files, missing = spec_files(paths, stdin=stdin)
        self.problems(missing)
        for file in files:
            try:
                result = act(file)
            except InputError as error:
                self.problems(error.problems)
            except ArchdrawError as error:
                self.problems([f"{file}: error: {error}"])
            except BrokenPipeError:
                raise
            except Exception:
                self.crash(traceback.format_exc())
            else:
                yield result
