"""Makes the documentation a site: ``python -m docs`` in the root of a checkout, with the extra ``docs`` installed.

The site works from its folder, search included, and fetches nothing. Pictures come from archdraw's cache where they
were drawn before, and pages that have not changed are kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds the site, warnings being errors, and prints the file to open; returns 0, or 1 where something is wrong."""
    options = _options(arguments)
    try:
        from sphinx.cmd.build import build_main
    except ImportError:
        print("the site needs Sphinx: sh .ci/install docs, or pip install '.[docs]'", file=sys.stderr)
        return 1
    words = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(options.output / ".doctrees")]
    words += ["-E"] if options.again else []
    if build_main([*words, str(ROOT / "docs"), str(options.output)]):
        return 1
    print(options.output / "index.html")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m docs", description="Makes the documentation a site.")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/docs"), metavar="DIR", help="default: out/docs")
    parser.add_argument("--again", action="store_true", help="read all pages again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
