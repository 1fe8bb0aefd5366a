"""``archdraw import``: a config.json as a spec."""

from __future__ import annotations

from pathlib import Path

import click

from archdraw.cli._specs import Work, transformers_option
from archdraw.errors import ArchdrawError, InputError


@click.command("import")
@click.argument("config", metavar="CONFIG")
@click.option("-o", "--output", metavar="SPEC.yaml", help="The spec file to write.  [default: stdout]")
@click.option("--metadata", metavar="FILE", help="YAML file with keys for the head of the spec.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@transformers_option
@click.pass_obj
def command(
    show_traceback: bool,
    config: str,
    output: str | None,
    metadata: str | None,
    force: bool,
    with_transformers: bool,
) -> int:
    """Write the spec that a config.json describes.

    CONFIG is a config.json, a params.json, a GGUF or safetensors file, a folder of such files, or the id of a Hugging
    Face repository. Unrecognized keys are reported on stderr, and the spec is marked incomplete. All other commands
    take such a file in place of a spec as well. The metadata are keys of a spec such as name, developer, released,
    license, links, sources, parents, published and key_points.

    \b
    archdraw import config.json
    archdraw import models/llama -o llama.yaml
    archdraw import config.json --with-transformers -o new.yaml
    archdraw import config.json --metadata about.yaml -o specs/new-model.yaml
    archdraw import config.json | archdraw check /dev/stdin
    """
    from archdraw.files import write_whole
    from archdraw.model import described
    from archdraw.readers.metadata import with_metadata
    from archdraw.readers.sources import read_model
    from archdraw.source import read_text

    work = Work(show_traceback=show_traceback)
    try:
        reading = read_model(config, with_transformers=with_transformers)
        if metadata is not None:
            reading = with_metadata(reading, read_text(metadata), metadata)
        described(reading, config)
    except InputError as error:
        work.problems(error.problems)
        return work.code
    work.problems(reading.warnings)
    if output is None or output == "-":
        click.echo(reading.text, nl=False)
        return work.code
    if Path(output).exists() and not force:
        raise ArchdrawError(f"{output} already exists; --force overwrites it")
    try:
        write_whole(Path(output), reading.text.encode())
    except OSError as error:
        raise ArchdrawError(f"{output} cannot be written: {error.strerror or error}") from None
    click.echo(output)
    return work.code
