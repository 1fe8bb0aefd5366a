"""Writes the schemas that ``archdraw schema`` prints.

To be run (``python tests/write_schemas.py``) after a kind, a field of a spec, theme, profile or gallery, or the name of
a model was added, changed or taken away; ``test_schemas`` says so.
"""

from __future__ import annotations

import sys

from archdraw.schemas import NAMES, made, stored, written


def main() -> None:
    for name in NAMES:
        stored(name).write_text(written(made(name)), "utf-8")
        sys.stdout.write(f"{stored(name)}\n")


if __name__ == "__main__":
    main()
