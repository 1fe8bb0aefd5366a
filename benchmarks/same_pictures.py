"""Whether every picture is the same as before: ``python -m benchmarks.same_pictures before.json``, twice.

The first time it writes a digest of the SVG of every spec, in every theme and view, and of the pictures of several
models. Each further time it draws them again, lists those that differ and exits with 1 if there is one. It draws with
the ``archdraw`` that Python imports, so ``PYTHONPATH=OTHER/src`` compares another checkout.

``--quick`` draws plates in one theme only, ``--specs`` some of the specs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.resources import specs_folder, themes_folder
from archdraw.views.opening import openable_modules

VIEWS = ("plate", "card", "strip")
SEVERAL = ("compare", "lineage", "scale", "timeline", "poster")
COMPARED = (
    ("llama-3-8b", "qwen3-8b"),
    ("deepseek-v3", "kimi-k2", "glm-5-1"),
    ("gemma-3-27b", "gpt-oss-120b", "olmo-3-32b", "smollm3-3b"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="digests of the pictures: written if it is missing, else compared")
    parser.add_argument("--specs", nargs="*", default=[], metavar="NAME", help="names of specs; all if left out")
    parser.add_argument("--quick", action="store_true", help="plates in the light theme only")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    wanted = parser.parse_args()
    names = wanted.specs or sorted(file.stem for file in specs_folder().glob("*.yaml"))
    digests: dict[str, str] = {}
    with ProcessPoolExecutor(wanted.jobs) as executor:
        for number, made in enumerate(executor.map(partial(of_model, quick=wanted.quick), names), 1):
            digests |= made
            print(f"\r{number} of {len(names)} models", end="", file=sys.stderr, flush=True)
        if not wanted.quick and not wanted.specs:
            for made in executor.map(of_several, SEVERAL):
                digests |= made
    print(file=sys.stderr)
    if not wanted.file.exists():
        wanted.file.write_text(json.dumps(digests, indent=0), "utf-8")
        print(f"{len(digests)} digests written to {wanted.file}")
        return 0
    before: dict[str, str] = json.loads(wanted.file.read_text("utf-8"))
    # Of a part of the specs only that part is compared; of all of them, also what is no longer drawn.
    part = before.keys() & digests.keys() if wanted.specs or wanted.quick else before.keys() | digests.keys()
    different = sorted(name for name in part if before.get(name) != digests.get(name))
    for name in different:
        print(f"differs: {name}")
    print(f"{len(part)} pictures, {len(different)} not as in {wanted.file}")
    return 1 if different else 0


def of_model(name: str, quick: bool) -> dict[str, str]:
    """Digests of the views of the model ``name``."""
    model = archdraw.load(name)
    if quick:
        return {f"{name} plate light": _digest(model.svg())}
    themes = sorted(file.stem for file in themes_folder().glob("*.yaml"))
    insets = [f"inset:{path}" for path in _paths(model)]
    return {
        f"{name} {view} {theme}": _tried(model, view, theme)
        for view in (*VIEWS, *insets)
        for theme in (themes if view in VIEWS else themes[:1])
    }


def of_several(name: str) -> dict[str, str]:
    """Digests of the view ``name`` of several models."""
    if name == "compare":
        return {f"compare {' '.join(models)}": _digest(archdraw.compare(*models).svg()) for models in COMPARED}
    return {name: _digest(archdraw.draw(name).svg())}


def _paths(model: archdraw.Model) -> Iterator[str]:
    yield from dict.fromkeys(opened.path for opened in openable_modules(model.block))


def _tried(model: archdraw.Model, view: str, theme: str) -> str:
    """A digest of the picture, or the message where there is none; a fault of archdraw passes."""
    try:
        return _digest(model.svg(theme=theme, view=view))
    except ArchdrawError as error:
        return str(error)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
