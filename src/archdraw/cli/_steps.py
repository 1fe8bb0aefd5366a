"""``archdraw render --steps``: pictures that are built up. What is made of a step is not kept in the cache."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from archdraw.app.jobs import Job, Output, figured, view_of
from archdraw.app.steps import FORMATS, Steps, stepped
from archdraw.cli._files import check_stdout, names, one_file, write_file
from archdraw.cli._specs import Work, is_stdin, loaded
from archdraw.cli._terminal import is_quiet
from archdraw.errors import Problem
from archdraw.model import Model


def in_steps(
    steps: Steps,
    files: Sequence[Path],
    missing: Sequence[Problem],
    wanted: tuple[str, ...],
    output: str,
    look: Output,
    work: Work,
    *,
    with_transformers: bool,
) -> int:
    """Writes the models in ``files`` step after step, as ``look`` says, and returns the exit code.

    Raises :class:`click.UsageError` where the format that is ``wanted`` is none of these steps.
    """
    formats = _formats(steps, wanted, output)
    targets = _targets(files, missing, formats, output, is_many=steps == "files")
    work.problems(missing)

    def made(file: Path) -> None:
        whole = loaded(file, with_transformers=with_transformers)
        for target, format in targets[file]:
            prefix = look.prefix.replace("{slug}", target.stem if target else file.stem.strip("<>"))
            one = replace(look, format=format, prefix=prefix)
            model = figured(whole, one)
            scene = model.scene(view_of(one, model), one.theme, one.fonts, **one.page)
            job = job_of(file, one, model, with_transformers=with_transformers)
            for ending, data in stepped(scene, one, model, job):
                if target is None:
                    sys.stdout.buffer.write(data)
                    continue
                path = target.with_name(f"{target.stem}{ending}{target.suffix}")
                write_file(path, data)
                if not is_quiet():
                    click.echo(str(path))

    for _ in work.each([str(file) for file in files], made):
        pass
    return work.code


def job_of(file: Path, output: Output, model: Model, *, with_transformers: bool) -> Job:
    """The job of one file that is made of ``model``, which was read from ``file`` or from stdin."""
    text = "\n".join(model.spec.document.lines) if is_stdin(file) else ""
    return Job(file, (output,), with_transformers, text)


def _formats(steps: Steps, wanted: tuple[str, ...], output: str) -> tuple[str, ...]:
    """The formats to write: the one of these ``steps``, or those that are ``wanted``."""
    only = FORMATS[steps]
    asked = wanted or tuple(filter(None, [one_file(output, wanted) if output != "-" else ""]))
    if only and asked and asked != (only,):
        raise click.UsageError(f"--steps {steps} makes {only}, not {', '.join(asked)}")
    return (only,) if only else asked or ("svg",)


def _targets(
    files: Sequence[Path], missing: Sequence[Problem], formats: tuple[str, ...], output: str, *, is_many: bool
) -> dict[Path, tuple[tuple[Path | None, str], ...]]:
    """The file for each model and format, to whose name that of a step is added; None for stdout."""
    if output == "-":
        if is_many or len(files) != 1 or missing:
            raise click.UsageError("-o - takes one spec and no --steps files")
        check_stdout(formats[0])
        return {files[0]: ((None, formats[0]),)}
    if one_file(output, formats if len(formats) == 1 else ()):
        if len(files) + len(missing) > 1:
            raise click.UsageError(f"-o {output} is one file, but there are {len(files)} specs; give a folder")
        return {file: ((Path(output), formats[0]),) for file in files}
    folder = Path(output)
    return {
        file: tuple((folder / f"{name}.{format}", format) for format in formats) for file, name in names(files).items()
    }
