"""Has pre-commit itself install the hooks of this checkout, and run them in a repository made for it.

    pip install pre-commit
    python tests/verify_hooks.py

pre-commit clones the commit that is checked out and installs it with pip, which fetches what archdraw requires.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from test_provenance import TINY

ROOT = Path(__file__).parent.parent
CONFIG = """\
repos:
  - repo: {repository}
    rev: {commit}
    hooks:
      - id: archdraw-check
      - id: archdraw-render
        args: [-o, docs/images, --format, "svg,png"]
      - id: archdraw-stale
        args: [docs]
"""
OUTCOMES = ("Passed", "Failed", "Skipped")


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        home, folder = Path(place, "home"), Path(place, "repository")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
        environment |= {"PRE_COMMIT_HOME": str(home), "ARCHDRAW_CACHE_DIR": ""}

        def call(*words: str, cwd: Path = folder) -> str:
            done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
            return done.stdout + done.stderr

        commit = call("git", "rev-parse", "HEAD", cwd=ROOT).strip()
        (folder / "specs").mkdir(parents=True)
        call("git", "init")
        (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(repository=ROOT, commit=commit), "utf-8")

        def hooks() -> tuple[str, ...]:
            """What came of each hook on all that is staged."""
            call("git", "add", "-A")
            said = call("pre-commit", "run")
            print(said)
            return tuple(word for line in said.splitlines() for word in OUTCOMES if line.endswith(word))

        spec = folder / "specs" / "tiny.yaml"
        steps: list[tuple[str, str, tuple[str, ...]]] = [
            # A picture that git does not have yet is no change to pre-commit.
            ("a new spec is checked and drawn", TINY, ("Passed", "Passed", "Passed")),
            ("a wrong one is not", TINY.replace("hidden_size", "hiden_size"), ("Failed", "Failed", "Failed")),
            (
                "a changed one is drawn anew, which stops the commit",
                TINY.replace("Tiny", "Other"),
                ("Passed", "Failed", "Passed"),
            ),
            ("and goes through with its picture", TINY.replace("Tiny", "Other"), ("Passed", "Passed", "Passed")),
        ]
        wrong = 0
        for what, text, expected in steps:
            spec.write_text(text, "utf-8")
            found = hooks()
            wrong += found != expected
            print(f"{what}: {'as it should be' if found == expected else f'{found}, not {expected}'}\n", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
