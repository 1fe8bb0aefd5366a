"""``archdraw check``: validates specs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw.cli._pictures import font_option
from archdraw.cli._specs import Work, loaded, spec_files, specs_argument, transformers_option
from archdraw.cli._terminal import is_quiet, quiet_option
from archdraw.errors import Problem, Span

if TYPE_CHECKING:
    from archdraw.model import Model

MOST_LINES = 60
"""Lines of differences that are printed of one file; more help nobody."""


@click.command("check")
@specs_argument
@click.option(
    "--weights",
    metavar="FILE",
    multiple=True,
    help="File or folder with the weights of the one SPEC: safetensors, its index, GGUF, or shapes in JSON. "
    "Repeatable; only headers are read.",
)
@click.option("--stale", is_flag=True, help="Find pictures that are older than their specs; FILEs are pictures here.")
@click.option("--specs", "folders", metavar="DIR", multiple=True, type=click.Path(path_type=Path),
              help="With --stale: a folder in which specs and themes are looked for. Repeatable.")  # fmt: skip
@transformers_option
@font_option
@quiet_option
@click.pass_obj
def command(
    show_traceback: bool,
    specs: tuple[str, ...],
    weights: tuple[str, ...],
    stale: bool,
    folders: tuple[Path, ...],
    with_transformers: bool,
    fonts: tuple[str, ...],
) -> int:
    """Validate specs (prints OK).

    A spec must be well-formed and drawable, and its counts must agree with the figures under "published:". Such a
    figure stands for all numbers that round to it: 8.03e9 for 8.025 to 8.035 billion, 400e9 for 395 to 405. An integer
    of more than six digits (8030261248) must be equal. active_parameters may exclude the input embedding.

    A block that a diagram would not show is an error.

    Words under "key_points:" and "notes:" that contradict the layers ("no KV cache" above causal attention) are
    warnings.

    A model under "parents:" that is neither a spec in the same folder nor comes with archdraw is a warning.

    With --weights every tensor of the spec is compared with the file's by name and shape, in whichever naming
    convention the file has; missing and unexpected tensors and other shapes are reported.

    With --stale the FILEs are pictures (SVG, PNG, PDF, PPTX, draw.io, Mermaid), or folders of them. One whose spec,
    theme, page, font or template has changed since it was drawn, or is not found, is an error; another version of
    archdraw is a warning.

    \b
    archdraw check llama.yaml
    archdraw check specs/
    archdraw check - < llama.yaml
    archdraw check --stale docs/images
    archdraw check llama.yaml --weights model.safetensors.index.json
    """
    work = Work(show_traceback=show_traceback)
    if folders and not stale:
        raise click.UsageError("--specs goes with --stale")
    if stale:
        if weights:
            raise click.UsageError("--stale takes pictures, and --weights one SPEC")
        return _stale(specs, folders, work)
    if weights and len(spec_files(specs, stdin=True)[0]) > 1:
        raise click.UsageError("--weights needs exactly one SPEC")

    def checked(file: Path) -> tuple[Path, list[Problem]]:
        from archdraw.app.checking import problems_of

        model = loaded(file, with_transformers=with_transformers)
        problems = problems_of(model, file.parent, fonts)
        if weights:
            problems += _disagreements_with(model, weights)
        return file, problems

    for file, problems in work.each(specs, checked, stdin=True):
        work.problems(problems)
        if not is_quiet() and all(problem.severity == "warning" for problem in problems):
            click.echo(f"{file}: OK")
    return work.code


def _stale(words: tuple[str, ...], folders: tuple[Path, ...], work: Work) -> int:
    """Reports the pictures that are older than their specs."""
    from archdraw.app.stale import each

    for picture, faults, remarks in each(words, folders):
        work.problems([f"{picture}: error: {fault}" for fault in faults])
        work.warn([f"{picture}: warning: {remark}" for remark in remarks])
        if not faults and not is_quiet():
            click.echo(f"{picture}: OK")
    return work.code


def _disagreements_with(model: Model, weights: tuple[str, ...]) -> list[Problem]:
    """What the spec and the files with its weights do not agree on; tensors under unknown names are warnings.

    Raises :class:`InputError` where a file is damaged.
    """
    from archdraw.weights.comparison import compare
    from archdraw.weights.headers import read_tensors
    from archdraw.weights.tensors import tensors

    result = compare(tensors(model.block), read_tensors(weights))
    place = Span(weights[0] if len(weights) == 1 else f"{weights[0]} and {len(weights) - 1} more", 1, 1)
    wrong, renamed = list(result.lines()), list(result.renamed_lines())
    problems = [Problem(line, place) for line in wrong[:MOST_LINES]]
    if len(wrong) > MOST_LINES:
        problems.append(Problem(f"{len(wrong) - MOST_LINES:,} more lines like these are not shown", place))
    problems += [Problem(line, place, severity="warning") for line in renamed[:MOST_LINES]]
    if not wrong:
        packed = f", of {result.packed:,} packed ones only the names" if result.packed else ""
        click.echo(f"{place.file}: {result.matched:,} tensors agree{packed} ({result.convention} names)")
    return problems
