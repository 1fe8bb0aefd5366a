"""The tensors of a config whose weights are not at hand, from its class in transformers.

Only where it is asked for: the extra ``verify`` is large, and a class is code of another package. It is built in a
process of its own (:mod:`archdraw.weights.building`), so that nothing that it does can end or fill this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archdraw.resources import install_command
from archdraw.weights.refusal import refusal
from archdraw.weights.shapes import shapes_of
from archdraw.weights.tensors import Tensor

SECONDS = 300.0
"""The longest that a class may take to be built; the largest of transformers takes half a minute."""

WITHOUT = "without --with-transformers it is read by its keys"


@dataclass(frozen=True, slots=True)
class ClassTensors:
    """All that the class ``name`` of transformers ``version`` stores, with second names and buffers."""

    name: str
    version: str
    tensors: tuple[Tensor, ...]

    @property
    def own(self) -> list[Tensor]:
        """Each tensor once, under its first name."""
        return [tensor for tensor in self.tensors if not tensor.tied]


def class_tensors(data: Mapping[str, Any], file: str) -> ClassTensors:
    """The tensors of the class of the config ``data``, which stands in ``file``.

    Raises :class:`archdraw.InputError` with the reason where torch or transformers are not installed, transformers has
    no class for the config, or the class cannot be built in bounded time and memory.
    """
    if missing := [library for library in ("torch", "transformers") if find_spec(library) is None]:
        message = f"the class of this config is built by torch and transformers; not installed: {', '.join(missing)}"
        raise refusal(file, message, install_command("verify"))
    try:
        found = json.loads(_answer(json.dumps(data)))
    except subprocess.TimeoutExpired:
        raise refusal(file, f"the class of this config is not built within {SECONDS:.0f} seconds", WITHOUT) from None
    except ValueError:
        message = "the process that builds the class of this config has ended without an answer (out of memory?)"
        raise refusal(file, message, WITHOUT) from None
    if "error" in found:
        raise refusal(file, found["error"], WITHOUT)
    return ClassTensors(found["class"], found["version"], tuple(shapes_of(found["tensors"])))


def _answer(config: str) -> str:
    """What :mod:`archdraw.weights.building` prints of ``config``."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    # -P: no module is taken from the working folder, which may be one that came with a model.
    result = subprocess.run(
        [sys.executable, "-P", "-m", "archdraw.weights.building"],
        input=config.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )
    return result.stdout.decode("utf-8", "replace")
