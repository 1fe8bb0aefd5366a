"""Every spoiling at many places of the plates of all models: ``python tests/many_spoilings.py --places 8 [SPEC ...]``.

The test suite spoils four plates. This prints how many pictures were spoilt, and those in which no rule finds a fault;
it exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from archdraw import load
from archdraw.resources import specs_folder
from spoilt import SPOILINGS, spoilt
from test_spoilings import found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="*", type=Path, help="specs; left out, all that come with archdraw")
    parser.add_argument("--places", type=int, default=8, help="at how many places of each plate")
    parser.add_argument("--only", nargs="*", choices=list(SPOILINGS), help="these spoilings")
    parser.add_argument("--seed", default="", help="of the places")
    wanted = parser.parse_args()
    done: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for file in wanted.specs or sorted(specs_folder().glob("*.yaml")):
        plate = load(file).scene()
        for name in wanted.only or SPOILINGS:
            for place, scene in enumerate(spoilt(plate, name, wanted.places, f"{file.stem}{wanted.seed}")):
                done[name] += 1
                if not found(scene):
                    missed[name] += 1
                    print(f"not found: {name}, place {place} of {file.stem}", flush=True)
    print(f"{done.total()} pictures spoilt in {len(done)} ways, {missed.total()} not found")
    for name, number in missed.most_common():
        print(f"  {name}: {number} of {done[name]}")
    for name in SPOILINGS:
        if not done[name]:
            print(f"  {name}: spoils nothing in these pictures")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
